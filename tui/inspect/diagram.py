"""The left-hand picture of a network: its units and edges, with this step's lit and no others. Pure functions."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.blocks import largest
from dnn_tui.mlp.explain import Number, Pass, Step

from ..drawing.canvas import Dots, brought_into_range, picture, resample, segments
from ..drawing.grid import Grid, fit
from ..drawing.theme import STEPS, Ink
from .captions import draw_captions, in_focus
from .heat import signed_ink
from .lit import FOCUS, OFF, STEP, Lit, level_of, lit, node_values
from .look import Look
from .places import Column, columns, layers_shown, margins, picture_size

MOST_EDGES = 40  # between two layers


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
    draw_captions(grid, p, step, found, look, height, gradients, in_focus(p, shown, named))
    return grid


def _names(grid: Grid, column: Column, names: tuple[str, ...], x: int, size: int, right: bool) -> None:
    """What the units of a column are called, left or right of it."""
    for unit, y in zip(column.units, column.rows, strict=True):
        if size and unit < len(names):
            name = fit(names[unit], size - 1)
            grid.put(x if right else x + size - 1 - cell_len(name), y, name, Ink.DIM)


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
                level, weight = level_of(after.layer, unit, source, shown), float(value[unit, source])
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
            if level_of(after.layer, unit, source, shown) != FOCUS:
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


def _picture(
    grid: Grid, p: Pass, image: tuple[int, ...], size: tuple[int, int], mono: bool, top: int, height: int
) -> None:
    """The input as the picture it is."""
    shown = resample(brought_into_range(p.h[0].reshape(image)), 2 * size[0], size[1])
    grid.paste(picture(shown, mono), 0, top + (height - size[0]) // 2)
