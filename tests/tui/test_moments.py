"""A moment of a run: the step, epoch and figures that were known then, from events written by hand."""

import pytest

from dnn_tui.mlp.events import EpochEnded, Progress, RunStarted
from dnn_tui.runs.state import RunState
from dnn_tui.tui.sessions.moment import Look, Moment


@pytest.fixture
def state() -> RunState:
    """Three epochs of ten steps wanted, two of them ended, five steps of the third done."""
    state = RunState()
    dataset = {"task": "classes", "classes": ["a", "b"], "image_shape": [8, 8]}
    state.apply(RunStarted(0.0, "r", dataset, {"sizes": [2, 2]}, {"epochs": 3, "steps_per_epoch": 10}))
    for epoch in (1, 2):
        state.apply(Progress(0.0, 10 * epoch, epoch, 1.0 * epoch, (0.5,) * 10, 0.01, 100.0))
        state.apply(EpochEnded(0.0, 10 * epoch, epoch, 1.0 * epoch, {"loss": 1 / epoch}, {}, 0.01, 1.0, 0.1))
    state.apply(Progress(0.0, 25, 3, 2.5, (0.5,) * 5, 0.01, 100.0))
    return state


@pytest.mark.parametrize(
    ("at", "epoch"), [(0, 1), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3), (25, 3), (30, 3), (31, 3), (99, 3)]
)
def test_the_epoch_of_a_step_is_the_one_in_which_it_was_done(state, at, epoch):
    assert Moment(state, Look(at=at)).epoch_number == epoch


@pytest.mark.parametrize(("at", "ended"), [(0, None), (9, None), (10, 1), (19, 1), (20, 2), (25, 2), (None, 2)])
def test_the_figures_are_those_of_the_last_epoch_that_had_ended(state, at, ended):
    epoch = Moment(state, Look(at=at)).epoch
    assert (epoch and epoch.epoch) == ended
    assert epoch is None or epoch.train == {"loss": 1 / ended}


def test_now_is_where_the_run_is(state):
    now, then = Moment(state, title="r"), Moment(state, Look(at=12), "r", (("other", RunState()),))
    assert (now.live, now.step, now.epoch_number, now.runs) == (True, 25, 3, (("r", state),))
    assert (then.live, then.step, [name for name, _ in then.runs]) == (False, 12, ["r", "other"])
    assert then.version == (state.version, 0)
    assert (now.task, now.classes, now.image_shape) == ("classes", ("a", "b"), (8, 8))


def test_of_a_run_that_has_not_begun_nothing_is_known():
    moment = Moment(RunState())
    assert (moment.task, moment.classes, moment.image_shape, moment.epoch, moment.snapshot) == (
        "",
        (),
        None,
        None,
        None,
    )
    assert moment.recent_snapshots(3) == []
