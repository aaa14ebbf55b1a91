"""`SearchPanel`: what every panel of a search does: a state and what is looked at → grid → the rows that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from dnn_tui.experiments.searching.state import SearchState

from ...drawing.grid import Grid
from ...drawing.theme import Palette
from ...key import Key
from ..board import BoardScreen
from ..painted import Painted

SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)  # of the best trials, that + and - go through


@dataclass(frozen=True)
class Brush:
    """The part of an axis (places from 0 to 1) that a trial must lie in. name: the setting's, "" for the score's."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Sight:
    """What this viewer has chosen to see; nothing of the search itself.

    trial: the number of the one selected, None follows the best; setting: which axis is looked at, and other the one
    upwards in the contour (−1: the most important besides); order: of the list; share: of the complete trials, the
    best that are bright; log: of the loss; seconds: whether the best so far goes by time; telling: what is said of
    the importance while there is none.
    """

    trial: int | None = None
    setting: int = 0
    other: int = -1
    order: str = "score"
    share: float = 0.1
    brushes: tuple[Brush, ...] = ()
    log: bool = True
    seconds: bool = False
    telling: str = ""


class SearchPanel(Painted, can_focus=True):
    """A rectangle that shows one aspect of a search. A subclass gives `draw`, which is pure."""

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""
    HELP: ClassVar[str] = ""  # one sentence for the `?` screen

    def __init__(self) -> None:
        super().__init__(id=self.NAME)
        self.shown: tuple[SearchState, Sight] | None = None
        self._drawn: tuple[Any, ...] = ()

    def draw(self, state: SearchState, sight: Sight, width: int, height: int, palette: Palette) -> Grid:
        """The state as cells."""
        raise NotImplementedError

    def show(self, state: SearchState, sight: Sight) -> None:
        """Draw it, unless it is what was drawn before."""
        self.shown = (state, sight)
        width, height = self.content_size
        if not self.display or width < 1 or height < 1:
            return
        drawn = (state, sight, self.version, width, height, self.palette.name)
        if len(self._drawn) == len(drawn) and all(
            a is b or (k and a == b) for k, (a, b) in enumerate(zip(drawn, self._drawn, strict=True))
        ):
            return
        self._drawn = drawn
        self.paint(self.draw(state, sight, width, height, self.palette))

    @property
    def version(self) -> object:
        """What else the drawing hangs on."""
        return None

    def again(self) -> None:
        """Draw anew although nothing changed (a new size, a new palette)."""
        self._drawn, self._grid = (), None
        if self.shown is not None:
            self.show(*self.shown)
            self.write_rows()

    def on_resize(self) -> None:
        self.again()

    @property
    def asked(self) -> tuple[SearchState, Sight] | None:
        """What keys act on: the state that was shown last, and what is looked at now, drawn or not."""
        return None if self.shown is None else (self.shown[0], self.search_screen.sight)

    @property
    def search_screen(self) -> "SearchBoard":
        """The screen that the panel stands on."""
        screen = self.screen
        assert isinstance(screen, SearchBoard)
        return screen


class SearchBoard(BoardScreen):
    """The screen that panels of a search stand on, as they know it."""

    sight: Sight
    panels: Sequence[type[SearchPanel]]

    def look(self, **changes: Any) -> None:
        """Change what this viewer sees."""
        raise NotImplementedError

    def allowed(self, key: Key) -> bool:
        """Whether a key does anything now."""
        raise NotImplementedError

    def action_select(self, by: int) -> None:
        """Select the trial so many rows further down the list."""
        raise NotImplementedError

    def action_open(self) -> None:
        """Open the selected trial."""
        raise NotImplementedError
