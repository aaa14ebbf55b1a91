"""A curve in a row of characters. Pure functions."""

from collections.abc import Sequence

import numpy as np

from .plot import Scale

LEVELS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int, scale: Scale) -> str:
    """The values in at most `width` cells, on a common scale; each cell has the last of its values, ✗ where that is

    no number. Fewer values than cells take a cell each.
    """
    if not len(values) or width < 1:
        return ""
    cells = min(width, len(values))
    last = np.asarray(values, float)[np.arange(1, cells + 1) * len(values) // cells - 1]
    levels = np.clip(np.nan_to_num(scale.place(last), nan=0.0, posinf=1.0), 0, 1) * (len(LEVELS) - 1)
    finite = np.isfinite(last).tolist()
    pairs = zip(np.rint(levels).astype(int).tolist(), finite, strict=True)
    return "".join(LEVELS[level] if good else "✗" for level, good in pairs)
