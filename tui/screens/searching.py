"""The search screen: all panels of one search, arranged for the terminal's size; trials open in the watch screen."""

import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult

from dnn_tui.experiments.searching.importance import LEAST, ImportanceError, answered, asked_of, method
from dnn_tui.experiments.searching.state import ORDERS, Importance, SearchState
from dnn_tui.runs.folder import RunFolder

from ..drawing.layout import Rectangle
from ..drawing.search_layout import LIST, arrange_search
from ..drawing.visible import visible
from ..key import Key
from ..panels.board import Board
from ..panels.search import PANELS, SearchPanel, keys
from ..panels.search.panel import SHARES, SearchBoard, Sight
from ..panels.search.status import SearchKeys, SearchStatus, SearchTabs
from ..panels.search.trials import ORDERED, TrialsPanel
from ..panels.search.words import brush_words, said, selected, setting_of
from ..sessions.searched import SearchSession
from ..sessions.watched import WatchSession
from ..terminal.paced import PacedApp
from .ask import AskName, AskScreen
from .stopping import StopScreen
from .train import TrainScreen

HOLD = 0.008  # seconds of drawing after which the panels that are left wait for the next frame, and a key comes first
AFRESH = 15  # complete trials more, after which the importance is worked out again


class TrialScreen(TrainScreen):
    """The watch screen on one trial: Esc, where nothing else is to be left, goes back to the search."""

    opened = True

    def action_back(self) -> None:
        if self.look.unit is not None or self.full:
            super().action_back()
        else:
            self.leave()

    def leave(self) -> None:
        """Back to the search."""
        self.session.close()
        self.dismiss(None)


class SearchScreen(SearchBoard):
    CSS_PATH: ClassVar = ["train.tcss", "searching.tcss"]
    BINDINGS = keys.bindings("search")
    AUTO_FOCUS = ""  # none: None would be the first panel

    def __init__(self, session: SearchSession, runs: Path | None = None) -> None:
        """runs: the runs folder, where the trials' own folders are."""
        super().__init__()
        self.session, self.runs = session, runs
        self.sight = Sight()
        self.panels = PANELS
        self.places: dict[str, Rectangle] = {}
        self.here, self.other, self.full = LIST, "course", False
        self._importance: tuple[Importance, ...] = ()
        self._judged = 0  # complete trials that the importance is of
        self._working: asyncio.subprocess.Process | None = None
        self._state: SearchState | None = None  # as it was read
        self._first = True  # the first frame has all of it
        self._shown: SearchState = session.state  # with the importance
        self._owed, self._late = True, False  # asked for by a key; panels are left to be drawn

    def compose(self) -> ComposeResult:
        yield Board(SearchStatus(), SearchTabs(), *(panel() for panel in PANELS), SearchKeys())

    def on_mount(self) -> None:
        for k, panel in enumerate(PANELS, 1):
            self.query_one(f"#{panel.NAME}").border_title = f"{k} {panel.TITLE}"
        for widget in self.query(SearchPanel):
            widget.paced = True
        self._place()
        self.frame()
        self.query_one(f"#{self.here}").focus()
        self.set_interval(self.paced.pacer.tick, self.tick)

    async def on_unmount(self) -> None:
        if self._working is not None and self._working.returncode is None:
            self._working.kill()
            await self._working.wait()

    @property
    def paced(self) -> PacedApp:
        """The app, which asks the terminal."""
        app = self.app
        assert isinstance(app, PacedApp)
        return app

    # ---- frames

    def tick(self) -> None:
        """Draw a frame if it is time for one: the one place that paces."""
        if self.app.screen is not self:
            return
        news = self.session.state is not self._state
        waits = any(panel.waits for panel in self.query(SearchPanel))
        if (news or waits or self._owed or self._late) and self.paced.pacer.may_paint(
            time.monotonic(), at_once=self._owed
        ):
            self.frame()
            self._keep_importance()

    def frame(self, force: bool = False) -> None:
        """Show the state as it is."""
        if self.session.state is not self._state:
            self._state = self.session.state
            self._shown = self._with_importance()
        asked, self._owed = self._owed, False
        self.query_one(TrialsPanel).border_subtitle = ORDERED[self.sight.order]
        panels = list(self.query(SearchPanel))
        began, self._late = time.monotonic(), False
        # the bars, where one is, the others: those that are as they were cost nothing
        for panel in sorted(panels, key=lambda panel: (panel.can_focus, self.here != panel.NAME)):
            if force:
                panel.again()
            at_once = force or self._first or not panel.can_focus or self.here == panel.NAME
            if not at_once and time.monotonic() - began > HOLD:
                self._late = True
                break
            panel.show(self._shown, self.sight)
        self._first = False
        size = self.write_in_turn(panels, asked, self.paced.pacer.allowance())
        if size:
            self.call_after_refresh(self.paced.ask_terminal, size)

    def frame_for_key(self) -> None:
        """Draw what a key changed, at once."""
        self._owed = True
        self.tick()

    def look(self, **changes: Any) -> None:
        self.sight = replace(self.sight, **changes)
        self.frame_for_key()

    # ---- places

    def _place(self) -> None:
        """Work out which panels are seen and where."""
        width, height = self.app.size
        full = self.here if self.full else ""
        self.places = arrange_search(width, height, self.panel_names, self.here, self.other, full)
        for panel in self.query(SearchPanel):
            panel.display = panel.NAME in self.places
            panel.set_class(panel.can_focus, "boxed")
        self.query_one(SearchStatus).refresh(layout=True)  # asked of a child: see TrainScreen

    def on_resize(self, event: events.Resize) -> None:
        self._place()
        self.frame_for_key()

    @property
    def panel_names(self) -> list[str]:
        """All of them."""
        return [panel.NAME for panel in PANELS]

    def go_to(self, name: str) -> None:
        """Make a panel the one that is focused, and seen."""
        self.here = name
        self.other = name if name != LIST else self.other
        self._place()
        self.query_one(f"#{name}").focus(scroll_visible=False)
        self.frame_for_key()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, SearchPanel) and self.here != event.widget.NAME:
            self.here = event.widget.NAME
            self.other = self.here if self.here != LIST else self.other
            self.frame_for_key()

    def action_panel(self, number: int) -> None:
        """Go to the panel of that number."""
        if 1 <= number <= len(PANELS):
            self.go_to(PANELS[number - 1].NAME)

    def action_back(self) -> None:
        """Back to all panels, then to the list."""
        if self.full:
            self.action_full()
        elif self.here != LIST:
            self.go_to(LIST)

    # ---- what is looked at

    @property
    def state(self) -> SearchState:
        """As it is shown."""
        return self._shown

    def action_select(self, by: int) -> None:
        trials = self.query_one(TrialsPanel).listed(self.state, self.sight.order)
        one = selected(self.state, self.sight)
        if one is not None:
            at = next(k for k, trial in enumerate(trials) if trial.number == one.number)
            self.look(trial=trials[max(0, min(at + by, len(trials) - 1))].number)

    def action_best(self) -> None:
        """Select the best, and follow it."""
        self.look(trial=None)

    def action_setting(self, by: int) -> None:
        """The next axis; in the parallel coordinates the score's comes after the last."""
        count = len(self.state.axes) + (self.here == "parallel")
        if count:
            self.look(setting=(min(self.sight.setting, count - 1) + by) % count)

    def action_order(self) -> None:
        """Another order of the list."""
        self.look(order=ORDERS[(ORDERS.index(self.sight.order) + 1) % len(ORDERS)])

    def action_log(self) -> None:
        """Logarithmic or linear loss."""
        self.look(log=not self.sight.log)

    def action_by(self) -> None:
        """The best so far over trials or over seconds."""
        self.look(seconds=not self.sight.seconds)

    def action_share(self, by: int) -> None:
        """More of the best are bright, or fewer."""
        at = SHARES.index(self.sight.share) + by
        self.look(share=SHARES[max(0, min(at, len(SHARES) - 1))])

    def action_clear(self) -> None:
        """Without brushes."""
        self.look(brushes=())

    # ---- what is asked of the search

    def allowed(self, key: Key) -> bool:
        steered = not self.session.readonly and not self.session.state.ended and self.session.state.lives
        if key.needs == "control":
            return steered
        one = selected(self.state, self.sight)
        if key.needs == "running":
            return steered and one is not None and one.state == "running"
        if key.needs == "trial":
            return one is not None and bool(one.run)
        return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        key = next((key for key in keys.KEYS if key.action.split("(")[0] == action), None)
        return key is None or self.allowed(key)

    def send(self, command: str, done: str = "") -> None:
        """Ask for something; what cannot be done is said, and so is what was asked."""
        try:
            self.session.send(command)
        except ValueError as error:  # the packages' own sentences; any other is a bug and ends the app
            if not type(error).__module__.startswith("dnn_tui."):
                raise
            self.notify(visible(str(error)), severity="warning", markup=False)
        else:
            if done:
                self.notify(visible(done), markup=False)

    def action_toggle_pause(self) -> None:
        """Pause, or go on."""
        self.send("go" if self.state.paused else "pause")

    def action_stop_trial(self) -> None:
        """Stop the selected trial."""
        one = selected(self.state, self.sight)
        if one is not None:
            self.send(f"stop {one.number}", f"Trial {one.number} is asked to stop.")

    def action_stop_all(self) -> None:
        """Stop the search, after a question."""

        def answered(stop: bool | None) -> None:
            if stop:
                self.send("stop", "The search is asked to stop.")

        self.app.push_screen(StopScreen(self.state.count("running")), answered)

    def action_add(self) -> None:
        """Ask how many trials more there shall be."""

        def wrong(number: float) -> str:
            return "" if number >= 1 and number == int(number) else "It must be a whole number from 1."

        def answered(number: float | None) -> None:
            if number is not None:
                self.send(f"add {int(number)}", f"{int(number)} trials more.")

        question = f"How many more? {self.state.asked} were asked for so far."
        self.app.push_screen(AskScreen("Add trials", question, "10", wrong), answered)

    def action_narrow(self) -> None:
        """Ask for a narrower range of the setting looked at; its brush is what is proposed."""
        axis = setting_of(self.state, self.sight)
        if axis is None or axis.choices is not None:
            self.notify("Only the range of a setting with numbers can be narrowed: ← → turn to one.", markup=False)
            return
        brush = next((brush for brush in self.sight.brushes if brush.name == axis.name), None)
        low, high = axis.now or (axis.low, axis.high)
        proposed = f"{low:g}..{high:g}"
        if brush is not None:
            proposed = "..".join(f"{axis.value_at(place):.3g}" for place in (brush.low, brush.high))

        def take(text: str) -> str:
            self.session.send(f"narrow {axis.name} {text}")
            return text

        def answered(text: str | None) -> None:
            if text is not None:
                self.notify(visible(f"New trials take {axis.name} from {text}."), markup=False)

        question = f"{axis.name}: {said(axis.low)}…{said(axis.high)} was asked for. New trials take it from:"
        if brush is not None:
            question += f" (brushed: {brush_words(self.state, brush, self.sight.log)})"
        self.app.push_screen(AskName(f"Narrow {axis.name}", question, take, proposed), answered)

    def action_open(self) -> None:
        """Open the selected trial in the watch screen."""
        one = selected(self.state, self.sight)
        if one is None or self.runs is None:
            return
        folder = RunFolder(self.runs / one.run)
        if not folder.events_file.exists():
            self.notify(f"Trial {one.number} has no run yet.", markup=False)
            return
        session = WatchSession(folder, self.session.readonly)
        self.app.push_screen(TrialScreen(session))
        session.start()

    # ---- importance, by a process of its own

    def _with_importance(self) -> SearchState:
        """The state with what is known of the settings; worked out again from time to time."""
        state = self.session.state
        return state if state.importance or not self._importance else replace(state, importance=self._importance)

    def _keep_importance(self) -> None:
        """Work it out when there are enough trials, and again when there are many more."""
        if self.session.state.importance:
            return  # it is known without us
        complete = self.state.count("complete")
        if complete >= LEAST and (not self._judged or complete - self._judged >= max(AFRESH, self._judged // 4)):
            self.action_importance()

    def action_importance(self) -> None:
        """Have it worked out now."""
        if self._working is None:
            self._judged = max(self._judged, self.state.count("complete"))
            self.run_worker(self._work_out(), exclusive=True, group="importance")

    async def _work_out(self) -> None:
        """The UI's thread only waits."""
        module = "dnn_tui.experiments.searching.importance"
        if self.state.count("complete") >= LEAST:
            self.look(telling=f"{method()} is being worked out")
        self._working = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            out, _ = await self._working.communicate(asked_of(self.state).encode())
            self._importance, telling = answered(out.decode()), ""
        except ImportanceError as error:
            telling = str(error)
        finally:
            self._working = None
        self._state = None  # it is shown with what is known now
        self.look(telling=telling)
