"""What a key names in a network, from the first of each to the last; what a lesson's row says of shapes."""

import numpy as np
import pytest

from dnn_tui.experiments.explaining.calculation import explain_calculation
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.subject import InspectError, Row
from dnn_tui.mlp import Network


@pytest.fixture
def subject() -> NetworkSubject:
    network = Network((3, 2, 2), "tanh", "softmax", seed=3)
    network.b[1][...], network.b[2][...] = (0.25, 0.5), (0.75, 1.0)
    return NetworkSubject("small", network=network, rows=[Row("r", np.array([7.0, 8.0, 9.0]), np.array([0.0, 1.0]))])


def test_every_number_of_a_network_has_its_key(subject):
    network = subject.network
    for i in (1, 2):
        for (k, j), weight in np.ndenumerate(network.W[i]):
            for key in (f"W{i}[{k + 1},{j + 1}]", f"w{i}{k + 1}{j + 1}", f"W_{i}[{k + 1}, {j + 1}]"):
                assert subject.value(key) == weight, key
        for k, bias in enumerate(network.b[i]):
            assert subject.value(f"b{i}[{k + 1}]") == subject.value(f"b{i}{k + 1}") == bias
    assert [subject.value(key) for key in ("x1", "x_3", "x[2]", "y1", "y2")] == [7, 9, 8, 0, 1]


@pytest.mark.parametrize(
    "key",
    [
        "W0[1,1]",
        "W3[1,1]",
        "w011",
        "w311",
        "W1[0,1]",
        "W1[3,1]",
        "W1[1,4]",
        "b1[0]",
        "b0[1]",
        "b3[1]",
        "b01",
        "b31",
        "b2[3]",
        "x0",
        "x4",
        "y3",
        "z1",
    ],
)
def test_a_key_beyond_the_first_or_the_last_is_refused(subject, key):
    with pytest.raises(InspectError):
        subject.value(key)


def test_a_row_of_a_lesson_says_the_shapes_of_what_it_takes_and_gives():
    values = {"W": np.ones((2, 3)), "x": np.ones(3), "c": np.asarray(2.0)}
    steps = explain_calculation(values, [("a", "c * W @ x", ""), ("s", "sum(a)", ""), ("d", "c * c", "")])
    assert [step.shapes.split(" → ") for step in steps] == [
        ["number, 2×3, 3", "2"],
        ["2", "number"],
        ["number", "number"],
    ]


def test_a_result_too_large_to_be_written_out_shows_its_element_and_what_can_be_put_in():
    values = {"B": np.arange(900.0).reshape(30, 30), "c": np.asarray(2.0)}
    both, plain = explain_calculation(values, [("e", "c * B", ""), ("f", "B + B", "")])
    assert both.substituted((0, 3)) == "e = 2·B;  e_{1,4} = 6"
    assert plain.substituted((1, 0)) == "f_{2,1} = 60"  # nothing was put in: the equation is not said twice
