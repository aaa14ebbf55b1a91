"""Lines over very many epochs, thinned so that the picture stays the same cell for cell.

Of the epochs in one column of dots only the first, the last, the lowest and the highest value decide which dots a
line sets there (M4: Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data
Aggregation", VLDB 2014): within the column it fills all from the lowest to the highest, and it comes in at the first
and leaves from the last. So a spike of one epoch survives at any length, and a repaint costs what the width asks
for. What is lost: a gap (an epoch without the metric) inside one column.
"""

import numpy as np

from dnn_tui.runs.epochs import Curve, Epochs

from ..drawing.axis import Axis
from ..drawing.plot import Scale

Points = tuple[tuple[float, ...], tuple[float, ...]]
FEW = 4  # epochs a column of dots up to which they are drawn as they are


def seen(epochs: Epochs, first: float, last: float) -> tuple[int, int, int, int]:
    """Indices [begin, end) of the epochs that ended at steps first … last, and the same with a neighbour on either
    side, so that lines go on to the edges."""
    begin, end = np.searchsorted(epochs.steps, first), np.searchsorted(epochs.steps, last, side="right")
    return int(begin), int(end), max(0, int(begin) - 1), min(len(epochs), int(end) + 1)


def extremes(curve: Curve, begin: int, end: int, parts: int = 1) -> np.ndarray:
    """The lowest and highest values of epochs [begin, end), of each of some equal parts of them."""
    edges = np.linspace(begin, max(begin, end), parts + 1).astype(np.intp)
    return np.concatenate(curve.extremes(edges))


def thinned(
    epochs: Epochs, curves: list[Curve], axis: Axis, x: Scale, window: tuple[float, float], dots: int
) -> list[Points]:
    """The points (xs, ys) of each curve's line in a window of steps, drawn over `dots` columns of dots."""
    begin, end, before, after = seen(epochs, *window)
    if after - before <= FEW * dots or dots < 2:
        indices = np.arange(before, after)
        few = tuple(axis.at(epochs.steps[indices]).tolist())
        return [(few, tuple(curve.at(indices).tolist())) for curve in curves]
    edges = column_edges(epochs.steps, axis, x, begin, end, dots)
    edges = np.unique(edges)  # columns without an epoch go
    first, last = edges[:-1], edges[1:] - 1
    x_first, x_last = axis.at(epochs.steps[first]), axis.at(epochs.steps[last])
    xs = np.stack([x_first, x_first, x_last, x_last], axis=1).ravel()
    lead, tail = np.arange(before, begin), np.arange(end, after)
    all_xs = (*axis.at(epochs.steps[lead]).tolist(), *xs.tolist(), *axis.at(epochs.steps[tail]).tolist())
    points = []
    for curve in curves:
        low, high = curve.extremes(edges)
        come, leave = curve.at(first), curve.at(last)
        rising = leave >= come  # the shorter way through all four
        ys = np.stack([come, np.where(rising, low, high), np.where(rising, high, low), leave], axis=1).ravel()
        points.append((all_xs, (*curve.at(lead).tolist(), *ys.tolist(), *curve.at(tail).tolist())))
    return points


def column_edges(steps: np.ndarray, axis: Axis, x: Scale, begin: int, end: int, dots: int) -> np.ndarray:
    """The indices in [begin, end) at which each column of dots begins, and `end`: shape (dots + 1,)."""

    def column(indices: np.ndarray) -> np.ndarray:
        return np.asarray(np.rint(x.place(axis.at(steps[indices])) * (dots - 1)))

    number = np.arange(1, dots)
    borders = axis.steps_at(x.low + (number - 0.5) / (dots - 1) * (x.high - x.low))
    edges = np.clip(np.searchsorted(steps, borders), begin, end)
    # rounding may put an epoch that lies on a border on either side
    edges -= (edges > begin) & (column(np.maximum(edges - 1, 0)) >= number)
    edges += (edges < end) & (column(np.minimum(edges, len(steps) - 1)) < number)
    return np.maximum.accumulate(np.concatenate([[begin], edges, [end]]))
