"""Numbers as a person reads them."""

import pytest

from dnn_tui.mlp.explain.notation import latex, pretty, renamed
from dnn_tui.mlp.explain.numbers import Fixed, Number, column, products


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (2.9000000000000004, "2.9"),
        (0.230333, "0.2303"),
        (-0.09, "−0.09"),
        (9.99996, "10"),
        (7979.4, "7979"),
        (123456.7, "123457"),
        (0.00009, "9e−5"),
        (1.2345678e-7, "1.235e−7"),
        (20387000000000.0, "2.039e13"),
        (0.0, "0"),
        (float("inf"), "∞"),
        (float("nan"), "nan"),
    ],
)
def test_four_significant_digits_with_a_true_minus(value, text):
    assert Number().text(value) == text


def test_with_fixed_decimals_small_and_nothing_are_told_apart():
    assert [Fixed(2).text(v) for v in (1.234, -0.001, 0.0, -12.5)] == ["1.23", "−0.00", "0", "−12.50"]
    assert Fixed(2).text(1e-17, scale=1) == "0"


def test_rounding_noise_of_a_sum_of_ordinary_numbers_is_zero_but_a_small_number_is_not():
    assert Number().text(1.1e-16, scale=0.5) == "0"
    assert Number().text(1.1e-16) == "1.1e−16"


def test_truncation_gives_the_digits_the_slides_print():
    # 002 prints .593 for 0.593873 and .6981 for 0.69816; 000 prints 1.2729 for 1.27297
    assert Number(3, truncate=True).text(0.593873) == "0.593"
    assert Number(4, truncate=True).text(0.698160) == "0.6981"
    assert Number(5, truncate=True).text(1.27297) == "1.2729"
    assert Number(3, truncate=True).text(0.1 + 0.2) == "0.3"


def test_a_column_has_its_decimal_points_under_each_other():
    assert column(["0.5", "−12", "1e−5"]) == ["  0.5 ", "−12   ", "  1e−5"]
    assert len({len(text) for text in column(["0.5", "−12", "1.25e−5", "∞"])}) == 1


def test_a_sum_of_products_is_written_with_its_signs():
    assert products([0.1, -0.3, 0.8], [2, 5, -3], Number()) == "0.1·2 − 0.3·5 + 0.8·(−3)"


def test_a_long_sum_shows_its_five_largest_terms_and_still_closes():
    u, v = [1.0] * 784, [k / 784 for k in range(784)]
    text = products(u, v, Number(9), constant=0.5)
    assert "… 779 more = " in text
    shown = [float(part.split("·")[1]) for part in text.split(" + […")[0].split(" + ")]
    rest = float(text.split("more = ")[1].split("]")[0])
    assert sum(shown) + rest == pytest.approx(sum(v), rel=1e-6)
    assert shown == pytest.approx([k / 784 for k in range(779, 784)], rel=1e-8)


def test_equations_are_written_for_a_terminal_and_for_latex():
    assert pretty("∂L/∂w_{222} = δ_2 h_1ᵀ") == "∂L/∂w₂₂₂ = δ₂ h₁ᵀ"
    assert latex("∂L/∂W_2 = δ_2 h_1ᵀ") == r"\frac{\partial L}{\partial W_2} = \delta_2 h_1^{\top}"


def test_z_and_a_replace_a_and_h():
    assert renamed("a_1 = W_1 h_0 + b_1", True) == "z_1 = W_1 a_0 + b_1"
    assert renamed("∂L/∂h_1 ⊙ g'(a_1)", True) == "∂L/∂a_1 ⊙ g'(z_1)"
    assert renamed("h1 = np.tanh(a1)", True) == "a1 = np.tanh(z1)"
    assert renamed("dh1 = W2.T @ delta2", True) == "da1 = W2.T @ delta2"
    assert renamed("a weight that has a_1", True, everywhere=False) == "a weight that has z_1"
