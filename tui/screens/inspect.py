"""The inspect screen: one pass, step by step. The picture left, the step right; every key has one small action."""

import re
from pathlib import Path

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.screen import Screen

from dnn_tui.mlp.explain import Number, find_step
from dnn_tui.mlp.expression import number

from ..grid import Grid, fit
from ..inspect import keys
from ..inspect.card import card, place_of
from ..inspect.diagram import draw_network
from ..inspect.document import document, heading
from ..inspect.look import Look, by_layer, moved
from ..inspect.other_diagrams import draw_descent, draw_graph, draw_table
from ..inspect.step_view import draw_step
from ..inspect.subject import NetworkSubject, Subject
from ..inspect.widgets import CardWindow, JumpWindow, KeyLine, KeysWindow, Pane, Prompt
from ..keys import Key
from ..theme import Ink, Palette

PACES = (0.5, 1.0, 2.0, 4.0)  # steps a second while it plays
SUFFIXES = {".txt": "text", ".md": "markdown", ".tex": "latex", ".json": "json"}
ROOMY = (110, 30)  # from this size the panes have frames
NARROW = 64  # below this width the step is alone
NETWORK_ONLY = ("card", "apply", "apply_many", "check", "misclassified", "worst", "choose_sample", "gradients")


class InspectScreen(Screen):
    CSS_PATH = "inspect.tcss"
    AUTO_FOCUS = ""  # None would mean the app's own: the prompt
    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding(key.keys, key.action, key.help, show=False, priority=key.keys in ("tab", "shift+tab"))
        for key in keys.KEYS
    ]

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject
        self.look = Look(units=first_units(subject))
        self._before: dict[str, np.ndarray] = {}  # results by step id, before the last change
        self._pace = 1.0
        self._playing = None
        self._editing = ""  # what the prompt asks the value of

    def compose(self) -> ComposeResult:
        yield Pane("heading", self._draw_heading)
        with Horizontal(id="body"):
            yield Pane("diagram", self._draw_diagram)
            yield Pane("step", self._draw_step)
        yield KeyLine()
        yield Prompt()

    def on_mount(self) -> None:
        self._fit()

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        width, height = self.app.size
        self.set_class(width >= ROOMY[0] and height >= ROOMY[1], "-roomy")
        self.set_class(width < NARROW, "-narrow")

    # ---- drawing

    @property
    def step(self):
        return self.subject.steps[self.look.at]

    def frame(self, force: bool = False) -> None:
        """Show what is looked at now."""
        for pane in self.query(Pane):
            if force:
                pane._grid = None
            pane.show()

    def _draw_heading(self, width: int, height: int, palette: Palette) -> Grid:
        grid, subject = Grid(width, height), self.subject
        x = grid.put(0, 0, fit(heading(subject), width), Ink.TITLE)
        if subject.badge:
            ink = Ink.BAD if subject.badge.startswith("✗") else Ink.GOOD
            grid.put_right(width, 0, fit(f"  {subject.badge}", width - min(x, width // 2)), ink)
        elif isinstance(subject, NetworkSubject):
            facts = f"  {subject.loss} · {_optimizer(subject)} · η {self.look.number.text(subject.lr)}"
            if x + len(facts) < width:
                grid.put_right(width, 0, facts, Ink.FAINT)
        return grid

    def _draw_diagram(self, width: int, height: int, palette: Palette) -> Grid:
        subject, step, look = self.subject, self.step, self.look
        match subject.kind:
            case "network":
                return draw_network(subject.run, step, look, width, height, palette.mono, subject.image_shape)
            case "graph":
                return draw_graph(subject, step, look, width, height)
            case "table":
                return draw_table(subject, step, look, width, height)
        return draw_descent(subject, step, look, width, height, palette.mono)

    def _draw_step(self, width: int, height: int, palette: Palette) -> Grid:
        image = getattr(self.subject, "image_shape", None)
        before = self._before.get(self.step.id)
        return draw_step(self.subject.steps, self.look, width, height, palette.mono, image, before, self.subject.text)

    def say(self, text: str, ink: int = Ink.GOOD) -> None:
        """A message in place of the keys, until the next key."""
        self.query_one(KeyLine).message = (text, ink)

    def set_look(self, **changes) -> None:
        self.look = self.look.with_(**changes)
        self.frame()

    # ---- keys

    def allowed(self, key: Key) -> bool:
        """Whether a key is of use for this subject."""
        action = key.action.split("(")[0]
        if action in NETWORK_ONLY:
            return isinstance(self.subject, NetworkSubject)
        if action == "sample":
            return len(self.subject.rows) > 1
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.query_one(Prompt).display and action in {key.action.split("(")[0] for key in keys.KEYS}:
            return False
        key = next((key for key in keys.KEYS if key.action.split("(")[0] == action), None)
        return key is None or self.allowed(key)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not self.query_one(Prompt).display:
            line = self.query_one(KeyLine)
            if line.message is not None:
                line.message = None
                line.show()
        await super().on_event(event)

    def _go(self, at: int) -> None:
        self.set_look(at=min(max(0, at), len(self.subject.steps) - 1), hidden=False)

    def action_go(self, by: int) -> None:
        self._go(self.look.at + by)

    def action_layer(self, direction: int) -> None:
        if self.subject.kind == "descent":
            self._go(self.look.at + 50 * direction if len(self.subject.steps) > 200 else self.look.at + 5 * direction)
        else:
            self._go(by_layer(self.subject.steps, self.look.at, direction))

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        self._go(len(self.subject.steps) - 1)

    def action_jump(self) -> None:
        def chosen(at: int | None) -> None:
            if at is not None:
                self._go(at)

        self.app.push_screen(JumpWindow(self.subject.steps, self.look), chosen)

    def action_goto(self) -> None:
        self._ask("goto", "go to step:")

    def action_focus(self, rows: int, columns: int) -> None:
        self.look = moved(self.look, self.step, rows, columns)
        self.frame()

    def action_play(self) -> None:
        if self._playing is not None:
            self._stop_playing()
            self.frame()
            return
        self._playing = self.set_interval(1 / self._pace, self._play_on)
        self.say(f"playing {self._pace:g} steps a second · p stops, + and - change the pace", Ink.DIM)
        self.frame()

    def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def _play_on(self) -> None:
        if self.look.at + 1 >= len(self.subject.steps):
            self._stop_playing()
        else:
            self._go(self.look.at + 1)

    def action_digits(self, by: int) -> None:
        if self._playing is not None:
            place = min(max(0, PACES.index(self._pace) + by), len(PACES) - 1)
            self._pace = PACES[place]
            self._stop_playing()
            self.action_play()
            return
        digits = min(max(2, self.look.number.digits + by), 12)
        self.set_look(number=Number(digits, self.look.number.truncate))

    def action_truncate(self) -> None:
        self.say("cut off, not rounded" if not self.look.number.truncate else "rounded", Ink.DIM)
        self.set_look(number=self.look.number.toggled())

    def action_notation(self) -> None:
        self.set_look(z_a=not self.look.z_a)

    def action_gradients(self) -> None:
        self.set_look(other=not self.look.other)

    def action_card(self) -> None:
        place = place_of(self.step, self.look)
        if place is None:
            self.say("this step has no weight in focus: go to one with W or b", Ink.WARN)
            self.frame()
            return
        self.app.push_screen(CardWindow(card(self.subject, *place, self.look)))

    # ---- changes

    def _change(self, change, message) -> None:
        """Do something that changes the numbers; what reads differently then is flagged."""
        before = {step.id: step.result.value for step in self.subject.steps}
        self._stop_playing()
        try:
            done = change()
        except ValueError as error:
            if not type(error).__module__.startswith("dnn_tui."):
                raise
            self.say(str(error), Ink.BAD)
            self.frame()
            return
        self._before = before
        self.look = self.look.with_(at=min(self.look.at, len(self.subject.steps) - 1), hidden=False)
        self.say(message(done) if callable(message) else message)
        self.frame()

    def action_edit(self) -> None:
        key, value = self._suggestion()
        self._editing = key
        self._ask("edit", f"{key} =", value)

    def _suggestion(self) -> tuple[str, str]:
        """What one most likely wants to edit here, with its value."""
        subject = self.subject
        if not isinstance(subject, NetworkSubject):
            field = subject.fields()[0]
            return field.key, field.value
        step, k = self.step, (*self.look.element(self.step), 0)[0]
        place = place_of(step, self.look)
        if step.id == "F0":
            key = f"x{k + 1}"
        elif step.phase == "L" or step.id == "B0":
            key = f"y{k + 1}"
        elif step.phase == "V" or place is None:
            return "lr", Number(6).text(subject.lr)
        else:
            layer, kind, index = place
            shape = (subject.network.W if kind == "W" else subject.network.b)[layer].shape
            index = tuple(min(n, size - 1) + 1 for n, size in zip(index, shape, strict=True))
            key = f"{kind}{layer}[{','.join(str(n) for n in index)}]"
        return key, Number(6).text(subject.value(key))

    def action_undo(self) -> None:
        self._change(self.subject.undo, lambda done: "taken back" if done else "nothing to take back")

    def action_restore(self) -> None:
        self._change(self.subject.restore, lambda done: "as it began" if done else "nothing was changed")

    def action_apply(self) -> None:
        self._apply(1)

    def action_apply_many(self) -> None:
        self._ask("apply", "apply the update how many times?", "10")

    def _apply(self, times: int) -> None:
        text = self.look.number.text
        promised = find_step(self.subject.steps, "V")
        first = float(next(part.value for part in promised.parts if part.name == "promised"))

        def message(losses: list[float]) -> str:
            what = f"{times} update{'s' if times > 1 else ''}: L {text(losses[0])} → {text(losses[-1])}"
            actual = losses[1] - losses[0]
            return f"{what}; the first: ΔL {text(actual)}, promised {text(first)} · u takes it back"

        self._change(lambda: self.subject.apply(times), message)

    def action_sample(self, by: int) -> None:
        self._choose((self.subject.at + by) % len(self.subject.rows))

    def _choose(self, index: int) -> None:
        try:
            self.subject.choose(index)
        except ValueError as error:
            self.say(str(error), Ink.BAD)
        self._before = {}
        self.look = self.look.with_(hidden=False, units=self.look.units and first_units(self.subject, self.look.units))
        self.frame()

    def action_misclassified(self) -> None:
        found = self.subject.harder(self.subject.at)
        if found is None:
            self.say("no sample is answered wrongly")
            self.frame()
        else:
            self._choose(found)

    def action_worst(self) -> None:
        self._choose(self.subject.worst())

    def action_choose_sample(self) -> None:
        self._ask("sample", f"sample (0 to {len(self.subject.rows) - 1}):", str(self.subject.at))

    def action_check(self) -> None:
        self.subject.check()
        self.say(self.subject.badge, Ink.BAD if self.subject.badge.startswith("✗") else Ink.GOOD)
        self.frame()

    # ---- quiz, export, leaving

    def action_quiz(self) -> None:
        self.set_look(hidden=True)
        name = self.look.say(self.step.symbol)
        element = self.look.element(self.step)
        place = f"[{','.join(str(k + 1) for k in element)}]" if element else ""
        self._ask("quiz", f"{name}{place} =")

    def _answer(self, text: str) -> None:
        right = self.step.element(self.look.element(self.step))
        tolerance = max(0.005 * abs(right), 5e-5)
        try:
            given = number(text)
        except ValueError as error:
            self.say(str(error), Ink.BAD)
            self.set_look(hidden=True)
            return
        shown = self.look.number.text
        if abs(given - right) <= tolerance:
            self.say(f"right: {shown(right)} (anything within ±{shown(tolerance)} is)")
        else:
            self.say(f"not {shown(given)}: it is {shown(right)}", Ink.WARN)
        self.set_look(hidden=False)

    def action_export(self) -> None:
        slug = re.sub(r"[^a-z0-9]+", "-", self.subject.title.lower()).strip("-")
        self._ask("export", "write all steps to (.txt .md .tex .json):", f"{slug[:40]}.md")

    def _export(self, text: str) -> None:
        path = Path(text.strip()).expanduser()
        form = SUFFIXES.get(path.suffix.lower())
        if form is None:
            self.say(f"“{path.name}” should end with .txt, .md, .tex or .json", Ink.BAD)
        elif path.exists():
            self.say(f"{path} is already there: choose another name", Ink.BAD)
        else:
            try:
                written = document(self.subject, form, number=self.look.number, z_a=self.look.z_a)
                path.write_text(written, encoding="utf-8")
                self.say(f"written to {path}")
            except OSError as error:
                self.say(f"{path} cannot be written: {error.strerror}", Ink.BAD)
        self.frame()

    def _ask(self, purpose: str, label: str, text: str = "") -> None:
        self._stop_playing()
        self.query_one(KeyLine).display = False
        self.query_one(Prompt).ask(purpose, label, text)

    def on_prompt_answered(self, event: Prompt.Answered) -> None:
        line = self.query_one(KeyLine)
        line.display, line.message = True, None
        if event.text is None or not event.text.strip():
            self.set_look(hidden=False)
            return
        getattr(self, f"_answered_{event.purpose}")(event.text.strip())

    def _answered_quiz(self, text: str) -> None:
        self._answer(text)

    def _answered_export(self, text: str) -> None:
        self._export(text)

    def _answered_goto(self, text: str) -> None:
        step = find_step(self.subject.steps, text)
        if step is None:
            self.say(f"there is no step “{text}”: j lists them", Ink.BAD)
            self.frame()
        else:
            self._go(self.subject.steps.index(step))

    def _answered_edit(self, text: str) -> None:
        # a value alone is for what was asked; "lr = 0.5" names something else
        key, mark, value = text.partition("=")
        if not mark:
            key, value = self._editing, text
        key, value = key.strip(), value.strip()
        self._change(lambda: self.subject.edit(key, value), f"{key} = {value} · what reads differently now has a *")

    def _answered_apply(self, text: str) -> None:
        if text.isdigit() and 1 <= int(text) <= 10_000:
            self._apply(int(text))
        else:
            self.say(f"“{text}” is no number of updates: 1 to 10000", Ink.BAD)
            self.frame()

    def _answered_sample(self, text: str) -> None:
        if text.isdigit():
            self._choose(int(text))
        else:
            self.say(f"“{text}” is no sample's number", Ink.BAD)
        self.frame()

    def action_help(self) -> None:
        self.app.push_screen(KeysWindow())

    def action_leave(self) -> None:
        self._stop_playing()
        if len(self.app.screen_stack) > 2:
            self.dismiss()
        else:
            self.app.exit(0)


def first_units(subject: Subject, units: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The unit in focus of each layer, to begin with: the first; of a picture's pixels, the brightest."""
    if not isinstance(subject, NetworkSubject):
        return ()
    units = units or (0,) * (subject.network.layers + 1)
    if subject.image_shape:
        units = (int(np.abs(subject.row.x).argmax()), *units[1:])
    return units


def _optimizer(subject: NetworkSubject) -> str:
    from dnn_tui.mlp.explain.updates import rule_of

    return rule_of(subject.optimizer)[0]
