"""The colour scale of units' pictures."""

from rich.cells import cell_len

from ..drawing.grid import Grid
from ..drawing.theme import LEVELS, Ink


def draw_scale(grid: Grid, scale: float, x: int, y: int, edges: bool = True) -> None:
    """What the colours of the tiles stand for, and the edges' signs where there is room."""
    x = grid.put(x, y, f"activation −{scale:g} ", Ink.DIM)
    for level in range(LEVELS):
        x = grid.put(x, y, " ", Ink.TEXT, Ink.PLANE + level)
    x = grid.put(x, y, f" {scale:g}", Ink.DIM)
    signs = ("   ──", Ink.POSITIVE + 5), (" weight > 0", Ink.DIM), ("  ╌╌", Ink.NEGATIVE + 5), (" < 0", Ink.DIM)
    for text, ink in signs if edges else ():
        if x + cell_len(text) > grid.width:
            break
        x = grid.put(x, y, text, ink)
