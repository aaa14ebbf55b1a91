"""What an activation does to one unit, as a curve: g and g′ over the weighted sum, and where the unit itself stands.

The sum is taken without the bias, so that the bias is seen: it moves the whole curve, by −b along the axis.
"""

import re
from dataclasses import dataclass

import numpy as np

from dnn_tui.mlp.explain import Focus, Pass, Step
from dnn_tui.mlp.explain.notation import indexed
from dnn_tui.mlp.explain.passes import activate, local_derivative

ROOM = 4.0  # of the weighted sum shown on either side: within it sigmoid and tanh go from flat to flat
POINTS = 401


@dataclass(frozen=True, eq=False)
class ActivationCurve:
    """g(s + b) over weighted sums s = w·h without the bias, all arrays (POINTS,).

    g, slope: the activation and its derivative there; unshifted: g(s), as it would be with no bias. here: the unit's
    own s, its h = g(s + b) and g′(s + b). a, h: how the unit's numbers are called, such as a_{11}.
    """

    activation: str
    a: str
    h: str
    bias: float
    s: np.ndarray
    g: np.ndarray
    slope: np.ndarray
    unshifted: np.ndarray
    here: tuple[float, float, float]


def passes_activation(step: Step) -> bool:
    """Whether a step goes through an activation: h_i = g(a_i), or back, δ_i = ∂L/∂h_i ⊙ g′(a_i)."""
    return re.fullmatch(r"F\d+ h|B\d+ a", step.id) is not None


@np.errstate(all="ignore")  # a unit whose numbers overflow has no curve
def activation_curve(p: Pass, step: Step, focus: Focus) -> ActivationCurve | None:
    """The curve of the unit in focus at a step through an activation.

    None elsewhere, where the activation is not elementwise (softmax), and where a number is not finite.
    """
    i = step.layer
    if not passes_activation(step) or p.network.activations[i - 1].local is None:
        return None
    activation, k = p.network.activations[i - 1], focus[0]
    bias, a = float(p.network.b[i][k]), float(p.a[i][k])
    own = a - bias
    s = np.linspace(min(0.0, own, -bias) - ROOM, max(0.0, own, -bias) + ROOM, POINTS)
    g = activate(activation, s + bias)
    slope = local_derivative(activation, s + bias, g)
    there = np.array([a])
    at = float(activate(activation, there)[0])
    slope_at = float(local_derivative(activation, there, np.array([at]))[0])
    last = i == p.layers
    if not all(np.isfinite(values).all() for values in (s, g, slope, np.array([own, at, slope_at]))):
        return None
    return ActivationCurve(
        activation.name,
        indexed("a", i, k + 1),
        indexed("ŷ", k + 1) if last else indexed("h", i, k + 1),
        bias,
        s,
        g,
        slope,
        activate(activation, s),
        (own, at, slope_at),
    )
