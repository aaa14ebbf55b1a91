"""A person's own pictures, and CIFAR-10's archive."""

import gzip
import io
import re
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.images.cifar import RECORD, TEST, TRAIN, read_cifar
from dnn_tui.datasets.tables.new_rows import prepare_rows

Image = pytest.importorskip("PIL.Image", reason="the images extra is not installed")


def picture(value, size=(5, 4), mode="L"):
    return Image.new(mode, size, value if mode == "L" else (value, 10, 20))


@pytest.fixture
def zoo(tmp_path):
    """Ten grey pictures each of cats and dogs, 4 high and 5 wide; a cat is darker."""
    for name, base in (("cat", 0), ("dog", 100)):
        (tmp_path / "zoo" / name).mkdir(parents=True)
        for k in range(10):
            picture(base + k).save(tmp_path / "zoo" / name / f"{k}.{'png' if k % 2 else 'jpg'}")
    return tmp_path / "zoo"


def test_a_folder_of_folders_gives_a_class_each(zoo):
    data = datasets.load(str(zoo))
    assert data.class_names == ("cat", "dog")
    assert data.image_shape == (4, 5)
    assert data.task == "binary"
    assert [len(part) for part in (data.train, data.validation, data.test)] == [13, 3, 4]
    for part in (data.train, data.validation, data.test):
        assert np.array_equal(part.x.mean(axis=1) > 50 / 255, part.y == 1)


def test_colour_is_kept_where_any_picture_has_it(zoo):
    picture(7, mode="RGB").save(zoo / "cat" / "9.png")
    data = datasets.load(str(zoo), validation=0, test=0)
    assert data.image_shape == (4, 5, 3)
    red = data.train.x[data.train.rows == 9].reshape(4, 5, 3)
    assert np.allclose(red * 255, [7, 10, 20])


def test_train_and_test_folders_are_honoured(zoo, tmp_path):
    (tmp_path / "both").mkdir()
    zoo.rename(tmp_path / "both" / "train")
    for name in ("cat", "dog"):
        (tmp_path / "both" / "test" / name).mkdir(parents=True)
        picture(50).save(tmp_path / "both" / "test" / name / "a.png")
    data = datasets.load(str(tmp_path / "both"))
    assert [len(part) for part in (data.train, data.validation, data.test)] == [16, 4, 2]


def test_pictures_can_be_brought_to_one_size(zoo):
    picture(3, (9, 9)).save(zoo / "cat" / "odd.png")
    with pytest.raises(DataError, match=r"differ in size: cat/0\.jpg is 4x5 and cat/odd\.png 9x9"):
        datasets.load(str(zoo))
    data = datasets.load(str(zoo), size="8x6", test=0, validation=0)
    assert data.image_shape == (8, 6)
    rows = prepare_rows(data.preparation, zoo)
    assert np.array_equal(rows.x[data.train.rows], data.train.x)
    assert np.array_equal(rows.y[data.train.rows], data.train.y)


def test_new_pictures_must_have_the_size_of_those_trained_on(zoo):
    record = datasets.load(str(zoo)).preparation
    picture(3, (9, 9)).save(zoo / "cat" / "odd.png")
    with pytest.raises(DataError, match=r"odd\.png is 9x9, but the network takes 4x5"):
        prepare_rows(record, zoo)


NO_PICTURES = {
    b"": "it is empty",
    b"\x89PNG\r\n\x1a\n": "it is no PNG or JPEG|it is damaged",
    b"GIF89a": "it is no PNG or JPEG, whatever its name says",
    b"no picture": "it is no PNG or JPEG, whatever its name says",
}


def cut(name, bytes_less):
    """A picture of noise in that file, without its end."""
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (4, 5), np.uint8))
    noise.save(name)
    whole = name.read_bytes()
    name.write_bytes(whole[: len(whole) - bytes_less])


def test_damaged_pictures_are_left_out_counted_and_named_with_why(zoo):
    """Those with a header that cannot be read, and those that end too early."""
    whole = datasets.load(str(zoo), test=0, validation=0)
    for k, content in enumerate(NO_PICTURES):
        (zoo / "dog" / f"b{k}.png").write_bytes(content)
    for name in ("c0.png", "c1.jpg"):
        cut(zoo / "cat" / name, 25)
    data = datasets.load(str(zoo), test=0, validation=0)
    np.testing.assert_array_equal(
        data.train.x[np.argsort(data.train.rows)], whole.train.x[np.argsort(whole.train.rows)]
    )
    assert any(line.startswith("20 pictures of 2 classes") for line in data.report)
    assert "Look at this: 6 pictures could not be read and were left out." in data.report
    for k, reason in enumerate(NO_PICTURES.values()):
        (line,) = (line for line in data.report if f"b{k}.png" in line)
        assert re.match(rf"dog/b{k}\.png: ({reason})", line)
    for name in ("c0.png", "c1.jpg"):
        (line,) = (line for line in data.report if name in line)
        assert re.match(rf"cat/{name}: it is (cut short|damaged) \(", line)


def test_of_many_damaged_pictures_the_first_are_named(zoo):
    for k in range(12):
        (zoo / "cat" / f"x{k:02}.png").touch()
    report = datasets.load(str(zoo)).report
    assert [line[4:7] for line in report if line.endswith("it is empty.")] == [f"x{k:02}" for k in range(8)]
    assert "… and 4 more." in report


def test_new_pictures_are_answered_without_the_damaged_ones_and_under_their_own_names(zoo):
    record = datasets.load(str(zoo)).preparation
    (zoo / "cat" / "3.png").write_bytes(b"")
    cut(zoo / "cat" / "5.png", 25)
    rows = prepare_rows(record, zoo / "cat")
    assert rows.keys == ("0.jpg", "1.png", "2.jpg", "4.jpg", "6.jpg", "7.png", "8.jpg", "9.png")
    assert len(rows.x) == 8
    assert rows.report[0] == "Look at this: 2 pictures could not be read and were left out."


@pytest.mark.parametrize("content", NO_PICTURES)
def test_one_broken_picture_alone_is_an_error(zoo, content):
    record = datasets.load(str(zoo)).preparation
    (zoo / "7.png").write_bytes(content)
    with pytest.raises(DataError, match=r"7\.png cannot be read: it is ") as caught:
        prepare_rows(record, zoo / "7.png")
    assert "\n" not in str(caught.value)


def test_where_no_picture_can_be_read_it_is_an_error(zoo):
    for file in zoo.glob("*/*"):
        file.write_bytes(b"")
    with pytest.raises(DataError, match=r"None of the 20 pictures in .* can be read; cat/0\.jpg: it is empty"):
        datasets.load(str(zoo))


def test_a_class_of_nothing_but_cut_pictures_is_named(zoo):
    for file in (zoo / "dog").iterdir():
        cut(file, 25)
    with pytest.raises(DataError, match=r"None of the pictures of dog in .* can be read; dog/0\.jpg: it is cut short"):
        datasets.load(str(zoo))


def test_a_class_without_a_readable_picture_is_none(zoo):
    for file in (zoo / "dog").iterdir():
        file.write_bytes(b"")
    with pytest.raises(DataError, match=r"pictures of 1 class: .* \(dog/0.jpg: it is empty, and 9 more\)"):
        datasets.load(str(zoo))


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (lambda zoo: None, {"size": "0x3"}, "no size"),
        (lambda zoo: None, {"size": "big"}, "no size"),
        (lambda zoo: None, {"target": "cat"}, "no --target"),
        (lambda zoo: [file.unlink() for file in zoo.glob("dog/*")] + [(zoo / "dog").rmdir()], {}, "1 class"),
        (lambda zoo: [file.unlink() for file in zoo.glob("*/*")], {}, "has no pictures"),
    ],
)
def test_a_folder_that_cannot_be_learned_is_answered_in_one_sentence(zoo, make, options, message):
    make(zoo)
    with pytest.raises(DataError, match=message):
        datasets.load(str(zoo), **options)


def test_idx_files_are_read_from_a_folder_or_by_name(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {"images-idx3": rng.integers(0, 256, (30, 2, 3)), "labels-idx1": np.arange(30) % 3}
    for name, array in arrays.items():
        head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        (tmp_path / f"train-{name}-ubyte.gz").write_bytes(gzip.compress(head + array.astype(np.uint8).tobytes()))
    for place in (tmp_path, tmp_path / "train-images-idx3-ubyte.gz"):
        data = datasets.load(str(place))
        assert data.class_names == ("0", "1", "2")
        assert sum(map(len, (data.train, data.validation, data.test))) == 30
    (tmp_path / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match="labels beside it"):
        datasets.load(str(tmp_path / "train-images-idx3-ubyte.gz"))


# ---- npz


def test_npz_pictures_and_tables_are_read(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (40, 3, 3)).astype(np.uint8), np.arange(40) % 4
    np.savez(tmp_path / "a.npz", x=x, y=y)
    data = datasets.load(str(tmp_path / "a.npz"))
    assert (data.image_shape, data.n_outputs) == ((3, 3), 4)
    assert np.allclose(data.train.x * 255, x[data.train.rows].reshape(-1, 9))
    np.savez_compressed(tmp_path / "b.npz", x_train=x / 255, y_train=y, x_test=x[:8] / 255, y_test=y[:8])
    assert len(datasets.load(str(tmp_path / "b.npz")).test) == 8
    np.savez(tmp_path / "c.npz", x=rng.normal(3, 5, (50, 6)), y=rng.normal(size=(50, 2)))
    data = datasets.load(str(tmp_path / "c.npz"))
    assert (data.task, data.n_features, data.n_outputs) == ("regression", 6, 2)
    np.savez(tmp_path / "d.npz", x=rng.normal(3, 5, (50, 6)), y=np.array(["a", "b"] * 25))
    assert datasets.load(str(tmp_path / "d.npz")).class_names == ("a", "b")


def npy_header(shape, kind="|u1"):
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": kind, "fortran_order": False, "shape": shape})
    return out.getvalue()


def npz(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.npy", content)


def test_npz_files_are_not_believed(tmp_path):
    path, y = tmp_path / "x.npz", npy_header((2,)) + b"\0\1"
    cases = {
        "no .npz": lambda: path.write_bytes(b"nothing"),
        "no .npz that can be read": lambda: npz(path, x=b"junk", y=y),
        "claims 1,099,511,627,776 bytes": lambda: npz(path, x=npy_header((1 << 40,)) + b"x", y=y),
        "Python objects": lambda: np.savez(path, x=np.array([[{}], [[]]], object), y=np.arange(2)),
        "it needs x and y": lambda: np.savez(path, z=np.zeros(3)),
        "must belong together": lambda: np.savez(path, x=np.zeros((5, 2, 2)), y=np.zeros(4)),
        "numbers are needed": lambda: np.savez(path, x=np.array([["a"], ["b"]]), y=np.arange(2)),
        "pictures are": lambda: np.savez(path, x=np.zeros((20, 2, 2, 7)), y=np.arange(20) % 2),
        "is '0' in every row": lambda: np.savez(path, x=np.zeros((20, 2, 2)), y=np.zeros(20)),
        "no finite numbers": lambda: np.savez(path, x=np.full((20, 2, 2), np.nan), y=np.arange(20) % 2),
        "All pixels": lambda: np.savez(path, x=np.full((20, 2, 2), 7.0), y=np.arange(20) % 2),
    }
    for message, make in cases.items():
        make()
        with pytest.raises(DataError, match=message) as caught:
            datasets.load(str(path))
        assert "\n" not in str(caught.value)


# ---- CIFAR-10


def cifar(path, batches):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in batches:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def records(n, label=3):
    planes = np.concatenate([np.full(1024, value, np.uint8) for value in (200, 100, 50)])
    return b"".join(bytes([label]) + planes.tobytes() for _ in range(n))


def test_cifar_10_is_read_as_rgb_from_its_archive(tmp_path, monkeypatch):
    folder = tmp_path / "cifar-10"
    folder.mkdir()
    batches = [(f"cifar-10-batches-bin/{name}", records(4, k % 10)) for k, name in enumerate(TRAIN + TEST)]
    cifar(folder / "cifar-10-binary.tar.gz", [*batches, ("cifar-10-batches-bin/readme.html", b"hello")])
    data = datasets.load("cifar-10", data_dir=tmp_path)
    assert data.image_shape == (32, 32, 3)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [18, 2, 4]
    assert np.allclose(data.train.x[0].reshape(32, 32, 3) * 255, [200, 100, 50])
    assert data.class_names[data.test.y[0]] == "dog"
    assert [file.name for file in folder.iterdir()] == ["cifar-10-binary.tar.gz"]


BROKEN = {
    "a path that leads out": ([("../../evil.bin", b"x")], "leads out of it"),
    "an absolute path": ([("/etc/passwd", b"x")], "leads out of it"),
    "a batch that is too large": ([("c/test_batch.bin", bytes(RECORD * 10_001))], "no CIFAR-10 batch"),
    "a batch with half a record": ([("c/test_batch.bin", bytes(RECORD + 1))], "no CIFAR-10 batch"),
    "no batches": ([("c/readme", b"x")], "lacks data_batch_1"),
    "a label beyond the classes": ([(f"c/{name}", records(1, 77)) for name in TRAIN + TEST], "label 77"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_cifar_archive_is_answered_in_one_sentence(case, tmp_path):
    batches, message = BROKEN[case]
    cifar(tmp_path / "c.tar.gz", batches)
    with pytest.raises(DataError, match=message):
        read_cifar(tmp_path / "c.tar.gz")
    assert [file.name for file in tmp_path.iterdir()] == ["c.tar.gz"]


def test_a_truncated_or_foreign_archive_is_answered_in_one_sentence(tmp_path):
    cifar(tmp_path / "c.tar.gz", [(f"c/{name}", records(20)) for name in TRAIN + TEST])
    whole = (tmp_path / "c.tar.gz").read_bytes()
    for content in (whole[: len(whole) // 2], b"not gzip", gzip.compress(b"not tar" * 200)):
        (tmp_path / "d.tar.gz").write_bytes(content)
        with pytest.raises(DataError):
            read_cifar(tmp_path / "d.tar.gz")
