"""A large result in cells: a lens at any power of ten, which flags what changed alone, and a summary that is true."""

import re

import numpy as np
import pytest

from dnn_tui.mlp.explain import Number, Operand
from dnn_tui.tui.drawing.theme import Ink
from dnn_tui.tui.inspect.blocks_grid import result_grid

MANY = np.random.default_rng(0).uniform(-9.9, 9.9, (40, 40))


def drawn(value, before=None, width=70, height=14):
    return result_grid(Operand("W_1", "W1", value), (3, 3), Number(), width, height, before=before)


def numbers_in(lines) -> np.ndarray:
    found = [re.findall(r"−?\d+\.\d\d", line) for line in lines if line[:1] in "⎡⎢⎣"]
    return np.array([[float(text.replace("−", "-")) for text in row] for row in found])


@pytest.mark.parametrize("power", [-7, -3, -1, 3, 4, 9])
def test_a_lens_takes_one_power_of_ten_out_and_writes_the_rest(power):
    head, *lines = str(drawn(MANY * 10.0**power)).splitlines()
    assert head.startswith(f"10^{power} ×".replace("-", "−"))
    shown = numbers_in(lines)
    assert shown.shape == (11, 6)
    np.testing.assert_allclose(shown, MANY[:11, :6], atol=0.005)


@pytest.mark.parametrize("power", [0, 1])
def test_up_to_tens_numbers_stand_as_they_are(power):
    head, *lines = str(drawn(MANY * 10.0**power)).splitlines()
    assert "×" not in head
    shown = numbers_in([head, *lines])
    np.testing.assert_allclose(shown, MANY[: shown.shape[0], : shown.shape[1]] * 10.0**power, atol=0.005)


@pytest.mark.parametrize("power", [-3, 0, 4])
def test_of_an_edit_only_what_changed_is_flagged(power):
    value = MANY * 10.0**power
    same, plain = drawn(value, before=value.copy()), drawn(value)
    assert str(same) == str(plain)
    assert np.array_equal(same.fg, plain.fg)
    before = value.copy()
    before[1, 2] *= 1.5
    edited = drawn(value, before=before)
    unlike = (edited.fg != plain.fg) | (edited.bg != plain.bg) | (edited.chars != plain.chars)
    assert set(np.flatnonzero(unlike.any(axis=1))) == {2 if power else 1}


def test_the_focus_is_marked_on_the_map():
    value, width = MANY, 70
    for k, j in ((0, 0), (20, 20), (39, 39)):
        grid = result_grid(Operand("W_1", "W1", value), (k, j), Number(), width, 14)
        (y,), (x,) = np.nonzero(grid.chars == ord("◆"))
        assert grid.fg[y, x] == Ink.ACCENT
        assert y == k * 12 // 40  # the map has twelve rows at most, and a column of each twelve cells of the width's 70
        assert x == width - 12 + j * 11 // 40


def test_a_summary_tells_norm_extremes_zeros_and_mean():
    """By hand: a 300 × 400 matrix, half zeros, else 2 but for one −10."""
    value = np.zeros((300, 400))
    value[:, ::2] = 2.0
    value[7, 0] = -10.0
    facts = str(drawn(value, width=100)).splitlines()[0]
    norm = f"{np.sqrt(59_999 * 4 + 100):.4g}"  # 489.996: 490
    assert facts.split("  ")[:4] == [f"‖·‖ {norm}", "min −10", "max 2", "50 % zero"]
    assert facts.strip().endswith("mean 0.9999")
    narrow = str(drawn(value, width=40)).splitlines()[0].strip()
    assert narrow == f"‖·‖ {norm}  min −10  max 2  50 % zero"


def test_what_has_no_finite_number_says_so():
    assert str(drawn(np.full((300, 300), np.nan))).splitlines()[0].strip() == "no finite number"
