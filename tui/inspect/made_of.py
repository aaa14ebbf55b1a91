"""What a step was computed from, below it on a tall screen: its small operands; the weights of pixels as a picture."""

from dnn_tui.experiments.explaining.blocks import tier
from dnn_tui.mlp.explain import Step

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink
from .blocks_grid import heat, result_grid
from .look import Look


def made_of(step: Step, look: Look, width: int, height: int, image: tuple[int, ...] | None, mono: bool) -> Grid:
    """On a tall screen: what the step was computed from, in numbers; the weights of pixels as a picture."""
    rows: list[Grid] = []
    for operand in step.operands:
        if operand.value.ndim == 0 or tier(operand.shape) != "full" or len(operand.name) > 11:
            continue
        block = result_grid(operand, (0,) * operand.value.ndim, look.number, width - 12, 8, mono, marked=False)
        row = Grid(width, block.height)
        row.put(0, 0, fit(look.say(operand.name), 11), Ink.DIM)
        row.paste(block, 12, 0)
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
    shown = Grid(width, y)
    shown.paste(grid, 0, 0)
    return shown


def _weighed(step: Step, look: Look, width: int, height: int, image: tuple[int, ...], mono: bool) -> Grid:
    """A unit's weights as the picture they weigh, and what each pixel adds to its sum."""
    (k,) = look.element(step)
    W, x = step.operands[0].value[k].reshape(image), step.operands[1].value.reshape(image)
    grid, left = Grid(width, max(0, min(height, image[0] // 2 + 1))), 0
    for name, value in ((f"W_1 row {k + 1}", W), (f"W_1 row {k + 1} ⊙ x", W * x)):
        value = value if value.ndim == 2 else value.sum(axis=-1)
        drawn = heat(value, grid.height - 1, min(image[1], width // 2 - 3), mono)
        grid.put(left, 0, fit(look.say(name), width // 2), Ink.DIM)
        grid.paste(drawn, left, 1)
        left += drawn.width + 3
    return grid
