"""Principal components in place of the inputs: as scikit-learn finds them; the same for new rows; limits named."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.tables.new_rows import prepare_rows
from dnn_tui.experiments.changing.changed import changed
from dnn_tui.runs.config import DatasetConfig, RunConfig


def test_they_are_those_of_scikit_learn():
    decomposition = pytest.importorskip("sklearn.decomposition")
    whole, two = datasets.load("wine"), datasets.load("wine", components=2)
    theirs = decomposition.PCA(2).fit(whole.train.x.astype(float))
    wanted = theirs.transform(whole.test.x.astype(float)) / np.sqrt(theirs.explained_variance_[0])
    signs = np.sign((wanted * two.test.x).sum(axis=0))
    assert np.allclose(two.test.x, wanted * signs, atol=1e-4)
    assert two.feature_names == ("PC1", "PC2")
    assert f"{theirs.explained_variance_ratio_.sum():.1%}" in two.report[-1]
    assert np.array_equal(two.train.y, whole.train.y)


def test_a_picture_is_a_point_of_the_plane():
    digits = datasets.load("digits", components=2)
    assert digits.image_shape is None
    assert digits.train.x.shape[1] == 2
    assert np.isclose(digits.train.x[:, 0].std(ddof=1), 1, atol=1e-3)


def test_new_rows_are_seen_the_same_way(tmp_path):
    whole, two = datasets.load("iris"), datasets.load("iris", components=2)
    table = tmp_path / "new.csv"
    names = [column.name for column in whole.columns]
    raw = np.array([[5.1, 3.5, 1.4, 0.2], [6.0, 2.9, 4.5, 1.5]])
    table.write_text("\n".join([",".join(names), *(",".join(map(str, row)) for row in raw)]))
    record = two.preparation["components"]
    scaled = prepare_rows(whole.preparation, table).x.astype(float)
    wanted = (scaled - record["mean"]) @ np.array(record["directions"]).T
    assert np.allclose(prepare_rows(two.preparation, table).x, wanted, atol=1e-5)


@pytest.mark.parametrize(("name", "count"), [("circle", 6), ("iris", 5), ("wine", -1), ("wine", "many")])
def test_more_than_there_are_names_the_limit(name, count):
    most = {"circle": 2, "iris": 4, "wine": 13}[name]
    with pytest.raises(DataError, match=f"has 1 to {most} principal components, not {count}"):
        datasets.load(name, components=count)


def test_a_change_asks_for_them_and_takes_them_back():
    two = changed(RunConfig(DatasetConfig("wine")), "components=2")
    assert two.dataset.options == {"components": 2}
    assert changed(two, "components=0").dataset.options == {}
