"""`Panel`: what every panel does: state → view → grid → the rows that changed."""

from collections.abc import Sequence
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink, Palette
from ..keys import Key
from ..sessions.moment import Look, Moment
from .board import BoardScreen
from .painted import Painted

View = TypeVar("View")  # everything a panel draws, as a value that compares


class Panel(Painted, Generic[View], can_focus=True):
    """A rectangle that shows one aspect of a run.

    A subclass gives `view` (everything drawn, as a value that compares) and `draw` (that value as cells). Both are
    pure. Nothing is written to the terminal while the view stays equal, and then only rows that differ.
    """

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""
    HELP: ClassVar[str] = ""  # one sentence for the `?` screen
    SLOW_SECONDS: ClassVar[float] = 0.0  # of one that costs many bytes: over a slow line, the time between repaints

    def __init__(self) -> None:
        super().__init__(id=self.NAME)
        self.moment: Moment | None = None
        self._view: View | None = None
        self._drawn_with: tuple[Any, ...] = ()
        self.drawn_at = 0.0
        self._drawn_look: Look | None = None

    @classmethod
    def title(cls, moment: Moment) -> str:
        """What the border and the tabs call it in such a run."""
        return cls.TITLE

    @staticmethod
    def fits(moment: Moment) -> bool:
        """Whether this panel has anything to say about such a run."""
        return True

    def view(self, moment: Moment, width: int, height: int) -> View:
        """What is shown, as a frozen value. The state's lock is held."""
        raise NotImplementedError

    def draw(self, view: View, width: int, height: int, palette: Palette) -> Grid:
        """The view as cells."""
        raise NotImplementedError

    @property
    def run_screen(self) -> "RunScreen":
        """The screen that the panel stands on."""
        screen = self.screen
        assert isinstance(screen, RunScreen)
        return screen

    # ---- painting

    def show(self, moment: Moment, slow: bool = False) -> bool:
        """Show a moment; the state's lock is held. slow: it is soon enough after SLOW_SECONDS.

        Returns whether it was put off, and should be shown again later. A person who looks elsewhere does not wait.
        """
        self.moment = moment
        width, height = self.content_size
        if not self.display or width < 1 or height < 1:
            return False
        if slow and moment.look == self._drawn_look and monotonic() - self.drawn_at < self.SLOW_SECONDS:
            return True
        view = self.view(moment, width, height)
        key = (width, height, self.palette.name)
        if key == self._drawn_with and view == self._view:
            return False
        self._view, self._drawn_with = view, key
        self.drawn_at, self._drawn_look = monotonic(), moment.look
        self.paint(self.draw(view, width, height, self.palette))
        return False

    def again(self) -> None:
        """Draw anew although nothing changed (a new size, a new palette)."""
        self._drawn_with, self._grid, self._drawn_look = (), None, None
        if self.moment is not None:
            with self.moment.locked() as moment:
                self.show(moment)
            self.write_rows()

    def on_resize(self) -> None:
        self.again()


class RunScreen(BoardScreen):
    """The screen that panels stand on, as they know it: what is seen of the run, and where they are themselves."""

    look: Look
    available: Sequence[type[Panel[Any]]]
    opened = False  # from another screen, to which leaving leads back

    def number_of(self, panel: type[Panel[Any]]) -> str:
        """The key that goes to a panel: its place, 9 for the controls; "" where it has none."""
        if panel.NAME == "controls":
            return "9"
        others = [other for other in self.available if other.NAME != "controls"]
        place = others.index(panel) + 1
        return str(place) if place < 9 else ""

    def allowed(self, key: Key) -> bool:
        """Whether a key does anything now."""
        raise NotImplementedError

    def set_look(self, **changes: Any) -> None:
        """Change what this viewer sees."""
        raise NotImplementedError

    def action_follow(self) -> None:
        """See the newest again."""
        raise NotImplementedError

    def frame_for_key(self) -> None:
        """Draw what a key changed."""
        raise NotImplementedError

    def told(self, sentence: str) -> None:
        """Say a sentence that has no place of its own."""
        raise NotImplementedError

    def one_more(self, layer: int, by: int) -> None:
        """Units added to a hidden layer, or taken away."""
        raise NotImplementedError

    def without_unit(self, layer: int, unit: int) -> bool:
        """This very unit taken out; whether it was asked for."""
        raise NotImplementedError

    def layer_after(self, layer: int) -> None:
        """A new hidden layer behind this one."""
        raise NotImplementedError

    def without_layer(self, layer: int) -> None:
        """This hidden layer taken away."""
        raise NotImplementedError

    def freeze(self, layer: int) -> None:
        """Let the weights into a layer stay as they are, or learn again."""
        raise NotImplementedError

    def edit_weight(self, layer: int, row: int, column: int | None, now: float) -> None:
        """Ask for a weight's new value, or for the bias's (column None)."""
        raise NotImplementedError

    def change(self, text: str) -> str:
        """Ask the run for a change; a sentence where it is refused at once, "" where it was sent."""
        raise NotImplementedError

    def command(self, name: str, value: float | str | None = None) -> None:
        """Ask the run's trainer for something."""
        raise NotImplementedError


def after_an_epoch(moment: Moment) -> str:
    """Why a panel that shows an epoch's end is empty."""
    return "the run ended before its first epoch did" if moment.state.ended else "after the first epoch"


def waiting(width: int, height: int, text: str) -> Grid:
    """A panel that has nothing to show yet says what it waits for."""
    grid = Grid(width, height)
    if width and height:
        grid.put_centre(0, width, max(0, (height - 1) // 2), fit(text, width), Ink.FAINT)
    return grid
