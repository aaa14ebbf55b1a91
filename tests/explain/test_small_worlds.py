"""Circuits, calculations and descents: the lessons that are no network."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnn_tui.datasets.expression import ExpressionError, evaluate, number, parse, written
from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.calculation import explain_calculation
from dnn_tui.experiments.explaining.descent import Descent, Walk, explain_descent
from dnn_tui.experiments.explaining.graph import Graph, explain_graph
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.subject import InspectError
from dnn_tui.mlp.explain import find_step
from dnn_tui.mlp.optimizers import OPTIMIZERS


@pytest.mark.parametrize(
    ("text", "value"),
    [("1/3", 1 / 3), ("-2", -2), ("0,5", 0.5), ("−0.25", -0.25), ("sqrt(2)/2", math.sqrt(2) / 2), ("2**-3", 0.125)],
)
def test_a_person_may_type_a_number_in_many_ways(text, value):
    assert number(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("text", ["", "x", "1/0", "open('x')", "().__class__", "[1, 2]", "1 if 2 else 3", "a.b", "'1'"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ExpressionError):
        number(text)


@settings(max_examples=100, deadline=None)
@given(st.recursive(
    st.sampled_from(["x", "y", "2", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " - ", " * ", " / "]), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
        inner.map(lambda t: f"(-{t})"),
    ),
    max_leaves=8,
))  # fmt: skip
def test_an_expression_written_out_reads_back_as_the_same_value(text):
    values = {"x": np.float64(1.7), "y": np.float64(-0.6)}
    node = parse(text)
    back = written(node).replace("−", "-").replace("·", "*")
    first, second = evaluate(node, values), evaluate(parse(back), values)
    np.testing.assert_allclose(first, second, rtol=1e-12)


def gradient_by_difference(graph: Graph, values: dict, name: str, eps: float = 1e-6) -> float:
    above = graph.forward(values | {name: values[name] + eps})[graph.output]
    below = graph.forward(values | {name: values[name] - eps})[graph.output]
    return (above - below) / (2 * eps)


@pytest.mark.parametrize(
    "gates",
    [
        ["q = x + y", "f = q * z"],
        ["f = x**2 * exp(-y) + sin(x * z) / (2 + cos(y))"],
        ["u = tanh(x) - sigmoid(y)", "f = sqrt(u**2 + 1) * ln(3 + z) + relu(x)"],
    ],
)
def test_a_circuits_gradients_are_central_differences(gates):
    graph, values = Graph(gates), {"x": 0.7, "y": -0.4, "z": 1.3}
    steps = explain_graph(graph, values)
    for name in graph.variables:
        ours = float(find_step(steps, f"B {name}").result.value)
        assert ours == pytest.approx(gradient_by_difference(graph, values, name), rel=1e-6, abs=1e-8)


def test_each_gate_multiplies_upstream_by_local_and_paths_add_up():
    graph = Graph(["q = x + y", "f = q * x"])  # x is used twice: f = (x + y) x, ∂f/∂x = 2x + y
    step = find_step(explain_graph(graph, {"x": 3, "y": 2}), "B x")
    np.testing.assert_allclose(step.upstream.value * step.local.value, [3, 5])
    assert float(step.result.value) == 8
    assert "used 2 times" in step.notes[0].text


def test_the_numpy_line_of_every_gate_computes_it():
    graph = Graph(["f = x**2 * exp(-y) + relu(x) * sigmoid(y) - ln(x) / cos(y)"])
    names = {"np": np, "x": 0.7, "y": -0.4}
    for step in explain_graph(graph, {"x": 0.7, "y": -0.4}):
        exec(step.numpy, names)  # our own text, in a test
        assert float(names[step.result.key]) == pytest.approx(float(step.result.value), rel=1e-12)


@pytest.mark.parametrize(
    ("gates", "message"),
    [
        (["q"], "no gate"),
        (["q = x"], "computes nothing"),
        (["q = x + 1", "q = x"], "twice"),
        (["q = max(x)"], "no gate"),
    ],
)
def test_a_circuit_that_is_none_is_refused(gates, message):
    with pytest.raises(ExpressionError, match=message):
        Graph(gates)


def test_a_calculation_says_each_line_with_its_numbers():
    steps = explain_calculation({"p": np.array([0.5, 0.25])}, [("L", "-mean(ln(p))", "the loss")])
    assert steps[0].substituted() == "L = −mean(ln [0.5, 0.25]) = 1.04"
    assert float(steps[0].evaluate()) == pytest.approx((math.log(2) + math.log(4)) / 2)


def test_descent_on_a_parabola_shrinks_the_distance_by_what_the_theory_says():
    descent = Descent(np.array([[1.0], [-1.0]]), np.array([3.0, 1.0]))  # curvature 2, bottom at w = 1, b = 2
    path = descent.walk(Walk("gd", (0, 0), 0.3, 10))
    np.testing.assert_allclose(path - [1, 2], (1 - 0.6) ** np.arange(11)[:, None] * [-1, -2], atol=1e-12)
    np.testing.assert_allclose(descent.optimum(), [1, 2])
    assert descent.error(np.array([1.0, 2.0])) == pytest.approx(0)


def test_the_error_surface_is_the_error_at_each_of_its_points():
    descent = Descent(np.array([[0.5], [2.5]]), np.array([0.2, 0.9]), "sigmoid")
    w, b = np.linspace(-3, 3, 5), np.linspace(-2, 2, 4)
    surface = descent.surface(w, b)
    assert surface.shape == (4, 5)
    for j, k in np.ndindex(4, 5):
        assert surface[j, k] == pytest.approx(descent.error(np.array([w[k], b[j]])))


def test_every_update_of_a_walk_can_be_computed_again():
    descent = Descent(np.array([[0.5], [2.5]]), np.array([0.2, 0.9]), "sigmoid")
    for order in ("batch", "sgd"):
        for step in explain_descent(descent, [Walk("w", (-2, -2), 1, 6, order)]):
            np.testing.assert_allclose(step.evaluate(), step.result.value, rtol=1e-12)
    for name in OPTIMIZERS:
        for step in explain_descent(descent, [Walk("w", (-2, -2), 0.1, 6, optimizer=name)]):
            np.testing.assert_allclose(step.evaluate(), step.result.value, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("batch", [0, 2])
def test_a_walk_is_the_one_that_torch_takes(name, batch):
    torch = pytest.importorskip("torch")
    x, y = [-3.0, -1.0, 1.0, 2.0, 0.5], [0.8, -0.8, -0.8, 0.0, 0.3]
    descent = Descent(np.array(x)[:, None], np.array(y), "tanh", mean=True)
    path = descent.walk(Walk("w", (1.0, 0.5), 0.1, 7, optimizer=name, batch=batch))
    theta = torch.tensor([1.0, 0.5], dtype=torch.float64, requires_grad=True)
    X, Y = (torch.tensor(v, dtype=torch.float64) for v in (x, y))
    kinds = {"sgd": ("SGD", {}), "momentum": ("SGD", {"momentum": 0.9}), "adagrad": ("Adagrad", {}),
             "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}), "adadelta": ("Adadelta", {}),
             "rmsprop": ("RMSprop", {}), "adam": ("Adam", {}), "adamw": ("AdamW", {})}  # fmt: skip
    kind, settings = kinds[name]
    optimizer = getattr(torch.optim, kind)([theta], lr=0.1, **settings)
    for k in range(7):
        rows = slice(None) if not batch else slice(2 * (k % 3), 2 * (k % 3) + 2)  # 5 rows: 2, 2, 1
        optimizer.zero_grad()
        (0.5 * (torch.tanh(theta[0] * X + theta[1]) - Y)[rows] ** 2).mean().backward()
        optimizer.step()
        np.testing.assert_allclose(path[k + 1], theta.detach(), rtol=1e-9, atol=1e-12)


def test_a_walks_optimizer_and_batch_can_be_edited():
    subject = subject_of(load_lesson("p10"))
    assert float(subject.step_named("rmsprop 60").parts[0].value) < 0.6
    subject.edit("rmsprop.lr", "0.1")
    assert float(subject.step_named("rmsprop 60").parts[0].value) > 1.6  # as the lesson's text says: it stays too
    subject.edit("sgd.optimizer", "momentum")
    subject.edit("sgd.batch", "2")
    assert subject.step_named("sgd 3").title == "Update 3 of “sgd”, from rows 1 to 2"
    assert "μ v" in subject.step_named("sgd 3").equation
    for key, value, message in (("sgd.optimizer", "adma", "no optimizer"), ("sgd.batch", "9", "1 to 4 rows")):
        with pytest.raises(InspectError, match=message):
            subject.edit(key, value)
    assert subject.undo()
    assert subject.step_named("sgd 3").title.endswith("from all rows")
