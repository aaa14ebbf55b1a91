"""Pictures of a data set printed once: one of each class, in half blocks, or in shades where there is no colour."""

import math

import numpy as np
from rich.cells import cell_len
from rich.console import Console, Group
from rich.text import Text

from dnn_tui.datasets import Dataset
from dnn_tui.datasets.summary import example_of_each_class

SHADES = " ░▒▓█"
MOST_PICTURES = 20


def pictures(console: Console, data: Dataset) -> Group:
    """A training picture of each class, in rows as wide as the terminal."""
    colour = console.is_terminal and not console.no_color
    drawn = []
    for row in example_of_each_class(data)[:MOST_PICTURES]:
        picture = data.train.x[row].reshape(data.image_shape)
        named = min(16, max(map(cell_len, data.class_names)))
        width = min(max(picture.shape[1], 6, named), 32, console.width)
        picture = picture[:: math.ceil(picture.shape[0] / 32), :: math.ceil(picture.shape[1] / 32)]
        caption = data.class_names[data.train.y[row]][:width].center(width)
        lines = [Text(caption, style="bold"), *(half_blocks(picture) if colour else shades(picture))]
        for line in lines:
            line.pad_right(max(0, width - line.cell_len))
        drawn.append(lines)
    width = max(line.cell_len for lines in drawn for line in lines)
    per_row = max(1, (console.width + 2) // (width + 2))
    blocks = []
    for start in range(0, len(drawn), per_row):
        for side_by_side in zip(*drawn[start : start + per_row], strict=True):
            blocks.append(Text("  ").join(side_by_side))
        blocks.append(Text())
    return Group(*blocks)


def half_blocks(picture: np.ndarray) -> list[Text]:
    """A picture (height, width) or (height, width, 3) with values 0 to 1, two pixels a character, in true colour."""
    rgb = picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
    rgb = (np.clip(rgb, 0, 1) * 255).round().astype(int)
    if len(rgb) % 2:
        rgb = np.concatenate([rgb, np.zeros_like(rgb[:1])])
    lines = []
    for upper, lower in zip(rgb[::2], rgb[1::2], strict=True):
        line = Text()
        for (r, g, b), (s, h, c) in zip(upper, lower, strict=True):
            line.append("▀", style=f"#{r:02x}{g:02x}{b:02x} on #{s:02x}{h:02x}{c:02x}")
        lines.append(line)
    return lines


def shades(picture: np.ndarray) -> list[Text]:
    """The same without colour: two pixels a character, by their mean."""
    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    if len(grey) % 2:
        grey = np.concatenate([grey, grey[-1:]])
    level = ((grey[::2] + grey[1::2]) / 2 * (len(SHADES) - 1)).round().astype(int).clip(0, len(SHADES) - 1)
    return [Text("".join(SHADES[value] for value in row)) for row in level]
