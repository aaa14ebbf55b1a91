"""Behind Runs: what was recorded, each with its figures; one opens to be watched, several on the same axes."""

import time
from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ..commands.options import runs_dir
from ..drawing.theme import Ink
from ..drawing.visible import visible
from . import keys
from .pictures import in_ink
from .place import Place
from .recent import RunLine, read_lines, texts
from .screen import DoorScreen, KeyBar

MOST = 300  # runs that the list reads
TOGETHER = 8  # runs that one screen compares
EVERY = 0.3  # seconds between two pictures of a list that is being read


class RunsScreen(DoorScreen):
    """The list of runs, newest first."""

    BINDINGS = keys.bindings("list", "runs")
    SCOPES: ClassVar[tuple[str, ...]] = ("list", "runs")
    AUTO_FOCUS = "OptionList"

    class Found(Message):
        """These runs were read; count: so many there are in all, where these are the last."""

        def __init__(self, lines: list[RunLine], count: int | None = None) -> None:
            super().__init__()
            self.lines, self.count = lines, count

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.lines: list[RunLine] = []

    def compose(self) -> ComposeResult:
        yield Static("[b]Runs[/b]  what was recorded, and what runs now", id="title")
        yield OptionList(id="list")
        yield Static("reading the runs …", id="told")
        yield KeyBar()

    def on_mount(self) -> None:
        self.in_background(self._read)

    def _read(self, tell: Callable[[Message], None]) -> None:
        found: list[RunLine] = []
        shown = time.monotonic()

        def take(line: RunLine) -> None:
            nonlocal shown
            found.append(line)
            if time.monotonic() - shown > EVERY:
                tell(self.Found(list(found)))
                shown = time.monotonic()

        count = read_lines(runs_dir(None), MOST, take)
        tell(self.Found(found, count))

    def on_runs_screen_found(self, found: Found) -> None:
        """Show what is read so far, the run that was open last in focus."""
        self.lines = found.lines
        self._list(self._here or self.place.run)
        if found.count is not None:
            self._tell(found.count)

    def _tell(self, count: int) -> None:
        if not count:
            told = "Nothing was recorded yet: t on the start screen begins a training, and it will stand here."
        elif len(self.lines) < count:
            told = f"{len(self.lines)} of {count} runs; `dnn-tui runs` lists all."
        else:
            told = f"{count} run{'s' if count != 1 else ''} in {runs_dir(None)}"
        self.query_one("#told", Static).update(Text(visible(told), in_ink(self.palette, Ink.DIM)))

    @property
    def _here(self) -> str:
        at = self.query_one(OptionList).highlighted
        return self.lines[at].name if at is not None and at < len(self.lines) else ""

    def _list(self, name: str) -> None:
        listed = self.query_one(OptionList)
        listed.clear_options()
        shown = texts(self.lines, max(20, self.app.size.width - 6), self.palette, self.place.marked)
        listed.add_options([Option(text) for text in shown])
        names = [line.name for line in self.lines]
        if names:
            listed.highlighted = names.index(name) if name in names else 0

    def repaint(self) -> None:
        super().repaint()
        if self.lines:
            self._list(self._here)

    # ---- keys

    def _open(self, *words: str) -> None:
        self.place.run = self._here
        self.choose(list(words), "runs")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Watch it, or all that are marked."""
        names = [line.name for line in self.lines if line.name in self.place.marked]
        self._open("watch", *(names or [self.lines[event.option_index].name]))

    def action_mark(self) -> None:
        """Mark the run, or take its mark away."""
        marked, name = self.place.marked, self._here
        if name in marked:
            marked.remove(name)
        elif name and len(marked) < TOGETHER:
            marked.append(name)
        self._list(name)

    def action_go_on(self) -> None:
        """Resume the run."""
        if self._here:
            self._open("train", "--resume", self._here)

    def action_inspect(self) -> None:
        """Look into one pass of the run's network."""
        if self._here:
            self._open("inspect", self._here)

    def action_move(self, by: int) -> None:
        """Up or down, as j and k do."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()
