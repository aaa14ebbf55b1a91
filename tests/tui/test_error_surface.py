"""The error over weight and bias: its axes run over the walk and some room, and the walk begins where it began."""

import numpy as np
import pytest

from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.mlp.explain import Number
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.other_diagrams import bounds, draw_descent

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
    (w0, w1), _ = bounds(subject.descent.walk(walk))
    lines = str(draw_descent(subject, step, Look(2), *size, False)).splitlines()
    axis = next(line for line in lines if line.startswith(f"w {Number(3).text(w0)}"))
    assert axis.rstrip().endswith(Number(3).text(w1))
    above = lines[: lines.index(axis)]
    assert any("●" in line for line in above)
    assert "▀" in above[-1]  # directly below it
