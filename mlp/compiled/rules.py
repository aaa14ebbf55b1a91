"""The optimizers' rules, compiled: each one pass over a stretch of θ, where NumPy needs up to ten.

The rules, names and settings are those of mlp/optimizers.py, whose classes give the numbers of a step (`constants`).
s, s2, s3: the optimizer's state vectors, in the order of its `vectors`.
"""

import numpy as np

from ..arrays import Array
from .jit import compiled

PLAIN, MOMENTUM, ADAGRAD, ADADELTA, RMSPROP, ADAM = range(6)


@compiled
def update(
    code: int,
    flag: bool,
    flag2: bool,
    decay: float,
    theta: Array,
    grad: Array,
    s: Array,
    s2: Array,
    s3: Array,
    numbers: Array,
) -> None:
    """One step of a stretch: θ and the state change; states that a rule does not have are not touched.

    flag, flag2: nesterov of momentum, centered and momentum of RMSprop, amsgrad of Adam. decay: λ of the decay that is
    added to ∇; numbers: of the step. All vectors have one length.
    """
    if code == PLAIN:
        _sgd(theta, grad, decay, numbers[0])
    elif code == MOMENTUM:
        _momentum(theta, grad, s, decay, flag, numbers[0], numbers[1], numbers[2])
    elif code == ADAGRAD:
        _adagrad(theta, grad, s, decay, numbers[0], numbers[1])
    elif code == ADADELTA:
        _adadelta(theta, grad, s, s2, decay, numbers[0], numbers[1], numbers[2], numbers[3])
    elif code == RMSPROP:
        _rmsprop(theta, grad, s, s2, s3 if flag else s2, decay, flag, flag2, numbers)
    elif flag:
        _amsgrad(theta, grad, s, s2, s3, decay, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    else:
        _adam(theta, grad, s, s2, decay, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])


@compiled
def _sgd(theta: Array, grad: Array, decay: float, lr: float) -> None:
    for j in range(theta.size):
        theta[j] -= lr * (grad[j] + decay * theta[j])


@compiled
def _momentum(
    theta: Array, grad: Array, v: Array, decay: float, nesterov: bool, lr: float, mu: float, fresh: float
) -> None:
    if nesterov:
        for j in range(theta.size):
            g = grad[j] + decay * theta[j]
            v[j] = mu * v[j] + fresh * g
            theta[j] -= lr * (g + mu * v[j])
    else:
        for j in range(theta.size):
            v[j] = mu * v[j] + fresh * (grad[j] + decay * theta[j])
            theta[j] -= lr * v[j]


@compiled
def _adagrad(theta: Array, grad: Array, v: Array, decay: float, lr: float, eps: float) -> None:
    for j in range(theta.size):
        g = grad[j] + decay * theta[j]
        total = v[j] + g * g
        v[j] = total
        theta[j] -= lr * g / (np.sqrt(total) + eps)


@compiled
def _adadelta(
    theta: Array, grad: Array, v: Array, u: Array, decay: float, lr: float, rho: float, rest: float, eps: float
) -> None:
    for j in range(theta.size):
        g = grad[j] + decay * theta[j]
        mean = rho * v[j] + rest * g * g
        delta = g * np.sqrt((u[j] + eps) / (mean + eps))
        v[j] = mean
        u[j] = rho * u[j] + rest * delta * delta
        theta[j] -= lr * delta


@compiled
def _rmsprop(
    theta: Array,
    grad: Array,
    v: Array,
    m: Array,
    u: Array,
    decay: float,
    centered: bool,
    momentum: bool,
    numbers: Array,
) -> None:
    lr, alpha, rest, eps, mu = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
    for j in range(theta.size):
        g = grad[j] + decay * theta[j]
        mean = alpha * v[j] + rest * g * g
        v[j] = mean
        if centered:
            m[j] = alpha * m[j] + rest * g
            mean -= m[j] * m[j]
        g /= np.sqrt(mean) + eps
        if momentum:
            u[j] = mu * u[j] + g
            g = u[j]
        theta[j] -= lr * g


@compiled
def _adam(
    theta: Array,
    grad: Array,
    m: Array,
    v: Array,
    decay: float,
    beta1: float,
    beta2: float,
    eps: float,
    c: float,
    shrink: float,
) -> None:
    for j in range(theta.size):
        g = grad[j] + decay * theta[j]
        first, second = beta1 * m[j] + g, beta2 * v[j] + g * g
        m[j], v[j] = first, second
        theta[j] = shrink * theta[j] - c * first / (np.sqrt(second) + eps)


@compiled
def _amsgrad(
    theta: Array,
    grad: Array,
    m: Array,
    v: Array,
    largest: Array,
    decay: float,
    beta1: float,
    beta2: float,
    eps: float,
    c: float,
    shrink: float,
) -> None:
    for j in range(theta.size):
        g = grad[j] + decay * theta[j]
        first, second = beta1 * m[j] + g, beta2 * v[j] + g * g
        m[j], v[j] = first, second
        largest[j] = max(largest[j], second)
        theta[j] = shrink * theta[j] - c * first / (np.sqrt(largest[j]) + eps)
