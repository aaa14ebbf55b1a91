"""Pictures that are not plain: transparent, of 16 bits, held sideways; folders and arrays as others make them."""

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.tables.new_rows import prepare_rows

Image = pytest.importorskip("PIL.Image", reason="the images extra is not installed")


@pytest.fixture
def zoo(tmp_path):
    """Save pictures as zoo/class/k.png; gives the folder."""

    def of(make, per_class=6, **save):
        for k in range(2 * per_class):
            folder = tmp_path / "zoo" / "ab"[k % 2]
            folder.mkdir(parents=True, exist_ok=True)
            make(k).save(folder / f"{k}.{save.pop('suffix', 'png')}", **save)
        return tmp_path / "zoo"

    return of


def pixels(data):
    return (data.train.x * 255)[np.argsort(data.train.rows)]


def everything(path, **options):
    return datasets.load(str(path), test=0, validation=0, **options)


def test_what_is_transparent_is_white(zoo):
    """Black ink on nothing, as drawing programs save it: the ink is in the alpha channel alone."""
    alpha = np.random.default_rng(0).integers(0, 256, (12, 4, 5), np.uint8)

    def inked(k):
        picture = np.zeros((4, 5, 4), np.uint8)
        picture[..., 3] = alpha[k]
        return Image.fromarray(picture, "RGBA")

    data = everything(zoo(inked))
    expected = (255.0 - alpha).reshape(12, -1)
    found = pixels(data).reshape(12, 20, -1)[..., 0]
    order = [np.lexsort(rows.T) for rows in (found, expected)]  # the files are read by name: 0, 10, 2 …
    np.testing.assert_allclose(found[order[0]], expected[order[1]], atol=1)
    assert any("12 of them are transparent in parts: they were laid on white" in line for line in data.report)


def test_sixteen_bits_are_brought_to_eight_and_not_cut(zoo):
    data = everything(zoo(lambda k: Image.fromarray(np.full((3, 3), k * 5000, np.uint16))))
    assert sorted({round(float(value)) for value in pixels(data)[:, 0]}) == [k * 5000 // 257 for k in range(12)]
    assert any("16 bits a pixel" in line for line in data.report)


def test_a_picture_is_held_as_its_camera_was(zoo):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    upright = np.zeros((3, 6, 3), np.uint8)
    upright[:, :2] = 255
    data = everything(zoo(lambda k: Image.fromarray(upright), exif=exif))
    assert data.image_shape == (6, 3, 3)
    assert pixels(data).reshape(12, 6, 3, 3)[0, :2].min() > 200


def test_validation_folders_are_honoured_and_class_names_must_agree(zoo, tmp_path):
    root = zoo(lambda k: Image.new("L", (3, 3), 10 * k))
    (tmp_path / "all").mkdir()
    root.rename(tmp_path / "all" / "train")
    for part, count in (("val", 2), ("test", 3)):
        for k in range(count):
            folder = tmp_path / "all" / part / "ab"[k % 2]
            folder.mkdir(parents=True, exist_ok=True)
            Image.new("L", (3, 3), 200 + k).save(folder / f"{k}.png")
    data = datasets.load(str(tmp_path / "all"))
    assert [len(part) for part in (data.train, data.validation, data.test)] == [12, 2, 3]
    assert np.allclose(np.sort(data.validation.x[:, 0] * 255), [200, 201])
    with pytest.raises(DataError, match="leave --val out"):
        datasets.load(str(tmp_path / "all"), validation=0.1)
    (tmp_path / "all" / "test" / "a").rename(tmp_path / "all" / "test" / "A")
    with pytest.raises(DataError, match="pictures of A that are not among those for training"):
        datasets.load(str(tmp_path / "all"))


def test_what_is_not_looked_at_is_counted(zoo):
    root = zoo(lambda k: Image.new("L", (3, 3), 10 * k))
    Image.new("L", (3, 3)).save(root / "a" / "x.gif")
    (root / "a" / "._0.png").write_bytes(b"macOS")
    (root / "b" / "more").mkdir()
    data = everything(root)
    assert len(data.train) == 12
    assert any("Not looked at: 1 .gif, 1 folders in folders, 1 hidden files" in line for line in data.report)


@pytest.mark.slow
def test_large_pictures_get_a_word_about_their_size(tmp_path):
    np.savez(tmp_path / "x.npz", x=np.zeros((20, 110, 100), np.uint8), y=np.arange(20) % 2)
    assert any("11,000 inputs" in line and "--size" in line for line in datasets.load(str(tmp_path / "x.npz")).report)


def test_one_hot_answers_are_classes(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 5
    np.savez(tmp_path / "x.npz", x=rng.integers(0, 256, (40, 3, 3)).astype(np.uint8), y=np.eye(5)[labels])
    data = everything(tmp_path / "x.npz")
    assert (data.task, data.class_names) == ("classes", ("0", "1", "2", "3", "4"))
    assert np.array_equal(data.train.y, labels[data.train.rows])
    np.savez(tmp_path / "t.npz", x=rng.normal(size=(40, 3)), y=np.eye(5)[labels])
    table = everything(tmp_path / "t.npz")
    assert np.array_equal(table.train.y, labels[table.train.rows])
    assert any("one-hot" in line for line in table.report)


@pytest.mark.parametrize(
    "names",
    [("X", "Y"), ("images", "labels"), ("data", "target"), ("train_images", "train_labels"), ("X_train", "y_train")],
)
def test_arrays_may_be_called_as_others_call_them(tmp_path, names):
    x, y = np.random.default_rng(0).integers(0, 256, (30, 4, 4)).astype(np.uint8), np.arange(30) % 3
    np.savez(tmp_path / "x.npz", **dict(zip(names, (x, y), strict=True)))
    assert np.allclose(everything(tmp_path / "x.npz").train.x.shape, (30, 16))


def test_medmnists_three_parts_and_colours_that_come_first(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {}
    for part, n in (("train", 20), ("val", 6), ("test", 4)):
        arrays[f"{part}_images"] = rng.integers(0, 256, (n, 3, 5, 4)).astype(np.uint8)
        arrays[f"{part}_labels"] = (np.arange(n) % 2)[:, None]
    np.savez(tmp_path / "m.npz", **arrays)
    data = datasets.load(str(tmp_path / "m.npz"))
    assert [len(part) for part in (data.train, data.validation, data.test)] == [20, 6, 4]
    assert data.image_shape == (5, 4, 3)
    assert np.allclose(data.test.x.reshape(4, 5, 4, 3) * 255, np.moveaxis(arrays["test_images"], 1, 3))


def test_labels_that_begin_at_one_make_no_empty_class(tmp_path):
    for what, array in (("images-idx3", np.zeros((9, 2, 2))), ("labels-idx1", np.arange(9) % 3 + 1)):
        head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
        (tmp_path / f"train-{what}-ubyte").write_bytes(head + array.astype(np.uint8).tobytes())
    assert datasets.load(str(tmp_path)).class_names == ("1", "2", "3")


def test_one_picture_is_predicted_and_answers_carry_file_names(zoo, command_line, tmp_path):
    root = zoo(lambda k: Image.new("L", (3, 3), 200 * (k % 2) + k), per_class=20)
    data = datasets.load(str(root))
    rows = prepare_rows(data.preparation, root / "b" / "3.png")
    assert rows.x[0, 0] * 255 == pytest.approx(203, abs=1)
    assert rows.keys == ("3.png",)
    code, _, err = command_line("train", root, "--headless", "--epochs", 2)
    assert code == 0, err
    code, out, err = command_line("predict", "newest", root)
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].endswith(",true,file")
    assert lines[1].endswith(",a,a/0.png")
