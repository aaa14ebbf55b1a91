"""A person's own table: what is inferred, what is done to it, and what it is split into."""

import gzip
import json
import tracemalloc

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets import DataError
from dnn_tui.datasets.tables.new_rows import prepare_rows
from dnn_tui.datasets.tables.preparation import from_preparation

SEED = np.random.default_rng(1)


def write(path, header, rows, delimiter=","):
    path.write_text("\n".join(delimiter.join(map(str, row)) for row in [header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def weather(n=200, seed=0):
    """Rows of temperature, sky, town, hours and rain, some empty."""
    rng = np.random.default_rng(seed)
    sky, town = rng.choice(["blue", "grey", "dark"], n), rng.choice(["Ulm", "Rom", ""], n, p=[0.6, 0.3, 0.1])
    temperature = rng.normal(15, 8, n).round(2)
    rain = np.where((sky == "dark") | ((sky == "grey") & (temperature < 12)), "yes", "no")
    hours = [
        "" if missing else f"{value:.3f}" for missing, value in zip(rng.random(n) < 0.2, rng.random(n), strict=True)
    ]
    return ["temperature", "sky", "town", "hours", "rain"], list(zip(temperature, sky, town, hours, rain, strict=True))


@pytest.fixture
def weather_file(tmp_path):
    return write(tmp_path / "weather.csv", *weather())


def test_numbers_are_standardised_by_the_training_rows(weather_file):
    data = datasets.load(weather_file, target="rain")
    raw = np.array([row[0] for row in weather()[1]])
    inside, x = raw[data.train.rows], data.train.x[:, data.feature_names.index("temperature")]
    assert np.allclose(x, (inside - inside.mean()) / inside.std(), atol=1e-5)
    outside = data.test.x[:, data.feature_names.index("temperature")]
    assert np.allclose(outside, (raw[data.test.rows] - inside.mean()) / inside.std(), atol=1e-5)


def test_the_encoding_is_that_of_scikit_learn(weather_file):
    """Impute, scale and one-hot with scikit-learn's own transformers: the same numbers."""
    pytest.importorskip("sklearn")
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    data = datasets.load(weather_file, target="rain")
    rows = weather()[1]
    sky = np.array([[row[1]] for row in rows])
    encoder = OneHotEncoder(sparse_output=False).fit(sky[data.train.rows])
    at = [data.feature_names.index(f"sky={value}") for value in ("blue", "dark", "grey")]
    assert np.array_equal(data.test.x[:, at], encoder.transform(sky[data.test.rows]))

    hours = np.array([[float(row[3]) if row[3] else np.nan] for row in rows])
    train = hours[data.train.rows]
    mean, spread = np.nanmean(train), np.nanstd(train)
    imputer = make_pipeline(SimpleImputer(strategy="mean", add_indicator=True)).fit(train)
    theirs = imputer.transform(hours[data.test.rows])
    ours = data.test.x[:, [data.feature_names.index(name) for name in ("hours", "hours missing")]]
    assert np.allclose(ours[:, 0], (theirs[:, 0] - mean) / spread, atol=1e-5)
    assert np.array_equal(ours[:, 1], theirs[:, 1])


def test_the_report_says_what_was_done_to_each_column(weather_file):
    report = "\n".join(datasets.load(weather_file, target="rain").report)
    for words in ("200 rows", "rain has two values", "temperature: number, mean", "sky: category, 3 indicators",
                  "town: category, 2 indicators (Rom, Ulm)", "missing, with an indicator"):  # fmt: skip
        assert words in report


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["a", "b"] * 30, "binary", ("a", "b")),
        ([0, 1] * 30, "binary", ("0", "1")),
        ([3.5, -1] * 30, "binary", ("-1", "3.5")),
        (["x", "y", "z"] * 20, "classes", ("x", "y", "z")),
        ([10, 2, 1] * 20, "classes", ("1", "2", "10")),
        (list(range(60)), "regression", ()),
        ([0.5, 1.5, 2.5] * 20, "regression", ()),
        ([93, 68, 95, 75, 51, 60, 89, 97], "regression", ()),
    ],
)
def test_the_task_follows_from_the_target(tmp_path, values, task, classes):
    rng = np.random.default_rng(0)
    path = write(tmp_path / "t.csv", ["x", "y"], [(f"{rng.random():.4f}", value) for value in values])
    data = datasets.load(path, target="y")
    assert data.task == task
    assert data.class_names == classes


def test_the_task_can_be_overridden(tmp_path):
    path = write(tmp_path / "t.csv", ["x", "y"], [(k / 7, k % 3) for k in range(60)])
    assert datasets.load(path, target="y").task == "classes"
    assert datasets.load(path, target="y", task="regression").task == "regression"
    two = write(tmp_path / "u.csv", ["x", "y"], [(k / 7, k % 2) for k in range(60)])
    assert datasets.load(two, target="y", task="classes").n_outputs == 2


def test_regression_targets_are_scaled_and_the_scale_brings_them_back(tmp_path):
    rows = [(k / 10, 1000 + 3 * k, -k / 7) for k in range(100)]
    path = write(tmp_path / "t.csv", ["x", "a", "b"], rows)
    data = datasets.load(path, target=["a", "b"], unit="EUR")
    assert (data.task, data.n_outputs, data.target_names, data.target_unit) == ("regression", 2, ("a", "b"), "EUR")
    assert np.allclose(data.train.y.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(data.train.y.std(axis=0), 1, atol=1e-6)
    offset, scale = np.array(data.target_scale).T
    assert np.allclose(data.test.y * scale + offset, np.array(rows)[data.test.rows, 1:], atol=1e-3)


def test_constant_and_identifier_like_columns_are_left_out_and_said(tmp_path):
    rng = np.random.default_rng(0)
    rows = [(k + 1000, "same", f"name{k}", rng.random(), 7, k, k % 2) for k in range(80)]
    path = write(tmp_path / "t.csv", ["customer_id", "const", "name", "x", "seven", "counter", "y"], rows)
    data = datasets.load(path, target="y")
    assert data.feature_names == ("x",)
    report = " ".join(data.report)
    for name in ("customer_id", "const", "name", "seven", "counter"):
        assert f"{name} left out" in report
    assert "customer_id" in datasets.load(path, target="y", keep=["customer_id"]).feature_names


def test_rows_without_a_target_are_left_out_and_counted(tmp_path):
    path = write(tmp_path / "t.csv", ["x", "y"], [(k / 3, "" if k % 10 == 0 else k % 2) for k in range(100)])
    data = datasets.load(path, target="y")
    assert sum(map(len, (data.train, data.validation, data.test))) == 90
    assert "10 rows without a target were left out." in data.report


def test_a_stratified_split_keeps_the_share_of_a_rare_class(tmp_path):
    path = write(tmp_path / "t.csv", ["x", "y"], [(k / 3, "rare" if k % 20 == 0 else "usual") for k in range(400)])
    data = datasets.load(path, target="y")
    assert [int((part.y == 0).sum()) for part in (data.train, data.validation, data.test)] == [13, 3, 4]


def test_a_split_column_or_file_is_honoured(tmp_path):
    words = ["train", "val", "test", "Training"] * 20
    rows = [(k / 3, k % 2, word) for k, word in enumerate(words)]
    path = write(tmp_path / "t.csv", ["x", "y", "split"], rows)
    for options in ({}, {"split": "split"}):
        data = datasets.load(path, target="y", **options)
        assert sorted(data.test.rows) == list(range(2, 80, 4))
        assert sorted(data.validation.rows) == list(range(1, 80, 4))
        assert data.feature_names == ("x",)
    bare = write(tmp_path / "u.csv", ["x", "y"], [row[:2] for row in rows])
    (tmp_path / "parts.txt").write_text("\n".join(words) + "\n")
    data = datasets.load(bare, target="y", split=str(tmp_path / "parts.txt"))
    assert sorted(data.test.rows) == list(range(2, 80, 4))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_line_ends_and_byte_order_marks_are_found(tmp_path, delimiter, ending, encoding):
    lines = [["größe", "kind", "y"], *[[k / 4, "a, b"[k % 2 : 3], k % 2] for k in range(40)]]
    text = ending.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines) + ending
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    assert datasets.load(str(path), target="y").feature_names[0] == "größe"
    with gzip.open(tmp_path / "t.csv.gz", "wb") as file:
        file.write(text.encode("utf-8"))
    assert datasets.load(str(tmp_path / "t.csv.gz"), target="y").n_features == 3


def test_a_decimal_comma_is_understood_where_commas_do_not_separate(tmp_path):
    path = write(tmp_path / "t.csv", ["x", "y"], [(f"{k},5", k % 2) for k in range(40)], ";")
    data = datasets.load(path, target="y")
    assert data.columns[0].kind == "number"
    assert data.columns[0].offset == pytest.approx(np.mean(data.train.rows) + 0.5)


def test_a_file_without_a_header_gets_numbered_columns(tmp_path):
    path = write(tmp_path / "t.csv", [0.5, 1], [(k / 3, k % 2) for k in range(40)])
    data = datasets.load(path, target="column 2")
    assert data.feature_names == ("column 1",)
    assert sum(map(len, (data.train, data.validation, data.test))) == 41


def test_a_column_of_many_different_numbers_loses_none(tmp_path):
    """More distinct values than are told apart as texts: the column is kept as numbers."""
    n = 25_000
    values = np.random.default_rng(0).normal(size=n)
    rows = [("NA" if k == 24_000 else f" {value:.9f}", k % 2) for k, value in enumerate(values)]
    data = datasets.load(write(tmp_path / "t.csv", ["x", "y"], rows), target="y", test=0, validation=0)
    x = np.empty(n)
    x[data.train.rows] = data.train.x[:, 0]
    known = np.delete(values, 24_000)
    assert np.allclose(np.delete(x, 24_000), (known - known.mean()) / known.std(), atol=1e-5)
    assert x[24_000] == 0


@pytest.mark.slow
def test_a_large_file_is_read_in_memory_that_its_numbers_need(tmp_path):
    """100,000 rows: beside the float64 columns and the float32 inputs, only a chunk of rows is ever held as text."""
    rng = np.random.default_rng(0)
    columns = 6
    with open(tmp_path / "t.csv", "w") as file:
        file.write(",".join(f"x{k}" for k in range(columns)) + ",y\n")
        for _ in range(100):
            rows = rng.normal(size=(1000, columns)).round(5).tolist()
            file.writelines(f"{','.join(map(str, row))},{row[0] > 0:d}\n" for row in rows)
    ticks = []
    tracemalloc.start()
    try:
        plain = [f"x{k}=standard" for k in range(columns)]
        data = datasets.load(
            str(tmp_path / "t.csv"), target="y", column=plain, progress=lambda *told: ticks.append(told)
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(data.train) == 64_000
    cells = 100_000 * (columns + 1)
    assert peak < cells * (8 + 4) * 1.5 + 40e6
    assert [done for _, done, _ in ticks] == sorted(done for _, done, _ in ticks)
    assert ticks[-1][1] == ticks[-1][2]


def test_rare_categories_beyond_the_limit_count_as_other(tmp_path):
    rows = [(f"c{k % 150}" if k < 1500 else "often", k % 2) for k in range(3000)]
    data = datasets.load(write(tmp_path / "t.csv", ["x", "y"], rows), target="y", column=["x=category"])
    assert data.n_features == 101
    assert data.feature_names[-1] == "x=other"
    assert data.train.x[:, -1].sum() > 0
    assert np.array_equal(data.train.x.sum(axis=1), np.ones(len(data.train)))


def test_permuting_the_test_rows_changes_nothing_that_was_fitted(tmp_path):
    header, rows = weather()
    first = datasets.load(write(tmp_path / "a.csv", header, rows), target="rain")
    test = first.test.rows
    columns = [list(column) for column in zip(*rows, strict=True)]
    for number, column in enumerate(columns[:-1]):  # the target stays: it decides the stratified split
        shuffled = np.random.default_rng(number).permutation(test)
        before = list(column)
        for to, source in zip(test, shuffled, strict=True):
            column[to] = before[source]
    second = datasets.load(write(tmp_path / "a.csv", header, list(zip(*columns, strict=True))), target="rain")
    assert not np.array_equal(first.test.x, second.test.x)
    assert second.preparation == first.preparation
    assert np.array_equal(first.train.x, second.train.x)
    assert np.array_equal(first.validation.x, second.validation.x)
    assert second.report == first.report


def test_a_value_only_test_rows_have_leaves_no_trace_in_what_was_fitted(tmp_path):
    header, rows = weather()
    first = datasets.load(write(tmp_path / "a.csv", header, rows), target="rain")
    for row in first.test.rows:
        rows[row] = (9e9, "green", "Oz", "", rows[row][4])
    second = datasets.load(write(tmp_path / "a.csv", header, rows), target="rain")
    assert second.preparation == first.preparation
    assert np.array_equal(first.train.x, second.train.x)
    sky = [name.startswith("sky=") for name in second.feature_names]
    assert not second.test.x[:, sky].any()


def test_the_recorded_preparation_makes_the_same_inputs_of_the_same_file(weather_file):
    data = datasets.load(weather_file, target="rain")
    record = json.loads(json.dumps(data.preparation))
    rows = prepare_rows(record, weather_file)
    for part in (data.train, data.validation, data.test):
        assert np.array_equal(rows.x[part.rows], part.x)
        assert np.array_equal(rows.y[part.rows], part.y)
    assert rows.report == ()
    assert from_preparation(record).to_dict() == record


def test_a_missing_column_is_named_with_what_is_near_and_an_extra_one_is_said(tmp_path, weather_file):
    data = datasets.load(weather_file, target="rain")
    header, rows = weather(20)
    renamed = write(tmp_path / "r.csv", ["temprature", *header[1:]], rows)
    with pytest.raises(DataError, match=r"lacks column 'temperature'.*did you mean 'temprature'"):
        prepare_rows(data.preparation, renamed)
    extra = write(tmp_path / "e.csv", [*header[:4], "moon"], rows)
    prepared = prepare_rows(data.preparation, extra)
    assert prepared.y is None
    assert prepared.report == ("Not looked at, since training had no such column: moon.",)


def test_a_parquet_file_gives_the_same_data_as_its_csv(tmp_path, weather_file):
    pa = pytest.importorskip("pyarrow", reason="the parquet extra is not installed")
    import pyarrow.parquet as pq

    header, rows = weather()
    columns = {
        name: [str(cell) or None for cell in column]
        for name, column in zip(header, zip(*rows, strict=True), strict=True)
    }
    columns["hours"] = [None if cell is None else float(cell) for cell in columns["hours"]]
    columns["temperature"] = [float(cell) for cell in columns["temperature"]]
    pq.write_table(pa.table(columns), tmp_path / "weather.parquet")
    ours, theirs = (datasets.load(str(p), target="rain") for p in (weather_file, tmp_path / "weather.parquet"))
    assert np.array_equal(ours.train.x, theirs.train.x)
    assert ours.preparation == theirs.preparation


def test_the_real_tables_just_work(shared_data):
    liver = datasets.load(str(shared_data / "csv" / "indian_liver_patients.csv"), target="label")
    assert liver.class_names == ("1", "2")
    counts = sum(np.bincount(part.y, minlength=2) for part in (liver.train, liver.validation, liver.test))
    assert counts.tolist() == [416, 167]
    assert {"sex=Female", "sex=Male", "ag missing"} <= set(liver.feature_names)
    boston = datasets.load(str(shared_data / "csv" / "boston_housing.csv"), target="medv")
    assert (boston.task, len(boston.preparation["features"])) == ("regression", 13)
    assert sum(map(len, (boston.train, boston.validation, boston.test))) == 506


def test_parquet_dates_and_texts_of_any_kind_become_inputs(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="the parquet extra is not installed")
    import pyarrow.parquet as pq

    n = 60
    columns = {
        "day": pa.array(np.arange(n).astype("datetime64[D]")),
        "kind": pa.array(["u", "v", None] * 20).dictionary_encode(),
        "sure": pa.array([True, False] * 30),
        "count": pa.array([None if k % 7 == 0 else k * k for k in range(n)], pa.int32()),
        "y": pa.array([k % 2 for k in range(n)]),
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    data = datasets.load(str(tmp_path / "t.parquet"), target="y")
    assert data.feature_names[:3] == ("day", "day: week sin", "day: week cos")
    assert np.ptp(data.train.x[:, 0]) * data.columns[0].scale == pytest.approx(np.ptp(data.train.rows))
    data = datasets.load(str(tmp_path / "t.parquet"), target="y", drop=["day"])
    expected = ("kind=u", "kind=v", "kind missing", "sure=false", "sure=true", "count", "count missing")
    assert data.feature_names == expected
    pq.write_table(pa.table({"x": pa.array([[1], [2]]), "y": pa.array([0, 1])}), tmp_path / "nested.parquet")
    with pytest.raises(DataError, match="holds list"):
        datasets.load(str(tmp_path / "nested.parquet"), target="y")
