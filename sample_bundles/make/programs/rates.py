"""Exchange rates: exceptions with causes, a group, a recursion, and a fatal error, by the argument."""

import ctypes
import faulthandler
import sys
import threading

RATES = {"EUR": 1.0}


class PaymentError(Exception):
    """A payment that cannot be made."""


def read_rate(code):
    return RATES[code]


def pay(code):
    try:
        return read_rate(code)
    except KeyError as error:
        raise PaymentError(f"no exchange rate for {code}") from error


def pay_all(codes):
    failed = []
    for code in codes:
        try:
            pay(code)
        except PaymentError as error:
            failed.append(error)
    raise ExceptionGroup("payments failed", failed)


def count_down(number):
    return count_down(number - 1)


def wait(event):
    event.wait(5)


def fall():
    faulthandler.enable()
    event = threading.Event()
    threading.Thread(target=wait, args=(event,), name="waiter").start()
    ctypes.string_at(0)


if __name__ == "__main__":
    {
        "chain": lambda: pay("XTS"),
        "group": lambda: pay_all(["XTS", "XXX"]),
        "deep": lambda: count_down(3),
        "fault": fall,
    }[sys.argv[1]]()
