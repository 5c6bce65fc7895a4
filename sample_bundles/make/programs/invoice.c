/* An invoice whose currency has no rate, or whose customer has no discount: two null pointers on one way down. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Release 2.0 gave a function another name. */
#ifdef RELEASE_2
#define line_price item_price
#endif
#define OUT_OF_LINE __attribute__((noinline))

struct rate { int cents; };
struct line { int pieces; struct rate *rate; struct rate *discount; };

static OUT_OF_LINE int rate_of(const struct line *line) { return line->rate->cents; }

static OUT_OF_LINE int discount_of(const struct line *line) { return line->discount->cents; }

static OUT_OF_LINE int line_price(const struct line *line) {
  int price = line->pieces * rate_of(line);
  return price - discount_of(line);
}

static OUT_OF_LINE int invoice_total(const struct line *lines, int count) {
  int total = 0;
  for (int index = 0; index < count; index++)
    total += line_price(&lines[index]);
  return total;
}

static OUT_OF_LINE int checkout(const char *what) {
  static struct rate one = {100};
  struct line lines[2] = {{1, &one, &one}, {2, &one, &one}};
  if (!strcmp(what, "rate"))
    lines[1].rate = NULL;
  if (!strcmp(what, "discount"))
    lines[1].discount = NULL;
  return invoice_total(lines, 2) + 1;
}

int main(int argc, char **argv) {
  printf("total %d\n", checkout(argc > 1 ? argv[1] : ""));
  return 0;
}
