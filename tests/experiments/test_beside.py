"""Others on the same rows, and columns by their importance: against scikit-learn and against arithmetic."""

import json

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.tables.preparation import from_preparation
from dnn_tui.experiments.beside import beside, importance, worst
from dnn_tui.mlp import Network

N = 400


@pytest.fixture(scope="module")
def rent(tmp_path_factory):
    """rent = 900 + 100 area - 30 age + noise; town and floor say nothing of it."""
    rng = np.random.default_rng(0)
    area, age, floor = rng.normal(0, 1, (3, N))
    town = rng.choice(["Ulm", "Rom"], N)
    rent = 900 + 100 * area - 30 * age + rng.normal(0, 10, N)
    path = tmp_path_factory.mktemp("rent") / "t.csv"
    lines = [f"{a:.5f},{b:.5f},{c:.5f},{t},{r:.4f}" for a, b, c, t, r in zip(area, age, floor, town, rent, strict=True)]
    path.write_text("\n".join(["area,age,floor,town,rent", *lines]))
    plain = [f"{name}=standard" for name in ("area", "age", "floor")]
    return datasets.load(str(path), target="rent", column=plain)


@pytest.fixture(scope="module")
def line(rent):
    """A network of no hidden layer that is the least-squares line through the training rows."""
    network = Network((rent.n_features, 1), (), "identity", dtype=np.float64)
    x = np.column_stack([rent.train.x, np.ones(len(rent.train))]).astype(float)
    fitted = np.linalg.lstsq(x, rent.train.y[:, 0].astype(float), rcond=None)[0]
    network.W[1][...], network.b[1][...] = fitted[:-1], fitted[-1]
    return network


def mean_square(network):
    return lambda x, y: float(((network.predict(x.astype(network.dtype)) - y) ** 2).mean())


def test_shuffling_a_column_of_a_line_costs_twice_its_squared_share(rent, line):
    """E(w (x' - x))² = 2 w² Var x, for a column independent of the errors."""
    preparation = from_preparation(rent.preparation)
    found = {one.column: one for one in importance(line, preparation, rent.train, mean_square(line))}
    assert list(found)[:2] == ["area", "age"]
    for k, name in enumerate(("area", "age", "floor")):
        expected = 2 * line.W[1][0, k] ** 2 * rent.train.x[:, k].var()
        assert found[name].rise == pytest.approx(expected, rel=0.15, abs=2e-3)
    assert abs(found["town"].rise) < 2e-3


@pytest.mark.slow
def test_the_figures_are_scikit_learns_and_the_constant_is_worth_nothing(rent, line):
    metrics = pytest.importorskip("sklearn.metrics")
    told = {one.name: one for one in beside(line, from_preparation(rent.preparation), rent, rent.test)}
    assert list(told) == ["this network", "always the same", "linear", "boosting"]
    offset, scale = rent.target_scale[0]
    true, said = rent.test.y * scale + offset, line.predict(rent.test.x.astype(float)) * scale + offset
    mine = told["this network"]
    assert mine.figures["R²"] == pytest.approx(metrics.r2_score(true, said))
    assert mine.figures["MAE"] == pytest.approx(metrics.mean_absolute_error(true, said))
    assert told["linear"].figures["R²"] == pytest.approx(mine.figures["R²"], abs=1e-3)
    assert told["always the same"].figures["R²"] == pytest.approx(0, abs=0.05)
    for one in told.values():
        for name, (low, high) in one.intervals.items():
            assert low < one.figures[name] < high


def test_the_rows_most_wrong_are_those_of_the_file(rent, line):
    found = worst(line, from_preparation(rent.preparation), rent.test, 3)
    errors = np.abs(line.predict(rent.test.x.astype(float)) - rent.test.y)[:, 0]
    assert [one.row for one in found] == [rent.test.rows[k] + 1 for k in np.argsort(-errors)[:3]]
    raw = np.loadtxt(rent.source, delimiter=",", skiprows=1, usecols=4)
    assert float(found[0].true) == pytest.approx(raw[found[0].row - 1], rel=1e-3)


def test_the_bootstrap_interval_of_an_accuracy_is_about_two_standard_errors(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=1000)
    lines = [f"{a:.5f},{rng.normal():.4f},{'yes' if a + rng.normal() > 0 else 'no'}" for a in x]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *lines]))
    data = datasets.load(str(tmp_path / "t.csv"), target="y", test=0.4)
    network = Network((2, 1), (), "sigmoid", dtype=np.float64)
    network.W[1][...] = [[1.5, 0]]
    mine, constant, *_ = beside(network, from_preparation(data.preparation), data, data.test)
    p, (low, high) = mine.figures["accuracy"], mine.intervals["accuracy"]
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(p * (1 - p) / len(data.test)), rel=0.15)
    share = (data.train.y == 1).mean()
    expected = -np.log(np.where(data.test.y == 1, share, 1 - share)).mean()
    assert constant.figures["log loss"] == pytest.approx(expected)


@pytest.mark.slow
def test_eval_shows_both_and_json_has_them(command_line, tmp_path):
    rng = np.random.default_rng(0)
    lines = [f"{a:.4f},{b:.4f},{'yes' if a > 0 else 'no'}" for a, b in rng.normal(size=(120, 2))]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *lines]))
    assert command_line("train", tmp_path / "t.csv", "--target", "y", "--headless", "--epochs", 3)[0] == 0
    code, out, err = command_line("eval", "--beside", "--importance")
    assert code == 0, err
    assert "always the same" in out
    assert "how much the loss rises" in out
    record = json.loads(command_line("eval", "--beside", "--importance", "--json")[1])
    assert record["beside"][0]["figures"]["accuracy"] == pytest.approx(record["metrics"]["accuracy"])
    assert record["importance"][0]["column"] == "a"
