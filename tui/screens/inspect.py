"""The inspect screen: one pass, step by step. The picture left, the step right; every key has one small action."""

import textwrap
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from dnn_tui.experiments.explaining.batch_subject import BatchSubject
from dnn_tui.experiments.explaining.document import heading
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.small import DescentSubject, GraphSubject, TableSubject
from dnn_tui.experiments.explaining.subject import Subject
from dnn_tui.experiments.explaining.tour import Tour
from dnn_tui.mlp.explain import Number
from dnn_tui.mlp.explain.updates import rule_of

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink, Palette
from ..inspect import keys
from ..inspect.card import card, place_of
from ..inspect.changing import Changing
from ..inspect.descents import draw_descent
from ..inspect.look import by_layer, moved
from ..inspect.other_diagrams import draw_graph
from ..inspect.pictures import draw_left
from ..inspect.presented import RESULT, RULE, STAGES, draw_presented
from ..inspect.step_view import draw_step
from ..inspect.tables import draw_left_of_table
from ..inspect.widgets import CardWindow, JumpWindow, KeyLine, KeysWindow, Pane, Prompt
from ..keys import Key

PACES = (0.5, 1.0, 2.0, 4.0)  # steps a second while it plays
ROOMY = (110, 30)  # from this size the panes have frames
NARROW = 64  # below this width the step is alone
NETWORK_ONLY = ("card", "misclassified", "worst", "choose_sample", "gradients")
OF_NETWORKS = ("apply", "apply_many", "check", "batch")


class InspectScreen(Changing):
    CSS_PATH = "inspect.tcss"
    AUTO_FOCUS = ""  # None would mean the app's own: the prompt
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key.keys, key.action, key.help, show=False, priority=key.keys in ("tab", "shift+tab"))
        for key in keys.KEYS
    ]

    def __init__(self, subject: Subject, tour: Tour | None = None, quiz: int | None = None) -> None:
        super().__init__(subject)
        self._pace, self.tour = 1.0, tour
        self.stage: int | None = None  # before a class: how much of the step is shown
        self._begin_quiz, self.quiz_seed = quiz is not None, quiz or 0

    def compose(self) -> ComposeResult:
        yield Pane("heading", self._draw_heading)
        with Horizontal(id="body"):
            yield Pane("diagram", self._draw_diagram)
            yield Pane("step", self._draw_step)
        yield KeyLine(self.allowed)
        yield Prompt()

    def on_mount(self) -> None:
        self._fit()
        if self._begin_quiz:
            self.call_after_refresh(self.action_quiz_round)

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        width, height = self.app.size
        self.set_class(width >= ROOMY[0] and height >= ROOMY[1], "-roomy")
        self.set_class(width < NARROW, "-narrow")

    # ---- drawing

    def _draw_heading(self, width: int, height: int, palette: Palette) -> Grid:
        grid, subject = Grid(width, height), self.subject
        x = grid.put(0, 0, fit(heading(subject), width), Ink.TITLE)
        if subject.badge:
            ink = Ink.BAD if subject.badge.startswith("✗") else Ink.GOOD
            grid.put_right(width, 0, fit(f"  {subject.badge}", width - min(x, width // 2)), ink)
        elif isinstance(subject, NetworkSubject | BatchSubject):
            of = subject.base if isinstance(subject, BatchSubject) else subject
            facts = f"  {of.loss.name} · {rule_of(of.optimizer)[0]} · η {self.look.number.text(of.lr)}"
            if x + len(facts) < width:
                grid.put_right(width, 0, facts, Ink.FAINT)
                width -= len(facts)
        if self.tour is not None and not subject.badge and x + len(self.tour.place) + 3 < width:
            grid.put_right(width, 0, f"   {self.tour.place}", Ink.DIM)
        return grid

    def _draw_diagram(self, width: int, height: int, palette: Palette) -> Grid:
        subject, step, look = self.subject, self.step, self.look
        if self.stage is not None and self.stage < RESULT:
            look = look.with_(hidden=True)
        match subject:
            case NetworkSubject() | BatchSubject():
                return draw_left(subject, step, look, width, height, palette.mono)
            case GraphSubject():
                return draw_graph(subject, step, look, width, height)
            case TableSubject():
                return draw_left_of_table(subject, step, look, width, height)
            case DescentSubject():
                return draw_descent(subject, step, look, width, height, palette.mono)
        raise TypeError(f"There is no picture of a {subject.kind}.")

    def _draw_step(self, width: int, height: int, palette: Palette) -> Grid:
        image = getattr(self.subject, "image_shape", None)
        before = self._before.get(self.step.id)
        if self.stage is not None:
            steps, text = self.subject.steps, self.subject.text
            return draw_presented(steps, self.look, self.stage, width, height, palette.mono, image, text)
        return draw_step(self.subject.steps, self.look, width, height, palette.mono, image, before, self.subject.text)

    # ---- keys

    def allowed(self, key: Key) -> bool:
        """Whether a key is of use for this subject."""
        action = key.action.split("(")[0]
        if action in NETWORK_ONLY:
            return isinstance(self.subject, NetworkSubject)
        if action in OF_NETWORKS:
            return isinstance(self.subject, NetworkSubject | BatchSubject)
        if action == "view":
            pictured = isinstance(self.subject, NetworkSubject | BatchSubject)
            return pictured or bool(getattr(self.subject, "along", ""))
        if action == "about":
            return bool(self.subject.text)
        if action == "lesson":
            return self.tour is not None
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

    def action_go(self, by: int) -> None:
        if self.stage is not None and self.stage + by in STAGES:
            self.stage += by
            self.frame()
            return
        at = self.look.at + by
        if self.stage is None or 0 <= at < len(self.subject.steps):
            self.go(at, RULE if by > 0 else RESULT)

    def go(self, at: int, stage: int = RULE) -> None:
        """Look at the step at that place; before a class, as far as `stage`."""
        self.stage = None if self.stage is None else stage
        super().go(at)

    def action_present(self) -> None:
        """The layout for a class, or the usual one again."""
        self.stage = RULE if self.stage is None else None
        self.set_class(self.stage is not None, "-presenting")
        self.frame(force=True)

    def action_lesson(self, by: int) -> None:
        """The lecture's next lesson, or the one before."""
        tour = self.tour.moved(by) if self.tour is not None else None
        if tour is None:
            self.say("That was the lecture's last lesson." if by > 0 else "This is the lecture's first lesson.")
            return
        following = InspectScreen(tour.subject(), tour)
        self.app.switch_screen(following)
        if self.stage is not None:  # a class goes on as it was
            following.call_after_refresh(following.action_present)

    def action_layer(self, direction: int) -> None:
        if self.subject.kind == "descent":
            self.go(self.look.at + 50 * direction if len(self.subject.steps) > 200 else self.look.at + 5 * direction)
        else:
            self.go(by_layer(self.subject.steps, self.look.at, direction))

    def action_first(self) -> None:
        self.go(0)

    def action_last(self) -> None:
        self.go(len(self.subject.steps) - 1)

    def action_jump(self) -> None:
        def chosen(at: int | None) -> None:
            if at is not None:
                self.go(at)

        self.app.push_screen(JumpWindow(self.subject.steps, self.look), chosen)

    def action_move(self, rows: int, columns: int) -> None:
        self.look = moved(self.look, self.step, rows, columns)
        self.frame()

    def action_scroll(self, rows: int, columns: int) -> None:
        """Show another part of arrays that do not fit; the focus stays where it is."""
        arrays = [operand.shape for operand in (self.step.result, *self.step.operands)]
        most = max((size for shape in arrays for size in shape), default=0)
        down, right = (min(max(-most, n + by), most) for n, by in zip(self.look.scroll, (rows, columns), strict=True))
        self.set_look(scroll=(down, right))

    def action_play(self) -> None:
        if self._playing is not None:
            self.stop_playing()
            self.frame()
            return
        self._playing = self.set_interval(1 / self._pace, self._play_on)
        self.say(f"playing {self._pace:g} steps a second · p stops, + and - change the pace", Ink.DIM)
        self.frame()

    def _play_on(self) -> None:
        if self.look.at + 1 >= len(self.subject.steps):
            self.stop_playing()
        else:
            self.go(self.look.at + 1)

    def action_digits(self, by: int) -> None:
        if self._playing is not None:
            place = min(max(0, PACES.index(self._pace) + by), len(PACES) - 1)
            self._pace = PACES[place]
            self.stop_playing()
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

    def action_view(self) -> None:
        """The step's pictures below the diagram, in its place, or not at all."""
        view = (self.look.view + 1) % 3
        self.say(("the step's pictures below the diagram", "the pictures alone", "the diagram alone")[view], Ink.DIM)
        self.set_look(view=view)

    def action_about(self) -> None:
        """The lesson's text, whole: beside a step there is seldom room for it."""
        lines = textwrap.wrap(self.look.tell(self.subject.text), min(72, max(20, self.app.size.width - 8)))
        self.app.push_screen(CardWindow([self.subject.title, *lines]))

    def action_card(self) -> None:
        place = place_of(self.step, self.look)
        if place is None:
            self.say("this step has no weight in focus: go to one with W or b", Ink.WARN)
            self.frame()
            return
        self.app.push_screen(CardWindow(card(self.network_subject, *place, self.look)))

    def action_help(self) -> None:
        self.app.push_screen(KeysWindow())

    def action_leave(self) -> None:
        self.stop_playing()
        if len(self.app.screen_stack) > 2:
            self.dismiss()
        else:
            self.app.exit(0)
