"""A long line of an explanation in rows that fit a page: nothing is lost, and nothing is cut that fits."""

import pytest

from dnn_tui.experiments.explaining.document import _rows


@pytest.mark.parametrize(
    "line", ["a = b + c", "L = −(1·ln 0.5 + 0·ln 0.5) = 0.6931", "x" * 200, "f(" + "a + " * 40 + "a)"]
)
def test_what_fits_or_has_no_place_to_be_cut_is_one_row(line):
    assert _rows(line) == [("", line)]


@pytest.mark.parametrize("sign", [" + ", " − ", " = ", ", "])
def test_a_long_sum_is_cut_before_a_sign_into_rows_as_long_as_fit(sign):
    """Terms of ten characters with sign: nine of them and no more are in a row of ninety."""
    term = "w·h" + "0" * (7 - len(sign))
    line = sign.join([term] * 40)
    rows = _rows(line)
    assert "".join(text for _, text in rows) == line
    assert [indent for indent, _ in rows] == ["", *[r"\quad "] * (len(rows) - 1)]
    lengths = [len(text) for _, text in rows]
    assert max(lengths) <= 91
    assert min(lengths[:-1]) > 90 - 2 * len(term + sign)
    assert all(text.startswith(sign) for _, text in rows[1:])


def test_a_sum_in_brackets_stays_whole():
    whole = "(" + " + ".join(["a"] * 15) + ")"
    rows = [text for _, text in _rows(" · ".join(["b"] * 20) + f" + {whole} + {whole}")]
    assert [row.count("(") for row in rows] == [row.count(")") for row in rows]
    assert len(rows) > 1
