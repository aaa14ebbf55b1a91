"""The lectures' worked numbers, through the engine's own forward and backward pass.

The figures are those printed on the slides, or solved from them; tolerances follow the printed digits.
"""

import numpy as np
import pytest

from dnn_tui.mlp import Network
from dnn_tui.mlp.backprop import Workspace, backward, forward, loss_value
from dnn_tui.mlp.losses import LOSSES
from dnn_tui.mlp.optimizers import SGD

W_MULTI = [[0.1, 0.3, 0.8, -0.4], [-0.3, -0.2, 0.5, 0.5], [-0.3, 0.1, 0.5, 0.4], [0.2, 0.5, -0.9, 0.7]]


def passed(Ws, bs, x, y, activation="sigmoid", output="softmax", loss="cross_entropy"):
    """The network of those weights and its workspace after a forward and backward pass of one row."""
    Ws = [np.asarray(W, float) for W in Ws]
    network = Network((Ws[0].shape[1], *(len(W) for W in Ws)), activation, output, dtype=np.float64)
    for i, (W, b) in enumerate(zip(Ws, bs, strict=True), 1):
        network.W[i][...], network.b[i][...] = W, b
    workspace = Workspace(network, 1, keep_a=True)
    workspace.h[0][0], workspace.y[0] = x, y
    forward(network, workspace)
    backward(network, workspace, LOSSES[loss])
    return network, workspace, loss_value(network, workspace, LOSSES[loss])


def close(got, wanted, tolerance):
    np.testing.assert_allclose(np.ravel(got), np.ravel(wanted), atol=tolerance, rtol=0)


def test_forward_pass_of_lecture_002():
    b = [0.01, 0.02, 0.03]
    Ws = [np.full((3, 3), 0.05), np.full((3, 3), 0.025), np.ones((2, 3))]
    network, workspace, loss = passed(Ws, [b, b, b[:2]], [1.5, 2.5, 3], [1, 0])
    close(workspace.h[1], [0.589, 0.591, 0.593], 1e-3)
    close(workspace.a[2], [0.054, 0.064, 0.074], 1e-3)
    close(workspace.h[2], [0.513, 0.516, 0.518], 1e-3)
    close(workspace.a[3], [1.558, 1.568], 1e-3)
    close(workspace.h[3], [0.497, 0.502], 1e-3)
    assert loss == pytest.approx(0.6981, abs=1e-4)
    # equal rows of W_3: nothing reaches the hidden layers on the first step
    close(network.dW[1], np.zeros(9), 1e-15)
    close(network.dW[3][1], [0.258077, 0.259332, 0.260587], 1e-6)


@pytest.mark.parametrize(
    ("x", "true", "yhat", "loss"),
    [
        ([0.2, 0.5, -0.3, 0.3], 1, [0.2303, 0.2804, 0.4893], 1.2716),
        ([0.6, 0.4, 0.6, 0.1], 2, [0.2718, 0.2634, 0.4648], 0.7661),
        ([0.3, -0.4, 0.6, 0.2], 2, [0.3024, 0.2462, 0.4514], 0.7954),
    ],
)
def test_three_samples_of_the_multiclass_example(x, true, yhat, loss):
    W2 = [[0.3, 0.8, -0.2, -0.4], [0.5, -0.2, -0.3, 0.5], [0.3, 0.1, 0.6, 0.6]]
    _, workspace, value = passed([W_MULTI, W2], [0, 0], x, np.eye(3)[true])
    close(workspace.h[2], yhat, 1e-4)
    assert value == pytest.approx(loss, abs=2e-4)


def backprop_example(loss):
    W1 = np.array(W_MULTI)
    W1[2, 1] = 0
    return passed([W1, [[0.5, 0.8, 0.2, 0.4], [0.5, 0.2, 0.3, -0.5]]], [0, 0], [2, 5, 3, 3], [1, 0], loss=loss)


def test_backpropagation_example_with_squared_error():
    network, workspace, loss = backprop_example("squared_error")
    close(workspace.a[1], [2.9, 1.4, 2.1, 2.3], 1e-9)
    close(workspace.h[2], [0.770336, 0.229664], 1e-6)
    assert loss == pytest.approx(0.1058, abs=1e-3)
    assert network.dW[2][1, 1] == pytest.approx(0.130377, abs=1e-6)  # the slide's ∂L/∂w_222
    close(network.db[1], [0, -0.015474, 0.001580, -0.012114], 1e-6)
    close(network.dW[1][3], [-0.024229, -0.060572, -0.036343, -0.036343], 1e-6)


def test_backpropagation_example_with_cross_entropy():
    network, _, loss = backprop_example("cross_entropy")
    assert loss == pytest.approx(0.260929, abs=1e-6)
    assert network.dW[2][1, 1] == pytest.approx(0.184233, abs=1e-6)
    close(network.db[1], [0, -0.021867, 0.002232, -0.017119], 1e-6)


@pytest.mark.parametrize(
    ("loss", "lr", "after"),
    [
        ("squared_error", 0.1, 0.083811),
        ("cross_entropy", 0.1, 0.216902),
        ("squared_error", 1, 0.008128),
        ("cross_entropy", 1, 0.036309),
    ],
)
def test_one_step_of_gradient_descent_in_the_example(loss, lr, after):
    network, workspace, _ = backprop_example(loss)
    SGD(network.parameters, network.dtype).step(network.theta, network.grad, lr)
    forward(network, workspace)
    assert loss_value(network, workspace, LOSSES[loss]) == pytest.approx(after, abs=1e-6)


@pytest.mark.parametrize(("x", "y", "loss"), [([850, 2], 12, 0.25), ([1100, 2], 14, 5.76), ([1000, 3], 15, 12.25)])
def test_house_rent_regression(x, y, loss):
    W2 = [[5.667796912927939, 6.174019658641482]]
    Ws, bs = [[[0.0002, 0.25], [0.0001, -0.25]], W2], [0, 5.295241473974372]
    _, _, value = passed(Ws, bs, x, y, output="identity", loss="squared_error")
    assert value == pytest.approx(loss, abs=1e-9)


def test_gradient_of_unscaled_inputs_dwarfs_the_weights():
    W2 = [[5.667796912927939, 6.174019658641482]]
    Ws, bs = [[[0.0002, 0.25], [0.0001, -0.25]], W2], [0, 5.295241473974372]
    network, _, _ = passed(Ws, bs, [1000, 3], 15, output="identity", loss="squared_error")
    np.testing.assert_allclose(network.dW[1], [[-7979, -23.9], [-9739, -29.2]], rtol=2e-3)


@pytest.mark.parametrize(
    ("h1", "y", "a", "p", "loss"),
    [
        ([0.8, 0.52, 0.68, 0.7], 1, 0.948, 0.7207, 0.3275),
        ([0.01, 0.71, 0.42, 0.63], 0, 0.9206, 0.7152, 1.2560),
    ],
)
def test_binary_example_from_its_first_preactivation(h1, y, a, p, loss):
    Ws, bs = [np.eye(4), [[0.5, 0.8, -0.5, -0.1]]], [0, 0.5]
    _, workspace, value = passed(Ws, bs, h1, y, output="sigmoid", loss="binary_cross_entropy")
    close(workspace.a[2], a, 5e-4)
    close(workspace.h[2], p, 5e-5)
    assert value == pytest.approx(loss, abs=3e-4)


def test_gradient_descent_toy_of_two_points():
    network = Network((1, 1), (), "sigmoid", dtype=np.float64)
    network.theta[:] = -2
    workspace, optimizer = Workspace(network, 2), SGD(2, network.dtype)
    workspace.h[0][:, 0], workspace.y[:, 0] = [0.5, 2.5], [0.2, 0.9]
    wanted = {10: 0.414837, 50: 0.407245, 80: 0.279631, 90: 0.029479, 100: 0.017741, 200: 6.203e-4}
    for epoch in range(1001):
        forward(network, workspace)
        # the slide sums ½(ŷ-y)² over the two points, the engine takes the mean
        loss = 2 * loss_value(network, workspace, LOSSES["half_squared_error"])
        if epoch in wanted:
            assert loss == pytest.approx(wanted[epoch], abs=1e-6), epoch
        if epoch < 1000:
            backward(network, workspace, LOSSES["half_squared_error"])
            optimizer.step(network.theta, network.grad, 2.0)
    close(network.theta, [1.791720, -2.282118], 1e-6)
    assert network.theta[0] == pytest.approx(np.log(6), abs=1e-4)


def test_perceptron_of_lecture_001():
    _, workspace, _ = passed([[[3, -2]]], [1], [-1, 2], 1, output="sigmoid", loss="binary_cross_entropy")
    close(workspace.a[1], -6, 1e-12)
    close(workspace.h[1], 0.0024726, 1e-7)


@pytest.mark.parametrize(
    ("scores", "yhat", "true", "loss"),
    [
        ([5, 4, 2], [0.7054, 0.2595, 0.0351], 0, 0.3490),
        ([4, 2, 8], [0.0179, 0.0024, 0.9796], 1, 6.0205),
        ([4, 4, 1], [0.4879, 0.4879, 0.0243], 2, 3.7177),
    ],
)
def test_softmax_table_of_lecture_003(scores, yhat, true, loss):
    _, workspace, value = passed([np.eye(3)], [0], scores, np.eye(3)[true])
    close(workspace.h[1], yhat, 1e-4)
    assert value == pytest.approx(loss, abs=1e-4)


def student_table():
    raw = np.array(
        [
            [12, 6, 78, 93],
            [22, 6.5, 24, 68],
            [115, 4, 100, 95],
            [31, 9, 67, 75],
            [0, 10, 58, 51],
            [5, 8, 78, 60],
            [92, 6, 82, 89],
            [57, 8, 91, 97],
        ]
    )
    scaled = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    return scaled[:, :3], scaled[:, 3:]


@pytest.mark.parametrize(
    ("batch", "w", "loss"),
    [(8, [0.070201, -0.067091, 0.062580], 0.380416), (1, [0.344747, -0.342987, 0.422827], 0.185316)],
)
def test_one_epoch_of_batch_and_of_stochastic_descent_on_the_student_table(batch, w, loss):
    x, y = student_table()
    network = Network((3, 1), (), "identity", dtype=np.float64)
    network.theta[:] = 0
    optimizer, half = SGD(network.parameters, network.dtype), LOSSES["half_squared_error"]
    workspace = Workspace(network, batch)
    for start in range(0, 8, batch):
        workspace.h[0][...], workspace.y[...] = x[start : start + batch], y[start : start + batch]
        forward(network, workspace)
        backward(network, workspace, half)
        optimizer.step(network.theta, network.grad, 0.1)
    close(network.W[1], w, 1e-6)
    whole = Workspace(network, 8)
    whole.h[0][...], whole.y[...] = x, y
    forward(network, whole)
    assert loss_value(network, whole, half) == pytest.approx(loss, abs=1e-6)
