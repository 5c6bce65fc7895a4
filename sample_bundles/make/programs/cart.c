/* A cart that is used after it was given up; the sanitizers of gcc report what is asked for by the argument. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cart {
  int items;
  char *note;
};

static int rounds;

static struct cart *cart_new(int items) {
  struct cart *cart = malloc(sizeof *cart);
  cart->items = items;
  cart->note = NULL;
  return cart;
}

static void cart_close(struct cart *cart) { free(cart); }

static int cart_total(struct cart *cart) { return cart->items * 7; }

static int used_after_free(void) {
  struct cart *cart = cart_new(3);
  cart_close(cart);
  return cart_total(cart);
}

static int past_the_end(int count) {
  int prices[4] = {1, 2, 3, 4};
  int sum = 0;
  for (int index = 0; index <= count; index++)
    sum += prices[index];
  return sum;
}

static int note_length(struct cart *cart) { return cart->note[0]; }

static int forgotten(int deep) {
  struct cart *cart = cart_new(2);
  cart->note = malloc(64);
  return (deep > 0 ? forgotten(deep - 1) : 0) + cart_total(cart) - 14;
}

static void *count(void *nothing) {
  rounds++;
  return nothing;
}

static int raced(void) {
  pthread_t one, two;
  pthread_create(&one, NULL, count, NULL);
  pthread_create(&two, NULL, count, NULL);
  pthread_join(one, NULL);
  pthread_join(two, NULL);
  return rounds == 0;
}

static int shifted(int by) { return 1 << by; }

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "free"))
    return used_after_free();
  if (!strcmp(what, "end"))
    return past_the_end(argc + 2);
  if (!strcmp(what, "null")) {
    struct cart *cart = cart_new(1);
    return note_length(cart);
  }
  if (!strcmp(what, "leak"))
    return forgotten(1);
  if (!strcmp(what, "race"))
    return raced();
  return shifted(argc + 40);
}
