"""Points added to generated rows by hand, and taken away."""

import numpy as np
import pytest

from dnn_tui.datasets import DataError, load


def test_a_point_is_one_training_row_more_and_nothing_else_changes():
    plain, more = load("circle", samples=40), load("circle", samples=40, points=["1.5:-2=1", "0:3=0"])
    assert np.array_equal(more.train.x[:-2], plain.train.x)
    assert more.train.x[-2:].tolist() == [[1.5, -2], [0, 3]]
    assert more.train.y[-2:].tolist() == [1, 0]
    assert more.train.rows[-2:].tolist() == [40, 41]
    assert np.array_equal(more.validation.x, plain.validation.x)
    assert np.array_equal(more.test.y, plain.test.y)


def test_the_nearest_row_goes_also_one_that_was_added():
    plain = load("circle", samples=40)
    at = plain.train.x[3] + 1e-4
    less = load("circle", samples=40, points=["5:5=1", "5:5=gone", f"{at[0]}:{at[1]}=gone"])
    assert np.array_equal(less.train.x, np.delete(plain.train.x, 3, axis=0))
    assert np.array_equal(less.train.y, np.delete(plain.train.y, 3))


def test_of_computed_inputs_a_point_has_those_of_its_coordinates():
    data = load("circle", samples=40, inputs="x1^2,x2", points=["3:-2=1"])
    assert data.train.x[-1].tolist() == [9, -2]


def test_a_point_of_a_regression_has_a_number():
    assert load("plane", samples=40, points=["1:1=0.25"]).train.y[-1].tolist() == [0.25]


@pytest.mark.parametrize(
    ("name", "points", "sentence"),
    [
        ("circle", ["1:2"], "A point of this data is of class 0 or 1, not ''."),
        ("circle", ["1:2:3=1"], "A point of this data has 2 numbers, x1:x2, not '1:2:3'."),
        ("circle", ["nan:2=1"], "A point of this data has 2 numbers, x1:x2, not 'nan:2'."),
        ("plane", ["1:2=inf"], "A point of this data has a number to learn, not 'inf'."),
        ("circle", ["0:0=gone"] * 40, "The last training row cannot be taken away."),
        ("circle", ["0:0=1"] * 2001, "At most 2,000 points can be added or taken away by hand."),
    ],
)
def test_a_point_that_makes_no_sense_is_refused_in_one_sentence(name, points, sentence):
    with pytest.raises(DataError) as refused:
        load(name, samples=40, points=points)
    assert str(refused.value) == sentence


def test_rows_can_have_another_seed_than_the_rest():
    assert np.array_equal(load("xor", seed=3).train.x, load("xor", seed=0, data_seed=3).train.x)


def test_rows_of_another_seed_have_their_own_principal_components():
    one, other = load("iris", seed=3, components=2), load("iris", seed=0, data_seed=3, components=2)
    assert np.array_equal(one.train.x, other.train.x)
    assert not np.array_equal(one.train.x, load("iris", seed=0, components=2).train.x)
