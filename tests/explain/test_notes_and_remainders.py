"""What an explained step says in words and in sums that are cut short, against arithmetic done by hand."""

import math
import re

import numpy as np
import pytest

from dnn_tui.mlp import Network
from dnn_tui.mlp.explain import explain, find_step
from dnn_tui.mlp.explain.formulas import loss_filled
from dnn_tui.mlp.explain.numbers import Number
from dnn_tui.mlp.losses import LOSSES


def one_weight(w: float) -> Network:
    network = Network((1, 1), output="identity", dtype=np.float64)
    network.W[1][...], network.b[1][...] = w, 0
    return network


def notes(network: Network, step_id: str, x, y, lr: float = 0.1):
    return find_step(explain(network, x, y, "squared_error", lr=lr), step_id).notes


@pytest.mark.parametrize(
    ("lr", "word"),
    [(0.2, "A short step keeps"), (0.24, "A short step"), (0.26, "Less than half"), (0.6, "The loss rose")],
)
def test_how_much_of_the_gradient_s_promise_was_kept(lr, word):
    """(w x + b - y)² with x = 1: w and b move the error e by 4η of itself, ∇ promises -8η e².

    What happens is ((1 - 4η)² - 1) e² = -8η (1 - 2η) e², so 1 - 2η of the promise is kept.
    """
    (note,) = [note for note in notes(one_weight(2.0), "V", [1.0], [9.0], lr) if note.kind == "promise"]
    assert note.text.startswith(word)


def test_at_a_minimum_there_is_nothing_to_promise():
    (note,) = [note for note in notes(one_weight(2.0), "V", [1.0], [2.0]) if note.kind == "promise"]
    assert note.text.startswith("The gradient is zero")


@pytest.mark.parametrize(("x", "warned"), [([0.0, 49.0], 0), ([0.0, 51.0], 1), ([0.001, 2.0], 0), ([-60.0, 0.0], 1)])
def test_inputs_are_called_unscaled_by_their_size_alone(x, warned):
    network = Network((2, 1), output="identity", seed=0)
    assert [note.kind for note in notes(network, "F0", x, [1.0])].count("unscaled input") == warned


def read_back(text: str) -> float:
    """The value of a loss written out, computed by Python from the very text."""
    for sign, python in (("−", "-"), ("·", "*"), ("²", "**2"), ("½", "0.5*"), ("[", "("), ("]", ")")):
        text = text.replace(sign, python)
    text = re.sub(r"… \d+ more = ", "", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"ln ([\d.]+)", r"ln(\1)", text)
    return eval(re.sub(r"(1/\d+) ", r"\1*", text), {"ln": math.log})


def by_definition(name: str, yhat: np.ndarray, y: np.ndarray) -> float:
    square, entropy = ((yhat - y) ** 2).sum(), -(y * np.log(yhat)).sum()
    return {
        "squared_error": square,
        "half_squared_error": square / 2,
        "mse": square / len(y),
        "mae": np.abs(yhat - y).mean(),
        "cross_entropy": entropy,
        "binary_cross_entropy": entropy - ((1 - y) * np.log(1 - yhat)).sum(),
    }[name]


@pytest.mark.parametrize("outputs", [2, 8, 9, 12])
@pytest.mark.parametrize(
    "name", ["squared_error", "half_squared_error", "mse", "mae", "cross_entropy", "binary_cross_entropy"]
)
def test_the_terms_shown_and_the_rest_add_up_to_the_loss(name, outputs):
    rng = np.random.default_rng(outputs)
    yhat, y = rng.uniform(0.05, 0.95, outputs), rng.integers(0, 2, outputs).astype(float)
    text = loss_filled(LOSSES[name], yhat, y, Number(12))
    assert read_back(text) == pytest.approx(by_definition(name, yhat, y))
    assert f"… {outputs - 5} more = " in text if outputs > 8 else "more" not in text


@pytest.mark.parametrize(("lr", "sizes"), [(0.1, (3, 2)), (0.1, (3, 4, 2))])
def test_a_bias_is_a_weight_on_a_constant_one(lr, sizes):
    """∂a/∂b = 1, so the local factor times the upstream δ is the gradient that is shown."""
    steps = explain(Network(sizes, "tanh", seed=1), [0.5, -0.2, 0.3], [0.0, 1.0], "cross_entropy", lr=lr)
    for i in range(1, len(sizes)):
        step = find_step(steps, f"B{i} b")
        np.testing.assert_allclose(step.upstream.value * step.local.value, step.result.value)
        assert step.local.value == 1


def test_of_unscaled_inputs_the_largest_is_named():
    network = Network((3, 1), output="identity", seed=0)
    (note,) = [n for n in notes(network, "F0", [60.0, -900.0, 2.0], [1.0]) if n.kind == "unscaled input"]
    assert note.text.startswith("x_2 is 900,")
