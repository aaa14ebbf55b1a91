"""`Panel`: what every panel does: state → view → grid → the rows that changed."""

from typing import Any, ClassVar

import numpy as np
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ..grid import Grid, fit
from ..moment import Moment
from ..theme import FULL, Ink, Palette


class Panel(Widget, can_focus=True):
    """A rectangle that shows one aspect of a run.

    A subclass gives `view` (everything drawn, as a value that compares) and `draw` (that value as cells). Both are
    pure. Nothing is written to the terminal while the view stays equal, and then only rows that differ.
    """

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""
    HELP: ClassVar[str] = ""  # one sentence for the `?` screen

    def __init__(self) -> None:
        super().__init__(id=self.NAME)
        self.moment: Moment | None = None
        self._view: Any = None
        self._grid: Grid | None = None
        self._strips: list[Strip] = []
        self._drawn_with: tuple[Any, ...] = ()

    @staticmethod
    def fits(moment: Moment) -> bool:
        """Whether this panel has anything to say about such a run."""
        return True

    def view(self, moment: Moment, width: int, height: int) -> Any:
        """What is shown, as a frozen value. The state's lock is held."""
        raise NotImplementedError

    def draw(self, view: Any, width: int, height: int, palette: Palette) -> Grid:
        """The view as cells."""
        raise NotImplementedError

    # ---- painting

    @property
    def palette(self) -> Palette:
        return getattr(self.app, "palette", FULL)

    def show(self, moment: Moment) -> None:
        """Show a moment; the state's lock is held."""
        self.moment = moment
        width, height = self.content_size
        if not self.display or width < 1 or height < 1:
            return
        view = self.view(moment, width, height)
        key = (width, height, self.palette.name)
        if key == self._drawn_with and view == self._view:
            return
        self._view, self._drawn_with = view, key
        self._paint(self.draw(view, width, height, self.palette))

    def _paint(self, grid: Grid) -> None:
        old, self._grid = self._grid, grid
        rows = grid.rows_unlike(old)
        if len(self._strips) != grid.height or len(rows) == grid.height:
            self._strips = [grid.strip(y, self.palette) for y in range(grid.height)]
            self.refresh()
            return
        for y in rows:
            self._strips[y] = grid.strip(y, self.palette)
        if 2 * len(rows) > grid.height:
            self.refresh()
        elif len(rows):
            # neighbouring rows as one region: each region restates its colours
            for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
                self.refresh(Region(0, int(run[0]), grid.width, len(run)))

    def again(self) -> None:
        """Draw anew although nothing changed (a new size, a new palette)."""
        self._drawn_with, self._grid = (), None
        if self.moment is not None:
            with self.moment.state.lock:
                self.show(self.moment)

    def on_resize(self) -> None:
        self.again()

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if y < len(self._strips):
            return self._strips[y]
        return Strip([Segment(" " * width, self.palette.style(Ink.TEXT))], width)

    def text(self) -> str:
        """What is shown, without colours: for tests and screen readers."""
        return str(self._grid) if self._grid is not None else ""


def waiting(width: int, height: int, text: str) -> Grid:
    """A panel that has nothing to show yet says what it waits for."""
    grid = Grid(width, height)
    if width and height:
        grid.put_centre(0, width, max(0, (height - 1) // 2), fit(text, width), Ink.FAINT)
    return grid
