"""Units as pictures: what stands where, in which colour, and what is told of the one looked at."""

import itertools

import numpy as np
import pytest

from dnn_tui.mlp.snapshot import Viewer
from dnn_tui.mlp.tiles import Wish
from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.drawing.theme import LEVELS, Ink
from dnn_tui.tui.panels.network_view import TopologyView, pretty_input
from dnn_tui.tui.panels.topology import circle_spots
from dnn_tui.tui.panels.unit_spots import nearest_edge
from dnn_tui.tui.panels.unit_tiles import LEAST, draw_tiled, tiling
from dnn_tui.tui.panels.unit_words import equation

SIZES = [(44, 16), (50, 16), (63, 17), (100, 30), (110, 40)]


@pytest.fixture(scope="module")
def trained():
    """A trainer of two coordinates, six tanh units and one answer, a few steps on."""
    from .conftest import make_trainer

    trainer = make_trainer("plane")
    for _ in trainer.advance(20):
        pass
    return trainer


def view_of(trainer, side=8, **more):
    viewer = Viewer(trainer.network, trainer.data)
    viewer.lookers.ask("me", Wish(side))
    sample = viewer.sample(trainer.data.train, 0)
    names = tuple(a.name for a in trainer.network.activations)
    return TopologyView(
        viewer.layers(), names, (1.0, 2.0), sample, "binary", ("no", "yes"), (), None,
        inputs=("x1", "x2"), tiles=viewer.tiles(), tiled=True, **more,
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_each_tile_has_the_colours_of_its_unit(trained, size):
    where = tiling(view_of(trained), *size)
    view = view_of(trained, where.side)
    grid = draw_tiled(view, view.tiles, where, *size, False)
    spots = where.spots(view)
    assert [spot.layer for spot in spots] == [0] * 2 + [1] * 6 + [2]
    for spot in spots:
        assert spot.width == where.side >= LEAST
        values = view.tiles.of_layer(spot.layer)[spot.unit]
        at = where.pixels[spot.layer][spot.unit]
        for row in range(where.side):
            y, lower = where.top + (at + row) // 2, (at + row) % 2
            cells = slice(spot.x, spot.x + spot.width)
            blank = grid.chars[y, cells] == ord(" ")
            seen = np.where(blank | bool(lower), grid.bg[y, cells], grid.fg[y, cells])
            wanted = np.rint((values[row] + 1) / 2 * (LEVELS - 1)) + Ink.PLANE
            assert np.array_equal(seen, wanted)


@pytest.mark.parametrize("size", SIZES)
def test_tiles_of_a_layer_do_not_touch(trained, size):
    where = tiling(view_of(trained), *size)
    for pixels in where.pixels:
        assert all(b - a > where.side for a, b in itertools.pairwise(pixels))
        assert pixels[0] >= 0
        assert pixels[-1] + where.side <= 2 * where.rows


def test_circles_where_there_is_no_room(trained):
    assert tiling(view_of(trained), 20, 20) is None
    assert tiling(view_of(trained), 60, 5) is None


def test_the_equation_has_the_network_s_numbers(trained):
    view = view_of(trained, looked_at=(1, 4))
    network, x = trained.network, view.layers[0].h
    total = float(network.W[1][4] @ np.array(x) + network.b[1][4])
    text = equation(view, 200)
    assert text.startswith("h₁,₅ = tanh(")
    said = [float(part.replace("−", "-")) for part in (text.split("tanh(")[2].split(")")[0], text.split(" = ")[-1])]
    assert said == pytest.approx([total, np.tanh(total)], rel=1e-2)
    assert len(equation(view_of(trained, looked_at=(2, 0)), 40)) <= 40


def test_the_weights_into_the_unit_looked_at_are_written_beside_their_sources(trained):
    view = view_of(trained, looked_at=(2, 0))
    where = tiling(view, 100, 30)
    lines = draw_tiled(view, view.tiles, where, 100, 30, False).lines()
    for spot, weight in zip([s for s in where.spots(view) if s.layer == 1], trained.network.W[2][0], strict=True):
        text = "".join(lines[y][spot.x + spot.width :][:8] for y in range(spot.y, spot.y + spot.height))
        sign, digits = "−" if weight < 0 else "+", f"{abs(weight):.3g}"[:4]
        assert sign + digits in text


def test_a_cell_beside_an_edge_belongs_to_it(trained):
    view = view_of(trained)
    spots = tiling(view, 100, 30).spots(view)
    source, target = spots[0], spots[7]
    x = (source.x + source.width + target.x - 1) / 2
    found = nearest_edge([source, target], round(x), round((source.middle + target.middle) / 2))
    assert found == (source, target)
    assert nearest_edge([source, target], round(x), 0) is None
    assert [spot.layer for spot in circle_spots(view, 40, 12)] == [0] * 2 + [1] * 6 + [2]


@pytest.mark.parametrize(
    ("formula", "written"),
    [("x1^2", "x₁²"), ("x1*x2", "x₁x₂"), ("sin(x1)", "sin x₁"), ("x2", "x₂"), ("max(x1,x2)", "max(x₁,x₂)")],
)
def test_inputs_are_written_as_by_hand(formula, written):
    assert pretty_input(formula) == written


async def test_pictures_are_asked_for_while_they_are_seen_and_a_unit_can_be_looked_at(make_session):
    session = make_session("plane")
    session.advance(2)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.tick()
        (wish,) = [c.value for c in session.sent if c.name == "tiles"]
        assert int(wish) >= LEAST
        session.advance(6)
        app.screen.frame()
        await pilot.press("left")
        assert app.screen.look.unit == (1, 0)
        await pilot.press("down", "shift+down")
        assert (app.screen.look.unit, app.screen.look.edge) == ((1, 1), 0)
        app.screen.tick()
        assert session.sent[-1].value == f"{wish} 1.1"
        network = app.screen.get_panel("topology")
        assert network.text().startswith("h₁,₂ = tanh(")
        spot = next(s for s in network.spots() if s.layer == 2)
        await pilot.click(network, offset=(spot.x + 2, spot.y + 1))
        assert app.screen.look.unit == (2, 0)
        await pilot.press("escape", "t")
        assert app.screen.look.unit is None
        app.screen.tick()
        assert session.sent[-1].value == "0"
