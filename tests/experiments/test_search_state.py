"""What is read off a search: who leads, the best so far, where trials lie on their axes, the score around a place."""

import math

import numpy as np
import pytest
from searches import AXES, made_up

from dnn_tui.experiments.searching.contour import NEAR, WIDTH, contour_of
from dnn_tui.experiments.searching.state import Axis, Finalist, SearchState, Trial


def trial(number, state="complete", score=None, **more):
    return Trial(number, state, more.pop("values", {}), score, **more)


def test_a_logarithmic_axis_gives_equal_ratios_equal_lengths():
    lr = Axis("lr", 1e-4, 1.0, log=True)
    assert lr.places([1e-4, 1e-3, 1e-2, 1.0]) == pytest.approx([0, 0.25, 0.5, 1])
    assert [lr.value_at(p) for p in (0, 0.25, 0.5, 2.0)] == pytest.approx([1e-4, 1e-3, 1e-2, 1.0])


def test_whole_numbers_choices_and_missing_values_have_their_places():
    units, activation = Axis("hidden", 32, 512, log=True, integer=True), Axis("activation", choices=("relu", "tanh"))
    assert units.value_at(0.5) == 128
    assert isinstance(units.value_at(0.3), int)
    assert activation.places(["tanh", "relu"]).tolist() == [1, 0]
    assert activation.value_at(0.9) == "tanh"
    assert Axis("loss", choices=("mse",)).places(["mse"]).tolist() == [0.5]
    assert np.isnan(units.places([None, 0])).all()
    assert np.isnan(activation.places([None, "gelu"])).all()


def test_the_leaderboard_has_the_best_first_and_what_has_no_score_last():
    state = SearchState("s", "d", trials=(
        trial(0, score=0.5), trial(1, "waiting"), trial(2, "pruned", 0.1), trial(3, "diverged"), trial(4, score=0.2),
        trial(5, "running", 0.3), trial(6, "running"), trial(7, "failed"), trial(8, "stopped", 0.4),
    ))  # fmt: skip
    assert [t.number for t in state.leaderboard()] == [4, 5, 8, 0, 6, 2, 3, 7, 1]
    assert [t.number for t in state.leaderboard("number")] == list(range(8, -1, -1))
    assert state.best.number == 4
    assert state.count("running", "waiting") == 3


def test_only_a_complete_trial_is_the_best_so_far_in_the_order_in_which_they_ended():
    state = SearchState("s", "d", trials=(
        trial(0, score=0.5, started=0.0, seconds=4.0), trial(1, "pruned", 0.1, started=0.0, seconds=1.0),
        trial(2, score=0.4, started=1.0, seconds=2.0), trial(3, "diverged", started=3.0, seconds=0.5),
        trial(4, score=0.6, started=4.0, seconds=5.0), trial(5, "running", 0.01, started=5.0, seconds=1.0),
    ))  # fmt: skip
    course = state.course
    assert course.numbers == (1, 2, 0, 4)
    assert course.trials.tolist() == [1, 2, 4, 5]  # the third to end had diverged
    assert course.seconds.tolist() == [1, 3, 4, 9]
    assert course.best[1:].tolist() == [0.4, 0.4, 0.4]
    assert math.isnan(course.best[0])


def test_the_best_share_is_of_the_complete_trials_and_one_at_least():
    state = made_up(60, seed=3)
    complete = sorted(t.score for t in state.trials if t.state == "complete")
    for share in (0.01, 0.1, 0.5):
        bright = state.bright(share)
        most = max(1, math.ceil(share * len(complete)))
        assert sorted(np.array(state.scores)[bright]) == pytest.approx(complete[:most])


def test_a_slice_has_the_trials_that_have_the_setting_and_a_score():
    state = made_up(50, seed=1)
    found = state.slice_of("units_2")
    expected = [k for k, t in enumerate(state.trials) if t.values["units_2"] is not None and t.score is not None]
    assert found.rows.tolist() == expected
    assert 0 < len(expected) < 50
    k = expected[0]
    value, axis = state.trials[k].values["units_2"], AXES[3]
    assert found.places[0] == pytest.approx(math.log(value / axis.low) / math.log(axis.high / axis.low))


@pytest.mark.parametrize("log", [False, True])
def test_the_contour_is_the_weighted_mean_of_the_trials_around(log):
    state = made_up(30, seed=5)
    picture = contour_of(state, "lr", "dropout", 4, 5, log)
    x, y = (axis.places([t.values[axis.name] for t in state.trials]) for axis in (AXES[0], AXES[4]))
    for row in range(4):
        for column in range(5):
            weights, total = 0.0, 0.0
            for k, one in enumerate(state.trials):
                if one.score is None:
                    continue
                distance = (x[k] - (column + 0.5) / 5) ** 2 + (y[k] - (3.5 - row) / 4) ** 2
                weight = math.exp(-distance / (2 * WIDTH**2))
                weights += weight
                total += weight * (math.log(one.score) if log else one.score)
            expected = math.nan if weights < NEAR else math.exp(total / weights) if log else total / weights
            assert picture.scores[row, column] == pytest.approx(expected, nan_ok=True)


def test_a_search_without_trials_has_nothing_and_breaks_nothing():
    empty = SearchState("s", "d", AXES)
    assert empty.best is None
    assert empty.leaderboard() == ()
    assert len(empty.course.best) == 0
    assert empty.parallel.shape == (0, len(AXES))
    assert np.isnan(contour_of(empty, "lr", "hidden", 3, 3).scores).all()


def test_several_seeds_have_a_mean_and_the_deviation_of_a_sample():
    assert Finalist(1, (1.0, 2.0, 3.0)).mean == 2
    assert Finalist(1, (1.0, 2.0, 3.0)).deviation == 1
    assert math.isnan(Finalist(1, (1.0,)).deviation)
