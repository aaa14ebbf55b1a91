"""`LastingDriver`: Textual's driver for a terminal that may go away at any moment, also while one writes to it."""

import asyncio
from collections.abc import Callable
from typing import IO, Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from .exits import HANGUP


class LastingDriver(LinuxDriver):
    """Ends the app as a hang-up does once its terminal takes nothing any more.

    Textual's thread that writes would end at the first error, and the app would wait for ever to put more into its
    full queue: no signal could reach it, and the thread that reads would turn without rest.
    """

    def __init__(self, app: App[Any], **how: Any) -> None:
        super().__init__(app, **how)
        loop = asyncio.get_running_loop()
        self._file: Any = UntilGone(self._file, lambda: loop.call_soon_threadsafe(app.exit, HANGUP))


class UntilGone:
    """A terminal's file while the terminal is there; once writing has failed, all is taken and goes nowhere."""

    def __init__(self, file: IO[str], at_the_end: Callable[[], object]) -> None:
        self._to = file
        self._gone = False
        self._at_the_end = at_the_end

    def write(self, text: str) -> None:
        """Write, while it can be written."""
        self._unless_gone(lambda: self._to.write(text))

    def flush(self) -> None:
        """Flush, while it can be."""
        self._unless_gone(self._to.flush)

    def fileno(self) -> int:
        """The descriptor, as the file has it."""
        return self._to.fileno()

    def isatty(self) -> bool:
        """What the file says."""
        return self._to.isatty()

    def _unless_gone(self, do: Callable[[], object]) -> None:
        if self._gone:
            return
        try:
            do()
        except OSError:
            self._gone = True
            self._at_the_end()
