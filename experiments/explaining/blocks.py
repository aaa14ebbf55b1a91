"""Arrays as lines of text: all numbers of a small one, a summary of a large one. Pure functions."""

import numpy as np

from dnn_tui.mlp.explain import Number, Operand, column

FULL = 8  # up to 8×8 every number is shown
WRITTEN, LONGEST = 64, 16  # in text, where there is no window to move, so many numbers are, and so many in a row
LENS = 64  # up to 64×64 a window of 8×8 is; beyond, a summary
BARS = "▁▂▃▄▅▆▇█"


def tier(shape: tuple[int, ...]) -> str:
    """ "full", "lens" or "summary": how much of an array of that shape is written out."""
    longest = max(shape, default=1)
    return "full" if longest <= FULL else "lens" if longest <= LENS else "summary"


def matrix(value: np.ndarray, number: Number, scale: float = 0.0) -> list[list[str]]:
    """The numbers of a vector (one row) or matrix as text, each column aligned at its decimal points."""
    rows = np.atleast_2d(value)
    if not rows.size:
        return []
    columns = [column(number.text(v, scale) for v in rows[:, j]) for j in range(rows.shape[1])]
    return [list(row) for row in zip(*columns, strict=True)]


def block(operand: Operand, number: Number, vector_upright: bool = False) -> list[str]:
    """An operand as lines."""
    value = operand.value
    if value.ndim == 0:
        return [number.text(float(value), operand.scale)]
    if tier(value.shape) != "full" and (value.size > WRITTEN or max(value.shape) > LONGEST):
        return summary(value, number)
    rows = matrix(value[:, None] if vector_upright and value.ndim == 1 else value, number, operand.scale)
    return [f"[ {'  '.join(row)} ]" for row in rows]


def largest(value: np.ndarray) -> float:
    """The largest finite size; 1 where there is none above 0, so that it can be divided by."""
    finite = np.abs(value[np.isfinite(value)])
    return float(finite.max(initial=0.0)) or 1.0


def summary(value: np.ndarray, number: Number) -> list[str]:
    """Norm, extremes, share of zeros and a histogram, for an array too large to be written out."""
    flat = np.asarray(value, float).ravel()
    finite = flat[np.isfinite(flat)]
    if not finite.size:
        return ["no finite number"]
    zeros, size = 100 * float((flat == 0).mean()), largest(finite)

    def text(v: float) -> str:
        return number.text(v, size)

    norm = size * float(np.linalg.norm(finite / size))
    lines = [
        f"‖·‖ {text(norm)}   min {text(finite.min())}   mean {text(finite.mean())}   "
        f"max {text(finite.max())}   zeros {zeros:.0f} %",
        f"{text(finite.min())} {histogram(finite)} {text(finite.max())}",
    ]
    if finite.size < flat.size:
        lines.append(f"{flat.size - finite.size} not finite")
    return lines


def histogram(values: np.ndarray, bins: int = 24) -> str:
    """A line of bars: how often which size occurs (square roots, so that a rare size is still seen)."""
    scale = float(np.abs(values).max()) or 1.0
    counts, _ = np.histogram(values / scale, bins)
    heights = np.sqrt(counts / max(1, counts.max()))
    return "".join(BARS[round(h * (len(BARS) - 1))] if n else " " for h, n in zip(heights, counts, strict=True))


def signed_extremes(value: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """A matrix resampled to at most rows × columns: each cell takes, of what it covers, what is largest in size.

    Not the mean: opposite signs would cancel and hide what is there.
    """
    value = np.atleast_2d(value)
    rows, columns = min(rows, value.shape[0]), min(columns, value.shape[1])
    r = np.linspace(0, value.shape[0], rows + 1).astype(int)[:-1]
    c = np.linspace(0, value.shape[1], columns + 1).astype(int)[:-1]
    high = np.maximum.reduceat(np.maximum.reduceat(value, r, axis=0), c, axis=1)
    low = np.minimum.reduceat(np.minimum.reduceat(value, r, axis=0), c, axis=1)
    return np.where(high >= -low, high, low)
