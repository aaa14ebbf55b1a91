"""What all panels of a search say alike: signs and inks of a trial's state, values, scales and their numbers."""

import math
import re
from typing import Final

import numpy as np

from dnn_tui.experiments.searching.state import Axis, SearchState, Trial, Value
from dnn_tui.mlp.settings import SETTINGS

from ...drawing.numbers import figure, percent, short
from ...drawing.plot import Scale, span
from ...drawing.theme import Ink
from .panel import Brush, Sight

# a trial's state: its sign (colour is never alone) and its ink
SIGNS: Final[dict[str, tuple[str, int]]] = {
    "waiting": ("·", Ink.FAINT),
    "running": ("▸", Ink.GOOD),
    "complete": ("●", Ink.TEXT),
    "pruned": ("×", Ink.FAINT),
    "diverged": ("✗", Ink.BAD),
    "failed": ("!", Ink.BAD),
    "stopped": ("■", Ink.DIM),
}
# the score as it is called: on the validation rows, lower is better
SCORES: Final[dict[str, str]] = {"loss": "val loss", "accuracy": "val error", "mae": "val MAE", "r2": "val 1−R²"}


def said(value: Value) -> str:
    """A setting's value as a person reads it; – where a trial has no such setting."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else short(value, 3)


def score_name(state: SearchState) -> str:
    """What the trials are judged by."""
    return SCORES.get(state.metric, state.metric)


def second_of(state: SearchState, value: float | None) -> str:
    """The figure beside the score as it is written."""
    return percent(value) if state.second == "accuracy" else figure(value, 3)


def unit_of(axis: Axis) -> str:
    """What the setting is counted in; "" where it has no unit, or is none of the table's."""
    name = re.sub(r"_\d+$", "", axis.name)  # hidden_2: of the second layer
    return SETTINGS[name].unit if name in SETTINGS else ""


def titled(axis: Axis) -> str:
    """The axis with its unit: "hidden, units"."""
    unit = unit_of(axis)
    return f"{axis.name}, {unit}" if unit else axis.name


def selected(state: SearchState, sight: Sight) -> Trial | None:
    """The trial one is at: the one chosen, else the best, else the first."""
    chosen = state.trial(sight.trial) if sight.trial is not None else None
    return chosen or state.best or (state.trials[0] if state.trials else None)


def setting_of(state: SearchState, sight: Sight) -> Axis | None:
    """The axis looked at; None where that is the score's, or there are none."""
    return state.axes[sight.setting] if 0 <= sight.setting < len(state.axes) else None


def score_scale(state: SearchState, log: bool) -> Scale:
    """From the best score to the worst, but for those that are far off."""
    low, high = state.reach
    if math.isnan(low):
        return Scale(0.1, 1.0, log=log)
    return Scale(low / 1.1, high * 1.1, log=True) if log and low > 0 else Scale(*span(np.array([low, high])))


def axis_scale(axis: Axis) -> tuple[Scale, tuple[tuple[float, str], ...]]:
    """The setting as an axis of a chart, with a little room at both ends; the ticks of choices, by place."""
    if axis.choices is not None:
        last = max(1, len(axis.choices) - 1)
        places = [0.5] if len(axis.choices) == 1 else [k / last for k in range(len(axis.choices))]
        return Scale(-0.12, 1.12), tuple(zip(places, map(said, axis.choices), strict=True))
    if axis.log:
        room = (axis.high / axis.low) ** 0.03
        return Scale(axis.low / room, axis.high * room, log=True), ()
    room = 0.03 * (axis.high - axis.low)
    return Scale(axis.low - room, axis.high + room), ()


def values_at(axis: Axis, places: np.ndarray) -> np.ndarray:
    """On the scale of `axis_scale` what lies at places from 0 to 1; of choices the places themselves."""
    if axis.choices is not None:
        return places
    if axis.log:
        return np.asarray(axis.low * (axis.high / axis.low) ** places)
    return np.asarray(axis.low + places * (axis.high - axis.low))


def within(state: SearchState, sight: Sight) -> np.ndarray:
    """Which trials lie in all brushes, shape (trials,)."""
    inside = np.ones(len(state.trials), bool)
    names = [axis.name for axis in state.axes]
    for brush in sight.brushes:
        if brush.name and brush.name not in names:
            continue
        at = state.parallel[:, names.index(brush.name)] if brush.name else score_places(state, sight.log)
        inside &= (at >= brush.low - 1e-9) & (at <= brush.high + 1e-9)  # NaN lies nowhere
    return inside


def score_places(state: SearchState, log: bool) -> np.ndarray:
    """Where the scores lie on their axis, 0 to 1; those off it at its end, NaN where there is none."""
    return np.asarray(np.clip(score_scale(state, log).place(state.scores), 0, 1))


def brush_words(state: SearchState, brush: Brush, log: bool) -> str:
    """What a brush holds: "lr 0.001…0.1"."""
    axis = next((axis for axis in state.axes if axis.name == brush.name), None)
    if axis is not None and axis.choices is not None:
        places = axis.places(axis.choices)
        inside = [said(c) for c, p in zip(axis.choices, places, strict=True) if brush.low <= p <= brush.high]
        return f"{axis.name} {', '.join(inside) or 'none'}"
    if axis is not None:
        return f"{axis.name} {said(axis.value_at(brush.low))}…{said(axis.value_at(brush.high))}"
    scale = score_scale(state, log)
    low, high = (score_at(scale, place) for place in (brush.low, brush.high))
    return f"{score_name(state)} {short(low, 3)}…{short(high, 3)}"


def score_at(scale: Scale, place: float) -> float:
    """The score at a place of its axis: `Scale.place` the other way round."""
    if scale.log:
        return math.exp(math.log(scale.low) + place * math.log(scale.high / scale.low))
    return scale.low + place * (scale.high - scale.low)
