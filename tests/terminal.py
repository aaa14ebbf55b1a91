"""A real terminal for tests: a pty whose other end is pyte, a terminal emulator."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pyte
import warm
from warm import DNN_TUI as DNN_TUI

COLOURS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}

# modes a full-screen program sets and must leave as it found them
ALTERNATE_SCREEN, MOUSE, CURSOR = b"\x1b[?1049", b"\x1b[?1000", b"\x1b[?25"


def take_terminal() -> None:
    """In the child, before it becomes the command: the pty controls it, so that Ctrl+C and hang-ups arrive."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would be ignored, and children inherit that
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """Runs a command on a pty of `columns` × `rows` and shows what is painted there."""

    def __init__(
        self,
        *command: str,
        columns: int = 80,
        rows: int = 24,
        env: dict[str, str] | None = None,
        controlling: bool = True,  # else neither Ctrl+C nor a hang-up sends a signal
    ) -> None:
        self.master, self.slave = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""
        told = {**os.environ, **COLOURS, "OMP_NUM_THREADS": "1", **(env or {})}
        for name in ("COLUMNS", "LINES"):  # this terminal says its own size; a test before may have left another
            told.pop(name, None)
        if warm.fits(command, told):
            self.process = warm.Process(command, told, [self.slave] * 3, terminal=True)
            return
        self.process = subprocess.Popen(
            command,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=take_terminal if controlling else None,
            env=told,
        )

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if hasattr(self, "screen"):
            self.screen.resize(rows, columns)
            self.process.send_signal(signal.SIGWINCH)

    def read(self, seconds: float) -> bytes:
        """Take in what the program writes during `seconds`."""
        got, until = b"", time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self.master], [], [], left)
            if not ready:
                break
            try:
                data = os.read(self.master, 65536)
            except OSError:  # the other end is closed
                break
            got += data
            self.written += data
            self.stream.feed(data)
        return got

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def wait_for(self, wanted, seconds: float = 300) -> str:
        """The screen's text as soon as it contains `wanted` (text, or a test of the text)."""
        found = wanted if callable(wanted) else lambda text: wanted in text
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.read(0.1)
            if found(self.text):
                return self.text
        raise AssertionError(f"not seen within {seconds} s: {wanted}\n{self.text}")

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def wait(self, seconds: float = 300) -> int:
        """The exit code, once the program has ended; its last output is read."""
        until = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < until, f"still running after {seconds} s\n{self.text}"
            self.read(0.05)
        self.read(0.1)
        return self.process.returncode

    def assert_restored(self) -> None:
        """The alternate screen and the mouse are off, the cursor is shown, and the line discipline is as before."""
        for mode, good in ((ALTERNATE_SCREEN, b"l"), (MOUSE, b"l"), (CURSOR, b"h")):
            last = self.written.rfind(mode)
            assert last >= 0, f"{mode!r} was never set"
            assert self.written[last + len(mode) : last + len(mode) + 1] == good, mode
        assert termios.tcgetattr(self.slave)[:4] == self.before[:4]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
