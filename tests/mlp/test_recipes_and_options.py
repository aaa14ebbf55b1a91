"""Recipes by name and the engine's options on the command line: what was asked for comes before what was prepared."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from dnn_tui.datasets.dataset import Defaults
from dnn_tui.experiments.building import configured
from dnn_tui.experiments.recipes import Recipe, RecipeError, parse_recipe, recipe, recipe_names
from dnn_tui.mlp import TrainingConfig
from dnn_tui.runs.config import DatasetConfig, RunConfig
from dnn_tui.tui.cli import app

MNIST = Defaults((256, 128), "relu", "adam", 0.003, 128, 15, schedule="one_cycle", dropout=0.2)


def config_of(recipe=Recipe("", ""), network=None, training=None):
    start = RunConfig(DatasetConfig("mnist"), training=TrainingConfig(seed=7))
    return configured(start, MNIST, recipe, network or {}, training or {})


def run(tmp_path, *arguments):
    """Events of `dnn-tui train … --headless --json`."""
    result = CliRunner().invoke(app, ["train", *arguments, "--headless", "--json", "--runs-dir", str(tmp_path)])
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_can_be_read_and_says_what_it_shows(name):
    entry = recipe(name)
    assert entry.about.endswith(".")
    TrainingConfig(**entry.training)


def test_an_unknown_recipe_is_refused_with_the_nearest_name():
    with pytest.raises(RecipeError, match="did you mean overfit"):
        recipe("overfitt")
    with pytest.raises(RecipeError, match="there are default, best"):
        recipe("zzz")


def test_an_unknown_key_in_a_recipe_is_refused():
    with pytest.raises(RecipeError, match=r"unknown key in \[training\]: droput"):
        parse_recipe("mine", 'about = "x"\n[training]\ndroput = 0.1')


def test_without_recipe_and_options_the_data_sets_defaults_hold():
    config = config_of()
    assert config.network.hidden == (256, 128)
    assert config.network.activations == ("relu", "relu")
    training = config.training
    assert (training.lr, training.schedule, training.dropout, training.seed) == (0.003, "one_cycle", 0.2, 7)


def test_a_recipe_comes_before_the_defaults_and_an_option_before_the_recipe():
    config = config_of(recipe("best"), {"activation": "gelu,tanh"}, {"epochs": 2, "dropout": 0.5})
    assert config.recipe == "best"
    assert config.network.hidden == (1024, 1024)
    assert config.network.activations == ("gelu", "tanh")
    assert (config.training.epochs, config.training.dropout, config.training.augment_elastic) == (2, 0.5, 1.2)


def test_another_optimizer_gets_its_own_usual_learning_rate_unless_one_is_given():
    assert config_of(training={"optimizer": "adadelta"}).training.lr == 1.0
    assert config_of(training={"optimizer": "adadelta", "lr": 0.5}).training.lr == 0.5
    assert config_of(training={"optimizer": "adam"}).training.lr == 0.003


def test_options_reach_the_run(tmp_path):
    events = run(
        tmp_path, "xor", "--epochs", "2", "--optimizer", "rmsprop", "--alpha", "0.8", "--schedule", "cosine",
        "--dropout", "0.1", "--l2", "0.001", "--balance-classes", "--activation", "gelu", "--init", "orthogonal",
        "--loss", "bce_mean",
    )  # fmt: skip
    training = events[0]["training"]
    assert (training["optimizer"], training["alpha"], training["schedule"]) == ("rmsprop", 0.8, "cosine")
    assert (training["dropout"], training["l2"], training["balance_classes"]) == (0.1, 0.001, True)
    assert events[0]["network"]["activations"] == ["gelu", "sigmoid"]
    assert events[-1]["reason"] == "completed"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--optimizer", "adam", "--momentum", "0.9"), "The optimizer adam has no momentum"),
        (("--loss", "cross_entropy"), "does not fit a sigmoid output"),
        (("--activation", "step"), "derivative is 0"),
        (("--dropout", "1"), "Dropout must be at least 0 and below 1"),
        (("--class-weights", "1,2,3"), "Class weights are 2 numbers"),
        (("--augment-rotate", "5"), "this data has none"),
        (("--batch-size", "5000"), "does not fit"),
        (("--optimizer", "sdg"), "There is no optimizer"),
        (("--schedule", "cosin"), "There is no schedule"),
        (("--recipe", "bets"), "did you mean best"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_before_anything_is_written(tmp_path, arguments, sentence):
    result = CliRunner().invoke(app, ["train", "xor", *arguments, "--headless", "--runs-dir", str(tmp_path)])
    assert isinstance(result.exception, ValueError)
    assert type(result.exception).__module__.startswith("dnn_tui.")  # what the program prints as a sentence, code 2
    assert sentence in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def final(events, split="train"):
    return events[-1]["metrics"][split]


def epochs_of(events, split, figure="loss"):
    return [float(event[split][figure]) for event in events if event["event"] == "epoch_ended"]


@pytest.mark.slow
def test_the_recipe_overfit_overfits_and_early_stopping_takes_it_back(tmp_path):
    over = run(tmp_path, "--recipe", "overfit", "--epochs", "120")
    losses = epochs_of(over, "validation")
    assert losses[-1] > 1.5 * min(losses)
    assert epochs_of(over, "train")[-1] < epochs_of(over, "train")[0]
    early = run(tmp_path, "--recipe", "early-stopping")
    assert early[-1]["reason"] == "early_stopping"
    assert final(early, "validation")["loss"] == pytest.approx(min(epochs_of(early, "validation")), rel=1e-6)


def test_the_recipe_vanishing_shows_gradients_that_vanish(tmp_path):
    events = run(tmp_path, "--recipe", "vanishing", "--epochs", "1")
    norms = [layer["grad_norm"] for layer in [e for e in events if e["event"] == "snapshot"][-1]["statistics"]]
    assert norms[0] < 1e-3 * norms[-1]
    relu = run(tmp_path, "--recipe", "vanishing", "--epochs", "1", "--activation", "relu")
    norms = [layer["grad_norm"] for layer in [e for e in relu if e["event"] == "snapshot"][-1]["statistics"]]
    assert norms[0] > 1e-2 * norms[-1]


def test_the_recipe_symmetry_keeps_the_units_of_a_layer_one(tmp_path):
    events = run(tmp_path, "--recipe", "symmetry", "--epochs", "1")
    weights = np.array([e for e in events if e["event"] == "snapshot"][-1]["layers"][1]["W"])
    assert np.abs(weights - weights[0]).max() < 1e-6 < np.abs(weights).max()


def test_the_recipes_too_large_lr_and_dead_relu_raise_their_alerts(tmp_path):
    for name, kind in (("too-large-lr", "diverging"), ("dead-relu", "dead_layer")):
        events = run(tmp_path, "--recipe", name, "--epochs", "6")
        assert kind in {event["kind"] for event in events if event["event"] == "alert"}, name
