"""`Painted`: a widget that shows a grid, and writes only the rows that changed."""

import numpy as np
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ..drawing.grid import Grid
from ..drawing.theme import FULL, Ink, Palette

ROW_BYTES = 90  # its place, and the border at its left
STYLE_BYTES = 39  # 24-bit foreground and background, and the reset after


class Painted(Widget):
    """A rectangle of cells. `paint` shows a grid; rows that are as they were are not written again."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._grid: Grid | None = None
        self._strips: list[Strip] = []
        self._waiting: set[int] = set()  # changed rows that are still to be written
        self.paced = False  # whether somebody else calls `write_rows` when there is room for them

    @property
    def palette(self) -> Palette:
        return getattr(self.app, "palette", FULL)

    def paint(self, grid: Grid) -> None:
        old, self._grid = self._grid, grid
        rows = grid.rows_unlike(old)
        if len(self._strips) != grid.height:
            self._strips = grid.strips(range(grid.height), self.palette)
            self._waiting.clear()
            self.refresh()
            return
        for y, strip in zip(rows.tolist(), grid.strips(rows.tolist(), self.palette), strict=True):
            self._strips[y] = strip
        self._waiting.update(rows.tolist())
        if not self.paced:
            self.write_rows()

    def write_rows(self, most: float = float("inf")) -> float:
        """Have the changed rows written, or as many as `most` bytes allow; about how many bytes they are."""
        rows, size = [], 0.0
        for y in sorted(self._waiting):
            if size and size >= most:
                break
            rows.append(y)
            size += _bytes(self._strips[y])
        self._waiting.difference_update(rows)
        if rows:
            # neighbouring rows as one region, since each restates its colours; but never the border, which stays
            many = most == float("inf") and 2 * len(rows) > len(self._strips)
            apart = np.empty(0, int) if many else np.flatnonzero(np.diff(rows) > 1) + 1
            for run in np.split(np.array(rows), apart):
                self.refresh(Region(0, int(run[0]), self._strips[0].cell_length, int(run[-1] - run[0]) + 1))
        return size

    @property
    def waits(self) -> bool:
        """Whether there are changed rows that were not written yet."""
        return bool(self._waiting)

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if y < len(self._strips):
            return self._strips[y]
        return Strip([Segment(" " * width, self.palette.style(Ink.TEXT))], width)

    def text(self) -> str:
        """What is shown, without colours: for tests and screen readers."""
        return str(self._grid) if self._grid is not None else ""


def _bytes(strip: Strip) -> int:
    """About what a row costs on its way to the terminal: each change of style restates both colours."""
    return ROW_BYTES + sum(STYLE_BYTES + len(segment.text.encode()) for segment in strip)
