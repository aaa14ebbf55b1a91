"""Curves: loss and accuracy over the epochs, training and validation on one axis, the batch loss behind them.

Drawn on our own canvas in plotext's look rather than with textual-plotext: a live PlotextPlot costs 38–43 ms a
repaint and leaves 47 % of the training speed; this one costs about 1 ms. `curve_charts` says what a chart has.
"""

from dataclasses import dataclass

from .. import keys
from ..drawing.axis import NAMES
from ..drawing.grid import Grid
from ..drawing.plot import Chart, draw_chart, inner_width, margin_of
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .curve_charts import Legend, all_metrics, frame_of, legend_of, with_lines
from .ghosts import ghosted
from .panel import Panel, waiting
from .window import panned, window, zoomed

SHORT = {"validation": "val", "smoothed": "~"}
HALF_LIVES = (0.0, 10.0, 100.0, 1000.0)  # steps of smoothing that `m` goes through


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
