# A shop in Ruby: an error with a cause.
class PaymentError < StandardError; end

RATES = { "EUR" => 1 }.freeze

def rate(code) = RATES.fetch(code)

def pay(codes)
  codes.map { |code| rate(code) }
rescue KeyError
  raise PaymentError, "no exchange rate"
end

pay(%w[EUR XTS])
