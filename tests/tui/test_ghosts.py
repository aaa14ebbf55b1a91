"""What was changed stays to be seen on the curves: faint before, marked in words, coloured after."""

from dataclasses import replace

import numpy as np
import pytest

from dnn_tui.mlp.events import EpochEnded, Progress, RunStarted
from dnn_tui.runs.state import RunState
from dnn_tui.tui.drawing.change_marks import draw_changes
from dnn_tui.tui.drawing.grid import Grid
from dnn_tui.tui.drawing.theme import FULL, Ink
from dnn_tui.tui.panels.curves import CurvesPanel
from dnn_tui.tui.sessions.moment import Look, Moment


@pytest.fixture
def changed_run():
    """Twenty epochs of ten steps; after ten the activation was changed."""
    state = RunState()
    start = RunStarted(
        0.0, "r", {"name": "d", "task": "binary", "train": 10}, {}, {"epochs": 20, "steps_per_epoch": 10}
    )
    state.apply(start)
    for epoch in range(1, 21):
        step = 10 * epoch
        state.apply(Progress(0.0, step, epoch, float(epoch), (1 / epoch,) * 10, 0.1, 1.0))
        figures = {"loss": 1 / epoch, "accuracy": 0.5 + epoch / 50}
        state.apply(EpochEnded(0.0, step, epoch, float(epoch), figures, {}, 0.1, 1.0, 0.0))
        if epoch == 10:
            told = {**start.training, "epochs_done": 10.0}
            state.apply(replace(start, step=100, training=told, change="relu → tanh"))
    return state


def drawn(state, look=None, size=(80, 16)):
    panel = CurvesPanel.__new__(CurvesPanel)
    return panel.draw(panel.view(Moment(state, look or Look()), *size), *size, FULL)


def test_lines_before_a_change_are_faint_and_those_after_it_are_not(changed_run):
    grid = drawn(changed_run)
    braille = (grid.chars > 0x2800) & (grid.chars < 0x2900)
    column = next(x for x in range(grid.width) if (grid.chars[:, x] == ord("┊")).sum() > 3)
    train = braille & (grid.fg == Ink.TRAIN)
    faint = braille & (grid.fg == Ink.FAINT)
    assert train.any()
    assert faint.any()
    half = grid.width // 2  # two charts side by side
    assert np.flatnonzero(faint[:, :half].any(axis=0)).max() <= column + 3
    assert np.flatnonzero(train[:, :half].any(axis=0)).min() >= column - 1


def test_the_mark_says_what_was_changed(changed_run):
    assert "relu → tanh" in str(drawn(changed_run))


def test_a_moment_before_the_change_knows_nothing_of_it(changed_run):
    assert "relu → tanh" not in str(drawn(changed_run, Look(at=50)))


def test_words_of_marks_close_together_do_not_overwrite_each_other():
    grid = Grid(40, 5)
    changes = [(10.0, "circle → xor"), (14.0, "relu → tanh"), (38.0, "η 0.1 → 0.3")]
    draw_changes(grid, changes, int, 0, 0, 40, 5)
    lines = grid.lines()
    assert lines[0].startswith("          ┊")
    assert "relu → tanh" in lines[0]
    assert lines[0].endswith("η 0.1 → 0.3┊ ")
    assert all(line[10] == line[14] == line[38] == "┊" for line in lines)


def test_a_text_without_room_after_its_line_stands_whole_before_it():
    grid = Grid(40, 5)
    draw_changes(grid, [(30.0, "ReLU → tanh")], int, 0, 0, 40, 5)
    assert str(grid).splitlines()[0].rstrip() == " " * 19 + "ReLU → tanh┊"
