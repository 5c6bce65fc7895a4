"""Real processes that are killed at random moments, again and again: what `test_kill.py` is made of.

A victim is a function with arguments that runs in a process of its own: `command` for the command line, or any other.
Processes are forked from a server that has imported what they need (spawned where there is no fork, on Windows), so
that the kill meets the work and not the imports. The moments are drawn with a seed, between the start and a little
more than the whole work takes.
"""

import contextlib
import multiprocessing
import os
import random
import sys
import time
from pathlib import Path

from triage import cli, formats, watching

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
ROUNDS = 100 if SOAK else 5
SEED = 20260210
_HOW = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"

__all__ = ("ROUNDS", "SEED", "SOAK", "command", "finished", "hunt", "warm")


def warm():
    """Import what the victims use; threads are started by none of it."""
    formats.registry()
    return cli, watching


def command(arguments, printed=None):
    """Run `triage` with these arguments, its output appended to a file; ends the process as the command does."""
    if printed is not None:
        handle = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
    sys.argv = ["triage", *arguments]
    cli.main()


def _start(run, arguments):
    context = multiprocessing.get_context(_HOW)
    if _HOW == "forkserver":
        context.set_forkserver_preload(["tests.kill_warm"])
    process = context.Process(target=run, args=arguments)
    process.start()
    return process


def finished(run, *arguments):
    """Run a victim to its end, and say how many seconds it took."""
    process = _start(run, arguments)
    began = time.monotonic()
    process.join(300)
    assert process.exitcode == 0, f"ended with {process.exitcode}"
    process.close()
    return time.monotonic() - began


def hunt(run, *arguments, check, longest, world=None, work=lambda: None, rounds=ROUNDS, seed=SEED):
    """Start a victim, kill it, look at what it left; again and again.

    Parameters
    ----------
    run, arguments
        The victim.
    check
        Called after each kill; asserts that nothing acknowledged is lost and nothing doubled.
    longest
        Seconds after which it is killed at the latest.
    world
        What happens meanwhile: called with the random numbers, again and again while the victim lives.
    work
        How much the victims have done so far, where that can be told: in every other round the time begins when there
        is more of it than before, so that a slow machine does not only kill what has not begun.

    Returns
    -------
    int
        How many were alive when they were killed: what ended before tested nothing.
    """
    rng = random.Random(seed)
    alive = 0
    for number in range(rounds):
        process, done = _start(run, arguments), work()
        patience = time.monotonic() + (60 if done is not None and number % 2 == 0 else 0)
        while work() == done and time.monotonic() < patience and process.is_alive():
            time.sleep(0.01)
        until = time.monotonic() + rng.uniform(0, longest)
        while (left := until - time.monotonic()) > 0 and process.is_alive():
            if world is not None:
                world(rng)
            time.sleep(min(left, rng.uniform(0, 0.02)))
        alive += process.is_alive()
        process.kill()
        process.join(60)
        process.close()
        check()
    return alive


def lines(path):
    """The whole lines of a file; a last one without an end was not written yet."""
    with contextlib.suppress(FileNotFoundError):
        return Path(path).read_bytes().split(b"\n")[:-1]
    return []
