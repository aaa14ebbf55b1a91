"""What the inspect screen lights, draws and names, element by element."""

import numpy as np
import pytest

from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.document import document
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.mlp import Network
from dnn_tui.mlp.explain import Number, explain, find_step, run_pass
from dnn_tui.mlp.explain.step import Operand
from dnn_tui.mlp.losses import LOSSES
from dnn_tui.tui.drawing.theme import Ink
from dnn_tui.tui.inspect.app import InspectApp
from dnn_tui.tui.inspect.blocks_grid import result_grid
from dnn_tui.tui.inspect.descents import draw_descent
from dnn_tui.tui.inspect.diagram import draw_network
from dnn_tui.tui.inspect.lit import lit
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.numbers_grid import numbers_grid
from dnn_tui.tui.inspect.step_view import draw_step

BRAILLE = range(0x2800, 0x2900)


@pytest.mark.parametrize(
    ("step_id", "layers", "edges", "into", "out_of", "focus"),
    [
        # a_i = W_i h_{i-1} + b_i: unit k of layer i, by the edges into it
        ("F2 a", {1, 2}, 2, 1, None, {2: 1}),
        ("F2 h", {2}, 0, None, None, {2: 1}),
        # ∂L/∂W_i = δ_i h_{i-1}ᵀ: one edge, from unit j to unit k
        ("B3 W", {2, 3}, 3, 1, 0, {3: 1, 2: 0}),
        # ∂L/∂h_{i-1} = W_iᵀ δ_i: unit k of the layer before, by the edges out of it
        ("B3 h", {2, 3}, 3, None, 1, {2: 1}),
    ],
)
def test_a_step_lights_what_its_equation_reads_and_writes(step_id, layers, edges, into, out_of, focus):
    steps = explain(Network((3, 4, 5, 2), "tanh", seed=0), [1.0, 0.5, -1.0], [1.0, 0.0], "cross_entropy")
    shown = lit(find_step(steps, step_id), (1, 0), 3)
    assert (shown.layers, shown.edges, shown.into, shown.out_of) == (layers, edges, into, out_of)
    assert shown.focus == focus


def test_of_two_lit_units_the_larger_is_the_brighter():
    network = Network((3, 2), output="identity", seed=0, dtype=np.float64)
    p = run_pass(network, np.array([1.0, 0.5, 0.25]), np.array([0.0, 0.0]), LOSSES["squared_error"])
    grid = draw_network(p, find_step(explain(network, p.h[0], [0.0, 0.0], "squared_error"), "F1 a"), Look(), 60, 16)
    behind = {}
    for y, line in enumerate(grid.lines()):
        for value in ("0.25", "0.5", "1"):
            if line[:8].split() == [value]:
                behind[value] = grid.bg[y, line.index(value)] - Ink.POSITIVE
    assert behind["1"] > behind["0.5"] > behind["0.25"] >= 0


def test_bars_beside_a_vector_leave_its_bracket_whole_and_have_the_entries_lengths():
    """Half of twenty cells to each side of the stroke: −1 fills the left half, 0.5 half of the right one."""
    operand = Operand("a", "a", np.array([-1.0, 0.5, 1.0]))
    lines = numbers_grid(operand, (0,), Number(), 60, 3).lines()
    closing = [next(k for k, c in enumerate(line) if c in "⎤⎥⎦") for line in lines]
    assert len(set(closing)) == 1
    bars = [line[closing[0] + 1 :].rstrip() for line in lines]
    assert [len(bar) - len(bar.lstrip()) for bar in bars] == [1, 11, 11]
    assert [bar.strip() for bar in bars] == ["━" * 10 + "│", "│" + "━" * 5, "│" + "━" * 10]


def test_a_large_array_is_summed_up_with_its_histogram_between_its_extremes():
    value = np.linspace(-3, 5, 4000).reshape(100, 40)
    lines = result_grid(Operand("W", "W", value), (0, 0), Number(), 80, 12).lines()
    assert "min −3" in lines[0]
    assert "max 5" in lines[0]
    assert lines[1].startswith("−3 ")
    assert lines[1].rstrip().endswith(" 5")


@pytest.mark.parametrize("width", [24, 40, 60])
def test_the_line_in_numpy_is_shown_whole_however_narrow(width):
    steps = explain(Network((3, 4, 2), "tanh", seed=0), [1.0, 0.5, -1.0], [1.0, 0.0], "cross_entropy")
    longest = max(range(len(steps)), key=lambda k: len(steps[k].numpy))
    lines = draw_step(steps, Look(at=longest), width, 60).lines()
    begin = next(k for k, line in enumerate(lines) if line.startswith("numpy "))
    shown = "".join(line[6:] for line in lines[begin : begin + 12])
    wanted = "".join(steps[longest].numpy.split())
    assert wanted in "".join(shown.split())


def test_a_document_in_latex_carries_the_notes_of_every_step():
    subject = subject_of(load_lesson("f5"))
    text = document(subject, "latex")
    notes = [note for step in subject.steps for note in step.notes]
    assert notes
    for note in notes:
        words = [word for word in note.text.split() if word.isalpha() and word.isascii()]
        assert any(all(word in line for word in words) for line in text.splitlines()), note.text


def test_a_key_names_a_weight_or_a_bias():
    subject = subject_of(load_lesson("f6"))
    network = subject.network
    assert subject.value("W2[2,1]") == network.W[2][1, 0]
    assert subject.value("w221") == network.W[2][1, 0]
    assert subject.value("b1[2]") == network.b[1][1]
    assert subject.value("b12") == network.b[1][1]


def test_the_error_of_a_descent_is_drawn_as_a_line():
    subject = subject_of(load_lesson("f7"))
    grid = draw_descent(subject, subject.steps[-1], Look(at=len(subject.steps) - 1), 80, 12, False)
    dots = np.isin(grid.chars, list(BRAILLE)[1:])
    walks = len(subject.walks)
    assert np.isin(grid.fg, [Ink.ACCENT])[dots].sum() >= 10
    assert dots.any(axis=0).sum() > 20 * (walks > 0)


@pytest.mark.slow
async def test_a_layer_s_key_goes_fifty_updates_on_in_a_long_descent_and_five_in_a_short_one():
    lengths = set()
    for name in ("f7", "p5", "c3"):
        app = InspectApp(subject_of(load_lesson(name)))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            steps = len(app.screen.subject.steps)
            by = 50 if steps > 200 else 5
            lengths.add(by)
            await pilot.press("shift+right")
            assert app.screen.look.at == min(by, steps - 1), name
            await pilot.press("shift+left")
            assert app.screen.look.at == 0
    assert 50 in lengths


async def test_when_playing_stops_so_does_its_timer():
    app = InspectApp(subject_of(load_lesson("c1")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        timer, stopped = app.screen._playing, []
        stop = timer.stop
        timer.stop = lambda: (stopped.append(True), stop())
        await pilot.press("p")
        assert app.screen._playing is None
        assert stopped == [True]


def test_probabilities_are_written_as_they_are_and_a_common_power_stands_above_its_numbers():
    """Ten outputs of digits: .001 and .999 were shown as 0.01 and 9.99, with "times 10^−1" in the line below."""
    h = np.full(10, 0.001 / 9)
    h[4] = 0.999
    text = "\n".join(result_grid(Operand("h₃", "h", h), (4,), Number(), 78, 8).lines())
    assert "0.999" in text
    assert "9.99" not in text
    matrix = np.random.default_rng(0).uniform(0.01, 0.09, (12, 12))
    lines = result_grid(Operand("W₃", "W", matrix), (0, 0), Number(), 78, 12).lines()
    assert lines[0].startswith("10^−2 ×")
    assert "times" not in "".join(lines)
