"""Whatever is wrong with a person's file is said in one clear sentence."""

import gzip
import random

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError


def good(n=40, extra="", header="a,b,y"):
    return header + "\n" + "".join(f"{k / 7:.3f},{k * k % 11},{k % 2}{extra}\n" for k in range(n))


BIG = "".join(f"{k},x{k},{k % 2}\n" for k in range(12_000))

# name: (content, options of load, what the sentence must say)
TABLES = {
    "an empty file": ("", {"target": "y"}, "is empty"),
    "blank lines only": ("\n\n  \n", {"target": "y"}, "is empty"),
    "a header only": ("a,b,y\n", {"target": "y"}, "no rows"),
    "a header and one row": ("a,b,y\n1,2,0\n", {"target": "y"}, "in every row"),
    "two rows": ("a,b,y\n1,2,0\n2,3,1\n", {"target": "y"}, "too few|left to predict"),
    "a short row": (good() + "1,2\n", {"target": "y"}, "line 42: 2 fields where the first line has 3"),
    "a long row": (good() + "1,2,3,4\n", {"target": "y"}, "line 42: 4 fields"),
    "a quote that never ends": (good() + '"1,2,0\n', {"target": "y"}, "line 42: unexpected end"),
    "text after a quote": (good() + '"1"x,2,0\n', {"target": "y"}, "line 42"),
    "one class": (good().replace(",1\n", ",0\n"), {"target": "y"}, "is '0' in every row"),
    "a constant number to predict": (
        good().replace(",1\n", ",0\n"),
        {"target": "y", "task": "regression"},
        "every row",
    ),
    "a target without values": ("a,y\n" + "1.5,\n2.5,\n" * 20, {"target": "y"}, "no value in any row"),
    "a column without values": ("a,y\n" + ",1\n,0\n" * 20, {"target": "y"}, "No column .* is left"),
    "only missing words": ("a,y\n" + "NA,1\nnan,0\n?,1\n" * 20, {"target": "y"}, "No column .* is left"),
    "constant columns only": ("a,y\n" + "3,1\n3,0\n" * 20, {"target": "y"}, "No column .* is left"),
    "infinity in the target": (
        "a,y\n" + "".join(f"{k},{k * 1.5}\n" for k in range(40)) + "3,-Inf\n",
        {"target": "y"},
        "infinite value in row 41",
    ),
    "numbers near the end of the range": ("a,y\n" + "1e308,1\n-1e308,0\n" * 20, {"target": "y"}, "too large"),
    "no target asked for": (good(), {}, "Give --target with one of: a, b, y"),
    "a target that is near": (
        "age,height,label\n" + good().split("\n", 1)[1],
        {"target": "labels"},
        "did you mean 'label'",
    ),
    "a target that is nowhere": (good(), {"target": "zzz"}, "no column 'zzz': it has a, b, y"),
    "a target given twice": (good(), {"target": ["y", "y"]}, "twice"),
    "a header with a name twice": (good(header="a,a,y"), {"target": "y"}, "two columns called 'a': 1 and 2"),
    "10,000 classes": ("a,b,y\n" + BIG, {"target": "b"}, "too many different texts|more than 1,000"),
    "2,000 classes": (
        "a,y\n" + "".join(f"{k},c{k % 2000}\n" for k in range(4000)),
        {"target": "y"},
        "2,000 different texts",
    ),
    "10,000 categories and nothing else": (
        "b,y\n" + "".join(f"x{k},{k % 2}\n" for k in range(12_000)),
        {"target": "y"},
        "No column .* is left",
    ),
    "a date to predict": ("a,y\n" + "1,2024-01-31\n2,2023-05-06\n" * 20, {"target": "y"}, "target 'y' holds dates"),
    "one word among numbers": (
        good(60) + "none today,3,1\n",
        {"target": "y"},
        "'a' holds numbers, but row 61 says 'none today'",
    ),
    "one word late in a long column": (
        "a,y\n" + "".join(f"{k / 7:.4f},{k % 2}\n" for k in range(30_000)) + "x7,1\n",
        {"target": "y"},
        "row 30001 says 'x7'",
    ),
    "a word where a number is to be predicted": (good(), {"target": "a", "task": "binary"}, "binary task has two"),
    "texts for regression": (
        "a,y\n" + "1,no\n2,yes\n" * 20,
        {"target": "y", "task": "regression"},
        "must hold numbers, but row 1 says 'no'",
    ),
    "a task that does not exist": (good(), {"target": "y", "task": "clustering"}, "no task 'clustering'"),
    "two targets for classes": (good(), {"target": ["y", "b"], "task": "classes"}, "2 targets are a regression"),
    "every column a target": (good(), {"target": ["a", "b", "y"]}, "No column .* is left"),
    "dropping a column that is not there": (good(), {"target": "y", "drop": ["c"]}, "no column 'c'"),
    "dropping the target": (good(), {"target": "y", "drop": ["y"]}, "is the target itself"),
    "dropping everything": (good(), {"target": "y", "drop": ["a", "b"]}, "No column .* is left"),
    "a split column with other words": (
        good().replace("y\n", "y,part\n", 1).replace("0\n", "0,later\n").replace("1\n", "1,train\n"),
        {"target": "y", "split": "part"},
        "says 'later'",
    ),
    "a split that is nowhere": (good(), {"target": "y", "split": "fold"}, "no column 'fold'"),
    "a split without training": (
        good(extra=",test", header="a,b,y,part"),
        {"target": "y", "split": "part"},
        "no row to train on",
    ),
    "an option that tables do not have": (good(), {"target": "y", "noise": 0.1}, "no --noise"),
    "a share that is none": (good(), {"target": "y", "validation": 1.5}, "validation share"),
    "a number that could be two": (
        "a;y\n" + "".join(f"{k + 1},{k:03};{k % 2}\n" for k in range(40)),
        {"target": "y"},
        "says 1,000, which can mean 1000 or 1: give --column",
    ),
    "a price that could be two": (
        "a;y\n" + "".join(f"€ {k + 1}.{k:03};{k % 2}\n" for k in range(40)),
        {"target": "y"},
        "says 1.000, which can mean 1000 or 1",
    ),
    "a column that is none, asked for": (good(), {"target": "y", "column": ["c=log"]}, "no such column"),
    "a kind that is none": (good(), {"target": "y", "column": ["a=fine"]}, "cannot be 'fine'"),
    "too few bins": (good(), {"target": "y", "column": ["a=ple:1"]}, "2 to 256"),
    "a wish of no column": (good(), {"target": "y", "column": ["log"]}, "write --column NAME=KIND"),
    "texts as a logarithm": (
        "a,y\n" + "red,1\nblue,0\n" * 20,
        {"target": "y", "column": ["a=log"]},
        "cannot be log: it holds texts",
    ),
    "nearly all numbers to predict": (
        "a,y\n" + "".join(f"{k},{k * 7} mm\n" for k in range(18)) + "1,3 cm\n2,none\n",
        {"target": "y"},
        "holds numbers, written in different ways|holds numbers, but one says",
    ),
    "a NumPy array": (b"\x93NUMPY\x01\x00", {"target": "y"}, "a NumPy array; save x and y as one .npz"),
    "a pickle": (b"\x80\x04\x95abc", {"target": "y"}, "a Python pickle"),
    "zero bytes": (b"a,b,y\n\0\0,1,2\n", {"target": "y"}, "zero bytes"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), {"target": "y"}, "not UTF-8|zero bytes|no text"),
    "a line without end": ("a" * (1 << 24), {"target": "y"}, "more than 16,777,216 characters"),
    "a huge cell": (good() + "1," + "9" * 200_000 + ",1\n", {"target": "y"}, "field larger than field limit"),
    "too many columns": (",".join(f"c{k}" for k in range(100_001)) + "\n", {"target": "y"}, "100,001 columns"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_broken_table_is_answered_in_one_sentence(case, tmp_path):
    content, options, message = TABLES[case]
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=message) as caught:
        datasets.load(str(path), **options)
    assert "\n" not in str(caught.value).strip()
    assert str(caught.value).endswith((".", "?"))


@pytest.mark.slow
@pytest.mark.parametrize("case", TABLES)
def test_the_command_line_refuses_it_and_leaves_nothing_behind(case, command_line, tmp_path):
    content, options, _ = TABLES[case]
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    words = ["train", path, "--headless"]
    for name, values in options.items():
        for value in values if isinstance(values, list) else [values]:
            words += [{"validation": "--val"}.get(name, f"--{name}"), value]
    code, out, err = command_line(*words)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    assert err.startswith(("dnn-tui: ", "Usage: "))  # no progress bar where nobody looks
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv.gz", gzip.compress(good().encode())[:-12], "damaged or not gzip"),
        ("t.csv.gz", b"a,b,y\n1,2,3\n", "damaged or not gzip"),
        ("t.xlsx", b"PK\x03\x04", "spreadsheet"),
    ],
)
def test_a_damaged_container_is_answered_in_one_sentence(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        datasets.load(str(tmp_path / name), target="y")


def test_a_damaged_parquet_file_is_answered_in_one_sentence(tmp_path):
    pytest.importorskip("pyarrow", reason="the parquet extra is not installed")
    (tmp_path / "t.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(DataError, match="no Parquet file") as caught:
        datasets.load(str(tmp_path / "t.parquet"), target="y")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_answered_with_one_that_is(tmp_path):
    (tmp_path / "patients.csv").write_text(good())
    with pytest.raises(DataError, match=r"did you mean .*patients\.csv"):
        datasets.load(str(tmp_path / "pateints.csv"), target="y")


def test_no_random_bytes_get_through_as_a_traceback(tmp_path):
    """Two hundred files of noise and of damaged tables: a data set or a DataError, and nothing else."""
    noise = random.Random(0)
    for k in range(200):
        content = bytearray(noise.randbytes(noise.randrange(1, 300)) if k % 2 else good().encode())
        for _ in range(3):
            content[noise.randrange(len(content))] = noise.randrange(256)
        path = tmp_path / "t.csv"
        path.write_bytes(bytes(content))
        try:
            data = datasets.load(str(path), target="y")
        except DataError as error:
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert np.isfinite(data.train.x).all()


def test_nothing_is_left_behind_by_a_broken_file(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1\n")
    with pytest.raises(DataError):
        datasets.load(str(tmp_path / "t.csv"), target="b")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
