"""Behind Learn: the lectures and their lessons; a lecture is gone through from its first, a lesson opens alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ..drawing.theme import Ink, Palette
from ..drawing.visible import visible
from . import keys
from .pictures import in_ink
from .place import Place
from .screen import DoorScreen, KeyBar


@dataclass(frozen=True)
class Line:
    """A lecture (`deck` alone) or one of its lessons: its name, its title, and what is told of it."""

    deck: str
    name: str
    title: str
    teaches: str = ""
    text: str = ""

    @property
    def words(self) -> list[str]:
        """The command that opens it."""
        return ["lesson", self.name] if self.name else ["tour", self.deck]

    @property
    def key(self) -> str:
        """What it is remembered by."""
        return self.name or self.deck


def read_lessons() -> list[Line]:
    """Every lecture that has lessons, each followed by them."""
    from dnn_tui.datasets.lessons import DECKS, lesson_names, load_lesson

    lessons = [load_lesson(name) for name in lesson_names()]
    lines: list[Line] = []
    for deck, says in DECKS.items():
        of_deck = [lesson for lesson in lessons if lesson.deck == deck]
        if of_deck:
            count = f"{len(of_deck)} lesson{'s' if len(of_deck) != 1 else ''}"
            lines.append(Line(deck, "", says, f"{count}; Enter goes through them in order.", ""))
            lines += [Line(deck, entry.name, entry.title, entry.teaches, entry.text) for entry in of_deck]
    return lines


def row(line: Line, wide: int, palette: Palette) -> Text:
    """The line in a list; wide: cells of the longest name."""
    if not line.name:
        return Text(f"{line.deck}  {visible(line.title)}", in_ink(palette, Ink.ACCENT), no_wrap=True)
    text = Text(f"  {line.name:<{wide}}  ", in_ink(palette, Ink.DIM), no_wrap=True)
    return text.append(visible(line.title), in_ink(palette, Ink.TEXT))


def about(line: Line, palette: Palette) -> Text:
    """What is told of it beside the list."""
    text = Text().append(visible(line.title), in_ink(palette, Ink.TITLE))
    if line.teaches:
        teaches = f"Teaches {line.teaches}" if line.name else line.teaches
        text.append(f"\n\n{visible(teaches)}", in_ink(palette, Ink.TRAIN))
    if line.text:
        text.append(f"\n\n{visible(line.text.strip(), keep=chr(10))}", in_ink(palette, Ink.TEXT))
    command = f"\n\n$ dnn-tui {' '.join(line.words)}"
    return text.append(command, in_ink(palette, Ink.DIM))


class LearnScreen(DoorScreen):
    """The list of lessons, and what the one in focus is about."""

    BINDINGS = keys.bindings("list")
    SCOPES: ClassVar[tuple[str, ...]] = ("list",)
    AUTO_FOCUS = "OptionList"

    class Found(Message):
        """The lessons were read."""

        def __init__(self, lines: Sequence[Line]) -> None:
            super().__init__()
            self.lines = lines

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.lines: Sequence[Line] = ()

    def compose(self) -> ComposeResult:
        yield Static("[b]Learn[/b]  the lectures' examples, number by number", id="title")
        with Container(id="pair"):
            yield OptionList(id="list")
            with VerticalScroll(id="beside", can_focus=False):
                yield Static("reading the lessons …", id="about")
        yield KeyBar()

    def on_mount(self) -> None:
        self.in_background(self._read)

    def _read(self, tell: Callable[[Message], None]) -> None:
        tell(self.Found(read_lessons()))

    def on_learn_screen_found(self, found: Found) -> None:
        """Show them, the one that was open last in focus."""
        self.lines = found.lines
        self._list(self.place.lesson)

    def _list(self, key: str) -> None:
        listed = self.query_one(OptionList)
        wide = max((len(line.name) for line in self.lines), default=0)
        listed.clear_options()
        listed.add_options([Option(row(line, wide, self.palette)) for line in self.lines])
        listed.highlighted = _place_of(key, self.lines)

    def repaint(self) -> None:
        super().repaint()
        if self.lines:
            at = self.query_one(OptionList).highlighted or 0
            self._list(self.lines[at].key)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell of it."""
        self.query_one("#about", Static).update(about(self.lines[event.option_index], self.palette))
        self.query_one("#beside").scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        line = self.lines[event.option_index]
        self.place.lesson = line.key
        self.choose(line.words, "learn")

    def action_move(self, by: int) -> None:
        """Up or down, as j and k do."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()


def _place_of(key: str, lines: Iterable[Line]) -> int:
    return next((k for k, line in enumerate(lines) if line.key == key), 0)
