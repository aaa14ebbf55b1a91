"""The error over weight and bias: its axes run over the walk and some room, and the walk begins where it began."""

import re

import numpy as np
import pytest

from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.mlp.explain import Number
from dnn_tui.tui.drawing.theme import Ink
from dnn_tui.tui.inspect.descents import bounds, draw_descent, inks_of
from dnn_tui.tui.inspect.look import Look

DESCENTS = {name: subject_of(load_lesson(name)) for name in lesson_names() if load_lesson(name).kind == "descent"}
PLANES = [name for name, subject in DESCENTS.items() if subject.descent.X.shape[1] == 1]  # a weight and a bias


def test_the_room_about_a_walk_is_a_third_of_it_and_half_a_unit_at_least():
    path = np.array([[0.0, 1.0], [10.0, 1.0], [4.0, 1.2]])
    assert bounds(path) == ((-3.5, 13.5), (0.5, 1.7))
    gone = np.array([[0.0, 0.0], [1.0, 1.0], [1e6, -1e6], [np.inf, np.nan]])
    assert bounds(gone) == ((-0.5, 1.5), (-0.5, 1.5))  # what flies off is cut off


@pytest.mark.parametrize("size", [(60, 16), (100, 30)])
@pytest.mark.parametrize("name", PLANES)
def test_the_ends_of_the_weights_axis_stand_below_the_picture(name, size):
    subject = DESCENTS[name]
    step = subject.steps[2]
    walk = next(walk for walk in subject.walks if walk.name == step.id.rpartition(" ")[0])
    (w0, w1), _ = subject.descent.plane or bounds(subject.descent.walk(walk))
    lines = str(draw_descent(subject, step, Look(2), *size, False)).splitlines()
    axis = next(line for line in lines if line.startswith(f"w {Number(3).text(w0)}"))
    assert axis.rstrip().endswith(Number(3).text(w1))
    above = lines[: lines.index(axis)]
    assert any("●" in line for line in above)
    assert "▀" in above[-1]  # directly below it


def test_all_walks_of_a_race_are_on_the_plane_that_the_lesson_names():
    subject = subject_of(load_lesson("p10"))
    at = next(k for k, step in enumerate(subject.steps) if step.id == "momentum 45")
    grid = draw_descent(subject, subject.steps[at], Look(at), 80, 40, False)
    text = str(grid)
    surface = text[: text.index("w −5")]
    assert "↑ b −8 … 2.5" in text
    for name in ("sgd", "adagrad", "rmsprop", "adam"):
        assert re.search(f"◆.{name}|{name}.◆", surface), name
    inks = inks_of(tuple(walk.name for walk in subject.walks), "momentum")
    # where each is after 45 updates: PyTorch has it there (tests/explain/test_small_worlds.py)
    (w0, w1), (b0, b1) = subject.descent.plane
    rows = surface.count("\n") - 1
    for walk in subject.walks:
        w, b = subject.descent.walk(walk)[45]
        column, row = int((w - w0) / (w1 - w0) * 159) // 2, 1 + int((b1 - b) / (b1 - b0) * (4 * rows - 1)) // 4
        assert chr(grid.chars[row, column]) in "●◆", walk.name
        assert grid.fg[row, column] == inks[walk.name]
    assert sorted(inks.values())[0] == Ink.ACCENT
    assert len(set(inks.values())) == 5


def test_a_single_walk_has_no_name_beside_it():
    subject = subject_of(load_lesson("f7"))
    text = str(draw_descent(subject, subject.steps[90], Look(90), 80, 40, False))
    assert "◆" not in text
    assert "○" in text
