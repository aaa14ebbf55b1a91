"""Pictures out of characters, in NumPy: braille dots, half-block images, shades. Pure functions on arrays.

A cell holds 2×4 braille dots or 1×2 half-block pixels. Drawn by ourselves because live curves through plotext
cost 38–43 ms a repaint and half of the training speed, and this costs one; images and surfaces need it anyway.
"""

import numpy as np
import numpy.typing as npt

from .grid import Grid
from .theme import LEVELS, SIDE, Ink

_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]], np.uint32)  # braille dot → bit, by (row, column) in the cell
SHADES = " ░░▒▒▓▓██"  # LEVELS shades for a terminal without colour
LUMA = np.array([0.299, 0.587, 0.114])  # how bright red, green and blue look (ITU-R BT.601)


class Dots:
    """Braille dots over width × height cells; each cell has the ink of what was drawn there last.

    `on` has shape (4 height, 2 width); x counts dots from the left, y from the top.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(0, width), max(0, height)
        self.on = np.zeros((4 * self.height, 2 * self.width), bool)
        self.ink = np.zeros((self.height, self.width), np.uint16)

    def plot(self, x: np.ndarray, y: np.ndarray, ink: npt.ArrayLike, over: tuple[int, ...] = ()) -> None:
        """Set dots (arrays of equal shape; outside ones are ignored). ink: one, or one a dot; the last one wins.

        Touched cells that have one of the inks `over` are cleared first: a line stays readable over a band.
        """
        x, y, inks = np.asarray(x, int), np.asarray(y, int), np.asarray(ink)
        inside = (x >= 0) & (x < 2 * self.width) & (y >= 0) & (y < 4 * self.height)
        x, y, inks = x[inside], y[inside], inks[inside] if inks.ndim else inks
        rows, columns_ = y // 4, x // 2
        if over and x.size:
            touched, cleared = np.zeros((self.height, self.width), bool), np.zeros(256, bool)
            touched[rows, columns_], cleared[list(over)] = True, True
            below_rows, below_columns = np.nonzero(touched & cleared[self.ink])
            self.on.reshape(self.height, 4, self.width, 2)[below_rows, :, below_columns, :] = False
        self.on[y, x] = True
        self.ink[rows, columns_] = inks

    def plot_lines(self, x: np.ndarray, y: np.ndarray, line: np.ndarray, inks: np.ndarray) -> None:
        """Set the dots of many lines where nothing is yet. line: of each dot, never falling; inks: of each line.

        As if drawn one by one, each clearing the cells it touches of what a line of another ink left there.
        """
        inside = (x >= 0) & (x < 2 * self.width) & (y >= 0) & (y < 4 * self.height)
        x, y, line = x[inside], y[inside], line[inside]
        cell, cells = y // 4 * self.width + x // 2, self.width * self.height
        last, cleared_by = np.zeros(cells, np.intp), np.full(cells, -1)
        last[cell] = line  # of several the last one stays
        other = inks[line] != inks[last[cell]]
        cleared_by[cell[other]] = line[other]
        stays = line > cleared_by[cell]
        self.on[y[stays], x[stays]] = True
        self.ink[y // 4, x // 2] = inks[last[cell]]

    def stamp(self, grid: Grid, left: int = 0, top: int = 0) -> None:
        """Draw the dots into a grid; cells without a dot are left as they are."""
        cells = self.on.reshape(self.height, 4, self.width, 2).transpose(0, 2, 1, 3)
        codes = (cells * _BITS).sum(axis=(2, 3), dtype=np.uint32)
        part = Grid(self.width, self.height)
        part.chars, part.fg = 0x2800 + codes, self.ink
        rows, columns = np.nonzero(codes)
        keep = (rows + top < grid.height) & (columns + left < grid.width)
        rows, columns = rows[keep], columns[keep]
        grid.chars[rows + top, columns + left] = part.chars[rows, columns]
        grid.fg[rows + top, columns + left] = part.fg[rows, columns]


def segments(
    x0: npt.ArrayLike, y0: npt.ArrayLike, x1: npt.ArrayLike, y1: npt.ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """The dots of many straight lines at once, shape (lines, steps); each takes as many steps as the longest."""
    x0, y0, x1, y1 = (np.atleast_1d(np.asarray(v, float)) for v in (x0, y0, x1, y1))
    steps = int(max(np.abs(x1 - x0).max(initial=0), np.abs(y1 - y0).max(initial=0))) + 1
    t = np.linspace(0, 1, steps)
    x, y = x0[:, None] + (x1 - x0)[:, None] * t, y0[:, None] + (y1 - y0)[:, None] * t
    return np.rint(x).astype(int), np.rint(y).astype(int)


def polyline(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The dots of a line through points (in dots); NaN interrupts it."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    good = np.isfinite(x) & np.isfinite(y)
    begin = np.flatnonzero(good[1:] & good[:-1])
    dx, dy = x[begin + 1] - x[begin], y[begin + 1] - y[begin]
    # all pieces are laid out one behind the other; steps of at most one dot leave no gap
    steps = np.ceil(np.maximum(np.abs(dx), np.abs(dy))).astype(int)
    piece = np.repeat(np.arange(len(begin)), steps + 1)
    along = np.arange(len(piece)) - np.repeat(np.cumsum(steps + 1) - (steps + 1), steps + 1)
    t = np.where(along == steps[piece], 1.0, along * (1 / np.maximum(steps, 1))[piece])
    t[steps[piece] == 0] = 0.0
    xs = np.concatenate([x[good], x[begin][piece] + dx[piece] * t])
    ys = np.concatenate([y[good], y[begin][piece] + dy[piece] * t])
    return np.rint(xs).astype(int), np.floor(ys + 0.5).astype(int)


def columns(low: np.ndarray, high: np.ndarray, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The dots of a min–max band: column k is filled from low[k] to high[k] (dots from the top, low is lower down).

    Neighbouring columns are joined where they would leave a gap, so a fast change stays one line.
    """
    top = np.clip(np.fmin(low, high), 0, height - 1).tolist()
    bottom = np.clip(np.fmax(low, high), 0, height - 1).tolist()
    for k in range(1, len(top)):  # NaN joins nothing
        if top[k] > bottom[k - 1]:
            top[k] = bottom[k - 1]
        elif bottom[k] < top[k - 1]:
            bottom[k] = top[k - 1]
    good = np.flatnonzero(np.isfinite(top) & np.isfinite(bottom))
    first, last = (np.rint(np.array(ends, float)[good]).astype(int) for ends in (top, bottom))
    each = last - first + 1
    return np.repeat(good, each), np.arange(each.sum()) - np.repeat(np.cumsum(each) - each - first, each)


def quantise(values: np.ndarray, levels: int = LEVELS) -> np.ndarray:
    """Values from 0 to 1 as levels 0 … levels - 1 (NaN is 0, what lies outside is cut off)."""
    return np.asarray(np.rint(np.nan_to_num(np.clip(values, 0, 1)) * (levels - 1)), np.uint8)


def resample(values: np.ndarray, rows: int, columns_: int) -> np.ndarray:
    """Values at `rows` × `columns_` evenly spread places: the mean where whole blocks merge, else the nearest.

    values: shape (height, width), or (height, width, channels); the channels stay.
    """
    height, width, *channels = values.shape
    if rows and columns_ and height > rows and not height % rows and not width % columns_:
        blocks = values.reshape(rows, height // rows, columns_, width // columns_, *channels)
        return np.asarray(blocks.mean(axis=(1, 3)))
    r = np.minimum((np.arange(rows) + 0.5) * values.shape[0] / rows, values.shape[0] - 1).astype(int)
    c = np.minimum((np.arange(columns_) + 0.5) * values.shape[1] / columns_, values.shape[1] - 1).astype(int)
    return values[np.ix_(r, c)]


def half_blocks(inks: np.ndarray) -> Grid:
    """Pixels as inks, shape (rows, columns), two rows a cell row; an odd last row has the panel below it."""
    if len(inks) % 2:
        inks = np.vstack([inks, np.zeros((1, inks.shape[1]), inks.dtype)])
    upper, lower = inks[0::2], inks[1::2]
    grid = Grid(inks.shape[1], len(upper))
    same = upper == lower
    # a blank with a background where both halves are alike: one style the fewer
    grid.chars[...] = np.where(same, ord(" "), ord("▀"))
    grid.fg[...], grid.bg[...] = upper, lower
    return grid


def shaded(levels: np.ndarray) -> Grid:
    """Pixels as levels, shape (rows, columns), as shade characters, two pixel rows a cell row: needs no colour."""
    if len(levels) % 2:
        levels = np.vstack([levels, levels[-1:]])
    mean = (levels[0::2].astype(int) + levels[1::2] + 1) // 2
    grid = Grid(levels.shape[1], len(mean))
    grid.chars[...] = np.array([ord(c) for c in SHADES], np.uint32)[mean]
    return grid


def picture(values: np.ndarray, mono: bool = False) -> Grid:
    """An image with values 0 (black) to 1 (white), shape (rows, columns), or (rows, columns, 3): red, green, blue."""
    grey = values if values.ndim == 2 else brightness(values)
    levels = quantise(grey)
    if mono:
        return shaded(levels)
    inks = levels + np.uint16(Ink.GREY)
    if values.ndim == 3 and values.shape[2] == 3:
        red, green, blue = np.moveaxis(quantise(values, SIDE).astype(np.uint16), 2, 0)
        # what has no colour has the finer steps of grey
        inks = np.where(
            (red == green) & (green == blue), inks, np.uint16(Ink.CUBE) + (red * SIDE + green) * SIDE + blue
        )
    return half_blocks(inks)


def brought_into_range(values: np.ndarray) -> np.ndarray:
    """Pixels from 0 to 1 as they are, so that a picture looks the same everywhere; others from least to greatest."""
    low, high = float(values.min()), float(values.max())
    return values if low >= 0 and high <= 1 else (values - low) / ((high - low) or 1.0)


def brightness(values: np.ndarray) -> np.ndarray:
    """How bright the pixels of an image in colour look, shape (rows, columns); of other channels, their mean."""
    return np.asarray(values @ LUMA if values.shape[2] == 3 else values.mean(axis=2))


EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, width: int) -> str:
    """A bar of at most `width` cells, `share` (0 to 1) of it filled, to an eighth of a cell."""
    if width < 1:
        return ""
    share = min(1.0, max(0.0, share)) if share == share else 0.0
    eighths = round(share * width * 8)
    text = "█" * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")
    return text
