"""Where a run was changed, on its curves: a fine line, and what was changed in a few words where there is room."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len

from .grid import Grid, fit
from .theme import Ink

SHORTEST = 6  # cells of a text that still says something


def draw_changes(
    grid: Grid,
    changes: Sequence[tuple[float, str]],
    column_of: Callable[[float], int],
    left: int,
    top: int,
    width: int,
    height: int,
) -> None:
    """Draw them into the lines' rectangle. changes: x-value and words, oldest first; column_of: from x to a column."""
    taken = width  # the first column that is no longer free for words
    for k, (x, words) in enumerate(reversed(changes)):
        column = column_of(x)
        if not 0 <= column < width:
            continue
        for y in range(height):
            if grid.chars[top + y, left + column] == ord(" "):
                grid.put(left + column, top + y, "┊", Ink.DIM if k else Ink.ACCENT)
        room = taken - column - 1
        whole_before = not k and room < cell_len(words) <= column
        if room >= min(SHORTEST, cell_len(words)) and not whole_before:
            grid.put(left + column + 1, top, fit(words, room), Ink.DIM if k else Ink.ACCENT)
        elif not k and column >= SHORTEST:  # at the right edge: before the line
            text = fit(words, column)
            grid.put(left + column - cell_len(text), top, text, Ink.ACCENT)
            column -= cell_len(text)
        taken = min(taken, column)
