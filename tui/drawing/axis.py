"""An x-axis over steps: what is written along it (epochs, steps or seconds), where it ends; smoothing along it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NAMES = ("epoch", "step", "seconds")
ENDS = (1, 2, 3, 4, 5, 6, 8, 10)  # where the axis may end while it grows: epochs, times powers of ten


@dataclass(frozen=True, eq=False)
class Axis:
    """From steps to what is written: straight lines between the known pairs (step, value), neither ever falling."""

    name: str
    steps: Sequence[float] | np.ndarray
    values: Sequence[float] | np.ndarray

    def at(self, steps: npt.ArrayLike) -> np.ndarray:
        """Values at steps (any shape); beyond the last known pair the mean slope goes on."""
        steps = np.asarray(steps, float)
        inside = np.interp(steps, self.steps, self.values)
        return np.asarray(inside + np.maximum(0, steps - self.steps[-1]) * self._slope)

    def steps_at(self, values: npt.ArrayLike) -> np.ndarray:
        """The other way round: steps at values."""
        values = np.asarray(values, float)
        inside = np.interp(values, self.values, self.steps)
        return np.asarray(inside + np.maximum(0, values - self.values[-1]) / (self._slope or 1.0))

    @property
    def _slope(self) -> float:
        return float(self.values[-1] / self.steps[-1]) if self.steps[-1] else 1.0


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
    known = np.flatnonzero(np.isfinite(values))
    mean, total = (1 - weight) * values[known], np.full(len(known), 1 - weight)
    shift = 1
    # each round the sums reach twice as far back: Σ_{j<2s} wʲ x_{t-j} = Σ_{j<s} wʲ x_{t-j} + wˢ Σ_{j<s} wʲ x_{t-s-j}
    while shift < len(known):
        mean[shift:] += weight**shift * mean[:-shift].copy()
        total[shift:] += weight**shift * total[:-shift].copy()
        shift *= 2
    newest = np.searchsorted(known, np.arange(len(values)), side="right") - 1
    out = np.full(len(values), np.nan)
    out[newest >= 0] = (mean / total)[newest[newest >= 0]]
    return out
