"""Splits that do not leak: whole groups, the latest rows, folds."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.splitting import fold_of_rows, split_groups, split_in_time

PARTS = ("train", "validation", "test")


@pytest.fixture
def visits(tmp_path):
    """Four visits each of fifty persons, on days in no order."""
    rng = np.random.default_rng(0)
    days = np.datetime64("2020-01-01") + rng.permutation(200)
    lines = [f"p{k // 4},{day},{rng.random():.4f},{'ill' if k % 3 else 'well'}" for k, day in enumerate(days)]
    (tmp_path / "t.csv").write_text("\n".join(["person,day,x,y", *lines]))
    return str(tmp_path / "t.csv"), days


@pytest.mark.parametrize("seed", range(5))
def test_no_group_is_on_two_sides_and_shares_are_met(seed):
    groups = np.random.default_rng(seed).integers(0, 40, 1000)
    parts = split_groups(groups, seed, 0.2, 0.25)
    assert sorted(np.concatenate(parts)) == list(range(1000))
    sets = [set(groups[part]) for part in parts]
    assert sum(map(len, sets)) == len(set.union(*sets))
    assert [len(part) for part in parts] == pytest.approx([600, 150, 250], abs=40)


@pytest.mark.parametrize("folds", [2, 5, 7])
def test_folds_are_of_one_size_and_spread_every_class(folds):
    labels = np.repeat([0, 1, 2], [101, 52, 9])
    fold = fold_of_rows(len(labels), 3, folds, labels)
    counts = np.array([[((fold == k) & (labels == c)).sum() for c in range(3)] for k in range(folds)])
    assert (np.ptp(counts, axis=0) <= 1).all()
    assert np.ptp(counts.sum(axis=1)) <= 1
    groups = np.arange(162) // 5
    fold = fold_of_rows(162, 3, folds, None, groups)
    assert all(len(set(fold[groups == g])) == 1 for g in range(33))
    assert np.ptp(np.bincount(fold)) <= 5


def test_in_time_the_test_is_later_than_all_else_and_ties_stay_together():
    times = np.random.default_rng(0).integers(0, 30, 400).astype(float)
    train, validation, test = split_in_time(times, 0, 0.2, 0.2)
    assert times[train].max() < times[validation].min()
    assert times[validation].max() < times[test].min()
    assert len(test) == pytest.approx(80, abs=30)
    with pytest.raises(DataError, match="Too few rows are earlier"):
        split_in_time(np.zeros(10), 0, 0.2, 0.2)


def test_a_group_column_holds_rows_together_and_is_no_input(visits):
    data = datasets.load(visits[0], target="y", group="person")
    persons = [set(getattr(data, part).rows // 4) for part in PARTS]
    assert sum(map(len, persons)) == len(set.union(*persons))
    assert not any(name.startswith("person") for name in data.feature_names)
    assert any("rows of one person together" in line for line in data.report)


def test_a_time_column_puts_the_latest_rows_into_the_test(visits):
    path, days = visits
    data = datasets.load(path, target="y", time="day")
    assert days[data.train.rows].max() < days[data.validation.rows].min()
    assert days[data.validation.rows].max() < days[data.test.rows].min()
    assert any("Split by day, the latest for the test" in line for line in data.report)


def test_the_folds_of_a_table_are_its_rows_once_each(visits):
    tests = [datasets.load(visits[0], target="y", fold=f"{k}/4").test.rows for k in range(1, 5)]
    assert sorted(np.concatenate(tests)) == list(range(200))
    tests = [datasets.load(visits[0], target="y", fold=f"{k}/4", group="person").test.rows for k in range(1, 5)]
    assert sorted(np.concatenate(tests)) == list(range(200))
    assert not set(tests[0] // 4) & set(np.concatenate(tests[1:]) // 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group": "nobody"}, "no column 'nobody'"),
        ({"group": "y"}, "is the target itself"),
        ({"time": "person"}, "neither dates nor numbers"),
        ({"time": "day", "group": "person"}, "leave --group and --folds out"),
        ({"fold": "6/5"}, "no fold"),
        ({"fold": "1/500"}, "cannot be cut into 500 folds"),
        ({"fold": "1/5", "test": 0.1}, "The folds are the tests"),
    ],
)
def test_a_split_that_cannot_be_is_one_sentence(visits, options, message):
    with pytest.raises(DataError, match=message):
        datasets.load(visits[0], **{"target": "y", **options})
