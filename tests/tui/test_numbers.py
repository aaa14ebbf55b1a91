"""Numbers as a person reads them."""

import math

import pytest

from dnn_tui.tui.drawing.numbers import duration, figure, per_second, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (1.2345678, "1.235"), (0.031416, "0.03142"), (12345.6, "12,346"), (-0.5, "−0.5000"),
        (2e-5, "2.0e-05"), (math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "−∞"), (None, "–"), (3.2e9, "3.200e+09"),
    ],
)  # fmt: skip
def test_figures_have_four_significant_digits(value, text):
    assert figure(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.9741, "97.4 %"), (1, "100 %"), (0.99999, "99.9 %"), (0, "0 %"), (1e-6, "<0.1 %"), (math.nan, "–")],
)
def test_a_share_is_all_or_nothing_only_if_it_is(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.81, "0.8 s"), (59.4, "59 s"), (62, "1:02 min"), (3723, "1:02:03 h"), (None, "–")]
)
def test_durations_have_units(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("rate", "text"), [(950, "950"), (12345, "12.3k"), (2.5e6, "2.5M")])
def test_rates_are_short(rate, text):
    assert per_second(rate) == text
