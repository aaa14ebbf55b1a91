"""The tables inside the package: the same numbers as scikit-learn's, and the lectures'."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.named.embedded import embedded_table

SKLEARN = {"iris": "load_iris", "wine": "load_wine", "breast-cancer": "load_breast_cancer", "diabetes": "load_diabetes"}


@pytest.mark.parametrize("name", SKLEARN)
def test_an_embedded_table_has_scikit_learns_numbers(name):
    loaders = pytest.importorskip("sklearn.datasets")
    theirs = getattr(loaders, SKLEARN[name])(**({"scaled": False} if name == "diabetes" else {}))
    table = embedded_table(name)
    *features, target = table.columns.values()
    assert np.array_equal(np.stack([column.numbers for column in features], axis=1), theirs.data)
    if name == "diabetes":
        assert np.array_equal(target.numbers, theirs.target)
    else:
        groups = [np.unique(theirs.target[target.codes == k]) for k in range(len(target.values))]
        assert all(len(group) == 1 for group in groups)
        assert len(np.unique(groups)) == len(theirs.target_names)


@pytest.mark.parametrize("entry", [e for e in datasets.catalogue() if e.where != "download"], ids=lambda e: e.name)
def test_the_catalogue_tells_the_truth(entry):
    data = datasets.load(entry.name, **({"formula": "x1 > x2"} if entry.name == "formula" else {}))
    assert sum(map(len, (data.train, data.validation, data.test))) == entry.rows
    assert data.n_features == entry.features
    assert len(data.class_names) == entry.classes
    assert data.task == entry.task
    assert data.source
    assert data.licence
    assert entry.defaults.batch_size <= len(data.train)


def test_the_recommended_batch_fits_whatever_is_left_to_train_on():
    data = datasets.load("student-exam", validation=0.5)
    assert data.defaults.batch_size == len(data.train) == 4


def raw(data, split):
    """Inputs and targets of a split, back in their own units."""
    offset, scale = np.array([(column.offset, column.scale) for column in data.columns]).T
    to, by = np.array(data.target_scale).T
    return split.x * scale + offset, split.y * by + to


def test_the_student_table_gives_the_least_squares_line_of_the_lecture():
    """LESSONS C3: Exam = 81.466 + .0822 Study - 3.7276 Sleep + .2823 Quiz, mean squared error 94.376."""
    data = datasets.load("student-exam")
    x, y = raw(data, data.train)
    a = np.column_stack([np.ones(8), x])
    weights = np.linalg.lstsq(a, y[:, 0], rcond=None)[0]
    assert np.allclose(weights, [81.466, 0.0822, -3.7276, 0.2823], atol=5e-4)
    assert ((a @ weights - y[:, 0]) ** 2).mean() == pytest.approx(94.376, abs=1e-3)


def test_one_batch_step_on_the_student_table_is_the_lectures():
    """LESSONS C3: standardised, zero weights, η .1, ½ mean: w = [.070201, -.067091, .062580], loss .380416."""
    data = datasets.load("student-exam")
    order = np.argsort(data.train.rows)
    x, y = data.train.x[order].astype(float), data.train.y[order, 0].astype(float)
    w = 0.1 * x.T @ y / 8
    assert np.allclose(w, [0.070201, -0.067091, 0.062580], atol=1e-5)
    assert ((x @ w - y) ** 2).mean() / 2 == pytest.approx(0.380416, abs=1e-5)


def test_house_rent_and_liver_have_the_slides_numbers():
    rent = datasets.load("house-rent")
    x, y = raw(rent, rent.train)
    rows = {tuple(np.round([*features, target[0]], 3)) for features, target in zip(x, y, strict=True)}
    assert rows == {(850, 2, 12), (1100, 2, 14), (1000, 3, 15)}
    liver = datasets.load("liver-4")
    assert liver.train.y.sum() == 2
    assert "backwards" in liver.report[-1]
