"""Explaining a batch: the same pass with a row a sample, and what a training does to the mean gradient of the rows.

F0 the inputs; `F_i a`, `F_i h` (and `F_i d`, dropout's masks); `L r` each row's loss, L their mean, `J` the penalty;
B0; `B_i a` each row's δ, `B_i W` and `B_i b` the mean of the rows' votes, `B_i h` (`B_i d`); S each row's share of the
gradient; `R_i 2`, `R_i 1` the penalties; C clipping; `U_i`; `N_i` max-norm; V. What is not asked for has no step.
"""

import numpy as np

from ...optimizers import Optimizer, make_optimizer
from ..meaning import Meaning
from ..naming import named
from ..step import Step
from .backward import backward_steps, shares
from .forward import forward_steps
from .passes import BatchPass, Extras, run_batch
from .rows import of_row
from .updates import update_steps

__all__ = ["BatchPass", "Extras", "explain_batch", "of_row", "run_batch", "shares"]


@np.errstate(all="ignore")
def explain_batch(
    p: BatchPass, optimizer: Optimizer | None = None, lr: float = 0.1, meaning: Meaning | None = None
) -> list[Step]:
    """The steps of a batch that was run; optimizer: with the state it has now (None: plain gradient descent).

    meaning: what inputs and outputs are called in the data.
    """
    if optimizer is None:
        optimizer = make_optimizer("sgd", p.network.parameters, p.network.dtype)
    meaning = meaning or Meaning()
    steps = [*forward_steps(p, meaning), *backward_steps(p), *update_steps(p, optimizer, lr)]
    return [named(meaning, p.layers, step, of_rows=True) for step in steps]
