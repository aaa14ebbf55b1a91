"""Topology: the network as nodes and weighted edges, with one row of data passing through it."""

import itertools
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len

from dnn_tui.mlp.events import LayerView, Sample

from ..drawing.canvas import Dots, bar, picture, resample, segments
from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure, percent
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, waiting

NODES = "○◔◑◕●"  # activation from nothing to the largest of its layer: read without colour too
FEW_NODES = 9
VALUE = 8  # cells of an input's value, and one between: −0.0082
EDGE_LEVELS = (1, 3, 5)  # weak, middling, strong: of the ramps' levels only three, which keeps a repaint small
ROOM_OF_AN_EDGE = 7  # cells between two columns that an edge needs to be told from the others
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class TopologyView:
    layers: tuple[LayerView, ...]
    activations: tuple[str, ...]
    norms: tuple[float, ...]
    sample: Sample
    task: str
    classes: tuple[str, ...]
    targets: tuple[str, ...]
    image_shape: tuple[int, ...] | None
    unit: str = ""
    inputs: tuple[str, ...] = ()  # names of the inputs, where they have any


@dataclass(frozen=True)
class Plan:
    """Where things go, in cells: the columns of the layers, the rows of nodes, the picture, the answers."""

    columns: tuple[int, ...]
    top: int
    rows: int
    picture: tuple[int, int]  # width, height in cells; (0, 0): none
    inputs: int  # cells for the inputs' values, left of the first column
    answers: int  # cells for the outputs' names, right of the last column
    captions: int
    legend: bool


class TopologyPanel(Panel[TopologyView | None]):
    NAME, TITLE = "topology", "Network"
    SLOW_SECONDS = 2.0
    HELP = "Units and weights, and how one row passes through them, its inputs as scaled; [ and ] choose the row."

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
        )

    def draw(self, view: TopologyView | None, width: int, height: int, palette: Palette) -> Grid:
        if view is None:
            return waiting(width, height, "the first picture comes with the first step")
        return draw_topology(view, width, height, palette.mono)


def plan(view: TopologyView, width: int, height: int) -> Plan:
    """Divide the panel. Decoration goes first where room is scarce: the nodes and edges stay."""
    header = 1 if height >= 5 else 0
    legend = height >= 14 and width >= 40
    captions = 2 if height >= 16 else 1 if height >= 8 else 0
    rows = max(1, height - header - captions - legend)
    image, inputs = (0, 0), 0
    if view.image_shape:
        image = _picture_size(view.image_shape, width, rows)
    elif width >= 44:
        inputs = max(map(cell_len, input_names(view, width // (5 if width >= 60 else 7)))) + VALUE
    longest = min(12, max((len(name) for name in view.classes), default=9 + len(view.unit)))
    answers = longest + 2  # a name and a mark; then a percentage; then a bar
    if width >= 36 and view.classes:
        answers += 5
    if width >= 60 and view.task == "classes":
        answers += 7 if width < 100 else 12
    answers = min(answers, width // 3)
    left = (image[0] + 2 if image[0] else 0) + inputs + 1
    right = max(left + 1, width - answers - 2)
    layers = len(view.layers)
    columns = tuple(round(left + (right - left) * k / max(1, layers - 1)) for k in range(layers))
    return Plan(columns, header, rows, image, inputs, answers, captions, legend)


def _picture_size(shape: tuple[int, ...], width: int, rows: int) -> tuple[int, int]:
    """The largest picture of an image (height, width in pixels) that leaves the network most of the room."""
    pixels_high, pixels_wide = shape[:2]
    for scale in (2, 1, 0.5):
        w, h = round(pixels_wide * scale), round(pixels_high * scale / 2)
        if w <= width * 0.32 and h <= rows and w <= 30:
            return w, h
    return 0, 0


def input_names(view: TopologyView, room: int) -> list[str]:
    """The inputs' names cut to `room` cells; x₁, x₂ … where they have none, or would look alike."""
    units = view.layers[0].units
    plain = [f"x{unit + 1}".translate(SUBSCRIPTS) for unit in units]
    if max(units) >= len(view.inputs):
        return plain
    names = [fit(view.inputs[unit], room) for unit in units]
    if len(set(names)) < len(names):
        return plain
    return [
        mark if view.inputs[unit] == f"x{unit + 1}" else name
        for unit, mark, name in zip(units, plain, names, strict=True)
    ]


def node_rows(count: int, top: int, rows: int) -> list[int]:
    """Rows of `count` nodes in the middle of `rows` from `top`, equally far apart, at most 3."""
    spacing = max(1, min(3, rows // max(1, count)))
    first = top + max(0, rows - (spacing * (count - 1) + 1)) // 2
    return [first + spacing * k for k in range(count)]


def chosen(size: int, most: int, wanted: tuple[int, ...] = ()) -> np.ndarray:
    """Positions of at most `most` of `size` nodes, evenly spread; the `wanted` ones among them if there is room."""
    if size <= most:
        return np.arange(size)
    picks = set(np.linspace(0, size - 1, max(1, most)).round().astype(int).tolist())
    wanted = wanted[:most]
    for position in wanted:
        if position not in picks:
            picks.remove(min(picks.difference(wanted), key=lambda k: abs(k - position)))
            picks.add(position)
    return np.array(sorted(picks))


def _answered(view: TopologyView) -> tuple[int, ...]:
    """Positions of the outputs that must be seen: what was said, and what would be right."""
    if view.task != "classes":
        return ()
    units = view.layers[-1].units
    both = dict.fromkeys((int(view.sample.predicted), int(view.sample.label)))
    return tuple(units.index(unit) for unit in both if unit in units)


def draw_topology(view: TopologyView, width: int, height: int, mono: bool = False) -> Grid:
    grid = Grid(width, height)
    if width < 6 or height < 2:
        return grid
    where = plan(view, width, height)
    picks, ys = [], []
    for layer in view.layers:
        # a row is kept for "… 112 more" where units are left out
        most = where.rows if layer.size <= min(where.rows, len(layer.units)) else where.rows - 1
        whole_answer = layer is view.layers[-1] and layer.size <= most
        if (where.rows - 1) // 2 >= FEW_NODES and layer.size > where.rows // 2 and not whole_answer:
            most = (where.rows - 1) // 2  # fewer, with air between them, show more than many
        wanted = _answered(view) if layer is view.layers[-1] else ()
        pick = chosen(len(layer.units), max(1, most), wanted)
        rows = where.rows if len(pick) == layer.size else where.rows - 1
        picks.append(pick)
        ys.append(node_rows(len(pick), where.top, max(1, rows)))

    dots = Dots(width, height)
    for i in range(1, len(view.layers)):
        weights = np.array(view.layers[i].W, float)[np.ix_(picks[i], picks[i - 1])]
        _edges(dots, weights, where.columns[i - 1], where.columns[i], ys[i - 1], ys[i])
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
    _answers(grid, view, where, picks[-1], ys[-1])
    _words(grid, view, where)
    return grid


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


def _edges(dots: Dots, weights: np.ndarray, x0: int, x1: int, from_rows: list[int], to_rows: list[int]) -> None:
    """Lines between two columns of nodes. Blue and unbroken: positive; orange and dashed: negative.

    The larger |W|, the brighter and denser, and the later drawn, so that it lies on top. Where there is no room
    to keep all apart, each unit gets its strongest incoming weights only.
    """
    if x1 - x0 < 2 or not weights.size:
        return
    size = np.abs(np.nan_to_num(weights))
    share = size / (size.max() or 1.0)
    room = (x1 - x0) * (max(*from_rows, *to_rows) - min(*from_rows, *to_rows) + 1)
    each = max(2, room // ROOM_OF_AN_EDGE // len(weights))
    if each < weights.shape[1]:
        weakest_kept = np.sort(share, axis=1)[:, -each, None]
        to, source = np.nonzero(share >= weakest_kept)
    else:
        to, source = np.indices(weights.shape).reshape(2, -1)
    order = np.argsort(share[to, source], kind="stable")
    to, source = to[order], source[order]
    negative = weights[to, source] < 0
    level = np.digitize(share[to, source], (1 / 3, 2 / 3))
    level = np.array(EDGE_LEVELS)[level]
    ink = np.where(negative, Ink.NEGATIVE, Ink.POSITIVE) + level
    begin, end = np.array(from_rows)[source] * 4 + 1.5, np.array(to_rows)[to] * 4 + 1.5
    xs, ys = segments(np.full(len(order), 2 * x0 + 2), begin, np.full(len(order), 2 * x1 - 1), end)
    along = np.arange(xs.shape[1])
    every = np.where(level == EDGE_LEVELS[0], 2, 1)
    keep = (along[None, :] % every[:, None] == 0) & (~negative[:, None] | (along[None, :] % 6 < 4))
    dots.plot_lines(xs[keep], ys[keep], np.nonzero(keep)[0], ink)


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


def _answers(grid: Grid, view: TopologyView, where: Plan, pick: np.ndarray, ys: list[int]) -> None:
    """Beside each output: its class, a bar of its probability, and whether that is right."""
    layer, x, sample = view.layers[-1], where.columns[-1] + 2, view.sample
    room = grid.width - x
    for k, y in zip(pick, ys, strict=True):
        unit = layer.units[k]
        value = sample.output[unit] if unit < len(sample.output) else layer.h[k]
        if view.task == "regression":
            grid.put(x, y, fit(f"{figure(value)} {view.unit}".strip(), room), Ink.TEXT)
            continue
        if view.task == "binary":
            said = int(sample.predicted)
            name = view.classes[said] if said < len(view.classes) else str(said)
            name, chosen_one = fit(name, max(3, room - 2)), True
            value = value if said else 1 - value
        else:
            name = view.classes[unit] if unit < len(view.classes) else str(unit)
            chosen_one, said = unit == int(sample.predicted), unit
        right = int(sample.label) == said
        ink = (Ink.GOOD if right else Ink.BAD) if chosen_one else (Ink.WARN if right else Ink.DIM)
        mark = ("✓" if right else "✗") if chosen_one else ("←" if right else " ")
        longest = max((len(c) for c in view.classes), default=1) if view.task == "classes" else len(name)
        name_room = min(longest, max(1, room - 2))
        at = grid.put(x, y, fit(name, name_room).ljust(name_room), ink)
        if room - (at - x) >= 7:
            wide = room - (at - x) - 8
            if wide >= 3:
                grid.put(at + 1, y, bar(value, wide), ink)
                at += wide + 1
            grid.put_right(at + 5, y, percent(value, 0).replace(" ", ""), ink)
            at += 5
        grid.put(at + 1, y, mark, ink)


def _words(grid: Grid, view: TopologyView, where: Plan) -> None:
    """The header says what is shown, the captions name each layer, the legend the signs."""
    if where.top:
        x = grid.put(0, 0, fit(_sentence(view), grid.width), Ink.TEXT)
        if x <= grid.width - 3 and view.task != "regression":
            right = view.sample.label == view.sample.predicted
            grid.put(x + 1, 0, "✓" if right else "✗", Ink.GOOD if right else Ink.BAD)
    base, free = where.top + where.rows, 0
    for i, (layer, x) in enumerate(zip(view.layers, where.columns, strict=True)):
        kind = "input" if i == 0 else view.activations[i - 1] if i <= len(view.activations) else ""
        room = _gap(where, i) - 1
        if where.captions:
            texts = (f"{kind} {layer.size}", str(layer.size))
            text = next((t for t in texts if len(t) <= room and _left(grid, x, t) >= free), "")
            free = _beside(grid, x, base, text, Ink.TEXT) + 1
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


def _sentence(view: TopologyView) -> str:
    sample = view.sample
    row = f"row {sample.index}"
    if view.task == "regression":
        return f"{row}: true {figure(sample.label)}, predicted {figure(sample.predicted)} {view.unit}".rstrip()

    def name(k: float) -> str:
        return view.classes[int(k)] if int(k) < len(view.classes) else str(int(k))

    if view.task == "binary":
        chance = sample.output[0] if sample.predicted else 1 - sample.output[0]
    else:
        chance = max(sample.output, default=0.0)
    return f"{row}: true {name(sample.label)}, predicted {name(sample.predicted)} ({percent(chance, 0)})"


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
