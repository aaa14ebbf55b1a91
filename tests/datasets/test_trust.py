"""What a table says is read as it was meant, or refused; what was done to it is said."""

import gzip
import math
import zipfile
from pathlib import Path

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.tables import dates, numerals
from dnn_tui.datasets.tables.features import bounds
from dnn_tui.datasets.tables.fitting import BINNED, MOST_CATEGORIES
from dnn_tui.datasets.tables.new_rows import prepare_rows
from dnn_tui.datasets.tables.preparing import SMALL
from dnn_tui.datasets.tables.wishes import KINDS

N = 60


@pytest.fixture
def load(tmp_path):
    """Load a table from its text; options as for `datasets.load`."""

    def of(text, name="t.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return datasets.load(str(path), **{"target": "y", "test": 0, "validation": 0, **options})

    return of


def table(cells, header="v", delimiter=",", y=lambda k: k % 2):
    """A table of one column beside x and y."""
    quoted = [f'"{cell}"' if delimiter in str(cell) else str(cell) for cell in cells]
    lines = [delimiter.join([cell, f"{math.sin(k) + 2:.6f}", str(y(k))]) for k, cell in enumerate(quoted)]
    return "\n".join([delimiter.join([header, "x", "y"]), *lines]) + "\n"


def raw(data, name="v"):
    """The column's numbers in the order of the file, out of the inputs."""
    at = data.feature_names.index(name)
    column = data.columns[at]
    values = np.empty(len(data.train))
    values[data.train.rows] = data.train.x[:, at] * column.scale + column.offset
    return values


# ---- numbers as people write them

NUMBERS = np.round(np.linspace(3, 985_431, N) ** 1.0, 2)


@pytest.mark.parametrize(
    ("write", "delimiter", "said"),
    [
        (lambda v: f"{v:.2f}", ",", "number, mean"),
        (lambda v: f"{v:,.2f}", ";", "a comma between thousands"),
        (lambda v: f"{v:,.2f}", ",", "a comma between thousands"),
        (lambda v: f"{v:,.2f}".translate(str.maketrans(",.", ".,")), ";", "a point between thousands and a decimal"),
        (lambda v: f"{v:.2f}".replace(".", ","), ";", "a decimal comma"),
        (lambda v: f"{v:,.2f}".replace(",", "'"), ";", "an apostrophe between thousands"),
        (lambda v: f"{v:,.2f}".replace(",", " "), ",", "a blank between thousands"),
        (lambda v: f"{v:,.2f}".replace(",", "\u202f").replace(".", ","), ";", "a blank between thousands and a"),
        (lambda v: f"${v:,.2f}", ",", "$ left aside"),
        (lambda v: f"{v:.2f} €", ",", "€ left aside"),
        (lambda v: f"{v:.2f}%", ",", "% left aside"),
        (lambda v: f"{v:.2f} mm", ",", "mm left aside"),
        (lambda v: f"EUR {v:,.2f}", ",", "EUR left aside"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written_and_it_is_said(load, write, delimiter, said):
    data = load(table([write(v) for v in NUMBERS], delimiter=delimiter))
    np.testing.assert_allclose(raw(data), NUMBERS, rtol=1e-5, atol=0.5)
    assert any(line.startswith("v: ") and said in line for line in data.report), data.report


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["1,234", "326"], [1234, 326]),
        (["1,234,567", "1,000"], [1234567, 1000]),
        (["(1,200)", "300"], [-1200, 300]),
        (["-$5.50", "$7"], [-5.5, 7]),
        (["0,125", "3,250"], [0.125, 3.25]),
        (["12,25", "3,250"], [12.25, 3.25]),
        (["1.234,50", "99"], [1234.5, 99]),
        (["3e3", "2,5e2"], [3000, 250]),
        (["−4", "5,5"], [-4, 5.5]),
    ],
)
def test_a_column_is_read_as_a_whole(cells, meant):
    written = numerals.detect(cells)
    assert not written.ambiguous
    assert [numerals.numeral(cell, written.code[:-1], written.code[-1]) for cell in cells] == meant


@pytest.mark.parametrize("cells", [["1,234"], ["1,234", "1500"], ["9,999", "2.000"], ["€ 1.234", "€ 2.500"]])
def test_what_could_be_two_numbers_is_not_guessed(cells):
    written = numerals.detect(cells)
    assert written is None or written.ambiguous


@pytest.mark.parametrize(
    "cells", [["12 mm", "3 cm"], ["A12", "A13"], ["192.168.1.1"], ["1-2"], ["207a", "15A"], ["12k"]]
)
def test_texts_with_numbers_in_them_stay_texts(cells):
    assert numerals.detect(cells) is None


def test_a_point_between_thousands_is_suspected_where_another_column_has_decimal_commas(load):
    lines = [f"{k},5;{k + 1}.{k:03};{k % 2}" for k in range(N)]
    with pytest.raises(DataError, match=r"says \d+\.\d{3}, which can mean \d+ or .*: give --column"):
        load("\n".join(["a;b;y", *lines]))
    data = load("\n".join(["a;b;y", *lines]), column=["b=number:1.234,5"])
    assert raw(data, "b")[7] == pytest.approx(8007, rel=1e-4)


def test_all_ambiguous_columns_are_named_at_once(load):
    lines = [f"{k + 1},{k:03};{k + 2},{k:03};{k % 2}" for k in range(N)]
    with pytest.raises(DataError, match=r"Column 'a' says .* likewise b"):
        load("\n".join(["a;b;y", *lines]))


def test_new_rows_are_read_as_training_was_even_where_they_alone_are_ambiguous(load, tmp_path):
    data = load(table([f"{v:,.0f}" for v in NUMBERS], delimiter=";"))
    (tmp_path / "new.csv").write_text("v;x\n1,234;2\n5,678;2\n")
    rows = prepare_rows(data.preparation, tmp_path / "new.csv")
    column = data.columns[0]
    assert rows.x[:, 0] * column.scale + column.offset == pytest.approx([1234, 5678], abs=1)


@pytest.mark.parametrize(
    "write", [lambda v: f"{v:,.2f} €".translate(str.maketrans(",.", ".,")), lambda v: f"${v:,.2f}"]
)
def test_a_price_to_predict_is_a_regression_in_its_unit(load, tmp_path, write):
    values = np.round(np.linspace(900, 250_000, N), 2)
    lines = [f"{k * 7 % 11};{write(v)}" for k, v in enumerate(values)]
    data = load("\n".join(["a;y", *lines]))
    assert data.task == "regression"
    offset, scale = data.target_scale[0]
    assert data.train.y[:, 0] * scale + offset == pytest.approx(values[data.train.rows], rel=1e-4, abs=1)
    (tmp_path / "new.csv").write_text(f"a;y\n3;{write(1234.0)}\n")
    rows = prepare_rows(data.preparation, tmp_path / "new.csv")
    assert rows.y[0, 0] * scale + offset == pytest.approx(1234, abs=1)


def test_large_whole_numbers_are_no_classes(load):
    """popd71: ten populations from 111,641 to 7.7 million."""
    populations = [111_641, 230_000, 516_000, 900_100, 7_703_106]
    data = load(table([k % 7 for k in range(N)], y=lambda k: populations[k % 5]))
    assert data.task == "regression"


def test_zip_codes_are_names_and_keep_their_noughts(load, tmp_path):
    data = load(table([f"0{k % 5}100" for k in range(N)], "zip_code"))
    assert data.feature_names[:2] == ("zip_code=00100", "zip_code=01100")
    (tmp_path / "new.csv").write_text("zip_code,x\n01100,2\n")
    assert prepare_rows(data.preparation, tmp_path / "new.csv").x[0, :5].tolist() == [0, 1, 0, 0, 0]
    assert load(table([f"0{k % 5}100" for k in range(N)], "zip_code"), column=["zip_code=number"]).n_features == 2


# ---- what is missing, and what is infinite


def test_an_infinite_number_counts_as_missing_and_the_rest_goes_on(load):
    data = load(table(["inf" if k == 4 else "-Infinity" if k == 9 else k % 13 for k in range(N)]))
    assert np.isfinite(data.train.x).all()
    assert data.train.x[:, data.feature_names.index("v missing")].sum() == 2
    assert any("2 infinite taken as missing" in line for line in data.report)


@pytest.mark.parametrize("word", ["-", "--", ".", "n.a.", "#DIV/0!", "nil", "unknown", "\\N", "missing"])
def test_words_that_are_no_numbers_count_as_missing_among_numbers(load, word):
    data = load(table([word if k % 10 == 0 else k * 1.5 for k in range(N)]))
    assert data.columns[0].kind == "number"
    assert data.train.x[:, 1].sum() == 6
    assert any(f"{word} taken as missing" in line for line in data.report)


def test_the_same_words_stay_categories_among_texts(load):
    data = load(table(["unknown" if k % 3 else "red" for k in range(N)]))
    assert data.feature_names[:2] == ("v=red", "v=unknown")


def test_a_word_for_missing_can_be_given_and_new_rows_know_it(load, tmp_path):
    cells = ["-999" if k % 10 == 0 else k * 1.5 for k in range(N)]
    data = load(table(cells), missing=["-999"])
    assert raw(data).min() > -1
    (tmp_path / "new.csv").write_text("v,x\n-999.0,2\n3,2\n")
    assert prepare_rows(data.preparation, tmp_path / "new.csv").x[:, 1].tolist() == [1, 0]
    said = load(table(cells)).report
    assert any("Look at this: v is -999 in 6 training rows" in line and "--missing=-999" in line for line in said)


# ---- identifiers


@pytest.mark.parametrize(
    ("header", "cell", "left_out"),
    [
        ("", lambda k: k, True),
        ("", lambda k: (k * 37) % 101, True),
        ("", lambda k: f"Athlete {k}", True),
        ("", lambda k: f"team {k % 3}", False),
        ("rownames", lambda k: 3 * k + k % 2, True),
        ("ID", lambda k: 1_000_000 + k // 2, True),
        ("customerID", lambda k: (k * 37) % 101, True),
        ("Ketchup.id", lambda k: k // 3, True),
        ("SSN", lambda k: 5_000 - k, True),
        ("x_nr", lambda k: k + 1, True),
        ("year", lambda k: 1871 + k, False),
        ("t", lambda k: 5 + k, False),
        ("paid", lambda k: (k * 37) % 101, False),
        ("valid", lambda k: (k * 37) % 101, False),
        ("index", lambda k: k // 3, False),
        ("ID", lambda k: k % 3, False),
    ],
)
@pytest.mark.parametrize("rows", [12, 24, N])
def test_columns_that_name_rows_are_left_out_and_quantities_are_not(load, header, cell, left_out, rows):
    if rows < N and header in ("ID", "Ketchup.id", "x_nr"):
        pytest.skip("too few rows to see it")
    data = load(table([cell(k) for k in range(rows)], header))
    name = header or "column 1"
    assert any(found.startswith(name) for found in data.feature_names) == (not left_out), data.report
    assert any(line.startswith(f"{name} left out") for line in data.report) == left_out


def test_where_no_column_is_left_the_sentence_says_why(load):
    with pytest.raises(DataError, match=r"No column .* id left out: .*--keep id"):
        load("id,y\n" + "".join(f"{k * 3},{k % 2}\n" for k in range(40)))


# ---- dates


def test_dates_never_stop_a_training_and_become_numbers(load):
    start = np.datetime64("2021-01-04T06:00")  # a Monday
    moments = [start + np.timedelta64(37 * k, "h") for k in range(N)]
    data = load(table([str(m).replace("T", " ") for m in moments], "at"))
    days = np.array([(m - np.datetime64("1970-01-01")) / np.timedelta64(1, "D") for m in moments])
    assert raw(data, "at") == pytest.approx(days, abs=0.01)
    inputs = {name: data.train.x[:, k] for k, name in enumerate(data.feature_names)}
    weekday = (np.floor(days) % 7)[data.train.rows]
    assert inputs["at: week sin"] == pytest.approx(np.sin(2 * np.pi * weekday / 7), abs=1e-5)
    assert inputs["at: hour cos"] == pytest.approx(np.cos(2 * np.pi * (days % 1))[data.train.rows], abs=1e-5)
    assert inputs["at: time of year sin"] == pytest.approx(
        np.sin(2 * np.pi * days / 365.2425)[data.train.rows], abs=1e-5
    )
    assert any(line.startswith("at: date, days, time of the year, weekday, hour") for line in data.report)


@pytest.mark.parametrize(
    ("cells", "form", "first"),
    [
        (["2024-01-31", "2024-02-29"], "iso", "2024-01-31"),
        (["2024-01-31T12:00:00Z", "2024-02-29T00:00:00Z"], "iso", "2024-01-31T12:00"),
        (["31.01.2024", "01.02.2024"], "%d.%m.%Y", "2024-01-31"),
        (["31/01/2024", "01/02/2024"], "%d/%m/%Y", "2024-01-31"),
        (["01/31/2024", "02/01/2024"], "%m/%d/%Y", "2024-01-31"),
        (["01 Nov 2007", "12 Dec 2008"], "%d %b %Y", "2007-11-01"),
        (["Jan 1 2000", "Feb 3 2001"], "%b %d %Y", "2000-01-01"),
        (["2014Q1", "2014Q3"], "quarter", "2014-01-01"),
        (["1949-11", "1950-02"], "%Y-%m", "1949-11-01"),
        (["1/2/24 3:05 PM", "12/30/23 1:00 AM"], "%m/%d/%y %I:%M %p", "2024-01-02T15:05"),
    ],
)
def test_dates_are_known_as_they_are_written(cells, form, first):
    assert dates.detect(cells)[0] == form
    expected = (np.datetime64(first) - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
    assert dates.days(cells[0], form) == pytest.approx(expected)


def test_a_date_that_could_be_two_is_said_and_can_be_told(load):
    cells = [f"{k % 12 + 1:02}/{k % 11 + 1:02}/2020" for k in range(N)]
    said = next(line for line in load(table(cells)).report if line.startswith("v: date"))
    assert "read as %m/%d/%Y" in said
    assert "could be %d/%m/%Y" in said
    data = load(table(cells), column=["v=date:%d/%m/%Y"])
    assert raw(data)[1] == pytest.approx(
        (np.datetime64("2020-02-02") - np.datetime64("1970-01-01")).astype(int), abs=0.1
    )
    assert raw(data)[2] == pytest.approx(
        (np.datetime64("2020-03-03") - np.datetime64("1970-01-01")).astype(int), abs=0.1
    )


def test_cells_that_are_no_date_are_missing_and_counted(load):
    data = load(table(["soon" if k == 5 else f"2024-03-{k % 28 + 1:02}" for k in range(N)]))
    assert data.train.x[:, data.feature_names.index("v missing")].sum() == 1
    assert any("1 cells that are no such date" in line for line in data.report)


def test_days_written_as_numbers_are_pointed_out(load):
    cells = [f"2024{k % 12 + 1:02}{k % 28 + 1:02}" for k in range(N)]
    assert any('--column "v=date:%Y%m%d"' in line for line in load(table(cells)).report)
    assert "v: week sin" in load(table(cells), column=["v=date:%Y%m%d"]).feature_names


# ---- the first line, the encoding, what stands around the table


@pytest.mark.parametrize("name", ["inf", "nan", "1960"])
def test_a_name_that_could_be_a_number_is_a_name(load, name):
    data = load(f"year,unem,{name}\n" + "".join(f"{1948 + k},{k % 7},{k / 9:.2f}\n" for k in range(N)), target="unem")
    assert name in data.feature_names


def test_years_above_numbers_are_names(load):
    lines = [f"land{k % 4},{k % 7}.5,{k},{k * 2}" for k in range(N)]
    data = load("\n".join(["country,1960,1961,1962", *lines]), target="1962")
    assert data.target_names == ("1962",)
    assert any("taken for names, 1960, 1961, 1962 too" in line for line in data.report)


def test_the_first_line_is_what_the_person_says(load):
    text = "\n".join(["7,8", *(f"{k / 3:.2f},{k % 2}" for k in range(N))])
    assert load(text, target="8", header=True).feature_names == ("7",)
    words = "\n".join(["red,no", *(f"{'red' if k % 3 else 'blue'},{'yes' if k % 2 else 'no'}" for k in range(N))])
    assert len(load(words, target="column 2", header=False).train) == N + 1


def test_latin_letters_of_windows_are_read_and_it_is_said(load):
    text = "größe,y\n" + "".join(f"{'süß' if k % 3 else 'herb'},{k % 2}\n" for k in range(N))
    data = load(text.encode("cp1252"))
    assert data.feature_names == ("größe=herb", "größe=süß")
    assert any("not UTF-8, so it was read as cp1252" in line for line in data.report)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_and_inside_gzip(load, encoding):
    text = table([k / 7 for k in range(N)])
    assert load(text.encode(encoding)).n_features == 2
    assert load(gzip.compress(text.encode("utf-16")), "t.csv.gz").n_features == 2


def test_comments_title_footer_and_row_names_are_passed_over_and_said(load):
    body = table([k / 7 for k in range(N)])
    for text, said in (
        ("# made in 2020\n# by hand\n" + body, "2 lines of comments"),
        ("Results of May\n" + body, "is a title"),
        (body + "Source: us\n", "is no row"),
        ("# " + body, ""),
    ):
        data = load(text)
        assert (data.feature_names, len(data.train)) == (("v", "x"), N)
        assert any(said in line for line in data.report)
    lines = [f'"r{k}" {k / 7:.3f} {k % 3} {k % 2}' for k in range(N)]
    data = load('"a" "b" "y"\n' + "\n".join(lines))  # R's write.table: blanks, and a name less than columns
    assert data.feature_names == ("a", "b")
    assert "column 1 left out" in " ".join(data.report)


def test_a_zip_is_opened_and_other_binary_files_are_called_what_they_are(load, tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("inner.csv", table([k / 7 for k in range(N)]))
    data = datasets.load(str(tmp_path / "z.zip"), target="y")
    assert any("inner.csv in z.zip" in line for line in data.report)
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
        archive.writestr("b.csv", "a\n1\n")
    with pytest.raises(DataError, match="has 2 files: unpack it"):
        datasets.load(str(tmp_path / "two.zip"), target="y")
    for content, word in ((b"\x89PNG\r\n\x1a\n", "a picture"), (b"ARROW1\0\0", "Feather"), (b"\x93NUMPY", ".npz")):
        with pytest.raises(DataError, match=word):
            load(content + bytes(300), "t.data")


def test_the_two_lines_of_orange_are_no_rows(load):
    lines = [f"{k / 7:.3f}\t{'a' if k % 2 else 'b'}" for k in range(N)]
    data = load("\n".join(["x\ty", "c\td", "\tclass", *lines]), "t.tab")
    assert data.class_names == ("a", "b")
    assert data.columns[0].kind == "number"


# ---- look at this


def looks(data):
    return [line for line in data.report if line.startswith("Look at this: ")]


def test_a_column_that_gives_the_target_away_is_named(load):
    by_class = table([k % 2 * 5 + 2 for k in range(N)], "code")
    assert any("code alone tells y" in line for line in looks(load(by_class)))
    by_number = table([k * 1.7 + 3 for k in range(N)], "twice", y=lambda k: k * 1.5)
    assert any("twice alone tells y" in line for line in looks(load(by_number)))
    assert looks(load(table([k * 37 % 101 for k in range(N)]))) == []


def test_rows_on_both_sides_and_classes_of_one_row_are_counted(load):
    text = "a,b,c,y\n" + "".join(f"{k % 5},{k % 3},{k % 2},{k % 2}\n" for k in range(N)) + "1,1,1,rare\n"
    said = looks(load(text, test=0.2))
    assert any("rows for the test" in line and "stand among the training rows too" in line for line in said)
    assert any("rare is a class of one row" in line for line in said)


def test_a_class_that_nearly_all_rows_have_is_said(load):
    said = looks(load(table([k * 37 % 101 for k in range(N)], y=lambda k: "yes" if k % 10 == 0 else "no")))
    assert said == ["Look at this: 90.0% of the rows are 'no': always saying so is right as often."]


def test_a_value_far_from_all_others_and_spellings_are_pointed_out(load):
    said = looks(load(table([1e12 if k == 7 else k * 37 % 101 for k in range(N)])))
    assert any("v has 1000000000000, far from all its other values" in line for line in said)
    said = looks(load(table(["female" if k % 3 else "FEMALE" for k in range(N)])))
    assert any(
        "v has FEMALE, female: they count as different values" in line or "female, FEMALE" in line for line in said
    )


# ---- each choice can be overridden


def test_a_column_becomes_what_is_asked_of_it(load):
    cells = [f"{math.exp(k / 9):.4f}" for k in range(N)]
    values = np.array(cells, float)
    piecewise = load(table(cells), column=["v=ple:4"])
    edges = np.unique(np.quantile(values, [0, 0.25, 0.5, 0.75, 1], method="nearest"))
    bins = piecewise.train.x[:, 1:5]
    inside = values[piecewise.train.rows]
    expected = [np.interp(inside, edges[k : k + 2], [0, 1]) for k in range(4)]  # NumPy's own ramp
    np.testing.assert_allclose(bins, np.array(expected).T, atol=1e-6)
    assert piecewise.feature_names[1].startswith("v 1–")
    robust = load(table(cells), column=["v=robust"])
    z = (inside - np.median(values)) / (np.subtract(*np.quantile(values, [0.75, 0.25])) / 1.349)
    np.testing.assert_allclose(robust.train.x[:, 0], z / np.sqrt(1 + z**2 / 9), atol=1e-5)
    assert load(table(cells), column=["v=log"]).feature_names[0] == "v (log)"
    names = load(table([k % 3 for k in range(N)]), column=["v=category"]).feature_names
    assert names[:3] == ("v=0", "v=1", "v=2")
    assert load(table(cells), column=["v=drop"]).feature_names == ("x",)


def test_bins_are_named_by_their_ends_in_their_unit(load):
    """How far through 12–18 km/h."""
    data = load(table([f"{v} km/h" for v in np.round(np.linspace(10, 58, N), 1)]), column=["v=ple:8"])
    assert data.feature_names[1] == "v 10–15.7 km/h"
    assert bounds(2232.4, 12_325.9) == "2,232–12,326"
    assert bounds(1e9, 1e9 + 5) == "1000000000–1000000005"
    assert bounds(-0.5, 0.25) == "-0.5–0.25"


def test_a_statistic_of_training_rows_is_without_their_own_answer(load):
    """A column of noise with many values: with a row's own answer in it, it would tell the answer."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    data = load(
        table([f"s{k}" for k in rng.integers(0, 200, 400)], "street", y=lambda k: y[k]), column=["street=statistic"]
    )
    at = data.feature_names.index("street: share of 1")
    inside = np.corrcoef(data.train.x[:, at], data.train.y)[0, 1]
    rows = prepare_rows(data.preparation, data.source)
    leaking = np.corrcoef(rows.x[data.train.rows, at], data.train.y)[0, 1]
    assert abs(inside) < 0.2 < 0.5 < leaking


def test_answers_carry_the_column_that_names_their_rows(load, tmp_path, command_line):
    lines = [f"p{k:03},{k * 37 % 101},{k % 2}" for k in range(N)]
    (tmp_path / "t.csv").write_text("\n".join(["person,v,y", *lines]))
    assert command_line("train", tmp_path / "t.csv", "--target", "y", "--headless", "--epochs", 1)[0] == 0
    code, out, err = command_line("predict", "newest", tmp_path / "t.csv", "--key", "person")
    assert code == 0, err
    table = [line.split(",") for line in out.splitlines()]
    assert table[0][-2:] == ["true", "person"]
    assert [row[-1] for row in table[1:]] == [f"p{k:03}" for k in range(N)]
    code, _, err = command_line("predict", "newest", tmp_path / "t.csv", "--key", "persn")
    assert code != 0
    assert "did you mean 'person'" in err


def test_a_column_of_very_many_values_becomes_what_they_had_in_the_mean(load):
    """zip codes, streets, airports: more than a hundred values are no hundred inputs."""
    text = "street,y\n" + "".join(f"s{k % 150},{'yes' if k % 150 < 40 else 'no'}\n" for k in range(3000))
    data = load(text)
    assert data.feature_names == ("street: share of yes",)
    assert any("150 values, for each what its training rows had in the mean" in line for line in data.report)
    x = data.train.x[:, 0]
    assert x[data.train.y == 1].min() > x[data.train.y == 0].max()  # it tells them apart in one number


def test_the_page_about_tables_tells_every_kind_and_the_limits():
    page = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
    assert all(f"`{kind}" in page for kind in KINDS)
    few, many = BINNED["regression"]
    for number in (few, many, BINNED["classes"][0], SMALL["regression"], SMALL["classes"], MOST_CATEGORIES):
        assert f"{number:,}" in page
