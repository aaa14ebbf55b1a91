"""The optimizers' update rules, line by line, in torch.optim's definitions.

Written apart from the engine's in-place code on purpose: the two are tested against each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np


@dataclass(frozen=True)
class Line:
    """One assignment of an optimizer: name and key as in `Operand`; {g}, {lr} … in `spelled` are put in as numbers."""

    name: str
    key: str
    equation: str
    numpy: str
    spelled: str
    compute: Callable[[SimpleNamespace], np.ndarray]


_SGD = [Line("Δθ", "step", "Δθ = −η ∇", "step = -lr * g", "−{lr}·{g}", lambda s: -s.lr * s.g)]
_MOMENTUM = [
    Line("v", "v", "v ← μ v + ∇", "v = mu * v + g", "{mu}·{v} + {g}", lambda s: s.mu * s.v + s.g),
    Line("Δθ", "step", "Δθ = −η v", "step = -lr * v", "−{lr}·{v}", lambda s: -s.lr * s.v),
]
_NESTEROV = [
    Line("v", "v", "v ← μ v + ∇", "v = mu * v + g", "{mu}·{v} + {g}", lambda s: s.mu * s.v + s.g),
    Line(
        "Δθ",
        "step",
        "Δθ = −η (∇ + μ v)",
        "step = -lr * (g + mu * v)",
        "−{lr}·({g} + {mu}·{v})",
        lambda s: -s.lr * (s.g + s.mu * s.v),
    ),
]
_STEP_OVER_ROOT = Line(
    "Δθ",
    "step",
    "Δθ = −η ∇ / (√v + ε)",
    "step = -lr * g / (np.sqrt(v) + eps)",
    "−{lr}·{g} / (√{v} + {eps})",
    lambda s: -s.lr * s.g / (np.sqrt(s.v) + s.eps),
)
_RUNNING_MEAN_OF_SQUARES = Line(
    "v",
    "v",
    "v ← ρ v + (1 − ρ) ∇²",
    "v = rho * v + (1 - rho) * g**2",
    "{rho}·{v} + {1-rho}·{g}²",
    lambda s: s.rho * s.v + (1 - s.rho) * s.g**2,
)
_ADAGRAD = [
    Line("v", "v", "v ← v + ∇²", "v = v + g**2", "{v} + {g}²", lambda s: s.v + s.g**2),
    _STEP_OVER_ROOT,
]
_RMSPROP = [
    _RUNNING_MEAN_OF_SQUARES,
    _STEP_OVER_ROOT,
]
_ADADELTA = [
    _RUNNING_MEAN_OF_SQUARES,
    Line(
        "Δ",
        "move",
        "Δ = ∇ √(u + ε) / √(v + ε)",
        "move = g * np.sqrt(u + eps) / np.sqrt(v + eps)",
        "{g}·√({u} + {eps}) / √({v} + {eps})",
        lambda s: s.g * np.sqrt(s.u + s.eps) / np.sqrt(s.v + s.eps),
    ),
    Line(
        "u",
        "u",
        "u ← ρ u + (1 − ρ) Δ²",
        "u = rho * u + (1 - rho) * move**2",
        "{rho}·{u} + {1-rho}·{move}²",
        lambda s: s.rho * s.u + (1 - s.rho) * s.move**2,
    ),
    Line("Δθ", "step", "Δθ = −η Δ", "step = -lr * move", "−{lr}·{move}", lambda s: -s.lr * s.move),
]
_ADAM_MOMENTS = [
    Line(
        "m",
        "m",
        "m ← β_1 m + (1 − β_1) ∇",
        "m = beta1 * m + (1 - beta1) * g",
        "{beta1}·{m} + {1-beta1}·{g}",
        lambda s: s.beta1 * s.m + (1 - s.beta1) * s.g,
    ),
    Line(
        "v",
        "v",
        "v ← β_2 v + (1 − β_2) ∇²",
        "v = beta2 * v + (1 - beta2) * g**2",
        "{beta2}·{v} + {1-beta2}·{g}²",
        lambda s: s.beta2 * s.v + (1 - s.beta2) * s.g**2,
    ),
    Line(
        "m̂",
        "m_hat",
        "m̂ = m / (1 − β_1^t)",
        "m_hat = m / (1 - beta1**t)",
        "{m} / (1 − {beta1}^{t})",
        lambda s: s.m / (1 - s.beta1**s.t),
    ),
    Line(
        "v̂",
        "v_hat",
        "v̂ = v / (1 − β_2^t)",
        "v_hat = v / (1 - beta2**t)",
        "{v} / (1 − {beta2}^{t})",
        lambda s: s.v / (1 - s.beta2**s.t),
    ),
]
_ADAM = [
    *_ADAM_MOMENTS,
    Line(
        "Δθ",
        "step",
        "Δθ = −η m̂ / (√v̂ + ε)",
        "step = -lr * m_hat / (np.sqrt(v_hat) + eps)",
        "−{lr}·{m_hat} / (√{v_hat} + {eps})",
        lambda s: -s.lr * s.m_hat / (np.sqrt(s.v_hat) + s.eps),
    ),
]
_ADAMW = [
    *_ADAM_MOMENTS,
    Line(
        "Δθ",
        "step",
        "Δθ = −η (m̂ / (√v̂ + ε) + λ θ)",
        "step = -lr * (m_hat / (np.sqrt(v_hat) + eps) + decay * theta)",
        "−{lr}·({m_hat} / (√{v_hat} + {eps}) + {decay}·{theta})",
        lambda s: -s.lr * (s.m_hat / (np.sqrt(s.v_hat) + s.eps) + s.decay * s.theta),
    ),
]
#: What weight decay λ puts before any rule but AdamW's.
DECAY = Line(
    "∇", "g", "∇ ← ∇ + λ θ", "g = g + decay * theta", "{g} + {decay}·{theta}", lambda s: s.g + s.decay * s.theta
)
RULES = {
    "sgd": _SGD,
    "momentum": _MOMENTUM,
    "nesterov": _NESTEROV,
    "adagrad": _ADAGRAD,
    "rmsprop": _RMSPROP,
    "adadelta": _ADADELTA,
    "adam": _ADAM,
    "adamw": _ADAMW,
}
