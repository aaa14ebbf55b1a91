"""The surface drawn: the plane in colours, axes, points, the cursor; and where a place of it is on the screen."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rich.cells import cell_len

from dnn_tui.mlp.events import Surface, UnitPlane

from ..drawing.canvas import SHADES, half_blocks, quantise, resample
from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure
from ..drawing.plot import nice_ticks, tick_labels
from ..drawing.theme import GROUPS, LEVELS, Ink
from ..drawing.unit_lines import UnitLine, draw_unit_lines
from .scale import draw_scale
from .unit_words import unit_name

Points = tuple[tuple[float, float, float], ...]
TEST = "×"
FEW = 12  # points up to which their marks are large: on a coloured plane a small one is hardly seen
HERE = "◉"  # the row looked at
MARKS = "◦•▴+×*◇▾▵#"  # one a class: told apart without colour


@dataclass(frozen=True)
class SurfaceView:
    """All that the surface panel draws."""

    surface: Surface
    points: Points
    task: str
    classes: tuple[str, ...]
    step: int
    names: tuple[str, ...] = ()  # of the two inputs
    lines: tuple[UnitLine, ...] = ()
    here: tuple[float, float] | None = None  # the row looked at
    hidden: bool = False  # whether its names may be of hidden units: they are then no x₁ and x₂, however short
    tests: Points = ()
    discrete: bool = False
    cursor: tuple[float, float] | None = None
    label: int = 1  # of a point added by hand
    large: UnitPlane | None = None  # the unit shown in place of the answer
    scale: float = 1.0


@dataclass(frozen=True)
class Frame:
    """Where the plane stands in the panel, in cells."""

    left: int
    width: int
    height: int
    below: int

    def cell(self, surface: Surface, x1: float, x2: float) -> tuple[int, int] | None:
        """The cell of a place; None where it is outside."""
        column = int((x1 - surface.x1[0]) / (surface.x1[1] - surface.x1[0]) * self.width)
        row = int((surface.x2[1] - x2) / (surface.x2[1] - surface.x2[0]) * self.height)
        return (self.left + column, row) if 0 <= column < self.width and 0 <= row < self.height else None

    def place(self, surface: Surface, column: int, row: int) -> tuple[float, float] | None:
        """The place in the middle of a cell; None beside the plane."""
        if not (0 <= column - self.left < self.width and 0 <= row < self.height):
            return None
        (low, high), (bottom, top) = surface.x1, surface.x2
        x1 = low + (column - self.left + 0.5) / self.width * (high - low)
        return x1, top - (row + 0.5) / self.height * (top - bottom)


def frame_of(width: int, height: int) -> Frame | None:
    """The plane's place, with margins for axes where there is room; about square. None where there is none."""
    margin = 6 if width >= 30 and height >= 8 else 0
    below = 2 if height >= 8 else 0
    w, h = width - margin, height - below
    if w < 2 or h < 1:
        return None
    if h >= 6 and w > 2.4 * h:  # a square plane should look about square
        w = round(2.4 * h)
        margin = max(margin, (width - w) // 2)
    return Frame(margin, w, h, below)


def draw_surface(view: SurfaceView, width: int, height: int, mono: bool = False) -> Grid:
    """The plane as half blocks in LEVELS colours, x₁ to the right, x₂ upwards, the points as marks."""
    grid = Grid(width, height)
    surface = view.surface
    frame = frame_of(width, height)
    if frame is None:
        return grid
    margin, w, h, below = frame.left, frame.width, frame.height, frame.below
    share = surface.array()
    share = (share - surface.low) / ((surface.high - surface.low) or 1.0)
    if view.discrete and view.task != "classes":
        share = np.where(share < 0.5, 0.25, 0.75)  # the two answers, in colours that leave the points to be seen
    if view.large is not None:
        share = (view.large.array() + 1) / 2
    share = resample(share, 2 * h, w)
    if view.task == "classes" and view.large is None:
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
    _points(grid, view, frame, inks, mono)
    if view.cursor and (cell := frame.cell(surface, *view.cursor)):
        grid.put(*cell, "+", Ink.CURSOR)
    across, up = (name if len(name) > 2 or view.hidden else "" for name in (view.names or ("", "")))
    if margin:
        room = margin - (3 if view.hidden else 4)
        _upright_axis(grid, surface, up if up and cell_len(up) <= room else "x₂", margin, h)
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


def _points(grid: Grid, view: SurfaceView, frame: Frame, inks: np.ndarray, mono: bool) -> None:
    surface = view.surface
    if view.points or view.tests:
        x1, x2, labels = np.array((*view.points, *view.tests), float).T
        marks, colours = _marked(view, labels)
        columns = ((x1 - surface.x1[0]) / (surface.x1[1] - surface.x1[0]) * frame.width).astype(int)
        rows = ((surface.x2[1] - x2) / (surface.x2[1] - surface.x2[0]) * frame.height).astype(int)
        seen = (columns >= 0) & (columns < frame.width) & (rows >= 0) & (rows < frame.height)
        columns, rows = columns[seen], rows[seen]
        behind = None if mono else inks[2 * rows, columns]
        grid.scatter(columns + frame.left, rows, marks[seen], colours[seen], behind)
    here = frame.cell(surface, *view.here) if view.here is not None else None
    if here is not None:
        grid.put(*here, HERE, Ink.TITLE, None if mono else int(inks[2 * here[1], here[0] - frame.left]))


def _marked(view: SurfaceView, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mark of each point, as a code, and its ink."""
    yes, no = (ord(mark) for mark in yes_and_no(view))
    low, high = Ink.NEGATIVE + 5, Ink.POSITIVE + 5
    if view.task == "regression":
        values = labels[: len(view.points)] if view.points else np.array([0.0, 1.0])
        inks = np.where((labels - values.min()) * 2 < values.max() - values.min(), low, high)
        marks = np.full(len(labels), yes)
    elif view.task == "binary":
        marks, inks = np.where(labels, yes, no), np.where(labels, high, low)
    else:
        numbers = labels.astype(int)
        marks, inks = np.array([ord(mark) for mark in MARKS])[numbers % len(MARKS)], Ink.GROUP + numbers % GROUPS
    marks[len(view.points) :] = ord(TEST)
    return marks, inks


def yes_and_no(view: SurfaceView) -> tuple[str, str]:
    """The marks of rows whose answer is yes, and no; of numbers all have the first."""
    return ("●", "○") if len(view.points) <= FEW else ("•", "◦")


def _legend(grid: Grid, view: SurfaceView, mono: bool) -> None:
    y, x = grid.height - 1, 0
    yes, no = yes_and_no(view)
    if view.large is not None:
        x = grid.put(x, y, f"{unit_name(view.large.layer, view.large.unit)}  ", Ink.ACCENT)
        draw_scale(grid, view.scale, x, y, edges=False)
        return
    if view.cursor is not None:
        names = (*view.classes, "0", "1")
        text = str(view.label) if view.task == "regression" else names[view.label % max(2, len(view.classes))]
        x = grid.put(x, y, f"a adds {text} ", Ink.CURSOR)
    if view.task == "binary":
        names = (*view.classes, "0", "1")
        entries = [(no, names[0], Ink.NEGATIVE + 5), (yes, names[1], Ink.POSITIVE + 5)]
    elif view.task == "classes":
        entries = [(MARKS[k % len(MARKS)], c, Ink.GROUP + k % GROUPS) for k, c in enumerate(view.classes)]
    else:
        surface = view.surface
        entries = [(yes, f"low {figure(surface.low, 2)}", Ink.NEGATIVE + 5)]
        entries.append((yes, f"high {figure(surface.high, 2)}", Ink.POSITIVE + 5))
    if view.tests:
        entries.append((TEST, "not trained on", Ink.DIM))
    if view.here is not None:
        entries.append((HERE, "this row", Ink.TITLE))
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
