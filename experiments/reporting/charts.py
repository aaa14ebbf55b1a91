"""Line charts as SVG paths: where each line and tick lies. The templates only write them down.

However many epochs there were, a line has a few hundred points: the lowest and highest value of each stretch, so that
a spike survives.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dnn_tui.runs.epochs import Curve
from dnn_tui.runs.series import Series

Floats = NDArray[np.floating]

MOST_POINTS = 300  # a line; more could not be told apart
MOST_COLUMNS, STEPS_A_COLUMN = 150, 4  # of the band of single batches: fewer steps in each would only flicker
LEFT, RIGHT, TOP, BOTTOM = 52.0, 468.0, 10.0, 214.0  # of the axes, in the units of the picture
WIDTH, HEIGHT = 480, 250
LOGARITHMIC_FROM = 50.0  # largest ÷ smallest value, above which a loss is drawn on a logarithmic axis


@dataclass(frozen=True, eq=False)
class Line:
    """Values at places x, or from `low` to `high` around them: three arrays of one shape, NaN where nothing is known.

    kind: the CSS classes it is drawn with; "dots" draws points instead, "band" fills from low to high.
    """

    name: str
    x: Floats
    low: Floats
    high: Floats
    kind: str = ""


@dataclass(frozen=True)
class Tick:
    """at: in the units of the picture."""

    at: float
    label: str


@dataclass(frozen=True)
class Path:
    """One line, ready to be written: `d` as SVG's path data."""

    name: str
    kind: str
    d: str


@dataclass(frozen=True)
class Drawn:
    """A chart with everything in its place."""

    title: str
    x_name: str
    paths: tuple[Path, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    note: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    box: tuple[float, float, float, float] = field(default=(LEFT, RIGHT, TOP, BOTTOM))


def of_curve(curve: Curve, first_epoch: int, name: str, kind: str) -> Line:
    """A metric over the epochs, a point an epoch or the extremes of stretches of them."""
    count = len(curve.values)
    edges = np.unique(np.linspace(0, count, min(count, MOST_POINTS) + 1).round().astype(np.intp))
    low, high = curve.extremes(edges)
    return Line(name, (edges[:-1] + edges[1:] - 1) / 2 + first_epoch, low, high, kind)


def of_steps(losses: Series, steps_per_epoch: int, name: str, kind: str) -> Line:
    """The loss of every step, over the epochs, as a band from the lowest to the highest of its neighbours."""
    columns = max(1, min(losses.count // STEPS_A_COLUMN, MOST_COLUMNS))
    low, high = losses.columns(0, losses.count, columns)
    middle = (np.arange(columns) + 0.5) * (losses.count / columns)
    return Line(name, middle / max(1, steps_per_epoch), low, high, kind)


def of_points(x: Iterable[float], y: Iterable[float], name: str, kind: str) -> Line:
    """Points, or a line through them."""
    values = np.asarray(list(y), float)
    return Line(name, np.asarray(list(x), float), values, values, kind)


def draw(
    title: str,
    lines: list[Line],
    x_name: str = "epoch",
    may_be_log: bool = False,
    y_range: tuple[float, float] | None = None,
    x_range: tuple[float, float] | None = None,
) -> Drawn | None:
    """The chart; None where no line has a finite value. Ranges: instead of those of the values."""
    xs = _finite(np.concatenate([line.x[np.isfinite(line.low)] for line in lines] or [np.zeros(0)]))
    ys = _finite(np.concatenate([part for line in lines for part in (line.low, line.high)] or [np.zeros(0)]))
    if not len(xs) or not len(ys):
        return None
    log = may_be_log and ys.min() > 0 and ys.max() / ys.min() > LOGARITHMIC_FROM
    x_low, x_high = x_range or _range(xs)
    y_low, y_high = y_range or (_log_range(ys) if log else _range(ys, room=True))
    x_scale = _Scale(x_low, x_high, LEFT, RIGHT)
    y_scale = _Scale(y_low, y_high, BOTTOM, TOP, log)
    return Drawn(
        title,
        x_name,
        tuple(Path(line.name, line.kind, _data(line, x_scale, y_scale)) for line in lines),
        x_scale.ticks(7, whole=x_name == "epoch"),
        y_scale.ticks(6),
        "logarithmic axis" if log else "",
    )


@dataclass(frozen=True)
class _Scale:
    """Values low … high at places begin … end."""

    low: float
    high: float
    begin: float
    end: float
    log: bool = False

    def place(self, values: Floats) -> Floats:
        low, high = self.low, self.high
        if self.log:
            values, low, high = np.log10(values), math.log10(low), math.log10(high)
        return np.asarray(self.begin + (values - low) / ((high - low) or 1.0) * (self.end - self.begin))

    def ticks(self, most: int, whole: bool = False) -> tuple[Tick, ...]:
        values = _powers(self.low, self.high) if self.log else round_values(self.low, self.high, most, whole)
        places = self.place(np.array(values, float)) if values else np.zeros(0)
        return tuple(Tick(round(float(at), 1), label) for at, label in zip(places, _labels(values), strict=True))


def round_values(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """At most `most` multiples of 1, 2 or 5 times a power of ten in [low, high]; whole: integers only."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return [low] if math.isfinite(low) else []
    power = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10, 20):
        step = max(1.0, factor * power) if whole else factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [k * step + 0.0 for k in range(first, last + 1)]
    return [low, high]


def _powers(low: float, high: float) -> list[float]:
    """Powers of ten, with 2 and 5 times them where they are few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        values = [f * 10.0**p for p in powers for f in factors if low * 0.999 <= f * 10.0**p <= high * 1.001]
        if len(values) <= 7:
            return values
    return values[:: math.ceil(len(values) / 7)]


def _labels(values: list[float]) -> list[str]:
    return [f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{value:.6g}".replace("-", "−") for value in values]


def _finite(values: Floats) -> Floats:
    return np.asarray(values[np.isfinite(values)])


def _range(values: Floats, room: bool = False) -> tuple[float, float]:
    """From the smallest to the largest; from 0 where that is near. room: a little more at both ends."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        spread = abs(low) * 0.1 or 1.0
        return low - spread, high + spread
    if not room:
        return low, high
    if 0 <= low < 0.4 * high:
        return 0.0, high + 0.04 * high
    return low - 0.04 * (high - low), high + 0.04 * (high - low)


def _log_range(values: Floats) -> tuple[float, float]:
    return float(values.min()) / 1.15, float(values.max()) * 1.15


def _data(line: Line, x_scale: _Scale, y_scale: _Scale) -> str:
    known = np.isfinite(line.low) & np.isfinite(line.high) & np.isfinite(line.x)
    x = x_scale.place(line.x)
    with np.errstate(invalid="ignore", divide="ignore"):
        bottom, top = (y_scale.place(np.clip(part, y_scale.low, y_scale.high)) for part in (line.low, line.high))
    if "band" in line.kind:
        there = [f"{_at(x[k])},{_at(top[k])}" for k in np.flatnonzero(known)]
        back = [f"{_at(x[k])},{_at(bottom[k])}" for k in np.flatnonzero(known)[::-1]]
        return f"M{' '.join(there + back)}Z" if there else ""
    parts, pen = [], "M"
    for k in range(len(x)):
        if not known[k]:
            pen = "M"
            continue
        parts.append(f"{pen}{_at(x[k])},{_at(top[k])}")
        if "dots" in line.kind:
            parts.append("h0")
            continue
        pen = "L"
        if abs(bottom[k] - top[k]) >= 0.1:
            parts.append(f"L{_at(x[k])},{_at(bottom[k])}")
    if len(parts) == 1:  # one epoch: a point has no length, and would not be seen
        parts.append("h0")
    return "".join(parts)


def _at(place: float) -> str:
    return f"{place:.1f}".removesuffix(".0")
