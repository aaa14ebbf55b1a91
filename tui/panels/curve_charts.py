"""What the curves show: a metric as a chart of its lines, bands and marks, and what its signs mean. Pure functions.

The batch loss is the minimum and maximum of the steps under each dot column, never a random choice of them, so a spike
of one step is seen at any width, and zooming in sharpens.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from dnn_tui.runs.state import RunState

from ..drawing.axis import Axis, smoothed
from ..drawing.numbers import figure, percent
from ..drawing.plot import Band, Chart, Line, Scale, span
from ..drawing.theme import Ink
from ..sessions.moment import Moment
from .runs import MARKS
from .thinning import extremes, seen, thinned
from .window import axis_of, window

TITLES = {"loss": "loss", "accuracy": "accuracy", "mae": "MAE", "r2": "R²"}
MOST_SMOOTHED = 4096  # values smoothed one by one; more are taken in pairs of extremes first
LOG_PARTS = 64  # a log axis begins at the lowest positive value of so many parts of the run
CALM = 8.0  # the axis holds peaks up to so many times the usual ones, so that one spike does not flatten all the rest


@dataclass(frozen=True)
class Legend:
    mark: str
    name: str
    value: str
    ink: int


def all_metrics(moment: Moment) -> list[str]:
    """What can be drawn: the loss, what the task is judged by, and whatever else the log measures."""
    known = moment.state.epochs.metrics()
    usual = ["mae", "r2"] if moment.task == "regression" else ["accuracy"]
    own = [metric for metric in known if metric not in ("loss", *usual)]
    return ["loss", *(metric for metric in usual if metric in known or not known), *own]


def chart_of(moment: Moment, metric: str, width: int) -> tuple[Chart, tuple[Legend, ...]]:
    """One metric as a chart whose lines have `width` cells, and its legend with the values at the moment."""
    (chart,) = with_lines([frame_of(moment, metric, width)], moment, [metric], 2 * width)
    return chart, legend_of(chart, moment, metric)


def frame_of(moment: Moment, metric: str, width: int) -> Chart:
    """A metric's chart with axes and marks, and without the lines of the epochs."""
    if moment.others:
        return _frame_of_many(moment, metric)
    state, look = moment.state, moment.look
    axis, (first, last) = axis_of(moment), window(moment)
    log = look.log_y and metric in ("loss", "mae")
    values = [_y_values(state, (split,), metric, first, last, log) for split in ("train", "validation")]
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    broken: tuple[float, ...] = ()
    if metric == "loss" and state.loss.count:
        band = _batch_band(moment, axis, first, last, width)
        bands = (band,)
        broken = tuple(axis.at([k + 1 for k in state.loss.nonfinite[:100] if first <= k + 1 <= last]).tolist())
        if look.half_life:
            lines = (_smooth_line(moment, axis, first, last),)
            values.append(np.array(lines[0].y))
        usual = np.array(band.high)[np.isfinite(band.high)]
        if len(usual):
            calm = usual[usual <= CALM * np.quantile(usual, 0.9)]
            values += [np.array(band.low), np.max(calm, initial=usual.min(), keepdims=True)]
    return Chart(
        TITLES.get(metric, metric),
        str(moment.dataset.get("unit") or "") if metric == "mae" else "",
        Scale(float(axis.at(first)), float(axis.at(last))),
        _y_scale(np.concatenate(values), metric, log),
        lines,
        bands,
        x_name=axis.name,
        cursor=None if moment.live else float(axis.at(moment.step)),
        cursor_name="" if moment.live else _where(moment, axis),
        best=float(axis.at(state.best_epoch.step)) if state.best_epoch and metric == "loss" else None,
        broken=broken,
        percent=metric == "accuracy",
    )


def with_lines(charts: list[Chart], moment: Moment, metrics: list[str], dots: int) -> list[Chart]:
    """The charts, which share their x-axis, with the lines of the epochs, for so many columns of dots."""
    x, lines = charts[0].x, [list(chart.lines) for chart in charts]
    if moment.others:
        for k, (name, state) in enumerate(moment.runs[: len(MARKS)]):
            alone = Moment(state, moment.look, name)
            curves = [state.epochs.curve(judging_split(state), metric) for metric in metrics]
            points = thinned(state.epochs, curves, axis_of(alone), x, _steps_of(alone, x), dots)
            for of_chart, (xs, ys) in zip(lines, points, strict=True):
                of_chart.append(Line(name, xs, ys, Ink.RUN + k, MARKS[k]))
    else:
        epochs = moment.state.epochs
        curves = [epochs.curve(split, metric) for metric in metrics for split in ("train", "validation")]
        points = thinned(epochs, curves, axis_of(moment), x, window(moment), dots)
        for of_chart, train, validation in zip(lines, points[::2], points[1::2], strict=True):
            of_chart.append(Line("train", *train, Ink.TRAIN, "●"))
            of_chart.append(Line("validation", *validation, Ink.VALIDATION, "○", dashed=True))
    return [replace(chart, lines=tuple(of_chart)) for chart, of_chart in zip(charts, lines, strict=True)]


def judging_split(state: RunState) -> str:
    """The split whose figures stand for a run beside others: validation where there is any."""
    return "validation" if state.epochs and state.epochs[0].validation else "train"


def _frame_of_many(moment: Moment, metric: str) -> Chart:
    """One metric of several runs: validation where there is any, else training; a run keeps its sign and colour."""
    runs = [(state, Moment(state, moment.look, name)) for name, state in moment.runs[: len(MARKS)]]
    ends = [[float(axis_of(alone).at(step)) for step in window(alone)] for _, alone in runs]
    low, high = ends[0] if moment.look.span is not None else (0.0, max(end for _, end in ends))
    x, axis = Scale(low, high), axis_of(moment)
    log = moment.look.log_y and metric in ("loss", "mae")
    values = [
        _y_values(state, (judging_split(state),), metric, *_steps_of(alone, x), log, neighbours=False)
        for state, alone in runs
    ]
    kind = "validation " if any(judging_split(state) == "validation" for state, _ in runs) else "training "
    return Chart(
        kind + TITLES.get(metric, metric),
        "",
        x,
        _y_scale(np.concatenate(values), metric, log),
        x_name=axis.name,
        cursor=None if moment.live else float(axis.at(moment.step)),
        cursor_name="" if moment.live else _where(moment, axis),
        percent=metric == "accuracy",
    )


def _steps_of(alone: Moment, x: Scale) -> tuple[float, float]:
    """The steps of a run that lie on an x-axis it shares with others."""
    axis = axis_of(alone)
    first, last = axis.steps_at([x.low, x.high]).tolist()
    return first - 1e-9 * abs(first), last + 1e-9 * abs(last)


def _y_values(
    state: RunState,
    splits: tuple[str, ...],
    metric: str,
    first: float,
    last: float,
    log: bool,
    neighbours: bool = True,
) -> np.ndarray:
    """Values that reach as far as a metric's do at steps first … last; for a log axis also between, of 0 and up."""
    begin, end, before, after = seen(state.epochs, first, last)
    span_ = (before, after) if neighbours else (begin, end)
    return np.concatenate(
        [extremes(state.epochs.curve(split, metric), *span_, LOG_PARTS if log else 1) for split in splits]
    )


def _batch_band(moment: Moment, axis: Axis, first: float, last: float, width: int) -> Band:
    """Extremes of the batch loss for each dot column, or each step where there are fewer."""
    loss = moment.state.loss
    begin, end = math.floor(first), min(loss.count, math.ceil(last))
    dots = max(2, round(2 * width * min(1.0, (end - begin) / max(1.0, last - first))))
    columns = max(1, min(dots, end - begin))
    low, high = loss.columns(begin, end, columns)
    places = axis.at(begin + (np.arange(columns) + 0.5) * (end - begin) / columns + 0.5)
    return Band("batch", tuple(places.tolist()), tuple(low.tolist()), tuple(high.tolist()), Ink.BATCH)


def _smooth_line(moment: Moment, axis: Axis, first: float, last: float) -> Line:
    """The batch loss smoothed, begun long enough before the window that its start no longer matters."""
    loss, half_life = moment.state.loss, moment.look.half_life
    begin, end = max(0, math.floor(first - 10 * half_life)), min(loss.count, math.ceil(last))
    count = max(1, min(MOST_SMOOTHED, end - begin))
    low, high = loss.columns(begin, end, count)
    apart = (end - begin) / count
    values = smoothed((low + high) / 2, half_life, apart)
    steps = begin + (np.arange(count) + 1) * apart
    keep = steps >= first
    return Line("smoothed", tuple(axis.at(steps[keep]).tolist()), tuple(values[keep].tolist()), Ink.TEXT, "~")


def _y_scale(values: np.ndarray, metric: str, log: bool) -> Scale:
    if log:
        positive = values[np.isfinite(values) & (values > 0)]
        low, high = (positive.min(), positive.max()) if len(positive) else (0.1, 1.0)
        return Scale(float(low) / 1.2, float(high) * 1.2, log=True)
    low, high = span(values)
    if metric == "accuracy":
        # a tenth at least: two figures that hardly differ should not look far apart
        high = min(1.0, high)
        low = max(0.0, min(low, high - 0.1))
    elif metric == "r2":
        high = min(1.0, high)
    return Scale(low, high)


def legend_of(chart: Chart, moment: Moment, metric: str) -> tuple[Legend, ...]:
    """What the signs of a chart mean, with the values at the moment."""
    if moment.others:
        newest = [state.latest_epoch for _, state in moment.runs]
        return tuple(
            Legend(line.mark, "", _value(metric, (e.validation or e.train).get(metric) if e else None), line.ink)
            for line, e in zip(chart.lines, newest, strict=False)
        )
    epoch, loss = moment.epoch, moment.state.loss
    train = epoch.train.get(metric) if epoch else None
    entries = [Legend("●", "train", _value(metric, train), Ink.TRAIN)]
    if moment.dataset.get("validation"):
        value = epoch.validation.get(metric) if epoch else None
        entries.append(Legend("○", "validation", _value(metric, value), Ink.VALIDATION))
    if chart.bands:
        entries.append(Legend("▒", "batch", figure(loss.value_at(min(loss.count, moment.step) - 1)), Ink.BATCH))
    if any(line.name == "smoothed" and line.y for line in chart.lines):
        entries.append(Legend("~", "smoothed", f"over {moment.look.half_life:g} steps", Ink.TEXT))
    return tuple(entries)


def _where(moment: Moment, axis: Axis) -> str:
    """The cursor's place in words."""
    place = figure(float(axis.at(moment.step)), 4)
    words = {"step": "", "seconds": f"{place} s, "}.get(axis.name, f"epoch {place}, ")
    return f"┊ {words}step {moment.step:,}"


def _value(metric: str, value: float | None) -> str:
    return percent(value) if metric == "accuracy" else figure(value)
