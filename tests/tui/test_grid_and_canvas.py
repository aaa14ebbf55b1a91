"""Cells, braille and half blocks: pure functions on arrays."""

import numpy as np
import pytest
from rich.cells import cell_len

from dnn_tui.tui.drawing.canvas import Dots, bar, columns, half_blocks, picture, polyline, quantise, resample, segments
from dnn_tui.tui.drawing.grid import Grid, fit
from dnn_tui.tui.drawing.theme import EIGHT_BIT, FULL, LEVELS, NONE, SIXTEEN, Ink, first_theme, palette_of, ramp


def test_a_dot_in_each_place_of_a_cell_is_the_braille_pattern_of_unicode():
    # the Unicode chart: dots 1 2 3 7 down the left, 4 5 6 8 down the right
    expected = {(0, 0): "⠁", (0, 1): "⠂", (0, 2): "⠄", (0, 3): "⡀", (1, 0): "⠈", (1, 1): "⠐", (1, 2): "⠠", (1, 3): "⢀"}
    for (x, y), character in expected.items():
        dots, grid = Dots(1, 1), Grid(1, 1)
        dots.plot([x], [y], Ink.TRAIN)
        dots.stamp(grid)
        assert str(grid) == character


def test_dots_outside_are_ignored_and_cells_without_dots_are_left_alone():
    dots, grid = Dots(2, 1), Grid(2, 1)
    grid.put(0, 0, "ab")
    dots.plot([-1, 0, 99], [0, 0, 0], Ink.TRAIN)
    dots.stamp(grid)
    assert str(grid) == "⠁b"


def test_a_line_over_a_band_clears_the_bands_dots_in_its_cells_only():
    dots = Dots(2, 1)
    dots.plot(np.arange(4).repeat(4), np.tile(np.arange(4), 4), Ink.BATCH)
    dots.plot([0, 1], [0, 0], Ink.TRAIN, over=(Ink.BATCH,))
    assert dots.on[:, :2].sum() == 2
    assert dots.on[:, 2:].sum() == 8
    assert dots.ink.tolist() == [[Ink.TRAIN, Ink.BATCH]]


def test_a_line_has_a_dot_in_every_column_or_row_it_passes():
    xs, ys = segments(0, 0, 9, 3)
    assert xs[0].tolist() == list(range(10))
    assert (np.diff(ys[0]) <= 1).all()
    xs, ys = segments(0, 0, 2, 8)
    assert ys[0].tolist() == list(range(9))


def test_nan_interrupts_a_polyline():
    xs, _ = polyline(np.array([0.0, 2, 4, 6]), np.array([0.0, 0, np.nan, 0]))
    assert sorted(set(xs.tolist())) == [0, 1, 2, 6]


def test_a_band_keeps_a_spike_of_one_column_and_joins_neighbours():
    low, high = np.array([8.0, 8, 8]), np.array([7.0, 0, 7])
    xs, ys = columns(low, high, 10)
    assert ys[xs == 1].min() == 0
    jump_x, jump_y = columns(np.array([9.0, 1.0]), np.array([9.0, 1.0]), 10)
    assert sorted(jump_y[jump_x == 1].tolist()) == list(range(1, 10))


def test_quantised_values_reach_both_ends_and_nan_is_the_lowest():
    assert quantise(np.array([-1.0, 0, 0.5, 1, 7, np.nan])).tolist() == [0, 0, 4, 8, 8, 0]


def test_resampling_takes_the_mean_of_whole_blocks_and_the_nearest_otherwise():
    image = np.arange(16.0).reshape(4, 4)
    assert resample(image, 2, 2).tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert resample(image, 8, 8)[::2, ::2].tolist() == image.tolist()


def test_a_half_block_cell_shows_two_pixels_and_two_alike_need_one_style():
    grid = half_blocks(np.array([[Ink.GREY, Ink.GREY + 8], [Ink.GREY, Ink.GREY]], np.uint8))
    assert grid.lines() == [" ▀"]
    assert grid.bg.tolist() == [[Ink.GREY, Ink.GREY]]
    assert grid.fg[0, 1] == Ink.GREY + 8


def test_an_image_is_readable_without_colour():
    grid = picture(np.array([[0.0, 1.0], [0.0, 1.0]]), mono=True)
    assert grid.lines() == [" █"]


@pytest.mark.parametrize(
    ("share", "text"), [(0, ""), (0.5, "██"), (1, "████"), (7, "████"), (1 / 32, "▏"), (np.nan, "")]
)
def test_a_bar_is_as_long_as_its_share(share, text):
    assert bar(share, 4) == text


def test_text_is_cut_at_the_edges_and_wide_characters_take_two_cells():
    grid = Grid(5, 1)
    assert grid.put(3, 0, "abc") == 6
    assert str(grid) == "   ab"
    grid = Grid(5, 1)
    assert grid.put(0, 0, "日本x") == 5
    assert grid.strip(0, FULL).cell_length == 5
    assert cell_len(grid.strip(0, FULL).text) == 5
    grid = Grid(3, 1)
    grid.put(2, 0, "日")  # no half of it may stand at the edge
    assert grid.lines() == ["   "]


def test_combining_characters_take_no_cell_and_control_characters_a_visible_one():
    grid = Grid(4, 1)
    grid.put(0, 0, "a\x1bb\u0301c")
    assert str(grid) == "a␛bc"


def test_fit_says_that_something_is_missing():
    assert fit("confusion", 5) == "conf…"
    assert fit("日本語", 5) == "日本…"
    assert fit("abc", 0) == ""


def test_a_strip_has_one_segment_for_each_run_of_equal_style():
    grid = Grid(9, 1)
    grid.put(0, 0, "abc", Ink.TRAIN)
    grid.put(5, 0, "def", Ink.GOOD)
    strip = grid.strip(0, FULL)
    assert strip.text == "abc  def "
    assert len(list(strip)) == 2  # blanks join what is before them


def test_only_rows_that_differ_are_told():
    one, other = Grid(4, 3), Grid(4, 3)
    other.put(0, 1, "x")
    assert one.rows_unlike(other).tolist() == [1]
    assert one.rows_unlike(None).tolist() == [0, 1, 2]
    assert one.rows_unlike(Grid(5, 3)).tolist() == [0, 1, 2]


def test_every_ink_has_a_style_in_every_palette():
    for palette in (FULL, EIGHT_BIT, SIXTEEN, NONE):
        for ink in Ink:
            assert palette.style(ink, Ink.NONE) is not None


def test_a_ramp_runs_through_its_stops():
    colours = ramp(("#000000", "#ffffff"), LEVELS)
    assert (colours[0], colours[-1]) == ("#000000", "#FFFFFF")
    assert len(set(colours)) == LEVELS


def test_no_color_and_poor_terminals_begin_with_the_terminals_own_colours():
    assert first_theme({"TERM": "xterm-256color"}) == "dnn"
    assert first_theme({"TERM": "linux"}) == "ansi-dark"
    assert first_theme({"TERM": "xterm", "NO_COLOR": ""}) == "ansi-dark"
    assert palette_of("dnn", no_color=True).mono
    assert palette_of("ansi-dark", no_color=False) is SIXTEEN
    assert palette_of("dnn", no_color=False, color_system="256") is EIGHT_BIT


def test_many_lines_at_once_are_the_picture_of_one_after_the_other():
    """Each line clears, in the cells it comes through, what lines of another ink left there."""
    rng, inks = np.random.default_rng(0), np.array([3, 3, 5, 4, 5, 5, 3, 4])
    counts = rng.integers(1, 40, len(inks))
    x, y = rng.integers(-2, 22, counts.sum()), rng.integers(-2, 22, counts.sum())
    line = np.repeat(np.arange(len(inks)), counts)
    dots = Dots(10, 5)
    dots.plot_lines(x, y, line, inks)
    cells: dict[tuple[int, int], tuple[int, set[tuple[int, int]]]] = {}
    for k, ink in enumerate(inks):
        mine: dict[tuple[int, int], set[tuple[int, int]]] = {}
        for a, b in zip(x[line == k].tolist(), y[line == k].tolist(), strict=True):
            if 0 <= a < 20 and 0 <= b < 20:
                mine.setdefault((b // 4, a // 2), set()).add((b, a))
        for cell, own in mine.items():
            before, left = cells.get(cell, (ink, set()))
            cells[cell] = ink, own | (left if before == ink else set())
    assert {tuple(dot) for dot in np.argwhere(dots.on).tolist()} == set().union(*(left for _, left in cells.values()))
    for cell, (ink, _) in cells.items():
        assert dots.ink[cell] == ink
