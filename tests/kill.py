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
import signal
import sys
import time
from pathlib import Path

from triage import cli, formats, watching

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
ROUNDS = 100 if SOAK else 5
SEED = 20260210
_HOW = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"

__all__ = ("ROUNDS", "SEED", "SOAK", "command", "finished", "hunt", "hunt_by_steps", "lines", "warm")


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


def stepped(run, arguments, files, step, told):
    """Run a victim that kills itself at a step, a call or return in some source files; says how many there were."""
    steps = 0

    def count(frame, _event, _argument):
        nonlocal steps
        if frame.f_code.co_filename.endswith(files):
            steps += 1
            if steps == step:
                # On Windows this ends the process as at once as the other does here.
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    sys.setprofile(count)
    try:
        run(*arguments)
    except SystemExit as end:
        if end.code:
            raise
    finally:
        sys.setprofile(None)
        Path(told).write_text(str(steps), "utf-8")


def hunt_by_steps(run, *arguments, files, check, told, world, rounds=ROUNDS, seed=SEED):
    """Kill a victim between two steps of its own: moments that take no time are met as often as long ones.

    Parameters
    ----------
    run, arguments, check
        As for `hunt`; the victim ends by itself.
    files
        How the names of the source files end in which steps are counted.
    told
        Where a victim that was not killed says how many steps there were.
    world
        What happens before each round: called with the random numbers.

    Returns
    -------
    int
        How many were killed.
    """
    rng = random.Random(seed)
    killed, most = 0, 100
    for _ in range(rounds):
        world(rng)
        process = _start(stepped, (run, arguments, files, rng.randint(1, most), str(told)))
        process.join(120)
        if process.exitcode == 0:
            most = max(most, int(Path(told).read_text("utf-8")))
        else:
            assert process.exitcode == -getattr(signal, "SIGKILL", -1), f"ended with {process.exitcode}"
            killed += 1
            most += most // 10
        process.close()
        check()
    return killed


def lines(path):
    """The whole lines of a file; a last one without an end was not written yet."""
    with contextlib.suppress(FileNotFoundError):
        return Path(path).read_bytes().split(b"\n")[:-1]
    return []
