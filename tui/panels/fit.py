"""Fit: for data with one input, the learned curve, the rows, and where each hidden unit bends it."""

from dataclasses import dataclass

import numpy as np

from dnn_tui.mlp.events import Fit, LayerView, Snapshot

from ..drawing.function import Spot, draw_function
from ..drawing.grid import Grid
from ..drawing.plot import Chart, Line, Scale, span
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .once import sent_once
from .panel import Panel, waiting

Pairs = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class FitView:
    """x, y: the curve; points are trained on, tests are not; bends: where a first-layer unit's sum is 0, in x."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    points: Pairs
    tests: Pairs
    bends: tuple[float, ...]
    names: tuple[str, str]  # of the input and of the answer
    step: int = 0
    here: tuple[float, float] | None = None  # the row looked at


class FitPanel(Panel[FitView | str]):
    NAME, TITLE = "fit", "Fit"
    HELP = "The answer over the only input (line), the rows (marks), and where each hidden unit bends the line."

    @staticmethod
    def fits(moment: Moment) -> bool:
        return moment.dataset.get("features") == 1

    def view(self, moment: Moment, width: int, height: int) -> FitView | str:
        snapshot = moment.snapshot
        if snapshot is None:
            return "with the first picture"
        if snapshot.fit is None:  # of an older run
            return "this picture has no curve"
        fit, first = snapshot.fit, sent_once(moment, _with_points)
        points, tests = (fit.points, fit.tests) if fit.points or first is None else (first.points, first.tests)
        x, y = fit.curve()
        target = next(iter(moment.dataset.get("targets") or ()), "y")
        answer = (
            f"P({moment.classes[1]})" if moment.task == "binary" else "class" if moment.task == "classes" else target
        )
        names = (next(iter(moment.dataset.get("feature_names") or ()), "x"), answer)
        curve = tuple(x.tolist()), tuple(y.tolist())
        return FitView(*curve, points, tests, bends_of(snapshot), names, snapshot.step)

    def draw(self, view: FitView | str, width: int, height: int, palette: Palette) -> Grid:
        if isinstance(view, str):
            return waiting(width, height, view)
        return draw_fit(view, width, height)


def _with_points(snapshot: Snapshot) -> Fit | None:
    return snapshot.fit if snapshot.fit is not None and snapshot.fit.points else None


def bends_of(snapshot: Snapshot) -> tuple[float, ...]:
    """Where each shown unit of the first hidden layer has a = w x + b = 0, in the input's own unit; those in sight."""
    fit = snapshot.fit
    if fit is None or len(snapshot.layers) < 3:
        return ()
    return places_of_bends(snapshot.layers[1], fit.offset, fit.scale, fit.x)


def places_of_bends(layer: LayerView, offset: float, scale: float, ends: tuple[float, float]) -> tuple[float, ...]:
    """x = −b/w of a layer with a single input, by its own unit: x · scale + offset; those between the ends."""
    places = [-b / w[0] * scale + offset for w, b in zip(layer.W, layer.b, strict=True) if w[0]]
    return tuple(sorted(place for place in places if ends[0] <= place <= ends[1]))


def draw_fit(view: FitView, width: int, height: int) -> Grid:
    """The curve over its input with the rows; ◆ stands on it where a hidden unit turns from one side to the other."""
    seen = np.array([y for _, y in (*view.points, *view.tests)])
    kept = np.array(view.y)
    reach = float(np.ptp(seen)) if len(seen) else 0.0
    if reach:
        # a curve that shoots far beyond the rows is cut off: its wildness is seen, and the rows are still told apart
        kept = kept[(kept >= seen.min() - reach / 2) & (kept <= seen.max() + reach / 2)]
    low, high = span(np.concatenate([seen, kept]), zero=False)
    y = np.array(view.y)
    inside = np.where((y >= low) & (y <= high), y, np.nan)
    line = Line(f"{view.names[1]}", view.x, tuple(inside.tolist()), Ink.TRAIN, "")
    chart = Chart("", "", Scale(view.x[0], view.x[-1]), Scale(low, high), (line,), x_name=view.names[0])
    spots = [Spot(*point, "•", Ink.DIM) for point in view.points]
    spots += [Spot(*point, "×", Ink.VALIDATION) for point in view.tests]
    spots += [Spot(at, float(np.interp(at, view.x, y)), "◆", Ink.ACCENT) for at in view.bends]
    entries = [("•", "rows", Ink.DIM)]
    if view.tests:
        entries.append(("×", "not trained on", Ink.VALIDATION))
    if view.bends:
        entries.append(("◆", "a hidden unit's a = 0", Ink.ACCENT))
    if view.here is not None:
        spots.append(Spot(*view.here, "●", Ink.TITLE))
        entries.append(("●", "this row", Ink.TITLE))
    return draw_function(chart, spots, width, height, entries=entries)
