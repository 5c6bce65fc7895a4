"""Runs the command line in a process of its own that needs not import everything first.

Importing, and making the patterns of readers and rules, takes most of the seconds that a command runs for, and hundreds
run in the tests. So one process does that, and each command is a fork of it: with arguments, folder, environment, pipes
and exit code of its own. Where there is no
fork, and with `fresh`, it is a new `python -m triage.cli`; `test_running.py` holds that both do the same.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
MESSAGE = 1 << 20
# What commands import when they need it; google.genai where it is installed.
WARM = ("sentry", "traces/python-deep.txt", "logs/python-app.log", "0xgen/crash-20260126T012559123Z.tar.gz")
LATER = ("pandas", "pyarrow.compute", "triage.opening", "triage.querying", "triage.share.redacted", "google.genai")


def run(
    *arguments: object,
    stdin: bytes = b"",
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    fresh: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run `triage` with arguments, piped; what it gave back."""
    given = [str(argument) for argument in arguments]
    if fresh or sys.platform != "linux":
        command = [sys.executable, "-m", "triage.cli", *given]
        return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, env=env, check=False)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        read, write = os.pipe()
        feeding = threading.Thread(target=_feed, args=(write, stdin))
        feeding.start()
        try:
            asked: list[object] = [given, os.fspath(cwd or Path.cwd()), dict(os.environ if env is None else env)]
            code = _server().run(asked, [read, out.fileno(), err.fileno()])
        finally:
            os.close(read)
            feeding.join()
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read())
    return subprocess.CompletedProcess(given, code, *said)


def _feed(pipe: int, data: bytes) -> None:
    """Write what a command reads, as far as it reads."""
    with contextlib.suppress(BrokenPipeError), open(pipe, "wb") as file:
        file.write(data)


class _Server:
    """The process that has everything imported."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-c", f"from tests.running import serve; serve({number})"]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
            self._process = subprocess.Popen(command, pass_fds=[number], env=environment, stdin=subprocess.DEVNULL)
        atexit.register(self.stop)

    def run(self, asked: list[object], files: list[int]) -> int:
        """Run one command; its exit code, negative for a signal."""
        socket.send_fds(self._socket, [json.dumps(asked).encode()], files)
        told = self._socket.recv(MESSAGE)
        assert told, "the process that runs the commands has ended"
        return int(told)

    def stop(self) -> None:
        """End it, as it does when nobody can ask any more."""
        self._socket.close()
        self._process.wait()


@functools.cache
def _server() -> _Server:
    return _Server()


def serve(number: int) -> None:
    """Run what is asked for over the socket of a number, one after the other, until it is closed."""
    import triage.formats

    formats = [f"triage.formats.{module.name}" for module in pkgutil.iter_modules(triage.formats.__path__)]
    for name in ("triage.cli", *formats, *LATER):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _warmed()
    with socket.socket(fileno=number) as asking:
        while True:
            asked, files, _, _ = socket.recv_fds(asking, MESSAGE, 3)
            if not asked:
                return
            child = os.fork()
            if not child:
                asking.detach()
                os.close(number)
                _become(files, *json.loads(asked))
            for file in files:
                os.close(file)
            asking.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


def _warmed() -> None:
    """Read and mask some samples, which makes the patterns that most commands need."""
    import triage

    for name in WARM:
        case = triage.load(ROOT / "sample_bundles" / name)
        case.redact().incidents()
        case.explain(case.incidents()["incident_id"][0])


def _become(files: list[int], arguments: list[str], cwd: str, environment: dict[str, str]) -> NoReturn:
    """Be the command, from its start to the end of its process."""
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    cli = sys.modules["__main__"] = sys.modules["triage.cli"]
    sys.argv = [str(cli.__file__), *arguments]
    code: object = 0
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
