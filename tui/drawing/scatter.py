"""Single points in a chart's axes, as signs: many at once. Pure functions."""

import numpy as np
import numpy.typing as npt

from .grid import Grid
from .plot import Chart, frame, inner_width, margin_of


def draw_points(
    grid: Grid,
    chart: Chart,
    x: np.ndarray,
    y: np.ndarray,
    signs: npt.ArrayLike,
    inks: npt.ArrayLike,
    left: int,
    top: int,
    width: int,
    height: int,
    margin: int | None = None,
) -> None:
    """Put signs (code points) into a chart that `draw_chart` has drawn into the same rectangle; of several in a cell

    the last stays. What lies beyond the y-axis is at its edge; what lies beyond the x-axis is left out.
    """
    if width < 8 or height < 3:
        return
    rows = frame(chart, height)[0]
    inner = inner_width(width, margin_of(chart, height) if margin is None else margin)
    across, up = chart.x.place(x), chart.y.place(y)
    seen = np.isfinite(across) & np.isfinite(up) & (across >= 0) & (across <= 1)
    columns = np.rint(across[seen] * (2 * inner - 1)).astype(int) // 2 + left + width - inner
    lines = np.rint(np.clip(1 - up[seen], 0, 1) * (4 * rows - 1)).astype(int) // 4 + top + 1
    grid.chars[lines, columns] = np.broadcast_to(np.asarray(signs, np.uint32), across.shape)[seen]
    grid.fg[lines, columns] = np.broadcast_to(np.asarray(inks, np.uint16), across.shape)[seen]
