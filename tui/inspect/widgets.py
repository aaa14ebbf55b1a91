"""The inspect screen's parts: two painted panes, two bars, the prompt, and the windows that open over it."""

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from dnn_tui.mlp.explain import Step

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink, Palette
from ..drawing.visible import visible
from ..key import Key, in_words
from ..panels.painted import Painted
from . import keys
from .look import Look


class Pane(Painted):
    """Draws with a function of its size: again when it is resized, and when it is told to."""

    def __init__(self, id: str, draw: Callable[[int, int, Palette], Grid]) -> None:
        super().__init__(id)
        self._draw = draw

    def show(self) -> None:
        """Draw; only what differs is written."""
        width, height = self.content_size
        if self.display and width > 0 and height > 0:
            self.paint(self._draw(width, height, self.palette))

    def on_resize(self) -> None:
        self._grid = None
        self.show()


class KeyLine(Pane):
    """The keys that are of use now; or, until the next key, what the last one did."""

    def __init__(self, allowed: Callable[[Key], bool]) -> None:
        super().__init__("keyline", self._line)
        self._allowed = allowed
        self._spans: list[tuple[int, int, str]] = []
        self.message: tuple[str, int] | None = None

    def _line(self, width: int, height: int, palette: Palette) -> Grid:
        grid, x = Grid(width, height), 0
        self._spans = []
        if self.message is not None:
            text, ink = self.message
            grid.put(0, 0, fit(text, width), ink)
            return grid
        for shown, label, action in keys.entries(self._allowed, width):
            begin = x
            x = grid.put(x, 0, shown, Ink.ACCENT) + 1
            x = grid.put(x, 0, label, Ink.DIM)
            self._spans.append((begin, x, action))
            x += 2 if label else 0
        return grid

    async def on_click(self, event: events.Click) -> None:
        for begin, end, action in self._spans:
            if begin <= event.x < end:
                await self.screen.run_action(action)
                return


class Prompt(Horizontal):
    """One line to type an answer in: Enter gives it, Escape leaves."""

    class Answered(Message):
        def __init__(self, purpose: str, text: str | None) -> None:
            super().__init__()
            self.purpose, self.text = purpose, text

    BINDINGS: ClassVar = [Binding("escape", "cancel", "Leave")]

    def compose(self) -> ComposeResult:
        yield Label()
        yield Input(compact=True)

    def on_mount(self) -> None:
        self.display = False
        self.query_one(Input).cursor_blink = False  # a blinking cursor writes for ever, also over a slow link

    def ask(self, purpose: str, label: str, text: str = "", known: tuple[str, ...] = ()) -> None:
        """Open with `text` already typed. Answered comes back with the same purpose. known: what → completes to."""
        self.purpose = purpose
        self.query_one(Label).update(Text(f"{label} "))
        field = self.query_one(Input)
        field.suggester = SuggestFromList(known, case_sensitive=False) if known else None
        field.value = text
        field.cursor_position = len(text)
        self.display = True
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close(event.value)

    def action_cancel(self) -> None:
        self._close(None)

    def _close(self, text: str | None) -> None:
        self.display = False
        self.screen.set_focus(None)
        self.post_message(self.Answered(self.purpose, text))


class Window(ModalScreen[int | None]):
    """Something over the screen that Escape closes."""

    DEFAULT_CSS = """
    Window { align: center middle; }
    Window > VerticalScroll, Window > OptionList {
        width: auto; max-width: 100%; height: auto; max-height: 100%;
        padding: 0 2; border: round $accent; background: $surface; scrollbar-size-vertical: 1;
    }
    Window > OptionList { width: 76; }
    """
    BINDINGS: ClassVar = [Binding("escape,q", "dismiss", "Close")]


class CardWindow(Window):
    """The weight card."""

    BINDINGS: ClassVar = [Binding("enter,space", "dismiss", "Close")]

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = [visible(line) for line in lines]

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = self.lines[0], "Esc closes"
            width = max(cell_len(line) for line in self.lines)
            card = Static(Text("\n".join(self.lines[1:])))
            card.styles.width = min(width, max(20, self.app.size.width - 6))
            yield card

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


class JumpWindow(Window):
    """All steps; gives back the place of the one chosen."""

    def __init__(self, steps: list[Step], look: Look) -> None:
        super().__init__()
        self.steps, self.look = steps, look

    def compose(self) -> ComposeResult:
        wide = max(len(step.id) for step in self.steps)
        options = [
            Option(Text(f"{step.id:<{wide}}  {visible(self.look.tell(step.title))}"), id=str(k))
            for k, step in enumerate(self.steps)
        ]
        listed = OptionList(*options)
        listed.border_title, listed.border_subtitle = "Steps", "Enter goes there"
        yield listed

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.highlighted = self.look.at
        listed.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)


class KeysWindow(Window):
    """The `?` screen of inspect."""

    BINDINGS: ClassVar = [Binding("question_mark,enter,space", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title, box.border_subtitle = "Keys", "Esc closes"
            card = Static(in_words(keys.KEYS))
            card.styles.width = min(76, max(20, self.app.size.width - 6))
            yield card

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
