"""The pictures beside a step: the activation's curve, the plane of two numbers, and where they stand."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.batch_subject import batches_of
from dnn_tui.experiments.explaining.curve import activation_curve
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.plane import plane_layer, plane_of
from dnn_tui.experiments.explaining.subject import Row
from dnn_tui.mlp import Network
from dnn_tui.tui.drawing.unit_lines import UnitLine, crossings
from dnn_tui.tui.inspect.app import InspectApp
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.pictures import LEAST, draw_left, rows_of

CURVES = ("sigmoid", "tanh", "relu", "gelu", "silu", "softplus", "identity")


def subject(name):
    return subject_of(load_lesson(name))


def left(of, step_id, size=(60, 40), **look):
    step = of.step_named(step_id)
    units = look.pop("units", (0,) * (of.run.network.layers + 1))
    return str(draw_left(of, step, Look(of.steps.index(step), units=units, **look), *size, False))


@pytest.mark.slow
@pytest.mark.parametrize("name", CURVES)
def test_curve_and_slope_are_those_of_autograd_and_shifted_by_the_bias(name, torch):
    function = getattr(torch.nn.functional, name, lambda a: a)
    network = Network((1, 1, 1), name, "identity", seed=0, dtype=np.float64)
    network.W[1][...], network.b[1][...] = 2.0, 1.5
    of = NetworkSubject("", network=network, rows=[Row("", np.array([-1.25]), np.array([0.0]))], loss="mse")
    curve = activation_curve(of.run, of.step_named("F1 h"), (0,))
    s = torch.tensor(curve.s, requires_grad=True)
    g = function(s + 1.5)
    g.sum().backward()
    np.testing.assert_allclose(curve.g, g.detach(), atol=1e-12)
    away = np.abs(curve.s + 1.5) > 1e-9  # autograd and the lectures may differ at a kink
    np.testing.assert_allclose(curve.slope[away], s.grad[away], atol=1e-12)
    np.testing.assert_allclose(curve.unshifted, function(s).detach(), atol=1e-12)
    assert curve.here[0] == pytest.approx(-2.5)
    assert curve.here[1] == pytest.approx(float(function(torch.tensor(-1.0, dtype=torch.float64))), abs=1e-12)


def test_the_curve_is_there_where_a_step_goes_through_an_elementwise_activation_and_only_there():
    of = subject("f6-backprop")  # 4-4-2: sigmoid, softmax
    found = [step.id for step in of.steps if activation_curve(of.run, step, (0,)) is not None]
    assert found == ["F1 h", "B1 a"]
    assert "g = sigmoid" in left(of, "F1 h")
    assert "g = " not in left(of, "F2 h")
    assert "g = " not in left(of, "B1 W")


def test_an_edited_bias_moves_the_curve_and_the_units_point():
    of = subject("p1-perceptron")
    before = left(of, "F1 h")
    assert "a₁₁ = −7 + 1 = −6: ŷ₁ 0.002473" in before
    of.edit("b1[1]", "5")
    after = left(of, "F1 h")
    assert "a₁₁ = −7 + 5 = −2: ŷ₁ 0.1192" in after  # σ(−2): the lecture's own table
    curve = activation_curve(of.run, of.step_named("F1 h"), (0,))
    assert np.interp(0.5, curve.g, curve.s) == pytest.approx(-5, abs=0.02)
    of.edit("b1[1]", "0")
    assert "without b" not in left(of, "F1 h")


def test_a_hidden_result_is_not_told_by_the_curve():
    shown = left(subject("p1-perceptron"), "F1 h", hidden=True)
    assert "g = sigmoid" in shown
    assert "0.002" not in shown
    assert "−6" not in shown
    assert "●" not in shown


@pytest.mark.slow
def test_the_plane_is_what_pytorch_answers_there(torch):
    of = subject("f12-two-neurons")
    W, b = ([torch.tensor(np.array(v)) for v in part[1:]] for part in (of.network.W, of.network.b))
    plane = plane_of(of, 1)
    x = np.linspace(*plane.x, plane.answers.shape[1])
    y = np.linspace(*plane.y[::-1], plane.answers.shape[0])
    points = torch.tensor(np.stack(np.meshgrid(x, y), axis=-1))
    h = torch.sigmoid(points @ W[0].T + b[0])
    np.testing.assert_allclose(plane.answers, torch.sigmoid(h @ W[1].T + b[1])[..., 0], atol=1e-12)
    hidden = plane_of(of, 2)
    np.testing.assert_allclose(hidden.points, torch.sigmoid(torch.tensor(plane.points) @ W[0].T + b[0]), atol=1e-12)
    assert hidden.names == ("h_{11}", "h_{12}")
    assert plane.labels.tolist() == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("sizes", "layer", "expected"),
    [((2, 1), 1, 1), ((2, 8, 2, 3), 3, 3), ((2, 8, 2, 3), 2, 1), ((5, 2, 3), 2, 2), ((5, 2, 3), 1, None)],
)
def test_a_step_shows_its_own_layers_plane_or_the_datas(sizes, layer, expected):
    assert plane_layer(sizes, layer) == expected


def test_the_perceptrons_line_goes_through_the_row_on_its_boundary():
    of = subject("p1-perceptron")
    of.choose(1)  # (−1/3, 0), which the lesson calls on the boundary
    plane = plane_of(of, 1)
    w1, w2, b = plane.lines[0]
    assert (w1, w2, b) == (3, -2, 1)
    ends = crossings(UnitLine(0, w1, w2, b), plane.x, plane.y)
    np.testing.assert_allclose(ends @ [w1, w2] + b, 0, atol=1e-12)
    (x0, y0), (x1, y1) = ends
    assert np.interp(plane.here[0], [x0, x1], [y0, y1]) == pytest.approx(plane.here[1], abs=1e-9)


@given(*[st.floats(-3, 3).map(lambda v: round(v, 3)) for _ in range(3)])
def test_a_line_crosses_the_rectangle_at_two_points_of_its_edge_or_not_at_all(w1, w2, b):
    ends = crossings(UnitLine(0, w1, w2, b), (-1.0, 2.0), (-2.0, 1.0))
    corners = [w1 * x + w2 * y + b for x in (-1, 2) for y in (-2, 1)]
    if min(corners) < -1e-6 and max(corners) > 1e-6:
        assert len(ends) == 2
    if max(corners) < -1e-6 or min(corners) > 1e-6:
        assert len(ends) == 0
    for x, y in ends:
        assert w1 * x + w2 * y + b == pytest.approx(0, abs=1e-6)
        assert min(abs(x + 1), abs(x - 2), abs(y + 2), abs(y - 1)) < 1e-9


@given(st.integers(1, 90), st.integers(6, 20), st.integers(0, 3), st.integers(0, 2))
def test_diagram_and_pictures_share_the_pane_and_leave_none_of_it_unused(height, need, wanted, view):
    above, rows = rows_of(height, need, wanted, view)
    assert above + sum(rows) == height
    assert len(rows) <= wanted
    if view == 0:
        assert above >= min(height, need)  # the diagram never loses units to a picture
        assert all(size > LEAST for size in rows)
    if view == 1 and wanted:
        assert rows
    if view == 2:
        assert above == height


def test_sides_rows_and_lines_are_named_below_the_plane():
    shown = left(subject("f12-two-neurons"), "F1 a")
    assert re.search(r"○ not like +● like +◉ this row +┄ a = 0", shown)
    plane = shown[shown.index("x₂") :]
    assert plane.count("◉") == 2  # on its place and in the legend
    assert "x₁" in plane
    assert "h₁₁" in left(subject("f12-two-neurons"), "F2 a")


def test_a_network_whose_numbers_overflow_has_no_picture_and_no_traceback():
    of = subject("f12-two-neurons")
    of.edit("w111", "1e308")
    of.edit("w112", "1e308")
    for step in of.steps:
        assert left(of, step.id)


async def test_the_pictures_stand_alone_or_are_left_out_by_a_key():
    app = InspectApp(subject("p1-perceptron"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "right")

        def shown():
            return str(app.screen.query_one("#diagram")._grid)

        assert "sigmoid\n" in shown().replace(" ", "")
        assert "g = sigmoid" in shown()
        await pilot.press("v")
        assert "g = sigmoid" in shown()
        assert "units" not in shown()
        await pilot.press("v")
        assert "g = sigmoid" not in shown()
        assert "units" in shown()


def test_a_batch_stands_on_its_units_curve_row_by_row():
    """The sums of the first unit, and σ and σ(1 − σ) of them, of all four phones."""
    of = batches_of(subject("f12-two-neurons"), "all")
    curve = activation_curve(of.run, of.step_named("F1 h"), (1, 0))
    w, b = of.run.network.W[1][0], of.run.network.b[1][0]
    sums = np.array([w @ row.x for row in of.samples])
    assert curve.here == pytest.approx((sums[1], 1 / (1 + np.exp(-sums[1] - b)), curve.here[2]))
    others = np.delete(sums, 1)
    np.testing.assert_allclose(curve.others[:, 0], others)
    h = 1 / (1 + np.exp(-others - b))
    np.testing.assert_allclose(curve.others[:, 1:], np.column_stack([h, h * (1 - h)]), rtol=1e-9)
    assert (curve.a, curve.h) == ("a_{11}^(2)", "h_{11}^(2)")


def test_a_batchs_rows_lie_in_its_plane_below_their_table():
    of = batches_of(subject("f12-two-neurons"), "all")
    plane = plane_of(of, 1, here=2)
    np.testing.assert_allclose(plane.points, [row.x for row in of.samples])
    assert plane.here == tuple(of.samples[2].x)
    shown = left(of, "F1 a", units=())
    assert shown.index("small, cheap") < shown.index("x₂")
    assert "◉ this row" in shown
    assert "this row" not in left(of, "B1 W", units=())  # the rows are lost in their mean
    of.edit("dropout", "0.5")
    assert plane_of(of, 1) is None
    assert "g = sigmoid" in left(of, "F1 h", units=())
