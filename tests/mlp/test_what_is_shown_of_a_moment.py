"""Pictures of a moment: how images are moved, the inputs shown of a wide row, the plane in the target's own unit.

Each number is worked out from geometry, or from a network small enough to be read.
"""

import base64

import numpy as np
import pytest

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.mlp import Network, TrainingConfig
from dnn_tui.mlp.augmentation import Augmenter
from dnn_tui.mlp.snapshot import Viewer


def made_of(x, y, task="regression", **more) -> Dataset:
    rows = Split(np.asarray(x, np.float32), np.asarray(y))
    names = tuple(f"x{k + 1}" for k in range(rows.x.shape[1]))
    return Dataset("made here", task, rows, rows, rows, names, **more)


@pytest.mark.parametrize(("angle", "slant"), [(30, 0), (0, 30), (40, 60)])
def test_turning_and_slanting_keep_areas_and_neither_goes_further_than_asked(angle, slant):
    """The determinant of the map is 1; when its turn is taken back, (1 0; tan 1) of the slant is left."""
    augmenter = Augmenter(TrainingConfig(augment_rotate=angle, augment_shear=slant), (9, 9))
    rows, columns = augmenter._sources(200, np.random.default_rng(0))
    places = np.stack([columns, rows], axis=1).astype(float)  # (n, 2, 9, 9): where pixels come from
    maps = np.stack([places[..., 4, 5] - places[..., 4, 4], places[..., 5, 4] - places[..., 4, 4]], axis=2)
    np.testing.assert_allclose(np.linalg.det(maps), 1, atol=1e-5)
    turn = np.arctan2(maps[:, 0, 1], maps[:, 0, 0])
    back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]).transpose(2, 0, 1)
    (one, none), (tangent, also_one) = (maps @ back).transpose(1, 2, 0)
    np.testing.assert_allclose([one, also_one], 1, atol=1e-5)
    np.testing.assert_allclose(none, 0, atol=1e-5)
    for drawn, most in ((turn, angle), (np.arctan(tangent), slant)):
        assert 0.9 * most <= np.degrees(np.abs(drawn)).max() <= most + 1e-3


def test_of_a_wide_row_the_inputs_that_never_vary_are_not_shown():
    x = np.zeros((30, 40))
    x[:, [3, 17, 38]] = np.random.default_rng(0).random((30, 3))
    x[:, 20] = 7.0
    viewer = Viewer(Network((40, 2, 2), seed=0), made_of(x, np.arange(30) % 2, "classes"))
    assert viewer.layers()[0].units == (3, 17, 38)
    assert np.shape(viewer.layers()[1].W) == (2, 3)


def test_the_surface_of_a_plane_is_that_plane_in_the_targets_own_unit():
    """ŷ = x1 + x2 with raw = 5 y + 100: from 80 to 120 over the rows, so the level at a place is known by hand."""
    corners = [(-2, -2), (2, 2), (-2, 2), (2, -2)]
    network = Network((2, 1), output="identity")
    network.W[1][...], network.b[1][...] = 1.0, 0.0
    data = made_of(corners, np.sum(corners, axis=1)[:, None].astype(float), target_scale=((100.0, 5.0),))
    surface = Viewer(network, data).surface()
    assert (surface.low, surface.high) == (80, 120)
    assert surface.x1 == surface.x2 == pytest.approx((-2.2, 2.2))
    shape = surface.rows, surface.columns
    levels = np.frombuffer(base64.b64decode(surface.values), np.uint8).reshape(shape)
    x1, x2 = np.linspace(-2.2, 2.2, shape[1]), np.linspace(2.2, -2.2, shape[0])  # the first row on top
    raw = 100 + 5 * (x1 + x2[:, None])
    np.testing.assert_allclose(levels, np.clip((raw - 80) / 40, 0, 1) * 255, atol=0.51)
    assert set(surface.points) == {(-2, -2, 80), (2, 2, 120), (-2, 2, 100), (2, -2, 100)}
