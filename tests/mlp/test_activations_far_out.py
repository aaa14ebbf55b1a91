"""Activations where they are hard: far from 0, at their kinks, in place, in float32 and in long arrays."""

import math

import naive
import numpy as np
import pytest

from dnn_tui.mlp.activations import ACTIVATIONS, FORWARD_ONLY, HIDDEN
from dnn_tui.mlp.normal import normal_cdf, normal_density


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [31, 5000])
def test_a_long_array_is_the_naive_function_of_each_element(name, dtype, size):
    a = np.linspace(-9, 9, size).astype(dtype)
    activation, (g, derivative) = ACTIVATIONS[name], naive.ACTIVATION[name]
    h, local = np.empty_like(a), np.empty_like(a)
    activation.forward(a, h)
    activation.local(a, h, local)
    tolerance = 1e-12 if dtype == np.float64 else 2e-6
    np.testing.assert_allclose(h, [g(float(value)) for value in a], rtol=tolerance, atol=tolerance)
    away = np.abs(a) > 1e-6
    wanted = [derivative(float(value)) for value in a[away]]
    np.testing.assert_allclose(local[away], wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", [name for name in HIDDEN if ACTIVATIONS[name].in_place])
@pytest.mark.parametrize("size", [31, 5000])
def test_in_place_gives_the_same(name, size):
    a = np.linspace(-9, 9, size)
    apart, local, again = np.empty_like(a), np.empty_like(a), np.empty_like(a)
    ACTIVATIONS[name].forward(a, apart)
    ACTIVATIONS[name].local(a, apart, local)
    ACTIVATIONS[name].forward(a, a)
    ACTIVATIONS[name].local(a, a, again)
    np.testing.assert_array_equal(a, apart)
    np.testing.assert_array_equal(again, local)


@pytest.mark.parametrize("name", [*HIDDEN, *FORWARD_ONLY, "softmax"])
def test_ten_thousand_overflows_nothing(name):
    a = np.array([[-1e4, -800.0, 0.0, 800.0, 1e4]])
    h, local = np.empty_like(a), np.empty_like(a)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        ACTIVATIONS[name].forward(a, h)
        if ACTIVATIONS[name].local:
            ACTIVATIONS[name].local(a, h, local)
            assert np.isfinite(local).all()
    assert np.isfinite(h).all()


def test_the_normal_distribution_is_right_to_the_last_digits():
    x = np.linspace(-12, 12, 20_001)
    got = np.empty_like(x)
    normal_cdf(x, got)
    wanted = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x])
    assert np.abs(got - wanted).max() < 3e-16
    assert np.abs(got - wanted)[np.abs(x) < 10].max() <= 3e-16
    inner = np.abs(x) < 11  # the tail keeps its relative precision too
    np.testing.assert_allclose(got[inner], wanted[inner], rtol=1e-13)
    density = [math.exp(-value * value / 2) / math.sqrt(2 * math.pi) for value in x]
    np.testing.assert_allclose(normal_density(x), density, rtol=1e-13)


def test_relu_has_slope_0_at_its_kink_as_the_lectures_say():
    a = np.zeros(3)
    local = np.ones(3)
    ACTIVATIONS["relu"].local(a, a, local)
    assert local.tolist() == [0, 0, 0]


def test_the_lectures_activations_at_minus_2_0_and_2():
    a = np.array([-2.0, 0.0, 2.0])
    wanted = {
        "sigmoid": [0.119203, 0.5, 0.880797],
        "tanh": [-0.964028, 0, 0.964028],
        "relu": [0, 0, 2],
        "step": [0, 1, 1],
    }
    for name, values in wanted.items():
        h = np.empty(3)
        ACTIVATIONS[name].forward(a, h)
        np.testing.assert_allclose(h, values, atol=1e-6)
