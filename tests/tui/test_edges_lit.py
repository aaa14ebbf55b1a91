"""Which edges of the network beside a step are lit: those that its equation reads, in the colours of their signs."""

import numpy as np
import pytest

from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.subject import Row
from dnn_tui.mlp import Network
from dnn_tui.tui.drawing.theme import STEPS, Ink
from dnn_tui.tui.inspect.diagram import draw_network
from dnn_tui.tui.inspect.look import Look

SIGNED = {*range(Ink.POSITIVE, Ink.POSITIVE + STEPS), *range(Ink.NEGATIVE, Ink.NEGATIVE + STEPS)}


@pytest.mark.parametrize(
    ("step_id", "lit"),
    [("F0", ()), ("F1 a", (1,)), ("F1 h", ()), ("F2 a", (2,)), ("L", ()), ("B2 W", (2,)), ("B1 W", (1,))],
)
def test_edges_are_faint_but_for_those_of_the_step(step_id, lit):
    """Left of the middle are those into layer 1, right of it those into layer 2."""
    network = Network((2, 2, 2), "tanh", "softmax", seed=1)
    subject = NetworkSubject("s", network=network, rows=[Row("r", np.array([1.0, 2.0]), np.array([0.0, 1.0]))])
    at, step = next((k, step) for k, step in enumerate(subject.steps) if step.id == step_id)
    grid = draw_network(subject.run, step, Look(at, units=(0, 0, 0)), 60, 16, False)
    dots = (grid.chars >= 0x2800) & (grid.chars < 0x2900)
    for layer, part in ((1, slice(0, 30)), (2, slice(30, 60))):
        inks = set(grid.fg[:, part][dots[:, part]].tolist())
        assert inks
        assert inks <= SIGNED if layer in lit else inks == {Ink.FAINT}
