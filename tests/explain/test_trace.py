"""`explain`: complete, pure, and equal to the engine, to central differences and to the lectures' numbers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnn_tui.mlp import Network
from dnn_tui.mlp.activations import HIDDEN
from dnn_tui.mlp.backprop import Workspace, backward, forward
from dnn_tui.mlp.explain import explain, find_step, gradient_check, run_pass
from dnn_tui.mlp.losses import DEFAULT_PAIR, LOSSES, huber
from dnn_tui.mlp.optimizers import OPTIMIZERS, make_optimizer

PAIRS = [
    *DEFAULT_PAIR.values(),
    ("softmax", "squared_error"),
    ("sigmoid", "half_squared_error"),
    ("sigmoid", "bce_mean"),
    ("identity", "mse"),
    ("identity", "mae"),
    ("identity", "huber"),
]


def build(W, b, activation="sigmoid", output="softmax") -> Network:
    sizes = [np.shape(W[0])[1], *(len(w) for w in W)]
    network = Network(sizes, activation, output, dtype=np.float64)
    for i, (w, bias) in enumerate(zip(W, b, strict=True), start=1):
        network.W[i][...], network.b[i][...] = w, bias
    return network


def backprop_net() -> Network:
    """Lecture 000's backpropagation example, x = [2, 5, 3, 3], y = [1, 0]."""
    W1 = [[0.1, 0.3, 0.8, -0.4], [-0.3, -0.2, 0.5, 0.5], [-0.3, 0, 0.5, 0.4], [0.2, 0.5, -0.9, 0.7]]
    return build([W1, [[0.5, 0.8, 0.2, 0.4], [0.5, 0.2, 0.3, -0.5]]], [0, 0])


def target_of(output: str, outputs: int, rng) -> np.ndarray:
    if output == "softmax":
        return np.eye(outputs)[rng.integers(outputs)]
    return rng.integers(0, 2, outputs).astype(float) if output == "sigmoid" else rng.normal(size=outputs)


def result(steps, step_id):
    return find_step(steps, step_id).result.value


@st.composite
def passes(draw):
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    output, loss = draw(st.sampled_from(PAIRS))
    if output == "softmax":
        sizes[-1] = max(2, sizes[-1])
    seed = draw(st.integers(0, 2**16))
    network = Network(sizes, draw(st.sampled_from(HIDDEN)), output, seed=seed)
    rng = np.random.default_rng(seed)
    network.theta += rng.normal(0, 0.1, network.parameters)
    return network, rng.normal(size=sizes[0]), target_of(output, sizes[-1], rng), loss


@settings(max_examples=60, deadline=None)
@given(passes(), st.sampled_from(OPTIMIZERS))
def test_any_pass_has_7L_plus_3_steps_and_each_can_be_computed_again_from_its_operands(drawn, name):
    network, x, y, loss = drawn
    steps = explain(network, x, y, loss, make_optimizer(name, network.parameters, network.dtype))
    assert len(steps) == 7 * network.layers + 3
    assert len({step.id for step in steps}) == len(steps)
    for step in steps:
        np.testing.assert_allclose(step.evaluate(), step.result.value, rtol=1e-9, atol=1e-12, err_msg=step.id)
        assert step.substituted()


@settings(max_examples=60, deadline=None)
@given(passes())
def test_the_gradients_are_the_engines(drawn):
    network, x, y, loss = drawn
    engine = network.copy(np.float64)
    workspace = Workspace(engine, 1)
    workspace.h[0][0], workspace.y[0] = x, y
    forward(engine, workspace)
    backward(engine, workspace, LOSSES[loss], shortcut=False)
    steps = explain(network, x, y, loss)
    for i in range(1, network.layers + 1):
        np.testing.assert_allclose(result(steps, f"B{i} W"), engine.dW[i], rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(result(steps, f"B{i} b"), engine.db[i], rtol=1e-7, atol=1e-10)


@settings(max_examples=40, deadline=None)
@given(passes())
def test_the_gradients_are_central_differences(drawn):
    network, x, y, loss = drawn
    checked = gradient_check(run_pass(network, x, y, LOSSES[loss]))
    assert len(checked) == network.parameters
    assert [row for row in checked if row.verdict == "fail"] == []


WITH_OPTIONS = [("adam", {"weight_decay": 0.1}), ("sgd", {"momentum": 0.5, "dampening": 0.2}), ("adamw", {})]


@pytest.mark.parametrize(("name", "options"), [*((name, {}) for name in OPTIMIZERS), *WITH_OPTIONS])
def test_the_update_steps_are_what_the_engines_optimizer_does_also_with_a_state(name, options):
    network = Network((3, 4, 2), "tanh", seed=3, dtype=np.float64)
    optimizer = make_optimizer(name, network.parameters, network.dtype, **options)
    x, y = np.array([0.5, -1.0, 2.0]), np.array([0.0, 1.0])
    for _ in range(3):
        steps = explain(network, x, y, "cross_entropy", optimizer, lr=0.05)
        before = network.copy()
        network.grad[...] = run_pass(network, x, y, LOSSES["cross_entropy"]).network.grad
        optimizer.step(network.theta, network.grad.copy(), 0.05)
        for i in (1, 2):
            step = find_step(steps, f"U{i}")
            parts = {part.name: part.value for part in step.parts}
            np.testing.assert_allclose(step.result.value, network.W[i] - before.W[i], rtol=1e-6, atol=1e-12)
            np.testing.assert_allclose(parts[f"Δb_{i}"], network.b[i] - before.b[i], rtol=1e-6, atol=1e-12)
            np.testing.assert_allclose(step.evaluate(), step.result.value, rtol=1e-12)
        assert find_step(steps, "V").result.value < 0


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_state_that_an_optimizer_keeps_is_updated_before_ones_eyes(name):
    network = Network((3, 2), seed=5, dtype=np.float64)
    optimizer = make_optimizer(name, network.parameters, network.dtype)
    x, y = [0.5, -1.0, 2.0], [1.0, 0.0]
    for _ in range(2):
        step = find_step(explain(network, x, y, "cross_entropy", optimizer, lr=0.05), "U1")
        optimizer.step(
            network.theta, run_pass(network, np.array(x), np.array(y), LOSSES["cross_entropy"]).network.grad, 0.05
        )
        parts = {part.key: part.value for part in step.parts}
        for state, value in optimizer.shown().items():
            if value.size == network.parameters:
                np.testing.assert_allclose(parts[state].ravel(), value[:6], rtol=1e-9, err_msg=state)


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_the_shortcut_where_there_is_one_gives_the_same_as_the_long_way(output, loss):
    network = Network((3, 4, 2), "tanh", output, seed=5, dtype=np.float64)
    step = find_step(explain(network, [0.5, -1.0, 2.0], [1.0, 0.0], loss), "B2 a")
    yhat = run_pass(network, [0.5, -1.0, 2.0], [1.0, 0.0], LOSSES[loss]).h[-1]
    if step.shortcut:
        factor = float(step.shortcut.split("= ")[1].split(" (")[0]) if "(" in step.shortcut else 1.0
        np.testing.assert_allclose(factor * (yhat - [1, 0]), step.evaluate(), rtol=1e-9)
    else:
        assert LOSSES[loss].canonical != output


def test_explaining_changes_neither_the_network_nor_the_optimizer():
    network = Network((3, 4, 2), seed=1)
    optimizer = make_optimizer("adam", network.parameters, network.dtype)
    theta, state = network.theta.copy(), {k: v.copy() for k, v in optimizer.state().items()}
    steps = explain(network, np.ones(3), np.array([1.0, 0.0]), "cross_entropy", optimizer)
    for step in steps:
        for operand in (*step.operands, *step.parts, step.result):
            assert not np.shares_memory(operand.value, network.theta)
            assert operand.value.dtype == np.float64
    np.testing.assert_array_equal(network.theta, theta)
    for name, value in optimizer.state().items():
        np.testing.assert_array_equal(value, state[name])


@pytest.mark.parametrize(("output", "loss"), PAIRS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_the_numpy_line_of_every_step_computes_its_result(hidden, output, loss):
    network = Network((3, 4, 2), hidden, output, seed=5, dtype=np.float64)
    names = {"np": np, "math": math, "x": np.array([0.5, -1.0, 2.0]), "y": np.array([1.0, 0.0]), "lr": 0.2}
    names |= {f"{k}{i}": getattr(network, k)[i] for k in "Wb" for i in (1, 2)}
    for step in explain(network, [0.5, -1.0, 2.0], [1.0, 0.0], loss, lr=0.2):
        exec(f"{step.numpy}\n{step.numpy_too}", names)  # our own text, in a test
        np.testing.assert_allclose(names[step.result.key], step.result.value, rtol=1e-9, err_msg=step.id)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_numpy_line_of_an_update_computes_it(name):
    network = Network((3, 2), seed=5, dtype=np.float64)
    optimizer = make_optimizer(name, network.parameters, network.dtype)
    optimizer.step(network.theta, np.linspace(-1, 1, network.parameters), 0.01)
    step = find_step(explain(network, [0.5, -1.0, 2.0], [1.0, 0.0], "cross_entropy", optimizer), "U1")
    names = {operand.key: operand.value for operand in step.operands} | {"np": np}
    names |= {f"{key}_W1": names[key] for key in "muv" if key in names} | {"W1": names["theta"], "dW1": names["g"]}
    exec(step.numpy, names)  # our own text, in a test
    np.testing.assert_allclose(names["step_W1"], step.result.value, rtol=1e-12)


def test_the_backpropagation_example_of_lecture_000_with_squared_error():
    steps = explain(backprop_net(), [2, 5, 3, 3], [1, 0], "squared_error")
    np.testing.assert_allclose(result(steps, "F1a"), [2.9, 1.4, 2.1, 2.3], atol=1e-9)
    np.testing.assert_allclose(result(steps, "F2 h"), [0.770336, 0.229664], atol=1e-6)
    np.testing.assert_allclose(result(steps, "B0"), [-0.459328, 0.459328], atol=1e-6)
    np.testing.assert_allclose(result(steps, "B2 a"), [-0.162527, 0.162527], atol=1e-6)
    np.testing.assert_allclose(result(steps, "B2_W")[1], [0.154051, 0.130377, 0.144796, 0.147717], atol=1e-6)
    np.testing.assert_allclose(result(steps, "b2h"), [0, -0.097516, 0.016253, -0.146274], atol=1e-6)
    np.testing.assert_allclose(result(steps, "B1 a"), [0, -0.015474, 0.001580, -0.012114], atol=1e-6)
    np.testing.assert_allclose(result(steps, "B1 W")[1], [-0.030949, -0.077372, -0.046423, -0.046423], atol=1e-6)
    assert float(result(steps, "V")) == pytest.approx(0.083811 - 0.105491, abs=1e-6)
    assert find_step(steps, "B2 a").shortcut == ""  # squared error through softmax has none


def test_the_same_net_with_cross_entropy_and_the_whole_path_in_one_line():
    steps = explain(backprop_net(), [2, 5, 3, 3], [1, 0], "cross_entropy")
    assert result(steps, "B2 W")[1, 1] == pytest.approx(0.184233, abs=1e-6)
    assert find_step(steps, "B2 a").shortcut == "δ_2 = ŷ − y"
    assert find_step(steps, "B2 W").substituted((1, 1)).endswith("= 0.2297·0.8022 = 0.1842")
    assert find_step(steps, "F1 a").substituted((1,)) == "a_{12} = −0.3·2 − 0.2·5 + 0.5·3 + 0.5·3 + 0 = 1.4"


def test_lecture_002_cannot_train_its_hidden_layers_on_the_first_step():
    b = [0.01, 0.02, 0.03]
    network = build([np.full((3, 3), 0.05), np.full((3, 3), 0.025), np.ones((2, 3))], [b, b, [0.01, 0.02]])
    steps = explain(network, [1.5, 2.5, 3], [1, 0], "cross_entropy")
    assert float(result(steps, "L")) == pytest.approx(0.698160, abs=1e-6)
    dh2 = find_step(steps, "B3 h")
    assert dh2.substituted((0,)).endswith("= 0")  # never 1.1e-16 of noise
    assert any(note.kind == "zero gradient" and note.severity == "warning" for note in dh2.notes)
    assert find_step(steps, "B1 W").substituted((2, 1)).endswith("= 0")


SE = "squared_error"


@pytest.mark.parametrize(
    ("kind", "step_id", "network", "x", "y", "loss", "lr"),
    [
        ("unscaled input", "F0", build([[[2e-4, 0.25]]], [0], "sigmoid", "identity"), [850, 2], [12], SE, 0.1),
        ("saturation", "B1 a", build([[[9.0]], [[1.0]]], [0, 0], "sigmoid", "identity"), [1], [3], SE, 0.1),
        ("dead ReLU", "B1 a", build([[[-1.0], [1]], [[1.0, 1]]], [0, 0], "relu", "identity"), [1], [3], SE, 0.1),
        ("linear collapse", "F2 a", build([[[2.0]], [[3.0]]], [1, 1], "identity", "identity"), [1], [3], SE, 0.1),
        ("exploding update", "U1", build([[[2.0]]], [0], "sigmoid", "identity"), [1], [9], SE, 5),
        ("zero gradient", "B2 h", backprop_net(), [2, 5, 3, 3], [1, 0], SE, 0.1),
        ("promise", "V", build([[[2.0]]], [0], "sigmoid", "identity"), [1], [9], SE, 5),
    ],
)  # fmt: skip
def test_each_detector_speaks_where_it_should(kind, step_id, network, x, y, loss, lr):
    step = find_step(explain(network, x, y, loss, lr=lr), step_id)
    assert kind in {note.kind for note in step.notes}


def test_a_well_behaved_pass_raises_no_warning():
    network = Network((3, 4, 2), "tanh", seed=3)
    steps = explain(network, [0.5, -0.2, 0.3], [0.0, 1.0], "cross_entropy", lr=0.1)
    assert [note for step in steps for note in step.notes if note.severity == "warning"] == []


def test_linear_layers_collapse_to_the_product_of_their_weights():
    steps = explain(build([[[2.0, 1]], [[3.0]]], [1, 1], "identity", "identity"), [1, 1], [3], "squared_error")
    note = next(note for note in find_step(steps, "F2 a").notes if note.kind == "linear collapse")
    assert "W_eff = [6 3], b_eff = [4]" in note.text


def test_a_kink_at_relu_is_called_a_kink_and_not_a_failure():
    network = build([[[1.0]], [[1.0]]], [0, 0], "relu", "identity")
    verdicts = {row.verdict for row in gradient_check(run_pass(network, [0.0], [1.0], LOSSES["squared_error"]))}
    assert verdicts == {"pass", "kink"}


def test_a_wrong_gradient_fails_the_check():
    p = run_pass(backprop_net(), [2, 5, 3, 3], [1, 0], LOSSES["cross_entropy"])
    p.network.dW[2][1, 1] *= 1.001
    assert [(row.layer, row.kind, row.index) for row in gradient_check(p) if row.verdict == "fail"] == [
        (2, "W", (1, 1))
    ]


def test_huber_with_a_delta_of_its_own_is_explained_with_it():
    loss = huber(0.5)
    steps = explain(Network((3, 2), output="identity", seed=1, dtype=np.float64), [0.5, -1.0, 2.0], [0.1, 9.0], loss)
    for step_id in ("L", "B0"):
        step = find_step(steps, step_id)
        names = {operand.key: operand.value for operand in step.operands} | {"np": np}
        exec(step.numpy, names)  # our own text, in a test
        np.testing.assert_allclose(names[step.result.key], step.result.value, rtol=1e-9)
        assert "0.5" in step.equation
