"""The panels of a search, drawn from made-up states: what they say, and where they put it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from searches import AXES, made_up

from dnn_tui.experiments.searching.state import Axis, Finalist, Importance, SearchState, Trial, Winner
from dnn_tui.tui.drawing.bundle import bundle
from dnn_tui.tui.drawing.grid import Grid
from dnn_tui.tui.drawing.plot import Chart, Scale, draw_chart, inner_width, margin_of
from dnn_tui.tui.drawing.scatter import draw_points
from dnn_tui.tui.drawing.search_layout import arrange_search
from dnn_tui.tui.drawing.sparkline import LEVELS, sparkline
from dnn_tui.tui.drawing.theme import FULL, NONE, Ink
from dnn_tui.tui.panels.search import PANELS
from dnn_tui.tui.panels.search.panel import Brush, Sight
from dnn_tui.tui.panels.search.parallel import frame_of
from dnn_tui.tui.panels.search.status import draw_status
from dnn_tui.tui.panels.search.trials import draw_trials
from dnn_tui.tui.panels.search.words import score_at, score_scale, within

NAMES = [panel.NAME for panel in PANELS]
SIZES = ((80, 24), (120, 40), (200, 60), (60, 20), (30, 10), (8, 4), (1, 1))


def drawn(name: str, state: SearchState, sight: Sight = Sight(), width: int = 100, height: int = 24) -> Grid:
    panel = next(panel for panel in PANELS if name == panel.NAME)()
    return panel.draw(state, sight, width, height, FULL)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("main", NAMES)
def test_panels_lie_inside_the_terminal_and_none_over_another(size, main):
    places = arrange_search(*size, NAMES, main, "course")
    taken = np.zeros(size[::-1], int)
    for x, y, width, height in places.values():
        assert min(x, y) >= 0
        assert (x + width, y + height) <= size
        taken[y : y + height, x : x + width] += 1
    assert taken.max() == 1
    assert main in places


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("trials", [0, 1, 30])
def test_every_panel_is_drawn_at_any_size_and_with_any_number_of_trials(name, trials):
    panel = next(panel for panel in PANELS if name == panel.NAME)()
    for width, height in ((78, 10), (30, 5), (5, 3), (1, 1)):
        for palette in (FULL, NONE):
            grid = panel.draw(made_up(trials), Sight(setting=2), width, height, palette)
            assert (grid.width, grid.height) == (width, height)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_panel_says_why_in_one_sentence(name):
    lines = [line.strip() for line in drawn(name, SearchState("s", "d", AXES), height=12).lines() if line.strip()]
    assert len(lines) == 1


def test_the_list_has_the_best_first_the_pruned_grey_and_a_mark_at_the_selected():
    state = made_up(40, seed=2, ended=True)
    order = sorted((t for t in state.trials if t.state == "complete"), key=lambda t: t.score)
    grid = draw_trials(state, Sight(trial=order[1].number), state.leaderboard(), 120, 50)
    lines = grid.lines()
    assert f" {order[0].number} ●" in lines[1]
    assert lines[2].startswith("▶")
    assert f"{order[1].score:.4g}"[:5] in lines[2]
    row = next(y for y, line in enumerate(lines) if "pruned" in line)
    assert grid.fg[row, lines[row].index("pruned") :][:6].tolist() == [Ink.FAINT] * 6


def test_a_long_list_shows_the_selected_trial_wherever_it_is():
    state = made_up(200, seed=4)
    for trial in (state.leaderboard()[0], state.leaderboard()[150], state.leaderboard()[-1]):
        lines = draw_trials(state, Sight(trial=trial.number), state.leaderboard(), 90, 14).lines()
        (marked,) = [line for line in lines if line.startswith("▶")]
        assert marked.split()[1] == str(trial.number)


def test_a_sparkline_is_on_a_common_scale_and_marks_what_is_no_number():
    assert sparkline((1.0, 0.1, 0.01), 3, Scale(0.01, 1.0, log=True)) == LEVELS[7] + LEVELS[4] + LEVELS[0]
    assert sparkline((2.0, math.inf), 5, Scale(0.0, 2.0)) == LEVELS[7] + "✗"
    assert len(sparkline(range(1, 101), 10, Scale(1, 100))) == 10


def test_a_bundle_has_the_dots_of_its_lines_without_gaps():
    x, y = np.array([0, 5, 9]), np.array([[0.0, 15.0, 2.0], [3.0, 3.0, 3.0], [7.0, np.nan, 1.0]])
    on = bundle(x, y, 5, 4)
    for column in range(9):  # of both whole lines; the broken one crosses no two neighbouring axes
        first, last, from_ = (0, 5, 0) if column < 5 else (5, 9, 1)
        here, there = (
            math.floor(y[0, from_] + (y[0, from_ + 1] - y[0, from_]) * (at - first) / (last - first) + 0.5)
            for at in (column, column + 1)
        )
        steep = set(range(here, there)) if there > here else set(range(here, there, -1)) or {here}
        assert set(np.flatnonzero(on[:, column]).tolist()) == steep | {3}
    assert not on[:, 9].any()


def test_a_point_lies_where_its_values_are_on_the_axes():
    chart = Chart("", "", Scale(1.0, 100.0, log=True), Scale(0.0, 1.0))
    grid = Grid(60, 20)
    draw_chart(grid, chart, 0, 0, 60, 20)
    draw_points(
        grid, chart, np.array([10.0, 200.0, np.nan]), np.array([5.0, 0.5, 0.5]), ord("@"), Ink.TEXT, 0, 0, 60, 20
    )
    (row,), (column,) = np.nonzero(grid.chars == ord("@"))
    inner = inner_width(60, margin_of(chart, 20))
    assert row == 1  # off the scale: at its edge
    assert column == 60 - inner + round(0.5 * (2 * inner - 1)) // 2


def test_brushes_hold_the_trials_between_their_values():
    state = made_up(60, seed=6)
    sight = Sight(brushes=(Brush("lr", 0.25, 0.75), Brush("activation", 0.4, 0.6), Brush("", 0.0, 0.5)))
    scale = score_scale(state, True)
    assert score_at(scale, 1.0) == pytest.approx(scale.high)
    expected = [
        1e-3 <= t.values["lr"] <= 1e-1 and t.values["activation"] == "tanh"
        and t.score is not None and t.score <= math.sqrt(scale.low * scale.high)
        for t in state.trials
    ]  # fmt: skip
    assert within(state, sight).tolist() == expected
    assert 0 < sum(expected) < 60
    assert (
        f"{sum(expected)} of 60 trials in lr 0.001…0.1, activation tanh" in drawn("parallel", state, sight).lines()[0]
    )


def test_parallel_axes_say_their_names_ends_and_choices():
    state = made_up(20, axes=AXES[:2] + AXES[5:6])
    lines = drawn("parallel", state, width=90, height=18).lines()
    assert "lr (log)" in lines[1]
    assert "hidden, units" in lines[1]
    assert "512" in lines[2]
    assert "0.0001" in lines[-1]
    frame = frame_of(state, 90, 18)
    for choice, place in (("relu", 0.0), ("tanh", 0.5), ("gelu", 1.0)):
        assert lines[frame.row(place)][frame.columns[2] + 1 :].startswith(choice)


def test_the_best_lines_are_bright_and_only_they():
    trials = (
        Trial(0, "complete", {"a": 0.0}, 0.1),
        Trial(1, "complete", {"a": 1.0}, 0.4),
        Trial(2, "pruned", {"a": 0.5}, 0.2),  # in the middle of both axes
    )
    state = SearchState("s", "d", (Axis("a", 0.0, 1.0),), trials)
    sight = Sight(trial=2, share=0.5)
    grid, frame = drawn("parallel", state, sight, 60, 20), frame_of(state, 60, 20)
    near = frame.columns[0] + 8  # right of the ticks
    column = grid.fg[:, near].tolist()
    inks = [column[frame.row(place)] for place in (0.0, 0.5, 1.0)]
    assert inks == [Ink.TRAIN, Ink.TITLE, Ink.BATCH]


def test_the_best_so_far_stands_at_the_lowest_loss_of_a_complete_trial():
    state = made_up(30, seed=8, ended=True)
    lines = drawn("course", state).lines()
    best = min((t for t in state.trials if t.state == "complete"), key=lambda t: t.score)
    assert f"trial {best.number}" in lines[0]
    assert "★" in "".join(lines[1:])
    assert lines[-1].rstrip().endswith("trials")
    assert drawn("course", state, Sight(seconds=True)).lines()[-1].rstrip().endswith("seconds")


def test_a_slice_names_its_setting_its_unit_and_its_choices():
    state = made_up(30, seed=8)
    lines = drawn("slices", state, Sight(setting=1), 35, 12).lines()
    assert lines[0].startswith("val loss by hidden")
    assert lines[-1].rstrip().endswith("units")
    lines = drawn("slices", state, Sight(setting=5), 35, 12).lines()
    assert [word in lines[-1] for word in ("relu", "tanh", "gelu")] == [True] * 3
    missing = sum(t.values["units_2"] is None and t.score is not None for t in state.trials)
    assert f"({missing} without it)" in drawn("slices", state, Sight(setting=3), 50, 12).lines()[0]


def test_where_there_is_room_all_settings_have_their_slice():
    text = str(drawn("slices", made_up(30), width=150, height=40))
    assert [f"by {axis.name}" in text for axis in AXES] == [True] * len(AXES)


def test_the_contour_is_bright_where_the_loss_is_low_and_empty_where_nothing_was_tried():
    trials = tuple(
        Trial(k, "complete", {"a": a, "b": b}, s)
        for k, (a, b, s) in enumerate([(0.1, 0.1, 0.1), (0.15, 0.12, 0.1), (0.9, 0.1, 1.0), (0.9, 0.15, 1.0)])
    )
    state = SearchState("s", "d", (Axis("a", 0.0, 1.0), Axis("b", 0.0, 1.0)), trials)
    grid = drawn("contour", state, width=64, height=22)
    low, high = grid.bg[17, 12], grid.bg[17, 58]
    assert low > high >= Ink.RIGHT
    assert grid.bg[3, 30] == Ink.NONE
    assert grid.lines()[0].startswith("b ↑ by a →")


def test_importance_has_the_greatest_first_with_its_deviation_and_says_how_many_it_needs():
    assert "of the 12 complete trials" in str(drawn("importance", made_up(6, ended=True)))
    state = replace(made_up(40), importance=(Importance("lr", 0.6, 0.1), Importance("hidden", 0.2, 0.05)))
    lines = drawn("importance", state, width=60, height=10).lines()
    assert lines[1].split()[0] == "lr"
    assert "0.60 ± 0.10" in lines[1]
    bars = [np.flatnonzero([c in "█┝╋┥━▏▎▍▌▋▊▉" for c in line]) for line in lines[1:3]]
    assert bars[0][-1] == pytest.approx(60 - 13 - 1, abs=1)  # mean and deviation reach the end of the scale
    assert len(bars[1]) / len(bars[0]) == pytest.approx(0.25 / 0.7, abs=0.06)


def test_the_status_says_how_far_it_is_and_what_was_chosen():
    state = made_up(20, seed=3, asked=25)
    lines = draw_status(state, 120, 3).lines()
    assert "18/25 trials" in lines[0]
    assert "2 running" in lines[0]
    assert lines[1].startswith("searching")
    ended = replace(state, ended=True, asked=20, winner=Winner(4, (Finalist(4, (0.1, 0.2, 0.3)),), 0.25, 0.9))
    assert "trial 4, val loss 0.2000 ± 0.10 over 3 seeds" in draw_status(ended, 160, 3).lines()[2]
    assert "test rows, looked at once: loss 0.2500, accuracy 90.0 %" in draw_status(ended, 160, 3).lines()[2]
    assert "trial 4: val loss 0.2000 ± 0.10, test loss 0.2500, accuracy 90.0 %" in draw_status(ended, 80, 2).lines()[1]
    assert "ended, 5 trials short: `search --resume`" in draw_status(replace(ended, asked=25), 120, 2).lines()[1]
    assert "--resume digits-search" in draw_status(replace(state, lives=False), 120, 2).lines()[1]
