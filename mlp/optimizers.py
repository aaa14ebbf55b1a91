"""Optimizers over the flat vectors, in place. Definitions and parameter names as in `torch.optim`."""

import numpy as np


class OptimizerError(ValueError):
    """An optimizer that cannot be: one sentence for the user."""


class SGD:
    """θ ← θ - η v, v ← μ v + ∇L (momentum μ; with μ = 0, plain gradient descent)."""

    name = "sgd"

    def __init__(self, parameters: int, dtype: np.dtype, momentum: float = 0.0) -> None:
        self.momentum = momentum
        self.v = np.zeros(parameters if momentum else 0, dtype)
        self._update = np.empty(parameters, dtype)

    def step(self, theta: np.ndarray, grad: np.ndarray, lr: float) -> None:
        if self.momentum:
            self.v *= self.momentum
            self.v += grad
            grad = self.v
        np.multiply(grad, lr, out=self._update)
        theta -= self._update

    def state(self) -> dict[str, np.ndarray]:
        """The arrays a checkpoint keeps, by name; they are the live ones."""
        return {"v": self.v}


class Adam:
    """Adam (Kingma & Ba 2015): m ← β₁m + (1-β₁)∇, v ← β₂v + (1-β₂)∇²,

    θ ← θ - η m̂ / (√v̂ + ε), m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ).
    """

    name = "adam"

    def __init__(
        self, parameters: int, dtype: np.dtype, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.m, self.v = np.zeros(parameters, dtype), np.zeros(parameters, dtype)
        self.t = np.zeros(1, np.int64)
        self._work = np.empty(parameters, dtype)

    def step(self, theta: np.ndarray, grad: np.ndarray, lr: float) -> None:
        self.t += 1
        t = int(self.t[0])
        m, v, work = self.m, self.v, self._work
        m *= self.beta1
        np.multiply(grad, 1 - self.beta1, out=work)
        m += work
        v *= self.beta2
        np.multiply(grad, grad, out=work)
        work *= 1 - self.beta2
        v += work
        # η m̂ / (√v̂ + ε) = [η / (1 - β₁ᵗ)] m / (√v / √(1 - β₂ᵗ) + ε)
        np.sqrt(v, out=work)
        work *= 1 / np.sqrt(1 - self.beta2**t)
        work += self.eps
        np.divide(m, work, out=work)
        work *= lr / (1 - self.beta1**t)
        theta -= work

    def state(self) -> dict[str, np.ndarray]:
        """The arrays a checkpoint keeps, by name; they are the live ones."""
        return {"m": self.m, "v": self.v, "t": self.t}


OPTIMIZERS = ("sgd", "momentum", "adam")


def make_optimizer(name: str, parameters: int, dtype: np.dtype) -> SGD | Adam:
    """The optimizer of that name with its usual settings ("momentum" is SGD with μ = .9). Raises OptimizerError."""
    if name == "sgd":
        return SGD(parameters, dtype)
    if name == "momentum":
        return SGD(parameters, dtype, momentum=0.9)
    if name == "adam":
        return Adam(parameters, dtype)
    raise OptimizerError(f"Unknown optimizer {name!r}: use one of {', '.join(OPTIMIZERS)}.")
