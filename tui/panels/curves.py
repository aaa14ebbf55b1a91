"""Curves: loss and accuracy over the epochs, training and validation on one axis, the batch loss behind them.

Drawn on our own canvas in plotext's look rather than with textual-plotext: a live PlotextPlot costs 38–43 ms a
repaint and leaves 47 % of the training speed; this one costs about 1 ms. The batch loss is the minimum and maximum
of the steps under each dot column, never a random choice of them, so a spike of one step is seen at any width, and
zooming in sharpens.
"""

import math
from dataclasses import dataclass

import numpy as np

from .. import keys
from ..drawing.axis import NAMES, smoothed
from ..drawing.grid import Grid
from ..drawing.numbers import figure, percent
from ..drawing.plot import Band, Chart, Line, Scale, draw_chart, margin_of, span
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, waiting
from .runs import MARKS
from .window import axis_of, panned, window, zoomed

TITLES = {"loss": "loss", "accuracy": "accuracy", "mae": "MAE", "r2": "R²"}
SHORT = {"validation": "val", "smoothed": "~"}
HALF_LIVES = (0.0, 10.0, 100.0, 1000.0)  # steps of smoothing that `m` goes through
MOST_SMOOTHED = 4096  # values smoothed one by one; more are taken in pairs of extremes first
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


class CurvesPanel(Panel):
    NAME, TITLE = "curves", "Curves"
    SLOW_SECONDS = 1.0
    HELP = "Loss and accuracy by epoch: ● training, ○ validation, behind them each batch's loss; ★ the best epoch."
    BINDINGS = keys.bindings("curves")

    def view(self, moment: Moment, width: int, height: int) -> CurvesView | None:
        if not moment.state.started:
            return None
        second = "mae" if moment.task == "regression" else "accuracy"
        metrics = ["loss", second] if _rectangles(width, height, 2) else ["loss"]
        if moment.task == "regression" and _rectangles(width, height, 3):
            metrics.append("r2")
        charts, legends = zip(*(chart_of(moment, metric, width) for metric in metrics), strict=True)
        return CurvesView(charts, legends)

    def draw(self, view: CurvesView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None:
            return waiting(width, height, "curves appear with the first step")
        grid = Grid(width, height)
        rectangles = _rectangles(width, height, len(view.charts)) or [(0, 0, width, height)]
        # charts above each other have the same margin, so that the cursor goes straight through them
        margin = max(margin_of(chart, h) for chart, (_, _, _, h) in zip(view.charts, rectangles, strict=True))
        for chart, legend, (x, y, w, h) in zip(view.charts, view.legends, rectangles, strict=True):
            draw_chart(grid, chart, x, y, w, h, margin)
            at = grid.put(x, y, chart.title + (f", {chart.unit}" if chart.unit else ""), Ink.TITLE) + 2
            _draw_legend(grid, legend, at, y, x + w)
        return grid

    # ---- reading by keyboard

    def _look(self, **changes) -> None:
        self.screen.set_look(**changes)

    def action_cursor(self, columns: int) -> None:
        """Move the cursor, and with it all panels, by columns of the chart."""
        if self.moment is None or not self.moment.state.step:
            return
        state, (first, last) = self.moment.state, window(self.moment)
        steps = max(1, round((last - first) / max(1, self.content_size.width - 8)))
        at = min(state.step, max(1, self.moment.step + columns * steps))
        changes = {"at": at}
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
        self._look(log_y=not self.screen.look.log_y)

    def action_smooth(self) -> None:
        now = HALF_LIVES.index(self.screen.look.half_life)
        self._look(half_life=HALF_LIVES[(now + 1) % len(HALF_LIVES)])

    def action_axis(self) -> None:
        self._look(axis=NAMES[(NAMES.index(self.screen.look.axis) + 1) % len(NAMES)])

    def action_best(self) -> None:
        best = self.moment.state.best_epoch if self.moment else None
        if best:
            self._look(at=best.step)


def chart_of(moment: Moment, metric: str, width: int) -> tuple[Chart, tuple[Legend, ...]]:
    """One metric as a chart, and its legend with the values at the moment."""
    if moment.others:
        return overlay_of(moment, metric)
    state, epochs, look = moment.state, moment.state.epochs, moment.look
    axis, (first, last) = axis_of(moment), window(moment)
    seen = [e for e in epochs if first <= e.step <= last]
    # the neighbours outside, so that lines go on to the edges
    seen = [e for e in epochs if e.step < first][-1:] + seen + [e for e in epochs if e.step > last][:1]
    xs = tuple(axis.at([e.step for e in seen]).tolist())
    train = tuple(e.train.get(metric, math.nan) for e in seen)
    validation = tuple(e.validation.get(metric, math.nan) for e in seen)
    lines = [
        Line("train", xs, train, Ink.TRAIN, "●"),
        Line("validation", xs, validation, Ink.VALIDATION, "○", dashed=True),
    ]
    bands, broken, values, smooth = (), (), [*train, *validation], None
    if metric == "loss" and state.loss.count:
        band = _batch_band(moment, axis, first, last, width)
        bands = (band,)
        broken = tuple(axis.at([k + 1 for k in state.loss.nonfinite[:100] if first <= k + 1 <= last]).tolist())
        if look.half_life:
            smooth = _smooth_line(moment, axis, first, last)
            lines.insert(0, smooth)
            values += smooth.y
        usual = np.array(band.high)[np.isfinite(band.high)]
        if len(usual):
            calm = usual[usual <= CALM * np.quantile(usual, 0.9)]
            values += [*band.low, float(np.max(calm, initial=usual.min()))]
    chart = Chart(
        TITLES[metric],
        str(moment.dataset.get("unit") or "") if metric == "mae" else "",
        Scale(float(axis.at(first)), float(axis.at(last))),
        _y_scale(np.array(values, float), metric, look.log_y and metric in ("loss", "mae")),
        tuple(lines),
        bands,
        x_name=axis.name,
        cursor=None if moment.live else float(axis.at(moment.step)),
        cursor_name="" if moment.live else _where(moment, axis),
        best=float(axis.at(state.best_epoch.step)) if state.best_epoch and metric == "loss" else None,
        broken=broken,
        percent=metric == "accuracy",
    )
    return chart, _legend(moment, metric, bool(bands), smooth)


def overlay_of(moment: Moment, metric: str) -> tuple[Chart, tuple[Legend, ...]]:
    """One metric of several runs: validation where there is any, else training; a run keeps its sign and colour."""
    lines, legend, ends = [], [], []
    for k, (name, state) in enumerate(moment.runs[: len(MARKS)]):
        alone = Moment(state, moment.look, name)
        axis = axis_of(alone)
        values = tuple((e.validation or e.train).get(metric, math.nan) for e in state.epochs)
        xs = tuple(axis.at([e.step for e in state.epochs]).tolist())
        lines.append(Line(name, xs, values, Ink.RUN + k, MARKS[k]))
        legend.append(Legend(MARKS[k], "", _value(metric, values[-1] if values else None), Ink.RUN + k))
        ends.append([float(axis.at(step)) for step in window(alone)])
    low, high = ends[0] if moment.look.span is not None else (0.0, max(end for _, end in ends))
    x = Scale(low, high)
    seen = [y for line in lines for at, y in zip(line.x, line.y, strict=True) if low <= at <= high]
    axis = axis_of(moment)
    kind = "validation " if any(e.validation for _, state in moment.runs for e in state.epochs[:1]) else "training "
    chart = Chart(
        kind + TITLES[metric],
        "",
        x,
        _y_scale(np.array(seen, float), metric, moment.look.log_y and metric in ("loss", "mae")),
        tuple(lines),
        x_name=axis.name,
        cursor=None if moment.live else float(axis.at(moment.step)),
        cursor_name="" if moment.live else _where(moment, axis),
        percent=metric == "accuracy",
    )
    return chart, tuple(legend)


def _batch_band(moment: Moment, axis, first: float, last: float, width: int) -> Band:
    """Extremes of the batch loss for each dot column, or each step where there are fewer."""
    loss = moment.state.loss
    begin, end = math.floor(first), min(loss.count, math.ceil(last))
    dots = max(2, round(2 * width * min(1.0, (end - begin) / max(1.0, last - first))))
    columns = max(1, min(dots, end - begin))
    low, high = loss.columns(begin, end, columns)
    places = axis.at(begin + (np.arange(columns) + 0.5) * (end - begin) / columns + 0.5)
    return Band("batch", tuple(places.tolist()), tuple(low.tolist()), tuple(high.tolist()), Ink.BATCH)


def _smooth_line(moment: Moment, axis, first: float, last: float) -> Line:
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


def _legend(moment: Moment, metric: str, batch: bool, smooth: Line | None) -> tuple[Legend, ...]:
    epoch, loss = moment.epoch, moment.state.loss
    train = epoch.train.get(metric) if epoch else None
    entries = [Legend("●", "train", _value(metric, train), Ink.TRAIN)]
    if moment.dataset.get("validation"):
        value = epoch.validation.get(metric) if epoch else None
        entries.append(Legend("○", "validation", _value(metric, value), Ink.VALIDATION))
    if batch:
        entries.append(Legend("▒", "batch", figure(loss.value_at(min(loss.count, moment.step) - 1)), Ink.BATCH))
    if smooth and smooth.y:
        entries.append(Legend("~", "smoothed", f"over {moment.look.half_life:g} steps", Ink.TEXT))
    return tuple(entries)


def _where(moment: Moment, axis) -> str:
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
