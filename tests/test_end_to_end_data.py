"""`dnn-tui data` and training on a table, as a user runs them."""

import json

import pytest

pytestmark = pytest.mark.slow


def test_data_lists_every_data_set_with_its_licence_and_place(command_line):
    code, out, _ = command_line("data")
    assert code == 0
    for words in ("digits", "CC BY 4.0", "built in", "to fetch, 170 MB", "will-i-pass", "generated"):
        assert words in out
    _, out, _ = command_line("data", "--json")
    records = {record["name"]: record for record in json.loads(out)}
    assert records["mnist"]["here"] is False
    assert records["iris"]["rows"] == 150


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("digits", ("class", "178", "░")),
        ("iris", ("petal width cm", "η", "33.3%", "some training rows")),
        ("diabetes", ("progression", "corr.", "bmi")),
        ("moons", ("x1", "●")),
        ("vline", ("no line", "147 of the 512")),
        ("student-exam", ("Ouiz", "exam %")),
    ],
)
def test_data_shows_one_data_set(command_line, name, words):
    code, out, err = command_line("data", name)
    assert (code, err) == (0, "")
    for word in words:
        assert word in out
    code, out, _ = command_line("data", name, "--json")
    assert json.loads(out)["name"] == name


def test_the_correlations_shown_are_numpys(command_line):
    numpy = pytest.importorskip("numpy")
    theirs = pytest.importorskip("sklearn.datasets").load_diabetes(scaled=False)
    _, out, _ = command_line("data", "diabetes", "--json")
    record = json.loads(out)
    from dnn_tui import datasets

    rows = datasets.load("diabetes").train.rows
    for k, shown in enumerate(record["inputs"]):
        expected = numpy.corrcoef(theirs.data[rows, k], theirs.target[rows])[0, 1]
        assert shown["relation"] == pytest.approx(expected, abs=1e-4)
        assert shown["mean"] == pytest.approx(theirs.data[rows, k].mean(), rel=1e-4)
        assert sum(shown["histogram"]) == len(rows)


def test_an_own_table_is_shown(command_line, tmp_path):
    (tmp_path / "t.csv").write_text("a,b,y\n" + "".join(f"{k / 3:.2f},{'uv'[k % 2]},{k % 3}\n" for k in range(60)))
    code, out, _ = command_line("data", tmp_path / "t.csv", "--target", "y")
    assert code == 0
    assert "b: category, 2 indicators (u, v)" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["data", "iriss"], "did you mean 'iris'"),
        (["data", "fetch", "nothing"], "There is no data set"),
        (["data", "mnist", "--offline"], "--offline forbids"),
        (["data", "fetch", "mnist", "--offline"], "put train-images-idx3-ubyte.gz"),
        (["data", "formula", "--formula", "import os"], "cannot be read"),
        (["train", "t.csv", "--headless"], "There is no file"),
        (["train", "--formula", "y > 1", "--headless"], "its inputs are called x1"),
        (["train", "iris", "--noise", "0.1", "--headless"], "iris has no --noise"),
        (["train", "vline", "--rule", "all", "--headless"], "no rule 'all'"),
    ],
)
def test_a_wrong_wish_is_one_sentence_and_exit_code_2(command_line, tmp_path, words, message):
    code, out, err = command_line(*words)
    assert code == 2
    assert message in err
    assert "Traceback" not in out + err
    assert err.strip().count("\n") == 0
    assert not (tmp_path / "runs").exists()


def test_what_needs_no_fetching_says_so(command_line):
    assert command_line("data", "fetch", "iris")[1] == "iris needs no fetching: it is built in.\n"


def test_a_broken_table_leaves_no_run(command_line, tmp_path):
    (tmp_path / "t.csv").write_text("a,y\n1,2\n1\n")
    code, _, err = command_line("train", tmp_path / "t.csv", "--target", "y", "--headless")
    assert code == 2
    assert "line 3: 1 field where the first line has 2" in err
    assert not (tmp_path / "runs").exists()


def test_training_on_a_table_says_what_was_done_to_each_column(command_line, tmp_path):
    (tmp_path / "t.csv").write_text("a,b,y\n" + "".join(f"{k / 3:.2f},7,{k % 2}\n" for k in range(60)))
    code, out, _ = command_line("train", tmp_path / "t.csv", "--target", "y", "--epochs", "1", "--headless")
    assert code == 0
    assert "a: number, mean" in out
    assert "b left out: it is 7 in every training row." in out
    code, out, err = command_line("train", tmp_path / "t.csv", "--target", "y", "--epochs", "1", "--headless", "--json")
    assert all("event" in json.loads(line) for line in out.splitlines())
    assert "b left out" in err


def test_a_missing_value_is_shown_as_none(command_line, tmp_path):
    lines = "".join(f"{'' if k % 3 else 7 + k % 2},{k % 5},{k % 2}\n" for k in range(60))
    (tmp_path / "t.csv").write_text("a,b,y\n" + lines)
    _, out, _ = command_line("data", tmp_path / "t.csv", "--target", "y")
    rows = [line.split() for line in out.split("some training rows")[1].splitlines()[2:]]
    assert {a for number, a, *_ in rows if (int(number) - 1) % 3} == {"–"}
    assert {a for number, a, *_ in rows if not (int(number) - 1) % 3} <= {"7", "8"}


def test_a_data_set_is_shown_in_its_own_numbers_and_whole_in_eighty_columns(command_line, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = command_line("data", "breast-cancer")
    assert "…" not in out
    rows = [line.split() for line in out.splitlines() if line.endswith(("+0.20", "+0.64"))]
    low = {" ".join(words[:2]): words[2] for words in rows}
    assert low == {"concavity error": "0", "worst concavity": "0"}  # not the -5.171e-09 of float32
    assert out.splitlines()[-1].split()[-1] in ("benign", "malignant")
    _, out, _ = command_line("data", "phones")
    assert ["cost", "8000", "10,000", "12,000"] in [line.split()[:4] for line in out.splitlines()]
