"""Generated data: against the definitions, scikit-learn, and Python's own arithmetic."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.generated.formula import FUNCTIONS, Formula
from dnn_tui.datasets.generated.playground import moons_points, multi_gauss_points, plane_points


def everything(data):
    parts = (data.train, data.validation, data.test)
    order = np.argsort(np.concatenate([part.rows for part in parts]))
    return tuple(np.concatenate([getattr(part, name) for part in parts])[order] for name in ("x", "y"))


def test_moons_without_noise_are_those_of_scikit_learn():
    make_moons = pytest.importorskip("sklearn.datasets").make_moons
    theirs, labels = make_moons(100, shuffle=False)
    ours, y = moons_points(np.random.default_rng(0), 100, 0.0)
    assert np.allclose(ours, theirs)
    assert np.array_equal(y, labels)


def test_the_plane_is_the_playgrounds():
    points, y = plane_points(np.random.default_rng(0), 200, 0.0)
    assert np.allclose(y, (points[:, 0] + points[:, 1]) / 10)
    assert np.abs(points).max() <= 6


def test_multi_gauss_has_the_playgrounds_hills_and_hollows():
    class Centres:  # stands for the generator: draws the six centres and a corner, no noise
        drawn = iter(
            [np.array([[-4, 2.5], [0, 2.5], [4, 2.5], [-4, -2.5], [0, -2.5], [4, -2.5], [6, 6]]), np.zeros((7, 2))]
        )

        def uniform(self, low, high, size):
            return next(self.drawn)

    _, y = multi_gauss_points(Centres(), 7, 0.0)
    assert y.tolist() == [1, -1, 1, -1, 1, -1, 0]


@pytest.mark.parametrize("name", ["plane", "multi-gauss"])
def test_regression_in_the_plane_is_in_its_own_unit(name):
    data = datasets.load(name, samples=300)
    assert data.task == "regression"
    assert data.train.y.shape == (len(data.train), 1)
    assert data.target_scale == ((0.0, 1.0),)


@pytest.mark.parametrize(("rule", "positives"), [("strict", 3), ("one", 147), ("any", 169)])
def test_vline_counts_are_those_of_the_lecture(rule, positives):
    data = datasets.load("vline", rule=rule)
    x, y = everything(data)
    assert y.sum() == positives
    assert len(np.unique(x, axis=0)) == 512
    assert set(np.unique(x)) == {0, 1}


# ---- formulas


@pytest.mark.parametrize(
    "text",
    ["sin(3*x1) > x2", "x1*x2 > 0", "x1^2 + x2**2", "-x1 + 2", "0 < x1 <= 1", "x1 > 0 and not x2 > 0 or x1 < -1",
     "max(x1, x2) - min(x1, 0.5)", "hypot(x1, x2) % 1", "exp(-x1*x1) / (1 + abs(x2))", "sqrt(abs(x1)) + pi*e",
     "x3 - x1 > tanh(x2)", "sign(x1) == sign(x2)", "cos(x1) != tan(x2) + log(4)", "x1 / 3 * 2 - -x2"],
)  # fmt: skip
def test_a_formula_means_what_it_means_in_python(text):
    points = np.random.default_rng(0).uniform(-2, 2, (50, 3))
    ours = Formula(text)(points)
    names = {
        name: getattr(math, name) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "hypot", "pi", "e")
    }
    names |= {"abs": abs, "max": max, "min": min, "sign": lambda v: (v > 0) - (v < 0)}
    code = compile(text.replace("^", "**"), "formula", "eval")
    theirs = [eval(code, names, dict(zip(("x1", "x2", "x3"), map(float, row), strict=True))) for row in points]
    assert np.allclose(ours.astype(float), np.array(theirs, float))
    assert (ours.dtype == bool) == isinstance(theirs[0], bool)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1 to 200"),
        ("x1" + "+x1" * 200, "1 to 200"),
        ("(" * 90 + "x1" + ")" * 89, "cannot be read"),
        ("x1 +", "cannot be read"),
        ("x1 > 0; x2", "cannot be read"),
        ("y > 0", "'y'"),
        ("x0 > 1", "'x0'"),
        ("x10 > 1", "'x10'"),
        ("x1.real > 0", r"x1\.real"),
        ("__import__('os').system('true')", "cannot have"),
        ("sin.__class__", "cannot have"),
        ("open('f')", "cannot have"),
        ("'text' > x1", "cannot have 'text'|cannot have \"'text'\""),
        ("[x1 for x1 in x2]", "cannot have"),
        ("lambda: x1", "cannot have"),
        ("x1 if x2 else 0", "cannot have"),
        ("(x1 := 3)", "cannot have"),
        ("x1 @ x2", "cannot have"),
        ("x1 // x2", "cannot have"),
        ("x1 in x2", "cannot have"),
        ("True", "cannot have"),
        ("1j*x1", "cannot have"),
        ("sin(x1, x2)", "takes 1"),
        ("sin(x=x1)", "cannot have"),
        ("max(x1)", "takes 2"),
        ("sin > x1", "'sin'"),
        ("f'{x1}'", "cannot have"),
    ],
)
def test_what_a_formula_cannot_have_is_refused_by_name(text, message):
    with pytest.raises(DataError, match=message) as caught:
        Formula(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x1 > 9", "everywhere"),
        ("log(x1 - 3)", "too few points"),
        ("9**9**9**9", "too few"),
        ("1e300*x1", "too large"),
        (None, "Which formula"),
    ],
)
def test_a_formula_without_anything_to_learn_is_refused(text, message):
    with pytest.raises(DataError, match=message):
        datasets.load("formula", formula=text)


def test_a_formula_may_be_nested_as_deeply_as_its_length_allows():
    assert Formula("-" * 198 + "x1")(np.array([[3.0, 0.0]])) == 3


@settings(deadline=None)
@given(st.text(alphabet="x12+-*/()<> .sinmaxe^,%", max_size=40))
def test_any_text_is_a_formula_or_an_error(text):
    try:
        formula = Formula(text)
    except DataError:
        return
    assert formula(np.ones((3, formula.inputs))).shape == (3,)


def test_a_formula_gives_labels_and_numbers():
    data = datasets.load("formula", formula="sin(3*x1) > x2", samples=500)
    x, y = everything(data)
    wrong = y != (np.sin(3 * x[:, 0]) > x[:, 1])
    assert wrong.sum() == 0
    assert data.task == "binary"
    noisy, labels = everything(datasets.load("formula", formula="x1 > x2", samples=5000, noise=0.2))
    assert abs((labels != (noisy[:, 0] > noisy[:, 1])).mean() - 0.2) < 0.02
    assert datasets.load("formula", formula="x1 * x4").n_features == 4
    assert datasets.load("formula", formula="log(x1)").task == "regression"


def test_every_function_of_a_formula_is_numpys_of_that_name_or_plain():
    assert {"sin", "min", "max", "sqrt"} <= FUNCTIONS.keys()
    for name, (function, arguments) in FUNCTIONS.items():
        assert function.nin == arguments, name
