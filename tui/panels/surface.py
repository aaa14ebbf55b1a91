"""Surface: for data with two coordinates, the network's answer over the whole plane, with the data on it.

Rows can be added and taken away by hand, and a unit that is looked at is shown in the answer's place.
"""

from textual import events

from dnn_tui.mlp.events import LayerView, Snapshot, Surface

from .. import keys
from ..drawing.grid import Grid
from ..drawing.theme import Palette
from ..drawing.unit_lines import UnitLine
from ..sessions.moment import Moment
from .once import sent_once
from .panel import Panel, waiting
from .surface_drawing import MARKS, Points, SurfaceView, draw_surface, frame_of

__all__ = ["MARKS", "MOST_LINES", "SurfacePanel", "SurfaceView", "draw_surface"]

MOST_LINES = 12  # of first-layer units: more would hide the plane


class SurfacePanel(Panel[SurfaceView | None]):
    NAME, TITLE = "surface", "Surface"
    SLOW_SECONDS = 2.0
    HELP = "The answer for every point of the plane (colour), and the training rows (marks); a click adds a row."
    BINDINGS = keys.bindings("surface")

    @staticmethod
    def fits(moment: Moment) -> bool:
        return bool(moment.dataset.get("plane")) or moment.dataset.get("features") == 2

    def view(self, moment: Moment, width: int, height: int) -> SurfaceView | None:
        snapshot = moment.snapshot
        if snapshot is None or snapshot.surface is None:
            return None
        names = tuple(moment.dataset.get("plane") or moment.dataset.get("feature_names") or ())
        points, tests = rows_of(moment)
        deep = len(snapshot.layers) > 2  # with one layer the line is the answer's own edge
        # where inputs are computed from the coordinates, a unit has no line
        lines = unit_lines(snapshot.layers[1]) if deep and not moment.dataset.get("plane") else ()
        look, tiles = moment.look, snapshot.tiles
        large = next((p for p in tiles.large if (p.layer, p.unit) == look.unit), None) if tiles and look.tiles else None
        return SurfaceView(
            snapshot.surface,
            snapshot.surface.points or points,
            moment.task,
            moment.classes,
            snapshot.step,
            names,
            () if large else lines,
            tests=tests if look.tests else (),
            discrete=look.discrete,
            cursor=look.cursor,
            label=look.label,
            large=large,
            scale=tiles.scale if tiles else 1.0,
        )

    def draw(self, view: SurfaceView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None:
            return waiting(width, height, "with the first picture")
        return draw_surface(view, width, height, palette.mono)

    # ---- rows by hand

    def action_place(self, columns: int, rows: int) -> None:
        """Move the cursor by cells; it begins in the middle."""
        frame = frame_of(*self.content_size)
        if self._view is None or frame is None:
            return
        surface, cursor = self._view.surface, self.run_screen.look.cursor
        (low, high), (bottom, top) = surface.x1, surface.x2
        if cursor is None:
            cursor = (low + high) / 2, (bottom + top) / 2
        else:
            x1 = cursor[0] + columns * (high - low) / frame.width
            x2 = cursor[1] - rows * (top - bottom) / frame.height
            cursor = min(max(x1, low), high), min(max(x2, bottom), top)
        self.run_screen.set_look(cursor=cursor)

    def action_point(self) -> None:
        """Add a training row of the chosen class at the cursor."""
        cursor = self.run_screen.look.cursor
        if cursor is None:
            self.action_place(0, 0)
        else:
            self._add(cursor)

    def action_unpoint(self) -> None:
        """Take away the training row nearest to the cursor."""
        if cursor := self.run_screen.look.cursor:
            self.run_screen.told(self.run_screen.change(f"unpoint x1={cursor[0]:.4g} x2={cursor[1]:.4g}"))

    def _add(self, place: tuple[float, float]) -> None:
        if self._view is None:
            return
        what = "value" if self._view.task == "regression" else "class"
        label = self.run_screen.look.label
        self.run_screen.told(self.run_screen.change(f"point x1={place[0]:.4g} x2={place[1]:.4g} {what}={label}"))

    def action_label(self) -> None:
        """The next class for a new point; of numbers -1, 0 or 1."""
        label, view = self.run_screen.look.label, self._view
        if view is None:
            return
        several = max(2, len(view.classes))
        self.run_screen.set_look(
            label={-1: 0, 0: 1}.get(label, -1) if view.task == "regression" else (label + 1) % several
        )

    def action_tests(self) -> None:
        """Rows that are not trained on, or not."""
        self.run_screen.set_look(tests=not self.run_screen.look.tests)

    def action_discrete(self) -> None:
        """Only which answer, or how sure."""
        self.run_screen.set_look(discrete=not self.run_screen.look.discrete)

    def on_click(self, event: events.Click) -> None:
        """A click adds a row; on one that is there it takes it away."""
        offset, frame, view = event.get_content_offset(self), frame_of(*self.content_size), self._view
        if offset is None or frame is None or view is None:
            return
        place = frame.place(view.surface, offset.x, offset.y)
        if place is None:
            return
        there = any(frame.cell(view.surface, x1, x2) == (offset.x, offset.y) for x1, x2, _ in view.points)
        self.run_screen.set_look(cursor=place)
        if there:
            self.action_unpoint()
        else:
            self._add(place)


def rows_of(moment: Moment) -> tuple[Points, Points]:
    """The rows of the data at the moment, and those that are not trained on."""
    surface = sent_once(moment, _with_points)
    return (surface.points, surface.tests) if surface is not None else ((), ())


def _with_points(snapshot: Snapshot) -> Surface | None:
    surface = snapshot.surface
    return surface if surface is not None and surface.points else None


def unit_lines(layer: LayerView, most: int = MOST_LINES) -> tuple[UnitLine, ...]:
    """Where the units of a layer that two numbers enter turn from one side to the other; the steepest, of many."""
    found = [UnitLine(unit, w[0], w[1], b) for unit, w, b in zip(layer.units, layer.W, layer.b, strict=True)]
    found.sort(key=lambda line: -(line.w1**2 + line.w2**2))
    return tuple(found[:most])
