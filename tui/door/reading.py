"""`RunReader`: a screen with a list of runs, read in the background, and again while one of them goes on."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ..commands.options import runs_dir
from .place import Place
from .recent import RunLine, read_lines
from .screen import DoorScreen

EVERY = 0.3  # seconds between two pictures of a list that is being read
AGAIN = 2.0  # seconds until runs that go on are read again
GOES_ON = ("live", "paused", "detached")


class RunReader(DoorScreen):
    """Reads the newest MOST runs. What is read comes to `runs_read`."""

    MOST: ClassVar[int]

    @dataclass
    class Read(Message):
        """These runs were read; count: so many there are in all, None where more are to come."""

        lines: list[RunLine]
        count: int | None = None

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.lines: list[RunLine] = []

    def read_runs(self) -> None:
        """Begin to read; while another screen is in front, wait."""
        if self.is_current:
            self.in_background(self._read)
        else:
            self.set_timer(AGAIN, self.read_runs)

    def _read(self, tell: Callable[[Message], None]) -> None:
        found: list[RunLine] = []
        first, shown = not self.lines, time.monotonic()

        def take(line: RunLine) -> None:
            nonlocal shown
            found.append(line)
            if first and time.monotonic() - shown > EVERY:
                tell(self.Read(list(found)))
                shown = time.monotonic()

        count = read_lines(runs_dir(None), self.MOST, take)
        tell(self.Read(found, count))

    def on_run_reader_read(self, read: Read) -> None:
        """Show them, and look again where one goes on."""
        self.lines = read.lines
        self.runs_read(read.count)
        if read.count is not None and any(line.state in GOES_ON for line in self.lines):
            self.set_timer(AGAIN, self.read_runs)

    def runs_read(self, count: int | None) -> None:
        """Show `lines`. count: so many runs there are in all, None where more are to come."""


def put_rows(listed: OptionList, rows: Sequence[Text], here: int | None) -> None:
    """Write the rows into the list, `here` in focus; where there are as many as before, it stays scrolled as it is."""
    if listed.option_count == len(rows):
        for k, row in enumerate(rows):
            listed.replace_option_prompt_at_index(k, row)
    else:
        listed.clear_options()
        listed.add_options([Option(row) for row in rows])
    if listed.highlighted != here:
        listed.highlighted = here
