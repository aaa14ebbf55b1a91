"""Keeps the screen clean: what others write to the terminal while the app runs goes to the log panel instead.

Python's own `print` is caught by Textual; C code (BLAS, for one) writes straight to the file descriptors, and the
screen is itself written to descriptor 2. So the app gets a private copy of the terminal, and 1 and 2 become a pipe.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO


@contextmanager
def captured(say: Callable[[str], None]) -> Iterator[None]:
    """Within, each line written to descriptor 1 or 2 is given to `say`, from a thread of its own.

    Textual's driver writes to `sys.__stderr__` and asks `sys.__stdout__` for the size: within, both are the terminal.
    """
    sys.stdout.flush(), sys.stderr.flush()
    saved = {fd: os.dup(fd) for fd in (1, 2)}
    reading, writing = os.pipe()
    screen = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
    real = sys.__stdout__, sys.__stderr__
    for fd in saved:
        os.dup2(writing, fd)
    os.close(writing)
    _stand_in(screen, screen)
    listener = threading.Thread(target=_listen, args=(reading, say), name="captured output", daemon=True)
    listener.start()
    try:
        yield
    finally:
        _stand_in(*real)
        for fd, copy in saved.items():
            os.dup2(copy, fd)
            os.close(copy)
        with suppress(OSError):  # the terminal may be gone: what is left to write has no reader
            screen.close()
        # the pipe ends here unless a child process still holds it: not worth waiting for
        listener.join(timeout=0.5)


def _stand_in(out: TextIO | None, err: TextIO | None) -> None:
    """Python calls these two final, but Textual's driver knows no other way to its terminal."""
    setattr(sys, "__stdout__", out)  # noqa: B010
    setattr(sys, "__stderr__", err)  # noqa: B010


def _listen(reading: int, say: Callable[[str], None]) -> None:
    with os.fdopen(reading, "r", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.strip():
                say(line.rstrip())
