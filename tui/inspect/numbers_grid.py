"""An array as numbers in brackets. Where not all fit, a part that says which it is, open on the sides that were cut."""

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.blocks import largest
from dnn_tui.mlp.explain import Number, Operand, column
from dnn_tui.mlp.explain.numbers import NOISE

from ..drawing.grid import Grid, fit
from ..drawing.theme import STEPS, Ink
from .heat import signed_ink
from .part import Part, window

MOST_WHOLE = 400  # numbers of an array that are written out where they fit
WIDE_HEAD = 16  # cells of a column's name at most
NO_SCROLL = (0, 0)


def numbers_grid(
    operand: Operand,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    before: np.ndarray | None = None,
    marked: bool = True,
    mono: bool = False,
    scroll: tuple[int, int] = NO_SCROLL,
    names: tuple[str, ...] = (),
) -> Grid:
    """Rows and columns of numbers with the focus marked; where they do not fit, a part of them and which it is.

    before: what it was before the last edit; numbers that read differently now have a * behind them.
    scroll: rows and columns that the part is moved on, away from the focus. names: of the rows of an upright
    vector, or of the columns of a table.
    """
    # rounding noise of a sum that is 0 is shown as 0, so it has no bar and no colour either
    value = np.where(np.abs(operand.value) < NOISE * operand.scale, 0.0, operand.value)
    vector = value.ndim == 1
    if vector and (whole := lying(operand, value, focus, number, width, height, before, marked, mono)):
        return whole
    upright = vector and marked and height >= min(value.size, 4)
    table = value[:, None] if upright else np.atleast_2d(value)
    old = None if before is None or before.shape != value.shape else before.reshape(table.shape)
    k, j = place_in(value, focus, upright)
    by = (sum(scroll), 0) if upright else (0, sum(scroll)) if vector else scroll
    head = int(value.ndim == 2 and len(names) == table.shape[1] and height > 2)
    heads, names = names if head else (), names if upright and len(names) == value.size else ()
    margin = min(width // 3, max(cell_len(name) for name in names) + 1) if names else 0
    room = width - margin, max(1, height - head)
    part, texts, said = _part(table, k, j, by, number, operand.scale, *room, vector, heads)
    top, beside = largest(value), height == 1
    grid = Grid(width, head + len(part.rows) + bool(said and not beside))
    x = margin + 1
    for at, text in zip(part.columns if heads else (), texts[0], strict=False):
        grid.put(x, 0, fit(heads[at], cell_len(text) + 2), Ink.DIM)
        x += cell_len(text) + 3
    for y, row in enumerate(part.rows, head):
        if names:
            grid.put(0, y, fit(names[row], margin - 1), Ink.DIM)
        x = grid.put(margin, y, part.bracket(y - head, right=False), Ink.FAINT)
        for place, at in enumerate(part.columns):
            here = marked and (row, at) == (k, j)
            entry, text = float(table[row, at]), texts[y - head][place]
            changed = old is not None and number.text(old[row, at], operand.scale) != text.strip()
            x = _cell(grid, x, y, text, signed_ink(0.0 if text.strip() == "0" else entry, top), here, changed, mono)
        x = grid.put(x, y, part.bracket(y - head, right=True), Ink.FAINT)
        if upright and width - x > 8:
            bar_of(grid, x + 1, y, entry / top, min(20, width - x - 2))
    if said:
        grid.put(x + 1 if beside else margin, head + len(part.rows) - beside, said, Ink.WARN)
    return grid


def _cell(grid: Grid, x: int, y: int, text: str, ink: int, here: bool, changed: bool, mono: bool) -> int:
    """One number of an array; the column after it."""
    shown = f"▸{text}◂" if here and mono else f" {text} "
    grid.put(x, y, shown, Ink.DARK if here else ink, Ink.ACCENT if here else None)
    x += cell_len(text) + 2
    grid.put(x, y, "*" if changed else " ", Ink.WARN)
    return x + 1


def _part(
    table: np.ndarray,
    k: int,
    j: int,
    scroll: tuple[int, int],
    number: Number,
    size: float,
    width: int,
    height: int,
    vector: bool,
    heads: tuple[str, ...] = (),
) -> tuple[Part, list[list[str]], str]:
    """The part of a table that fits around (k, j), its numbers as text, and which part it is ("" for all of it).

    heads: of the columns, which are made as wide as these need, within reason.
    """
    rows = window(table.shape[0], k, height, scroll[0])
    most = min(table.shape[1], max(1, (width - 2) // 4))  # a number and what is around it take four cells at least
    columns = window(table.shape[1], j, most, scroll[1])
    plain = {(r, c): number.text(table[r, c], size) for r in rows for c in columns}

    def aligned(rows: range, columns: range) -> list[list[str]]:
        each = [column(plain[r, c] for r in rows) for c in columns]
        if heads:
            wide = [min(cell_len(heads[c]), WIDE_HEAD) - 1 for c in columns]
            each = [[text.rjust(n) for text in texts] for n, texts in zip(wide, each, strict=True)]
        return [list(row) for row in zip(*each, strict=True)]

    def fitting(rows: range, width: int) -> tuple[range, list[list[str]]]:
        shown = columns
        while True:
            texts = aligned(rows, shown)
            if len(shown) == 1 or sum(cell_len(text) + 3 for text in texts[0]) + 2 <= width:
                return shown, texts
            shown = window(table.shape[1], j, len(shown) - 1, scroll[1])

    shown, texts = fitting(rows, width)
    part = Part(rows, shown, table.shape, vector)
    if part.cut and height == 1:  # which part it is must stand in the same row
        shown, texts = fitting(rows, width - len(part.said(12)) - 3)
        part = Part(rows, shown, table.shape, vector)
        return part, texts, part.said(max(0, width - sum(cell_len(text) + 3 for text in texts[0]) - 3))
    if part.cut and len(rows) == height:
        rows = window(table.shape[0], k, height - 1, scroll[0])
        shown, texts = fitting(rows, width)
        part = Part(rows, shown, table.shape, vector)
    return part, texts, part.said(width)


def lying(
    operand: Operand,
    value: np.ndarray,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    before: np.ndarray | None = None,
    marked: bool = True,
    mono: bool = False,
) -> Grid | None:
    """All of a vector in one row, or in as many as it takes, its bracket closed after the last; None if too long.

    Also None where it stands upright, which shows more: it has bars.
    """
    n = value.size
    if not n or n > MOST_WHOLE or (marked and height >= n):
        return None
    texts = [number.text(v, operand.scale) for v in value]
    each = n
    if sum(cell_len(text) + 3 for text in texts) + 2 > width:
        texts = column(texts)
        each = (width - 2) // (cell_len(texts[0]) + 3)
    if each < min(n, 2) or -(-n // each) > height:
        return None
    old = before if before is not None and before.shape == value.shape else None
    top = largest(value)
    grid = Grid(width, -(-n // each))
    x = grid.put(0, 0, "[", Ink.FAINT)
    for k, text in enumerate(texts):
        y = k // each
        x = 1 if k % each == 0 else x
        here = marked and focus[:1] == (k,)
        changed = old is not None and number.text(old[k], operand.scale) != text.strip()
        ink = signed_ink(0.0 if text.strip() == "0" else float(value[k]), top)
        x = _cell(grid, x, y, text, ink, here, changed, mono)
    grid.put(x, grid.height - 1, "]", Ink.FAINT)
    return grid


def place_in(value: np.ndarray, focus: tuple[int, ...], upright: bool) -> tuple[int, int]:
    if value.ndim == 2:
        return focus[0], focus[1]
    if value.ndim == 1:
        return (focus[0], 0) if upright else (0, focus[0])
    return 0, 0


def bar_of(grid: Grid, x: int, y: int, share: float, width: int) -> None:
    """A signed bar: to the right above 0, to the left below."""
    half = width // 2
    size = round(abs(share) * half) if np.isfinite(share) else 0
    grid.put(x + half, y, "│", Ink.FAINT)
    ink = (Ink.POSITIVE if share > 0 else Ink.NEGATIVE) + STEPS - 1
    grid.put(x + half + 1 if share > 0 else x + half - size, y, "━" * size, ink)
