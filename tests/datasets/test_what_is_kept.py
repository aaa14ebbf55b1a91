"""What a data set keeps for later: how new rows are prepared, which class a row is of, how far reading has come."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.dataset import Request
from dnn_tui.datasets.lessons.reader import LessonError, Source, Table
from dnn_tui.datasets.tables.new_rows import prepare_rows


def test_new_digits_are_prepared_as_those_trained_on(tmp_path):
    """scikit-learn's digits hold 0 to 16: prepared for a trained network, they are what it was trained on."""
    raw = pytest.importorskip("sklearn.datasets").load_digits()
    data = datasets.load("digits")
    np.savez(tmp_path / "new.npz", x=raw.images, y=raw.target)
    rows = prepare_rows(data.preparation, tmp_path / "new.npz")
    np.testing.assert_array_equal(rows.x[data.test.rows], data.test.x)
    np.testing.assert_allclose(rows.x, raw.data / 16)


def test_a_new_row_of_an_unknown_class_or_of_none_has_no_target(tmp_path):
    rows = ["1,red", "2,blue"] * 10
    (tmp_path / "old.csv").write_text("x,colour\n" + "\n".join(rows), encoding="utf-8")
    (tmp_path / "new.csv").write_text("x,colour\n1,red\n2,green\n3,\n4,blue\n", encoding="utf-8")
    data = datasets.load(str(tmp_path / "old.csv"), target="colour")
    new = prepare_rows(data.preparation, tmp_path / "new.csv")
    classes = {name: k for k, name in enumerate(data.class_names)}
    assert new.y.tolist() == [classes["red"], -1, -1, classes["blue"]]


def test_progress_is_told_every_hundred_pictures_of_many(tmp_path):
    own_images = pytest.importorskip("dnn_tui.datasets.images.own_images")
    pytest.importorskip("PIL.Image", reason="the images extra is not installed").new("L", (1, 1)).save(
        tmp_path / "a.png"
    )
    for count, told in ((1000, []), (1150, list(range(0, 1150, 100)))):
        heard = []
        request = Request(progress=lambda what, done, total, heard=heard: heard.append((what, done, total)))
        own_images.read_pictures([("", tmp_path / "a.png")] * count, [""], (1, 1), "L", "zoo", request)
        assert heard == [("zoo", done, count) for done in told]


@pytest.mark.parametrize("value", ['"add"', "[1, 2]", '["add", 2]', "3"])
def test_a_lesson_s_list_of_texts_is_a_list_and_of_texts(tmp_path, value):
    (tmp_path / "one.toml").write_text(f'name = "one"\ngates = {value}\n', encoding="utf-8")
    source = Source(tmp_path / "one.toml")
    with pytest.raises(LessonError, match=r"one\.toml, line 2: gates should be a list of texts"):
        Table(source, source.data).texts("gates")
