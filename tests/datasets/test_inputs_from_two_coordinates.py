"""Inputs computed from a point's coordinates: the Playground's seven, and any formula; for new rows as well."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.derived import USUAL, read_inputs
from dnn_tui.datasets.tables.new_rows import prepare_rows

SEVEN = ",".join(USUAL)


def test_the_seven_inputs_are_what_their_names_say():
    data = datasets.load("circle", samples=60, inputs=SEVEN)
    x1, x2 = data.plane.points["train"].astype(float).T
    wanted = np.stack([x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)], axis=1)
    assert np.allclose(data.train.x, wanted, rtol=1e-6)
    assert data.feature_names == USUAL


def test_the_points_are_those_of_the_same_seed_without_inputs():
    plain, derived = datasets.load("xor", seed=3), datasets.load("xor", seed=3, inputs="x1*x2")
    assert np.array_equal(plain.train.x, derived.plane.points["train"])
    assert np.array_equal(plain.test.x, derived.plane.points["test"])
    assert np.array_equal(plain.train.y, derived.train.y)


def test_new_rows_need_the_coordinates_only(tmp_path):
    data = datasets.load("circle", inputs="x1^2,sin(x2)")
    table = tmp_path / "new.csv"
    table.write_text("x1,x2\n3,0.5\n-2,1\n")
    rows = prepare_rows(data.preparation, table)
    assert np.allclose(rows.x, [[9, np.sin(0.5)], [4, np.sin(1)]])
    assert rows.report == ()


def test_short_ways_of_writing_are_understood():
    assert read_inputs("x1x2, sin x1 , max(x1, x2)") == ("x1*x2", "sin(x1)", "max(x1,x2)")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x1,foo", "'foo'"),
        ("x3", "x1 and x2"),
        ("x1,x1", "twice"),
        (",", "Which inputs"),
        ("x1+", "cannot be read"),
        ("1/(x1-x1)", "no finite value"),
        (",".join(f"x1*{k}" for k in range(40)), "at most 32"),
        ("__import__('os')", "cannot have"),
    ],
)
def test_an_input_that_makes_no_sense_is_refused_in_a_sentence(text, says):
    with pytest.raises(DataError, match=says.replace("(", r"\(")):
        datasets.load("circle", inputs=text)


def test_three_coordinates_have_no_such_inputs():
    with pytest.raises(DataError, match="two coordinates"):
        datasets.load("formula", formula="x1*x2*x3 > 0", inputs="x1")
