"""Topology: the network as nodes and weighted edges, with one row of data passing through it."""

import itertools

import numpy as np
from rich.cells import cell_len
from textual import events

from .. import keys
from ..drawing.canvas import Dots, picture, resample
from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .network_parts import alike, draw_answers, draw_edges, layer_captions, put_weights, sentence_of
from .network_view import SUBSCRIPTS, VALUE, Plan, TopologyView, answered, chosen, input_names, node_rows, plan
from .panel import Panel, waiting
from .surface import SurfacePanel
from .unit_actions import Place, draw_actions, offered
from .unit_spots import Spot, nearest_edge
from .unit_tiles import Tiling, draw_tiled, tiling
from .unit_words import equation

NODES = "○◔◑◕●"  # activation from nothing to the largest of its layer: read without colour too
FEW_NODES = 9

__all__ = ["NODES", "TopologyPanel", "TopologyView", "chosen", "draw_topology", "node_rows", "plan"]


class TopologyPanel(Panel[TopologyView | None]):
    NAME, TITLE = "topology", "Network"
    SLOW_SECONDS = 2.0
    HELP = (
        "Units and weights; of two coordinates each unit as a picture, else how one row passes through them, its"
        " inputs as scaled ([ and ] choose the row). A unit looked at tells its equation."
    )
    BINDINGS = keys.bindings("topology")

    _tiling: Tiling | None = None  # as it was drawn last
    _places: tuple[Place, ...] = ()

    @property
    def wanted_side(self) -> int:
        """Pixels of a tile's side, as there is room for them; 0 where none are shown."""
        return self._tiling.side if self._tiling and self.display else 0

    def view(self, moment: Moment, width: int, height: int) -> TopologyView | None:
        snapshot = moment.snapshot
        if snapshot is None:
            return None
        return TopologyView(
            snapshot.layers,
            tuple(moment.network.get("activations", ())),
            tuple(s.w_norm for s in snapshot.statistics),
            snapshot.sample,
            moment.task,
            moment.classes,
            tuple(str(t) for t in moment.dataset.get("targets", ())),
            moment.image_shape,
            str(moment.dataset.get("unit") or ""),
            tuple(str(name) for name in moment.dataset.get("feature_names", ())),
            bool(moment.dataset.get("plane")),
            snapshot.tiles if moment.look.tiles else None,
            moment.look.tiles and SurfacePanel.fits(moment),
            moment.look.unit,
            moment.look.edge,
            *self._actions(moment, len(snapshot.layers) - 1),
        )

    def _actions(self, moment: Moment, last: int) -> tuple[tuple[str, ...], bool]:
        """What can be done to the unit looked at, where the run can be changed; whether its layer is frozen."""
        unit, started = moment.look.unit, moment.started
        if unit is None or not moment.live or not started or not started.config or not self.is_attached:
            return (), False
        key = keys.key_for("freeze")
        if unit[0] > last or (key is not None and not self.run_screen.allowed(key)):
            return (), False
        return offered(unit[0], last), unit[0] in started.config.get("training", {}).get("frozen", ())

    def draw(self, view: TopologyView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None:
            return waiting(width, height, "the first picture comes with the first step")
        self._tiling = where = tiling(view, width, height) if view.tiled else None
        if where and view.tiles:
            grid = draw_tiled(view, view.tiles, where, width, height, palette.mono)
        else:
            grid = draw_topology(view, width, height, palette.mono)
        self._places = draw_actions(grid, view.actions, view.frozen) if view.actions and height >= 8 else ()
        return grid

    # ---- looking at a unit

    def spots(self) -> list[Spot]:
        """Where the units stand that are shown, by layer and from above."""
        if self._view is None:
            return []
        if self._tiling and self._view.tiles:
            return self._tiling.spots(self._view)
        return circle_spots(self._view, *self.content_size)

    def action_unit(self, columns: int, rows: int) -> None:
        """Look at the next unit in a direction; the first time, at the first of the first hidden layer."""
        spots, here = self.spots(), self.run_screen.look.unit
        layers = [list(of_layer) for _, of_layer in itertools.groupby(spots, lambda spot: spot.layer)]
        if not layers:
            return
        at = next((s for s in spots if (s.layer, s.unit) == here), None)
        if at is None:
            first = layers[min(1, len(layers) - 1)][0]
        else:
            own = layers[at.layer]
            layer = layers[max(0, min(len(layers) - 1, at.layer + columns))] if columns else own
            place = max(0, min(len(own) - 1, own.index(at) + rows))
            first = own[place] if not columns else min(layer, key=lambda s: abs(s.y - at.y))
        self.run_screen.set_look(unit=(first.layer, first.unit), edge=None)

    def action_edge(self, by: int) -> None:
        """Of the weights into the unit, the next; after the last its bias (None)."""
        look = self.run_screen.look
        if self._view is None or look.unit is None or not look.unit[0]:
            return
        below = [s.unit for s in self.spots() if s.layer == look.unit[0] - 1]
        wheel: list[int | None] = [None, *below]
        now = wheel.index(look.edge) if look.edge in wheel else 0
        self.run_screen.set_look(edge=wheel[(now + by) % len(wheel)])

    def action_tiles(self) -> None:
        """Pictures or circles."""
        self.run_screen.set_look(tiles=not self.run_screen.look.tiles)

    # ---- changing it

    @property
    def _layer(self) -> int:
        """The layer one stands in; before any unit was looked at, the first hidden one."""
        unit = self.run_screen.look.unit
        return unit[0] if unit else 1

    def action_units(self, by: int) -> None:
        """One unit more in the layer one stands in; or the one looked at taken out, else the layer's last."""
        screen, unit = self.run_screen, self.run_screen.look.unit
        if by > 0 or unit is None:
            screen.one_more(self._layer, by)
        elif screen.without_unit(*unit):
            screen.set_look(unit=(unit[0], max(0, unit[1] - 1)), edge=None)

    def action_layers(self, by: int) -> None:
        """A layer behind the one that one stands in, or that one away."""
        if by > 0:
            self.run_screen.layer_after(self._layer)
        else:
            self.run_screen.without_layer(self._layer)

    def action_freeze(self) -> None:
        """The weights into the layer one stands in stay, or learn again."""
        self.run_screen.freeze(self._layer)

    def action_edit(self) -> None:
        """A new value for the weight looked at, or for the unit's bias."""
        look = self.run_screen.look
        if self._view is None or look.unit is None or not look.unit[0]:
            self.run_screen.told("Which weight? Go to a unit first (arrows or a click), and to one of its weights.")
            return
        layer, unit = look.unit
        own, below = self._view.layers[layer], self._view.layers[layer - 1]
        place = own.units.index(unit)
        now = own.b[place] if look.edge is None else own.W[place][below.units.index(look.edge)]
        self.run_screen.edit_weight(layer, unit, look.edge, now)

    async def on_click(self, event: events.Click) -> None:
        """A click on a unit looks at it, on an edge at that weight, on an action does it; elsewhere it looks away."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if self._places and offset.y == self.content_size.height - 1:
            for place in self._places:
                if place.begin <= offset.x < place.end:
                    await self.run_action(place.action)
            return
        spots = self.spots()
        hit = next((spot for spot in spots if spot.holds(offset.x, offset.y)), None)
        if hit:
            self.run_screen.set_look(unit=(hit.layer, hit.unit), edge=None)
        elif edge := nearest_edge(spots, offset.x, offset.y):
            source, target = edge
            self.run_screen.set_look(unit=(target.layer, target.unit), edge=source.unit)
        else:
            self.run_screen.set_look(unit=None, edge=None)


def draw_topology(view: TopologyView, width: int, height: int, mono: bool = False) -> Grid:
    grid = Grid(width, height)
    if width < 6 or height < 2:
        return grid
    where = plan(view, width, height)
    picks, ys = nodes_of(view, where)
    focus = _focus(view, picks)
    dots = Dots(width, height)
    for i in range(1, len(view.layers)):
        weights = np.array(view.layers[i].W, float)[np.ix_(picks[i], picks[i - 1])]
        only = None if focus is None else focus[1] if focus[0] == i else -1
        draw_edges(dots, weights, where.columns[i - 1], where.columns[i], ys[i - 1], ys[i], only)
    dots.stamp(grid)

    counts: list[tuple[int, int, str]] = []  # of what is left out: where, and what it says
    for i, layer in enumerate(view.layers):
        x = where.columns[i]
        levels, signs = _activations(np.array(layer.h, float)[picks[i]])
        for y, level, negative in zip(ys[i], levels, signs, strict=True):
            ink = (Ink.NEGATIVE if negative else Ink.ACTIVE) + (0, 2, 5)[round(level * 2)]
            grid.put(x, y, NODES[round(level * (len(NODES) - 1))], ink)
        hidden = layer.size - len(picks[i])
        if hidden > 0:
            y = min(where.top + where.rows - 1, (ys[i][-1] if ys[i] else 0) + 1)
            text = f"… {hidden} more" if _gap(where, i) >= 12 else f"+{hidden}"
            if layer is view.layers[-1] and view.task == "classes":
                # it takes the place of the counts beside it, which the captions tell as well, but of no node
                taken = (c + 2 for c, nodes in zip(where.columns, ys[:-1], strict=False) if y in nodes)
                begin = max(taken, default=where.columns[0])
                text = _left_out(view, picks[i], width - begin)
                begin = max(begin, _left(grid, x, text))
                counts = [count for count in counts if count[1] != y or count[0] + len(count[2]) < begin]
                counts.append((begin, y, text))
            else:
                counts.append((_left(grid, x, text), y, text))
    for x, y, text in counts:
        grid.put(x, y, text, Ink.DIM)
    _inputs(grid, view, where, picks[0], ys[0], mono)
    draw_answers(grid, view, where.columns[-1] + 2, picks[-1], ys[-1])
    _words(grid, view, where)
    if focus:
        _mark(grid, view, where, focus, picks, ys)
    return grid


def nodes_of(view: TopologyView, where: Plan) -> tuple[list[np.ndarray], list[list[int]]]:
    """Of each layer, which of its units are drawn, and in which rows."""
    picks, ys = [], []
    for layer in view.layers:
        # a row is kept for "… 112 more" where units are left out
        most = where.rows if layer.size <= min(where.rows, len(layer.units)) else where.rows - 1
        whole_answer = layer is view.layers[-1] and layer.size <= most
        if (where.rows - 1) // 2 >= FEW_NODES and layer.size > where.rows // 2 and not whole_answer:
            most = (where.rows - 1) // 2  # fewer, with air between them, show more than many
        wanted = answered(view) if layer is view.layers[-1] else ()
        pick = chosen(len(layer.units), max(1, most), wanted)
        rows = where.rows if len(pick) == layer.size else where.rows - 1
        picks.append(pick)
        ys.append(node_rows(len(pick), where.top, max(1, rows)))
    return picks, ys


def circle_spots(view: TopologyView, width: int, height: int) -> list[Spot]:
    """Where the circles stand."""
    if width < 6 or height < 2:
        return []
    where = plan(view, width, height)
    picks, ys = nodes_of(view, where)
    return [
        Spot(i, view.layers[i].units[k], where.columns[i], y, 1, 1)
        for i, (pick, rows) in enumerate(zip(picks, ys, strict=True))
        for k, y in zip(pick, rows, strict=True)
    ]


def _focus(view: TopologyView, picks: list[np.ndarray]) -> tuple[int, int] | None:
    """The layer of the unit looked at and its place among those drawn there."""
    if view.looked_at is None or view.looked_at[0] >= len(view.layers):
        return None
    layer, unit = view.looked_at
    units = [view.layers[layer].units[k] for k in picks[layer]]
    return (layer, units.index(unit)) if unit in units else None


def _mark(
    grid: Grid, view: TopologyView, where: Plan, focus: tuple[int, int], picks: list[np.ndarray], ys: list[list[int]]
) -> None:
    """Brackets about the unit looked at, the weights into it as numbers, and its equation."""
    layer, place = focus
    x, y = where.columns[layer], ys[layer][place]
    grid.put(x - 1, y, "[", Ink.ACCENT)
    grid.put(x + 1, y, "]", Ink.ACCENT)
    if layer:
        ends = [(where.columns[layer - 1] + 2, row) for row in ys[layer - 1]]
        put_weights(grid, view, layer, picks[layer][place], picks[layer - 1], ends, _gap(where, layer) - 3)
    if where.top:
        grid.put(0, 0, " " * grid.width)
        grid.put(0, 0, fit(equation(view, grid.width), grid.width), Ink.TEXT)


def _left_out(view: TopologyView, pick: np.ndarray, room: int) -> str:
    """Which classes are not among the outputs shown: by name, as many as `room` cells take."""
    layer = view.layers[-1]
    shown = {layer.units[k] for k in pick}
    missing = [unit for unit in range(layer.size) if unit not in shown]
    names = [view.classes[unit] if unit < len(view.classes) else str(unit) for unit in missing]
    for count in range(len(names), 0, -1):
        rest = f" … {len(names) - count} more" if count < len(names) else ""
        text = f"without {', '.join(names[:count])}{rest}"
        if cell_len(text) <= room:
            return text
    return fit(f"… {len(names)} more", room)


def _activations(h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """|h| as a share of the largest in the layer, and which are negative."""
    h = np.nan_to_num(h)
    largest = np.abs(h).max(initial=0)
    return (np.abs(h) / largest if largest else np.zeros(len(h))), h < 0


def _inputs(grid: Grid, view: TopologyView, where: Plan, pick: np.ndarray, ys: list[int], mono: bool) -> None:
    layer = view.layers[0]
    w, h = where.picture
    shape = view.image_shape
    if w and shape:
        image = view.sample.image(shape) / 255
        small = picture(resample(image, 2 * h, w), mono)
        top = where.top + max(0, (where.rows - h) // 2)
        grid.paste(small, 1, top)
    elif where.inputs:
        names = input_names(view, where.inputs - VALUE)
        for k, y in zip(pick, ys, strict=True):
            text = f"{names[k]} {figure(layer.h[k], 2)}"
            grid.put_right(where.columns[0] - 1, y, fit(text, where.inputs), Ink.DIM)


def _words(grid: Grid, view: TopologyView, where: Plan) -> None:
    """The header says what is shown, the captions name each layer, the legend the signs."""
    if where.top:
        x = grid.put(0, 0, fit(sentence_of(view), grid.width), Ink.TEXT)
        if x <= grid.width - 3 and view.task != "regression":
            right = view.sample.label == view.sample.predicted
            grid.put(x + 1, 0, "✓" if right else "✗", Ink.GOOD if right else Ink.BAD)
    base = where.top + where.rows
    rooms = [_gap(where, i) - 1 for i in range(len(view.layers))]
    captions = alike(layer_captions(view), rooms, where.columns, grid.width)
    for i, (x, room) in enumerate(zip(where.columns, rooms, strict=True)):
        if where.captions:
            _beside(grid, x, base, captions[i], Ink.TEXT)
        if where.captions > 1 and i and i <= len(view.norms):
            name = f"‖W{str(i).translate(SUBSCRIPTS)}‖"
            text = f"{name} {figure(view.norms[i - 1], 3)}"
            _beside(grid, x, base + 1, text if len(text) <= room else "", Ink.DIM)
    if where.legend:
        y, x = grid.height - 1, 0
        for text, ink in (
            ("──", Ink.POSITIVE + 5), ("weight > 0  ", Ink.DIM), ("╌╌", Ink.NEGATIVE + 5), ("< 0  ", Ink.DIM),
            ("bright: large  ", Ink.DIM), (NODES, Ink.ACTIVE + 4),
            ("activation, share of its layer's largest", Ink.DIM),
        ):  # fmt: skip
            if x + len(text) > grid.width:
                break
            x = grid.put(x, y, text, ink) + (0 if text.endswith(" ") else 1)


def _gap(where: Plan, i: int) -> int:
    """Cells a caption of column i may take without meeting its neighbours'."""
    columns = where.columns
    gaps = [b - a for a, b in itertools.pairwise(columns)]
    near = gaps[max(0, i - 1) : i + 1]
    return min(near) if near else 20


def _left(grid: Grid, x: int, text: str) -> int:
    """Where text begins that is centred on column x but kept inside the grid."""
    return max(0, min(grid.width - len(text), x - len(text) // 2))


def _beside(grid: Grid, x: int, y: int, text: str, ink: int) -> int:
    """Centre text on column x; returns where it ends."""
    return grid.put(_left(grid, x, text), y, text, ink)
