"""Frames cost a training at full speed no more than a small share of its time, and a key is answered all the same."""

import pytest

from dnn_tui.mlp import Command
from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.screens import train
from dnn_tui.tui.terminal.share import LONGEST, SAVED, SHARE, Share


def drawn_in(seconds: float, cost: float, load: float = 1.0, share: Share | None = None) -> tuple[float, int]:
    """Seconds of drawing, and frames, in `seconds` of which the process gets 1 / load; each frame costs `cost`."""
    share, drawn, frames = share or Share(), 0.0, 0
    for k in range(round(seconds / 0.05)):
        wall = 0.05 * k
        if share.may_paint(wall, wall / load, drawn):
            share.painted(wall)
            drawn += cost
            frames += 1
    return drawn, frames


@pytest.mark.parametrize("cost", [0.002, 0.02, 0.05])
def test_drawing_takes_its_share_of_the_time_and_no_more(cost):
    drawn, _ = drawn_in(600, cost)
    assert drawn <= SHARE * 600 + SAVED + cost
    assert drawn >= min(0.95 * SHARE * 600, 0.99 * cost * 600 / 0.05)


def test_cheap_frames_are_not_held_back():
    assert drawn_in(60, 0.001)[1] == 60 / 0.05


def test_there_is_a_frame_at_least_every_two_seconds_whatever_it_costs():
    assert drawn_in(60, 1.0)[1] == pytest.approx(60 / LONGEST, abs=1)


def test_where_others_use_the_machine_too_frames_come_less_often():
    """A fifth of the machine: a fifth of the frames, so that the training keeps as much of its own time."""
    alone, beside = drawn_in(600, 0.01)[0] - SAVED, drawn_in(600, 0.01, load=5)[0] - SAVED
    assert beside == pytest.approx(alone / 5, rel=0.1)


def test_a_run_begins_lively():
    _, frames = drawn_in(2.0, 0.02)
    assert frames == pytest.approx((SAVED + SHARE * 2.0) / 0.02, abs=2)


def test_what_many_keys_cost_is_soon_forgotten():
    share, late = Share(), 1.1 * SAVED / SHARE
    share.may_paint(0.0, 0.0, 0.0)
    share.painted(0.0)
    assert not share.may_paint(0.1, 0.1, 5.0)  # five seconds of frames for keys
    assert share.tight
    share.painted(late)
    assert share.may_paint(late, late, 5.0)


def test_a_pause_saves_nothing_up_and_its_frames_are_not_paid_for():
    share = Share()
    share.may_paint(0.0, 0.0, 0.0)
    share.painted(0.0)
    assert not share.may_paint(0.1, 0.1, SAVED + 0.1)  # all spent, and more
    share.painted(0.1)
    share.look_away()
    share.painted(100.0)
    assert not share.may_paint(100.0, 100.0, 50.0)
    owed = (0.1 - SHARE * 0.1) / SHARE  # seconds until it is paid
    for late, paid in ((owed - 0.1, False), (owed + 0.1, True)):
        share.painted(100.0 + late)
        assert share.may_paint(100.0 + late, 100.0 + late, 50.0) == paid


async def frames_of_ticks(make_session, monkeypatch, **how) -> int:
    """How many frames ten ticks draw, a tenth of a second apart, when each costs a second of drawing."""
    session = make_session(pace=how.get("pace", 0.0))
    session.advance(2)
    if how.get("paused"):
        session.send(Command("pause"))
        session.advance_to_pause()
    app, clock, frames = DnnApp(session, fps=how.get("fps")), {"wall": 100.0, "drawn": 0.0}, []
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen = app.screen
        screen._share = Share()  # of these clocks
        monkeypatch.setattr(train.time, "monotonic", lambda: clock["wall"])
        monkeypatch.setattr(train.time, "process_time", lambda: clock["wall"])
        monkeypatch.setattr(train.time, "thread_time", lambda: clock["drawn"])

        def frame() -> None:
            screen._owed = False
            screen._share.painted(clock["wall"])
            frames.append(clock["wall"])
            clock["drawn"] += 1.0

        monkeypatch.setattr(screen, "frame", frame)
        for _ in range(10):
            clock["wall"] += 0.1
            app.pacer.answered(clock["wall"])
            screen._owed = how.get("key", False)
            screen.tick()
        monkeypatch.undo()
    return len(frames)


@pytest.mark.parametrize(
    ("how", "frames"),
    [({}, 1), ({"key": True}, 10), ({"paused": True}, 10), ({"pace": 30.0}, 10), ({"fps": 30.0}, 10)],
)
async def test_only_full_speed_here_that_nobody_disturbs_is_spared(make_session, monkeypatch, how, frames):
    """One frame is saved up; a key, a pause, a pace and a person's own rate are above that."""
    assert await frames_of_ticks(make_session, monkeypatch, **how) == frames
