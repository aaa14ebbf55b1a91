"""A comma within numbers cuts no line, whatever else does, and with or without a line of names."""

import numpy as np
import pytest

from dnn_tui.datasets.tables.reading import read_table

VALUES = np.round(np.random.default_rng(3).uniform(0.05, 20, (40, 3)), 2)


def written(value, form):
    return form.format(value).replace(".", ",")


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("delimiter", [";", "\t", "|", " "])
@pytest.mark.parametrize("form", ["{:.2f}", "{:g}", "-{:.2f}", "{:.4e}"])
def test_numbers_with_decimal_commas_are_cut_where_the_delimiter_stands(tmp_path, delimiter, names, form):
    lines = [delimiter.join(written(value, form) for value in row) for row in VALUES]
    path = tmp_path / "measured.csv"
    path.write_text("\n".join([delimiter.join("abc"), *lines] if names else lines))
    table = read_table(path)
    assert table.rows == len(VALUES)
    read = np.stack([column.numbers for column in table.columns.values()], axis=1)
    np.testing.assert_allclose(read, -VALUES if form[0] == "-" else VALUES, rtol=6e-4)


def test_units_classes_and_whole_numbers_may_stand_beside_them(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("\n".join(f"{a:.2f} €;{k};{'no' if k % 3 else 'yes'}".replace(".", ",") for k, (a, *_) in
                              enumerate(VALUES)))  # fmt: skip
    price, count, word = read_table(path).columns.values()
    np.testing.assert_allclose(price.numbers, VALUES[:, 0])
    np.testing.assert_array_equal(count.numbers, range(len(VALUES)))
    assert word.values == ("yes", "no")


def test_a_title_above_them_cuts_nothing_either(tmp_path):
    path = tmp_path / "titled.csv"
    path.write_text("Measured at 3,5 bar\n" + "a;b\n" + "".join(f"{a};{b}\n".replace(".", ",") for a, b, _ in VALUES))
    table = read_table(path)
    assert list(table.columns) == ["a", "b"]
    np.testing.assert_allclose(table.columns["b"].numbers, VALUES[:, 1])


@pytest.mark.parametrize("line", ["{a}, {b}, 7", "{a},{b};{a};{b},7", '"{a};{b}",{b},7', "2026-01-{k:02} 10:00,{b},7"])
def test_where_it_is_the_comma_that_cuts_it_still_does(tmp_path, line):
    path = tmp_path / "plain.csv"
    path.write_text("\n".join(line.format(a=k, b=k * k + 1, k=k % 28 + 1) for k in range(40)))
    assert len(read_table(path).columns) == 3


def test_names_stand_above_decimal_commas_also_where_some_cells_have_none(tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_text("4,5;6;7\n" + "".join(f"{k};{k},25;3\n" for k in range(30)))
    assert read_table(path).rows == 31
