"""What stands above and below the layers of the left-hand picture: names, kinds, how long δ and ∇ are."""

from itertools import product

import numpy as np
from rich.cells import cell_len

from dnn_tui.mlp.explain import Number, Pass, Step

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink
from .lit import Lit, lit
from .look import Look
from .places import Column


def in_focus(p: Pass, shown: Lit, named: tuple[bool, bool]) -> str:
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


def draw_captions(
    grid: Grid, p: Pass, step: Step, found: list[Column], look: Look, height: int, gradients: bool, named: str
) -> None:
    """What stands above and below each layer, and the line that says what is drawn."""
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
