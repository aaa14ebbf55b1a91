"""Which steps the curves show, and smoothing."""

import numpy as np
import pytest

from dnn_tui.tui.drawing.axis import smoothed
from dnn_tui.tui.panels.window import axis_of, panned, window, zoomed
from dnn_tui.tui.sessions.moment import Look, Moment


@pytest.fixture
def state(make_session):
    session = make_session("images")  # 4 steps an epoch, 4 epochs
    session.advance_to_epoch(3)
    return session.state


def test_the_whole_run_is_seen_at_first(state):
    assert window(Moment(state)) == (0, 12)


def test_epochs_and_steps_along_the_axis(state):
    assert axis_of(Moment(state)).at([0, 4, 6]).tolist() == [0, 1, 1.5]
    assert axis_of(Moment(state, Look(axis="step"))).at(7) == 7


def test_seconds_along_the_axis_meet_what_was_measured(state):
    axis = axis_of(Moment(state, Look(axis="seconds")))
    for epoch in state.epochs[:-1]:
        assert axis.at(epoch.step) == pytest.approx(epoch.elapsed)
    assert (np.diff(axis.at(np.arange(13))) >= 0).all()


def test_zooming_in_and_out_keeps_the_cursor_in_place(state):
    look = Look(at=6, span=12.0, right=12.0)
    near = zoomed(Moment(state, look), 0.75)
    assert near["span"] == 9
    first, last = near["right"] - near["span"], near["right"]
    assert (6 - first) / (last - first) == pytest.approx(0.5)
    assert zoomed(Moment(state, look), 2) == {"span": None, "right": None}


def test_a_zoomed_live_view_follows_the_newest_step(state):
    changes = zoomed(Moment(state), 0.75)
    assert changes["right"] is None
    assert window(Moment(state, Look(**changes)))[1] == state.step


def test_panning_stays_within_the_run(state):
    look = Look(span=8.0, right=12.0)
    assert panned(Moment(state, look), 0.5) == {"right": None}
    assert panned(Moment(state, look), -9)["right"] == 8
    assert panned(Moment(state), -0.5) == {}


def test_smoothing_is_the_debiased_average_of_adam():
    values = np.array([1.0, 3.0, 2.0])
    w = 0.5  # a half-life of one step
    m1, m2 = (1 - w) * 1, w * (1 - w) * 1 + (1 - w) * 3
    m3 = w * m2 + (1 - w) * 2
    expected = [m1 / (1 - w), m2 / (1 - w**2), m3 / (1 - w**3)]
    assert smoothed(values, half_life=1) == pytest.approx(expected)


def test_smoothing_skips_what_is_no_number_and_leaves_a_constant_alone():
    assert smoothed(np.array([np.nan, 2.0, np.nan, 2.0]), 5)[1:] == pytest.approx([2, 2, 2])
