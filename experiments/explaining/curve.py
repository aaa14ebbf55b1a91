"""What an activation does to one unit, as a curve: g and g′ over the weighted sum, and where the unit itself stands.

The sum is taken without the bias, so that the bias is seen: it moves the whole curve, by −b along the axis.
"""

import re
from dataclasses import dataclass, field

import numpy as np

from dnn_tui.mlp.explain import Focus, Pass, Step
from dnn_tui.mlp.explain.batch import BatchPass, of_row
from dnn_tui.mlp.explain.notation import indexed
from dnn_tui.mlp.explain.passes import activate, local_derivative

ROOM = 4.0  # of the weighted sum shown on either side: within it sigmoid and tanh go from flat to flat
POINTS = 401


@dataclass(frozen=True, eq=False)
class ActivationCurve:
    """g(s + b) over weighted sums s = w·h without the bias, all arrays (POINTS,).

    g, slope: the activation and its derivative there; unshifted: g(s), as it would be with no bias. here: the unit's
    own s, its h = g(s + b) and g′(s + b). a, h: how the unit's numbers are called, such as a_{11}. others: (n, 3), the
    same three numbers in the other rows of a batch.
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
    others: np.ndarray = field(default_factory=lambda: np.empty((0, 3)))


def passes_activation(step: Step) -> bool:
    """Whether a step goes through an activation: h_i = g(a_i), or back, δ_i = ∂L/∂h_i ⊙ g′(a_i)."""
    return re.fullmatch(r"F\d+ h|B\d+ a", step.id) is not None


@np.errstate(all="ignore")  # a unit whose numbers overflow has no curve
def activation_curve(p: Pass | BatchPass, step: Step, focus: Focus) -> ActivationCurve | None:
    """The curve of the unit in focus at a step through an activation; of a batch, in the row in focus.

    None elsewhere, where the activation is not elementwise (softmax), and where a number is not finite.
    """
    i = step.layer
    if not passes_activation(step) or p.network.activations[i - 1].local is None:
        return None
    activation, k = p.network.activations[i - 1], focus[-1]
    row = focus[0] if isinstance(p, BatchPass) else 0
    bias, a = float(p.network.b[i][k]), np.atleast_2d(p.a[i])[:, k]
    sums = a - bias
    own = float(sums[row])
    s = np.linspace(min(0.0, sums.min(), -bias) - ROOM, max(0.0, sums.max(), -bias) + ROOM, POINTS)
    g = activate(activation, s + bias)
    slope = local_derivative(activation, s + bias, g)
    at = activate(activation, a)
    there = np.column_stack([sums, at, local_derivative(activation, a, at)])
    last = i == p.layers
    if not all(np.isfinite(values).all() for values in (s, g, slope, there)):
        return None
    names = indexed("a", i, k + 1), indexed("ŷ", k + 1) if last else indexed("h", i, k + 1)
    if isinstance(p, BatchPass):
        names = of_row("a", row, i, k + 1), of_row("ŷ", row, k + 1) if last else of_row("h", row, i, k + 1)
    return ActivationCurve(
        activation.name,
        *names,
        bias,
        s,
        g,
        slope,
        activate(activation, s),
        (own, float(there[row, 1]), float(there[row, 2])),
        np.delete(there, row, axis=0),
    )
