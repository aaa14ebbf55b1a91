"""A copy of a network is a network of its own."""

import numpy as np

from dnn_tui.mlp import Network


def test_a_copy_answers_the_same_and_shares_no_array():
    network = Network((4, 5, 3), "tanh", seed=1)
    twin = network.copy(np.float64)
    x = np.linspace(-1, 1, 8).reshape(2, 4)
    np.testing.assert_allclose(twin.predict(x), network.predict(x), rtol=1e-5)
    twin.W[2][...] = 0
    assert twin.dtype == np.float64
    assert (twin.theta == 0).sum() > (network.theta == 0).sum()
