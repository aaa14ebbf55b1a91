"""What a snapshot shows of a single input's curve, and of rows in the last hidden layer."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.events import Snapshot, from_json, to_json
from dnn_tui.mlp.hidden_space import principal_plane, turned


def pictures(data, hidden, epochs=2, activation="tanh", **config):
    output = {"regression": "identity", "binary": "sigmoid", "classes": "softmax"}[data.task]
    network = Network((data.n_features, *hidden, data.n_outputs), activation, output, seed=0)
    trainer = Trainer(network, data, TrainingConfig(optimizer="adam", lr=0.01, epochs=epochs, seed=0, **config))
    return trainer, [event for event in trainer.events() if isinstance(event, Snapshot)]


@pytest.fixture(scope="module")
def curve():
    return datasets.load("formula", formula="y = sin(3*x)", samples=60, seed=1)


def test_a_formula_of_x_alone_has_one_input(curve):
    assert curve.n_features == 1
    assert curve.feature_names == ("x",)
    np.testing.assert_allclose(curve.train.y[:, 0], np.sin(3 * curve.train.x[:, 0]), atol=1e-5)
    assert datasets.load("formula", formula="x > 0", samples=20).task == "binary"
    assert datasets.load("formula", formula="sin(3*x1)", samples=20).n_features == 2  # as it was
    with pytest.raises(datasets.DataError, match="cannot have both"):
        datasets.load("formula", formula="x + x1", samples=20)


def test_the_curve_is_the_networks_answer_and_the_points_come_once(curve):
    trainer, found = pictures(curve, (5,))
    x, y = found[-1].fit.curve()
    np.testing.assert_allclose(y, trainer.network.predict(x[:, None].astype(np.float32))[:, 0], atol=1e-5)
    assert x[0] < curve.train.x.min() < curve.train.x.max() < x[-1]
    assert len(found[0].fit.points) == len(curve.train)
    np.testing.assert_allclose(
        sorted(found[0].fit.points), sorted(zip(curve.train.x[:, 0], curve.train.y[:, 0], strict=True)), rtol=2e-3
    )
    assert found[-1].fit.points == ()
    assert from_json(to_json(found[0])) == found[0]


def test_the_curve_of_a_scaled_table_stands_in_the_datas_own_units(tmp_path):
    raw = np.linspace(1000, 5000, 40)
    table = "\n".join(["size,price", *(f"{x:.1f},{3 * x + 7:.1f}" for x in raw)])
    (tmp_path / "flats.csv").write_text(table)
    data = datasets.load(str(tmp_path / "flats.csv"), target="price")
    trainer, found = pictures(data, (4,), epochs=1, batch_size=8)
    fit = found[0].fit
    points = np.array(fit.points)
    np.testing.assert_allclose(points[:, 1], 3 * points[:, 0] + 7, rtol=1e-2)
    assert points[:, 0].min() >= 1000
    assert points[:, 0].max() <= 5000
    x, y = found[-1].fit.curve()
    offset, scale = data.target_scale[0]
    scaled = ((x - fit.offset) / fit.scale).astype(np.float32)
    np.testing.assert_allclose(y, trainer.network.predict(scaled[:, None])[:, 0] * scale + offset, rtol=1e-3)


def test_two_hidden_units_are_shown_as_they_are():
    data = datasets.load("xor", samples=400, seed=0)
    trainer, found = pictures(data, (3, 2))
    places, labels = found[-1].hidden.points()
    network, x = trainer.network, data.train.x
    h = np.tanh(np.tanh(x @ network.W[1].T + network.b[1]) @ network.W[2].T + network.b[2])
    chosen = np.unique(np.linspace(0, len(x) - 1, min(256, len(x))).round().astype(int))
    assert found[-1].hidden.split == "training"  # 64 validation rows would say little
    np.testing.assert_allclose(places, h[chosen], atol=np.ptp(h, axis=0).max() / 255)
    np.testing.assert_array_equal(labels, data.train.y[chosen])
    assert from_json(to_json(found[-1])) == found[-1]


def test_more_units_are_shown_in_their_principal_plane():
    sklearn = pytest.importorskip("sklearn.decomposition")
    data = datasets.load("iris", seed=0)
    trainer, found = pictures(data, (7,), epochs=1)
    h = np.tanh(data.train.x @ trainer.network.W[1].T + trainer.network.b[1])
    pca = sklearn.PCA(2).fit(h)
    theirs = pca.transform(h)
    ours, labels = found[-1].hidden.points()
    assert found[-1].hidden.share == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-3)
    # the plane may be turned against theirs: distances between rows are the same
    apart = [np.linalg.norm(rows[:, None] - rows[None], axis=-1) for rows in (ours, theirs)]
    np.testing.assert_allclose(*apart, atol=0.03 * apart[1].max())
    np.testing.assert_array_equal(labels, data.train.y)


@pytest.mark.parametrize(("rows", "units"), [(50, 6), (20, 90), (60, 150)])
def test_the_principal_plane_is_scikit_learns(rows, units):
    sklearn = pytest.importorskip("sklearn.decomposition")
    rng = np.random.default_rng(rows)
    h = rng.normal(size=(rows, units)) * np.linspace(3, 0.1, units)
    theirs = sklearn.PCA(2).fit(h).components_.T
    centred = h - h.mean(axis=0)
    ours = principal_plane(centred)
    np.testing.assert_allclose(ours @ ours.T, theirs @ theirs.T, atol=1e-8)  # the same plane
    near = ours + 0.01 * rng.normal(size=ours.shape)
    again = principal_plane(centred, near)
    assert np.abs(again @ again.T - theirs @ theirs.T).max() < 0.02


def test_axes_are_turned_to_where_they_were():
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(9, 2)))[0]
    spun = axes @ np.array([[0.0, -1.0], [-1.0, 0.0]])  # swapped and mirrored
    np.testing.assert_allclose(turned(spun, axes), axes, atol=1e-12)


def test_a_regressions_rows_carry_their_targets():
    data = datasets.load("plane", samples=300, seed=0)
    _, found = pictures(data, (2,), epochs=1)
    hidden = found[-1].hidden
    _, labels = hidden.points()
    assert (hidden.low, hidden.high) == pytest.approx((labels.min(), labels.max()))
    assert -1.3 < labels.min() < -0.5 < 0.5 < labels.max() < 1.3  # (x1 + x2)/10, from −6 to 6


def test_what_has_no_hidden_space_shows_none():
    data = datasets.load("iris", seed=0)
    assert pictures(data, (), epochs=1)[1][-1].hidden is None
    assert pictures(data, (1,), epochs=1)[1][-1].hidden is None
    trainer, _ = pictures(data, (4,), epochs=1)
    trainer.network.theta[...] = np.nan
    assert trainer.viewer.hidden() is None


def test_an_older_log_without_these_pictures_is_read(curve):
    snapshot = pictures(curve, (3,), epochs=1)[1][-1]
    record = to_json(snapshot)
    del record["fit"], record["hidden"]
    assert from_json(record) == replace(snapshot, fit=None, hidden=None)
    assert len(base64.b64decode(snapshot.fit.values)) == 4 * len(snapshot.fit.curve()[0])


@pytest.mark.parametrize(("hidden", "shown", "every"), [((7,), 7, 1), ((40,), 16, 1), ((3, 20), 16, 1)])
def test_the_units_own_values_are_kept_beside_their_principal_plane(hidden, shown, every):
    data = datasets.load("iris", seed=0)
    trainer, found = pictures(data, hidden, epochs=1)
    picture, h = found[-1].hidden, data.train.x
    for W, b in zip(trainer.network.W[1:-1], trainer.network.b[1:-1], strict=True):
        h = np.tanh(h @ W.T + b)
    assert len(picture.shown) == shown
    assert picture.shown[-1] == hidden[-1] - 1
    first, last = picture.shown[0], picture.shown[-1]
    places, labels = picture.pair(last, first)
    np.testing.assert_allclose(places, h[:: picture.every, [last, first]], atol=np.ptp(h) / 255)
    np.testing.assert_array_equal(labels, data.train.y[:: picture.every])
    assert picture.every == every
    assert from_json(to_json(found[-1])) == found[-1]


def test_many_rows_of_many_units_are_thinned_so_that_a_logs_line_stays_short():
    data = datasets.load("xor", samples=2000, seed=0)
    hidden = pictures(data, (16,), epochs=1)[1][-1].hidden
    places, labels = hidden.pair(3, 5)
    assert (len(hidden.points()[0]), hidden.every, len(places), len(labels)) == (256, 2, 128, 128)
    assert len(base64.b64decode(hidden.values)) <= 2048


def test_a_picture_of_an_older_log_has_no_units_of_its_own():
    record = to_json(pictures(datasets.load("iris", seed=0), (5,), epochs=1)[1][-1])
    for name in ("shown", "ends", "every", "values"):
        del record["hidden"][name]
    assert from_json(record).hidden.shown == ()
