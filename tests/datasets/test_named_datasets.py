"""The data sets known by name."""

import subprocess
import sys

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError

PLANE = ("spiral", "circle", "xor", "gauss")


def all_rows(data):
    """x, y and row numbers of the three parts, in the order of the source."""
    parts = (data.train, data.validation, data.test)
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows)
    x, y = (np.concatenate([getattr(part, name) for part in parts])[order] for name in ("x", "y"))
    return x, y, rows[order]


def test_digits_are_those_of_scikit_learn():
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    x, y, rows = all_rows(datasets.load("digits"))
    assert np.array_equal(rows, np.arange(1797))
    assert np.array_equal(x * 16, theirs.data)
    assert np.array_equal(y, theirs.target)


def test_digits_name_their_source_and_licence():
    data = datasets.load("digits")
    assert "Kaynak" in data.source
    assert data.licence == "CC BY 4.0"
    assert data.image_shape == (8, 8)
    assert data.n_features == 64
    assert data.n_outputs == 10


@pytest.mark.parametrize("name", ["digits", *PLANE])
def test_what_a_network_gets_is_float32_rows_and_int64_labels(name):
    data = datasets.load(name)
    for part in (data.train, data.validation, data.test):
        assert part.x.dtype == np.float32
        assert part.x.flags.c_contiguous
        assert part.y.dtype == np.int64
        assert part.x.shape == (len(part.y), data.n_features)
        assert np.isfinite(part.x).all()
    assert sum(map(len, (data.train, data.validation, data.test))) == datasets.entry(name).rows


@pytest.mark.parametrize("name", ["digits", "spiral"])
def test_the_same_seed_gives_the_same_rows_and_another_seed_others(name):
    first, again, other = datasets.load(name, seed=3), datasets.load(name, seed=3), datasets.load(name, seed=4)
    assert np.array_equal(first.train.x, again.train.x)
    assert np.array_equal(first.test.rows, again.test.rows)
    assert not np.array_equal(first.test.rows, other.test.rows)


@pytest.mark.parametrize("name", PLANE)
def test_without_noise_a_point_of_the_plane_is_labelled_by_the_playgrounds_rule(name):
    x, y, _ = all_rows(datasets.load(name, samples=400))
    radius, product = np.hypot(*x.T), x[:, 0] * x[:, 1]
    if name == "circle":
        assert np.array_equal(y == 1, radius < 2.5)
        assert not ((radius > 2.5) & (radius < 3.5)).any()
        assert radius.max() <= 5
    elif name == "xor":
        assert np.array_equal(y == 1, product >= 0)
        assert np.abs(x).min() >= 0.3 - 1e-6
        assert np.abs(x).max() <= 5.3
    elif name == "spiral":
        # the arm of each point follows from its angle: t = 1.75 · 2π · r / 5, half a turn apart
        t = 1.75 * 2 * np.pi * radius / 5
        on_first = np.cos(np.arctan2(x[:, 0], x[:, 1]) - t) > 0
        assert np.array_equal(on_first[radius > 0.1], (y == 1)[radius > 0.1])
    else:
        assert np.allclose(x[y == 1].mean(axis=0), [2, 2], atol=0.2)
        assert np.allclose(x[y == 0].mean(axis=0), [-2, -2], atol=0.2)
        assert np.allclose(x[y == 1].var(axis=0), 0.5, atol=0.15)


def test_noise_mislabels_points_near_the_border_of_the_circle():
    x, y, _ = all_rows(datasets.load("circle", noise=0.5, samples=2000))
    wrong = (y == 1) != (np.hypot(*x.T) < 2.5)
    assert 0.02 < wrong.mean() < 0.4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "mnsit"}, "did you mean 'mnist'"),
        ({"name": "spirall"}, "did you mean 'spiral'"),
        ({"name": "§"}, "there are digits, mnist"),
        ({"name": "digits", "validation": 1.2}, "validation share"),
        ({"name": "digits", "validation": -0.1}, "validation share"),
        ({"name": "digits", "test": 1.0}, "test share"),
        ({"name": "digits", "noise": 0.1}, "no --noise"),
        ({"name": "spiral", "target": "x"}, "takes only noise and samples"),
        ({"name": "spiral", "noise": 0.7}, "from 0 to 0.5"),
        ({"name": "spiral", "noise": float("nan")}, "from 0 to 0.5"),
        ({"name": "spiral", "samples": 3}, "10 to 1,000,000"),
        ({"name": "spiral", "samples": "many"}, "whole number"),
        ({"name": "mnist", "test": 0.2}, "its own test set"),
    ],
)
def test_a_wrong_wish_is_answered_in_one_sentence(arguments, message):
    with pytest.raises(DataError, match=message) as caught:
        datasets.load(**arguments)
    assert "\n" not in str(caught.value)


def test_importing_datasets_fetches_no_network_library():
    code = "import sys, dnn_tui.datasets as d; d.catalogue(); print(sorted({'pooch', 'requests'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
