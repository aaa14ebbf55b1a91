"""The door as an app, and the loop it stands in: what is chosen runs here, and leaving that leads back."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from ..terminal.exits import HANGUP, INTERRUPTED, TERMINATED
from ..terminal.themed import ThemedApp, run_with_signals

# isort: split
from ..configuration import configuration
from ..terminal.back import opened_from_the_door
from . import keys
from .place import Place
from .screen import Chosen, DoorScreen
from .start import StartScreen, behind

LEAVING = (HANGUP, INTERRUPTED, TERMINATED)  # a signal ends the program, not only what was opened
BROKE_DOWN = "That ended with an error: its log says why (dnn-tui runs show)."

Run = Callable[[Sequence[str]], tuple[int, str]]  # from a command line to its exit code and a sentence, or ""


class DoorApp(ThemedApp):
    """Shows the start screen until something is chosen: then `chosen` is its command line, else None."""

    CSS_PATH = "door.tcss"
    BINDINGS = keys.bindings("app")
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, place: Place, commands: Collection[str]) -> None:
        super().__init__()
        self.place = place
        self.commands = commands
        self.chosen: list[str] | None = None

    def on_mount(self) -> None:
        self.push_screen(StartScreen(self.place, self.commands))
        if self.place.screen:
            self.push_screen(behind(self.place.screen, self.place))

    def on_chosen(self, chosen: Chosen) -> None:
        """Leave, for the command line to be run."""
        self.place.screen, self.chosen = chosen.screen, chosen.words
        self.exit(0)

    def repaint(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, DoorScreen):
                screen.repaint()

    def action_go_back(self) -> None:
        if len(self.screen_stack) > 2:  # Textual's own blank screen, and the start
            self.pop_screen()
        else:
            self.exit(0)

    def action_interrupt(self) -> None:
        """Nothing is lost by leaving: it does not ask."""
        self.exit(INTERRUPTED)

    async def action_quit(self) -> None:
        self.exit(0)

    def action_help(self) -> None:
        from .help import DoorHelp

        self.push_screen(DoorHelp())


def open_door(run: Run, commands: Collection[str]) -> int:
    """Show the door until it is left; the exit code. run: runs a command line; commands: those there are."""
    place = Place()
    mistakes = (*configuration().mistakes, *keys.MISTAKES)
    if mistakes:
        more = f" (and {len(mistakes) - 1} more: dnn-tui config)" if len(mistakes) > 1 else ""
        place.said, place.wrong = f"{mistakes[0]}{more}", True
    while True:
        app = DoorApp(place, commands)
        code = asyncio.run(run_with_signals(app))
        if app.chosen is None:
            return code if code is not None else app.return_code or 0
        with opened_from_the_door():
            code, place.said = run(app.chosen)
        place.wrong = code != 0
        if code in LEAVING:
            return code
        if code != 0 and not place.said:
            place.said = BROKE_DOWN
