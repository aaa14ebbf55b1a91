"""Hidden space: where rows lie in the last hidden layer, marked by class: what the output layer has to part."""

import base64
from dataclasses import dataclass

import numpy as np

from dnn_tui.mlp.activations import ACTIVATIONS
from dnn_tui.mlp.events import Hidden, Snapshot, Surface
from dnn_tui.mlp.explain.notation import indexed, pretty

from ..drawing.function import Entry, Spot, draw_function
from ..drawing.grid import Grid
from ..drawing.numbers import figure, percent
from ..drawing.plot import Chart, Scale, span
from ..drawing.theme import GROUPS, Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, waiting
from .surface import MARKS, SurfaceView, draw_surface, unit_lines

ROWS, COLUMNS = 40, 80  # points of the plane of two units that the output layer answers


@dataclass(frozen=True)
class HiddenView:
    """plane: of two units, what the output layer answers there; None of principal components."""

    hidden: Hidden
    task: str
    classes: tuple[str, ...]
    layer: int  # which hidden layer it is, from 1
    plane: SurfaceView | None
    step: int = 0


class HiddenPanel(Panel[HiddenView | str]):
    NAME, TITLE = "hidden", "Hidden space"
    SLOW_SECONDS = 2.0
    HELP = "Rows in the plane of two hidden units, or of the last hidden layer's two principal components."

    @staticmethod
    def fits(moment: Moment) -> bool:
        sizes = [int(size) for size in moment.network.get("sizes") or ()]
        return len(sizes) > 2 and sizes[-2] > 1

    def view(self, moment: Moment, width: int, height: int) -> HiddenView | str:
        snapshot = moment.snapshot
        if snapshot is None:
            return "with the first picture"
        if snapshot.hidden is None:
            return "this picture has no rows of the hidden layer"
        hidden, layer = snapshot.hidden, len(snapshot.layers) - 2
        plane = None
        if hidden.units == 2:
            plane = plane_of_units(snapshot, hidden, moment.task, moment.classes)
        return HiddenView(hidden, moment.task, moment.classes, layer, plane, snapshot.step)

    def draw(self, view: HiddenView | str, width: int, height: int, palette: Palette) -> Grid:
        if isinstance(view, str):
            return waiting(width, height, view)
        if view.plane is not None:
            return draw_surface(view.plane, width, height, palette.mono)
        return draw_hidden(view, width, height)


def plane_of_units(snapshot: Snapshot, hidden: Hidden, task: str, classes: tuple[str, ...]) -> SurfaceView | None:
    """The plane of a hidden layer's two units with what the output layer makes of each place; None for a regression,

    and where the picture lacks outputs.
    """
    last, statistics = snapshot.layers[-1], snapshot.statistics
    if len(last.units) != last.size or len(statistics) != len(snapshot.layers) - 1:
        return None
    points, labels = hidden.points()
    (left, right), (low, high) = (_roomy(ends) for ends in (hidden.x, hidden.y))
    x, y = np.linspace(left, right, COLUMNS), np.linspace(high, low, ROWS)
    a = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2) @ np.array(last.W).T + np.array(last.b)
    yhat = np.empty_like(a)
    ACTIVATIONS[statistics[-1].activation].forward(a, yhat)
    least, most = 0.0, 1.0
    if task == "classes":
        share, most = yhat.argmax(axis=1) / max(1, last.size - 1), float(last.size - 1)
    elif task == "binary":
        share = yhat[:, 0]
    else:  # in the rows' own unit the answer's scale is not known here: the places are shown, the answer is not
        return None
    levels = np.rint(np.clip(np.nan_to_num(share), 0, 1) * 255).astype(np.uint8)
    surface = Surface(
        (left, right), (low, high), ROWS, COLUMNS, least, most, base64.b64encode(levels.tobytes()).decode()
    )
    places = tuple((float(p), float(q), float(label)) for (p, q), label in zip(points, labels, strict=True))
    layer = len(snapshot.layers) - 2
    names = (pretty(indexed("h", layer, 1)), pretty(indexed("h", layer, 2)))
    lines = unit_lines(last) if task == "binary" else ()
    return SurfaceView(surface, places, task, classes, snapshot.step, names, lines, hidden=True)


def _roomy(ends: tuple[float, float]) -> tuple[float, float]:
    """Round ends with room: they stay as they are while rows move a little."""
    return span(np.array(ends), zero=False)


def draw_hidden(view: HiddenView, width: int, height: int) -> Grid:
    """The rows as marks, one kind a class, in the plane of two units or of the two principal components."""
    hidden = view.hidden
    points, labels = hidden.points()
    x, y = _roomy(hidden.x), _roomy(hidden.y)
    pair = [pretty(indexed("h", view.layer, k)) for k in (1, 2)]
    # turned from picture to picture as little as can be, the axes are no single components, but the plane is theirs
    name = f"{pair[0]} →, {pair[1]} ↑" if hidden.units == 2 else "plane of PC 1 and 2"
    chart = Chart("", "", Scale(*x), Scale(*y), x_name=name)
    entries, marks = legend_of(view, labels)
    spots = [Spot(float(p), float(q), *mark) for (p, q), mark in zip(points, marks, strict=True)]
    rows, held = f"{hidden.split} rows", percent(hidden.share, 0)
    said = (
        f"{len(labels)} {rows} in layer {view.layer}; the plane holds {held} of the {hidden.units} units' variance",
        f"{rows}; {held} of {hidden.units} units' variance",
    )
    if hidden.units == 2:
        said = (f"{len(labels)} {rows} in the two units of layer {view.layer}", rows)
    return draw_function(chart, spots, width, height, said, entries)


def legend_of(view: HiddenView, labels: np.ndarray) -> tuple[list[Entry], list[tuple[str, int]]]:
    """What the marks mean, and each row's mark with its ink."""
    if view.task == "regression":
        middle = (view.hidden.low + view.hidden.high) / 2
        low, high = ("◦", Ink.NEGATIVE + 5), ("•", Ink.POSITIVE + 5)
        names = (f"low {figure(view.hidden.low, 2)}", f"high {figure(view.hidden.high, 2)}")
        entries = [(sign, name, ink) for (sign, ink), name in zip((low, high), names, strict=True)]
        return entries, [low if label < middle else high for label in labels]
    if view.task == "binary":
        kinds = [("◦", Ink.NEGATIVE + 5), ("•", Ink.POSITIVE + 5)]
    else:
        kinds = [(MARKS[k % len(MARKS)], Ink.GROUP + k % GROUPS) for k in range(max(len(view.classes), 1))]
    called: tuple[str, ...] = view.classes or ("0", "1")
    entries = [(sign, name, ink) for (sign, ink), name in zip(kinds, called, strict=False)]
    return entries, [kinds[int(label) % len(kinds)] for label in labels]
