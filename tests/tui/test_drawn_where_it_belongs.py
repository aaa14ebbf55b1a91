"""Where single signs stand and which ink they have: axes, runs' colours, nodes, answers, the log's clock."""

import signal
from dataclasses import replace

import numpy as np
import pytest

from dnn_tui.mlp import Command
from dnn_tui.mlp.events import EpochEnded
from dnn_tui.runs.state import RunState
from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.commands import options
from dnn_tui.tui.drawing.grid import Grid
from dnn_tui.tui.drawing.layout import arrange, hidden
from dnn_tui.tui.drawing.plot import Chart, Line, Scale, draw_chart
from dnn_tui.tui.drawing.theme import CLASSES, EIGHT_BIT, FULL, SIXTEEN, Ink
from dnn_tui.tui.panels.curve_charts import chart_of
from dnn_tui.tui.panels.log import LogPanel
from dnn_tui.tui.panels.topology import NODES, TopologyPanel, plan
from dnn_tui.tui.printed.data_pictures import half_blocks
from dnn_tui.tui.sessions.moment import Look, Moment
from dnn_tui.tui.terminal.pacing import Pacer
from dnn_tui.tui.terminal.signals import signals_to

PANELS = ["topology", "curves", "surface", "confusion", "samples", "layers", "log"]


@pytest.mark.parametrize("size", [(40, 9), (60, 18), (80, 24), (120, 40), (160, 50), (200, 60), (300, 90)])
@pytest.mark.parametrize("names", [PANELS, PANELS[:2], [n for n in PANELS if n != "samples"]], ids=len)
def test_a_line_of_tabs_is_there_exactly_when_some_panels_are_not_seen(size, names):
    for main in names:
        places = arrange(*size, names, main)
        assert main in places
        assert ("tabs" in places) == bool(hidden(places, names)), main


def test_labels_of_the_vertical_axis_stand_directly_at_its_ticks():
    grid = Grid(40, 12)
    draw_chart(
        grid, Chart("loss", "", Scale(0, 10), Scale(0, 1), (Line("train", (0, 10), (1, 0), Ink.TRAIN),)), 0, 0, 40, 12
    )
    ticks = [line[: line.index("┤")] for line in grid.lines() if "┤" in line]
    assert len(ticks) >= 2
    assert all(label.strip() and label == label.rstrip() for label in ticks)
    assert [float(label) for label in ticks] == sorted(map(float, ticks), reverse=True)


@pytest.mark.parametrize("palette", [FULL, EIGHT_BIT, SIXTEEN], ids=lambda palette: palette.name)
def test_eight_runs_on_the_same_axes_have_eight_colours(palette):
    assert len({palette.colours[Ink.RUN + k] for k in range(8)}) == 8
    if palette is FULL:
        assert [palette.colours[Ink.RUN + k] for k in range(8)] == list(CLASSES[:8])


@pytest.mark.parametrize(("rows", "lines"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)])
def test_a_picture_takes_half_as_many_lines_and_ends_black_where_a_row_is_missing(rows, lines):
    drawn = half_blocks(np.ones((rows, 2)))
    assert [line.plain for line in drawn] == ["▀▀"] * lines
    below = "#000000" if rows % 2 else "#ffffff"
    assert {str(span.style) for span in drawn[-1].spans} == {f"#ffffff on {below}"}


@pytest.mark.parametrize(("fps", "tick"), [(None, 0.05), (10, 0.05), (50, 0.02), (2, 0.05)])
def test_whether_a_frame_is_due_is_asked_as_often_as_frames_may_come_and_twenty_times_a_second(fps, tick):
    assert Pacer(remote=False, fps=fps).tick == pytest.approx(tick)


def test_one_thread_is_used_where_nothing_else_is_said():
    assert options.default_threads() == 1


def test_after_training_without_a_screen_signals_do_what_they_did_before():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    sent: list[Command] = []

    class Trainer:
        send = staticmethod(sent.append)

    with signals_to(Trainer(), None, got := []):
        assert signal.getsignal(signal.SIGTERM) != before[1]
        signal.raise_signal(signal.SIGTERM)
    assert got == [signal.SIGTERM]
    assert [command.name for command in sent] == ["stop"]
    assert [signal.getsignal(number) for number in numbers] == before


# ---- the curves of several runs


def overlay(make_session, **look) -> Moment:
    sessions = [make_session("images"), make_session("images", lr=0.001)]
    for session in sessions:
        session.advance_to_epoch(3)
    return Moment(sessions[0].state, Look(**look), "first", (("second", sessions[1].state),))


def finished(make_session, validated: bool) -> RunState:
    """A whole run, with the figures of its validation rows or as if it had none."""
    state = RunState()
    for event in make_session("images").trainer.events():
        bare = isinstance(event, EpochEnded) and not validated
        state.apply(replace(event, validation={}) if bare else event)
    return state


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [(True, True, "validation"), (True, False, "validation"), (False, True, "validation"), (False, False, "training")],
)
def test_runs_are_compared_by_validation_where_any_has_it(make_session, first, second, kind):
    states = [finished(make_session, validated) for validated in (first, second)]
    chart, _ = chart_of(Moment(states[0], Look(), "first", (("second", states[1]),)), "loss", 80)
    assert chart.title == f"{kind} loss"


def test_the_cursor_over_several_runs_stands_at_the_moment_looked_at_and_only_then(make_session):
    assert chart_of(overlay(make_session), "loss", 80)[0].cursor is None
    # 80 rows in batches of 20: step 8 is the end of epoch 2
    assert chart_of(overlay(make_session, at=8), "loss", 80)[0].cursor == pytest.approx(2)


# ---- the log


def log_text(session) -> str:
    panel = LogPanel.__new__(LogPanel)
    panel.back = 0
    return str(panel.draw(panel.view(Moment(session.state), 80, 10), 80, 10, FULL))


def test_before_a_run_has_started_the_log_shows_no_clock(make_session):
    session = make_session()
    session.state.say("reading the data", "info", 1_700_000_000.0)
    assert log_text(session).split() == ["·", "reading", "the", "data"]


def test_what_has_no_time_of_its_own_has_no_clock_either(make_session):
    session = make_session()
    session.advance(1)
    session.state.log[:] = [replace(session.state.log[0], time=0.0, text="from C code")]
    assert log_text(session).split()[1:] == ["from", "C", "code"]


async def test_the_wheel_scrolls_the_log_back_and_forth(make_session):
    session = make_session()
    session.advance(1)
    for k in range(60):
        session.state.say(f"line number {k}")
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("6", "f")
        log = app.screen.get_panel("log")
        seen = []
        for turn in (
            log.on_mouse_scroll_up,
            log.on_mouse_scroll_up,
            log.on_mouse_scroll_down,
            log.on_mouse_scroll_down,
        ):
            turn()
            await pilot.pause()
            seen.append(log.back)
        assert seen == [3, 6, 3, 0]


# ---- the network


def network_of(session, width: int, height: int) -> Grid:
    panel = TopologyPanel.__new__(TopologyPanel)
    return panel.draw(panel.view(Moment(session.state), width, height), width, height, FULL)


@pytest.mark.parametrize("height", range(9, 30))
def test_the_units_of_a_layer_stand_in_the_middle_of_the_panel(make_session, height):
    """Six units of a hidden layer: as much room above the first as below the last, between the header and captions."""
    session = make_session("plane")
    session.advance(2)
    grid = network_of(session, 60, height)
    nodes = np.isin(grid.chars, [ord(c) for c in NODES])
    column = next(x for x in range(60) if nodes[:, x].sum() == 6)
    rows = np.flatnonzero(nodes[:, column])
    assert len(set(np.diff(rows))) == 1
    lines = grid.lines()
    caption = next(y for y, line in enumerate(lines) if "tanh 6" in line)
    assert abs((rows[0] - 1) - (caption - 1 - rows[-1])) <= 1, "\n".join(lines)


@pytest.mark.parametrize("width", range(30, 70, 3))
def test_the_share_of_an_answer_is_said_where_it_fits_between_name_and_mark(make_session, width):
    """A blank, up to four cells of a percentage, a blank and a mark: seven cells after the name."""
    session = make_session("images")
    session.advance(2)
    grid = network_of(session, width, 20)
    outputs = [line for line in grid.lines() if line.rstrip().endswith(("✓", "✗", "←")) and "true" not in line]
    assert outputs
    for line in outputs:
        node = max(line.rindex(sign) for sign in NODES if sign in line)
        assert ("%" in line[node:]) == (width - (node + 2) - 1 >= 7), "\n".join(grid.lines())


def room_of_answers(session, width: int) -> int:
    view = TopologyPanel.__new__(TopologyPanel).view(Moment(session.state), width, 20)
    return plan(view, width, 20).answers


def test_answers_have_room_for_a_percentage_where_there_are_classes_and_cells(make_session):
    """A name of one letter and a mark behind it; from 36 cells on " 100%"; a regression has a value and its unit."""
    images, regression = make_session("images"), make_session("regression")
    images.advance(2), regression.advance(2)
    assert room_of_answers(images, 35) == 1 + 2
    assert room_of_answers(images, 36) == 1 + 2 + 5
    assert room_of_answers(regression, 50) == 9 + len("k€") + 2
