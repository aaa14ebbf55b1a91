"""A series keeps every extreme, at any width, in bounded memory."""

import numpy as np
import pytest

from dnn_tui.runs.series import Series


def filled(values, capacity=1 << 21, chunk=37):
    series = Series(capacity)
    for start in range(0, len(values), chunk):
        series.extend(values[start : start + chunk])
    return series


@pytest.mark.parametrize("capacity", [64, 1000, 1 << 20])
@pytest.mark.parametrize("width", [1, 7, 80])
def test_a_single_spike_survives_any_merging_and_any_width(capacity, width):
    values = np.random.default_rng(0).normal(1, 0.01, 10_000)
    values[6_543] = 50.0
    low, high = filled(values, capacity).columns(0, 10_000, width)
    assert np.nanmax(high) == np.float32(50)
    assert int(np.nanargmax(high)) == pytest.approx(6_543 * width // 10_000, abs=1)
    assert np.nanmin(low) == np.float32(values.min())


def test_columns_are_the_minimum_and_maximum_of_their_part():
    values = np.random.default_rng(1).normal(size=1_000)
    low, high = filled(values).columns(0, 1_000, 10)
    parts = values.astype(np.float32).reshape(10, 100)
    np.testing.assert_array_equal(low, parts.min(axis=1))
    np.testing.assert_array_equal(high, parts.max(axis=1))


def test_a_column_without_values_is_empty():
    low, high = filled(np.arange(10.0)).columns(-10, 20, 3)
    assert np.isnan(low[[0, 2]]).all()
    assert (low[1], high[1]) == (0, 9)


def test_memory_stays_bounded():
    series = filled(np.arange(100_000.0), capacity=128, chunk=999)
    assert series._kept <= 128
    assert series.count == 100_000


def test_values_that_are_no_numbers_are_remembered_by_position():
    series = filled([1.0, np.nan, 2.0, np.inf])
    assert series.nonfinite == [1, 3]
    low, high = series.columns(0, 4, 1)
    assert (low[0], high[0]) == (1, 2)


def test_the_value_at_a_step_is_the_one_given():
    series = filled(np.arange(100.0))
    assert series.value_at(42) == 42
    assert np.isnan(series.value_at(100))
