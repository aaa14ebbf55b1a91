"""Exported Python files run as they are, each in a process of its own, and print what `dnn-tui predict` prints."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from exported_kinds import KINDS, made
from forks import Forks

from dnn_tui.datasets.tables.new_rows import prepare_rows
from dnn_tui.experiments.evaluating import predictions_csv
from dnn_tui.experiments.export.writing import export_run
from dnn_tui.mlp.activations import HIDDEN

HEAVY = ("torch", "keras", "sklearn")  # formats, as the packages are called that their scripts import
PLAIN = {**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def forks(tmp_path_factory):
    """Forks of one process that has the formats' packages (Keras imports the others), made when first asked for."""
    made = []

    def forks_of(package):
        if not made:
            made.append(Forks(HEAVY, tmp_path_factory.mktemp("forks"), PLAIN))
        if package not in made[0].found:
            pytest.skip(f"{package} is not here")
        return made[0]

    yield forks_of
    for process in made:
        process.close()


@pytest.fixture(params=["numpy", *(pytest.param(name, marks=pytest.mark.slow) for name in HEAVY)])
def format(request, forks):
    """A format whose package is here."""
    if request.param in HEAVY:
        forks(request.param)
    return request.param


@pytest.fixture
def check(forks):
    def check(run, path, format="numpy"):
        """The answers that the script prints are those of `predict`, to the last but one printed digit."""
        if format in HEAVY:
            done = forks(format).run(path, run.file)
        else:
            words = [sys.executable, "-W", "error::RuntimeWarning", path, run.file]
            done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", timeout=600, env=PLAIN)
        assert done.returncode == 0, done.stderr[-2000:]
        found = list(csv.reader(io.StringIO(done.stdout)))
        rows = prepare_rows(run.folder.preparation(), run.file)
        wanted = list(csv.reader(io.StringIO(predictions_csv(run.expected, rows))))
        assert found[0] == wanted[0]
        numbers = slice(2, None) if run.expected.scores is not None else slice(1, None)
        if run.expected.scores is not None:
            assert [row[1] for row in found[1:]] == [row[1] for row in wanted[1:]]
            spread = 1
        else:
            spread = [scale for _, scale in json.loads(run.folder.preparation_file.read_text())["target_scale"]]
        figures = [np.array([row[numbers] for row in table[1:]], float) / spread for table in (found, wanted)]
        np.testing.assert_allclose(*figures, rtol=1e-6, atol=2e-6)  # both were rounded to the 6th digit

    return check


@pytest.mark.parametrize(("kind", "separator", "header"), [("mixed", ";", True), ("headerless", "\t", False)])
def test_a_script_reads_the_separators_and_decimal_commas_that_predict_reads(check, kind, separator, header, tmp_path):
    run = made(kind, tmp_path)
    with open(run.file, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    other = tmp_path / "other.csv.gz"
    with gzip.open(other, "wt", newline="", encoding="utf-8") as file:
        commas = [[cell.replace(".", ",") for cell in row] for row in rows[1:]] if header else rows[1:]
        csv.writer(file, delimiter=separator).writerows([rows[0], *commas])
    (path,) = export_run(run.folder, tmp_path / "model.py")
    check(replace(run, file=other), path)


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_a_script_cuts_no_number_at_its_decimal_comma(separator, tmp_path):
    """Of three columns two with a decimal comma: there are as many pieces between commas as there are columns."""
    (path,) = export_run(made("several", tmp_path).folder, tmp_path / "model.py")
    namespace = {"__name__": "exported"}
    exec(path.read_text(encoding="utf-8"), namespace)
    namespace["COLUMNS"], namespace["NUMBERS"] = ["a", "b", "c"], ["a", "b", "c"]
    point = "." if separator == "," else ","
    rows = [[str(k), f"{k}{point}5", f"1{point}{k}25"] for k in range(1, 6)]
    (tmp_path / "rows.csv").write_text("\n".join(separator.join(row) for row in rows))
    read = namespace["read"](str(tmp_path / "rows.csv"))
    assert read == {
        "a": [row[0] for row in rows],
        "b": [row[1].replace(",", ".") for row in rows],
        "c": [row[2].replace(",", ".") for row in rows],
    }
    (tmp_path / "one.csv").write_text("7,5\n8,5\n")
    namespace["COLUMNS"] = ["a"]
    assert namespace["read"](str(tmp_path / "one.csv")) == {"a": ["7.5", "8.5"]}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_raw_rows_of_every_kind_of_data_get_the_programs_own_answers(check, kind, tmp_path):
    run = made(kind, tmp_path)
    (path,) = export_run(run.folder, tmp_path / "model.py")
    if kind == "parquet":  # the script reads CSV: the new rows are
        assert run.file.suffix == ".csv"
    check(run, path)


@pytest.mark.parametrize("kind", ["mixed", "several", "digits"])
def test_every_script_says_what_predict_says(check, format, kind, tmp_path):
    run = made(kind, tmp_path, activations=("tanh", "tanh"))
    paths = export_run(run.folder, tmp_path / "taken", format=format)
    assert [path.name for path in paths] == ["model.py"] + ["model.safetensors"] * (format != "numpy")
    check(run, paths[0], format)


def test_every_activation_is_the_programs_own(check, format, tmp_path):
    if format == "sklearn":
        pytest.skip("it knows four only, the same for all layers")
    names = (*HIDDEN, "step")
    run = made("mixed", tmp_path, hidden=(8,) * len(names), activations=names)
    check(run, export_run(run.folder, tmp_path / "taken", format=format)[0], format)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["identity", "sigmoid", "relu"])
def test_scikit_learns_own_activations(check, activation, tmp_path):
    run = made("numbered", tmp_path, activations=(activation, activation))
    check(run, export_run(run.folder, tmp_path / "taken", format="sklearn")[0], "sklearn")


def test_a_network_of_no_hidden_layer_is_a_script_too(check, format, tmp_path):
    run = made("regression", tmp_path, hidden=(), activations=())
    check(run, export_run(run.folder, tmp_path / "taken", format=format)[0], format)


def test_a_network_in_float64_stays_one(check, format, tmp_path):
    run = made("mixed", tmp_path, activations=("tanh", "tanh"), dtype=np.float64)
    check(run, export_run(run.folder, tmp_path / "taken", format=format)[0], format)


def test_the_numpy_file_needs_nothing_beside_it_and_no_other_package(check, tmp_path):
    run = made("digits", tmp_path, hidden=(40,), activations=("relu",))  # more than is written as numbers
    (path,) = export_run(run.folder, tmp_path / "alone" / "model.py")
    assert "base64" in path.read_text(encoding="utf-8")
    check(run, path)
    code = f"import sys; sys.path.insert(0, {str(path.parent)!r}); import model; "
    code += "print([n for n in ('safetensors', 'torch', 'sklearn', 'dnn_tui') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.stdout.strip() == "[]", done.stderr
    assert list(path.parent.glob("*.py")) == [path]


@pytest.mark.slow
def test_scikit_learns_pipeline_takes_a_dataframe_and_passes_for_fitted(forks, tmp_path):
    if not find_spec("pandas"):
        pytest.skip("pandas is not here")
    run = made("mixed", tmp_path, activations=("relu", "relu"))
    export_run(run.folder, tmp_path / "model.py", format="sklearn")
    (tmp_path / "taking.py").write_text(
        "import sys, pandas, model\n"
        "from sklearn.utils.validation import check_is_fitted\n"
        "pipeline = model.load(); check_is_fitted(pipeline)\n"
        "frame = pandas.read_csv(sys.argv[1])\n"
        "print(','.join(pipeline.predict(frame)))"
    )
    done = forks("sklearn").run(tmp_path / "taking.py", run.file)
    assert done.stdout.strip().split(",") == [run.names[k] for k in run.expected.predicted], done.stderr


def test_scikit_learn_refuses_what_its_mlp_cannot_be(tmp_path):
    run = made("mixed", tmp_path, activations=("relu", "gelu"))
    with pytest.raises(ValueError, match="scikit-learn's MLP has no gelu layers"):
        export_run(run.folder, tmp_path / "taken", format="sklearn")
    assert not (tmp_path / "taken").exists()
