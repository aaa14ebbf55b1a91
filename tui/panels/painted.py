"""`Painted`: a widget that shows a grid, and writes only the rows that changed."""

import numpy as np
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ..grid import Grid
from ..theme import FULL, Ink, Palette


class Painted(Widget):
    """A rectangle of cells. `paint` shows a grid; rows that are as they were are not written again."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._grid: Grid | None = None
        self._strips: list[Strip] = []

    @property
    def palette(self) -> Palette:
        return getattr(self.app, "palette", FULL)

    def paint(self, grid: Grid) -> None:
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

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if y < len(self._strips):
            return self._strips[y]
        return Strip([Segment(" " * width, self.palette.style(Ink.TEXT))], width)

    def text(self) -> str:
        """What is shown, without colours: for tests and screen readers."""
        return str(self._grid) if self._grid is not None else ""
