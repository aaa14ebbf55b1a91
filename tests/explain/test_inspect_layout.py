"""Where things go on the inspect screen: integers in, integers out."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dnn_tui.experiments.explaining.blocks import signed_extremes, tier
from dnn_tui.mlp.explain import Number, Operand
from dnn_tui.tui.inspect.numbers_grid import numbers_grid
from dnn_tui.tui.inspect.part import window
from dnn_tui.tui.inspect.places import columns, layers_shown
from dnn_tui.tui.inspect.step_view import allot

PARTS = ("equation", "numbers", "result", "notes", "numpy", "shapes", "boxes", "line")


@given(st.tuples(*(st.integers(0, 12) for _ in PARTS)), st.integers(12, 80))
def test_parts_get_no_more_rows_than_they_want_or_than_there_are(wanted, height):
    want = dict(zip(PARTS, wanted, strict=True)) | {"equation": 2, "result": max(1, wanted[2])}
    take, left = allot(want, height)
    assert all(take[part] <= want[part] for part in PARTS)
    assert take["boxes"] in (0, want["boxes"])
    assert sum(take.values()) + 2 + left == height or left < 0
    assert left >= 0 or height < 2 + 2 + 6 + 1


@given(st.integers(1, 900), st.integers(0, 899), st.integers(1, 40))
def test_a_window_holds_the_focus_and_is_as_large_as_it_may(size, focus, most):
    focus = min(focus, size - 1)
    shown = window(size, focus, most)
    assert focus in shown
    assert len(shown) == min(size, most)
    assert shown[-1] < size


@given(st.lists(st.integers(1, 800), min_size=2, max_size=20), st.integers(20, 120), st.integers(6, 50))
def test_the_layers_stand_side_by_side_inside_the_picture(sizes, width, height):
    for step_layer in range(len(sizes)):
        shown = layers_shown(len(sizes) - 1, step_layer, width)
        assert step_layer in shown
        found = columns(tuple(sizes), {}, width, 2, height, layers=shown)
        for before, after in pairwise(found):
            assert before.x + before.width < after.x
        assert found[0].x >= 0
        assert found[-1].x + found[-1].width <= width
        assert all(2 <= y < 2 + height for column in found for y in column.rows)


def test_three_sizes_of_array():
    assert [tier(shape) for shape in ((), (8, 8), (9,), (64, 3), (65, 2), (128, 784))] == [
        "full", "full", "lens", "lens", "summary", "summary",
    ]  # fmt: skip


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 20), st.integers(1, 20))
def test_a_resampled_matrix_keeps_its_extremes_with_their_signs(rows, columns_, fewer_rows, fewer_columns):
    value = np.random.default_rng(rows * 51 + columns_).normal(size=(rows, columns_))
    small = signed_extremes(value, fewer_rows, fewer_columns)
    assert small.shape == (min(rows, fewer_rows), min(columns_, fewer_columns))
    assert value[np.unravel_index(np.abs(value).argmax(), value.shape)] in small
    assert set(small.ravel()) <= set(value.ravel())


def test_the_columns_of_a_matrix_stand_under_each_other():
    grid = numbers_grid(Operand("W", "W", np.array([[0.5, -12.0], [3.0, 1e-7]])), (1, 1), Number(), 40, 2)
    first, second = grid.lines()
    assert first.index(".") == second.index("3") + 1
    assert len(first.rstrip()) == len(second.rstrip())
