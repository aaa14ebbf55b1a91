"""An x-axis over steps: what is written along it (epochs, steps or seconds), where it ends; smoothing along it."""

import math
from dataclasses import dataclass

import numpy as np

NAMES = ("epoch", "step", "seconds")
ENDS = (1, 2, 3, 4, 5, 6, 8, 10)  # where the axis may end while it grows: epochs, times powers of ten


@dataclass(frozen=True)
class Axis:
    """From steps to what is written: straight lines between the known pairs (step, value)."""

    name: str
    steps: tuple[float, ...]
    values: tuple[float, ...]

    def at(self, steps) -> np.ndarray:
        """Values at steps (any shape); beyond the last known pair the mean slope goes on."""
        steps = np.asarray(steps, float)
        inside = np.interp(steps, self.steps, self.values)
        slope = self.values[-1] / self.steps[-1] if self.steps[-1] else 1.0
        return inside + np.maximum(0, steps - self.steps[-1]) * slope


def axis_end(now: float, total: int) -> float:
    """Where an epoch axis ends that holds `now` and grows in steps, so that it is not redrawn all the time."""
    if total <= 0:
        return max(1.0, now)
    power = 10 ** max(0, math.floor(math.log10(max(now, 1))))
    return float(max(now, min(total, next((k * power for k in ENDS if k * power >= now), total))))


def smoothed(values: np.ndarray, half_life: float, apart: float = 1.0) -> np.ndarray:
    """The exponential moving average of values that are `apart` steps apart, debiased as in Adam (Kingma & Ba 2015):

    m_t = w m_{t-1} + (1 - w) x_t, shown m_t / (1 - wᵗ), with w = 2^(-apart / half_life). NaN is skipped.
    """
    weight = 2.0 ** (-apart / half_life)
    out, mean, total = np.full(len(values), np.nan), 0.0, 0.0
    for k, value in enumerate(values.tolist()):
        if math.isfinite(value):
            mean = weight * mean + (1 - weight) * value
            total = weight * total + (1 - weight)
        if total:
            out[k] = mean / total
    return out
