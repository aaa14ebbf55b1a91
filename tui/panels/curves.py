"""Curves: loss and accuracy over the epochs, training and validation on one axis, the batch loss behind them.

Drawn on our own canvas in plotext's look rather than with textual-plotext: a live PlotextPlot costs 38–43 ms a
repaint and leaves 47 % of the training speed; this one costs about 1 ms. The batch loss is the minimum and maximum
of the steps under each dot column, never a random choice of them, so a spike of one step is seen at any width, and
zooming in sharpens.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from dnn_tui.runs.state import RunState

from .. import keys
from ..drawing.axis import NAMES, Axis, smoothed
from ..drawing.grid import Grid
from ..drawing.numbers import figure, percent
from ..drawing.plot import Band, Chart, Line, Scale, draw_chart, inner_width, margin_of, span
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .ghosts import ghosted
from .panel import Panel, waiting
from .runs import MARKS
from .thinning import extremes, seen, thinned
from .window import axis_of, panned, window, zoomed

TITLES = {"loss": "loss", "accuracy": "accuracy", "mae": "MAE", "r2": "R²"}
SHORT = {"validation": "val", "smoothed": "~"}
HALF_LIVES = (0.0, 10.0, 100.0, 1000.0)  # steps of smoothing that `m` goes through
MOST_SMOOTHED = 4096  # values smoothed one by one; more are taken in pairs of extremes first
LOG_PARTS = 64  # a log axis begins at the lowest positive value of so many parts of the run
CALM = 8.0  # the axis holds peaks up to so many times the usual ones, so that one spike does not flatten all the rest


@dataclass(frozen=True)
class Legend:
    mark: str
    name: str
    value: str
    ink: int


@dataclass(frozen=True)
class CurvesView:
    charts: tuple[Chart, ...]
    legends: tuple[tuple[Legend, ...], ...]


class CurvesPanel(Panel[CurvesView | None]):
    NAME, TITLE = "curves", "Curves"
    SLOW_SECONDS = 1.0
    HELP = "Loss and accuracy by epoch: ● training, ○ validation, behind them each batch's loss; ★ the best epoch."
    BINDINGS = keys.bindings("curves")

    def view(self, moment: Moment, width: int, height: int) -> CurvesView | None:
        if not moment.state.started:
            return None
        metrics = shown_metrics(moment, width, height)
        rectangles = _rectangles(width, height, len(metrics)) or [(0, 0, width, height)]
        frames = [frame_of(moment, metric, width) for metric in metrics]
        # how many dots the lines have is known once the numbers beside them are
        margin = max(margin_of(frame, h) for frame, (_, _, _, h) in zip(frames, rectangles, strict=True))
        dots = 2 * inner_width(rectangles[0][2], margin)  # charts beside or above each other are equally wide
        charts = ghosted(with_lines(frames, moment, metrics, dots), moment)
        legends = [legend_of(chart, moment, metric) for chart, metric in zip(charts, metrics, strict=True)]
        return CurvesView(tuple(charts), tuple(legends))

    def draw(self, view: CurvesView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None:
            return waiting(width, height, "curves appear with the first step")
        grid = Grid(width, height)
        rectangles = _rectangles(width, height, len(view.charts)) or [(0, 0, width, height)]
        # charts above each other have the same margin, so that the cursor goes straight through them
        margin = max(margin_of(chart, h) for chart, (_, _, _, h) in zip(view.charts, rectangles, strict=True))
        for chart, legend, (x, y, w, h) in zip(view.charts, view.legends, rectangles, strict=True):
            draw_chart(grid, chart, x, y, w, h, margin, dashes=palette.mono)
            at = grid.put(x, y, chart.title + (f", {chart.unit}" if chart.unit else ""), Ink.TITLE) + 2
            _draw_legend(grid, legend, at, y, x + w)
        return grid

    # ---- reading by keyboard

    def _look(self, **changes: float | str | bool | None) -> None:
        self.run_screen.set_look(**changes)

    def action_cursor(self, columns: int) -> None:
        """Move the cursor, and with it all panels, by columns of the chart."""
        if self.moment is None or not self.moment.state.step:
            return
        state, (first, last) = self.moment.state, window(self.moment)
        steps = max(1, round((last - first) / max(1, self.content_size.width - 8)))
        at = min(state.step, max(1, self.moment.step + columns * steps))
        changes: dict[str, float | None] = {"at": at}
        if self.moment.look.span is not None and not first <= at <= last:
            changes["right"] = min(float(state.step), max(self.moment.look.span, at + (last - first) / 2))
        self._look(**changes)

    def action_zoom(self, factor: float) -> None:
        if self.moment is not None:
            self._look(**zoomed(self.moment, factor))

    def action_pan(self, share: float) -> None:
        if self.moment is not None:
            self._look(**panned(self.moment, share))

    def action_fit(self) -> None:
        """The whole run again, as it comes."""
        self._look(span=None, right=None)

    def action_log_y(self) -> None:
        self._look(log_y=not self.run_screen.look.log_y)

    def action_smooth(self) -> None:
        now = HALF_LIVES.index(self.run_screen.look.half_life)
        self._look(half_life=HALF_LIVES[(now + 1) % len(HALF_LIVES)])

    def action_axis(self) -> None:
        self._look(axis=NAMES[(NAMES.index(self.run_screen.look.axis) + 1) % len(NAMES)])

    def action_metric(self) -> None:
        """Another metric beside the loss, or in its place where there is room for one only."""
        if self.moment is not None:
            many = len(all_metrics(self.moment)) - bool(_rectangles(*self.content_size, 2))
            self._look(metric=(self.run_screen.look.metric + 1) % max(1, many))

    def action_best(self) -> None:
        best = self.moment.state.best_epoch if self.moment else None
        if best:
            self._look(at=best.step)


def all_metrics(moment: Moment) -> list[str]:
    """What can be drawn: the loss, what the task is judged by, and whatever else the log measures."""
    known = moment.state.epochs.metrics()
    usual = ["mae", "r2"] if moment.task == "regression" else ["accuracy"]
    own = [metric for metric in known if metric not in ("loss", *usual)]
    return ["loss", *(metric for metric in usual if metric in known or not known), *own]


def shown_metrics(moment: Moment, width: int, height: int) -> list[str]:
    """The loss and as many others as there is room for, beginning with the one that the look turned to."""
    loss, *others = all_metrics(moment)
    if not others:
        return [loss]
    turn = moment.look.metric % len(others)
    others = others[turn:] + others[:turn]
    if not _rectangles(width, height, 2):
        return [others[0] if moment.look.metric else loss]
    room = max(n for n in range(1, len(others) + 1) if n == 1 or _rectangles(width, height, n + 1))
    return [loss, *others[:room]]


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


def _draw_legend(grid: Grid, legend: tuple[Legend, ...], x: int, y: int, end: int) -> None:
    """In the longest form that fits: all by name, the first two by name, the first two by their marks."""
    names = [f"{entry.mark} {entry.name} ".replace("  ", " ") for entry in legend]
    short = [f"{entry.mark} {SHORT.get(entry.name, entry.name)} ".replace("  ", " ") for entry in legend]
    marks = [f"{entry.mark} " for entry in legend]
    for form in (names, short, names[:3], short[:3], names[:2], short[:2], marks[:2]):
        texts = [(name, entry.value, entry.ink) for name, entry in zip(form, legend, strict=False)]
        if x + sum(len(name) + len(value) + 2 for name, value, _ in texts) - 2 <= end:
            for name, value, ink in texts:
                x = grid.put(grid.put(x, y, name, ink), y, value, Ink.TEXT) + 2
            return


def _rectangles(width: int, height: int, charts: int) -> list[tuple[int, int, int, int]]:
    """Places (x, y, width, height) for charts: side by side where that gives the better shape, else stacked; [] if
    there is no room for so many."""
    if charts == 1:
        return [(0, 0, width, height)]
    if width >= charts * 40 and height < charts * 12:
        each = (width - 2 * (charts - 1)) // charts
        return [(k * (each + 2), 0, each, height) for k in range(charts)] if height >= 4 else []
    each = height // charts
    if each < 6:
        return []
    return [(0, k * each, width, each if k < charts - 1 else height - k * each) for k in range(charts)]


def _value(metric: str, value: float | None) -> str:
    return percent(value) if metric == "accuracy" else figure(value)
