"""The loss of answers that are all but certain: tiny, and never below 0."""

import numpy as np
from scipy.special import log_softmax

from dnn_tui.mlp.fused import SoftmaxCrossEntropy


def test_cross_entropy_is_never_negative_however_sure_the_network():
    rng = np.random.default_rng(0)
    for _ in range(50):
        a = rng.normal(scale=4, size=(32, 10)).astype(np.float32)
        true = rng.integers(0, 10, 32)
        a[np.arange(32), true] += 40
        y = np.eye(10, dtype=np.float32)[true]
        loss = SoftmaxCrossEntropy(a, np.empty_like(a), y)()
        expected = -(y * log_softmax(a.astype(np.float64), axis=1)).sum(axis=1).mean()
        assert loss >= 0
        assert abs(loss - expected) < 1e-5


def test_a_loss_that_is_no_number_stays_none():
    a = np.full((2, 3), np.nan, np.float32)
    assert np.isnan(SoftmaxCrossEntropy(a, np.empty_like(a), np.eye(3, dtype=np.float32)[:2])())
