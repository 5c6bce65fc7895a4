# A cart in a currency that has no rate: what R says of it, with traceback(), as rlang, and a signal.
options(keep.source = TRUE)
what <- commandArgs(trailingOnly = TRUE)[1]

rate <- function(currency) {
  rates <- list(EUR = 1)
  if (what == "segfault") tools::pskill(Sys.getpid(), 11)
  if (is.null(rates[[currency]]) && what == "rlang") rlang::abort(c("No rate.", x = currency))
  if (is.null(rates[[currency]])) stop("no rate for ", currency)
  rates[[currency]]
}

convert <- function(amount, currency) {
  amount * rate(currency)
}

pay <- function(cart) {
  sum(sapply(cart, function(item) convert(item$amount, item$currency)))
}

if (what == "traceback") options(error = function() traceback(2))
pay(list(list(amount = 3, currency = "XTS")))
