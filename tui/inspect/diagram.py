"""The left-hand picture of a network: its units and edges, with this step's lit and no others. Pure functions."""

from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.blocks import largest
from dnn_tui.mlp.explain import Focus, Number, Pass, Step

from ..drawing.canvas import Dots, brought_into_range, picture, resample, segments
from ..drawing.grid import Grid, fit
from ..drawing.theme import STEPS, Ink
from .heat import signed_ink
from .look import Look
from .part import window

AIRY_UNITS = 12  # of a layer whose units do not all fit: more than can be told apart would be a grey block
SHORTEST, LONGEST = 8, 18  # cells of a name beside a unit
NARROWEST = 8  # cells a layer needs at least: six for a number, two for the edges
MOST_EDGES = 40  # between two layers
OFF, STEP, FOCUS = 0, 1, 2  # how brightly something is lit


@dataclass(frozen=True)
class Column:
    """One layer as it is drawn: which units, where (x of its cells' left edge, y of each), and cells a unit."""

    layer: int
    units: range
    x: int
    rows: tuple[int, ...]
    width: int


def columns(
    sizes: tuple[int, ...],
    focus: dict[int, int],
    width: int,
    top: int,
    height: int,
    picture: int = 0,
    layers: range | None = None,
) -> list[Column]:
    """Where the layers' units go: integers in, places out. focus: the unit in focus of a layer.

    picture: cells that the input takes as a picture, in place of a column of units; 0: it has a column.
    layers: those that are drawn (None: all).
    """
    layers = range(len(sizes)) if layers is None else layers
    gaps = max(1, len(layers) - 1)
    picture = picture if 0 in layers else 0
    size = max(3, min(8, (width - picture - 2 * gaps) // max(1, len(layers) - bool(picture))))
    first = picture or size
    free = width - first - size * (len(layers) - 1)
    found = []
    for place, layer in enumerate(layers):
        cut = sizes[layer] > height > 2  # then a row at either end says how many there are besides
        begin, tall = (top + 1, height - 2) if cut else (top, height)
        most = tall if sizes[layer] <= height else min(AIRY_UNITS, tall)
        units = window(sizes[layer], focus.get(layer, 0), max(1, most))
        x = first + (place - 1) * size + free * place // gaps if place else 0
        step = tall / len(units)
        rows = tuple(begin + int((k + 0.5) * step) for k in range(len(units)))
        found.append(Column(layer, units, x, rows, size if place else first))
    return found


def layers_shown(layers: int, step_layer: int, width: int) -> range:
    """Of 0 … layers, those that fit: all, or as many as do, with the step's layer and the one before it inside."""
    most = max(2, (width + 2) // NARROWEST)
    if layers + 1 <= most:
        return range(layers + 1)
    begin = min(max(0, step_layer - most // 2), layers + 1 - most)
    return range(begin, begin + most)


@dataclass(frozen=True, eq=False)
class Lit:
    """What a step uses: units lit by layer, and the layer whose edges are; in focus one unit and maybe one edge."""

    layers: frozenset[int]
    edges: int  # the layer of W whose edges are lit; 0: none
    into: int | None  # the unit whose incoming edges are in focus
    out_of: int | None  # the unit whose outgoing edges are in focus
    focus: dict[int, int]


def lit(step: Step, focus: Focus, layers: int) -> Lit:
    """What a step lights, from its id."""
    i, kind = step.layer, step.id.partition(" ")[2]
    k, j = (*focus, 0, 0)[:2]
    match step.phase, kind:
        case "F", "a":
            return Lit(frozenset({i - 1, i}), i, k, None, {i: k})
        case "B", "W":
            return Lit(frozenset({i - 1, i}), i, k, j, {i: k, i - 1: j})
        case "B", "h":
            return Lit(frozenset({i - 1, i}), i, None, k, {i - 1: k})
        case "U", _:
            return Lit(frozenset(), i, k, j, {i: k, i - 1: j})
        case "V", _:
            return Lit(frozenset(range(layers + 1)), 0, None, None, {})
        case _:
            return Lit(frozenset({i}), 0, None, None, {i: k})


def node_values(p: Pass, step: Step, gradients: bool) -> list[np.ndarray | None]:
    """What is written on each layer's units at this step; None where it is not known yet."""
    i, kind, last = step.layer, step.id.partition(" ")[2], p.layers
    found: list[np.ndarray | None] = [None] * (last + 1)
    if not gradients:
        for layer in range(last + 1):
            if step.phase != "F" or layer < i or (layer == i and kind != "a"):
                found[layer] = p.h[layer]
            elif layer == i:
                found[layer] = p.a[layer]
        return found
    if step.phase in "FL":
        return found
    for layer in range(1, last + 1):
        if step.phase in "UV" or layer > i or (layer == i and kind):
            found[layer] = p.delta[layer]
        elif layer == i or (layer == i - 1 and kind == "h"):
            found[layer] = p.dh[layer]
    if kind == "W":  # δ_i h_{i-1}ᵀ: what comes from before is a value
        found[i - 1] = p.h[i - 1]
    return found


@np.errstate(all="ignore")  # numbers that overflow are shown as they are
def draw_network(
    p: Pass,
    step: Step,
    look: Look,
    width: int,
    height: int,
    mono: bool = False,
    image: tuple[int, ...] | None = None,
) -> Grid:
    """The network at a step. image: the input's shape where it is a picture. Names stand beside units with room."""
    grid = Grid(width, height)
    if width < 14 or height < 4:
        return grid
    sizes, focus = p.network.sizes, look.element(step)
    gradients = (step.phase in "BU") != look.other
    shown = lit(step, focus, p.layers)
    top, bottom = 2, 3 if height >= 26 else 2
    pixels = picture_size(image, p.layers, width, height - top - bottom) if image is not None else (0, 0)
    which = layers_shown(p.layers, step.layer, width)
    pixels = pixels if 0 in which else (0, 0)
    inputs = () if pixels[1] or 0 not in which else tuple(one.name for one in p.meaning.inputs)
    outputs = tuple(one.name for one in p.meaning.outputs) if p.layers in which else ()
    left, right = margins(inputs, outputs, width - pixels[1], len(which) - bool(pixels[1]))
    found = columns(sizes, shown.focus, width - left - right, top, height - top - bottom, pixels[1], which)
    found = [replace(column, x=column.x + left) for column in found]
    _names(grid, found[0], inputs, 0, left, right=False)
    _names(grid, found[-1], outputs, found[-1].x + found[-1].width + 1, right, right=True)
    _edges(grid, p, step, found, shown, pixels[1] > 0)
    if image is not None and pixels[1]:
        _picture(grid, p, image, pixels, mono, top, height - top - bottom)
    if not (pixels[1] and shown.edges == 1):
        _labels(grid, p, step, found, shown, look)
    values = node_values(p, step, gradients)
    for column in found:
        if pixels[1] and column.layer == 0:
            continue
        _units(grid, column, values[column.layer], shown, look.number, sizes[column.layer], look.hidden, mono)
    named = (bool(left), bool(right))
    _captions(grid, p, step, found, look, height, gradients, _in_focus(p, shown, named))
    return grid


def margins(inputs: tuple[str, ...], outputs: tuple[str, ...], width: int, layers: int) -> tuple[int, int]:
    """Cells left and right of a network of so many layers for the names of its ends; 0 where they would crowd it."""
    spare = width - (NARROWEST + 2) * layers + 2
    found = []
    for names in (outputs, inputs):
        longest = max((cell_len(name) for name in names), default=0)
        size = min(longest, LONGEST, spare - 1)
        size = size if size >= min(longest, SHORTEST) > 0 else 0
        if 0 < longest <= 2 and width >= (NARROWEST - 1) * layers:  # a digit has room everywhere
            size = longest
        found.append(size + bool(size))
        spare -= found[-1]
    return found[1], found[0]


def _names(grid: Grid, column: Column, names: tuple[str, ...], x: int, size: int, right: bool) -> None:
    """What the units of a column are called, left or right of it."""
    for unit, y in zip(column.units, column.rows, strict=True):
        if size and unit < len(names):
            name = fit(names[unit], size - 1)
            grid.put(x if right else x + size - 1 - cell_len(name), y, name, Ink.DIM)


def _in_focus(p: Pass, shown: Lit, named: tuple[bool, bool]) -> str:
    """The names of the units in focus, where they do not stand beside them."""
    said = []
    for (layer, symbol, names), there in zip(
        ((0, "x", [one.name for one in p.meaning.inputs]), (p.layers, "ŷ", [one.name for one in p.meaning.outputs])),
        named,
        strict=True,
    ):
        unit = shown.focus.get(layer)
        if not there and unit is not None and unit < len(names):
            said.append(f"{symbol}_{{{unit + 1}}} ⟪{names[unit]}⟫")
    return " · ".join(said)


def _edge_values(p: Pass, step: Step) -> np.ndarray:
    """What the colour of this step's edges says: the weight, its gradient, or its change."""
    if step.phase == "U" or (step.phase == "B" and step.id.endswith("W")):
        return step.result.value
    weights: np.ndarray = p.network.W[step.layer]
    return weights


def _edges(grid: Grid, p: Pass, step: Step, found: list[Column], shown: Lit, pictured: bool) -> None:
    dots, drawn = Dots(grid.width, grid.height), []
    for before, after in pairwise(found):
        value = _edge_values(p, step) if after.layer == shown.edges else p.network.W[after.layer]
        top = largest(value)
        sources = list(zip(before.units, before.rows, strict=True))
        if pictured and before.layer == 0:  # one line stands for all the pixels
            sources = [(shown.focus.get(0, 0), grid.height // 2)]
        edges = []
        for unit, y1 in zip(after.units, after.rows, strict=True):
            for source, y0 in sources:
                level, weight = _level(after.layer, unit, source, shown), float(value[unit, source])
                ink = Ink.FAINT if level == OFF else signed_ink(weight, top)
                if level == STEP:
                    ink = (Ink.POSITIVE if weight >= 0 else Ink.NEGATIVE) + 1
                ends = 2 * (before.x + before.width), 4 * y0 + 2, 2 * after.x - 1, 4 * y1 + 2
                edges.append((level, abs(weight), ends, ink))
        # more than can be told apart would be a grey block: the strongest stand for the others
        most = MOST_EDGES if after.layer == shown.edges else MOST_EDGES // 2
        edges.sort(key=lambda edge: edge[:2])
        kept = [edge for edge in edges if edge[0] == FOCUS]
        drawn += [edge for edge in edges if edge[0] != FOCUS][-max(1, most - len(kept)) :] + kept
    for level, _, ends, ink in sorted(drawn, key=lambda edge: edge[:2]):
        xs, ys = segments(*ends)
        xs, ys = xs[0], ys[0]
        if level == OFF:  # dotted: there, but not now
            xs, ys = xs[::3], ys[::3]
        dots.plot(xs, ys, ink)
    dots.stamp(grid)


def _level(layer: int, unit: int, source: int, shown: Lit) -> int:
    if layer != shown.edges:
        return OFF
    if shown.into is not None and unit != shown.into:
        return STEP
    if shown.out_of is not None and source != shown.out_of:
        return STEP
    return FOCUS


def _labels(grid: Grid, p: Pass, step: Step, found: list[Column], shown: Lit, look: Look) -> None:
    """The numbers of the edges in focus, where the gap is wide enough to write on them."""
    if not shown.edges or look.hidden:
        return
    by_layer = {column.layer: column for column in found}
    if shown.edges not in by_layer or shown.edges - 1 not in by_layer:
        return
    before, after = by_layer[shown.edges - 1], by_layer[shown.edges]
    gap = after.x - before.x - before.width
    value = _edge_values(p, step)
    taken: set[int] = set()
    for unit, y1 in zip(after.units, after.rows, strict=True):
        for source, y0 in zip(before.units, before.rows, strict=True):
            if _level(after.layer, unit, source, shown) != FOCUS:
                continue
            text = look.number.text(float(value[unit, source]), step.result.scale if step.phase in "BU" else 0.0)
            if cell_len(text) + 2 > gap:
                continue
            # near the end where the edges are apart
            part = 0.28 if shown.into is not None and shown.out_of is None else 0.72 if shown.into is None else 0.5
            y = round(y0 + (y1 - y0) * part)
            if y in taken:
                continue
            taken.add(y)
            x = before.x + before.width + round((gap - cell_len(text)) * part)
            grid.put(x, y, text, Ink.TEXT)


def _units(
    grid: Grid,
    column: Column,
    values: np.ndarray | None,
    shown: Lit,
    number: Number,
    size: int,
    hidden: bool,
    mono: bool,
) -> None:
    on = column.layer in shown.layers
    top = 1.0 if values is None else largest(values)
    for unit, y in zip(column.units, column.rows, strict=True):
        here = shown.focus.get(column.layer) == unit
        if values is None or (hidden and here):
            text = "?" if hidden and here and values is not None else "○"
        else:
            text = fitted(float(values[unit]), number, column.width - 2 if here and mono else column.width)
        x, room = column.x, column.width
        pad = room - cell_len(text)
        text = " " * (pad // 2) + text + " " * (pad - pad // 2)
        if here:
            text = f"▸{text[1:-1]}◂" if mono and text[:1] == text[-1:] == " " else text
            grid.put(x, y, text, Ink.DARK, Ink.ACCENT)
        elif on and values is not None and text.strip() not in ("0", "○"):
            share = abs(float(values[unit])) / top if np.isfinite(values[unit]) else 1.0
            level = min(STEPS - 1, round(share * (STEPS - 2)))
            ramp = Ink.POSITIVE if float(values[unit]) >= 0 else Ink.NEGATIVE
            grid.put(x, y, text, Ink.TITLE, ramp + max(0, level // 2))
        else:
            grid.put(x, y, text, Ink.TEXT if on else Ink.DIM)
    if len(column.units) < size:
        above, below = column.units[0], size - 1 - column.units[-1]
        if above and column.rows[0] > 2:
            grid.put_centre(column.x, column.x + column.width, column.rows[0] - 1, f"⋮{above}", Ink.FAINT)
        if below and column.rows[-1] < grid.height - 3:
            grid.put_centre(column.x, column.x + column.width, column.rows[-1] + 1, f"⋮{below}", Ink.FAINT)


def fitted(value: float, number: Number, width: int) -> str:
    """A number in as many digits as fit `width` cells; a dot where not even one does: half a number would be false."""
    for digits in range(number.digits, 0, -1):
        # 1e-15: rounding noise of numbers about 1, which is all there is room for here
        text = Number(digits, number.truncate).text(value, 1.0 if abs(value) < 1e-15 else 0.0)
        bare = text.replace("0.", ".", 1) if text.lstrip("−").startswith("0.") else text
        shorter = [one for one in (text, bare) if cell_len(one) <= width]
        if shorter:
            return shorter[0]
    return "•"


def picture_size(image: tuple[int, ...], layers: int, width: int, height: int) -> tuple[int, int]:
    """(cell rows, cell columns) for the input's picture; (0, 0) where there is no room for one."""
    rows = min((image[0] + 1) // 2, height)
    columns_ = min(image[1], width // 3, max(0, width - 8 * layers))  # 8: a unit of 6 cells and its edges
    rows = min(rows, max(1, round(columns_ * image[0] / image[1] / 2)))
    return (rows, columns_) if rows >= 3 and columns_ >= 6 else (0, 0)


def _picture(
    grid: Grid, p: Pass, image: tuple[int, ...], size: tuple[int, int], mono: bool, top: int, height: int
) -> None:
    """The input as the picture it is."""
    shown = resample(brought_into_range(p.h[0].reshape(image)), 2 * size[0], size[1])
    grid.paste(picture(shown, mono), 0, top + (height - size[0]) // 2)


def _captions(
    grid: Grid, p: Pass, step: Step, found: list[Column], look: Look, height: int, gradients: bool, named: str
) -> None:
    last = p.layers
    for place, column in enumerate(found):
        i = column.layer
        here = i == step.layer or (step.layer - 1 == i and step.id.endswith((" a", " W", " h")) and step.id[0] in "FB")
        title = look.say("x" if i == 0 else "ŷ" if i == last else f"h_{i}")
        kind = str(p.network.sizes[0]) if i == 0 else p.network.activations[i - 1].name
        left = max(0, column.x - 2)
        right = min(grid.width, column.x + column.width + 2)
        grid.put_centre(left, right, 0, title, Ink.TITLE if here else Ink.DIM)
        grid.put_centre(left, right, 1, kind, Ink.FAINT)
        if step.phase in "BUV" and i:
            reach = _reach(grid, found, place)
            known = step.phase in "UV" or i > step.layer or (i == step.layer and step.id.partition(" ")[2])
            norm = float(np.linalg.norm(p.delta[i]))
            noise = float(p.noise["delta"][i].max())
            if known:
                _under(grid, reach, height - 2, (f"‖{look.say(f'δ_{i}')}‖ ", "‖δ‖ ", ""), norm, noise, Ink.DIM)
            learned = step.phase in "UV" or i > step.layer or (i == step.layer and step.id[-1:] in "Wbh")
            if height >= 26 and learned:  # which layers learn, and how much: a vanishing gradient at a glance
                share = float(np.linalg.norm(p.network.dW[i])) / (float(np.linalg.norm(p.network.W[i])) or 1.0)
                before = (f"‖∇{look.say(f'W_{i}')}‖/‖W‖ ", "∇/W ")
                _under(grid, reach, height - 3, before, share, 0.0, Ink.FAINT)
    what = "∂L/∂h → δ" if gradients else "a → h" if step.phase == "F" else "h"
    edges = ""
    if step.phase == "U":
        edges = f" · edges {look.say(f'ΔW_{step.layer}')}"
    elif step.phase == "B" and step.id.endswith("W"):
        edges = f" · edges {look.say(step.result.name)}"
    elif step.id.endswith((" a", " h")) and lit(step, (0,), last).edges:
        edges = f" · edges {look.say(f'W_{step.layer}')}"
    legend = f"units {look.say(what)}{edges}"
    both = f"{legend} · {look.say(named)}" if named else legend
    shown = both if cell_len(both) <= grid.width else look.say(named) or legend
    grid.put(0, height - 1, fit(shown, grid.width), Ink.FAINT)


def _reach(grid: Grid, found: list[Column], place: int) -> tuple[int, int]:
    """The cells [left, right) below a column that no other column's figures may use."""
    column = found[place]
    left = (found[place - 1].x + found[place - 1].width + column.x + 1) // 2 if place else 0
    after = found[place + 1] if place + 1 < len(found) else None
    right = (column.x + column.width + after.x + 1) // 2 - 1 if after else grid.width
    return left, right


def _under(
    grid: Grid, reach: tuple[int, int], y: int, before: tuple[str, ...], value: float, noise: float, ink: int
) -> None:
    """A figure under a column, whole: in fewer digits or with a shorter name where there is little room, or not at all.

    before: what may stand before it, the longest first.
    """
    left, right = reach
    for name, digits in product(before, (3, 2)):
        text = name + Number(digits).text(value, noise)
        free = (grid.chars[y, :4] == ord(" ")).all() and left >= 4
        if cell_len(text) <= right - left and (name or free or grid.chars[y, 0] == ord("‖")):
            grid.put_centre(left, right, y, text, ink)
            if not name and free:  # once for the row
                grid.put(0, y, before[-2].strip(), ink)
            return
