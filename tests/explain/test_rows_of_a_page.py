"""A long line of an explanation in rows that fit a page: nothing is lost, and nothing is cut that fits."""

import numpy as np
import pytest

from dnn_tui.experiments.explaining.document import MOST_IN_JSON, _array, in_rows
from dnn_tui.mlp.explain import Operand


@pytest.mark.parametrize(
    "line", ["a = b + c", "L = −(1·ln 0.5 + 0·ln 0.5) = 0.6931", "x" * 200, "f(" + "a + " * 40 + "a)"]
)
def test_what_fits_or_has_no_place_to_be_cut_is_one_row(line):
    assert in_rows(line) == [("", line)]


@pytest.mark.parametrize("sign", [" + ", " − ", " = ", ", "])
def test_a_long_sum_is_cut_before_a_sign_into_rows_as_long_as_fit(sign):
    """Terms of ten characters with sign: nine of them and no more are in a row of ninety."""
    term = "w·h" + "0" * (7 - len(sign))
    line = sign.join([term] * 40)
    rows = in_rows(line)
    assert "".join(text for _, text in rows) == line
    assert [indent for indent, _ in rows] == ["", *[r"\quad "] * (len(rows) - 1)]
    lengths = [len(text) for _, text in rows]
    assert max(lengths) <= 91
    assert min(lengths[:-1]) > 90 - 2 * len(term + sign)
    assert all(text.startswith(sign) for _, text in rows[1:])


def test_a_sum_in_brackets_stays_whole():
    whole = "(" + " + ".join(["a"] * 15) + ")"
    rows = [text for _, text in in_rows(" · ".join(["b"] * 20) + f" + {whole} + {whole}")]
    assert [row.count("(") for row in rows] == [row.count(")") for row in rows]
    assert len(rows) > 1


def test_an_array_too_large_for_json_is_summed_up_unless_all_of_it_is_wanted():
    value = np.zeros(4 * MOST_IN_JSON)
    value[::4], value[1] = 3.0, -5.0
    operand = Operand("h_1", "h1", value)
    summary = _array(operand, whole=False)
    norm = (9 * MOST_IN_JSON + 25) ** 0.5
    assert summary["shape"] == [4 * MOST_IN_JSON]
    assert summary["summary"] == {
        "norm": pytest.approx(norm), "min": -5, "mean": pytest.approx((3 * MOST_IN_JSON - 5) / len(value)), "max": 3,
        "zeros": pytest.approx((3 * MOST_IN_JSON - 1) / len(value)),
    }  # fmt: skip
    assert _array(operand, whole=True)["value"] == value.tolist()
    few = Operand("h_1", "h1", np.array([1.0, np.inf, np.nan] + [0.0] * (MOST_IN_JSON - 3)))
    assert _array(few, whole=False)["value"][:3] == [1.0, "inf", "nan"]
