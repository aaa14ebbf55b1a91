"""Unit pictures: each one is the unit's activation, in float, over the plane; made only while somebody looks."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.mlp import Command, Network, Trainer, TrainingConfig
from dnn_tui.mlp.events import Snapshot, from_json, to_json
from dnn_tui.mlp.plane import plane_of
from dnn_tui.mlp.snapshot import Viewer
from dnn_tui.mlp.tiles import LEASE, Lookers, TilesError, Wish, round_up


@pytest.fixture(scope="module")
def circle():
    return datasets.load("circle", samples=40, inputs="x1,x1^2,sin(x2)")


def by_hand(network, x):
    """Each layer's activations at rows x, in float64."""
    h = [x.astype(float)]
    for i in range(1, network.layers + 1):
        a = h[-1] @ network.W[i].T.astype(float) + network.b[i]
        h.append(np.tanh(a) if i < network.layers else 1 / (1 + np.exp(-a)))
    return h


def test_tiles_are_the_activations_over_the_plane(circle):
    network = Network((3, 4, 2, 1), "tanh", "sigmoid", seed=1)
    viewer = Viewer(network, circle)
    viewer.lookers.ask("me", Wish(8, (1, 2)))
    tiles = viewer.tiles()
    low, high = circle.plane.points["train"].min(axis=0), circle.plane.points["train"].max(axis=0)
    reach = (high - low) * 0.05
    x1 = np.linspace(low[0] - reach[0], high[0] + reach[0], 8)
    x2 = np.linspace(high[1] + reach[1], low[1] - reach[1], 8)
    places = np.array([(a, b) for b in x2 for a in x1])
    inputs = np.stack([places[:, 0], places[:, 0] ** 2, np.sin(places[:, 1])], axis=1)
    h = by_hand(network, inputs)
    h[0] = h[0] / np.abs(h[0]).max(axis=0) * tiles.scale  # an input fills the scale
    h[3] = (2 * h[3] - 1) * tiles.scale  # an answer does so too, and is neutral at one half
    for i, size in enumerate((3, 4, 2, 1)):
        wanted = np.clip(h[i].T.reshape(size, 8, 8) / tiles.scale, -1, 1)
        assert np.abs(tiles.of_layer(i) - wanted).max() < 0.5 / 127 + 1e-5
    (large,) = tiles.large
    assert (large.layer, large.unit) == (1, 2)
    assert large.array().shape == (40, 80)
    assert np.abs(large.array()[0, 0] - tiles.of_layer(1)[2, 0, 0]) < 1.01 / 127  # the same corner of the plane


def test_nobody_looks_and_nothing_is_made(circle):
    viewer = Viewer(Network((3, 4, 1), "tanh", "sigmoid"), circle)
    assert viewer.tiles() is None
    viewer.lookers.ask("me", Wish(8))
    assert viewer.tiles() is not None
    viewer.lookers.ask("me", Wish(0))
    assert viewer.tiles() is None


def test_tiles_are_as_large_as_the_largest_that_is_wanted_and_a_lease_ends(monkeypatch):
    lookers, clock = Lookers(), [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    assert lookers.ask("a", Wish(6, (1, 0)))
    assert lookers.ask("b", Wish(12))
    assert not lookers.ask("b", Wish(12))
    assert lookers.wanted() == (12, ((1, 0),))
    clock[0] += LEASE - 1
    lookers.ask("a", Wish(6, (1, 0)))
    clock[0] += 2
    assert lookers.wanted() == (6, ((1, 0),))


def test_a_wish_that_says_nothing_is_refused():
    assert Wish.parse("12 2.3") == Wish(12, (2, 3))
    assert Wish.parse(12.0) == Wish(12)
    for text in ("", "big", "-1", "99", "12 2", "12 -1.2", "1e999", None):
        with pytest.raises(TilesError, match="no wish"):
            Wish.parse(text)


def test_data_without_a_plane_has_no_tiles():
    data = datasets.load("iris")
    assert plane_of(data) is None
    viewer = Viewer(Network((4, 3, 3), "tanh", "softmax"), data)
    viewer.lookers.ask("me", Wish(8))
    assert viewer.tiles() is None


def test_a_training_makes_tiles_when_asked_and_the_log_keeps_them(circle):
    network = Network((3, 4, 1), "tanh", "sigmoid")
    trainer = Trainer(network, circle, TrainingConfig(epochs=1, batch_size=10))
    trainer.send(Command("tiles", "6 1.0", "viewer"))
    pictures = [event for event in trainer.events() if isinstance(event, Snapshot)]
    assert pictures[0].tiles is None
    assert pictures[-1].tiles.side == 6
    assert from_json(to_json(pictures[-1])) == pictures[-1]


def test_looking_changes_nothing_of_the_weights(circle):
    def trained(*commands):
        network = Network((3, 4, 1), "tanh", "sigmoid")
        trainer = Trainer(network, circle, TrainingConfig(epochs=2, batch_size=10))
        for command in commands:
            trainer.send(command)
        for _ in trainer.events():
            pass
        return network.theta

    assert np.array_equal(trained(), trained(Command("tiles", "6 1.0", "viewer")))


def test_the_scale_is_round():
    assert [round_up(v) for v in (0.3, 0.5, 0.99, 1.01, 1.2, 7, 12)] == [0.5, 0.5, 1, 1, 2, 10, 20]
