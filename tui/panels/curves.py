"""Curves: loss and accuracy over the epochs, training and validation on one axis, the batch loss behind them.

Drawn on our own canvas in plotext's look rather than with textual-plotext: a live PlotextPlot costs 38–43 ms a
repaint and leaves 47 % of the training speed; this one costs about 1 ms. The batch loss is the minimum and maximum
of the steps under each dot column, never a random choice of them, so a spike of one step is seen at any width.
"""

import math
from dataclasses import dataclass

import numpy as np

from ..grid import Grid
from ..moment import Moment
from ..numbers import figure, percent
from ..plot import Band, Chart, Line, Scale, draw_chart, span
from ..theme import Ink, Palette
from .panel import Panel, waiting

TITLES = {"loss": "loss", "accuracy": "accuracy", "mae": "MAE", "r2": "R²"}
SHORT = {"validation": "val"}
ENDS = (1, 2, 3, 4, 5, 6, 8, 10)  # where the epoch axis may end while it grows: times powers of ten


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
    HELP = "Loss and accuracy by epoch: ● training, ○ validation, and behind them each batch's loss."

    def view(self, moment: Moment, width: int, height: int) -> CurvesView | None:
        if not moment.state.started:
            return None
        second = "mae" if moment.task == "regression" else "accuracy"
        metrics = ["loss", second] if _rectangles(width, height, 2) else ["loss"]
        if moment.task == "regression" and _rectangles(width, height, 3):
            metrics.append("r2")
        charts, legends = zip(*(self._chart(moment, metric, width) for metric in metrics), strict=True)
        return CurvesView(charts, legends)

    def _chart(self, moment: Moment, metric: str, width: int) -> tuple[Chart, tuple[Legend, ...]]:
        state, epochs, per_epoch = moment.state, moment.state.epochs, moment.state.steps_per_epoch
        now = state.step / per_epoch if per_epoch else 0.0
        x = Scale(0.0, axis_end(now, state.total_epochs))
        xs = tuple(float(e.epoch) for e in epochs)
        train = tuple(e.train.get(metric, math.nan) for e in epochs)
        validation = tuple(e.validation.get(metric, math.nan) for e in epochs)
        bands, broken, values = (), (), [*train, *validation]
        if metric == "loss" and state.loss.count:
            count = state.loss.count
            dots = max(2, round(2 * width * min(1.0, now / x.high)))
            low, high = state.loss.columns(0, count, min(dots, count))
            band = Band("batch", 1 / per_epoch, count / per_epoch, tuple(low.tolist()), tuple(high.tolist()), Ink.BATCH)
            bands, broken = (band,), tuple((k + 1) / per_epoch for k in state.loss.nonfinite[:20])
            # one spike must not flatten all the rest: the axis holds the usual peaks, ▲ marks what is above
            usual = high[np.isfinite(high)]
            if len(usual):
                ceiling = 8 * np.quantile(usual, 0.9)
                values += [*low.tolist(), float(np.max(usual[usual <= ceiling], initial=usual.min()))]
        log = moment.look.log_y and metric == "loss"
        y = self._y_scale(np.array(values, float), metric, log)
        legend = [Legend("●", "train", _value(metric, train[-1] if train else None), Ink.TRAIN)]
        if any(e.validation for e in epochs) or moment.dataset.get("validation"):
            legend.append(Legend("○", "validation", _value(metric, validation[-1] if epochs else None), Ink.VALIDATION))
        if bands:
            legend.append(Legend("▒", "batch", figure(state.loss.value_at(state.loss.count - 1), 3), Ink.BATCH))
        best = state.best_epoch
        return Chart(
            TITLES[metric],
            str(moment.dataset.get("unit") or "") if metric == "mae" else "",
            x,
            y,
            (
                Line("train", xs, train, Ink.TRAIN, "●"),
                Line("validation", xs, validation, Ink.VALIDATION, "○", dashed=True),
            ),
            bands,
            cursor=None if moment.live else moment.step / (per_epoch or 1),
            best=float(best.epoch) if best and best.validation and metric == "loss" else None,
            broken=broken,
            percent=metric == "accuracy",
        ), tuple(legend)

    @staticmethod
    def _y_scale(values: np.ndarray, metric: str, log: bool) -> Scale:
        if log:
            positive = values[np.isfinite(values) & (values > 0)]
            low, high = (positive.min(), positive.max()) if len(positive) else (0.1, 1.0)
            return Scale(float(low) / 1.2, float(high) * 1.2, log=True)
        low, high = span(values)
        if metric == "accuracy":
            # a tenth at least: two figures that hardly differ should not look far apart
            high = min(1.0, high) if len(values) else 1.0
            low = max(0.0, min(low, high - 0.1))
        elif metric == "r2":
            high = min(1.0, high)
        return Scale(low, high)

    def draw(self, view: CurvesView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None:
            return waiting(width, height, "curves appear with the first step")
        grid = Grid(width, height)
        rectangles = _rectangles(width, height, len(view.charts)) or [(0, 0, width, height)]
        for chart, legend, (x, y, w, h) in zip(view.charts, view.legends, rectangles, strict=True):
            draw_chart(grid, chart, x, y, w, h, palette.mono)
            end = x + w
            at = grid.put(x, y, chart.title + (f", {chart.unit}" if chart.unit else ""), Ink.TITLE) + 2
            _draw_legend(grid, legend, at, y, end)
        return grid


def _draw_legend(grid: Grid, legend: tuple[Legend, ...], x: int, y: int, end: int) -> None:
    """In the longest form that fits: all by name, the first two by name, the first two by their marks."""
    names = [f"{entry.mark} {entry.name} " for entry in legend]
    short = [f"{entry.mark} {SHORT.get(entry.name, entry.name)} " for entry in legend]
    marks = [f"{entry.mark} " for entry in legend]
    for form in (names, short, names[:2], short[:2], marks[:2]):
        texts = [(name, entry.value, entry.ink) for name, entry in zip(form, legend, strict=False)]
        if x + sum(len(name) + len(value) + 2 for name, value, _ in texts) - 2 <= end:
            for name, value, ink in texts:
                x = grid.put(grid.put(x, y, name, ink), y, value, Ink.TEXT) + 2
            return


def axis_end(now: float, total: int) -> float:
    """Where an epoch axis ends that holds `now` and grows in steps, so that it is not redrawn all the time."""
    if total <= 0:
        return max(1.0, now)
    power = 10 ** max(0, math.floor(math.log10(max(now, 1))))
    return float(min(total, next((k * power for k in ENDS if k * power >= now), total)))


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
