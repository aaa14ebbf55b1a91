"""Functions of an expression where numbers are large, and where points are drawn: against SciPy and the Playground."""

import numpy as np
import pytest
from scipy import special

from dnn_tui.datasets.expression import evaluate, parse
from dnn_tui.datasets.generated.playground import multi_gauss_points, plane_points, xor_points


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
