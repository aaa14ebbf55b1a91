"""Axes and line plots."""

import math

import numpy as np
import pytest

from dnn_tui.tui.drawing.grid import Grid
from dnn_tui.tui.drawing.plot import Band, Chart, Line, Scale, draw_chart, log_ticks, nice_ticks, span, tick_labels
from dnn_tui.tui.drawing.theme import Ink


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 1, 6, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 2.3, 4, [0, 1, 2]),
        (-1.7, 1.7, 5, [-1, 0, 1]),
        (0, 0.0007, 5, [0, 0.0002, 0.0004, 0.0006]),
    ],
)
def test_ticks_are_round_numbers_within_the_range(low, high, most, ticks):
    assert nice_ticks(low, high, most) == pytest.approx(ticks)


def test_ticks_of_epochs_are_whole():
    assert nice_ticks(0, 3, 10, whole=True) == [0, 1, 2, 3]


def test_a_range_without_width_or_sense_gives_no_ticks_and_no_error():
    assert nice_ticks(1, 0, 5) == []
    assert nice_ticks(math.nan, 1, 5) == []
    assert nice_ticks(2, 2, 5) == [2]


def test_log_ticks_are_powers_of_ten_with_twos_and_fives_where_there_is_room():
    assert log_ticks(0.01, 1, 9) == pytest.approx([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
    assert log_ticks(0.01, 1, 4) == pytest.approx([0.01, 0.1, 1])
    assert log_ticks(0, 1, 4) == []


def test_tick_labels_agree_in_decimals():
    assert tick_labels([0.0, 0.5, 1.0]) == ["0.0", "0.5", "1.0"]
    assert tick_labels([0.8, 0.9, 1.0], percent=True) == ["80", "90", "100"]
    assert tick_labels([-1.0, 0.0]) == ["−1", "0"]
    assert tick_labels([1e-5, 2e-5]) == ["1e-5", "2e-5"]


def test_a_log_scale_places_equal_ratios_equally_far_and_zero_nowhere():
    places = Scale(0.01, 1, log=True).place([0.01, 0.1, 1, 0])
    assert places[:3] == pytest.approx([0, 0.5, 1])
    assert math.isnan(places[3])


def test_a_span_starts_at_zero_if_that_is_near_and_survives_emptiness():
    assert span(np.array([0.1, 2.3])) == pytest.approx((0, 2.5))
    assert span(np.array([math.nan])) == (0, 1)
    low, high = span(np.array([5.0, 5.0]))
    assert low < 5 < high


def chart(**more) -> Chart:
    return Chart("loss", "", Scale(0, 10), Scale(0, 1), **more)


def drawn(chart_: Chart, width: int = 40, height: int = 12) -> Grid:
    grid = Grid(width, height)
    draw_chart(grid, chart_, 0, 0, width, height)
    return grid


def test_a_falling_line_falls_on_the_screen():
    grid = drawn(chart(lines=(Line("train", (0.0, 10.0), (1.0, 0.0), Ink.TRAIN),)))
    cells = np.argwhere((grid.fg == Ink.TRAIN) & (grid.chars >= 0x2800) & (grid.chars < 0x2900))
    left, right = cells[cells[:, 1].argmin()], cells[cells[:, 1].argmax()]
    assert left[0] < right[0]


def test_the_mark_stands_where_the_line_ends():
    grid = drawn(chart(lines=(Line("train", (0.0, 5.0), (0.0, 0.5), Ink.TRAIN, "●"),)))
    row, column = np.argwhere(grid.chars == ord("●"))[0]
    cells = np.argwhere((grid.fg == Ink.TRAIN) & (grid.chars >= 0x2800) & (grid.chars < 0x2900))
    assert abs(cells[:, 1].max() - column) <= 1
    assert abs(cells[cells[:, 1].argmax(), 0] - row) <= 1


def test_a_value_off_the_scale_is_marked():
    band = Band("batch", (0.0, 5.0, 10.0), (0.1, 0.1, 0.1), (0.2, 40.0, 0.2), Ink.BATCH)
    assert "▲" in str(drawn(chart(bands=(band,))))
    calm = Band("batch", (0.0, 5.0, 10.0), (0.1, 0.1, 0.1), (0.2, 0.3, 0.2), Ink.BATCH)
    assert "▲" not in str(drawn(chart(bands=(calm,))))


def test_places_where_the_loss_was_no_number_are_marked():
    assert "✗" in str(drawn(chart(broken=(4.0,))))


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (7, 3), (8, 3), (9, 4), (12, 5), (200, 60)])
def test_any_size_draws_without_error(size):
    line = Line("train", (0.0, 1.0, 2.0), (math.nan, 0.5, math.inf), Ink.TRAIN)
    drawn(chart(lines=(line,), cursor=1.0, best=1.0), *size)
