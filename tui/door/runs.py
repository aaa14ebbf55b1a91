"""Behind Runs: what was recorded, each with its figures; one opens to be watched, several on the same axes."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import OptionList, Static

from ..commands.options import runs_dir
from ..drawing.theme import Ink
from ..drawing.visible import visible
from . import keys
from .pictures import in_ink
from .reading import RunReader, put_rows
from .recent import texts
from .screen import KeyBar

TOGETHER = 8  # runs that one screen compares


class RunsScreen(RunReader):
    """The list of runs, newest first."""

    BINDINGS = keys.bindings("list", "runs")
    SCOPES: ClassVar[tuple[str, ...]] = ("list", "runs")
    AUTO_FOCUS = "OptionList"
    MOST: ClassVar[int] = 300

    def compose(self) -> ComposeResult:
        yield Static("[b]Runs[/b]  what was recorded, and what runs now", id="title")
        yield OptionList(id="list")
        yield Static("reading the runs …", id="told")
        yield KeyBar()

    def on_mount(self) -> None:
        self.read_runs()

    def runs_read(self, count: int | None) -> None:
        """The run that was open last comes into focus."""
        self._list(self._here or self.place.run)
        if count is not None:
            self._tell(count)

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
        shown = texts(self.lines, max(20, self.app.size.width - 6), self.palette, self.place.marked)
        names = [line.name for line in self.lines]
        here = names.index(name) if name in names else 0 if names else None
        put_rows(self.query_one(OptionList), shown, here)

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
