"""Numbers as colours: a signed ramp whose 0 is neutral, and the scale that says what the colours are."""

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.blocks import largest, signed_extremes
from dnn_tui.mlp.explain import Number

from ..drawing.canvas import brought_into_range, half_blocks, picture, resample
from ..drawing.grid import Grid
from ..drawing.theme import STEPS, Ink

ABOVE, BELOW = " ░▒▓█", " ⠂⠒⠶⠿"  # how much above 0, how much below, where there is no colour
CHANNELS = ("red", "green", "blue")
ZERO = Ink.GREY + 1  # neither blue nor orange, and not the panel's own: a picture of zeros is still a picture


def signed_ink(value: float, top: float) -> int:
    """The ink of a number: blue above 0, orange below, brighter the larger it is."""
    if not np.isfinite(value) or value == 0 or top <= 0:
        return Ink.DIM
    level = min(STEPS - 1, 2 + round(abs(value) / top * (STEPS - 3)))
    return (Ink.POSITIVE if value > 0 else Ink.NEGATIVE) + level


def heat(value: np.ndarray, rows: int, columns: int, mono: bool, top: float | None = None) -> Grid:
    """A matrix as a signed picture of at most rows × columns cells (two pixel rows a cell).

    top: the size that is brightest, where a scale is shared; None: the largest there is.
    """
    if rows < 1 or columns < 1:
        return Grid(0, 0)
    top = largest(value) if top is None else top
    pixels = signed_extremes(np.nan_to_num(value, nan=0.0, posinf=top, neginf=-top), 2 * rows, columns)
    if mono:
        return textured(pixels / top)
    levels = np.rint(np.abs(pixels) / top * (STEPS - 1)).astype(np.uint8)
    inks = np.where(pixels >= 0, Ink.POSITIVE + levels, Ink.NEGATIVE + levels).astype(np.uint8)
    inks[pixels == 0] = ZERO
    return half_blocks(inks)


def weighed(weights: np.ndarray) -> tuple[np.ndarray, str]:
    """The weights of a picture's pixels as one map, and which colour they weigh ("" where there is but one).

    weights: shape (height, width) or (height, width, channels): of these, the one with the largest weights. Their
    mean would be a map of nothing: weights of opposite sign cancel.
    """
    if weights.ndim == 2:
        return weights, ""
    strongest = int(np.abs(weights).sum(axis=(0, 1)).argmax())
    return weights[..., strongest], CHANNELS[strongest] if weights.shape[2] == len(CHANNELS) else ""


def in_colour(pixels: np.ndarray, rows: int, columns: int, mono: bool) -> Grid:
    """Pixels, shape (height, width, channels), as a picture of at most rows × columns cells."""
    rows, columns = min(2 * rows, pixels.shape[0]), min(columns, pixels.shape[1])
    return picture(resample(brought_into_range(pixels), rows, columns), mono)


def textured(shares: np.ndarray) -> Grid:
    """Shares from −1 to 1 without colour: shades above 0, dots below; two pixel rows a cell, the larger one shown."""
    if len(shares) % 2:
        shares = np.vstack([shares, np.zeros((1, shares.shape[1]))])
    upper, lower = shares[0::2], shares[1::2]
    cells = np.where(np.abs(upper) >= np.abs(lower), upper, lower)
    levels = np.rint(np.abs(cells) * (len(ABOVE) - 1)).astype(int)
    grid = Grid(cells.shape[1], len(cells))
    above, below = (np.array([ord(c) for c in texture], np.uint32) for texture in (ABOVE, BELOW))
    grid.chars[...] = np.where(cells >= 0, above[levels], below[levels])
    return grid


def scale(value: np.ndarray, number: Number, width: int, mono: bool) -> Grid:
    """What the colours of `heat(value)` say, from −top over a neutral 0 to top. Empty where there is no room."""
    top = number.text(largest(value))
    ends = (f"−{top} ", f" {top}")
    ramp = (STEPS if not mono else len(ABOVE)) - 1
    size = cell_len(ends[0]) + 2 * ramp + 1 + cell_len(ends[1])
    if size > width:
        return Grid(0, 0)
    grid = Grid(size, 1)
    x = grid.put(0, 0, ends[0], Ink.DIM)
    for level in range(-ramp, ramp + 1):
        if mono:
            x = grid.put(x, 0, ("0" if not level else ABOVE[level] if level > 0 else BELOW[-level]), Ink.DIM)
        else:
            ink = ZERO if not level else Ink.POSITIVE + level if level > 0 else Ink.NEGATIVE - level
            x = grid.put(x, 0, "0" if not level else " ", Ink.TEXT, ink)
    grid.put(x, 0, ends[1], Ink.DIM)
    return grid
