"""The same table out of every kind of file that is read, packed or not; what is none is told in one sentence."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.tables.reading import read_table

ROWS = [{"a": 1.5 * k, "n": k % 4, "word": ["x", "y, z", 'q"'][k % 3], "ok": k % 2 == 0} for k in range(30)]
ROWS[4]["a"] = None
CSV = "a,n,word,ok\n" + "".join(
    f'{"" if row["a"] is None else row["a"]},{row["n"]},"{row["word"].replace(chr(34), chr(34) * 2)}",'
    f"{str(row['ok']).lower()}\n"
    for row in ROWS
)
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def tarred(name, text, **more):
    """A tar archive of one file, and of more."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for each, content in {name: text, **more}.items():
            info = tarfile.TarInfo(each)
            info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()))
    return out.getvalue()


def zipped(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, text)
    return out.getvalue()


FILES = {
    "t.csv": CSV.encode(),
    "t.csv.bz2": bz2.compress(CSV.encode()),
    "t.csv.xz": lzma.compress(CSV.encode()),
    "t.tar": tarred("folder/t.csv", CSV),
    "t.tar.gz": gzip.compress(tarred("t.csv", CSV, README="about it")),
    "t.tgz": gzip.compress(tarred("t.csv", CSV)),
    "t.tar.xz": lzma.compress(tarred("t.csv", CSV)),
    "t.jsonl": LINES.encode(),
    "t.ndjson": b"\n" + LINES.encode(),
    "t.jsonl.gz": gzip.compress(LINES.encode()),
    "lines.json": LINES.encode(),
    "lines.zip": zipped("t.jsonl", LINES),
    "lines.txt": LINES.encode(),
    "t.json": json.dumps(ROWS).encode(),
    "indented.json": json.dumps(ROWS, indent=2).encode(),
    "columns.json": json.dumps({name: [row[name] for row in ROWS] for name in ROWS[0]}).encode(),
    "pandas.json": json.dumps({name: {str(k): row[name] for k, row in enumerate(ROWS)} for name in ROWS[0]}).encode(),
}


def same(table):
    assert table.rows == len(ROWS)
    assert list(table.columns) == list(ROWS[0])
    a, n, word, ok = table.columns.values()
    np.testing.assert_array_equal(a.numbers, [np.nan if row["a"] is None else row["a"] for row in ROWS])
    np.testing.assert_array_equal(n.numbers, [row["n"] for row in ROWS])
    assert [word.values[k] for k in word.codes] == [row["word"] for row in ROWS]
    assert [ok.values[k].lower() for k in ok.codes] == [str(row["ok"]).lower() for row in ROWS]


@pytest.mark.parametrize("name", FILES)
def test_it_is_the_same_table(tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name])
    same(read_table(tmp_path / name))


@pytest.mark.parametrize("name", ["t.feather", "t.arrow", "wrong.csv"])
def test_feather_too(tmp_path, name):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import feather

    feather.write_feather(pyarrow.Table.from_pylist(ROWS), tmp_path / name)
    if name == "wrong.csv":
        with pytest.raises(DataError, match=r"it is a Feather file; call it \.feather"):
            read_table(tmp_path / name)
        return
    same(read_table(tmp_path / name))


def test_a_column_that_comes_late_or_is_left_out_is_missing_there(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"a": 1}\n{"a": 2, "b": 5}\n\n{"b": 6}\n')
    a, b = read_table(tmp_path / "t.jsonl").columns.values()
    np.testing.assert_array_equal(a.numbers, [1, 2, np.nan])
    np.testing.assert_array_equal(b.numbers, [np.nan, 5, 6])


def test_a_network_is_trained_on_one(tmp_path):
    (tmp_path / "t.jsonl").write_text(LINES)
    data = datasets.load(str(tmp_path / "t.jsonl"), target="ok")
    assert data.class_names == ("false", "true")


BROKEN = {
    "empty.json": (b"", "is empty"),
    "blank.jsonl": (b"\n\n", "is empty"),
    "none.json": (b"[]", "has no rows"),
    "cut.json": (b'[{"a": 1}, {"a": ', "line 1: it is no JSON"),
    "line.jsonl": (b'{"a": 1}\n{"a": 2}\nnonsense\n', "line 3: it is no JSON"),
    "array.jsonl": (b'{"a": 1}\n[1, 2]\n', "line 2: a row must be a record"),
    "numbers.json": (b"[1, 2, 3]", "record 1: a row must be a record"),
    "one.json": (b'"text"', "must be a list of records"),
    "nested.json": (b'[{"a": {"b": 1}}]', "'a' holds {\"b\": 1}, which is no number or text"),
    "deep.json": (b"[" * 100_000, "nested too deeply|no JSON"),
    "uneven.json": (b'{"a": [1, 2], "b": [1]}', "different numbers of rows"),
    "other.json": (b'{"a": {"0": 1}, "b": {"1": 2}}', "not of the same rows"),
    "two.tar": (tarred("a.csv", CSV, **{"b.csv": CSV}), "has 2 files"),
    "cut.tar.gz": (gzip.compress(tarred("t.csv", CSV * 30))[:-90], "damaged"),
    "cut.csv.bz2": (bz2.compress(CSV.encode())[:-9], "damaged"),
    "cut.csv.xz": (lzma.compress(CSV.encode())[:-9], "damaged"),
    "bad.csv.xz": (b"\xfd7zXZ\0" + b"x" * 50, "damaged or not xz"),
    "bad.csv.bz2": (b"BZh9" + b"x" * 50, "cannot be read|damaged"),
    "no.feather": (b"ARROW1\0\0 no more", "no Feather file|needs pyarrow"),
    "t.xlsx": (b"PK\x03\x04", "is a spreadsheet: save it as CSV first"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path, name):
    content, message = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_table(tmp_path / name)
    assert "\n" not in str(caught.value)
