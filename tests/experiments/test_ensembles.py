"""The mean of several networks is one network, and cross-validation a handful of runs."""

import json
import re

import numpy as np
import pytest

from dnn_tui.experiments.ensembles import merged
from dnn_tui.mlp import Network
from dnn_tui.runs.checkpoint import load_network
from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import find_run


def members(sizes, output, count=3):
    networks = [Network(sizes, "tanh", output, seed=k, dtype=np.float64) for k in range(count)]
    rng = np.random.default_rng(1)
    for network in networks:
        network.theta[...] += rng.normal(0, 0.3, network.parameters)
    return networks


@pytest.mark.parametrize("sizes", [(4, 5, 3, 2), (4, 6, 2), (4, 2)])
def test_numbers_are_the_mean_of_the_members_numbers(sizes):
    networks = members(sizes, "identity")
    x = np.random.default_rng(0).normal(size=(20, 4))
    expected = np.mean([network.predict(x) for network in networks], axis=0)
    np.testing.assert_allclose(merged(networks).predict(x), expected, atol=1e-12)


def test_probabilities_are_their_geometric_mean():
    networks = members((4, 5, 3), "softmax")
    x = np.random.default_rng(0).normal(size=(20, 4))
    expected = np.exp(np.mean([np.log(network.predict(x)) for network in networks], axis=0))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(merged(networks).predict(x), expected, atol=1e-12)


def test_networks_of_different_layers_have_no_mean():
    with pytest.raises(RunError, match="different layers"):
        merged([*members((4, 5, 2), "identity", 1), *members((4, 6, 2), "identity", 1)])


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    lines = [f"{a:.4f},{b:.4f},{3 * a - b + rng.normal(0, 0.1):.5f}" for a, b in rng.normal(size=(150, 2))]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *lines]))
    return str(tmp_path / "t.csv")


def test_an_ensemble_is_a_run_whose_answers_are_its_members_mean(command_line, table, tmp_path):
    words = ("train", table, "--target", "y", "--headless", "--epochs", 3, "--hidden", 6, "--ensemble", 2)
    code, out, err = command_line(*words, "--runs-dir", tmp_path / "runs")
    assert code == 0, err
    said = re.search(r"Their mean: .*r2 ([-.\d]+)\. It is the run (\S+)\.", out)
    folders = [find_run(tmp_path / "runs", name) for name in ("member-1-of-2", "member-2-of-2", said[2])]
    one, two, both = (load_network(folder.checkpoint_file("last")) for folder in folders)
    x = np.random.default_rng(0).normal(size=(9, one.sizes[0])).astype(np.float32)
    np.testing.assert_allclose(both.predict(x), (one.predict(x) + two.predict(x)) / 2, atol=1e-5)
    assert not np.allclose(one.theta, two.theta)
    code, out, err = command_line("eval", said[2], "--json", "--runs-dir", tmp_path / "runs")
    assert json.loads(out)["metrics"]["r2"] == pytest.approx(float(said[1]), abs=1e-3), err


def test_folds_are_runs_and_their_mean_and_deviation_are_said(command_line, table, tmp_path):
    words = ("train", table, "--target", "y", "--headless", "--epochs", 2, "--hidden", 4, "--folds", 3)
    code, out, err = command_line(*words, "--runs-dir", tmp_path / "runs")
    assert code == 0, err
    figures = []
    for k in range(1, 4):
        told = json.loads(command_line("eval", f"fold-{k}-of-3", "--json", "--runs-dir", tmp_path / "runs")[1])
        assert told["rows"] == 50
        figures.append(told["metrics"]["r2"])
    mean, deviation = re.search(r"3 folds, .* r2 ([-.\d]+) ± ([.\d]*\d)", out).groups()
    assert float(mean) == pytest.approx(np.mean(figures), abs=1e-3)
    assert float(deviation) == pytest.approx(np.std(figures, ddof=1), rel=0.1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--folds", 3), "go with --headless"),
        (("--folds", 3, "--ensemble", 2, "--headless"), "give one of the two"),
        (("--folds", 1, "--headless"), "2"),
    ],
)
def test_several_trainings_that_cannot_be_are_refused(command_line, table, words, message, monkeypatch):
    code, _, err = command_line("train", table, "--target", "y", *words)
    assert code == 2
    assert message in " ".join(err.split()) or "terminal" in err
