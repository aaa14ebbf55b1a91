"""What a network may be made of, and that a copy and a prediction in pieces are the same network."""

import numpy as np
import pytest

from dnn_tui.mlp import Network
from dnn_tui.mlp.network import NetworkError


@pytest.mark.parametrize("sizes", [(), (3,), (3, 0, 2), (0, 2), (3, 2, 0), (3, -1, 2)])
def test_a_layer_without_units_is_refused(sizes):
    with pytest.raises(NetworkError, match="each at least 1"):
        Network(sizes)


@pytest.mark.parametrize("names", [["relu"], ["relu"] * 3, [], "softmax", ["relu", "nonsense"]])
def test_as_many_known_activations_as_hidden_layers_are_wanted(names):
    with pytest.raises(NetworkError):
        Network((3, 4, 4, 2), names)


def test_the_smallest_network_is_one_weight_and_one_bias():
    network = Network((1, 1), output="identity")
    assert (network.layers, network.parameters) == (1, 2)
    network.theta[...] = 3.0, 0.5  # W before b
    assert network.predict(np.array([[2.0]])) == pytest.approx(6.5)


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [1, 3, 7, 8, 1024])
def test_a_prediction_in_pieces_is_torchs_in_one(batch_size, torch):
    network = Network((4, 5, 3), "tanh", "softmax", seed=2, dtype=np.float64)
    network.b[1][...] = np.linspace(-1, 1, 5)
    x = np.random.default_rng(0).normal(size=(7, 4))
    hidden = torch.tanh(torch.tensor(x) @ torch.tensor(network.W[1]).T + torch.tensor(network.b[1]))
    theirs = torch.softmax(hidden @ torch.tensor(network.W[2]).T + torch.tensor(network.b[2]), dim=1)
    np.testing.assert_allclose(network.predict(x, batch_size), theirs.numpy(), rtol=1e-12)
    assert network.predict(x[:0], batch_size).shape == (0, 3)


def test_a_copy_has_all_of_it_and_shares_nothing():
    network = Network((3, 4, 4, 2), ["relu", "tanh"], "softmax", "uniform", seed=1, initialization_scale=0.3)
    network.grad[...] = np.arange(network.parameters)
    twin = network.copy()
    assert [a.name for a in twin.activations] == ["relu", "tanh", "softmax"]
    assert (twin.initialization, twin.initialization_scale, twin.dtype) == ("uniform", 0.3, np.float32)
    assert np.array_equal(twin.theta, network.theta)
    assert np.array_equal(twin.grad, network.grad)
    twin.theta += 1
    twin.grad += 1
    assert np.abs(network.theta).max() <= 0.3
    assert np.array_equal(network.grad, np.arange(network.parameters))
    assert network.copy(np.float64).dtype == np.float64
