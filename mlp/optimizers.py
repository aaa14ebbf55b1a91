"""Optimizers over the flat vectors, in place. Definitions, defaults and parameter names as in `torch.optim`.

Every rule below is written for a block of θ at a time: the dozen elementwise operations of a step then find their
operands in the cache instead of each crossing the whole vector in memory. η is the learning rate of the step, ∇ the
gradient. `weight_decay` λ adds λθ to ∇ (as torch does, biases included), except in AdamW, which shrinks θ instead.
"""

import inspect
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

import numpy as np

from .arrays import Array

BLOCK = 32768  # parameters: the five float32 vectors of Adam then take 640 kB, most of a core's second cache


class OptimizerError(ValueError):
    """An optimizer that cannot be: one sentence for the user."""


class Optimizer:
    """What all share: the state vectors, each as long as θ, and the walk over the blocks.

    A subclass names its state vectors, gives the numbers of a step in `constants`, and updates one block in `update`.
    """

    name: ClassVar[str]
    decoupled: ClassVar[bool] = False

    def __init__(self, parameters: int, dtype: np.dtype, vectors: tuple[str, ...], weight_decay: float = 0.0) -> None:
        self.parameters, self.vectors, self.weight_decay = parameters, vectors, weight_decay
        self.t = np.zeros(1, np.int64)  # steps taken
        for vector in vectors:
            setattr(self, vector, np.zeros(parameters, dtype))
        self._parts = [slice(0, parameters)]
        self._seen: tuple[Array, ...] = ()  # the vectors that were last cut into blocks
        # of each block: θ, ∇, the states, and two vectors of scratch
        self._blocks: list[tuple[Array, Array, list[Array], Array, Array]] = []
        self._numbers: list[Array] = []

    def step(self, theta: Array, grad: Array, lr: float) -> None:
        """One step: θ and the state change, ∇ does not. theta, grad: (parameters,), contiguous."""
        self.t[0] = t = int(self.t[0]) + 1
        constants = self.constants(t, lr)
        vectors = (theta, grad, *(getattr(self, vector) for vector in self.vectors))
        if len(vectors) != len(self._seen) or any(a is not b for a, b in zip(vectors, self._seen, strict=True)):
            self._cut(vectors, len(constants))
        for number, value in zip(self._numbers, constants, strict=True):
            number[()] = value
        for theta, grad, state, w, w2 in self._blocks:
            if self.weight_decay and not self.decoupled:
                np.multiply(theta, self.weight_decay, self._decayed[: theta.size])
                grad = np.add(self._decayed[: theta.size], grad, self._decayed[: theta.size])
            self.update(theta, grad, state, w, w2, *self._numbers)

    def _cut(self, vectors: tuple[Array, ...], constants: int) -> None:
        """Cut the vectors into blocks, once: on a small network slicing would take as long as the arithmetic."""
        dtype = vectors[0].dtype
        work = np.empty((2, min(BLOCK, self.parameters)), dtype)
        self._decayed = np.empty(work.shape[1] if self.weight_decay else 0, dtype)
        # NumPy multiplies by an array of no dimensions twice as fast as by a Python number
        self._numbers = [np.empty((), dtype) for _ in range(constants)]
        self._blocks = []
        for part in self._parts:
            for start in range(part.start, part.stop, BLOCK):
                block = slice(start, min(start + BLOCK, part.stop))
                theta, grad, *state = (vector[block] for vector in vectors)
                self._blocks.append((theta, grad, state, *work[:, : theta.size]))
        self._seen = vectors

    def train_only(self, parts: Sequence[slice]) -> None:
        """Step on these stretches of θ alone; the others, and their state, stay bit for bit."""
        self._parts, self._seen = list(parts), ()

    def trains(self, part: slice) -> bool:
        """Whether it steps on this stretch of θ, all of which it steps on or leaves."""
        return any(one.start <= part.start and part.stop <= one.stop for one in self._parts)

    def constants(self, t: int, lr: float) -> tuple[float, ...]:
        """The numbers of step t (from 1) that `update` gets last."""
        raise NotImplementedError

    def update(self, theta: Array, grad: Array, state: list[Array], w: Array, w2: Array, *numbers: Array) -> None:
        """One block: w and w2 are scratch, state the block of each state vector."""
        raise NotImplementedError

    def state(self) -> dict[str, Array]:
        """The arrays a checkpoint keeps, by name; they are the live ones."""
        return {**{vector: getattr(self, vector) for vector in self.vectors}, "t": self.t}

    def shown(self) -> dict[str, Array]:
        """The state as the lectures write it, for those who look: copies where it is kept otherwise."""
        return self.state()


class SGD(Optimizer):
    """θ ← θ - η ∇; with momentum μ: v ← μ v + (1 - dampening) ∇ (v ← ∇ at first), θ ← θ - η v;

    with nesterov: θ ← θ - η (∇ + μ v).
    """

    name = "sgd"

    def __init__(
        self,
        parameters: int,
        dtype: np.dtype,
        momentum: float = 0.0,
        dampening: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        self.momentum, self.dampening, self.nesterov = momentum, dampening, nesterov
        super().__init__(parameters, dtype, ("v",) if momentum else (), weight_decay)

    def constants(self, t: int, lr: float) -> tuple[float, ...]:
        return lr, self.momentum, 1.0 if t == 1 else 1 - self.dampening

    def update(self, theta: Array, grad: Array, state: list[Array], w: Array, w2: Array, *numbers: Array) -> None:
        lr, mu, fresh = numbers
        if self.momentum:
            (v,) = state
            v *= mu
            if self.dampening:
                np.multiply(grad, fresh, w)
                v += w
            else:
                v += grad
            if self.nesterov:
                np.multiply(v, mu, w)
                w += grad
                w *= lr
            else:
                np.multiply(v, lr, w)
        else:
            np.multiply(grad, lr, w)
        theta -= w


class Adagrad(Optimizer):
    """Duchi et al. 2011: v ← v + ∇², θ ← θ - η' ∇ / (√v + ε), η' = η / (1 + (t - 1) lr_decay)."""

    name = "adagrad"
    v: Array

    def __init__(
        self,
        parameters: int,
        dtype: np.dtype,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        self.lr_decay, self.eps = lr_decay, eps
        super().__init__(parameters, dtype, ("v",), weight_decay)
        self.v.fill(initial_accumulator_value)

    def constants(self, t: int, lr: float) -> tuple[float, ...]:
        return lr / (1 + (t - 1) * self.lr_decay), self.eps

    def update(self, theta: Array, grad: Array, state: list[Array], w: Array, w2: Array, *numbers: Array) -> None:
        lr, eps = numbers
        (v,) = state
        np.multiply(grad, grad, w)
        v += w
        np.sqrt(v, w)
        w += eps
        np.divide(grad, w, w)
        w *= lr
        theta -= w


class Adadelta(Optimizer):
    """Zeiler 2012: v ← ρ v + (1-ρ) ∇², Δ = ∇ √(u + ε) / √(v + ε), u ← ρ u + (1-ρ) Δ², θ ← θ - η Δ."""

    name = "adadelta"

    def __init__(
        self, parameters: int, dtype: np.dtype, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0.0
    ) -> None:
        self.rho, self.eps = rho, eps
        super().__init__(parameters, dtype, ("v", "u"), weight_decay)

    def constants(self, t: int, lr: float) -> tuple[float, ...]:
        return lr, self.rho, 1 - self.rho, self.eps

    def update(self, theta: Array, grad: Array, state: list[Array], w: Array, w2: Array, *numbers: Array) -> None:
        lr, rho, rest, eps = numbers
        v, u = state
        v *= rho
        np.multiply(grad, grad, w)
        w *= rest
        v += w
        np.add(u, eps, w)
        np.add(v, eps, w2)
        w /= w2
        np.sqrt(w, w)
        w *= grad  # Δ
        u *= rho
        np.multiply(w, w, w2)
        w2 *= rest
        u += w2
        w *= lr
        theta -= w


class RMSprop(Optimizer):
    """Hinton 2012: v ← α v + (1-α) ∇², θ ← θ - η ∇ / (√v + ε);

    centered: √(v - m²) with m ← α m + (1-α) ∇; with momentum μ: u ← μ u + ∇ / (√v + ε), θ ← θ - η u.
    """

    name = "rmsprop"

    def __init__(
        self,
        parameters: int,
        dtype: np.dtype,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        self.alpha, self.eps, self.momentum, self.centered = alpha, eps, momentum, centered
        vectors = ("v", *(("m",) if centered else ()), *(("u",) if momentum else ()))
        super().__init__(parameters, dtype, vectors, weight_decay)

    def constants(self, t: int, lr: float) -> tuple[float, ...]:
        return lr, self.alpha, 1 - self.alpha, self.eps, self.momentum

    def update(self, theta: Array, grad: Array, state: list[Array], w: Array, w2: Array, *numbers: Array) -> None:
        lr, alpha, rest, eps, mu = numbers
        v = state[0]
        v *= alpha
        np.multiply(grad, grad, w)
        w *= rest
        v += w
        if self.centered:
            m = state[1]
            m *= alpha
            np.multiply(grad, rest, w)
            m += w
            np.multiply(m, m, w)
            np.subtract(v, w, w)
            np.sqrt(w, w)
        else:
            np.sqrt(v, w)
        w += eps
        np.divide(grad, w, w)
        if self.momentum:
            u = state[-1]
            u *= mu
            u += w
            np.multiply(u, lr, w)
        else:
            w *= lr
        theta -= w


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015): m ← β₁m + (1-β₁)∇, v ← β₂v + (1-β₂)∇²,

    θ ← θ - η m̂ / (√v̂ + ε), m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ). amsgrad: v̂ from the largest v so far.
    The vectors m and v are kept without their factors, as M = m / (1-β₁) ← β₁M + ∇ and V = v / (1-β₂) ← β₂V + ∇²:
    two of thirteen passes less. `shown` gives m and v.
    """

    name = "adam"

    def __init__(
        self,
        parameters: int,
        dtype: np.dtype,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        self.beta1, self.beta2, self.eps, self.amsgrad = beta1, beta2, eps, amsgrad
        super().__init__(parameters, dtype, ("m", "v", "v_max") if amsgrad else ("m", "v"), weight_decay)

    def constants(self, t: int, lr: float) -> tuple[float, ...]:
        # with r = √((1 - β₂ᵗ) / (1 - β₂)): √v̂ = √V / r, so that
        # η m̂ / (√v̂ + ε) = c M / (√V + ε r), c = η r (1 - β₁) / (1 - β₁ᵗ)
        r = ((1 - self.beta2**t) / (1 - self.beta2)) ** 0.5
        c = lr * r * (1 - self.beta1) / (1 - self.beta1**t)
        return self.beta1, self.beta2, self.eps * r, c, 1 - lr * self.weight_decay

    def update(self, theta: Array, grad: Array, state: list[Array], w: Array, w2: Array, *numbers: Array) -> None:
        beta1, beta2, eps, c, shrink = numbers
        m, v = state[0], state[1]
        if self.decoupled and self.weight_decay:
            theta *= shrink
        m *= beta1
        m += grad
        v *= beta2
        np.multiply(grad, grad, w)
        v += w
        if self.amsgrad:
            v = np.maximum(state[2], v, out=state[2])
        np.sqrt(v, w)
        w += eps
        np.divide(m, w, w)
        w *= c
        theta -= w

    def shown(self) -> dict[str, Array]:
        factors = {"m": 1 - self.beta1, "t": 1}
        return {name: array * factors.get(name, 1 - self.beta2) for name, array in self.state().items()}


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019): θ ← θ - ηλθ before the step."""

    name = "adamw"
    decoupled = True

    def __init__(self, parameters: int, dtype: np.dtype, weight_decay: float = 0.01, **settings: Any) -> None:
        super().__init__(parameters, dtype, weight_decay=weight_decay, **settings)


#: name → (class, settings that the name implies, a usual learning rate)
_KINDS: dict[str, tuple[type[Optimizer], dict[str, Any], float]] = {
    "sgd": (SGD, {}, 0.1),
    "momentum": (SGD, {"momentum": 0.9}, 0.01),
    "nesterov": (SGD, {"momentum": 0.9, "nesterov": True}, 0.01),
    "adagrad": (Adagrad, {}, 0.01),
    "adadelta": (Adadelta, {}, 1.0),
    "rmsprop": (RMSprop, {}, 0.001),
    "adam": (Adam, {}, 0.001),
    "adamw": (AdamW, {}, 0.001),
}
OPTIMIZERS = tuple(_KINDS)


def make_optimizer(name: str, parameters: int, dtype: np.dtype, **settings: Any) -> Optimizer:
    """The optimizer of that name ("momentum" is SGD with μ = .9); settings are its class's, where they differ.

    Raises OptimizerError.
    """
    if name not in _KINDS:
        raise OptimizerError(f"Unknown optimizer {name!r}: use one of {', '.join(OPTIMIZERS)}.")
    kind, implied, _ = _KINDS[name]
    return kind(parameters, dtype, **{**implied, **settings})


def usual_settings(name: str) -> dict[str, float | bool]:
    """The settings that the optimizer takes, each with its value unless another is chosen."""
    return dict(_usual_settings(name))


@cache  # to read a signature takes as long as some steps, and whoever checks a configuration or trains asks for all
def _usual_settings(name: str) -> dict[str, float | bool]:
    kind, implied, _ = _KINDS[name]
    found: dict[str, float | bool] = {}
    for part in reversed(kind.__mro__):  # AdamW has its own weight decay, and Adam's other settings
        parameters = inspect.signature(part.__init__).parameters.values()  # type: ignore[misc]  # read, not called
        found |= {p.name: p.default for p in parameters if p.default is not p.empty}
    return found | implied


def usual_lr(name: str) -> float:
    """A learning rate to begin with, for someone who chose the optimizer but not the rate."""
    return _KINDS[name][2]
