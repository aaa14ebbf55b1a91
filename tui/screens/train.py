"""The train screen: all panels of one run, arranged for the terminal's size; used for watching too."""

import asyncio
import time
from contextlib import suppress
from contextvars import copy_context
from dataclasses import replace
from typing import Any

from textual import events
from textual.app import ComposeResult

from dnn_tui.mlp import Command
from dnn_tui.runs import control
from dnn_tui.runs.state import RunState

from .. import keys
from ..drawing.layout import Rectangle, arrange
from ..drawing.play_layout import arrange_play
from ..drawing.visible import visible
from ..panels import PANELS, Panel, StatusPanel
from ..panels.banner import Banner, loudest
from ..panels.bars import KeyBar, TabBar
from ..panels.board import Board
from ..panels.scrubber import Scrubber
from ..panels.topology import TopologyPanel
from ..sessions.looking import Looking
from ..sessions.moment import Look, Moment
from ..sessions.session import Session, trains_here
from ..terminal.paced import PacedApp
from ..terminal.pacing import over_ssh
from ..terminal.share import Share
from .ask import AskScreen
from .playing import Playing

PACES = (1.0, 2.0, 5.0, 10.0, 30.0, 100.0, 300.0, 1000.0)  # steps a second that + and - go through; then full speed


class TrainScreen(Playing):
    CSS_PATH = "train.tcss"
    BINDINGS = keys.bindings("train")
    AUTO_FOCUS = ""  # none: None would be the first panel

    def __init__(self, session: Session, playing: bool = False) -> None:
        super().__init__()
        self.session, self.playing = session, playing
        self.look = Look()
        self.places: dict[str, Rectangle] = {}
        self.available: list[type[Panel[Any]]] = list(PANELS)
        first = "curves" if getattr(session, "others", ()) else PANELS[0].NAME
        self.here = "controls" if playing else first  # the panel one is in
        self.full = False
        self._seen: tuple[object, ...] = ()
        self._dataset: dict[str, Any] | None = None
        self._loud = False
        self._condition: tuple[object, ...] = ()
        self._owed = False  # a frame that a key asked for is still to be drawn
        self._answered = False  # the run has answered, and that frame is under way
        self._slow = over_ssh()  # bytes are dear
        self._share = Share()
        self._looking = Looking(session)

    def compose(self) -> ComposeResult:
        yield Board(Banner(), StatusPanel(), TabBar(), *(panel() for panel in PANELS), Scrubber(), KeyBar())

    def on_mount(self) -> None:
        self.get_panel("status").border_title = visible(self.session.title).replace("[", "\\[")
        if self.playing:
            self.command("stay", 1)
        self._number()
        self._place()
        self.frame()  # of a run that is there already, the right panels from the start
        self.get_panel(self.here).focus()
        for panel in self.query(Panel):
            panel.paced = True
        self.set_interval(self.paced.pacer.tick, self.tick)
        self._hear_answers()

    def on_unmount(self) -> None:
        self.session.answers.tell = None

    def _hear_answers(self) -> None:
        """Draw what was asked for when it is done: the session's thread says so."""
        loop, context = asyncio.get_running_loop(), copy_context()

        def draw() -> None:
            self._answered = False
            self.frame_for_key()

        def tell() -> None:
            if not self._answered:  # several answers are one frame
                self._answered = True
                with suppress(RuntimeError):  # the screen is just being left
                    loop.call_soon_threadsafe(draw, context=context)

        self.session.answers.tell = tell

    @property
    def paced(self) -> PacedApp:
        app = self.app
        assert isinstance(app, PacedApp)
        return app

    def get_panel(self, name: str) -> Panel[Any]:
        return self.query_one(f"#{name}", Panel)

    # ---- frames

    def tick(self) -> None:
        """Draw a frame if it is time for one: the one place that paces."""
        if self._steered() != self._condition:  # a key has had its effect: show that before the figures go on
            self._owed = True
        self.hear_refusals()
        affordable = self._affordable()
        if self.paced.pacer.may_paint(time.monotonic(), at_once=self._owed) and (self._owed or affordable):
            self.frame()
        network = self.get_panel("topology")
        assert isinstance(network, TopologyPanel)
        self._looking.want(network.wanted_side if self.look.at is None else 0, self.look.unit)

    def _affordable(self) -> bool:
        """Whether a frame takes no more from a training at full speed here than it may."""
        state, pacer = self.session.state, self.paced.pacer
        if not trains_here(self.session) or state.paused or state.pace or pacer.wished:
            self._share.look_away()
            return True
        return self._share.may_paint(time.monotonic(), time.process_time(), time.thread_time())

    def _steered(self) -> tuple[object, ...]:
        """What changes because somebody wants it to; a change is an answer, and seen with its picture."""
        state = self.session.state
        return state.paused, state.pace, state.total_epochs, state.ended is None, state.lost

    def frame_for_key(self) -> None:
        """Draw what a key changed: now, or as soon as the terminal has drawn the last frame."""
        self._owed = True
        self.tick()

    def catch_up(self) -> None:
        """The terminal has drawn the last frame: draw what is owed."""
        if self._owed:
            self.tick()

    def frame(self, force: bool = False) -> None:
        """Show the state if it, or the look at it, has changed since the last frame."""
        state, self._condition = self.session.state, self._steered()
        asked, self._owed = self._owed, False
        force = force or asked
        moment = self._moment()
        now = (moment.version, self.look, self.here, self.full)
        panels = list(self.query(Panel))
        if now == self._seen and not force and not any(panel.waits for panel in panels):
            return
        with moment.locked():
            self._seen = (moment.version, self.look, self.here, self.full)
            if moment.started and self._dataset != moment.dataset:  # a change may have brought other data
                self._dataset = moment.dataset
                available = [panel for panel in PANELS if panel.fits(moment)]
                if available != self.available:
                    self.available = available
                    self._place()
                self._number()
            if bool(loudest(moment)) != self._loud:
                self._loud = not self._loud
                self._place()
            # paused, it should be still at once
            hurry = not (self._slow or self._share.tight) or state.status != "training"
            late = [panel.show(moment, not hurry) for panel in panels]
            if any(late):
                self._seen = ()  # look again at the next frame
            self.paced.attention.look(state)
        self._share.painted(time.monotonic())
        self._write_rows(panels, asked)

    def _moment(self) -> Moment:
        session = self.session
        title = getattr(session, "first_title", session.title)
        return Moment(session.state, self.look, title, getattr(session, "others", ()))

    def _write_rows(self, panels: list[Panel[Any]], asked: bool) -> None:
        """Have written what the line takes, and ask when the terminal has drawn it."""
        size = self.write_in_turn(panels, asked, self.paced.pacer.allowance())
        if size:
            self.call_after_refresh(self.paced.ask_terminal, size)
            if asked:
                self._on_timer_update()  # now: Textual itself would let up to a thirtieth of a second pass

    # ---- places

    def _number(self) -> None:
        moment = self._moment()
        for panel in self.available:
            self.get_panel(panel.NAME).border_title = f"{self.number_of(panel)} {panel.title(moment)}".strip()

    def _place(self) -> None:
        """Work out which panels are seen and where."""
        width, height = self.app.size
        banner = 1 if self._loud and height >= 8 else 0
        scrubber = 1 if self.look.at is not None and height >= 6 else 0
        names = self.panel_names
        if self.here not in names:
            self.here = names[0]
        layout = arrange_play if self.playing else arrange
        places = layout(width, height - banner - scrubber, names, self.here, self.here if self.full else "")
        if banner:
            places = {name: r._replace(y=r.y + banner) for name, r in places.items()}
            places["banner"] = Rectangle(0, 0, width, 1)
        if scrubber:
            if "keys" in places:
                places["keys"] = Rectangle(0, height - 1, width, 1)
            places["scrubber"] = Rectangle(0, height - 1 - ("keys" in places), width, 1)
        self.places = places
        for panel in self.query(Panel):
            panel.display = panel.NAME in places
            boxed = panel.NAME not in ("tabs", "keys", "banner", "scrubber")
            if panel.NAME == "status":
                boxed = places.get("status", Rectangle(0, 0, 0, 0)).height >= 5
            panel.set_class(boxed, "boxed")
        # asked of a child: Textual then forgets the arrangement it keeps of the parent, even if no panel came or went
        self.query_one(StatusPanel).refresh(layout=True)

    def on_resize(self, event: events.Resize) -> None:
        self._place()

    @property
    def panel_names(self) -> list[str]:
        """Those that have something to say about this run."""
        return [panel.NAME for panel in self.available]

    def go_to(self, name: str) -> None:
        """Make a panel the one that is focused, and seen."""
        self.here = name
        self._place()
        self.get_panel(name).focus(scroll_visible=False)
        self.frame_for_key()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Panel) and self.here != event.widget.NAME:
            self.here = event.widget.NAME
            self.frame_for_key()

    # ---- what can be done

    def allowed(self, key: keys.Key) -> bool:
        """Whether a key does anything in this session now."""
        state = self.session.state
        if key.needs == "control":
            return not self.session.readonly and state.ended is None and not state.lost
        if key.needs == "end":
            return trains_here(self.session)
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        key = keys.key_for(action)
        return key is None or self.allowed(key)

    def _send(self, name: str, value: float | None = None) -> None:
        self.session.send(Command(name, value, "keyboard"))

    def action_play(self) -> None:
        """The screen to play on, or all panels; a training that is played rests where it would end."""
        if not self.playing and (self.config is None or self.session.readonly):
            self.told("This run cannot be changed from here.")
            return
        self.playing = not self.playing
        self.command("stay", float(self.playing))
        self.here = "controls" if self.playing else "topology"
        self.go_to(self.here)

    def action_toggle_pause(self) -> None:
        self._send("resume" if self.session.state.paused else "pause")

    def action_step(self) -> None:
        self._send("step")

    def action_stop(self) -> None:
        self._send("stop")

    def action_checkpoint(self) -> None:
        self._send("checkpoint")

    def action_inspect(self) -> None:
        """Pause, and look into the pass of the row shown, number by number."""
        self.run_worker(self._inspect(), exclusive=True, group="inspect")

    async def _inspect(self) -> None:
        from ..inspect.live import subject_of_session
        from .inspect import InspectScreen

        try:
            subject = await subject_of_session(self.session)
        except ValueError as error:  # the packages' own sentences; any other is a bug and ends the app
            if not type(error).__module__.startswith("dnn_tui."):
                raise
            self.session.state.say(str(error), "warning")
            self.notify(visible(str(error)), severity="warning", markup=False)
            return
        self.app.push_screen(InspectScreen(subject))

    def action_ask_lr(self) -> None:
        """Change the learning rate from the next step on."""
        self._ask(
            "set_lr", "Learning rate", "Each step moves the weights by η times the gradient.", f"{self._state.lr:g}"
        )

    def action_ask_epochs(self) -> None:
        """Change how many epochs the run has in all."""
        state = self._state
        self._ask("prolong", "Epochs", f"In all; this is epoch {state.epoch}.", str(state.total_epochs), state.epoch)

    def _ask(self, name: str, title: str, question: str, value: str, least: float = 0.0) -> None:
        def wrong(number: float) -> str:
            try:
                control.check(Command(name, number))
            except ValueError as error:
                return str(error)
            return f"It must be at least {least:g}." if number < least else ""

        def answered(number: float | None) -> None:
            if number is not None:
                self._send(name, number)

        self.app.push_screen(AskScreen(title, question, value, wrong), answered)

    @property
    def _state(self) -> RunState:
        return self.session.state

    def action_sample(self, direction: int) -> None:
        self._send("sample", float(direction))

    def action_faster(self) -> None:
        pace = self.session.state.pace
        if pace:
            self._send("pace", next((p for p in PACES if p > pace), 0.0))

    def action_slower(self) -> None:
        pace = self.session.state.pace or float("inf")
        slower = [p for p in PACES if p < pace]
        if slower:
            self._send("pace", slower[-1])

    def action_panel(self, number: int) -> None:
        found = next((panel for panel in self.available if self.number_of(panel) == str(number)), None)
        if found:
            self.go_to(found.NAME)

    def action_back(self) -> None:
        if self.look.unit is not None:
            self.set_look(unit=None, edge=None)
        elif self.full:
            self.action_full()

    def set_look(self, **changes: Any) -> None:
        """Change what this viewer sees."""
        live = self.look.at is None
        self.look = replace(self.look, **changes)
        if live != (self.look.at is None):
            self._place()
        self.frame_for_key()

    def action_travel(self, by: int) -> None:
        """Go to an earlier or later picture; after the last one, follow the newest again."""
        state = self.session.state
        with state.lock:
            steps = state.snapshots.steps
            if not steps:
                return
            here = len(steps) - 1 if self.look.at is None else state.snapshots.at_step(self.look.at)
            there = here + by
            while 0 < there < len(steps) - 1 and steps[there] == steps[here]:
                there += by  # two pictures of one step (the end of an epoch) look alike
            at = steps[max(0, there)] if there < len(steps) else None
        self.set_look(at=at)

    def action_first(self) -> None:
        with self.session.state.lock:
            steps = self.session.state.snapshots.steps
            at = steps[0] if steps else None
        self.set_look(at=at)

    def action_follow(self) -> None:
        self.set_look(at=None, right=None)
