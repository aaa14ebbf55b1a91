"""`dnn-tui` as a process of its own that need not import anything: a fork of one that has, and waits.

Starting Python, NumPy and Textual takes longer than most commands do. A fork is a process like any other, with an
environment, a session, files and an end of its own; what differs is that the modules are there. Where a test asks what
is imported, or the environment is read while modules are, the command is started anew (`fits`).
"""

import array
import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))
#: What modules read while they are imported.
READ_EARLY = ("SSH_", "TEXTUAL", "ESCDELAY", "NO_COLOR", "OPENBLAS_CORETYPE", "NUMBA_", "_DNN_TUI")

SERVER = """
import atexit, fcntl, gc, importlib, json, os, pkgutil, signal, socket, sys, termios, threading

import dnn_tui.tui
for module in pkgutil.walk_packages(dnn_tui.tui.__path__, "dnn_tui.tui."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
gc.collect()
gc.freeze()  # what is never looked through is never copied into a fork

def served(asked):
    "Each command asked for in a child, where alone this returns."
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are not waited for
    while True:
        data, (stdin, stdout, stderr, told), _, _ = socket.recv_fds(asked, 1 << 20, 4)
        length, _, rest = data.partition(b":")
        while len(rest) < int(length):
            rest += asked.recv(1 << 20)
        if os.fork():
            for number in (stdin, stdout, stderr, told):
                os.close(number)
            continue
        asked.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        command = os.fork()
        if command:  # the keeper: nobody else can say how the command ended
            os.setsid()
            os.write(told, b"%d\\n" % command)
            for number in (stdin, stdout, stderr):
                os.close(number)
            os.write(told, b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(command, 0)[1]))
            os._exit(0)
        os.close(told)
        for number, given in enumerate((stdin, stdout, stderr)):
            os.dup2(given, number)
        for given in {stdin, stdout, stderr} - {0, 1, 2}:
            os.close(given)
        return json.loads(rest)

words, environment, folder, terminal = served(socket.socket(fileno=int(sys.argv[1])))
os.environ.clear()
os.environ.update(environment)
os.chdir(folder)
if terminal:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for name in ("stdin", "stdout", "stderr"):  # as at a start
    number = getattr(sys, name).fileno()
    if name == "stdin":
        file = open(number, closefd=False)
    else:
        buffered = os.isatty(number) or name == "stderr"
        file = open(number, "w", buffering=1 if buffered else -1, closefd=False,
                    errors="backslashreplace" if name == "stderr" else None)
    setattr(sys, name, file)
    setattr(sys, f"__{name}__", file)
sys.argv = words
from dnn_tui.tui.cli import main
try:
    main()
except SystemExit as ended:
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ended.code or 0)  # taking all the modules down takes longer than many commands
"""


def fits(command: Sequence[object], environment: Mapping[str, str]) -> bool:
    """Whether a command may be a fork."""
    return str(command[0]) == DNN_TUI and not any(name.startswith(READ_EARLY) for name in environment)


class Process:
    """What tests ask of a `subprocess.Popen`, for a fork. files: stdin, stdout, stderr; terminal: stdin controls it."""

    def __init__(
        self, command: Sequence[object], environment: Mapping[str, str], files: Sequence[int], terminal: bool = False
    ) -> None:
        self.args, self.returncode = command, None
        self._told, there = os.pipe()
        asked = [[str(word) for word in command], dict(environment), os.getcwd(), terminal]
        data = json.dumps(asked).encode()
        data = b"%d:" % len(data) + data
        server = _server()
        sent = server.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [*files, there]))])
        server.sendall(data[sent:])
        os.close(there)
        self._said = b""
        self._read(1, None)
        self.pid = int(self._said.split()[0])

    def poll(self) -> int | None:
        if self.returncode is None and self._read(2, 0):
            self.returncode = int(self._said.split()[1])
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        if not self._read(2, until):
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _read(self, lines: int, until: float | None) -> bool:
        """Whether the keeper has said that many lines; waits `until` then, or as long as it takes."""
        while self._said.count(b"\n") < lines:
            left = None if until is None else max(0.0, until - time.monotonic())
            if not select.select([self._told], [], [], left)[0]:
                return False
            data = os.read(self._told, 100)
            assert data, "the keeper of a fork ended before it"
            self._said += data
        return True

    def __del__(self) -> None:
        os.close(self._told)


def run(command: Sequence[object], environment: Mapping[str, str], timeout: float = 600) -> subprocess.CompletedProcess:
    """As `subprocess.run` with nothing to read and what it says captured as text."""
    if not fits(command, environment):
        return subprocess.run(
            [*map(str, command)], capture_output=True, text=True, timeout=timeout, env=environment,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    import tempfile

    with Path(os.devnull).open() as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = Process(command, environment, [nothing.fileno(), out.fileno(), err.fileno()])
        try:
            process.wait(timeout)
        finally:
            process.kill()
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return subprocess.CompletedProcess(command, process.returncode, *said)


_SERVERS: list[socket.socket] = []


def _server() -> socket.socket:
    """The one of this process, which is started when it is first asked for, and ends with it."""
    if not _SERVERS:
        here, there = socket.socketpair()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(READ_EARLY)}
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(there.fileno())], pass_fds=[there.fileno()], env=environment,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        there.close()
        _SERVERS.append(here)
        atexit.register(process.kill)
    return _SERVERS[0]
