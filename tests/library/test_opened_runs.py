"""Runs that estimators record, and `open_run`: what an object in Python says is what the commands say."""

import csv
import io
import json
import re
import threading
import time
import warnings
from html.parser import HTMLParser

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.experiments import kept, open_run
from dnn_tui.mlp import Network
from dnn_tui.mlp.backprop import Workspace, backward, forward_loss
from dnn_tui.mlp.losses import LOSSES
from dnn_tui.runs import control
from dnn_tui.runs.checkpoint import load_network
from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder, list_runs

CSV = "height,colour,kind\n" + "".join(
    f"{h},{'red' if k % 2 else 'blue'},{'tall' if h > 1.5 else 'low'}\n" for k, h in enumerate(np.linspace(1, 2, 60))
)


@pytest.fixture
def trained(command_line, tmp_path):
    """A run on a small table of numbers and words: its folder of runs, and its file."""
    file = tmp_path / "people.csv"
    file.write_text(CSV)
    code, _, err = command_line("train", file, "--target", "kind", "--epochs", "5", "--headless", "--lr", "0.01")
    assert code == 0, err
    return tmp_path / "runs", file


def test_its_curves_are_those_that_runs_export_writes(trained, command_line, tmp_path):
    runs, _ = trained
    run = open_run("people", runs_dir=runs)
    assert command_line("runs", "export", run.name, "--json", tmp_path / "all.json")[0] == 0
    record = json.loads((tmp_path / "all.json").read_text())
    np.testing.assert_allclose(run.curves.loss, record["loss"], rtol=1e-6)
    assert run.curves.step.tolist() == list(range(1, len(record["loss"]) + 1))
    assert run.curves.epoch.tolist() == [row["epoch"] for row in record["epochs"]] == [1, 2, 3, 4, 5]
    for name in ("train_loss", "validation_accuracy"):
        np.testing.assert_array_equal(run.curves.metrics[name], [row[name] for row in record["epochs"]])
    assert run.config.training.lr == 0.01
    assert run.name in repr(run)
    assert "epoch 5 of 5" in repr(run)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["file", "mapping", "pandas", "polars", "array"])
def test_it_predicts_what_the_command_predicts_from_rows_of_any_kind(trained, command_line, kind):
    runs, file = trained
    run = open_run(runs_dir=runs)
    told = list(csv.DictReader(io.StringIO(command_line("predict", run.name, file)[1])))
    rows = list(csv.DictReader(io.StringIO(CSV)))
    columns = {"height": [float(row["height"]) for row in rows], "colour": [row["colour"] for row in rows]}
    if kind == "file":
        given = str(file)
    elif kind == "mapping":
        given = columns
    elif kind == "array":
        given = np.array([columns["height"], columns["colour"]], object).T
    else:
        given = pytest.importorskip(kind).DataFrame(columns)
    assert run.predict(given).tolist() == [row["predicted"] for row in told]
    probability = run.predict_proba(given)[:, run.class_names.index("tall")]
    np.testing.assert_allclose(probability, [float(row["P(tall)"]) for row in told], atol=1e-6)


def test_what_is_missing_counts_as_missing_in_every_kind_of_frame(trained):
    runs, _ = trained
    run = open_run(runs_dir=runs)
    wanted = run.predict_proba({"height": [np.nan, 1.2], "colour": ["red", ""]})
    for library in ("pandas", "polars"):
        frames = pytest.importorskip(library)
        frame = frames.DataFrame({"height": [None, 1.2], "colour": ["red", None]})
        np.testing.assert_allclose(run.predict_proba(frame), wanted)


def test_an_explained_row_has_the_loss_and_the_gradient_of_the_engine(trained):
    runs, _ = trained
    run = open_run(runs_dir=runs)
    explained = run.explain({"height": [1.7], "colour": ["red"], "kind": ["tall"]})
    network = run.network.copy(np.float64)
    workspace = Workspace(network, 1)
    workspace.h[0][...] = explained["F0"].result.value
    workspace.y[...] = run.class_names.index("tall")
    loss = LOSSES["binary_cross_entropy"]
    assert float(explained["L"].result.value) == pytest.approx(forward_loss(network, workspace, loss))
    backward(network, workspace, loss)
    np.testing.assert_allclose(explained["B1 W"].result.value, network.dW[1], rtol=1e-9, atol=1e-15)
    # 7L + 3 steps; asked with the target apart, or for a row of the run's own data, as many
    assert len(explained) == len(list(explained)) == 7 * network.layers + 3
    apart = run.explain({"height": [1.7], "colour": ["red"]}, target="tall")
    assert float(apart["L"].result.value) == float(explained["L"].result.value)
    assert len(run.explain(0)) == len(explained)
    with pytest.raises(KeyError, match="no step 'B9 W'"):
        explained["B9 W"]


def test_an_exported_network_answers_as_the_run_does(trained, tmp_path, monkeypatch):
    run = open_run(runs_dir=trained[0])
    assert run.export(tmp_path / "people_model.py") == [tmp_path / "people_model.py"]
    monkeypatch.syspath_prepend(tmp_path)
    model = __import__("people_model")
    rows = {"height": [1.9, 1.1], "colour": ["red", "blue"]}
    assert [str(name) for name in run.predict(rows)] == [str(name) for name in model.predict(rows)[0]]
    with pytest.raises(RunError, match="exists already"):
        run.export(tmp_path / "people_model.py")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({"colour": ["red"]}, "the table lacks column 'height'"),
        (np.zeros(3), "two dimensions"),
        ({"height": [1.0, 2.0], "colour": ["red"]}, "differ in length"),
        ({"height": [], "colour": []}, "has no rows"),
        ("/no/such/file.csv", "There is no file"),
    ],
)
def test_rows_that_do_not_fit_are_refused_in_one_sentence(trained, rows, sentence):
    run = open_run(runs_dir=trained[0])
    with pytest.raises(ValueError, match=sentence):
        run.predict(rows)


def test_what_cannot_be_explained_or_opened_is_said_in_one_sentence(trained):
    runs, _ = trained
    run = open_run(runs_dir=runs)
    with pytest.raises(ValueError, match="does not say what is right"):
        run.explain({"height": [1.7], "colour": ["red"]})
    with pytest.raises(ValueError, match="There is no class 'huge'"):
        run.explain({"height": [1.7], "colour": ["red"]}, target="huge")
    with pytest.raises(ValueError, match="One row is explained at a time, not 2"):
        run.explain({"height": [1.7, 1.8], "colour": ["red", "red"]}, target="tall")
    with pytest.raises(RunError, match="is called 'nobody'"):
        open_run("nobody", runs_dir=runs)
    with pytest.raises(RunError, match="no checkpoint 'middle'"):
        open_run(checkpoint="middle", runs_dir=runs)


# ---- recorded by an estimator


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.slow
def test_a_recorded_fit_is_the_fit_and_its_run_predicts_as_the_estimator(tmp_path, command_line, early_stopping):
    pytest.importorskip("sklearn")
    from sklearn.datasets import load_wine
    from sklearn.preprocessing import StandardScaler

    from dnn_tui.experiments import MLPClassifier

    X, y = load_wine(return_X_y=True)
    X, names = StandardScaler().fit_transform(X), np.array(["red", "rosé", "white"])[y]
    settings = {"max_iter": 30, "random_state": 2, "early_stopping": early_stopping, "n_iter_no_change": 4}
    plain = MLPClassifier(**settings).fit(X, names)
    recorded = MLPClassifier(record=True, run_name="cellar", runs_dir=str(tmp_path / "runs"), **settings)
    recorded.fit(X, names)
    np.testing.assert_allclose(recorded.coefs_[0], plain.coefs_[0], rtol=1e-12)
    np.testing.assert_allclose(recorded.loss_curve_, plain.loss_curve_, rtol=1e-12)
    run = open_run("cellar", runs_dir=tmp_path / "runs")
    assert run.name == recorded.run_
    assert run.predict(X).tolist() == recorded.predict(X).tolist()
    np.testing.assert_allclose(run.predict_proba(X), recorded.predict_proba(X), atol=1e-5)
    assert len(run.curves.epoch) == recorded.n_iter_
    code, out, _ = command_line("runs")
    assert code == 0
    assert "cellar" in out


@pytest.fixture
def recorded_fit(tmp_path):
    """Fits MLPClassifier to iris for so many epochs, recorded in `runs`."""
    pytest.importorskip("sklearn")
    from sklearn.datasets import load_iris

    from dnn_tui.experiments import MLPClassifier

    X, y = load_iris(return_X_y=True)
    settings = {"random_state": 4, "batch_size": 40, "runs_dir": str(tmp_path / "runs"), "engine": "numpy"}

    def fit(epochs: int, **more):
        # 110 rows at .9: a batch of its own size at the end, and weights that are kept
        with warnings.catch_warnings(action="ignore"):
            return MLPClassifier((6,), max_iter=epochs, **settings, **more).fit(X[:110], y[:110], np.full(110, 0.9))

    return fit


def test_a_recorded_fit_goes_on_as_the_longer_fit_would_have_and_is_evaluated(recorded_fit, command_line, tmp_path):
    begun, longer = recorded_fit(3, record=True), recorded_fit(5)
    code, out, err = command_line("train", "--resume", begun.run_, "--epochs", "5", "--headless")
    assert code == 0, err
    network = load_network(RunFolder(tmp_path / "runs" / begun.run_).checkpoint_file("last"))
    for W, coef in zip(network.W[1:], longer.coefs_, strict=True):
        np.testing.assert_array_equal(W, coef.T)
    code, out, err = command_line("eval", begun.run_, "--json")
    assert code == 0, err
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True)
    assert json.loads(out)["data"] == "train"
    assert json.loads(out)["metrics"]["accuracy"] == pytest.approx(longer.score(X[:110], y[:110]))


def test_rows_that_are_too_many_lost_or_damaged_are_said_to_be(recorded_fit, command_line, tmp_path, monkeypatch):
    file = tmp_path / "runs" / recorded_fit(1, record=True).run_ / kept.FILE
    whole = file.read_bytes()
    file.write_bytes(whole[:-8] + b"\1" * 8)
    assert "is damaged" in command_line("eval")[2]
    file.write_bytes(whole[:100])
    assert "does not hold the rows of a run" in command_line("eval")[2]
    file.unlink()
    assert (
        f"has lost its rows, {kept.FILE}"
        in command_line("train", "--resume", "newest", "--epochs", "2", "--headless")[2]
    )
    monkeypatch.setattr(kept, "MOST_BYTES", 1000)
    left_out = recorded_fit(1, record=True).run_
    assert "were not kept" in command_line("eval", left_out)[2]
    assert (tmp_path / "runs" / recorded_fit(1, record="rows").run_ / kept.FILE).exists()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.slow
def test_a_watcher_can_stop_a_recorded_fit_and_the_estimator_is_fitted(tmp_path):
    pytest.importorskip("sklearn")
    from dnn_tui.experiments import MLPRegressor

    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 5))
    settings = {
        "max_iter": 1_000_000,
        "tol": 0.0,
        "n_iter_no_change": np.inf,
        "runs_dir": str(tmp_path),
        "engine": "numpy",
    }
    regressor = MLPRegressor(record=True, random_state=0, **settings)

    def watcher() -> None:
        while not ((runs := list_runs(tmp_path)) and runs[0].events_file.exists()):
            time.sleep(0.05)
        control.ask(runs[0], control.Command("stop"))

    watching = threading.Thread(target=watcher, daemon=True)
    watching.start()
    regressor.fit(X, X[:, 0])
    assert 0 < regressor.n_iter_ < 1_000_000
    run = open_run(runs_dir=tmp_path)
    assert run.summary.ended == "stopped"
    np.testing.assert_allclose(run.predict(X), regressor.predict(X), rtol=1e-5, atol=1e-6)


# ---- in a notebook


class Whole(HTMLParser):
    """Checks that tags close in order and that nothing is fetched from anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert not {"src", "href"} & {name for name, _ in attrs}
        if tag not in ("br", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        if tag not in ("rect",):
            assert self.open.pop() == tag


def check_html(text: str) -> set[str]:
    parser = Whole()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    # neither a colour of its own nor a script: it is read on white and on black
    assert not re.search(r"#[0-9a-f]{3,6}\b|background|<script|https?:", text)
    return parser.seen


def test_what_a_notebook_shows_is_whole_small_and_of_no_colour(trained):
    run = open_run(runs_dir=trained[0])
    assert {"svg", "polyline", "table"} <= check_html(run._repr_html_())
    assert {"details", "pre"} <= check_html(run.explain(0)._repr_html_())
    wide = Network((784, 800, 10), seed=0)
    text = wide._repr_html_()
    assert {"table", "rect"} <= check_html(text)
    assert f"{wide.parameters:,}" in text
    assert "800×784" in text
    assert len(text) < 20_000


@pytest.mark.slow
def test_a_notebook_shows_a_run_a_network_and_an_explained_row(trained, tmp_path):
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    runs, _ = trained
    cells = [
        f"from dnn_tui.experiments import open_run\nrun = open_run(runs_dir={str(runs)!r})\nrun",
        "run.network",
        "run.explain(0)",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(book, timeout=600, kernel_name="python3").execute()
    shown = [cell.outputs[-1]["data"]["text/html"] for cell in book.cells]
    run = open_run(runs_dir=runs)
    assert shown == [run._repr_html_(), run.network._repr_html_(), run.explain(0)._repr_html_()]


def test_a_run_of_a_data_set_explains_its_own_rows(command_line, tmp_path):
    command_line("train", "iris", "--epochs", "2", "--headless")
    run = open_run("iris", runs_dir=tmp_path / "runs")
    data = datasets.load("iris", seed=run.config.training.seed)
    np.testing.assert_allclose(run.explain(3)["F0"].result.value, data.validation.x[3], rtol=1e-6)
