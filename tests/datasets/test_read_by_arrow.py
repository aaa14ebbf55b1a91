"""pyarrow's reader and Python's csv: the same columns, the same notes, and the same errors on the same lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnn_tui.datasets.dataset import DataError
from dnn_tui.datasets.tables import arrow_text, columns, csv_file
from dnn_tui.datasets.tables.reading import read_table

pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'dnn-tui[parquet]'")

NUMBERS = st.floats(-1e6, 1e6).map(repr) | st.integers(-9999, 9999).map(str)
CELLS = {
    "numbers": NUMBERS,
    "holes": NUMBERS | st.sampled_from(["", "NA", " ", "nan", "-1.#IND"]),
    "words for missing": NUMBERS | st.sampled_from(["-", "unknown", "n.a."]),
    "blanks": NUMBERS.map(lambda cell: f" {cell} "),
    "thousands": st.integers(1000, 999_999).map(lambda n: f"{n // 1000}.{n % 1000:03}"),
    "signs": st.sampled_from(["+1", "1e5", "1_0", "inf", "0x10", "1.", ".5", "٣", "infinity"]),
    "colours": st.sampled_from(["red", "red ", "blau", "größe", ""]),
    "strays": NUMBERS | st.just("many"),
    "dates": st.dates().map(str),
    "commas": NUMBERS.map(lambda cell: cell.replace(".", ",")),
}


def outcome(path, monkeypatch, by_arrow: bool):
    """What reading gives: columns and notes, or the error; and whether pyarrow gave the rows."""
    used = []
    fill = arrow_text.fill

    def watched(*arguments):
        used.append(fill(*arguments))
        return used[-1]

    with monkeypatch.context() as patch:
        patch.setattr(arrow_text, "LARGE", 0 if by_arrow else 10**15)
        patch.setattr(arrow_text, "fill", watched)
        for module in (columns, arrow_text):
            patch.setattr(module, "MOST_DISTINCT", 12)
        patch.setattr(csv_file, "CHUNK_ROWS", 30)
        try:
            table = read_table(path)
        except DataError as error:
            return str(error), bool(used)
    told = [{name: getattr(column, name) for name in vars(column)} for column in table.columns.values()]
    return (told, table.rows, table.notes), bool(used)


def assert_same(path, monkeypatch):
    """Whether pyarrow gave the rows, which are the same."""
    plain, used = outcome(path, monkeypatch, by_arrow=False)
    assert not used
    found, used = outcome(path, monkeypatch, by_arrow=True)
    np.testing.assert_equal(found, plain)  # NaN is NaN
    return used


@settings(max_examples=30, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(sorted(CELLS)), min_size=2, max_size=4),
    rows=st.sampled_from([3, 29, 30, 31, 75]),
    delimiter=st.sampled_from(";\t|"),
    header=st.booleans(),
    data=st.data(),
)
def test_every_kind_of_column_is_read_alike(tmp_path_factory, kinds, rows, delimiter, header, data):
    drawn = [data.draw(st.lists(CELLS[kind], min_size=rows, max_size=rows)) for kind in kinds]
    lines = [delimiter.join(cells) for cells in zip(*drawn, strict=True)]
    lines[:0] = [delimiter.join(f"{kind} {k}" for k, kind in enumerate(kinds))] if header else []
    path = tmp_path_factory.mktemp("both") / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        used = assert_same(path, monkeypatch)
        assert used or "two columns called" in outcome(path, monkeypatch, by_arrow=True)[0]


ROWS = "".join(f"{k}.5,{k % 3},word\n" for k in range(60))


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("a,b,c\n" + ROWS, True),
        ("# of the year\n# a b c\na,b,c\n\n" + ROWS, True),
        (ROWS, True),
        ("\ufeff" + ROWS, True),
        ("a,b,c\r\n" + ROWS.replace("\n", "\r\n"), True),
        ("a,b,c\n" + ROWS.replace("7.5,1,word\n", "7.5,1,word\n\n"), True),
        ("a,b,c\n" + ROWS + "1,2\n", False),  # a cut row: the error says which
        ("a,b,c\n" + ROWS + "the end\n", False),  # a footer
        ("a,b,c\n" + ROWS + "1,2,3,4\n" + ROWS, False),
        ("a,b,c\n" + ROWS + '1,2,"three, or four"\n', False),
        ('a,b,c\n1,2,"three"x\n' + ROWS, False),
        ("a,b,c\n" + ROWS + "1,2,\0\n", False),
        ("a\n" + "\n".join(map(str, range(50))) + "\n", False),
        ("a,b,c\n", False),
    ],
)
def test_what_surrounds_the_rows_and_what_is_wrong_with_them_is_said_alike(tmp_path, monkeypatch, text, used):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert assert_same(path, monkeypatch) == used


def test_letters_of_another_encoding_are_read_alike(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_bytes(b"a,b,c\n" + ROWS.encode() + "1,2,größe\n".encode("cp1252"))
    assert not assert_same(path, monkeypatch)


def test_a_small_file_does_not_wait_for_pyarrow(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    assert not arrow_text.is_plain(path, ",")
