"""Controls: everything that can be changed while a network learns, by keyboard and by mouse, each in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from types import MappingProxyType

from textual import events

from dnn_tui.runs.config import RunConfig, RunError

from .. import keys
from ..controls.columns import CHOSEN, PICK, named_column
from ..controls.control import Control, Row, control_of, row_of
from ..controls.lines import LESS, MORE, Line, line_of, lines_of, refusal, span_at
from ..controls.listing import rows_of
from ..controls.stepping import next_of
from ..drawing.grid import Grid
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, waiting

REFUSED = "Not changed: "  # how the trainer's sentences begin
FIRST = "data"


@dataclass(frozen=True)
class ControlsView:
    """The rows, where one is, what is typed there, what was refused, and the first line seen."""

    rows: tuple[Row, ...]
    at: str
    editing: str | None
    wrong: tuple[tuple[str, str], ...]
    here: bool
    why_not: str = ""


class ControlsPanel(Panel[ControlsView | None]):
    NAME, TITLE = "controls", "Controls"
    HELP = (
        "Everything that can be changed while it learns: ↑ and ↓ choose, ← and → change, Enter types a value or"
        " presses; the wheel and a click do the same."
    )
    BINDINGS = keys.bindings("controls")

    @staticmethod
    def fits(moment: Moment) -> bool:
        return bool(moment.started and moment.started.config) and not moment.others

    at = FIRST
    _editing: str | None = None
    _wrong: Mapping[str, str] = MappingProxyType({})
    _asked: tuple[str, int, int] | None = None  # the control last changed; how many alerts and starts there were then
    _top = 0
    _column = ""  # of very many, the one that can be switched
    _lines: Sequence[Line] = ()

    # ---- what is shown

    def view(self, moment: Moment, width: int, height: int) -> ControlsView | None:
        started = moment.started
        if started is None:
            return None
        self._hear(moment)
        try:
            config = RunConfig.from_dict(started.config)
        except RunError:
            return ControlsView((), self.at, None, (), False, "This run does not tell its whole configuration.")
        rows = rows_of(config, moment.dataset, moment.network, moment.state.paused, self._column)
        if row_of(rows, self.at) < 0:
            self.at, self._editing = FIRST, None
        return ControlsView(rows, self.at, self._editing, tuple(self._wrong.items()), self.has_focus)

    def _hear(self, moment: Moment) -> None:
        """What became of the change that was asked for last."""
        if self._asked is None:
            return
        key, before, starts = self._asked
        if len(moment.state.stretches) != starts:  # it was done
            self._asked = None
            return
        new = [alert for alert in moment.state.alerts[before:] if alert.kind == "refused"]
        if new:
            self._wrong, self._asked = {key: new[-1].message.removeprefix(REFUSED)}, None

    def draw(self, view: ControlsView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None or view.why_not:
            return waiting(width, height, view.why_not if view else "with the start")
        grid = Grid(width, height)
        at = view.at if view.here or view.editing is not None or view.wrong else ""
        self._lines = lines = lines_of(view.rows, width, at, view.editing, dict(view.wrong))
        control = control_of(view.rows, view.at)
        told = _told(control, width, view.editing is not None) if control and at and height >= 12 else []
        room = height - len(told) - bool(told)
        line = line_of(lines, view.at)
        last = line + next((len(refusal(text, width)) for key, text in view.wrong if key == view.at), 0)
        self._top = max(0, min(self._top, len(lines) - room, line - 1), last - room + 1)
        for y, spans in enumerate(lines[self._top : self._top + room]):
            for span in spans:
                grid.put(span.x, y, span.text, span.ink)
        if len(lines) > self._top + room:
            grid.put_right(width, room - 1, " ⋮", Ink.ACCENT)
        for k, text in enumerate(told):
            grid.put(0, height - len(told) + k, text, Ink.DIM)
        return grid

    @property
    def waiting(self) -> bool:
        """Whether a control has asked for a change of which nothing was heard yet."""
        return self._asked is not None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they were shown last."""
        return self._view.rows if self._view else ()

    @property
    def control(self) -> Control | None:
        """The one that one is at."""
        return control_of(self.rows, self.at)

    # ---- changing

    def _redraw(self) -> None:
        """Draw what a key changed; where the run was asked for something, its answer is drawn as soon as it comes."""
        if self._editing is not None or not self.waiting:
            self.run_screen.frame_for_key()

    def ask(self, control: Control, text: str) -> None:
        """Ask for a change on behalf of a control; what is wrong with it is said in its place."""
        self._wrong, self._asked = {}, None
        if not text:
            return
        state = self.moment.state if self.moment else None
        before = (len(state.alerts), len(state.stretches)) if state else (0, 0)
        sentence = self.run_screen.change(text)
        if sentence:
            self._wrong = {control.key: sentence}
        else:
            self._asked = control.key, *before

    def press(self, control: Control) -> None:
        """What a button or a switch does."""
        if control.key == CHOSEN:  # one that is left out comes last of all: it stays the one that was chosen
            self._column = control.value
        if control.change:
            self.ask(control, control.change)
        elif control.command.startswith("app:"):
            self.call_next(self.run_screen.run_action, control.command.removeprefix("app:"))
        elif control.command:
            self.run_screen.command(control.command)

    def turn(self, control: Control, by: int) -> None:
        """Take a value so many steps further."""
        if control.command == PICK:
            self._column, self._wrong = next_of(control.choices, control.value, by), {}
            return
        try:
            self.ask(control, control.stepped(by))
        except ValueError as error:  # a value that was typed elsewhere and is no number
            self._wrong = {control.key: str(error)}

    def _typed(self) -> None:
        control, text, self._editing = self.control, self._editing or "", None
        if control is None or text.strip() == control.value:
            return
        if control.command == PICK:
            found = named_column(control.choices, text)
            self._column = found or self._column
            self._wrong = {} if found else {control.key: f"There is no column {text.strip()!r}."}
            return
        try:
            self.ask(control, control.asked(text))
        except ValueError:
            self._wrong = {control.key: f"{text!r} is no number."}

    # ---- by keyboard

    def action_row(self, by: int) -> None:
        """The control above or below."""
        rows = [row for row in self.rows if row.controls]
        here = row_of(rows, self.at)
        if here < 0:
            return
        row = rows[max(0, min(len(rows) - 1, here + by))]
        if row is not rows[here]:
            self.at = row.controls[0].key
        self.run_screen.frame_for_key()

    def action_turn(self, by: int) -> None:
        """Change the value, or go to the button beside."""
        row = next((row for row in self.rows if any(c.key == self.at for c in row.controls)), None)
        control = self.control
        if row is None or control is None:
            return
        if row.flows:
            keys_of_row = [c.key for c in row.controls]
            self.at = keys_of_row[max(0, min(len(keys_of_row) - 1, keys_of_row.index(self.at) + by))]
        else:
            self.turn(control, by)
        self._redraw()

    def action_choose(self) -> None:
        """Press the button, or type a value."""
        control = self.control
        if control is None:
            return
        if control.kind in ("switch", "do"):
            self.press(control)
        else:
            self._editing = "" if control.kind == "choice" else control.value
        self._redraw()

    def action_usual(self) -> None:
        """Back to the value that it has where nothing is chosen."""
        control = self.control
        of_a_layer = control is not None and control.key.startswith(("units", "activation "))
        if control and not (control.rest or of_a_layer or control.kind in ("switch", "do")):
            self.ask(control, control.change.format("usual"))
            self._redraw()

    async def on_key(self, event: events.Key) -> None:
        """While a value is typed, every key belongs to it."""
        if self._editing is None:
            return
        if event.key == "enter":
            self._typed()
        elif event.key == "escape":
            self._editing = None
        elif event.key == "backspace":
            self._editing = self._editing[:-1]
        elif event.key == "ctrl+u":
            self._editing = ""
        elif event.is_printable and event.character:
            self._editing += event.character
        else:
            return
        event.stop()
        event.prevent_default()
        self._redraw()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is typed."""
        if self._editing is not None:
            self._editing += event.text.splitlines()[0] if event.text else ""
            event.stop()
            self.run_screen.frame_for_key()

    def on_blur(self) -> None:
        """Whoever goes elsewhere has typed nothing."""
        self._editing = None

    # ---- by mouse

    def _control_at(self, event: events.MouseEvent) -> tuple[Control, str] | None:
        offset = event.get_content_offset(self)
        if offset is None or not 0 <= self._top + offset.y < len(self._lines):
            return None
        span = span_at(self._lines[self._top + offset.y], offset.x)
        control = control_of(self.rows, span.key) if span else None
        return (control, span.does) if control and span else None

    def on_click(self, event: events.Click) -> None:
        """A click goes to a control; on a button, a switch or an arrow it does what that says."""
        if not (found := self._control_at(event)):
            return
        control, does = found
        again, self.at = control.key == self.at, control.key
        if control.kind in ("switch", "do"):
            self.press(control)
        elif does in (LESS, MORE):
            self.turn(control, 1 if does == MORE else -1)
        elif again and self._editing is None:
            self.action_choose()
        self._redraw()

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        found = self._control_at(event)
        if found and found[0].kind in ("number", "choice"):
            self.at = found[0].key
            self.turn(found[0], by)
        else:
            self.action_row(-by)
        event.stop()
        self._redraw()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel over a value makes it larger."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel over a value makes it smaller."""
        self._wheel(event, -1)


def _told(control: Control, width: int, typing: bool) -> list[str]:
    """What a control does; while a name is typed, which names there are."""
    if typing and control.choices:
        return wrap(", ".join(control.choices), width, max_lines=6, placeholder=" …")
    return wrap(control.sentence, width, max_lines=3, placeholder=" …")
