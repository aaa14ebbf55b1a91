"""L-BFGS-B, SciPy's: the whole loss and its gradient, with our backward pass, in float64."""

from typing import Any

import numpy as np

from dnn_tui.mlp import Network
from dnn_tui.mlp.backprop import Workspace, backward, forward_loss
from dnn_tui.mlp.evaluation import fill_targets
from dnn_tui.mlp.losses import Loss


def minimize(
    network: Network,
    loss: Loss,
    task: str,
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
    alpha: float,
    **options: Any,
) -> Any:
    """Minimise L + ½ α Σw² / Σ weights over the rows, in place of the network's θ; what SciPy says of it.

    x: (n, n_0), y as `Split.y`, weight: (n,) or None. options: maxfun, maxiter, gtol.
    """
    import scipy.optimize

    twin = network.copy(np.float64)
    workspace = Workspace(twin, len(x))
    workspace.h[0][...] = x
    fill_targets(workspace.y, y, task)
    total = float(len(x))
    if weight is not None:
        total = float(weight.sum())
        workspace.weight = np.asarray(weight, float) / total
    penalty = alpha / total

    def value_and_gradient(theta: np.ndarray) -> tuple[float, np.ndarray]:
        twin.theta[...] = theta
        value = forward_loss(twin, workspace, loss)
        backward(twin, workspace, loss)
        for W, dW in zip(twin.W[1:], twin.dW[1:], strict=True):
            value += 0.5 * penalty * float(np.vdot(W, W))
            dW += penalty * W
        return value, twin.grad.copy()

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = scipy.optimize.minimize(
            value_and_gradient, twin.theta.copy(), method="L-BFGS-B", jac=True, options=options
        )
    if not np.isfinite(found.x).all() or not np.isfinite(found.fun):
        raise ValueError(
            "solver='lbfgs' diverged: the input data may contain large values and need to be preprocessed."
        )
    network.theta[...] = found.x
    return found
