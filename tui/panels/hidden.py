"""Hidden space: where rows lie in the last hidden layer, marked by class: what the output layer has to part."""

import base64
from dataclasses import dataclass

import numpy as np

from dnn_tui.mlp.activations import ACTIVATIONS
from dnn_tui.mlp.events import Hidden, Snapshot, Surface
from dnn_tui.mlp.explain.notation import indexed, pretty

from .. import keys
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
    """plane: of a layer's only two units, what the output layer answers there; else None. pair: of more units the two

    (from 0) whose plane is looked at; None: it is that of the principal components.
    """

    hidden: Hidden
    task: str
    classes: tuple[str, ...]
    layer: int  # which hidden layer it is, from 1
    plane: SurfaceView | None
    step: int = 0
    pair: tuple[int, int] | None = None


class HiddenPanel(Panel[HiddenView | str]):
    NAME, TITLE = "hidden", "Hidden space"
    SLOW_SECONDS = 2.0
    HELP = "Rows in the plane of two hidden units (arrows choose them), or of the last hidden layer's two components."
    BINDINGS = keys.bindings("hidden")

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
        pair = moment.look.pair
        if pair is not None and not set(pair) <= set(hidden.shown):  # of a layer that has changed, or of another run
            pair = None
        return HiddenView(hidden, moment.task, moment.classes, layer, plane, snapshot.step, pair)

    def draw(self, view: HiddenView | str, width: int, height: int, palette: Palette) -> Grid:
        if isinstance(view, str):
            return waiting(width, height, view)
        if view.plane is not None:
            return draw_surface(view.plane, width, height, palette.mono)
        return draw_hidden(view, width, height)

    def action_unit_on(self, axis: int, by: int) -> None:
        """Another unit along an axis (0 →, 1 ↑); from the principal components, first the plane of the first two."""
        view = self._view
        if not isinstance(view, HiddenView):
            return
        if not view.hidden.shown:
            only = view.hidden.units == 2
            self.run_screen.told(
                "the layer has two units, and this is their plane" if only else "this run kept no units' own values"
            )
            return
        self.run_screen.set_look(pair=next_pair(view.hidden.shown, view.pair, axis, by))

    def action_components(self) -> None:
        """The plane of the principal components."""
        self.run_screen.set_look(pair=None)


def next_pair(shown: tuple[int, ...], pair: tuple[int, int] | None, axis: int, by: int) -> tuple[int, int]:
    """The pair of units after a key: the next one along that axis which is not the other axis's, round the end."""
    if pair is None:
        return shown[0], shown[1]
    others = [unit for unit in shown if unit != pair[1 - axis]]
    unit = others[(others.index(pair[axis]) + by) % len(others)]
    return (unit, pair[1]) if axis == 0 else (pair[0], unit)


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


def _ends(hidden: Hidden, pair: tuple[int, int]) -> tuple[tuple[float, float], ...]:
    return tuple(hidden.ends[hidden.shown.index(unit)] for unit in pair)


def _roomy(ends: tuple[float, float]) -> tuple[float, float]:
    """Round ends with room: they stay as they are while rows move a little."""
    return span(np.array(ends), zero=False)


def draw_hidden(view: HiddenView, width: int, height: int) -> Grid:
    """The rows as marks, one kind a class, in the plane of two units or of the two principal components."""
    hidden = view.hidden
    points, labels = hidden.points() if view.pair is None else hidden.pair(*view.pair)
    x, y = (_roomy(ends) for ends in ((hidden.x, hidden.y) if view.pair is None else _ends(hidden, view.pair)))
    pair = [pretty(indexed("h", view.layer, k + 1)) for k in view.pair or (0, 1)]
    # turned from picture to picture as little as can be, the axes are no single components, but the plane is theirs
    units = hidden.units == 2 or view.pair is not None
    name = f"{pair[0]} →, {pair[1]} ↑" if units else "plane of PC 1 and 2"
    chart = Chart("", "", Scale(*x), Scale(*y), x_name=name)
    entries, marks = legend_of(view, labels)
    spots = [Spot(float(p), float(q), *mark) for (p, q), mark in zip(points, marks, strict=True)]
    rows, held = f"{hidden.split} rows", percent(hidden.share, 0)
    whole = f"{len(labels)} {rows} in layer {view.layer}; the plane holds {held} of the {hidden.units} units' variance"
    said: tuple[str, ...] = (whole, f"{rows}; {held} of {hidden.units} units' variance")
    if hidden.shown:
        said = (f"{whole}; arrows: two units' plane", *said)
    if view.pair is not None:  # a low panel has no room for the axis's name
        entries = [("→", pair[0], Ink.TITLE), ("↑", pair[1], Ink.TITLE), *entries]
        these = f"{len(labels)} {rows} in units {view.pair[0] + 1} and {view.pair[1] + 1}"
        said = (f"{these} of layer {view.layer}'s {hidden.units}; c: the components", these, rows)
    elif hidden.units == 2:
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
