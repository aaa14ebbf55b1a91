"""Functions of an expression where numbers are large, and where points are drawn: against SciPy and the Playground."""

import numpy as np
import pytest
from scipy import special

from dnn_tui.datasets.expression import evaluate, parse
from dnn_tui.datasets.generated.playground import (
    circle_points,
    gauss_points,
    moons_points,
    multi_gauss_points,
    plane_points,
    spiral_points,
    xor_points,
)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sigmoid"])
@pytest.mark.parametrize(
    "z", [[0.5, -1.0, 2.0], [1000.0, 1001.0, 0.0], [-2000.0, -1999.0, -2001.0], [-30.0, 0.0, 30.0]]
)
def test_functions_of_far_out_numbers_are_scipys(name, z):
    theirs = {"softmax": special.softmax, "log_softmax": special.log_softmax, "sigmoid": special.expit}[name]
    ours = evaluate(parse(f"{name}(z)"), {"z": np.array(z)})
    np.testing.assert_allclose(ours, theirs(z), rtol=1e-12, atol=1e-300 if name == "log_softmax" else 1e-15)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_a_softmax_of_rows_is_one_of_each_row(name):
    z = np.random.default_rng(0).normal(0, 400, (5, 3))
    theirs = getattr(special, name)(z, axis=1)
    np.testing.assert_allclose(evaluate(parse(f"{name}(z)"), {"z": z}), theirs, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(("points", "reach"), [(plane_points, 6), (multi_gauss_points, 6), (xor_points, 5)])
def test_points_are_drawn_from_the_playgrounds_square(points, reach):
    """Uniform in ±6 (±5 and a padding of 0.3 off the axes in xor): 4,000 of them come close to every side."""
    drawn, _ = points(np.random.default_rng(0), 4000, 0.0)
    most = reach + (0.3 if points is xor_points else 0)
    np.testing.assert_allclose(drawn.max(axis=0), most, atol=0.02)
    np.testing.assert_allclose(drawn.min(axis=0), -most, atol=0.02)


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.5])
def test_noise_in_the_plane_is_as_large_as_the_playground_says(noise):
    """Gauss: variance from 0.5 to 4; spiral: up to ±noise; moons: normal; plane: judged up to ±6 noise aside."""
    rng, count = np.random.default_rng, 20_000
    drawn, labels = gauss_points(rng(0), count, noise)
    off = drawn - np.where(labels[:, None] == 1, 2.0, -2.0)
    np.testing.assert_allclose(off.mean(axis=0), 0, atol=0.05)
    np.testing.assert_allclose(off.var(axis=0), 0.5 + 3.5 * noise / 0.5, rtol=0.03)
    moved = spiral_points(rng(0), count, noise)[0] - spiral_points(rng(0), count, 0.0)[0]
    np.testing.assert_allclose(np.abs(moved).max(axis=0), noise, atol=1e-3)
    np.testing.assert_allclose(moved.mean(axis=0), 0, atol=0.02)
    moved = moons_points(rng(0), count, noise)[0] - moons_points(rng(0), count, 0.0)[0]
    np.testing.assert_allclose(moved.std(axis=0), noise, rtol=0.02)
    drawn, y = plane_points(rng(0), count, noise)
    np.testing.assert_allclose(np.abs(y - drawn.sum(axis=1) / 10).max(), 1.2 * noise, rtol=0.03)


@pytest.mark.parametrize("points", [circle_points, xor_points])
def test_noise_moves_the_point_that_is_judged_and_not_the_one_that_is_seen(points):
    """By 5 · 0.02 in each coordinate at most: only points that near to a border may have the other label."""
    seen, clean = points(np.random.default_rng(0), 20_000, 0.0)
    also_seen, noisy = points(np.random.default_rng(0), 20_000, 0.02)
    assert np.array_equal(seen, also_seen)
    near = np.abs(np.hypot(*seen.T) - 2.5) if points is circle_points else np.abs(seen).min(axis=1)
    changed = near[clean != noisy]
    if points is circle_points:
        assert 0.05 < changed.max() <= 0.1 * np.sqrt(2)
    else:
        assert not len(changed)  # 0.3 is kept free beside the axes
        assert (points(np.random.default_rng(0), 20_000, 0.1)[1] != clean).any()
