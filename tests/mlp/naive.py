"""The same mathematics as the engine, stated as plainly as possible: one row, one unit, one sum at a time.

Slow on purpose and obviously right; column convention of the lectures, a_i = W_i h_{i-1} + b_i.
"""

import math

import numpy as np

ACTIVATION = {
    "identity": (lambda a: a, lambda a: 1.0),
    "sigmoid": (lambda a: 1 / (1 + math.exp(-a)), lambda a: math.exp(-a) / (1 + math.exp(-a)) ** 2),
    "tanh": (math.tanh, lambda a: 1 / math.cosh(a) ** 2),
    "relu": (lambda a: a if a > 0 else 0.0, lambda a: 1.0 if a > 0 else 0.0),
    "leaky_relu": (lambda a: a if a > 0 else 0.01 * a, lambda a: 1.0 if a > 0 else 0.01),
    "elu": (lambda a: a if a > 0 else math.exp(a) - 1, lambda a: 1.0 if a > 0 else math.exp(a)),
    "gelu": (
        lambda a: a * (1 + math.erf(a / math.sqrt(2))) / 2,
        lambda a: (1 + math.erf(a / math.sqrt(2))) / 2 + a * math.exp(-a * a / 2) / math.sqrt(2 * math.pi),
    ),
    "silu": (
        lambda a: a / (1 + math.exp(-a)),
        lambda a: 1 / (1 + math.exp(-a)) + a * math.exp(-a) / (1 + math.exp(-a)) ** 2,
    ),
    "softplus": (lambda a: math.log(1 + math.exp(a)), lambda a: 1 / (1 + math.exp(-a))),
}


def softmax(a: list[float]) -> list[float]:
    e = [math.exp(value) for value in a]
    return [value / sum(e) for value in e]


def output_jacobian(name: str, a: list[float]) -> list[list[float]]:
    """J[j][k] = ∂ŷ_j / ∂a_k."""
    n = len(a)
    if name == "softmax":
        y = softmax(a)
        return [[y[j] * ((j == k) - y[k]) for k in range(n)] for j in range(n)]
    local = ACTIVATION[name][1]
    return [[local(a[j]) if j == k else 0.0 for k in range(n)] for j in range(n)]


def loss_and_gradient(name: str, yhat: list[float], y: list[float]) -> tuple[float, list[float]]:
    """L(ŷ, y) of one row, and ∂L/∂ŷ."""
    pairs, K = list(zip(yhat, y, strict=True)), len(y)
    match name:
        case "mse":
            return sum((p - t) ** 2 for p, t in pairs) / K, [2 * (p - t) / K for p, t in pairs]
        case "mae":
            return sum(abs(p - t) for p, t in pairs) / K, [math.copysign(1, p - t) / K for p, t in pairs]
        case "huber":
            return (
                sum((p - t) ** 2 / 2 if abs(p - t) <= 1 else abs(p - t) - 0.5 for p, t in pairs) / K,
                [max(-1.0, min(1.0, p - t)) / K for p, t in pairs],
            )
        case "bce_mean":
            value, gradient = loss_and_gradient("binary_cross_entropy", yhat, y)
            return value / K, [g / K for g in gradient]
        case "squared_error":
            return sum((p - t) ** 2 for p, t in pairs), [2 * (p - t) for p, t in pairs]
        case "half_squared_error":
            return 0.5 * sum((p - t) ** 2 for p, t in pairs), [p - t for p, t in pairs]
        case "binary_cross_entropy":
            return (
                -sum(t * math.log(p) + (1 - t) * math.log(1 - p) for p, t in pairs),
                [-t / p + (1 - t) / (1 - p) for p, t in pairs],
            )
        case "cross_entropy":
            return -sum(t * math.log(p) for p, t in pairs if t), [-t / p for p, t in pairs]
    raise KeyError(name)


def forward(Ws, bs, activations, x) -> tuple[list, list]:
    """a[i], h[i] for one row; a[0] is None and h[0] is x."""
    a, h = [None], [[float(value) for value in x]]
    for W, b, name in zip(Ws, bs, activations, strict=True):
        a.append([sum(W[j][k] * h[-1][k] for k in range(len(h[-1]))) + b[j] for j in range(len(b))])
        h.append(softmax(a[-1]) if name == "softmax" else [ACTIVATION[name][0](value) for value in a[-1]])
    return a, h


def loss_and_gradients(Ws, bs, activations, loss, X, Y):
    """The mean loss over the rows, and its gradients dW[i], db[i] in the same shapes as Ws, bs."""
    dWs, dbs, total = [np.zeros_like(W) for W in Ws], [np.zeros_like(b) for b in bs], 0.0
    for x, y in zip(X, Y, strict=True):
        a, h = forward(Ws, bs, activations, x)
        value, upstream = loss_and_gradient(loss, h[-1], [float(t) for t in y])
        total += value / len(X)
        J = output_jacobian(activations[-1], a[-1])
        n = len(upstream)
        delta = [sum(J[j][k] * upstream[j] for j in range(n)) for k in range(n)]
        for i in range(len(Ws), 0, -1):
            for j in range(len(delta)):
                dbs[i - 1][j] += delta[j] / len(X)
                for k in range(len(h[i - 1])):
                    dWs[i - 1][j][k] += delta[j] * h[i - 1][k] / len(X)
            if i > 1:
                local = ACTIVATION[activations[i - 2]][1]
                delta = [
                    sum(Ws[i - 1][j][k] * delta[j] for j in range(len(delta))) * local(a[i - 1][k])
                    for k in range(len(h[i - 1]))
                ]
    return total, dWs, dbs
