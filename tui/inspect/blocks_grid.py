"""A step's result as cells: all numbers, a lens with a mini-map, or a heat map with statistics. Pure functions."""

from dataclasses import replace

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.blocks import FULL, histogram, largest, matrix, signed_extremes, tier
from dnn_tui.mlp.explain import Number, Operand
from dnn_tui.mlp.explain.numbers import NOISE, Fixed

from ..drawing.canvas import half_blocks
from ..drawing.grid import Grid, fit
from ..drawing.theme import STEPS, Ink

ABOVE, BELOW = " ░▒▓█", " ⠂⠒⠶⠿"  # how much above 0, how much below, where there is no colour


def signed_ink(value: float, top: float) -> int:
    """The ink of a number: blue above 0, orange below, brighter the larger it is."""
    if not np.isfinite(value) or value == 0 or top <= 0:
        return Ink.DIM
    level = min(STEPS - 1, 2 + round(abs(value) / top * (STEPS - 3)))
    return (Ink.POSITIVE if value > 0 else Ink.NEGATIVE) + level


def heat(value: np.ndarray, rows: int, columns: int, mono: bool) -> Grid:
    """A matrix as a signed picture of at most rows × columns cells (two pixel rows a cell)."""
    if rows < 1 or columns < 1:
        return Grid(0, 0)
    top = largest(value)
    pixels = signed_extremes(np.nan_to_num(value, nan=0.0, posinf=top, neginf=-top), 2 * rows, columns)
    if mono:
        return textured(pixels / top)
    levels = np.rint(np.abs(pixels) / top * (STEPS - 1)).astype(np.uint8)
    inks = np.where(pixels >= 0, Ink.POSITIVE + levels, Ink.NEGATIVE + levels).astype(np.uint8)
    inks[levels == 0] = Ink.POSITIVE
    return half_blocks(inks)


def textured(shares: np.ndarray) -> Grid:
    """Shares from −1 to 1 without colour: shades above 0, dots below; two pixel rows a cell, the larger one shown."""
    if len(shares) % 2:
        shares = np.vstack([shares, np.zeros((1, shares.shape[1]))])
    upper, lower = shares[0::2], shares[1::2]
    cells = np.where(np.abs(upper) >= np.abs(lower), upper, lower)
    levels = np.rint(np.abs(cells) * (len(ABOVE) - 1)).astype(int)
    grid = Grid(cells.shape[1], len(cells))
    above, below = (np.array([ord(c) for c in texture], np.uint32) for texture in (ABOVE, BELOW))
    grid.chars[...] = np.where(cells >= 0, above[levels], below[levels])
    return grid


def window(size: int, focus: int, most: int) -> range:
    """At most `most` of `size` places, with the focus near the middle."""
    if size <= most:
        return range(size)
    begin = min(max(0, focus - most // 2), size - most)
    return range(begin, begin + most)


def numbers_grid(
    operand: Operand,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    before: np.ndarray | None = None,
    marked: bool = True,
    mono: bool = False,
) -> Grid:
    """Rows and columns of numbers with the focus marked; a window of them where they do not fit.

    before: what it was before the last edit; numbers that read differently now have a * behind them.
    """
    # rounding noise of a sum that is 0 is shown as 0, so it has no bar and no colour either
    value = np.where(np.abs(operand.value) < NOISE * operand.scale, 0.0, operand.value)
    upright = marked and value.ndim == 1 and height >= min(value.size, FULL)
    table = value[:, None] if upright else np.atleast_2d(value)
    old = None if before is None or before.shape != value.shape else before.reshape(table.shape)
    k, j = _place(value, focus, upright)
    rows = window(table.shape[0], k, max(1, min(height, FULL)))
    shown_columns = window(table.shape[1], j, FULL)
    texts = matrix(table[np.ix_(rows, shown_columns)], number, operand.scale)
    while len(shown_columns) > 1 and sum(cell_len(t) + 3 for t in texts[0]) + 1 > width:
        shown_columns = window(table.shape[1], j, len(shown_columns) - 1)
        texts = matrix(table[np.ix_(rows, shown_columns)], number, operand.scale)
    top = largest(value)
    grid = Grid(width, len(rows))
    for y, row in enumerate(rows):
        x = 1
        grid.put(0, y, "⎡⎢⎣"[0 if y == 0 else 2 if y == len(rows) - 1 else 1] if len(rows) > 1 else "[", Ink.FAINT)
        for place, column in enumerate(shown_columns):
            here = marked and (row, column) == (k, j)
            entry = float(table[row, column])
            changed = old is not None and number.text(old[row, column], operand.scale) != texts[y][place].strip()
            ink = Ink.DARK if here else signed_ink(0.0 if texts[y][place].strip() == "0" else entry, top)
            shown = f"▸{texts[y][place]}◂" if here and mono else f" {texts[y][place]} "
            grid.put(x, y, shown, ink, Ink.ACCENT if here else None)
            x += cell_len(texts[y][place]) + 2
            grid.put(x, y, "*" if changed else " ", Ink.WARN)
            x += 1
        closing = "⎤⎥⎦"[0 if y == 0 else 2 if y == len(rows) - 1 else 1] if len(rows) > 1 else "]"
        x = grid.put(x, y, closing, Ink.FAINT)
        if upright and width - x > 8:
            _bar(grid, x + 1, y, entry / top, min(20, width - x - 2))
    return grid


def _place(value: np.ndarray, focus: tuple[int, ...], upright: bool) -> tuple[int, int]:
    if value.ndim == 2:
        return focus[0], focus[1]
    if value.ndim == 1:
        return (focus[0], 0) if upright else (0, focus[0])
    return 0, 0


def _bar(grid: Grid, x: int, y: int, share: float, width: int) -> None:
    """A signed bar: to the right above 0, to the left below."""
    half = width // 2
    size = round(abs(share) * half) if np.isfinite(share) else 0
    grid.put(x + half, y, "│", Ink.FAINT)
    ink = (Ink.POSITIVE if share > 0 else Ink.NEGATIVE) + STEPS - 1
    grid.put(x + half + 1 if share > 0 else x + half - size, y, "━" * size, ink)


def result_grid(
    operand: Operand,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    mono: bool = False,
    image: tuple[int, ...] | None = None,
    before: np.ndarray | None = None,
    marked: bool = True,
) -> Grid:
    """A result in the room there is. image: the shape of the picture that a row of the matrix weighs."""
    value = operand.value
    if height < 1 or width < 8:
        return Grid(max(0, width), max(0, height))
    if value.ndim == 0:
        grid = Grid(width, 1)
        grid.put(1, 0, number.text(float(value), operand.scale), Ink.TITLE)
        return grid
    size = tier(value.shape)
    if size == "full" or height < (4 if value.ndim == 1 else 5):
        return numbers_grid(operand, focus, number, width, height, before, marked, mono)
    if size == "lens":
        return _lens(operand, focus, number, width, height, mono, before)
    return _summary(operand, focus, number, width, height, mono, image)


def _lens(
    operand: Operand,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    mono: bool,
    before: np.ndarray | None,
) -> Grid:
    """A window of 8×8 numbers, and a map of the whole with the window's frame in it."""
    value = np.atleast_2d(operand.value)
    map_rows, map_columns = min(height - 1, -(-value.shape[0] // 2), 12), min(value.shape[1], max(8, width // 6))
    grid = Grid(width, height)
    # numbers of a window share a power of ten: eight short columns fit where three long ones would. It stands right
    # above them; a vector has one column, whose numbers are written out.
    power = int(np.floor(np.log10(largest(value)))) if value.any() and operand.value.ndim == 2 else 0
    power = 0 if 0 <= power <= 2 else power
    short = replace(operand, value=operand.value / 10.0**power, scale=operand.scale / 10.0**power)
    old = None if before is None else before / 10.0**power
    written = number if operand.value.ndim == 1 else Fixed(2, number.truncate)
    head = 1 if power else 0
    numbers = numbers_grid(short, focus, written, width - map_columns - 3, height - 1 - head, old, True, mono)
    if head:
        grid.put(0, 0, f"10^{power} ×".replace("-", "−"), Ink.TITLE)
    grid.paste(numbers, 0, head)
    picture = heat(value, map_rows, map_columns, mono)
    left = width - picture.width - 1
    grid.paste(picture, left, 0)
    k, j = _place(operand.value, focus, False)
    y = k * picture.height // value.shape[0]
    x = left + j * picture.width // value.shape[1]
    grid.put(x, y, "◆", Ink.ACCENT)
    shape = "×".join(str(n) for n in operand.shape)
    text = f"{numbers.height} of {value.shape[0]} rows" if operand.value.ndim == 2 else f"around {k + j + 1}"
    below = min(height - 1, max(numbers.height + head, picture.height))
    grid.put(0, below, fit(f"{text} · the map: all {shape}", width), Ink.FAINT)
    return grid


def _summary(
    operand: Operand,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    mono: bool,
    image: tuple[int, ...] | None,
) -> Grid:
    """Statistics and a histogram; a heat map; the row in focus as a picture where it is one."""
    value = operand.value
    grid, flat = Grid(width, height), value[np.isfinite(value)].ravel()
    if not flat.size:
        grid.put(0, 0, "no finite number", Ink.BAD)
        return grid
    top = largest(flat)

    def text(v: float) -> str:
        return number.text(v, top)

    zeros = 100 * float((value == 0).mean())
    facts = [
        f"‖·‖ {text(top * float(np.linalg.norm(flat / top)))}",
        f"min {text(flat.min())}",
        f"max {text(flat.max())}",
        f"{zeros:.0f} % zero",
        f"mean {text(flat.mean())}",
    ]
    while len(facts) > 2 and len("  ".join(facts)) > width:
        facts.pop()
    grid.put(0, 0, fit("  ".join(facts), width), Ink.TEXT)
    bars = histogram(flat, max(8, min(40, width - 24)))
    x = grid.put(0, 1, text(flat.min()) + " ", Ink.DIM)
    x = grid.put(x, 1, bars, Ink.TRAIN)
    grid.put(x, 1, " " + text(flat.max()), Ink.DIM)
    begin, room = 2, height - 3
    if room < (1 if value.ndim == 1 else 3):
        return grid
    k, j = _place(value, focus, False)
    if image is not None and value.ndim == 2 and value.shape[1] == int(np.prod(image)):
        row = value[k].reshape(image)
        row = row if row.ndim == 2 else row[..., np.abs(row).sum(axis=(0, 1)).argmax()]
        picture = heat(row, room, min(image[1], width), mono)
        caption = f"row {k + 1} of {value.shape[0]}, as the picture it weighs"
        grid.paste(picture, 0, begin)
        rest = width - picture.width - 3
        if rest >= 12:
            whole = heat(value, room, rest, mono)
            grid.paste(whole, picture.width + 3, begin)
            caption += "; right: all rows"
    elif value.ndim == 1 and image is not None and value.size == int(np.prod(image)):
        row = value.reshape(image)
        picture = heat(row if row.ndim == 2 else row.mean(axis=-1), room, min(image[1], width), mono)
        grid.paste(picture, 0, begin)
        caption = "drawn as the picture it is"
    else:
        table = np.atleast_2d(value)
        picture = heat(table, room, width, mono)
        grid.paste(picture, 0, begin)
        grid.put(
            min(width - 1, j * picture.width // table.shape[1]),
            begin + k * picture.height // table.shape[0],
            "◆",
            Ink.ACCENT,
        )
        caption = "each cell: the largest of what it covers, with its sign"
    grid.put(0, begin + picture.height, fit(caption, width), Ink.FAINT)
    return grid
