"""Temperature scaling: against SciPy's minimum, and as the end of a training."""

import numpy as np
import pytest

from dnn_tui.mlp import Network
from dnn_tui.mlp.calibration import DOUBT, divide_last_layer, temperature


def overconfident(n, classes, factor, seed=0):
    """Labels drawn from softmax(a), and the probabilities softmax(factor a)."""
    rng = np.random.default_rng(seed)
    a = rng.normal(0, 1.5, (n, classes))

    def softmax(a):
        e = np.exp(a - a.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    y = (rng.random((n, 1)) > np.cumsum(softmax(a), axis=1)).sum(axis=1)
    return softmax(factor * a), np.minimum(y, classes - 1)


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_what_made_answers_too_sure(classes, factor):
    yhat, y = overconfident(20_000, classes, factor)
    assert temperature(yhat, y) == pytest.approx(factor, rel=0.05)


def test_it_is_the_minimum_that_scipy_finds():
    optimize = pytest.importorskip("scipy.optimize")
    from scipy.special import log_softmax

    yhat, y = overconfident(200, 3, 2.2)

    def cost(log_t):
        return -log_softmax(np.log(yhat) / np.exp(log_t), axis=1)[np.arange(200), y].sum() + DOUBT * log_t**2

    best = optimize.minimize_scalar(cost, bounds=(-1.5, 3), method="bounded", options={"xatol": 1e-6}).x
    assert temperature(yhat, y) == pytest.approx(np.exp(best), rel=2e-3)


def test_of_a_yes_or_no_it_is_that_of_two_classes():
    yhat, y = overconfident(500, 2, 2.0)
    assert temperature(yhat[:, 1:], y) == pytest.approx(temperature(yhat, y), rel=1e-6)


def test_dividing_the_last_layer_divides_what_goes_into_the_softmax():
    network = Network((3, 5, 4), "tanh", "softmax", seed=1, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(6, 3))
    before = np.log(network.predict(x))
    divide_last_layer(network, 2.5)
    after = np.log(network.predict(x))
    centred = [a - a.mean(axis=1, keepdims=True) for a in (before / 2.5, after)]
    np.testing.assert_allclose(*centred, atol=1e-12)
