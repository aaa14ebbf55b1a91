"""The app: a session in, a screen of panels, an exit code out."""

import asyncio
import errno
import os
import sys
import traceback
from collections.abc import Iterable
from functools import partial

from .terminal.themed import run_with_signals  # first: it tells Textual how to behave

# isort: split
from textual import events
from textual.app import SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from dnn_tui.mlp import Command

from . import keys
from .configuration import configuration
from .drawing.visible import visible
from .printed.lines import say
from .screens.help import HelpScreen
from .screens.quit import QuitScreen
from .screens.train import TrainScreen
from .sessions.detached import leave_training, train_on_unseen
from .sessions.session import Session, trains_here
from .sessions.trained import TrainingSession
from .terminal.attention import Attention
from .terminal.capture import captured
from .terminal.exits import HANGUP, INTERRUPTED, TERMINATED
from .terminal.paced import PacedApp
from .terminal.pacing import Pacer, over_ssh
from .terminal.required import require_terminal

DETACH = -1  # not an exit code: training goes on in another process


class DnnApp(PacedApp):
    """Shows one session. Its return value is the exit code."""

    BINDINGS = keys.bindings("app")
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, session: Session, quiet: bool = False, fps: float | None = None, play: bool = False) -> None:
        super().__init__()
        self.session = session
        self._partial = ""
        self.pacer = Pacer(over_ssh(), fps)
        self._play = play
        self.attention = Attention(self.write_past_the_screen, session.title, quiet)

    def on_mount(self) -> None:
        self.begin_capture_print(self)
        self.attention.begin()
        self.push_screen(TrainScreen(self.session, self._play))
        self.session.start()

    def on_unmount(self) -> None:
        self.attention.end()

    def on_print(self, event: events.Print) -> None:
        """What Python code prints while the app runs goes to the log, by whole lines."""
        *lines, self._partial = (self._partial + event.text).split("\n")
        for line in filter(str.strip, lines):
            self.session.state.say(line)

    def after_answer(self) -> None:
        screen = self.screen
        if isinstance(screen, TrainScreen):
            screen.catch_up()

    # ---- leaving

    @property
    def training_here(self) -> bool:
        """Whether leaving would end a training that is not finished."""
        return trains_here(self.session)

    def action_detach(self) -> None:
        self.exit_when_answered(DETACH)

    def action_leave(self) -> None:
        self._leave(0)

    def action_interrupt(self) -> None:
        """Ctrl+C asks the first time and leaves the second."""
        if isinstance(self.screen, QuitScreen):
            self.exit_when_answered(INTERRUPTED)
        else:
            self._leave(INTERRUPTED if self.training_here else 0)

    async def action_quit(self) -> None:
        self._leave(0)

    def _leave(self, code: int) -> None:
        if not self.training_here:
            self.exit_when_answered(0)
        elif not isinstance(self.screen, QuitScreen):
            codes = {"quit": code, "detach": DETACH}

            def answered(answer: str | None) -> None:
                if answer in codes:
                    self.exit_when_answered(codes[answer])

            self.push_screen(QuitScreen(), answered)

    # ---- help

    def action_help(self) -> None:
        screen = self.screen
        if isinstance(screen, TrainScreen):
            self.push_screen(HelpScreen(screen.available))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The key table again by name, the panels, and of Textual's own what is not in the table already."""
        train = next((s for s in self.screen_stack if isinstance(s, TrainScreen)), None)
        for key in keys.KEYS:
            if not key.palette or train is None or not train.allowed(key):
                continue
            target: DOMNode = (
                self if key.scope == "app" else train if key.scope == "train" else train.get_panel(key.scope)
            )
            yield SystemCommand(key.help, f"key {key.shown}", partial(self._run, key.action, target))
        if train is not None:
            for panel in train.available:
                yield SystemCommand(f"Go to: {panel.TITLE}", panel.HELP, partial(train.go_to, panel.NAME))
        yield from super().get_system_commands(screen)

    def _run(self, action: str, target: DOMNode) -> None:
        self.call_next(self.run_action, action, target)


def run_app(session: Session, quiet: bool = False, fps: float | None = None, play: bool = False) -> int:
    """Show a session until the person leaves; the exit code. An error of the session is printed at the end."""
    require_terminal()
    own = configuration()
    for mistake in (*own.mistakes, *keys.MISTAKES):
        session.state.say(mistake, "warning")
    app = DnnApp(session, quiet, own.fps if fps is None else fps, play)
    try:
        with captured(session.state.say):
            code = asyncio.run(run_with_signals(app))
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        code = HANGUP  # the terminal was gone before its signal came
    if code is None:
        code = app.return_code or 0
    if trains_here(session):
        if code == DETACH and isinstance(session, TrainingSession):
            return leave_training(session)
        if code == HANGUP and isinstance(session, TrainingSession):
            return train_on_unseen(session)
        if code in (INTERRUPTED, TERMINATED):
            session.send(Command("interrupt", by="signal"))
    session.close()
    if session.error is not None:
        say("".join(traceback.format_exception(session.error)), err=True, end="")
        return 1
    _say_goodbye(session)
    return max(code, 0)


def _say_goodbye(session: Session) -> None:
    state = session.state
    what = state.log[-1].text if state.ended and state.log else state.status
    try:
        say(visible(f"{session.title}: {what}"))
    except OSError:  # the terminal is gone (hang-up)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - so that the interpreter's last flush finds a place
