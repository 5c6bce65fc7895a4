/* A ledger whose check fails; glibc says so and aborts. */
#include <assert.h>

struct ledger {
  int debit, credit;
};

static void ledger_check(const struct ledger *ledger) { assert(ledger->debit == ledger->credit); }

static void ledger_close(struct ledger *ledger) {
  ledger->debit += 5;
  ledger_check(ledger);
}

int main(void) {
  struct ledger ledger = {3, 3};
  ledger_close(&ledger);
  return 0;
}
