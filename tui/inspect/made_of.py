"""What a step was computed from, below it on a tall screen: its small operands; the weights of pixels as a picture."""

from rich.cells import cell_len

from dnn_tui.experiments.explaining.blocks import tier
from dnn_tui.mlp.explain import Step

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink
from .heat import heat, scale, weighed
from .look import Look
from .numbers_grid import numbers_grid

WIDEST = 18  # cells of an operand's name, beside its numbers


def made_of(step: Step, look: Look, width: int, height: int, image: tuple[int, ...] | None, mono: bool) -> Grid:
    """On a tall screen: what the step was computed from, in numbers; the weights of pixels as a picture."""
    rows: list[Grid] = []
    shown = [o for o in step.operands if o.value.ndim and tier(o.shape) != "summary" and len(o.name) <= WIDEST]
    beside = max((cell_len(look.say(operand.name)) for operand in shown), default=0) + 2
    for operand in shown:
        focus, most = look.element_of(step, operand), 1 if operand.value.ndim == 1 else operand.shape[0] + 1
        tall = min(max(8, most if tier(operand.shape) == "full" else 8), height)
        block = numbers_grid(operand, focus, look.number, width - beside, tall, None, False, mono, look.scroll)
        row = Grid(width, block.height)
        row.put(0, 0, look.say(operand.name), Ink.DIM)
        row.paste(block, beside, 0)
        rows.append(row)
    left = height - sum(row.height + 1 for row in rows)
    if image is not None and step.id == "F1 a" and left > 8:
        rows.append(_weighed(step, look, width, left, image, mono))
    grid, y = Grid(width, max(0, height)), 0
    for row in rows:
        if y + row.height > height:
            break
        grid.paste(row, 0, y)
        y += row.height
    cut = Grid(width, y)
    cut.paste(grid, 0, 0)
    return cut


def _weighed(step: Step, look: Look, width: int, height: int, image: tuple[int, ...], mono: bool) -> Grid:
    """A unit's weights as the picture they weigh, and what each pixel adds to its sum."""
    (k,) = look.element(step)
    W, x = step.operands[0].value[k].reshape(image), step.operands[1].value.reshape(image)
    grid, left = Grid(width, max(0, min(height, image[0] // 2 + 2))), 0
    row, colour = weighed(W)
    adds = W * x if W.ndim == 2 else (W * x).sum(axis=-1)  # a place's colours add to the sum together
    for name, value in ((f"W_1 row {k + 1}{f', {colour}' if colour else ''}", row), (f"W_1 row {k + 1} ⊙ x", adds)):
        drawn = heat(value, grid.height - 2, min(image[1], width // 2 - 3), mono)
        grid.put(left, 0, fit(look.say(name), width // 2), Ink.DIM)
        grid.paste(drawn, left, 1)
        grid.paste(scale(value, look.number, width // 2, mono), left, 1 + drawn.height)
        left += max(drawn.width + 3, 24)
    return grid
