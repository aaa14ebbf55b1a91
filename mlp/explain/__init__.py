"""Explaining one forward and backward pass, number by number.

`explain` gives 7L+3 steps: F0 the input; for i = 1 … L `F_i a`, `F_i h`; L the loss; B0 ∂L/∂ŷ; for i = L … 1
`B_i a` (δ_i), `B_i W`, `B_i b` and, for i > 1, `B_i h`; `U_i` the update of layer i; V the loss after.
Nothing here changes the network or the optimizer it is given.
"""

import numpy as np

from ..arrays import Array
from ..losses import LOSSES, Loss
from ..network import Network
from ..optimizers import Optimizer, make_optimizer
from .backward import backward_steps
from .check import Checked, check_one, gradient_check
from .detectors import notes
from .forward import forward_steps
from .meaning import Input, Meaning, Output
from .naming import named
from .numbers import Number, column, products
from .passes import Pass, run_pass
from .step import Focus, Note, Operand, Step, find_step
from .updates import update_steps

__all__ = [
    "Checked",
    "Focus",
    "Input",
    "Meaning",
    "Note",
    "Number",
    "Operand",
    "Output",
    "Pass",
    "Step",
    "check_one",
    "column",
    "explain",
    "explain_pass",
    "find_step",
    "gradient_check",
    "products",
    "run_pass",
]


def explain(
    network: Network,
    x: Array,
    y: Array,
    loss: Loss | str,
    optimizer: Optimizer | None = None,
    lr: float = 0.1,
) -> list[Step]:
    """The 7L+3 steps of one sample: x (n_0,), y (n_L,) as the loss wants it (one-hot for classes).

    optimizer: with the state it has now (None: plain gradient descent). Computed in float64 on copies.
    Raises NetworkError where x or y does not fit.
    """
    loss = LOSSES[loss] if isinstance(loss, str) else loss
    return explain_pass(run_pass(network, x, y, loss), optimizer, lr)


@np.errstate(all="ignore")
def explain_pass(p: Pass, optimizer: Optimizer | None = None, lr: float = 0.1) -> list[Step]:
    """The steps of a pass that was already run."""
    if optimizer is None:
        optimizer = make_optimizer("sgd", p.network.parameters, p.network.dtype)
    steps = [
        named(p.meaning, p.layers, step)
        for step in (*forward_steps(p), *backward_steps(p), *update_steps(p, optimizer, lr))
    ]
    return [step.noted(*notes(p, step)) for step in steps]
