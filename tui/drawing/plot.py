"""Line plots: nice ticks, axes, min–max bands and lines in braille. Pure functions.

The look is plotext's (a frame, ticks with numbers, a legend); the drawing is ours, for the reasons in canvas.py.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from .canvas import Dots, columns, polyline
from .change_marks import draw_changes
from .grid import Grid, fit
from .theme import Ink


@dataclass(frozen=True)
class Scale:
    """Values low … high along an axis; log: equal ratios are equally long."""

    low: float
    high: float
    log: bool = False

    def place(self, values: npt.ArrayLike) -> np.ndarray:
        """Where values lie, 0 at `low` to 1 at `high`; NaN where a value has no place (zero on a log axis)."""
        values = np.asarray(values, float)
        if not self.log:
            return np.asarray((values - self.low) / ((self.high - self.low) or 1.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(values > 0, np.log10(values), np.nan)
        low, high = math.log10(self.low), math.log10(self.high)
        return np.asarray((logs - low) / ((high - low) or 1.0))

    def place_of(self, value: float) -> float:
        """`place` of one value, without arrays."""
        if not self.log:
            return (value - self.low) / ((self.high - self.low) or 1.0)
        low, high = math.log10(self.low), math.log10(self.high)
        return (math.log10(value) - low) / ((high - low) or 1.0) if value > 0 else math.nan

    def ticks(self, most: int) -> list[float]:
        """At most `most` round values on the axis."""
        return log_ticks(self.low, self.high, most) if self.log else nice_ticks(self.low, self.high, most)


@dataclass(frozen=True)
class Line:
    """Points joined by a line: x, y in the axes' values; `mark` is drawn at the last point."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    ink: int
    mark: str = "●"
    dashed: bool = False


@dataclass(frozen=True)
class Band:
    """Lowest and highest value around each of the places x."""

    name: str
    x: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    ink: int


@dataclass(frozen=True)
class Chart:
    """What one pair of axes shows."""

    title: str
    unit: str
    x: Scale
    y: Scale
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    x_name: str = "epoch"
    cursor: float | None = None  # an x-value
    cursor_name: str = ""
    best: float | None = None  # the x-value of the best epoch
    broken: tuple[float, ...] = ()  # x-values where the value was no number
    percent: bool = False
    changes: tuple[tuple[float, str], ...] = ()  # x-values where the run was changed, and how
    x_ticks: tuple[tuple[float, str], ...] = ()  # values and what is written there, in place of round numbers
    y_ticks: tuple[tuple[float, str], ...] = ()


def nice_step(span: float, most: int, whole: bool = False) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that divides `span` into fewer than `most` parts."""
    if not span > 0 or most < 2:
        return span or 1.0
    rough = span / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))
    if whole and step == 2.5:
        step = 5.0
    return max(1.0, step) if whole else step


def nice_ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """At most `most` round values in [low, high]; `whole`: integers only."""
    if not (math.isfinite(low) and math.isfinite(high)) or high < low or most < 1:
        return []
    step = nice_step(high - low, most, whole)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [k * step + 0.0 for k in range(first, last + 1)][:most]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Powers of ten in [low, high], and 2 and 5 times them where there is room; at most `most`."""
    if not 0 < low <= high:
        return []
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        ticks = [f * 10.0**p for p in powers for f in factors if low * (1 - 1e-9) <= f * 10.0**p <= high * (1 + 1e-9)]
        if len(ticks) <= most:
            return ticks
    return ticks[:: math.ceil(len(ticks) / max(1, most))]


def tick_labels(ticks: list[float], percent: bool = False) -> list[str]:
    """The ticks as text, all with as many decimals as the finest needs."""
    if not ticks:
        return []
    shown = [100 * t for t in ticks] if percent else ticks
    size = max(abs(t) for t in shown)
    if size and (size >= 1e6 or size < 1e-3):
        return [f"{t:.0e}".replace("e-0", "e-").replace("e+0", "e") if t else "0" for t in shown]
    decimals = next(d for d in range(7) if d == 6 or all(abs(round(t, d) - t) < 1e-9 * max(1, size) for t in shown))
    if size and min(abs(t) for t in shown if t) * 50 < size:  # a log axis: each with what it needs
        return [f"{t:g}" for t in shown]
    return [f"{t:.{decimals}f}".replace("-", "−") for t in shown]


def span(values: np.ndarray, zero: bool = True) -> tuple[float, float]:
    """A calm range for the finite `values`: a little room at both ends, from 0 if that is near; (0, 1) if none."""
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if low == high:
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room
    elif zero and 0 <= low < 0.4 * high:
        low = 0.0
    step = nice_step(high - low, 8)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def frame(chart: Chart, height: int) -> tuple[int, int, tuple[float, ...], tuple[str, ...]]:
    """Of a chart that many cells high: rows for the lines, rows for the x-axis, ticks of the y-axis, their labels."""
    rows, axis_rows, ticks, labels = _frame(chart.y, chart.percent, height)
    if chart.y_ticks:
        ticks, labels = tuple(at for at, _ in chart.y_ticks), tuple(label for _, label in chart.y_ticks)
    return rows, axis_rows, ticks, labels


@lru_cache(256)  # axes seldom change
def _frame(scale: Scale, as_percent: bool, height: int) -> tuple[int, int, tuple[float, ...], tuple[str, ...]]:
    axis_rows = 2 if height >= 8 else 1 if height >= 5 else 0
    rows = height - 1 - axis_rows
    ticks = scale.ticks(max(3, rows // 2) if rows < 12 else rows // 3 + 2)
    return rows, axis_rows, tuple(ticks), tuple(tick_labels(ticks, as_percent))


def margin_of(chart: Chart, height: int) -> int:
    """Cells that the numbers left of the y-axis need, and the axis itself."""
    return max((len(label) for label in frame(chart, height)[3]), default=0) + 1


def inner_width(width: int, margin: int) -> int:
    """Cells of a chart that the lines have; where it is narrow, the numbers beside them go."""
    return width - (1 if width < 3 * margin else margin)


def draw_chart(
    grid: Grid,
    chart: Chart,
    left: int,
    top: int,
    width: int,
    height: int,
    margin: int | None = None,
    dashes: bool = False,
) -> None:
    """Draw a chart into a rectangle of cells: a row for title and legend, numbers left and below, lines between.

    margin: cells left of the lines, so that charts above each other can share their x-axis; None: its own.
    dashes: whether dashed lines are: in colour an unbroken line does not look like missing data.
    """
    if width < 8 or height < 3:
        grid.put(left, top, fit(chart.title, width), Ink.DIM)
        return
    rows, axis_rows, ticks, labels = frame(chart, height)
    margin = margin_of(chart, height) if margin is None else margin
    if width < 3 * margin:
        labels = ("",) * len(labels)
    inner = inner_width(width, margin)
    x0, y0 = left + width - inner, top + 1

    grid.paste(
        _axes(
            chart.x, chart.y, chart.x_name, chart.cursor_name, ticks, labels, width, inner, rows, axis_rows,
            chart.x_ticks,
        ),
        left,
        y0,
    )  # fmt: skip
    dots = Dots(inner, rows)
    wide, high = 2 * inner - 1, 4 * rows - 1
    for band in chart.bands:
        places = np.rint(chart.x.place(band.x) * wide).astype(int)
        low, peak = ((1 - chart.y.place(v)) * high for v in (band.low, band.high))
        grid_low, grid_high = np.full(2 * inner, np.nan), np.full(2 * inner, np.nan)
        inside = (places >= 0) & (places < 2 * inner)
        np.fmax.at(grid_low, places[inside], low[inside])
        np.fmin.at(grid_high, places[inside], peak[inside])
        dots.plot(*columns(grid_low, grid_high, 4 * rows), band.ink)
    across = {id(line.x): line.x for line in chart.lines}  # lines of the same epochs share their places
    across_of = {key: chart.x.place(x) for key, x in across.items()}
    placed = [(across_of[id(line.x)], chart.y.place(line.y)) for line in chart.lines]
    for line, (x, y) in zip(chart.lines, placed, strict=True):
        xs, ys = polyline(x * wide, np.clip((1 - y) * high, 0, high))
        if line.dashed and dashes:  # what lies below shows between the dashes, and the line is told without colour
            keep = (xs % 8 < 4) | _steep(xs, ys)
            xs, ys = xs[keep], ys[keep]
        dots.plot(xs, ys, line.ink, over=tuple(band.ink for band in chart.bands))
    dots.stamp(grid, x0, y0)
    _marks(grid, chart, placed, x0, y0, inner, rows, axis_rows)
    if chart.changes:
        draw_changes(grid, chart.changes, lambda x: _column(chart.x, x, inner), x0, y0, inner, rows)


def _steep(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Which dots lie in columns where their line is higher than a cell: a spike is not lost between dashes."""
    if not len(xs):
        return np.zeros(0, bool)
    column = xs - xs.min()
    # whole numbers as the dots are: `at` is several times slower where it has to convert
    low, high = np.full(column.max() + 1, ys.max()), np.full(column.max() + 1, ys.min())
    np.minimum.at(low, column, ys)
    np.maximum.at(high, column, ys)
    return np.asarray((high - low >= 4)[column])


def cell_of(chart: Chart, x: float, y: float, width: int, height: int) -> tuple[int, int] | None:
    """(column, row) of the cell in which a point lies, in a chart drawn at (0, 0); None outside of the axes."""
    if not (chart.x.low <= x <= chart.x.high and chart.y.low <= y <= chart.y.high) or width < 8 or height < 3:
        return None
    inner = inner_width(width, margin_of(chart, height))
    return width - inner + _column(chart.x, x, inner), 1 + _row(chart.y, y, frame(chart, height)[0])


def _column(scale: Scale, x: float, inner: int) -> int:
    """The cell, from the left, in which the dot of an x-value lies."""
    return round(scale.place_of(x) * (2 * inner - 1)) // 2


def _row(scale: Scale, y: float, rows: int) -> int:
    """The cell, from the top, in which the dot of a y-value lies; what is off the scale is at its edge."""
    return round(min(1.0, max(0.0, 1 - scale.place_of(y))) * (4 * rows - 1)) // 4


@lru_cache(32)  # they seldom change, and are most of a chart's characters
def _axes(
    x: Scale,
    y: Scale,
    x_name: str,
    cursor_name: str,
    ticks: tuple[float, ...],
    labels: tuple[str, ...],
    width: int,
    inner: int,
    rows: int,
    axis_rows: int,
    named: tuple[tuple[float, str], ...] = (),
) -> Grid:
    """The axes with their numbers: rows of the lines, and those below."""
    grid, x0 = Grid(width, rows + axis_rows), width - inner
    for row in range(rows):
        grid.put(x0 - 1, row, "│", Ink.FAINT)
    for tick, label in zip(ticks, labels, strict=True):
        row = _row(y, tick, rows)
        grid.put(x0 - 1, row, "┤", Ink.FAINT)
        grid.put_right(x0 - 1, row, label, Ink.DIM)
    if not axis_rows:
        return grid
    grid.put(x0 - 1, rows, "└" + "─" * inner, Ink.FAINT)
    if axis_rows < 2:
        return grid
    name = fit(cursor_name or x_name, inner)
    grid.put_right(x0 + inner, rows + 1, name, Ink.CURSOR if cursor_name else Ink.DIM)
    limit = x0 + inner - len(name) - 1
    whole = x_name in ("step", "trials") or (x_name == "epoch" and x.high - x.low > 3)
    most = max(2, inner // 8)
    x_ticks = x.ticks(most) if x.log else nice_ticks(x.low, x.high, most, whole=whole)
    free = x0 - 1
    for tick, label in named or zip(x_ticks, tick_labels(x_ticks), strict=True):
        column = x0 + _column(x, tick, inner)
        begin = max(x0 - 1, column - len(label) // 2)
        if begin >= free and begin + len(label) <= limit:
            grid.put(column, rows, "┴", Ink.FAINT)
            grid.put(begin, rows + 1, label, Ink.DIM)
            free = begin + len(label) + 1
    return grid


def _marks(
    grid: Grid,
    chart: Chart,
    placed: list[tuple[np.ndarray, np.ndarray]],
    x0: int,
    y0: int,
    inner: int,
    rows: int,
    axis_rows: int,
) -> None:
    def column(x: float) -> int:
        return x0 + _column(chart.x, x, inner)

    def row(y: float) -> int:
        return y0 + _row(chart.y, y, rows)

    def seen(x: np.ndarray) -> np.ndarray:
        return (x >= chart.x.low) & (x <= chart.x.high)

    def signs(across: np.ndarray, y: int, sign: str, ink: int) -> None:
        if not len(across):
            return
        for at in np.unique(np.rint(across * (2 * inner - 1)).astype(int) // 2).tolist():
            grid.put(x0 + at, y, sign, ink)

    for line, (across, places) in zip(chart.lines, placed, strict=True):
        here = (across >= 0) & (across <= 1) & np.isfinite(places)
        ends = np.flatnonzero(here)
        if len(ends):
            grid.put(column(line.x[ends[-1]]), row(line.y[ends[-1]]), line.mark, line.ink)
        signs(across[here & (places > 1.001)], y0, "▲", line.ink)
    for band in chart.bands:
        if band.x:
            xs, high = np.array(band.x), np.array(band.high)
            signs(chart.x.place(xs[seen(xs) & np.isfinite(high) & (high > chart.y.high * 1.001)]), y0, "▲", Ink.WARN)
    if chart.broken:
        xs = np.array(chart.broken)
        signs(chart.x.place(xs[seen(xs)]), y0 + rows - 1, "✗", Ink.BAD)
    if axis_rows and chart.best is not None and chart.x.low <= chart.best <= chart.x.high:
        grid.put(column(chart.best), y0 + rows, "★", Ink.ACCENT)  # on the axis, where it hides nothing
    if chart.cursor is not None and chart.x.low <= chart.cursor <= chart.x.high:
        for y in range(y0, y0 + rows):
            if grid.chars[y, column(chart.cursor)] == ord(" "):
                grid.put(column(chart.cursor), y, "┊", Ink.CURSOR)
