"""The multilayer perceptron: all parameters in one flat vector, W and b as views into it.

Notation (the lectures'): a_i = W_i h_{i-1} + b_i, h_i = g_i(a_i), ŷ = h_L; W_i has shape (n_i, n_{i-1}).
Lists are indexed by layer: `W[1]` is W_1, and `W[0]` is None, since layer 0 is the input.
"""

from collections.abc import Sequence

import numpy as np

from .activations import ACTIVATIONS, FORWARD_ONLY, HIDDEN, OUTPUTS, Activation
from .arrays import Array, by_layer
from .backprop import Workspace, forward
from .initialization import INITIALIZATIONS, initialize
from .notebook import network_html
from .randomness import stream


class NetworkError(ValueError):
    """A network that cannot be: the message is one sentence for the user."""


class Network:
    """A multilayer perceptron with n_0 inputs and L layers of weights.

    sizes: (n_0, n_1, …, n_L). activations: one name for all hidden layers, or one a hidden layer.
    output: the activation of layer L. initialization: a name of INITIALIZATIONS, or "auto" (He before ReLU and its
    kin, else Xavier); initialization_scale: the constant, the limit of "uniform", the deviation of "normal".
    dtype: float32 or float64. Raises NetworkError.

    theta, grad: (parameters,) flat vectors; W[i], b[i] are views into theta, dW[i], db[i] into grad.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activations: str | Sequence[str] = "relu",
        output: str = "softmax",
        initialization: str = "auto",
        seed: int = 0,
        dtype: type | np.dtype = np.float32,
        initialization_scale: float | None = None,
    ) -> None:
        self.sizes = tuple(int(n) for n in sizes)
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise NetworkError(f"A network needs an input and an output size, each at least 1, not {list(sizes)}.")
        hidden = len(self.sizes) - 2
        names = [activations] * hidden if isinstance(activations, str) else list(activations)
        if len(names) != hidden:
            raise NetworkError(f"{len(names)} activations for {hidden} hidden layers: give one, or one a layer.")
        self.activations: tuple[Activation, ...] = tuple(
            [_activation(name, HIDDEN + FORWARD_ONLY, "hidden layer") for name in names]
            + [_activation(output, OUTPUTS, "output")]
        )
        if initialization not in ("auto", *INITIALIZATIONS):
            raise NetworkError(
                f"Unknown initialization {initialization!r}: use auto or one of {', '.join(INITIALIZATIONS)}."
            )
        self.initialization, self.initialization_scale = initialization, initialization_scale
        self.dtype = np.dtype(dtype)
        self.layers = len(self.sizes) - 1  # L
        shapes = [(n, m) for m, n in zip(self.sizes, self.sizes[1:], strict=False)]
        self.parameters = sum(n * m + n for n, m in shapes)
        self.theta = np.zeros(self.parameters, self.dtype)
        self.grad = np.zeros(self.parameters, self.dtype)
        self.W, self.b = self._views(self.theta, shapes)
        self.dW, self.db = self._views(self.grad, shapes)
        self.initialize(seed)

    @staticmethod
    def _views(flat: Array, shapes: list[tuple[int, int]]) -> tuple[list[Array], list[Array]]:
        weights: list[Array] = []
        biases: list[Array] = []
        at = 0
        for n, m in shapes:
            weights.append(flat[at : at + n * m].reshape(n, m))
            biases.append(flat[at + n * m : at + n * m + n])
            at += n * m + n
        return by_layer(weights), by_layer(biases)

    def initialize(self, seed: int) -> None:
        """Fill W as `initialization` says and b with zeros. The same seed gives the same start."""
        rng = stream(seed, "initialization")
        for i in range(1, self.layers + 1):
            initialize(self.W[i], self.initialization, self.initialization_scale, self.activations[i - 1], rng)
            self.b[i].fill(0)

    def part(self, i: int) -> slice:
        """Where in θ the parameters of layer i stand: W_i, then b_i."""
        ends = [0]
        for n, m in zip(self.sizes[1:], self.sizes, strict=False):
            ends.append(ends[-1] + n * m + n)
        return slice(ends[i - 1], ends[i])

    def parts_without(self, layers: Sequence[int]) -> list[slice]:
        """θ without the parameters of some layers: the fewest stretches."""
        parts: list[slice] = []
        for i in range(1, self.layers + 1):
            part = self.part(i)
            if i in layers:
                continue
            if parts and parts[-1].stop == part.start:
                parts[-1] = slice(parts[-1].start, part.stop)
            else:
                parts.append(part)
        return parts

    def copy(self, dtype: type | np.dtype | None = None) -> "Network":
        """The same network with arrays of its own, in `dtype` (None: as it is); grad is copied too."""
        twin = Network(
            self.sizes,
            [activation.name for activation in self.activations[:-1]],
            self.activations[-1].name,
            "zeros",
            dtype=dtype or self.dtype,
        )
        twin.initialization, twin.initialization_scale = self.initialization, self.initialization_scale
        twin.theta[...], twin.grad[...] = self.theta, self.grad
        return twin

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return network_html(self)

    def predict(self, x: Array, batch_size: int = 1024) -> Array:
        """ŷ for rows x (n, n_0), as (n, n_L), computed in batches of bounded memory."""
        x = np.asarray(x, self.dtype)
        out = np.empty((len(x), self.sizes[-1]), self.dtype)
        workspace = Workspace(self, min(batch_size, max(1, len(x))))
        for start in range(0, len(x), workspace.batch_size):
            rows = x[start : start + workspace.batch_size]
            if len(rows) < workspace.batch_size:
                workspace = Workspace(self, len(rows))
            workspace.h[0][...] = rows
            forward(self, workspace)
            out[start : start + len(rows)] = workspace.h[-1]
        return out


def _activation(name: str, allowed: tuple[str, ...], place: str) -> Activation:
    if name not in allowed:
        raise NetworkError(f"Unknown {place} activation {name!r}: use one of {', '.join(allowed)}.")
    return ACTIVATIONS[name]
