"""Layers: the size of weights, gradients, updates and activations in each layer, and what to think of them."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from dnn_tui.mlp.events import LayerStatistics

from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure, percent
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, waiting

URGENCY = (Ink.BAD, Ink.WARN, Ink.DIM, Ink.GOOD)
HEALTHY = (1e-4, 1e-2)  # an update ratio ‖ΔW‖/‖W‖ around 1e-3 is the usual rule of thumb


@dataclass(frozen=True)
class StatisticsView:
    rows: tuple[LayerStatistics, ...]
    sizes: tuple[int, ...]
    step: int


# title, width, value of a layer; the last ones go first where it is narrow
COLUMNS: tuple[tuple[str, int, Callable[[LayerStatistics], str]], ...] = (
    ("‖W‖", 6, lambda s: figure(s.w_norm, 3)),
    ("‖∇W‖", 7, lambda s: figure(s.grad_norm, 2)),
    ("‖ΔW‖/‖W‖", 10, lambda s: figure(s.update_ratio, 2) if s.update_ratio else "–"),
    ("h mean", 8, lambda s: figure(s.h_mean, 2)),
    ("h std", 7, lambda s: figure(s.h_std, 2)),
    ("dead", 6, lambda s: percent(s.dead, 0)),
    ("saturated", 10, lambda s: percent(s.saturated, 0)),
)


def hint(row: LayerStatistics, size: int | str) -> tuple[str, int]:
    """What a teacher would say of a layer, and how urgent it is; size: of the layer, "" where the log does not say."""
    dead = f"{round(row.dead * size)} of {size}" if isinstance(size, int) else percent(row.dead, 0) + " of the"
    if row.dead >= 0.5:
        return f"{dead} units are dead: no row makes them fire", Ink.BAD
    if row.saturated >= 0.5:
        return "most units are saturated: their gradient is close to 0", Ink.BAD
    if row.update_ratio > HEALTHY[1]:
        return "large updates: try a smaller learning rate", Ink.WARN
    if 0 < row.update_ratio < HEALTHY[0]:
        return "hardly moves: converged, or η is small", Ink.DIM
    if row.dead > 0.1:
        return f"{dead} units are dead", Ink.WARN
    return ("healthy, ‖ΔW‖ near ‖W‖/1000", Ink.GOOD) if row.update_ratio else ("", Ink.DIM)


class StatisticsPanel(Panel[StatisticsView | None]):
    NAME, TITLE = "layers", "Layers"
    HELP = "For each layer: norms of weights and gradients, the last update's share (healthy near 1e-3), dead units."

    def view(self, moment: Moment, width: int, height: int) -> StatisticsView | None:
        snapshot = moment.snapshot
        if snapshot is None or not snapshot.statistics:
            return None
        # a picture taken between two steps has no update to show: use the last one that has
        for earlier in moment.recent_snapshots(4):
            if any(s.update_ratio for s in earlier.statistics):
                snapshot = earlier
                break
        sizes = tuple(int(n) for n in moment.network.get("sizes", ()))
        return StatisticsView(snapshot.statistics, sizes, snapshot.step)

    def draw(self, view: StatisticsView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None:
            return waiting(width, height, "with the first picture")
        grid = Grid(width, height)
        sizes: tuple[int | str, ...] = (
            view.sizes[1:] if len(view.sizes) == len(view.rows) + 1 else ("",) * len(view.rows)
        )
        names = [f"{i} {s.activation} {n}".rstrip() for i, (s, n) in enumerate(zip(view.rows, sizes, strict=True), 1)]
        first = min(max(len(name) for name in names), 12 if width < 60 else 16)
        x, columns = first + 1, []
        for title, size, value in COLUMNS:
            if title == "saturated" and not any(s.saturated for s in view.rows):
                continue
            if title == "dead" and not any(s.activation == "relu" for s in view.rows):
                continue
            if x + size > width:
                break
            x += size
            columns.append((x, title, value))
        grid.put(0, 0, "layer", Ink.DIM)
        for right, title, _ in columns:
            grid.put_right(right, 0, title, Ink.DIM)
        hints = [hint(s, n) for s, n in zip(view.rows, sizes, strict=True)]
        beside = width - x >= 30
        each = 1 if beside or height < 1 + 2 * len(names) else 2
        for k, (name, row) in enumerate(zip(names, view.rows, strict=True)):
            y = 1 + k * each
            grid.put(0, y, fit(name, first), Ink.TEXT)
            for right, title, value in columns:
                ink = hints[k][1] if title == "‖ΔW‖/‖W‖" else Ink.TEXT
                unknown = title == "‖∇W‖" and not view.step  # there was no backward pass yet
                grid.put_right(right, y, "–" if unknown else value(row), ink)
            if beside:
                grid.put(x + 3, y, fit(hints[k][0], width - x - 3), hints[k][1])
            elif each == 2:
                grid.put(2, y + 1, fit(hints[k][0], width - 2), hints[k][1])
        last = 1 + each * len(names)
        if not beside and each == 1 and height > last:  # room for one: the most urgent
            worst = min(range(len(hints)), key=lambda k: URGENCY.index(hints[k][1]))
            if hints[worst][0]:
                text = f"layer {worst + 1}: {hints[worst][0]}"
                for y, part in enumerate(textwrap.wrap(text, width)[: height - last], last):
                    grid.put(0, y, part, hints[worst][1])
        return grid
