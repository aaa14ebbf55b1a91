"""IDX files: where they are looked for, what is believed of them, and how they are fetched."""

import gzip
import hashlib
import http.server
import struct
import threading

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.images.idx import read_idx
from dnn_tui.datasets.named import download, published
from dnn_tui.datasets.named.download import Download, DownloadError, RemoteFile


def idx_bytes(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


@pytest.fixture
def small_mnist(tmp_path, monkeypatch):
    """Four files like MNIST's in a folder of their own, 20 + 10 images of 4x3; the cache is empty."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "published"
    folder.mkdir()
    for name, array in (
        ("train-images-idx3-ubyte", rng.integers(0, 256, (20, 4, 3))),
        ("train-labels-idx1-ubyte", np.arange(20) % 10),
        ("t10k-images-idx3-ubyte", rng.integers(0, 256, (10, 4, 3))),
        ("t10k-labels-idx1-ubyte", np.arange(10)),
    ):
        (folder / f"{name}.gz").write_bytes(gzip.compress(idx_bytes(array)))
    monkeypatch.setattr(download, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.delenv("DNN_TUI_DATA", raising=False)
    return folder


@pytest.fixture
def mirror(small_mnist, monkeypatch):
    """A web server that has these files; `mnist` is made to come from it. Yields the list of paths asked for."""
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(small_mnist))

        def log_message(self, *args):
            asked.append(self.path)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    publish(monkeypatch, small_mnist, (address + "gone/", address))
    yield asked
    server.shutdown()
    server.server_close()


def publish(monkeypatch, folder, mirrors):
    files = []
    for file in published.DOWNLOADS["mnist"].files:
        packed = (folder / file.name).read_bytes()
        content = hashlib.sha256(gzip.decompress(packed)).hexdigest()
        files.append(RemoteFile(file.name, len(packed), hashlib.md5(packed).hexdigest(), content))
    mnist = Download("mnist", mirrors, tuple(files), tuple("0123456789"))
    monkeypatch.setitem(published.DOWNLOADS, "mnist", mnist)


def test_the_real_mnist_is_read_from_a_folder_of_folders(shared_data, monkeypatch):
    monkeypatch.setenv("DNN_TUI_DATA", str(shared_data))
    data = datasets.load("mnist")
    assert [len(part) for part in (data.train, data.validation, data.test)] == [55_000, 5_000, 10_000]
    assert data.train.x.dtype == np.float32
    assert (data.train.x.min(), data.train.x.max()) == (0, 1)
    # the first test image is the well-known 7, and the published class counts of the training set
    assert data.test.y[0] == 7
    counts = np.bincount(np.concatenate([data.train.y, data.validation.y]))
    assert counts.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert data.report == ("Pixel values 0 to 255 were brought to 0 to 1.",)


def test_files_straight_in_the_data_folder_are_found_too(small_mnist):
    data = datasets.load("mnist", data_dir=small_mnist)
    assert [len(part) for part in (data.train, data.validation, data.test)] == [18, 2, 10]
    assert data.image_shape == (4, 3)
    assert "not the published ones" in data.report[-1]


def test_a_relative_of_mnist_has_its_own_folder_and_class_names(small_mnist, tmp_path):
    """The four files have the same names in the whole family: mnist's folder must not pass for fashion-mnist's."""
    small_mnist.rename(tmp_path / "mnist")
    for place in (tmp_path, tmp_path / "mnist"):
        with pytest.raises(DownloadError):
            datasets.load("fashion-mnist", data_dir=place, offline=True)
    (tmp_path / "mnist").rename(tmp_path / "fashion-mnist")
    assert datasets.load("fashion-mnist", data_dir=tmp_path).class_names[9] == "ankle boot"
    (tmp_path / "fashion-mnist").rename(tmp_path / "kmnist")
    assert datasets.load("kmnist", data_dir=tmp_path / "kmnist").class_names[0] == "o"


def test_a_missing_file_is_fetched_from_the_next_mirror_and_kept(mirror, small_mnist, tmp_path):
    seen = []
    data = datasets.load("mnist", progress=lambda *args: seen.append(args))
    assert len(data.test) == 10
    kept = tmp_path / "cache" / "mnist"
    assert sorted(file.name for file in kept.iterdir()) == sorted(file.name for file in small_mnist.iterdir())
    assert any(path.endswith("train-images-idx3-ubyte.gz") for path, *_ in seen)
    mirror.clear()
    datasets.load("mnist")
    assert mirror == []


def test_a_file_that_is_not_the_published_one_is_refused_and_not_kept(mirror, small_mnist, tmp_path):
    (small_mnist / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(np.zeros(10))))
    with pytest.raises(DownloadError, match="not the published one"):
        datasets.load("mnist")
    assert "t10k-labels-idx1-ubyte.gz" not in {file.name for file in (tmp_path / "cache" / "mnist").iterdir()}
    assert not list((tmp_path / "cache").rglob(".part*"))


def test_a_mirror_that_sends_without_end_is_cut_off(mirror, small_mnist, tmp_path):
    (small_mnist / "train-images-idx3-ubyte.gz").write_bytes(bytes(8 << 20))
    with pytest.raises(DownloadError, match="more than the"):
        datasets.load("mnist")
    assert not list((tmp_path / "cache").rglob("*.gz"))


def test_no_network_is_one_sentence_that_names_the_folder_and_the_files(small_mnist, tmp_path, monkeypatch):
    publish(monkeypatch, small_mnist, ("http://127.0.0.1:1/", "http://127.0.0.1:2/"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(DownloadError, match="cannot be reached") as caught:
        datasets.load("mnist")
    assert str(tmp_path / "cache" / "mnist") in str(caught.value)
    assert "train-images-idx3-ubyte.gz" in str(caught.value)
    assert caught.value.folder == tmp_path / "cache" / "mnist"
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "cache" / "mnist").exists()


def test_offline_asks_no_mirror(mirror):
    with pytest.raises(DownloadError, match="--offline"):
        datasets.load("mnist", offline=True)
    assert mirror == []


GOOD = idx_bytes(np.zeros((2, 3, 3)))
BROKEN_IDX = {
    "empty": (b"", "ends inside the header"),
    "half a header": (GOOD[:9], "ends inside the header"),
    "a wrong magic number": (b"\x89PNG" + GOOD[4:], "no IDX file"),
    "floats": (b"\0\0\x0d\3" + GOOD[4:], "no IDX file"),
    "too few dimensions": (b"\0\0\x08\1" + GOOD[4:], "no IDX file"),
    "a body that is short": (GOOD[:-1], "only 17"),
    "a body that is long": (GOOD + b"x", "more"),
    "a terabyte in the header": (struct.pack(">HBB3I", 0, 8, 3, 1 << 20, 1 << 10, 1 << 10) + b"x", "1,099,511,627,776"),
    "dimensions that overflow": (struct.pack(">HBB3I", 0, 8, 3, *[0xFFFFFFFF] * 3), "claims to hold"),
}


@pytest.mark.parametrize("case", BROKEN_IDX)
def test_a_broken_idx_file_is_named_in_one_sentence(case, tmp_path):
    content, message = BROKEN_IDX[case]
    for name, packed in (("x-ubyte", content), ("x-ubyte.gz", gzip.compress(content))):
        (tmp_path / name).write_bytes(packed)
        with pytest.raises(DataError, match=message):
            read_idx(tmp_path / name, 3)


@pytest.mark.parametrize("packed", [gzip.compress(GOOD, mtime=0)[:-9], gzip.compress(GOOD, mtime=0)[:-4], b"plain"])
def test_damaged_gzip_is_named_in_one_sentence(packed, tmp_path):
    (tmp_path / "x.gz").write_bytes(packed)
    with pytest.raises(DataError, match="damaged or not gzip"):
        read_idx(tmp_path / "x.gz", 3)


def test_labels_and_images_that_differ_in_number_are_refused(small_mnist):
    (small_mnist / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(np.zeros(9))))
    with pytest.raises(DataError, match=r"10 images but .* 9 labels"):
        datasets.load("mnist", data_dir=small_mnist)


@pytest.fixture(params=["ranges", "no ranges"])
def breaking_mirror(small_mnist, tmp_path, monkeypatch, request):
    """A server that breaks off its first answer of one file half-way. Yields the ranges asked for of that file."""
    rng = np.random.default_rng(1)  # larger pictures: what comes in pieces
    for part, rows in (("train", 20), ("t10k", 10)):
        packed = gzip.compress(idx_bytes(rng.integers(0, 256, (rows, 40, 30))))
        (small_mnist / f"{part}-images-idx3-ubyte.gz").write_bytes(packed)
    asked, name, ranges = [], "train-images-idx3-ubyte.gz", request.param == "ranges"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            whole, begin = (small_mnist / self.path.strip("/")).read_bytes(), 0
            wanted = self.headers.get("Range")
            if self.path.endswith(name):
                asked.append(wanted)
            if wanted and ranges:
                begin = int(wanted.removeprefix("bytes=").rstrip("-"))
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {begin}-{len(whole) - 1}/{len(whole)}")
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(whole) - begin))
            self.end_headers()
            breaks = self.path.endswith(name) and len(asked) == 1
            self.wfile.write(whole[begin : len(whole) // 2] if breaks else whole[begin:])

        def log_message(self, *args):
            """Nothing is printed."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    publish(monkeypatch, small_mnist, (f"http://127.0.0.1:{server.server_port}/",))
    yield asked
    server.shutdown()
    server.server_close()


def test_an_interrupted_download_goes_on_where_it_stopped(breaking_mirror, small_mnist, tmp_path, monkeypatch):
    with pytest.raises(DownloadError):
        datasets.load("mnist")
    whole = (small_mnist / "train-images-idx3-ubyte.gz").read_bytes()
    (part,) = (tmp_path / "cache" / "mnist").glob(".part*")
    had = part.stat().st_size
    assert part.read_bytes() == whole[:had]
    assert 0 < had <= len(whole) // 2
    datasets.load("mnist")
    assert breaking_mirror == [None, f"bytes={had}-"]
    assert (tmp_path / "cache" / "mnist" / "train-images-idx3-ubyte.gz").read_bytes() == whole
    assert not list((tmp_path / "cache").rglob(".part*"))


def test_a_beginning_that_is_of_another_file_is_fetched_again_from_the_start(mirror, small_mnist, tmp_path):
    kept = tmp_path / "cache" / "mnist"
    kept.mkdir(parents=True)
    (kept / ".part-train-images-idx3-ubyte.gz").write_bytes(b"something else")
    datasets.load("mnist")
    whole = (small_mnist / "train-images-idx3-ubyte.gz").read_bytes()
    assert (kept / "train-images-idx3-ubyte.gz").read_bytes() == whole
