"""The steps of backprop.py and optimizers.py once more, compiled by Numba: several times as fast.

Numba is an extra (`pip install 'dnn-tui[fast]'`). Where it is missing, and for what is not covered here, NumPy trains.
Both give the same weights but for rounding: the formulas, the order of the rows and the masks of dropout are the same.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..losses import Loss
    from ..network import Network
    from ..optimizers import Optimizer

#: Hidden activations whose derivative follows from h, in the order of their numbers in the compiled code.
ACTIVATIONS = ("identity", "relu", "leaky_relu", "sigmoid", "tanh")
#: The canonical pairs of output and loss, for which δ_L = c (ŷ - y).
PAIRS = (
    ("identity", "squared_error"),
    ("identity", "half_squared_error"),
    ("identity", "mse"),
    ("sigmoid", "binary_cross_entropy"),
    ("sigmoid", "bce_mean"),
    ("softmax", "cross_entropy"),
)
#: The rules, by the names of their classes in optimizers.py.
RULES = ("SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW")
INSTALL = "pip install 'dnn-tui[fast]'"


def is_installed() -> bool:
    """Whether Numba is there, and SciPy, whose BLAS it calls."""
    return bool(find_spec("numba") and find_spec("scipy"))


def why_not(network: "Network", loss: "Loss", optimizer: "Optimizer") -> str:
    """What keeps a network from being trained here, as a clause; "" where nothing does."""
    for activation in network.activations[:-1]:
        if activation.name not in ACTIVATIONS:
            return f"it knows {', '.join(ACTIVATIONS)}, not {activation.name}"
    if type(optimizer).__name__ not in RULES:
        return f"it does not know the optimizer {optimizer.name}"
    output = network.activations[-1].name
    return "" if (output, loss.name) in PAIRS else f"it does not know the loss {loss.name} after a {output} output"
