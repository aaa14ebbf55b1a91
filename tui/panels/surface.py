"""Surface: for data with two features, the network's answer over the whole plane, with the data on it."""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rich.cells import cell_len

from dnn_tui.mlp.events import LayerView, Surface

from ..drawing.canvas import SHADES, half_blocks, quantise, resample
from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure
from ..drawing.plot import nice_ticks, tick_labels
from ..drawing.theme import GROUPS, LEVELS, Ink, Palette
from ..drawing.unit_lines import UnitLine, draw_unit_lines
from ..sessions.moment import Moment
from .panel import Panel, waiting

MOST_LINES = 12  # of first-layer units: more would hide the plane
MARKS = "◦•▴+×*◇▾▵#"  # one a class: told apart without colour


@dataclass(frozen=True)
class SurfaceView:
    surface: Surface
    points: tuple[tuple[float, float, float], ...]
    task: str
    classes: tuple[str, ...]
    step: int
    names: tuple[str, ...] = ()  # of the two inputs
    lines: tuple[UnitLine, ...] = ()
    here: tuple[float, float] | None = None  # the row looked at
    hidden: bool = False  # whether it lies in a hidden layer's plane: short names are then more than x₁ and x₂


class SurfacePanel(Panel[SurfaceView | None]):
    NAME, TITLE = "surface", "Surface"
    SLOW_SECONDS = 2.0
    HELP = "The answer for every point of the plane (colour), and the training rows (marks)."

    @staticmethod
    def fits(moment: Moment) -> bool:
        return bool(moment.dataset.get("plane")) or moment.dataset.get("features") == 2

    def view(self, moment: Moment, width: int, height: int) -> SurfaceView | None:
        snapshot = moment.snapshot
        if snapshot is None or snapshot.surface is None:
            return None
        points = snapshot.surface.points or _points_of(moment)
        plane = moment.dataset.get("plane")  # of coordinates from which the inputs are computed: no line there
        names = tuple(plane or moment.dataset.get("feature_names") or ())
        deep = len(snapshot.layers) > 2  # with one layer the line is the answer's own edge
        lines = unit_lines(snapshot.layers[1]) if deep and not plane else ()
        return SurfaceView(snapshot.surface, points, moment.task, moment.classes, snapshot.step, names, lines)

    def draw(self, view: SurfaceView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None:
            return waiting(width, height, "with the first picture")
        return draw_surface(view, width, height, palette.mono)


def _points_of(moment: Moment) -> tuple[tuple[float, float, float], ...]:
    """The rows: sent once, with the first picture of the run, or since it was changed."""
    snapshots, started = moment.state.snapshots, moment.started
    changed = started.step if started and started.change else 0
    first = bisect_left(snapshots.steps, changed)
    for k in range(first, len(snapshots)):  # of several at the step of the change, the last is of after it
        if k > first and snapshots.steps[k] > changed:
            break
        surface = snapshots[k].surface
        if surface and surface.points:
            return surface.points
    return ()


def draw_surface(view: SurfaceView, width: int, height: int, mono: bool = False) -> Grid:
    """The plane as half blocks in LEVELS colours, x₁ to the right, x₂ upwards, the points as marks."""
    grid = Grid(width, height)
    surface = view.surface
    margin = 6 if width >= 30 and height >= 8 else 0
    below = 2 if height >= 8 else 0
    w, h = width - margin, height - below
    if w < 2 or h < 1:
        return grid
    if h >= 6 and w > 2.4 * h:  # a square plane should look about square
        w = round(2.4 * h)
        margin = max(margin, (width - w) // 2)
    share = surface.array()
    share = (share - surface.low) / ((surface.high - surface.low) or 1.0)
    share = resample(share, 2 * h, w)
    if view.task == "classes":
        classes = np.rint(share * max(1, len(view.classes) - 1)).astype(int) % GROUPS
        inks = (classes + Ink.REGION).astype(np.uint8)
    else:
        classes = quantise(share)
        inks = classes + np.uint8(Ink.PLANE)
    if mono:
        grid.paste(_shades(classes, view.task), margin, 0)
    else:
        grid.paste(half_blocks(inks), margin, 0)
    draw_unit_lines(grid, view.lines, surface.x1, surface.x2, margin, w, h)
    _points(grid, view, margin, w, h, inks, mono)
    across, up = (name if len(name) > 2 or view.hidden else "" for name in (view.names or ("", "")))
    if margin:
        _upright_axis(grid, surface, up if up and cell_len(up) <= margin - 4 else "x₂", margin, h)
    if below:
        _lying_axis(grid, surface, fit(across or "x₁", w // 2), margin, w, h)
        _legend(grid, view, mono)
    return grid


def _upright_axis(grid: Grid, surface: Surface, name: str, margin: int, h: int) -> None:
    """x₂'s ticks left of the plane, and its name in the first row, which has no tick where both do not fit."""
    x = grid.put(0 if cell_len(name) > 2 else margin - 6, 0, name, Ink.TEXT)
    ticks = nice_ticks(*surface.x2, 5)
    for value, label in zip(ticks, tick_labels(ticks), strict=True):
        y = int((surface.x2[1] - value) / (surface.x2[1] - surface.x2[0]) * (h - 1e-9))
        if y or x + 1 + len(label) < margin:
            grid.put_right(margin - 1, y, label, Ink.DIM)


def _lying_axis(grid: Grid, surface: Surface, name: str, margin: int, w: int, h: int) -> None:
    """x₁'s name beside the axis, or at its end where there is no room, and as many ticks as stand free."""
    size = cell_len(name)
    beside = margin + w + 1 + size <= grid.width
    end = margin + w if beside else margin + w - size - 1  # of the ticks
    low, high = surface.x1
    for most in (5, 4, 3, 2):
        ticks, places = nice_ticks(low, high, most), []
        for value, label in zip(ticks, tick_labels(ticks), strict=True):
            x = margin + int((value - low) / (high - low) * (w - 1e-9)) - len(label) // 2
            places.append((min(max(margin, x), margin + w - len(label)) if beside else max(margin, x), label))
        places = [(x, label) for x, label in places if x + len(label) <= end]
        if all(x + len(label) < after for (x, label), (after, _) in pairwise(places)):
            break
    for x, label in places:
        grid.put(x, h, label, Ink.DIM)
    grid.put(end + 1, h, name, Ink.TEXT)


def _shades(levels: np.ndarray, task: str) -> Grid:
    grid = Grid(levels.shape[1], len(levels) // 2)
    scale = 2 if task == "classes" else 1
    grid.chars[...] = np.array([ord(c) for c in SHADES], np.uint32)[np.minimum(levels[::2] * scale, LEVELS - 1)]
    return grid


def _points(grid: Grid, view: SurfaceView, left: int, w: int, h: int, inks: np.ndarray, mono: bool) -> None:
    surface = view.surface
    values = [p[2] for p in view.points]
    low, high = min(values, default=0.0), max(values, default=1.0)
    small = ("•", "◦")
    for x1, x2, label in view.points:
        column = int((x1 - surface.x1[0]) / (surface.x1[1] - surface.x1[0]) * w)
        row = int((surface.x2[1] - x2) / (surface.x2[1] - surface.x2[0]) * h)
        if not (0 <= column < w and 0 <= row < h):
            continue
        if view.task == "regression":
            mark, ink = small[0], Ink.NEGATIVE + 5 if (label - low) * 2 < high - low else Ink.POSITIVE + 5
        elif view.task == "binary":
            mark, ink = (small[0], Ink.POSITIVE + 5) if label else (small[1], Ink.NEGATIVE + 5)
        else:
            mark, ink = MARKS[int(label) % len(MARKS)], Ink.GROUP + int(label) % GROUPS
        grid.put(left + column, row, mark, ink, None if mono else int(inks[2 * row, column]))
    if view.here is not None:
        column = int((view.here[0] - surface.x1[0]) / (surface.x1[1] - surface.x1[0]) * w)
        row = int((surface.x2[1] - view.here[1]) / (surface.x2[1] - surface.x2[0]) * h)
        if 0 <= column < w and 0 <= row < h:
            grid.put(left + column, row, "●", Ink.TITLE, None if mono else int(inks[2 * row, column]))


def unit_lines(layer: LayerView, most: int = MOST_LINES) -> tuple[UnitLine, ...]:
    """Where the units of a layer that two numbers enter turn from one side to the other; the steepest, of many."""
    found = [UnitLine(unit, w[0], w[1], b) for unit, w, b in zip(layer.units, layer.W, layer.b, strict=True)]
    found.sort(key=lambda line: -(line.w1**2 + line.w2**2))
    return tuple(found[:most])


def _legend(grid: Grid, view: SurfaceView, mono: bool) -> None:
    y, x = grid.height - 1, 0
    if view.task == "binary":
        names = (*view.classes, "0", "1")
        entries = [("◦", names[0], Ink.NEGATIVE + 5), ("•", names[1], Ink.POSITIVE + 5)]
    elif view.task == "classes":
        entries = [(MARKS[k % len(MARKS)], c, Ink.GROUP + k % GROUPS) for k, c in enumerate(view.classes)]
    else:
        surface = view.surface
        entries = [("•", f"low {figure(surface.low, 2)}", Ink.NEGATIVE + 5)]
        entries.append(("•", f"high {figure(surface.high, 2)}", Ink.POSITIVE + 5))
    if view.here is not None:
        entries.append(("●", "this row", Ink.TITLE))
    if view.lines:
        entries.append(("┄", "a = 0", Ink.TEXT))
    for mark, name, ink in entries:
        if x + len(name) + 2 > grid.width:
            break
        x = grid.put(grid.put(x, y, mark, ink) + 1, y, name, Ink.TEXT) + 2
    title = f"P({entries[1][1]}) 0 " if view.task == "binary" else ""
    if title and not mono and x + len(title) + LEVELS + 2 <= grid.width:
        x = grid.put(x, y, title, Ink.DIM)
        for level in range(LEVELS):
            x = grid.put(x, y, " ", Ink.TEXT, Ink.PLANE + level)
        grid.put(x, y, fit(" 1", grid.width - x), Ink.DIM)
