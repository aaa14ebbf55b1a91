"""The network with a picture for each unit: its activation over the plane, in half blocks, on one colour scale.

Where a tile has its place is worked out in pixels, two a cell upwards, so that half a row is gap enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len

from dnn_tui.mlp.events import Tiles

from ..drawing.canvas import SHADES, Dots, half_blocks, quantise, resample
from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure
from ..drawing.theme import Ink
from .network_parts import alike, draw_answers, draw_edges, layer_captions, put_weights, sentence_of
from .network_view import TopologyView, chosen, input_names
from .scale import draw_scale
from .unit_spots import Spot
from .unit_words import equation

LEAST, MOST = 3, 20  # pixels of a tile's side
GAP = 1  # pixels between two, at least
EDGES = 6  # cells between two columns of tiles, at least
FEW = 4  # of a layer that is too tall, fewer tiles than this say less than circles do


@dataclass(frozen=True)
class Tiling:
    """side: pixels of a tile, its width in cells as well. top: first row of the tiles. columns: left ends, by layer.

    picks: which of a layer's shown units have a tile. pixels: where each begins, in pixels below `top`.
    """

    side: int
    top: int
    rows: int
    columns: tuple[int, ...]
    picks: tuple[np.ndarray, ...]
    pixels: tuple[tuple[int, ...], ...]
    captions: int
    legend: bool

    def middle(self, layer: int) -> list[float]:
        """The row in which the middle of each tile is, as a fraction."""
        return [self.top + (at + self.side / 2) / 2 - 0.5 for at in self.pixels[layer]]

    def spots(self, view: TopologyView) -> list[Spot]:
        """Where each unit with a tile stands."""
        return [
            Spot(i, view.layers[i].units[k], self.columns[i], self.top + at // 2, self.side, -(-self.side // 2))
            for i, (pick, pixels) in enumerate(zip(self.picks, self.pixels, strict=True))
            for k, at in zip(pick, pixels, strict=True)
        ]


def tiling(view: TopologyView, width: int, height: int) -> Tiling | None:
    """Divide the panel for tiles, as large as they can be; None where circles say more."""
    header = 1 if height >= 5 else 0
    legend = height >= 12 and width >= 36
    captions = 2 if height >= 20 else 1 if height >= 8 else 0
    rows = height - header - captions - legend
    layers = view.layers
    names = max((cell_len(name) for name in input_names(view, 8)), default=0)
    answers = min(width // 4, 2 + max((cell_len(name) for name in view.classes), default=7))
    left, right = names + 1, width - answers - 1
    wide = (right - left - EDGES * (len(layers) - 1)) // len(layers)
    most = 2 * rows // (LEAST + GAP)  # tiles of a layer
    if wide < LEAST or rows < 3 or any(layer.size > most and most < FEW for layer in layers):
        return None
    counts = [
        len(layer.units) if layer.size <= most else min(len(layer.units), (2 * rows - 2) // (LEAST + GAP))
        for layer in layers
    ]
    most_side = min((2 * rows + GAP) // count - GAP for count in counts)
    side = max(LEAST, min(MOST, wide, most_side))
    room = right - left - side
    columns = tuple(round(left + room * k / max(1, len(layers) - 1)) for k in range(len(layers)))
    picks = tuple(chosen(len(layer.units), count) for layer, count in zip(layers, counts, strict=True))
    pixels = tuple(
        _column(len(pick), side, 2 * rows - 2 * (layer.size > len(pick)))
        for layer, pick in zip(layers, picks, strict=True)
    )
    return Tiling(side, header, rows, columns, picks, pixels, captions, legend)


def _column(count: int, side: int, room: int) -> tuple[int, ...]:
    """Where so many tiles begin, in the middle of `room` pixels: in whole cells where there is room for that."""
    slot = max(side + GAP, min(room // count, side + side // 2))
    slot -= slot % 2 if slot - slot % 2 > side else 0
    first = max(0, (room - slot * count + slot - side) // 2)
    first -= first % 2
    return tuple(first + slot * k for k in range(count))


def draw_tiled(view: TopologyView, tiles: Tiles, where: Tiling, width: int, height: int, mono: bool) -> Grid:
    """The network with tiles for units."""
    grid, last = Grid(width, height), len(view.layers) - 1
    focus = _focus(view, where)
    dots = Dots(width, height)
    for i in range(1, last + 1):
        weights = np.array(view.layers[i].W, float)[np.ix_(where.picks[i], where.picks[i - 1])]
        only = focus[1] if focus and focus[0] == i else None if focus is None else -1
        ends = where.middle(i - 1), where.middle(i)
        draw_edges(dots, weights, where.columns[i - 1] + where.side - 1, where.columns[i], *ends, only=only)
    dots.stamp(grid)
    for i in range(last + 1):
        _draw_column(grid, tiles.of_layer(i)[where.picks[i]], where, i, mono)
    for i, layer in enumerate(view.layers):
        hidden = layer.size - len(where.picks[i])
        if hidden:
            y = where.top + (where.pixels[i][-1] + where.side + 1) // 2
            grid.put(where.columns[i], min(y, where.top + where.rows - 1), f"+{hidden}", Ink.DIM)
    ys = [round(row) for row in where.middle(last)]
    names = input_names(view, 8)
    for k, row in zip(where.picks[0], where.middle(0), strict=True):
        grid.put_right(where.columns[0] - 1, round(row), names[k], Ink.DIM)
    draw_answers(grid, view, where.columns[-1] + where.side + 1, where.picks[-1], ys)
    if focus:
        _frame(grid, view, where, focus)
    _words(grid, view, tiles, where)
    return grid


def _focus(view: TopologyView, where: Tiling) -> tuple[int, int] | None:
    """The layer of the unit looked at and its place among the tiles there."""
    if view.looked_at is None or view.looked_at[0] >= len(view.layers):
        return None
    layer, unit = view.looked_at
    units = [view.layers[layer].units[k] for k in where.picks[layer]]
    return (layer, units.index(unit)) if unit in units else None


def _draw_column(grid: Grid, tiles: np.ndarray, where: Tiling, layer: int, mono: bool) -> None:
    inks = np.zeros((2 * where.rows, where.side), np.uint16)
    shares = np.zeros((2 * where.rows, where.side))
    for tile, at in zip(tiles, where.pixels[layer], strict=True):
        levels = quantise((resample(tile, where.side, where.side) + 1) / 2)
        part = inks[at : at + where.side]
        part[...] = levels[: len(part)] + np.uint16(Ink.PLANE)
        shares[at : at + where.side] = levels[: len(part)]
    if mono:
        drawn = Grid(where.side, where.rows)
        characters = np.array([ord(c) for c in SHADES], np.uint32)
        drawn.chars[...] = characters[shares[::2].astype(int)]
    else:
        drawn = half_blocks(inks)
    grid.paste(drawn, where.columns[layer], where.top)


def _frame(grid: Grid, view: TopologyView, where: Tiling, focus: tuple[int, int]) -> None:
    """Brackets beside the unit looked at, and the weights into it as numbers where they begin."""
    layer, place = focus
    x, at = where.columns[layer], where.pixels[layer][place]
    for y in range(where.top + at // 2, where.top + -(-(at + where.side) // 2)):
        grid.put(x - 1, y, "▐", Ink.ACCENT)
        grid.put(x + where.side, y, "▌", Ink.ACCENT)
    if layer:
        below, left = where.picks[layer - 1], where.columns[layer - 1] + where.side
        ends = [(left, round(row)) for row in where.middle(layer - 1)]
        put_weights(grid, view, layer, where.picks[layer][place], below, ends, where.columns[layer] - left - 1)


def _words(grid: Grid, view: TopologyView, tiles: Tiles, where: Tiling) -> None:
    """The header: the row, or the unit looked at; captions of the layers; the scale."""
    said = equation(view, grid.width) if view.looked_at else ""
    if where.top:
        x = grid.put(0, 0, fit(said or sentence_of(view), grid.width), Ink.TEXT)
        if not said and x <= grid.width - 3 and view.task != "regression":
            right = view.sample.label == view.sample.predicted
            grid.put(x + 1, 0, "✓" if right else "✗", Ink.GOOD if right else Ink.BAD)
    base = where.top + where.rows
    room = where.columns[1] - where.columns[0] - 1 if len(where.columns) > 1 else 20
    middles = [column + where.side // 2 for column in where.columns]
    captions = alike(layer_captions(view), [room] * len(middles), middles, grid.width)
    for i, middle in enumerate(middles):
        if where.captions:
            _centre(grid, middle, base, [captions[i]], room, Ink.TEXT)
        if where.captions > 1 and i and i <= len(view.norms):
            _centre(grid, middle, base + 1, [f"‖W‖ {figure(view.norms[i - 1], 3)}"], room, Ink.DIM)
    if where.legend:
        draw_scale(grid, tiles.scale, 0, grid.height - 1)


def _centre(grid: Grid, x: int, y: int, texts: Sequence[str], room: int, ink: int) -> None:
    text = next((t for t in texts if cell_len(t) <= room), "")
    grid.put(max(0, min(grid.width - cell_len(text), x - cell_len(text) // 2)), y, text, ink)
