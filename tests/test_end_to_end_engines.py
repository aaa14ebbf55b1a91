"""The engine option of the real command: what is recorded, resumed and refused."""

import os
import shutil
import subprocess
import tomllib

import numpy as np
import pytest
import warm
from warm import DNN_TUI

from dnn_tui import datasets
from dnn_tui.mlp import Network, Trainer, TrainingConfig, compiled
from dnn_tui.runs.checkpoint import load_network
from dnn_tui.runs.folder import find_run

pytestmark = pytest.mark.slow

OPTIONS = ("--epochs", "3", "--seed", "4", "--dropout", "0.2", "--threads", "2")
needs_numba = pytest.mark.skipif(not compiled.is_installed(), reason=f"Numba is not installed: {compiled.INSTALL}")


@pytest.fixture
def dnn_tui(tmp_path):
    def run(*arguments: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "DNN_TUI_RUNS": str(tmp_path), "COLUMNS": "120"}
        return warm.run([DNN_TUI, *arguments], environment)

    return run


def weights(folder) -> np.ndarray:
    return load_network(folder.checkpoint_file("last")).theta


@needs_numba
@pytest.mark.usefixtures("compiled_once")
def test_the_command_and_the_api_give_the_same_weights_with_the_compiled_engine(dnn_tui, tmp_path):
    done = dnn_tui("train", "digits", "--headless", "--engine", "compiled", *OPTIONS)
    assert done.returncode == 0, done.stderr
    folder = find_run(tmp_path)
    recorded = tomllib.loads((folder.path / "run.toml").read_text())
    assert (recorded["training"]["engine"], recorded["threads"]) == ("compiled", 2)

    data = datasets.load("digits", seed=4)
    config = TrainingConfig(**{**recorded["training"], "class_weights": ()})
    sizes = (data.n_features, *recorded["network"]["hidden"], data.n_outputs)
    trainer = Trainer(Network(sizes, recorded["network"]["activations"], seed=4), data, config)
    trainer.engine.threads = 2
    list(trainer.events())
    np.testing.assert_array_equal(weights(folder), trainer.network.theta)


@needs_numba
@pytest.mark.usefixtures("compiled_once")
def test_a_resumed_run_keeps_its_engine_unless_told_otherwise(dnn_tui, tmp_path):
    assert dnn_tui("train", "digits", "--headless", "--engine", "compiled", *OPTIONS).returncode == 0
    run, after = find_run(tmp_path), {}
    for engine, arguments in {"kept": (), "numpy": ("--engine", "numpy")}.items():
        copy = shutil.copytree(run.path, tmp_path / engine / run.name)
        done = dnn_tui("train", "--resume", str(copy), "--epochs", "5", "--headless", *arguments)
        assert done.returncode == 0, done.stderr
        after[engine] = weights(find_run(copy.parent))
    whole = dnn_tui("train", "digits", "--headless", "--engine", "compiled", *OPTIONS[2:], "--epochs", "5")
    assert whole.returncode == 0
    np.testing.assert_array_equal(after["kept"], weights(find_run(tmp_path)))
    assert not np.array_equal(after["kept"], after["numpy"])
    np.testing.assert_allclose(after["kept"], after["numpy"], atol=0.05)


def test_a_short_run_is_left_to_numpy_and_says_so_in_its_configuration(dnn_tui, tmp_path):
    assert dnn_tui("train", "digits", "--headless", "--epochs", "1").returncode == 0
    assert tomllib.loads((find_run(tmp_path).path / "run.toml").read_text())["training"]["engine"] == "numpy"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--engine", "fortran"), "There is no engine 'fortran': choose one of auto, numpy, compiled."),
        (("--engine", "compiled", "--activation", "gelu"), "The compiled engine cannot train this"),
    ],
)
def test_an_engine_that_cannot_be_is_refused_in_a_sentence(dnn_tui, arguments, sentence):
    done = dnn_tui("train", "digits", "--headless", *arguments)
    assert done.returncode != 0
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@needs_numba
@pytest.mark.usefixtures("compiled_once")  # compiled here, first of all, in the types that this test leaves out
def test_compiling_is_announced_and_done_once_on_a_machine(compiled_cold):
    (first, said), (second, said_again) = compiled_cold
    assert (first, second) == (0, 0), said
    assert "compiling the engine, once on this machine" in said
    assert "compiling" not in said_again
