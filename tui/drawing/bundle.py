"""Many lines that all cross the same upright axes, as dots: parallel coordinates. Pure functions.

Inselberg 1985. A thousand lines are drawn at once: each column of dots counts how many begin and end at each height.
"""

import numpy as np

from .canvas import Dots


def bundle(x: np.ndarray, y: np.ndarray, width: int, height: int) -> np.ndarray:
    """Which dots lines through (x[k], y[line, k]) set, shape (4 height, 2 width).

    x: dots from the left, rising, shape (axes,); y: dots from the top, shape (lines, axes); NaN interrupts a line.
    """
    rows, columns = 4 * height, 2 * width
    begins = np.zeros((rows + 1) * columns, np.int32)
    for k in range(len(x) - 1):
        first, last = int(x[k]), int(x[k + 1])
        good = np.isfinite(y[:, k]) & np.isfinite(y[:, k + 1])
        if last <= first or not good.any():
            continue
        here, there = (y[good, at].astype(np.float32)[:, None] for at in (k, k + 1))
        share = np.arange(last - first + 1, dtype=np.float32) / (last - first)
        at = (here + (there - here) * share + 0.5).astype(np.int32)
        np.clip(at, 0, rows - 1, out=at)
        from_, to = at[:, :-1], at[:, 1:]
        # from a dot to just before the next column's, so that a steep line has no gaps and a flat one is one dot high
        top = np.minimum(from_, to + 1)
        below = np.maximum(from_, to - 1) + 1
        across = np.arange(first, last, dtype=np.int32)
        size = len(begins)
        begins += np.bincount((top * columns + across).ravel(), minlength=size).astype(np.int32)
        begins -= np.bincount((below * columns + across).ravel(), minlength=size).astype(np.int32)
    return np.asarray(np.cumsum(begins.reshape(rows + 1, columns), axis=0)[:rows] > 0)


def lay(dots: Dots, on: np.ndarray, ink: int) -> None:
    """Put dots over those there are: cells that they touch are theirs alone."""
    cells = on.reshape(dots.height, 4, dots.width, 2).any(axis=(1, 3))
    dots.on &= ~np.repeat(np.repeat(cells, 4, axis=0), 2, axis=1)
    dots.on |= on
    dots.ink[cells] = ink
