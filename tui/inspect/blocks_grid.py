"""A step's result as cells: all numbers, a lens with a mini-map, or a heat map with statistics. Pure functions."""

from dataclasses import replace

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.blocks import histogram, largest, matrix, tier
from dnn_tui.mlp.explain import Number, Operand
from dnn_tui.mlp.explain.numbers import Fixed

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink
from .heat import heat, in_colour, scale, weighed
from .numbers_grid import MOST_WHOLE, NO_SCROLL, lying, numbers_grid, place_in


def result_grid(
    operand: Operand,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    mono: bool = False,
    image: tuple[int, ...] | None = None,
    before: np.ndarray | None = None,
    marked: bool = True,
    scroll: tuple[int, int] = NO_SCROLL,
    names: tuple[str, ...] = (),
) -> Grid:
    """A result in the room there is. image: the shape of the picture that a row of the matrix weighs."""
    value = operand.value
    if height < 1 or width < 8:
        return Grid(max(0, width), max(0, height))
    if value.ndim == 0:
        grid = Grid(width, 1)
        grid.put(1, 0, number.text(float(value), operand.scale), Ink.TITLE)
        return grid
    size = tier(value.shape)
    if size == "full" or height < (4 if value.ndim == 1 else 5) or _all_fit(operand, number, width, height):
        return numbers_grid(operand, focus, number, width, height, before, marked, mono, scroll, names)
    if size == "lens":
        return _lens(operand, focus, number, width, height, mono, before, scroll, names)
    return _summary(operand, focus, number, width, height, mono, image)


def _all_fit(operand: Operand, number: Number, width: int, height: int) -> bool:
    """Whether a lens is not needed: every number of a larger array fits."""
    value = operand.value
    if value.size > MOST_WHOLE:
        return False
    if value.ndim == 1:
        return value.size <= height or lying(operand, value, (), number, width, height) is not None
    return value.shape[0] <= height and all(
        sum(cell_len(text) + 3 for text in row) + 2 <= width for row in matrix(value, number, operand.scale)[:1]
    )


def _lens(
    operand: Operand,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    mono: bool,
    before: np.ndarray | None,
    scroll: tuple[int, int],
    names: tuple[str, ...],
) -> Grid:
    """A part in numbers, and a map of the whole with the focus in it and the scale of its colours."""
    value = np.atleast_2d(operand.value)
    map_rows, map_columns = min(height - 1, -(-value.shape[0] // 2), 12), min(value.shape[1], max(8, width // 6))
    grid = Grid(width, height)
    # numbers of a window share a power of ten: eight short columns fit where three long ones would. It stands right
    # above them; a vector has one column, whose numbers are written out.
    power = int(np.floor(np.log10(largest(value)))) if value.any() and operand.value.ndim == 2 else 0
    power = 0 if 0 <= power <= 2 else power
    short = replace(operand, value=operand.value / 10.0**power, scale=operand.scale / 10.0**power)
    old = None if before is None else before / 10.0**power
    written = number if operand.value.ndim == 1 else Fixed(2, number.truncate)
    head = 1 if power else 0
    picture, legend = heat(value, map_rows, map_columns, mono), scale(value, number, width, mono)
    room = width - picture.width - 3, height - head - 1
    numbers = numbers_grid(short, focus, written, *room, old, True, mono, scroll, names)
    if head:
        grid.put(0, 0, f"10^{power} ×".replace("-", "−"), Ink.TITLE)
    grid.paste(numbers, 0, head)
    left = width - picture.width - 1
    grid.paste(picture, left, 0)
    k, j = place_in(operand.value, focus, False)
    grid.put(left + j * picture.width // value.shape[1], k * picture.height // value.shape[0], "◆", Ink.ACCENT)
    grid.paste(legend, width - legend.width - 1, max(picture.height, numbers.height + head))
    return grid


def _summary(
    operand: Operand,
    focus: tuple[int, ...],
    number: Number,
    width: int,
    height: int,
    mono: bool,
    image: tuple[int, ...] | None,
) -> Grid:
    """Statistics and a histogram; a heat map; the row in focus as a picture where it is one."""
    value = operand.value
    grid, flat = Grid(width, height), value[np.isfinite(value)].ravel()
    if not flat.size:
        grid.put(0, 0, "no finite number", Ink.BAD)
        return grid
    top = largest(flat)

    def text(v: float) -> str:
        return number.text(v, top)

    zeros = 100 * float((value == 0).mean())
    facts = [
        f"‖·‖ {text(top * float(np.linalg.norm(flat / top)))}",
        f"min {text(flat.min())}",
        f"max {text(flat.max())}",
        f"{zeros:.0f} % zero",
        f"mean {text(flat.mean())}",
    ]
    while len(facts) > 2 and len("  ".join(facts)) > width:
        facts.pop()
    grid.put(0, 0, fit("  ".join(facts), width), Ink.TEXT)
    bars = histogram(flat, max(8, min(40, width - 24)))
    x = grid.put(0, 1, text(flat.min()) + " ", Ink.DIM)
    x = grid.put(x, 1, bars, Ink.TRAIN)
    grid.put(x, 1, " " + text(flat.max()), Ink.DIM)
    begin, room = 2, height - 3
    if room < (1 if value.ndim == 1 else 3):
        return grid
    k, j = place_in(value, focus, False)
    if image is not None and value.ndim == 2 and value.shape[1] == int(np.prod(image)):
        row, colour = weighed(value[k].reshape(image))
        picture = heat(row, room, min(image[1], width), mono, top)  # both pictures have the scale below
        part = f": its {colour}" if colour else ""
        captions = [f"row {k + 1} of {value.shape[0]}, as the picture it weighs{part}", f"row {k + 1}{part}"]
        grid.paste(picture, 0, begin)
        rest = width - picture.width - 3
        if rest >= 12:
            whole = heat(value, room, rest, mono, top)
            grid.paste(whole, picture.width + 3, begin)
            captions = [f"{captions[0]}; right: all rows", f"{captions[1]}; right: all"]
    elif value.ndim == 1 and image is not None and value.size == int(np.prod(image)):
        shown = value.reshape(image)
        if shown.ndim == 3 and operand.name == "h_0":
            grid.paste(in_colour(shown, room, width, mono), 0, begin)
            grid.put(0, begin + min(room, -(-image[0] // 2)), fit("drawn as the picture it is", width), Ink.FAINT)
            return grid  # its colours are the picture's: they have no scale
        picture = heat(weighed(shown)[0], room, min(image[1], width), mono)
        grid.paste(picture, 0, begin)
        captions = ["drawn as the picture it is", "as a picture"]
    else:
        table = np.atleast_2d(value)
        picture = heat(table, room, width, mono)
        grid.paste(picture, 0, begin)
        grid.put(
            min(width - 1, j * picture.width // table.shape[1]),
            begin + k * picture.height // table.shape[0],
            "◆",
            Ink.ACCENT,
        )
        captions = ["each cell: the largest of what it covers, with its sign", "cell: the largest it covers"]
    legend = scale(value, number, width, mono)
    room = width - legend.width - 2
    caption = next((text for text in captions if cell_len(text) <= room), captions[-1] if room > 8 else "")
    grid.put(0, begin + picture.height, fit(caption, room), Ink.FAINT)
    grid.paste(legend, width - legend.width, begin + picture.height)
    return grid
