"""What a data set keeps for later: how new rows are prepared, which class a row is of, how far reading has come."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.dataset import DataError, Request
from dnn_tui.datasets.expression import evaluate, parse
from dnn_tui.datasets.generated.playground import POINTS
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
    picture_files = pytest.importorskip("dnn_tui.datasets.images.picture_files")
    pytest.importorskip("PIL.Image", reason="the images extra is not installed").new("L", (1, 1)).save(
        tmp_path / "a.png"
    )
    for count, told in ((1000, []), (1150, list(range(0, 1150, 100)))):
        heard = []
        hear = lambda what, done, total, heard=heard: heard.append((what, done, total))  # noqa: E731
        picture_files.read_pictures([("", tmp_path / "a.png")] * count, (1, 1), "L", tmp_path, hear)
        assert heard == [(tmp_path.name, done, count) for done in told]


@pytest.mark.parametrize("value", ['"add"', "[1, 2]", '["add", 2]', "3"])
def test_a_lesson_s_list_of_texts_is_a_list_and_of_texts(tmp_path, value):
    (tmp_path / "one.toml").write_text(f'name = "one"\ngates = {value}\n', encoding="utf-8")
    source = Source(tmp_path / "one.toml")
    with pytest.raises(LessonError, match=r"one\.toml, line 2: gates should be a list of texts"):
        Table(source, source.data).texts("gates")


@pytest.mark.parametrize("name", sorted(POINTS))
def test_points_of_the_plane_stay_inside_it_and_those_drawn_all_over_it_fill_it(name):
    """TensorFlow Playground's plane is −6 … 6 along both axes."""
    points, _ = POINTS[name](np.random.default_rng(0), 4000, 0.0)
    assert np.abs(points).max() <= 6
    if name in ("plane", "multi-gauss"):
        assert points.min() < -5.9
        assert points.max() > 5.9


def test_softmax_of_large_numbers_in_a_lesson_is_that_of_their_differences():
    large = evaluate(parse("softmax(z)"), {"z": np.array([1000.0, 1001.0, 998.0])})
    e = np.exp([0.0, 1.0, -2.0])
    np.testing.assert_allclose(large, e / e.sum())


def test_pictures_of_a_single_pixel_are_a_size_and_of_none_are_not(tmp_path):
    images = pytest.importorskip("PIL.Image", reason="the images extra is not installed")
    for name, grey in (("dark", 10), ("light", 200)):
        (tmp_path / name).mkdir()
        for k in range(10):
            images.new("L", (4, 4), grey).save(tmp_path / name / f"{k}.png")
    assert datasets.load(str(tmp_path), size="1").image_shape == (1, 1)
    assert datasets.load(str(tmp_path), size="2x1").image_shape == (2, 1)
    for size in ("0", "1x0", "2049"):
        with pytest.raises(DataError, match="is no size of pictures"):
            datasets.load(str(tmp_path), size=size)


def test_without_a_seed_data_are_those_of_seed_0():
    given, default = datasets.load("spiral", seed=0), datasets.load("spiral")
    assert Request().seed == 0
    np.testing.assert_array_equal(given.train.x, default.train.x)
