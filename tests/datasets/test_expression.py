"""One whitelist, two entrances: what a person types for a lesson or a number, and for a formula, is never run."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnn_tui.datasets.dataset import DataError
from dnn_tui.datasets.expression import ExpressionError, compute, evaluate, number, parse
from dnn_tui.datasets.generated.formula import LANGUAGE, Formula

EVIL = [
    "__import__('os').system('touch /tmp/evil')",
    "x1.__class__.__mro__",
    "().__class__.__bases__",
    "sin.__globals__",
    "open('/etc/passwd')",
    "eval('1')",
    "getattr(x1, 'real')",
    "x1.real",
    "sin(x1)(x1)",
    "(lambda: x1)()",
    "lambda: x1",
    "[x1 for x1 in x2]",
    "{x1 for x1 in x2}",
    "{x1: x2 for x1 in x2}",
    "(x1 for x1 in x2)",
    "sum(x1 for x1 in x2)",
    "(x1 := 3)",
    "x1 if x2 else 0",
    "f'{x1}'",
    "'text'",
    "b'text'",
    "...",
    "None",
    "True",
    "1j",
    "await x1",
    "(yield x1)",
    "x1; x2",
    "x1 = 2",
    "import os",
    "sin(*x1)",
    "sin(x=x1)",
    "sin(x1, x2)",
    "exp(x1, x2)",
    "~x1",
    "x1 << 9999999999",
    "x1 // x2",
    "x1 & x2",
    "x1 in x2",
    "x1 is x2",
    "{x1}",
    "{}",
    "x1[1:2]",
    "(" * 5000 + "x1" + ")" * 5000,
    "-" * 5000 + "x1",
    "not " * 5000 + "x1",
    "[" * 5000 + "]" * 5000,
    "lambda: " + "-" * 5000 + "x1",
    "sin(" * 90 + "x1" + ")" * 89,
    "x1\x00",
    "",
]


@pytest.mark.parametrize("text", EVIL, ids=lambda text: ascii(text)[:40])
def test_both_entrances_refuse_it_in_one_sentence(text):
    for read, refusal in ((parse, ExpressionError), (number, ExpressionError), (Formula, DataError)):
        with pytest.raises(refusal) as caught:
            read(text)
        assert str(caught.value).strip().endswith(".")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["9**9**9**9", "9" * 150 + "**99", "1e999", "10**400"])
def test_a_tower_of_powers_is_infinite_at_once_and_so_no_number(text):
    assert compute(parse(text, LANGUAGE), {}) == math.inf
    assert evaluate(parse(text), {}) == math.inf
    with pytest.raises(ExpressionError, match="no finite number"):
        number(text)


def test_what_a_formula_has_a_lesson_has_not_and_the_other_way_round():
    for text in ("x1 < x2", "x1 and x2", "not x1", "x1 % 2", "x1 ^ 2", "hypot(x1, x2)", "min(x1, x2)"):
        Formula(text)
        with pytest.raises(ExpressionError):
            parse(text)
    for text in ("x1[1]", "[x1, x2]", "sum(x1)", "softmax(x1)", "x1 @ x2", "min(x1)"):
        parse(text)
        with pytest.raises(DataError):
            Formula(text)


def test_a_number_too_large_for_a_float_is_infinite_in_both():
    text = "1" + "0" * 190
    assert evaluate(parse(text), {}) == compute(parse(text, LANGUAGE), {}) == 1e190
    assert evaluate(parse("1" + "0" * 400), {}) == math.inf


def test_yes_and_no_count_as_one_and_zero_where_numbers_are_wanted():
    points = np.array([[1.0, -1.0], [-1.0, 2.0], [3.0, 4.0]])
    a, b = points.T
    for text, wanted in (
        ("(x1 > 0) + (x2 > 0)", (a > 0) * 1.0 + (b > 0)),
        ("(x1 > 0) - (x2 > 0)", (a > 0) * 1.0 - (b > 0)),
        ("-(x1 > 0)", -((a > 0) * 1.0)),
        ("+(x1 > 0)", (a > 0) * 1.0),
        ("sin(x1 > 0)", np.sin((a > 0) * 1.0)),
        ("(x1 > 0) < x2", (a > 0) * 1.0 < b),
    ):
        np.testing.assert_array_equal(Formula(text)(points), wanted)
        assert Formula(text).yes_no == (wanted.dtype == bool), text
    np.testing.assert_array_equal(Formula("x1 and x2")(points), [True, True, True])
    assert Formula("not x1").yes_no


def test_comparisons_within_comparisons_look_at_each_value_once():
    text = "x1"
    for _ in range(30):  # 2³⁰ looks at x1, were the middle of a < b < c computed for each of its sides
        text = f"0 <= ({text}) <= 1"
    assert compute(parse(text, LANGUAGE), {"x1": np.array([0.5, 2.0])}).tolist() == [True, True]


@settings(deadline=None)
@given(st.text(alphabet="xyz12+-*/()[], .sinmeagrupt^%'<>", max_size=60))
def test_any_text_is_an_expression_or_a_refusal(text):
    try:
        node = parse(text)
        evaluate(node, {"x": np.array([1.0, 2.0]), "y": np.float64(3)})
    except ExpressionError as error:
        assert str(error)  # noqa: PT017 (either is right)


@pytest.mark.parametrize(("rows", "columns"), [(1, 9), (9, 1), (3, 3), (-1, 1), (3, -1)])
def test_reshape_keeps_the_numbers_in_order_as_numpy_does(rows, columns):
    matrix = np.arange(9.0).reshape(3, 3)
    shaped = evaluate(parse(f"reshape(matrix, {rows}, {columns})"), {"matrix": matrix})
    np.testing.assert_array_equal(shaped, matrix.reshape(rows, columns))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reshape(x, 2, 4)", "cannot reshape array of size 9 into shape"),
        ("reshape(x, 1.5, 6)", "whole numbers"),
        ("reshape(x, 1/0, 9)", "whole numbers"),
        ("reshape(x, 9)", "gives reshape 2 values; it takes 3"),
    ],
)
def test_a_shape_that_does_not_fit_is_refused_in_a_sentence(text, said):
    with pytest.raises(ExpressionError, match=said):
        evaluate(parse(text), {"x": np.arange(9.0)})
