"""Partial dependence is scikit-learn's on the raw table, whatever a column became; residuals are arithmetic."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.dataset import Split
from dnn_tui.datasets.tables.frames import frame_table
from dnn_tui.datasets.tables.new_rows import prepare_rows
from dnn_tui.datasets.tables.preparation import from_preparation
from dnn_tui.experiments.dependence import dependence
from dnn_tui.experiments.judged import choose_threshold, judged
from dnn_tui.mlp import Network
from dnn_tui.runs.config import RunError

N = 260
KINDS = ["area=standard", "age=ple:5", "price=log", "far=robust"]
TEXTS = ("town", "street")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    return {
        "area": rng.normal(70, 20, N).round(3),
        "age": rng.integers(0, 9, N).astype(float),
        "price": rng.lognormal(2, 1, N).round(4),
        "far": (rng.standard_t(2, N) * 3).round(3),
        "town": rng.choice(["Ulm", "Rom", "Oslo"], N),
        "street": rng.choice([f"s{k}" for k in range(9)], N),
        "day": [f"2025-{k % 12 + 1:02}-{k % 28 + 1:02}" for k in rng.integers(0, 900, N)],
        "number": rng.normal(500, 50, N).round(2),
        "word": rng.choice(["no", "yes"], N),
        "kind": rng.choice(["a", "b", "c"], N),
    }


@pytest.fixture(scope="module")
def made(table, tmp_path_factory):
    """A data set of that target, and a network drawn at random for it."""
    path = tmp_path_factory.mktemp("table") / "t.csv"
    targets = ("number", "word", "kind")
    cache = {}

    def of(target):
        if target not in cache:
            names = [name for name in table if name not in targets or name == target]
            lines = [",".join(map(str, row)) for row in zip(*(table[name] for name in names), strict=True)]
            path.write_text("\n".join([",".join(names), *lines]))
            loaded = datasets.load(str(path), target=target, test=0, validation=0, column=[*KINDS, "street=statistic"])
            last = {"number": "identity", "word": "sigmoid", "kind": "softmax"}[target]
            rows = prepare_rows(
                loaded.preparation, path
            )  # a statistic of training rows leaves each one's own answer out
            data = replace(loaded, train=Split(rows.x, rows.y, np.arange(N)))
            network = Network((data.n_features, 8, data.n_outputs), ("tanh",), last, dtype=np.float64)
            network.theta[...] = np.random.default_rng(5).normal(0, 0.6, network.parameters)
            cache[target] = data, network, from_preparation(data.preparation)
        return cache[target]

    return of


def scikit_learns(columns, data, network, preparation, table, levels):
    """`partial_dependence` of an estimator that prepares raw rows and asks the network."""
    pandas = pytest.importorskip("pandas")
    inspection, base = pytest.importorskip("sklearn.inspection"), pytest.importorskip("sklearn.base")
    regression = preparation.task == "regression"

    class Asked(base.RegressorMixin if regression else base.ClassifierMixin, base.BaseEstimator):
        def fit(self, X, y=None):
            self.fitted_ = True
            self.classes_ = np.arange(max(2, network.sizes[-1]))
            return self

        def _said(self, X):
            return network.predict(preparation.inputs(frame_table(X, preparation.reading))[0].astype(float))

        def predict(self, X):
            offset, scale = preparation.target_scale[0]
            return self._said(X)[:, 0] * scale + offset

        def predict_proba(self, X):
            yhat = self._said(X)
            return np.column_stack([1 - yhat, yhat]) if yhat.shape[1] == 1 else yhat

    names = [feature.name for feature in preparation.features]
    frame = pandas.DataFrame({name: table[name] for name in names})
    custom = {level.column: np.array(level.said) if level.dates or level.names else level.values for level in levels}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *words, **more: None)
        told = inspection.partial_dependence(
            Asked().fit(frame), frame, columns, custom_values=custom, kind="average", method="brute",
            categorical_features=[name for name in columns if name in (*TEXTS, "day")] or None,
        )  # fmt: skip
    return told["average"]


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("number", "area"), ("number", "age"), ("number", "price"), ("number", "far"), ("number", "town"),
        ("word", "street"), ("word", "age"), ("kind", "price"), ("number", "area,town"), ("kind", "age,price"),
    ],
)  # fmt: skip
def test_it_is_scikit_learns(made, table, target, wanted):
    data, network, preparation = made(target)
    points = (5, 4) if "," in wanted else (9,)
    found = dependence(network, preparation, data.train, wanted, points)
    expected = scikit_learns(wanted.split(","), data, network, preparation, table, found.levels)
    np.testing.assert_allclose(found.means, expected, rtol=3e-5, atol=1e-6)
    assert np.ptp(found.means) > 1e-3
    assert found.rows == N


def test_the_values_are_the_columns_own(made, table):
    data, network, preparation = made("number")
    (age,) = dependence(network, preparation, data.train, "age").levels
    assert age.values.tolist() == np.unique(table["age"]).tolist()
    for name in ("area", "price", "far"):
        (level,) = dependence(network, preparation, data.train, name, (7,)).levels
        np.testing.assert_allclose(level.values[[0, -1]], np.quantile(table[name], (0.05, 0.95)), rtol=1e-4)
    (day,) = dependence(network, preparation, data.train, "day", (5,)).levels
    assert all(said.startswith("2025-") for said in day.said)
    (street,) = dependence(network, preparation, data.train, "street").levels
    means = [table["number"][table["street"] == name].mean() for name in street.names]
    assert means == sorted(means), "the values of a statistic stand in its order"


def test_what_is_no_column_is_named(made):
    data, network, preparation = made("number")
    for wanted in ("aera", "area,aera", "area,area", ","):
        with pytest.raises(RunError, match="neither a column the network looks at nor two"):
            dependence(network, preparation, data.train, wanted)


def test_residuals_are_true_less_predicted(made):
    data, network, preparation = made("number")
    one = judged(network, preparation, data.train).targets["number"]
    offset, scale = data.target_scale[0]
    true = data.train.y[:, 0] * scale + offset
    said = network.predict(data.train.x.astype(float))[:, 0] * scale + offset
    np.testing.assert_allclose(one.residual, true - said, atol=1e-3)
    assert one.quantiles == pytest.approx(np.quantile(true - said, (0.05, 0.25, 0.5, 0.75, 0.95)), abs=1e-3)
    assert one.slope == pytest.approx(np.polyfit(said, true, 1)[0], rel=1e-5)
    assert one.counts.sum() == N


def test_every_class_is_judged_against_the_rest_by_its_own_probability(made):
    metrics = pytest.importorskip("sklearn.metrics")
    data, network, preparation = made("kind")
    found = judged(network, preparation, data.train).classes
    yhat = network.predict(data.train.x.astype(float))
    for k, name in enumerate(data.class_names):
        expected = metrics.average_precision_score(data.train.y == k, yhat[:, k])
        assert found[name].average_precision == pytest.approx(expected)
    assert list(judged(*((made("word")[1], made("word")[2])), made("word")[0].train).classes) == ["yes"]


@pytest.mark.parametrize("wanted", ["0", "1", "1.5", "nan", "f2", "cost", "cost:", "f1:3", "cost:-1", ""])
def test_what_is_no_threshold_is_refused(made, wanted):
    data, network, preparation = made("word")
    with pytest.raises(RunError, match="give a number between 0 and 1, f1, youden or cost:N"):
        choose_threshold(network, preparation, data.train, wanted)


def test_a_threshold_needs_a_yes_or_no_question_and_rows_of_both(made):
    for target in ("number", "kind"):
        data, network, preparation = made(target)
        with pytest.raises(RunError, match="yes/no question"):
            choose_threshold(network, preparation, data.train, "f1")
    data, network, preparation = made("word")
    with pytest.raises(RunError, match="validation rows of both classes"):
        choose_threshold(network, preparation, data.validation, "f1")
    assert choose_threshold(network, preparation, data.validation, "0.3").threshold == 0.3


@pytest.mark.slow
def test_a_threshold_is_kept_and_predict_and_eval_answer_by_it(command_line, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(150, 2)).round(4)
    y = np.where(x[:, 0] + rng.normal(0, 1, 150) > 1, "yes", "no")
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a,b,y", *(f"{a},{b},{word}" for (a, b), word in zip(x, y, strict=True))]))
    assert command_line("train", path, "--target", "y", "--headless", "--epochs", 3)[0] == 0
    words = ("--curves", "--dependence", "a,b", "--dependence", "a", "--threshold", "cost:9")
    code, out, err = command_line("eval", *words)
    assert code == 0, err
    for said in ("ROC", "precision–recall", "calibration", "depending on a and b", "a missed yes costs 9 false alarms"):
        assert said in out
    record = json.loads(command_line("eval", *words[:5], "--json")[1])
    assert len(record["dependence"][1]["means"][0]) == len(record["dependence"][1]["values"][0])
    assert record["curves"]["yes"]["auc"] == pytest.approx(record["classes"]["yes"]["auc"])
    code, out, err = command_line("predict", "newest", path)
    rows = [line.split(",") for line in out.splitlines()[1:]]
    threshold = json.loads(command_line("eval", "--threshold", "cost:9", "--json")[1])["threshold"]["threshold"]
    assert threshold < 0.4
    assert [row[1] for row in rows] == ["yes" if float(row[4]) > threshold else "no" for row in rows]
    right = np.mean([row[1] == row[5] for row in rows])
    everything = json.loads(command_line("eval", "--data", path, "--json")[1])
    assert everything["metrics"]["accuracy"] == pytest.approx(right)
    assert everything["threshold"] == {"name": "yes", "threshold": threshold, "said": "as the run keeps it"}
    command_line("eval", "--threshold", "0.5")
    assert "threshold" not in command_line("eval")[1]
    rows = [line.split(",") for line in command_line("predict", "newest", path)[1].splitlines()[1:]]
    assert [row[1] for row in rows] == ["yes" if float(row[4]) > 0.5 else "no" for row in rows]
