"""The epochs of a run and their metrics as arrays: gaps, what is no number, a run taken back, clocks that go back."""

import numpy as np
import pytest

from dnn_tui.mlp.events import EpochEnded, Sample
from dnn_tui.runs.epochs import MISTAKES_KEPT, Epochs


def ended(epoch, elapsed=None, best=False, mistakes=(), **train):
    seconds = float(epoch) if elapsed is None else elapsed
    return EpochEnded(
        0.0, 10 * epoch, epoch, seconds, train, {"loss": 2.0 * epoch}, 0.1, 1.0, 0.25, best=best, mistakes=mistakes
    )


@pytest.fixture
def epochs() -> Epochs:
    """Five: accuracy only in the second and the fourth, an infinite loss in the third, the first and fourth best."""
    found = Epochs()
    for epoch, train in enumerate(
        [
            {"loss": 5.0},
            {"loss": 4.0, "accuracy": 0.5},
            {"loss": np.inf},
            {"loss": 2.0, "accuracy": 0.75},
            {"loss": 3.0},
        ],
        1,
    ):
        found.append(ended(epoch, best=epoch in (1, 4), **train))
    return found


def test_each_metric_is_an_array_with_holes_where_nothing_is_known(epochs):
    assert epochs.metrics() == ["loss", "accuracy"]
    np.testing.assert_array_equal(epochs.curve("train", "loss").values, [5, 4, np.nan, 2, 3])
    np.testing.assert_array_equal(epochs.curve("train", "accuracy").values, [np.nan, 0.5, np.nan, 0.75])
    np.testing.assert_array_equal(epochs.curve("validation", "loss").values, [2, 4, 6, 8, 10])
    np.testing.assert_array_equal(
        epochs.curve("train", "accuracy").at(np.array([1, 3, 4, 9])), [0.5, 0.75, np.nan, np.nan]
    )
    assert np.isnan(epochs.curve("train", "r2").at(np.array([0, 1]))).all()


def test_the_extremes_of_stretches_pass_over_the_holes(epochs):
    low, high = epochs.curve("train", "loss").extremes(np.array([0, 2, 3, 5]))
    np.testing.assert_array_equal(low, [4, np.nan, 2])
    np.testing.assert_array_equal(high, [5, np.nan, 3])


def test_a_run_taken_back_forgets_its_later_epochs_and_their_best(epochs):
    assert (epochs.best.epoch, len(epochs), epochs.evaluation_seconds) == (4, 5, 1.25)
    epochs.truncate(3)
    assert (epochs.best.epoch, len(epochs), epochs.evaluation_seconds) == (1, 3, 0.75)
    np.testing.assert_array_equal(epochs.curve("train", "loss").values, [5, 4, np.nan])
    assert epochs.steps.tolist() == [10, 20, 30]
    epochs.truncate(0)
    assert epochs.best is None


@pytest.mark.parametrize(("step", "count"), [(0, 0), (9, 0), (10, 1), (49, 4), (50, 5), (60, 5)])
def test_an_epoch_has_ended_from_its_last_step_on(epochs, step, count):
    assert epochs.ended_by(step) == count


def test_the_clock_never_goes_back():
    epochs = Epochs()
    for epoch, elapsed in ((1, 2.0), (2, 1.0), (3, 5.0)):
        epochs.append(ended(epoch, elapsed))
    for now, steps, seconds in ((30, [0, 10, 20, 30], [0, 2, 2, 5]), (35, [0, 10, 20, 30, 35], [0, 2, 2, 5, 5])):
        at, until = epochs.clock(now, 4.0)
        assert (at.tolist(), until.tolist()) == (steps, seconds)
    assert epochs.clock(36, 7.5)[1].tolist() == [0, 2, 2, 5, 7.5]


def test_of_very_many_epochs_the_newest_and_some_of_the_others_keep_their_mistakes():
    epochs, wrong = Epochs(), (Sample(1, 0.0, 1.0, (0.5,)),)
    for epoch in range(1, 10 * MISTAKES_KEPT + 1):
        epochs.append(ended(epoch, mistakes=wrong))
        if epoch % 100 == 0:
            kept = [bool(item.mistakes) for item in epochs]
            assert sum(kept) <= 4 * MISTAKES_KEPT  # bounded, however many there are
            assert all(kept[-MISTAKES_KEPT:])
    assert [item.epoch for item in epochs] == list(range(1, 10 * MISTAKES_KEPT + 1))
    apart = np.diff(np.flatnonzero([bool(item.mistakes) for item in epochs]))
    assert apart.max() == 8  # ten times too many: every eighth
