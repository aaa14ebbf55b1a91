"""The plane that enters a layer, drawn: the answer as colour, the units' lines, the rows, the one looked at."""

import base64

import numpy as np

from dnn_tui.experiments.explaining.plane import Plane
from dnn_tui.mlp.events import Surface

from ..drawing.grid import Grid
from ..drawing.unit_lines import UnitLine
from ..panels.surface import MOST_LINES, SurfaceView, draw_surface
from .look import Look


def draw_plane(
    plane: Plane, look: Look, classes: tuple[str, ...], unit: int | None, width: int, height: int, mono: bool
) -> Grid:
    """The plane in width × height cells. unit: the one whose line is bright (from 0), if any."""
    low, high = 0.0, 1.0
    if plane.task == "classes":
        high = max(1.0, float(len(classes) - 1))
    elif plane.task == "regression":
        low, high = float(plane.answers.min()), float(plane.answers.max())
    share = (plane.answers - low) / ((high - low) or 1.0)
    levels = np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)
    values = base64.b64encode(levels.tobytes()).decode()
    rows, columns = plane.answers.shape
    surface = Surface(plane.x, plane.y, rows, columns, low, high, values)
    points = tuple(zip(*plane.points.T.tolist(), plane.labels.tolist(), strict=True))
    order = sorted(range(len(plane.lines)), key=lambda k: (k != unit, k))[:MOST_LINES]
    lines = tuple(
        UnitLine(k, float(w1), float(w2), float(b), k == unit)
        for k, (w1, w2, b) in ((k, plane.lines[k]) for k in order)
    )
    names = (look.tell(plane.names[0]), look.tell(plane.names[1]))
    return draw_surface(
        SurfaceView(surface, points, plane.task, classes, 0, names, lines, plane.here, hidden=True), width, height, mono
    )


def _line(unit: int, weights: np.ndarray, focus: bool) -> UnitLine:
    w1, w2, b = (float(number) for number in weights)
    return UnitLine(unit, w1, w2, b, focus)
