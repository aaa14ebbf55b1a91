"""Pictures that are looked at for what they say: neutral zeros, whole legends, axes, lines without holes."""

import base64
import re

import numpy as np
import pytest

from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.subject import Row
from dnn_tui.mlp import Network
from dnn_tui.mlp.events import Surface
from dnn_tui.mlp.explain import Number, Operand
from dnn_tui.tui.drawing.grid import Grid
from dnn_tui.tui.drawing.plot import Chart, Line, Scale, draw_chart, nice_ticks, tick_labels
from dnn_tui.tui.drawing.theme import STEPS, Ink, palette_of
from dnn_tui.tui.inspect.blocks_grid import result_grid
from dnn_tui.tui.inspect.descents import draw_descent
from dnn_tui.tui.inspect.diagram import draw_network
from dnn_tui.tui.inspect.heat import heat, scale
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.pictures import draw_left
from dnn_tui.tui.inspect.places import columns
from dnn_tui.tui.inspect.step_view import draw_step
from dnn_tui.tui.panels.status import StatusPanel
from dnn_tui.tui.panels.surface import SurfaceView, draw_surface
from dnn_tui.tui.sessions.moment import Moment

SIGNED = set(range(Ink.POSITIVE, Ink.POSITIVE + STEPS)) | set(range(Ink.NEGATIVE, Ink.NEGATIVE + STEPS))


def test_zero_is_neither_blue_nor_orange_nor_the_same_as_a_small_number():
    field = heat(np.zeros((20, 8)), 10, 8, False)
    assert not (set(field.fg.ravel().tolist()) | set(field.bg.ravel().tolist())) & SIGNED
    left = [heat(np.array([[v, 1.0]] * 2), 1, 2, False).bg[0, 0] for v in (0.0, 1e-3, -1e-3)]
    assert left[0] not in SIGNED
    assert left[1] in range(Ink.POSITIVE, Ink.POSITIVE + STEPS)
    assert left[2] in range(Ink.NEGATIVE, Ink.NEGATIVE + STEPS)


def test_neutral_is_grey_in_colour():
    colour = palette_of("dnn", no_color=False).colours[heat(np.zeros((2, 1)), 1, 1, False).bg[0, 0]]
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    assert max(red, green, blue) - min(red, green, blue) < 16


@pytest.mark.parametrize("mono", [False, True])
@pytest.mark.parametrize("shape", [(10, 64), (128, 784), (30, 40)])
def test_a_heat_map_has_a_scale_beside_it(shape, mono):
    value = np.random.default_rng(0).normal(size=shape)
    value[2, 3] = -7.5
    text = "\n".join(result_grid(Operand("W", "W", value), (0, 0), Number(), 90, 14, mono).lines())
    assert "−7.5 " in text
    assert " 7.5" in text
    assert scale(value, Number(), 10, mono).width == 0  # no room: not a piece of it


@pytest.mark.slow
@pytest.mark.parametrize("name", ["f7", "p5", "c3"])
@pytest.mark.parametrize("size", [(28, 20), (32, 22), (46, 36), (70, 54)])
def test_the_legends_of_a_descent_are_whole_at_any_size(name, size):
    subject = subject_of(load_lesson(name))
    inks = {}
    for at in (0, len(subject.steps) // 2, len(subject.steps) - 1):
        grid = draw_descent(subject, subject.steps[at], Look(at=at), *size, False)
        text = "\n".join(grid.lines())
        assert "…" not in text.replace(" … ", "")
        assert "-" not in text  # a minus is one
        for walk in subject.walks:
            sign = "●" if subject.steps[at].id.startswith(f"{walk.name} ") else "━"
            (row,) = [y for y, line in enumerate(grid.lines()) if f"{sign} {walk.name}" in line]
            ink = grid.fg[row, grid.lines()[row].index(f"{sign} {walk.name}")]
            if sign == "━":
                assert inks.setdefault(walk.name, ink) == ink  # whichever is looked at
        others = [ink for key, ink in inks.items()]
        assert len(set(others)) == len(others)


def test_the_surface_of_a_descent_says_which_error_a_colour_is():
    subject = subject_of(load_lesson("f7"))
    row = draw_descent(subject, subject.steps[0], Look(), 46, 36, False)
    first = row.lines()[0]
    low, high = (float(part) for part in first.replace("error(w, b), log scale:", "").replace("log error:", "").split())
    assert 0 < low < high
    ramp = [ink for ink in row.bg[0] if ink]
    assert ramp == list(range(Ink.PLANE + 8, Ink.PLANE - 1, -1))  # the picture's own: the lowest error is the last ink


@pytest.mark.parametrize("size", [(70, 36), (118, 54)])
def test_all_eight_students_stand_in_y_and_the_columns_are_said_to_be_standardised(size):
    exam = np.array([93, 68, 95, 75, 51, 60, 89, 97])
    subject = subject_of(load_lesson("c3"))
    text = "\n".join(draw_step(subject.steps, Look(at=1), *size).lines())
    for value in (exam - exam.mean()) / exam.std():
        assert Number().text(value) in text
    assert "X standardised" in text
    (note,) = [note for note in subject.steps[0].notes if note.kind == "scaled"]
    assert f"(study − 41.75)/{Number().text(np.std([12, 22, 115, 31, 0, 5, 92, 57]))}" in note.text


@pytest.mark.parametrize("names", [(), ("petal length (cm)", "petal width (cm)"), ("age", "income")])
@pytest.mark.parametrize("width", range(30, 130, 7))
@pytest.mark.parametrize("ends", [(-5.0, 5.0), (0.0, 1.0), (-100.0, 250.0)])
def test_an_axis_s_name_overwrites_no_tick(names, width, ends):
    values = base64.b64encode(np.arange(64, dtype=np.uint8)).decode()
    surface = Surface(ends, ends, 8, 8, 0.0, 1.0, values)
    grid = draw_surface(SurfaceView(surface, (), "binary", ("no", "yes"), 1, names), width, 20)
    ticks = {label for most in (2, 3, 4, 5) for label in tick_labels(nice_ticks(*ends, most))}
    lines = grid.lines()
    name = names[0] if names and len(names[0]) > 2 else "x₁"
    at = lines[18].index(name[:3])
    assert len(lines[18][:at].split()) >= 1
    assert all(part in ticks for part in lines[18][:at].split())
    for y in range(18):
        beside = "".join(c for c, behind in zip(lines[y], grid.bg[y], strict=True) if not behind and c != "▀")
        beside = beside.replace(names[-1] if names else "x₂", " ").replace("x₂", " ").split()
        assert all(part in ticks for part in beside), beside


def test_a_validation_curve_has_no_holes_in_colour_and_is_dashed_without():
    x = tuple(float(v) for v in range(40))
    chart = Chart("loss", "", Scale(0, 39), Scale(0, 1), (Line("validation", x, (0.5,) * 40, 10, dashed=True),))
    dots = {}
    for dashes in (False, True):
        grid = Grid(60, 10)
        draw_chart(grid, chart, 0, 0, 60, 10, dashes=dashes)
        cells = (grid.fg == 10) & (grid.chars >= 0x2801) & (grid.chars <= 0x28FF)
        dots[dashes] = int(cells.any(axis=0).sum())
    assert dots[False] > 40
    assert dots[True] < 0.7 * dots[False]


def test_the_header_writes_the_loss_with_subscripts_and_true_minus_signs(make_session):
    session = make_session("images")
    session.advance(2)
    view = StatusPanel.__new__(StatusPanel).view(Moment(session.state), 200, 3)
    (loss,) = [piece.value for line in view.lines for piece in line if piece.name == "loss"]
    assert loss == "−Σₖ yₖ ln ŷₖ"


@pytest.mark.parametrize("height", [9, 14, 22, 33, 56])
@pytest.mark.parametrize("unit", [0, 17, 31])
def test_units_that_are_not_drawn_are_counted(height, unit):
    """32 units: those drawn, and the numbers of those above and below, are always 32 together."""
    network = Network((2, 32, 1), "tanh", "identity", seed=0)
    of = NetworkSubject("", network=network, rows=[Row("", np.ones(2), np.ones(1))], loss="mse")
    step = of.step_named("F1 a")
    text = str(draw_network(of.run, step, Look(1, units=(0, unit, 0)), 60, height))
    (column,) = [one for one in columns((2, 32, 1), {1: unit}, 60, 2, height - (5 if height >= 26 else 4))
                 if one.layer == 1]  # fmt: skip
    assert unit in column.units
    left_out = sum(int(found) for found in re.findall(r"⋮(\d+)", text))
    assert len(column.units) + left_out == 32


def test_all_units_are_drawn_where_a_picture_still_fits_below_them():
    network = Network((2, 32, 1), "tanh", "identity", seed=0)
    of = NetworkSubject("", network=network, rows=[Row("", np.ones(2), np.ones(1))], loss="mse")
    shown = str(draw_left(of, of.step_named("F1 h"), Look(2, units=(0, 0, 0)), 70, 56, False))
    assert "⋮" not in shown
    assert "g = tanh" in shown  # and the curve is there as well
    low = str(draw_left(of, of.step_named("F1 h"), Look(2, units=(0, 0, 0)), 70, 36, False))
    assert re.search(r"⋮2\d", low)
