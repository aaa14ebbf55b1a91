"""The start screen: the name, one sentence, the doors, the latest runs."""

import os
import textwrap
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import platformdirs
from rich.text import Text
from textual import events
from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static

from ..drawing.theme import Ink
from ..drawing.visible import visible
from . import keys, pictures
from .pictures import Cells, in_ink, text_of
from .place import Place
from .reading import RunReader, put_rows
from .recent import texts
from .screen import DoorScreen, KeyBar

SENTENCE = "Train a multilayer perceptron and see inside it while it learns."
HINT = "New here? Press t, then Enter: a network learns to read handwritten digits while you watch."


@dataclass(frozen=True)
class Door:
    """One of the doors: its name, the key that opens it, what is behind it, its picture."""

    name: str
    key: str
    title: str
    says: str
    picture: str

    def drawn(self, width: int, height: int, screen: DoorScreen) -> Cells:
        """Its picture in that many cells."""
        drawn: Cells = getattr(pictures, self.picture)(width, height, screen.palette)
        return drawn


DOORS = (
    Door("learn", "l", "Learn", "lessons with every number", "learn"),
    Door("play", "p", "Play", "change it as it learns", "play"),
    Door("train", "t", "Train", "our data or your own", "train"),
    Door("runs", "r", "Runs", "what was recorded", "runs"),
)


def behind(name: str, place: Place) -> DoorScreen:
    """The screen behind a door: "learn", "train" or "runs"; each is imported when it is opened."""
    match name:
        case "learn":
            from .learn import LearnScreen

            return LearnScreen(place)
        case "train":
            from .form import FormScreen

            return FormScreen(place)
    from .runs import RunsScreen

    return RunsScreen(place)


def first_time(folder: Path | None = None) -> bool:
    """Whether the door is opened for the first time by this user; from then on it is not."""
    folder = folder or platformdirs.user_state_path("dnn-tui")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.close(os.open(folder / "welcomed", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:  # it is there, or nothing can be written here: then nobody is to be told every time
        return False
    return True


class Card(Widget, can_focus=True):
    """A door that can be gone to, and clicked."""

    class Opened(Message):
        """The card was clicked."""

        def __init__(self, door: Door) -> None:
            super().__init__()
            self.door = door

    def __init__(self, door: Door) -> None:
        super().__init__(id=door.name)
        self.door = door
        self.border_title = f"[b]{door.key}[/b] {door.title}"

    def render(self) -> RenderResult:
        screen, (width, height) = self.screen, self.size
        assert isinstance(screen, DoorScreen)
        palette, door = screen.palette, self.door
        if screen.has_class("-small"):
            here = "▸ " if self.has_focus else "  "
            text = Text(here, in_ink(palette, Ink.ACCENT), no_wrap=True)
            text.append(door.key, in_ink(palette, Ink.ACCENT))
            text.append(f" {door.title:<7}", in_ink(palette, Ink.TITLE if self.has_focus else Ink.TEXT))
            return text.append(door.says, in_ink(palette, Ink.DIM))
        lines = _folded(door.says, width)
        text = text_of(door.drawn(width, max(1, height - len(lines) - 1), screen), palette)
        text.append("\n\n" + "\n".join(lines), in_ink(palette, Ink.TEXT if self.has_focus else Ink.DIM))
        return text

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click opens the door."""
        event.stop()
        self.post_message(self.Opened(self.door))


def _folded(text: str, width: int) -> list[str]:
    """Centred, in as many lines as it takes."""
    return [line.center(width) for line in textwrap.wrap(text, max(8, width))]


class Recent(OptionList):
    """The latest runs; from the first one, up leads back to the doors."""

    def action_cursor_up(self) -> None:
        """Up, and out at the top."""
        if self.highlighted in (None, 0):
            with suppress(IndexError):
                self.highlighted = None
                list(self.screen.query(Card))[-1].focus()
        else:
            super().action_cursor_up()


class StartScreen(RunReader):
    """The program's front."""

    BINDINGS = keys.bindings("start")
    SCOPES: ClassVar[tuple[str, ...]] = ("start",)
    BACK: ClassVar[str] = "leave"
    AUTO_FOCUS = "Card"
    MOST: ClassVar[int] = 12

    def __init__(self, place: Place, commands: Collection[str]) -> None:
        super().__init__(place)
        self.doors = [door for door in DOORS if door.name != "play" or "play" in commands]

    def compose(self) -> ComposeResult:
        with Vertical(id="front"):
            yield Static(id="name")
            yield Static(SENTENCE, id="sentence")
            with Horizontal(id="cards"):
                for door in self.doors:
                    yield Card(door)
            yield Static(id="said")
            yield Static(id="heading")
            yield Recent(id="recent")
            yield Static(id="hint")
        yield KeyBar()

    def on_mount(self) -> None:
        self._say()
        self.read_runs()

    def on_screen_resume(self) -> None:
        self._say()

    def _say(self) -> None:
        said = self.query_one("#said", Static)
        said.display = bool(self.place.said)
        said.set_class(self.place.wrong, "-wrong")
        said.update(Text(visible(self.place.said)))

    def runs_read(self, count: int | None) -> None:
        """Show them; the hint where there are none."""
        if count is not None:
            more = f"Latest of {count} runs" if count > self.MOST else "Latest runs"
            self.query_one("#heading", Static).update(more)
            hint = self.query_one("#hint", Static)
            hint.display = not count and (hint.display or first_time())
            hint.update(Text(HINT))
        self._list()

    def _list(self) -> None:
        recent = self.query_one("#recent", OptionList)
        recent.display = self.query_one("#heading").display = bool(self.lines)
        width = self.query_one("#front").content_size.width - 2  # of a scroll bar
        here = recent.highlighted if recent.has_focus else None
        put_rows(recent, texts(self.lines, max(20, width), self.palette), here)

    def repaint(self) -> None:
        super().repaint()
        self.query_one("#name", Static).update(text_of(pictures.name(), self.palette))
        for card in self.query(Card):
            card.refresh()
        if self.is_mounted:
            self.call_after_refresh(self._list)

    # ---- keys

    def action_open(self, name: str) -> None:
        """Go through a door."""
        if name not in {door.name for door in self.doors}:
            return
        self.place.said = ""
        if name == "play":
            self.choose(["play"])
        else:
            self.app.push_screen(behind(name, self.place))

    def on_card_opened(self, opened: Card.Opened) -> None:
        """As its key does."""
        self.action_open(opened.door.name)

    def action_enter(self) -> None:
        """Open the door, or watch the run, that has the focus."""
        if isinstance(self.focused, Card):
            self.action_open(self.focused.door.name)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Watch the run."""
        self.choose(["watch", self.lines[event.option_index].name])

    def _turn(self, by: int) -> None:
        cards = list(self.query(Card))
        at = cards.index(self.focused) if isinstance(self.focused, Card) else 0
        cards[(at + by) % len(cards)].focus()

    def action_turn(self, by: int) -> None:
        """The next door."""
        self._turn(by)

    def action_turn_row(self, by: int) -> None:
        """From the doors down to the runs; where the doors stand below each other, the next one."""
        recent, cards = self.query_one("#recent", OptionList), list(self.query(Card))
        at = cards.index(self.focused) if isinstance(self.focused, Card) else -1
        if self.has_class("-small") and 0 <= at + by < len(cards):
            self._turn(by)
        elif self.lines and by > 0:
            recent.highlighted = 0
            recent.focus()
