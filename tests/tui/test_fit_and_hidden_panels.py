"""The panels of a single input's curve and of the hidden space: what is drawn where."""

import re
from dataclasses import replace

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.events import LayerView
from dnn_tui.runs.state import RunState
from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.drawing.function import draw_function
from dnn_tui.tui.drawing.layout import arrange
from dnn_tui.tui.drawing.plot import Chart, Line, Scale
from dnn_tui.tui.drawing.theme import Ink, palette_of
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.pictures import draw_left
from dnn_tui.tui.panels import PANELS
from dnn_tui.tui.panels.fit import FitPanel, FitView, draw_fit, places_of_bends
from dnn_tui.tui.panels.hidden import HiddenPanel, draw_hidden, next_pair
from dnn_tui.tui.sessions.moment import Look as RunLook
from dnn_tui.tui.sessions.moment import Moment

COLOURS = palette_of("dnn", no_color=False)


def trained(name, hidden, activation="tanh", epochs=2, **options):
    data = datasets.load(name, seed=0, **options)
    output = {"regression": "identity", "binary": "sigmoid", "classes": "softmax"}[data.task]
    network = Network((data.n_features, *hidden, data.n_outputs), activation, output, seed=0)
    trainer, state = Trainer(network, data, TrainingConfig(lr=0.1, epochs=epochs, batch_size=8, seed=0)), RunState()
    for event in trainer.events():
        state.apply(event)
    return trainer, state


@pytest.fixture(scope="module")
def curve():
    return trained("formula", (4,), "relu", formula="y = x*x", samples=60)


@pytest.fixture(scope="module")
def pairs():
    return trained("xor", (3, 2), epochs=3, samples=200)


@pytest.fixture(scope="module")
def flowers():
    return trained("iris", (6,))


def shown(panel, state, size=(70, 24), at=None):
    moment = Moment(state, RunLook(at=at))
    return panel().draw(panel().view(moment, *size), *size, COLOURS)


def test_a_run_has_the_panels_that_say_something_about_it(curve, pairs, flowers):
    names = {kind: [panel.NAME for panel in PANELS if panel.fits(Moment(run[1]))] for kind, run in
             (("curve", curve), ("pairs", pairs), ("flowers", flowers))}  # fmt: skip
    assert ["fit" in names[kind] for kind in names] == [True, False, False]
    assert all("hidden" in found for found in names.values())
    single = trained("iris", ())[1]
    assert "hidden" not in [panel.NAME for panel in PANELS if panel.fits(Moment(single))]


def test_the_curve_has_a_place_beside_the_network():
    places = arrange(120, 40, ["topology", "curves", "fit", "errors", "layers", "log", "hidden"], "topology")
    assert places["fit"].y == places["topology"].y
    assert places["fit"].x > places["topology"].x


def test_a_bend_stands_where_the_units_sum_is_zero_in_the_inputs_own_unit():
    layer = LayerView(3, (0, 1, 2), (), ((2.0,), (0.0,), (-1.0,)), (1.0, 3.0, 8.0))
    assert places_of_bends(layer, 0.0, 1.0, (-2.0, 2.0)) == (-0.5,)  # 2x + 1 = 0; no bend; beyond the edge
    assert places_of_bends(layer, 100.0, 10.0, (80.0, 200.0)) == (95.0, 180.0)


def test_curve_rows_and_bends_stand_in_the_picture(curve):
    trainer, state = curve
    grid = str(shown(FitPanel, state))
    assert "━ y" in grid
    assert "• rows" in grid
    assert "× not trained on" in grid
    assert "x" in grid.splitlines()[-1]
    w, b = trainer.network.W[1][:, 0], trainer.network.b[1]
    inside = [-q / p for p, q in zip(w, b, strict=True) if p and -2.2 < -q / p < 2.2]
    assert inside  # the marks may hide one another, but never say more
    assert 1 <= "\n".join(grid.splitlines()[2:]).count("◆") <= len(inside)


def test_a_curve_is_drawn_where_it_is_and_cut_off_far_beyond_the_rows():
    x = np.linspace(0, 10, 50)
    straight = FitView(tuple(x), tuple(x), ((0.0, 0.0), (10.0, 10.0)), (), (5.0,), ("x", "y"))
    grid = draw_fit(straight, 60, 20)
    (row,), (column,) = np.nonzero(grid.chars[2:-2] == ord("◆"))
    assert abs(row - 16 / 2) <= 1.5
    assert abs(column - 32) <= 2
    wild = FitView(tuple(x), tuple(x**6), ((0.0, 0.0), (10.0, 10.0)), (), (), ("x", "y"))
    labels = [line[:6] for line in str(draw_fit(wild, 60, 20)).splitlines()]
    assert not any("000" in label for label in labels)


def test_two_units_show_what_the_output_layer_makes_of_their_plane(pairs):
    trainer, state = pairs
    size = (61, 24)
    view = HiddenPanel().view(Moment(state), *size)
    assert view.plane.names == ("h₂₁", "h₂₂")
    surface = view.plane.surface
    x, y = np.linspace(*surface.x1, surface.columns), np.linspace(*surface.x2[::-1], surface.rows)
    h = np.stack(np.meshgrid(x, y), axis=-1)
    network = trainer.network
    truth = 1 / (1 + np.exp(-(h @ network.W[3].T + network.b[3])))[..., 0]
    np.testing.assert_allclose(surface.array(), truth, atol=0.01)  # weights in three digits, 255 levels
    line = view.plane.lines[0]
    assert (line.w1, line.w2, line.b) == pytest.approx((*network.W[3][0], network.b[3][0]), rel=1e-2)
    grid = str(shown(HiddenPanel, state, size))
    assert "h₂₁" in grid
    assert "P(1)" in grid


def test_more_units_show_their_rows_by_class_and_how_much_the_plane_holds(flowers):
    _, state = flowers
    grid = shown(HiddenPanel, state, (100, 24))
    text = str(grid)
    assert "◦ setosa  • versicolor  ▴ virginica" in text
    assert "96 training rows in layer 1; the plane holds" in text
    inks = set(grid.fg[3:-2][grid.chars[3:-2] == ord("▴")].tolist())
    assert inks == {Ink.GROUP + 2}


def test_two_units_of_a_regression_are_no_principal_components():
    state = trained("plane", (2,), samples=200)[1]
    text = str(shown(HiddenPanel, state, (80, 24)))
    assert "h₁₁ →, h₁₂ ↑" in text
    assert "rows in the two units of layer 1" in text
    assert "PC" not in text
    assert re.search(r"◦ low −\d.* • high \d", text)


def test_looking_back_shows_the_rows_where_they_were(flowers):
    _, state = flowers
    now, first = shown(HiddenPanel, state), shown(HiddenPanel, state, at=0)
    assert len(now.rows_unlike(first))
    assert not len(first.rows_unlike(shown(HiddenPanel, state, at=0)))


def test_a_picture_without_rows_says_so(flowers):
    _, state = flowers
    bare = RunState()
    bare.apply(state.started)
    bare.apply(replace(state.snapshot, hidden=None))
    view = HiddenPanel().view(Moment(bare), 60, 9)
    assert view == "this picture has no rows of the hidden layer"
    assert view in str(HiddenPanel().draw(view, 60, 9, COLOURS))
    assert FitPanel().view(Moment(bare), 60, 9) == "this picture has no curve"


@pytest.mark.parametrize("size", [(1, 1), (7, 2), (20, 5), (30, 8), (200, 60)])
def test_the_panels_fit_any_size(curve, pairs, flowers, size):
    for panel, (_, state) in ((FitPanel, curve), (HiddenPanel, pairs), (HiddenPanel, flowers)):
        grid = shown(panel, state, size)
        assert (grid.width, grid.height) == size


def test_names_of_what_is_drawn_take_the_rows_they_need_and_the_axes_the_rest():
    chart = Chart("", "", Scale(0, 1), Scale(0, 1), (Line("a long name of a line", (0.0, 1.0), (0.0, 1.0), 1, ""),))
    wide, narrow = (str(draw_function(chart, (), n, 14, entries=[("•", "many rows", 1)])) for n in (60, 24))
    assert "• many rows" in wide.splitlines()[0]
    assert "• many rows" in narrow.splitlines()[1]


def test_a_network_of_one_input_is_a_curve_beside_its_steps():
    of = subject_of(load_lesson("p6-two-weight-chain"))
    shown = str(draw_left(of, of.step_named("F1 a"), Look(1, units=(0, 0, 0)), 60, 40, False))
    assert "━ ŷ" in shown
    assert "● this row" in shown
    assert "◆ a hidden unit's a = 0" in shown


def test_any_two_units_make_a_plane_now_and_in_time_travel(flowers):
    trainer, state = flowers
    moment = Moment(state, RunLook(pair=(4, 1)))
    view = HiddenPanel().view(moment, 90, 24)
    text = str(draw_hidden(view, 90, 24))
    assert "h₁₅ →, h₁₂ ↑" in text
    assert "96 training rows in units 5 and 2 of layer 1's 6; c: the components" in text
    network, x = trainer.network, trainer.data.train.x
    h = np.tanh(x @ network.W[1].T + network.b[1])[:, [4, 1]]
    np.testing.assert_allclose(view.hidden.pair(4, 1)[0], h, atol=0.01)
    first = HiddenPanel().view(Moment(state, RunLook(at=0, pair=(4, 1))), 90, 24)
    assert first.pair == (4, 1)
    assert np.abs(first.hidden.pair(4, 1)[0] - h).max() > 0.05  # it has learned since
    other = HiddenPanel().view(Moment(state, RunLook(pair=(4, 60))), 90, 24)
    assert other.pair is None  # such a unit there is not


def test_arrows_choose_the_pair_and_never_the_same_unit_twice():
    shown = (0, 3, 7)
    assert next_pair(shown, None, 0, 1) == (0, 3)
    assert next_pair(shown, (0, 3), 0, 1) == (7, 3)
    assert next_pair(shown, (7, 3), 0, 1) == (0, 3)
    assert next_pair(shown, (0, 3), 1, -1) == (0, 7)


async def test_keys_choose_the_units_of_the_hidden_space(make_session):
    session = make_session("plane")
    session.advance(2)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        session.advance(6)
        app.screen.frame()
        app.screen.action_panel([panel.NAME for panel in app.screen.available].index("hidden") + 1)
        await pilot.press("right", "right", "up")
        assert app.screen.look.pair == (2, 3)
        assert "→ h₁₃  ↑ h₁₄" in str(app.screen.query_one(HiddenPanel)._grid)
        await pilot.press("c")
        assert app.screen.look.pair is None
