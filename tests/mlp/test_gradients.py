"""Backpropagation against central differences and against a naive reference, for every combination."""

import naive
import numpy as np
import pytest
from central_differences import central_differences, relative_error

from dnn_tui.mlp import Network
from dnn_tui.mlp.activations import HIDDEN
from dnn_tui.mlp.backprop import Workspace, backward, forward, loss_value
from dnn_tui.mlp.losses import LOSSES

PAIRS = [(output, name) for name, loss in LOSSES.items() for output in loss.outputs]
SIZES = {1: (3, 3), 2: (4, 5, 3), 3: (3, 4, 5, 3)}
ROWS = 4


def problem(activation: str, output: str, depth: int, seed: int = 1):
    """A float64 network with random weights and biases, and a filled workspace, away from every kink."""
    rng = np.random.default_rng(seed)
    sizes = SIZES[depth]
    network = Network(sizes, activation, output, seed=seed, dtype=np.float64)
    workspace = Workspace(network, ROWS, keep_a=True)
    for _ in range(1000):
        network.theta[:] = rng.normal(size=network.parameters) * 0.7
        workspace.h[0][...] = rng.normal(size=(ROWS, sizes[0]))
        workspace.y[...] = np.eye(sizes[-1])[rng.integers(0, sizes[-1], ROWS)]
        forward(network, workspace)
        r = np.abs(workspace.h[-1] - workspace.y)  # the mean absolute error has its kink at 0, Huber's changes at 1
        if all(np.abs(a).min() > 0.02 for a in workspace.a[1:-1]) and r.min() > 0.01 and np.abs(r - 1).min() > 0.01:
            return network, workspace
    raise AssertionError("no weights found away from the kinks")


@pytest.mark.parametrize("depth", SIZES)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
@pytest.mark.parametrize("activation", HIDDEN)
def test_every_gradient_equals_its_central_difference(activation, output, loss, depth):
    network, workspace = problem(activation, output, depth)

    def value() -> float:
        forward(network, workspace)
        return loss_value(network, workspace, LOSSES[loss])

    numerical = central_differences(value, network.theta)
    forward(network, workspace)
    backward(network, workspace, LOSSES[loss])
    assert relative_error(network.grad, numerical) < 1e-6


@pytest.mark.parametrize("depth", SIZES)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
@pytest.mark.parametrize("activation", HIDDEN)
def test_the_fast_path_equals_the_naive_statement(activation, output, loss, depth):
    network, workspace = problem(activation, output, depth)
    names = [activation.name for activation in network.activations]
    wanted, dW, db = naive.loss_and_gradients(network.W[1:], network.b[1:], names, loss, workspace.h[0], workspace.y)
    forward(network, workspace)
    assert loss_value(network, workspace, LOSSES[loss]) == pytest.approx(wanted, rel=1e-12)
    backward(network, workspace, LOSSES[loss])
    for i in range(1, network.layers + 1):
        np.testing.assert_allclose(network.dW[i], dW[i - 1], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(network.db[i], db[i - 1], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("loss", [name for name, loss in LOSSES.items() if loss.canonical])
def test_the_shortcut_equals_the_jacobian_where_both_apply(loss):
    network, workspace = problem("tanh", LOSSES[loss].canonical, 2)
    forward(network, workspace)
    backward(network, workspace, LOSSES[loss], shortcut=True)
    short = network.grad.copy()
    backward(network, workspace, LOSSES[loss], shortcut=False)
    np.testing.assert_allclose(short, network.grad, rtol=1e-10, atol=1e-14)
