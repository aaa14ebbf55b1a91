"""Probabilities as sure as they are right: temperature scaling (Guo et al. 2017, "On calibration …").

The sums of the last layer are divided by one number T, found on rows that were not trained on. That is the same as
dividing its weights and biases, so a calibrated network is a plain network, wherever it goes. No class changes place.
"""

import math

import numpy as np

from .network import Network

FEWEST_ROWS = 30  # fewer say too little of T
LOW, HIGH = 0.2, 20.0
DOUBT = 2.0  # rows' worth of doubt that T is not 1: a handful of rows must not make it extreme
OUTPUTS = ("softmax", "sigmoid")


def can_calibrate(network: Network, task: str, rows: int) -> bool:
    """Whether its outputs are probabilities, and there are rows enough to judge them by."""
    return task in ("classes", "binary") and network.activations[-1].name in OUTPUTS and rows >= FEWEST_ROWS


def temperature(yhat: np.ndarray, y: np.ndarray) -> float:
    """The T that makes the log loss of these answers least, drawn a little to 1.

    yhat: (n, K) probabilities, or (n, 1) of class 1; y: (n,) class numbers.
    """
    p = np.clip(yhat.astype(np.float64), 1e-12, 1 - 1e-12)
    # up to a constant a row, the logarithm of a softmax is what went into it; of a sigmoid, the log odds are
    a = np.log(p) if p.shape[1] > 1 else np.concatenate([np.zeros_like(p), np.log(p) - np.log1p(-p)], axis=1)
    rows = np.arange(len(y))

    def cost(log_t: float) -> float:
        b = a / math.exp(log_t)
        top = b.max(axis=1)
        logs = top + np.log(np.exp(b - top[:, None]).sum(axis=1))
        return float((logs - b[rows, y]).sum()) + DOUBT * log_t**2

    # the cost has one least place in 1/T; a golden section in ln T finds it to a thousandth
    ratio, low, high = (math.sqrt(5) - 1) / 2, math.log(LOW), math.log(HIGH)
    while high - low > 1e-3:
        first, second = high - ratio * (high - low), low + ratio * (high - low)
        if cost(first) < cost(second):
            high = second
        else:
            low = first
    return math.exp((low + high) / 2)


def divide_last_layer(network: Network, by: float) -> None:
    """Divide the weights and biases of the last layer, in place."""
    network.W[network.layers][...] /= by
    network.b[network.layers][...] /= by
