"""Networks of random shapes: the engine, its fused path and its dropout against plain statements."""

import naive
import numpy as np
import pytest
from central_differences import central_differences, relative_error
from hypothesis import given, settings
from hypothesis import strategies as st

from dnn_tui.mlp import Network
from dnn_tui.mlp.activations import ACTIVATIONS, HIDDEN
from dnn_tui.mlp.backprop import Workspace, backward, forward, forward_loss, loss_value
from dnn_tui.mlp.dropout import Dropout
from dnn_tui.mlp.losses import LOSSES

SMOOTH = [name for name in HIDDEN if not ACTIVATIONS[name].kinks and name != "elu"]


@st.composite
def networks(draw, hidden=HIDDEN):
    sizes = draw(st.lists(st.integers(1, 7), min_size=2, max_size=5))
    sizes[-1] = max(2, sizes[-1])
    names = [draw(st.sampled_from(hidden)) for _ in sizes[2:]]
    seed = draw(st.integers(0, 2**16))
    network = Network(sizes, names, "softmax", seed=seed, dtype=np.float64)
    rng = np.random.default_rng(seed)
    network.theta += rng.normal(0, 0.2, network.parameters)
    workspace = Workspace(network, draw(st.integers(1, 6)), keep_a=True)
    workspace.h[0][...] = rng.normal(size=workspace.h[0].shape)
    workspace.y[...] = np.eye(sizes[-1])[rng.integers(0, sizes[-1], workspace.batch_size)]
    return network, workspace


@settings(max_examples=60, deadline=None)
@given(networks())
def test_the_engine_equals_the_naive_statement(drawn):
    network, workspace = drawn
    names = [activation.name for activation in network.activations]
    wanted, dW, db = naive.loss_and_gradients(
        network.W[1:], network.b[1:], names, "cross_entropy", workspace.h[0], workspace.y
    )
    assert forward_loss(network, workspace, LOSSES["cross_entropy"]) == pytest.approx(wanted, rel=1e-12)
    backward(network, workspace, LOSSES["cross_entropy"])
    for i in range(1, network.layers + 1):
        np.testing.assert_allclose(network.dW[i], dW[i - 1], rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(network.db[i], db[i - 1], rtol=1e-11, atol=1e-13)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(networks(SMOOTH))
def test_the_gradient_is_the_central_difference(drawn):
    network, workspace = drawn

    def value() -> float:
        return forward_loss(network, workspace, LOSSES["cross_entropy"])

    numerical = central_differences(value, network.theta)
    value()
    backward(network, workspace, LOSSES["cross_entropy"])
    assert relative_error(network.grad, numerical) < 1e-6


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(2, 6), st.floats(0, 1e4), st.integers(0, 2**16), st.booleans())
def test_softmax_with_cross_entropy_in_one_pass_equals_the_two_passes(rows, classes, spread, seed, single):
    rng = np.random.default_rng(seed)
    network = Network((classes, classes), (), "softmax", dtype=np.float32 if single else np.float64)
    network.W[1][...] = np.eye(classes)
    workspace = Workspace(network, rows)
    workspace.h[0][...] = rng.normal(size=(rows, classes)) * spread
    workspace.y[...] = np.eye(classes)[rng.integers(0, classes, rows)]
    fused = forward_loss(network, workspace, LOSSES["cross_entropy"])
    h = workspace.h[-1].copy()
    forward(network, workspace)
    digits = 1e-5 if single else 1e-12
    assert fused == pytest.approx(loss_value(network, workspace, LOSSES["cross_entropy"]), rel=digits, abs=digits)
    np.testing.assert_allclose(h, workspace.h[-1], rtol=digits * 10, atol=digits)


def dropped_network(p_hidden, p_input, rows=64, seed=5):
    network = Network((20, 30, 25, 4), "tanh", "softmax", seed=seed, dtype=np.float64)
    workspace = Workspace(network, rows, dropout=Dropout(network.layers, p_hidden, p_input, seed))
    rng = np.random.default_rng(seed)
    workspace.h[0][...] = rng.normal(size=(rows, 20))
    workspace.y[...] = np.eye(4)[rng.integers(0, 4, rows)]
    return network, workspace


def test_dropout_drops_the_share_it_should_and_keeps_the_mean():
    dropout = Dropout(2, hidden=0.3, seed=1)
    mask = np.empty((1000, 100), np.float32)
    dropout.draw(1, mask)
    kept = mask > 0
    # 100,000 coins: the standard deviation of the share is √(.3 · .7 / 1e5) = .00145
    assert kept.mean() == pytest.approx(0.7, abs=5 * 0.00145)
    np.testing.assert_allclose(mask[kept], 1 / 0.7, rtol=1e-6)
    assert mask.mean() == pytest.approx(1, abs=5 * 0.00145 / 0.7)
    # no row and no column is favoured
    assert np.abs(kept.mean(axis=0) - 0.7).max() < 5 * np.sqrt(0.21 / 1000)


def test_the_mask_of_the_forward_pass_is_the_mask_of_the_backward_pass():
    network, workspace = dropped_network(0.4, 0.2)
    forward(network, workspace)
    backward(network, workspace, LOSSES["cross_entropy"])
    masks, got = [mask.copy() for mask in workspace.mask], network.grad.copy()
    # the same pass written out, with the masks as given numbers
    h0 = workspace.h[0] * masks[0]
    h1 = np.tanh(h0 @ network.W[1].T + network.b[1])
    h2 = np.tanh((h1 * masks[1]) @ network.W[2].T + network.b[2])
    a3 = (h2 * masks[2]) @ network.W[3].T + network.b[3]
    e = np.exp(a3 - a3.max(axis=1, keepdims=True))
    d3 = (e / e.sum(axis=1, keepdims=True) - workspace.y) / len(e)
    d2 = (d3 @ network.W[3]) * masks[2] * (1 - h2**2)
    d1 = (d2 @ network.W[2]) * masks[1] * (1 - h1**2)
    wanted = [d1.T @ h0, d1.sum(0), d2.T @ (h1 * masks[1]), d2.sum(0), d3.T @ (h2 * masks[2]), d3.sum(0)]
    np.testing.assert_allclose(got, np.concatenate([part.ravel() for part in wanted]), rtol=1e-11, atol=1e-14)
    assert all(0 < (mask == 0).mean() < 1 for mask in masks)


def test_one_seed_draws_the_same_masks_and_another_draws_others():
    first, second, other = (Dropout(2, 0.5, seed=seed) for seed in (3, 3, 4))
    masks = [np.empty((8, 8)) for _ in range(3)]
    for dropout, mask in zip((first, second, other), masks, strict=True):
        dropout.draw(1, mask)
    np.testing.assert_array_equal(masks[0], masks[1])
    assert not np.array_equal(masks[0], masks[2])


def test_without_dropout_the_evaluation_sees_every_unit():
    network, workspace = dropped_network(0.5, 0.5)
    plain = Workspace(network, 64)
    plain.h[0][...] = workspace.h[0]
    np.testing.assert_allclose(forward(network, plain), network.predict(workspace.h[0]), rtol=1e-12)
    assert not np.allclose(forward(network, workspace), plain.h[-1])
