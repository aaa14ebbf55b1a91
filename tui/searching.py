"""The app of a search: its folder in, a screen of panels, an exit code out."""

import asyncio
import traceback
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from .terminal.themed import run_with_signals  # first: it tells Textual how to behave

# isort: split
from textual.app import SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from . import keys as run_keys
from .configuration import configuration
from .panels.search import PANELS, keys
from .printed.lines import say
from .screens.help import HelpScreen
from .screens.searching import SearchScreen, TrialScreen
from .sessions.searched import SearchSession
from .terminal.attention import Attention
from .terminal.paced import PacedApp
from .terminal.pacing import Pacer, over_ssh
from .terminal.required import require_terminal


class SearchApp(PacedApp):
    """Shows one search, and the trials that are opened from it. Its return value is the exit code."""

    BINDINGS = keys.bindings("app")
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self, session: SearchSession, runs: Path | None = None, quiet: bool = False, fps: float | None = None
    ) -> None:
        super().__init__()
        self.session, self.runs = session, runs
        self.pacer = Pacer(over_ssh(), fps)
        self.attention = Attention(self.write_past_the_screen, session.state.name, quiet)

    def on_mount(self) -> None:
        self.attention.begin()
        self.push_screen(SearchScreen(self.session, self.runs))
        self.session.start()

    def on_unmount(self) -> None:
        self.attention.end()

    # ---- leaving

    def action_leave(self) -> None:
        """Back from a trial to the search, and from there out."""
        screen = self.screen
        if isinstance(screen, TrialScreen):
            screen.leave()
        else:
            self.exit_when_answered(0)

    def action_interrupt(self) -> None:
        """Out at once: nothing is lost, the search is another process."""
        self.exit_when_answered(0)

    async def action_quit(self) -> None:
        self.exit_when_answered(0)

    # ---- help

    def action_help(self) -> None:
        """The keys of what is on the screen."""
        screen = self.screen
        if isinstance(screen, TrialScreen):
            self.push_screen(HelpScreen(screen.available))
        elif isinstance(screen, SearchScreen):
            self.push_screen(HelpScreen(PANELS, keys.KEYS))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The key table again by name, the panels, and of Textual's own what is not in the table already."""
        if isinstance(screen, SearchScreen):
            for key in keys.KEYS:
                if key.palette and screen.allowed(key):
                    at: DOMNode = screen
                    if key.scope != "search":
                        at = self if key.scope == "app" else screen.query_one(f"#{key.scope}")
                    yield SystemCommand(key.help, f"key {key.shown}", partial(self._run, key.action, at))
            for panel in PANELS:
                yield SystemCommand(f"Go to: {panel.TITLE}", panel.HELP, partial(screen.go_to, panel.NAME))
        yield from super().get_system_commands(screen)

    def _run(self, action: str, target: DOMNode) -> None:
        self.call_next(self.run_action, action, target)


def run_search(session: SearchSession, runs: Path, quiet: bool = False, fps: float | None = None) -> int:
    """Show a search until the person leaves; the exit code. An error of the session is printed at the end."""
    require_terminal()
    own = configuration()
    app = SearchApp(session, runs, quiet, own.fps if fps is None else fps)
    for mistake in (*own.mistakes, *keys.MISTAKES, *run_keys.MISTAKES):
        app.call_later(partial(app.notify, mistake, severity="warning", markup=False))
    code = asyncio.run(run_with_signals(app))
    session.close()
    if session.error is not None:
        say("".join(traceback.format_exception(session.error)), err=True, end="")
        return 1
    return code if code is not None else app.return_code or 0
