"""Several runs on the same axes."""

import numpy as np
import pytest

from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.panels.curve_charts import chart_of
from dnn_tui.tui.panels.runs import MARKS
from dnn_tui.tui.panels.window import axis_of
from dnn_tui.tui.sessions.moment import Look, Moment
from dnn_tui.tui.sessions.overlaid import OverlaySession


@pytest.fixture
def sessions(make_session):
    made = [make_session("images"), make_session("images", lr=0.001), make_session("images", batch_size=40, epochs=6)]
    for session, epochs, title in zip(made, (4, 2, 5), ("first", "second", "third"), strict=True):
        session.title = title
        session.advance_to_epoch(epochs)
    return made


def moment(sessions, **look) -> Moment:
    others = tuple((session.title, session.state) for session in sessions[1:])
    return Moment(sessions[0].state, Look(**look), "first", others)


def test_each_run_is_a_line_of_its_own_validation_figures(sessions):
    chart, legend = chart_of(moment(sessions), "loss", 80)
    for line, session in zip(chart.lines, sessions, strict=True):
        assert line.y == tuple(epoch.validation["loss"] for epoch in session.state.epochs)
    assert chart.title == "validation loss"
    assert len({line.ink for line in chart.lines}) == len({entry.mark for entry in legend}) == 3


def test_runs_of_unlike_batch_sizes_share_the_axis_of_epochs_but_not_of_steps(sessions):
    by_epoch = chart_of(moment(sessions), "loss", 80)[0]
    assert by_epoch.lines[2].x == pytest.approx((1, 2, 3, 4, 5))
    by_step = chart_of(moment(sessions, axis="step"), "loss", 80)[0]
    assert by_step.lines[0].x[0] == 4  # 80 rows in batches of 20
    assert by_step.lines[2].x[0] == 2  # and of 40


def test_the_axis_holds_the_longest_run(sessions):
    chart = chart_of(moment(sessions), "loss", 80)[0]
    assert chart.x.high >= 5
    assert np.isfinite(axis_of(moment(sessions)).at(3))


@pytest.mark.parametrize("size", [(20, 6), (80, 24), (120, 40), (200, 60)])
async def test_the_runs_and_their_latest_figures_are_listed(sessions, size):
    session = OverlaySession(sessions)
    app = DnnApp(session)
    async with app.run_test(size=size) as pilot:
        for _ in range(4):
            await pilot.pause()
        assert app.focused.NAME == "curves"
        if size[0] >= 80:
            text = app.screen.get_panel("runs").text()
            for mark, each in zip(MARKS, sessions, strict=False):
                assert f"{mark} {each.title}" in text
            assert "val accuracy" in text
            assert f"{100 * sessions[1].state.epochs[-1].validation['accuracy']:.1f}".rstrip("0").rstrip(".") in text


async def test_news_of_any_run_are_shown(sessions):
    app = DnnApp(OverlaySession(sessions))
    async with app.run_test(size=(120, 40)) as pilot:
        for _ in range(4):
            await pilot.pause()
        app.screen.frame()
        assert "3/4" not in app.screen.get_panel("runs").text()
        sessions[1].advance_to_epoch(3)
        app.screen.frame()
        assert "3/4" in app.screen.get_panel("runs").text()


def test_closing_closes_all_and_commands_go_to_the_first(sessions):
    from dnn_tui.mlp import Command

    session = OverlaySession(sessions)
    session.send(Command("pause"))
    session.close()
    assert [len(each.sent) for each in sessions] == [1, 0, 0]
    assert all(each.closed for each in sessions)
