"""The curves' x-axis: which steps are seen, and what is written along them (epochs, steps or seconds)."""

import math
from dataclasses import dataclass

import numpy as np

from .moment import Moment

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


def axis_of(moment: Moment) -> Axis:
    """The axis that the look asks for."""
    state, per_epoch = moment.state, moment.state.steps_per_epoch or 1
    if moment.look.axis == "step":
        return Axis("step", (0.0, 1.0), (0.0, 1.0))
    if moment.look.axis == "seconds":
        pairs = {0: 0.0} | {e.step: e.elapsed for e in state.epochs} | {state.step: state.elapsed}
        return Axis("seconds", tuple(map(float, pairs)), tuple(np.maximum.accumulate(list(pairs.values())).tolist()))
    return Axis("epoch", (0.0, float(per_epoch)), (0.0, 1.0))


def window(moment: Moment) -> tuple[float, float]:
    """The steps (first, last) that are seen: the whole run, or `span` steps up to `right` (or to the newest)."""
    look, state = moment.look, moment.state
    if look.span is None:
        if look.axis == "seconds":
            return 0.0, float(max(1, state.step))
        per_epoch = state.steps_per_epoch or 1
        return 0.0, axis_end(state.step / per_epoch, state.total_epochs) * per_epoch
    right = float(max(1, state.step)) if look.right is None else look.right
    return max(0.0, right - look.span), max(right, min(look.span, 1.0))


def axis_end(now: float, total: int) -> float:
    """Where an epoch axis ends that holds `now` and grows in steps, so that it is not redrawn all the time."""
    if total <= 0:
        return max(1.0, now)
    power = 10 ** max(0, math.floor(math.log10(max(now, 1))))
    return float(max(now, min(total, next((k * power for k in ENDS if k * power >= now), total))))


def zoomed(moment: Moment, factor: float) -> dict:
    """Changes of the look that show `factor` times as many steps, the cursor (or the newest step) staying in place."""
    first, last = window(moment)
    newest = float(max(1, moment.state.step))
    fixed = newest if moment.look.at is None else float(moment.look.at)
    span = max(8.0, (min(last, newest) - first) * factor)
    if span >= newest:
        return {"span": None, "right": None}
    following = moment.look.right is None and moment.look.at is None
    share = (min(last, newest) - fixed) / max(1.0, min(last, newest) - first)
    right = min(newest, max(span, fixed + share * span))
    return {"span": span, "right": None if following else right}


def panned(moment: Moment, share: float) -> dict:
    """Changes of the look that move the window by a share of its width; at the newest step it follows again."""
    if moment.look.span is None:
        return {}
    first, last = window(moment)
    right = last + share * (last - first)
    if right >= moment.state.step:
        return {"right": None}
    return {"right": max(moment.look.span, right)}


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
