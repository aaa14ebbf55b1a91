"""Runs: the latest figures of the runs that are compared, beside the signs they have in the curves."""

from dataclasses import dataclass

from dnn_tui.runs.state import RunState

from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure, percent
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, waiting

MARKS = "●○▲△■□◆◇"  # a run keeps its sign and its colour while it is on the screen
MOST = len(MARKS)


@dataclass(frozen=True)
class Row:
    name: str
    state: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class RunsView:
    titles: tuple[str, ...]
    rows: tuple[Row, ...]


def judged(state: RunState, metric: str) -> tuple[str, str, str]:
    """A metric's latest training and validation figure, and the best of the two kinds that the run is judged by."""
    epoch, best = state.latest_epoch, state.best_epoch
    show = percent if metric == "accuracy" else figure
    train = show(epoch.train.get(metric)) if epoch else "–"
    validation = show(epoch.validation.get(metric)) if epoch else "–"
    return train, validation, show((best.validation or best.train).get(metric)) if best else "–"


class RunsPanel(Panel[RunsView]):
    NAME, TITLE = "runs", "Runs"
    HELP = "The runs that are compared, with their signs in the curves: latest figures, and those of the best epoch."

    @staticmethod
    def fits(moment: Moment) -> bool:
        return bool(moment.others)

    def view(self, moment: Moment, width: int, height: int) -> RunsView:
        metric = "r2" if moment.task == "regression" else "accuracy"
        name = "R²" if metric == "r2" else "accuracy"
        rows = []
        for title, state in moment.runs:
            loss, second = judged(state, "loss"), judged(state, metric)
            epoch = f"{state.epoch}/{state.total_epochs}"
            rows.append(Row(title, state.status, (second[1], epoch, loss[1], loss[0], second[2])))
        return RunsView((f"val {name}", "epoch", "val loss", "train loss", f"best {name}"), tuple(rows))

    def draw(self, view: RunsView, width: int, height: int, palette: Palette) -> Grid:
        if not view.rows:
            return waiting(width, height, "no run")
        grid = Grid(width, height)
        sizes = [max(len(title), *(len(row.cells[k]) for row in view.rows)) + 2 for k, title in enumerate(view.titles)]
        while sizes and sum(sizes) > width - 14:
            sizes.pop()  # the last columns go first
        name = width - sum(sizes) - 2
        two = height >= 2 * len(view.rows) + 1 and max(len(row.name) for row in view.rows) > name - 10
        grid.put(2, 0, "run", Ink.DIM)
        edges = [2 + name + sum(sizes[: k + 1]) for k in range(len(sizes))]
        for right, title in zip(edges, view.titles, strict=False):
            grid.put_right(right, 0, title, Ink.DIM)
        for k, row in enumerate(view.rows[:MOST]):
            y = 1 + k * (2 if two else 1)
            grid.put(0, y, MARKS[k], Ink.RUN + k)
            if two:
                grid.put(2, y, fit(row.name, width - 2), Ink.TEXT)
                y += 1
            grid.put(2, y, fit(row.state if two else row.name, name - 1), Ink.DIM if two else Ink.TEXT)
            for right, cell in zip(edges, row.cells, strict=False):
                grid.put_right(right, y, cell, Ink.TEXT)
        return grid
