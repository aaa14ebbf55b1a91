"""The table of settings: whole, in step with the code that uses it, and what it reads and refuses."""

import inspect
import math
import sys
from dataclasses import fields, replace
from subprocess import run

import numpy as np
import pytest
import typer.main
from typer.testing import CliRunner

from dnn_tui.experiments.recipes import RecipeError, parse_recipe
from dnn_tui.mlp import Command, Network, Trainer, TrainingConfig, TrainingError
from dnn_tui.mlp.config import check_config
from dnn_tui.mlp.events import CommandApplied
from dnn_tui.mlp.optimizers import OPTIMIZERS, make_optimizer
from dnn_tui.mlp.schedules import Schedule
from dnn_tui.mlp.settings import (
    GROUPS,
    NETWORK_SETTINGS,
    SCHEDULES,
    SETTINGS,
    TRAINING_SETTINGS,
    SettingError,
    setting,
)
from dnn_tui.runs.config import NetworkConfig
from dnn_tui.tui.cli import app
from dnn_tui.tui.commands.setting_options import parameter_name
from dnn_tui.tui.commands.train import train

NUMBERS = [entry for entry in SETTINGS.values() if entry.kind in (int, float)]


def test_every_field_of_the_training_has_its_setting_and_every_setting_its_field():
    assert {entry.name for entry in TRAINING_SETTINGS} == {field.name for field in fields(TrainingConfig)}
    assert {entry.name for entry in NETWORK_SETTINGS} == (
        {field.name for field in fields(NetworkConfig)} - {"activations"} | {"activation"}
    )
    assert len(SETTINGS) == len(NETWORK_SETTINGS) + len(TRAINING_SETTINGS)


@pytest.mark.parametrize("entry", SETTINGS.values(), ids=SETTINGS)
def test_every_setting_says_what_it_is(entry):
    assert entry.symbol
    assert entry.range
    assert entry.sentence.endswith(".")
    assert entry.group in GROUPS
    assert all(name.isascii() for name in (entry.name, entry.flag))


@pytest.mark.parametrize("entry", TRAINING_SETTINGS, ids=lambda entry: entry.name)
def test_the_default_is_a_value_the_setting_can_have(entry):
    entry.check(getattr(TrainingConfig(), entry.name))
    for name, usual in entry.usual.items():
        entry.check(usual)
        assert name in SETTINGS[entry.of].choices


@pytest.mark.parametrize("entry", NUMBERS, ids=lambda entry: entry.name)
def test_where_values_mostly_lie_is_within_the_range(entry):
    low, high = entry.span
    assert entry.low <= low < high <= entry.high
    assert low > 0 or entry.scale == "linear"


def test_train_help_shows_every_setting_with_its_sentence():
    shown = CliRunner().invoke(app, ["train", "--help"], env={"COLUMNS": "400", "TERMINAL_WIDTH": "400"}).stdout
    for entry in SETTINGS.values():
        line = next(line for line in shown.splitlines() if line.startswith(f"│ {entry.flag} "))
        assert entry.sentence.split(";")[0].strip(".")[1:] in line
        assert all(name in line for name in entry.choices)


def test_every_setting_is_an_option_of_train_and_nothing_of_the_engine_is_one_besides():
    command = typer.main.get_command(app).commands["train"]
    options = {parameter.name for parameter in command.params}
    assert {parameter_name(entry) for entry in SETTINGS.values()} <= options
    assert {field.name for field in fields(TrainingConfig)} <= options
    assert not set(inspect.signature(train).parameters) & set(SETTINGS)  # written in the table alone


def test_the_table_needs_no_numpy():
    code = "import sys; from dnn_tui.mlp.settings import SETTINGS; print(len(SETTINGS), 'numpy' in sys.modules)"
    done = run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.stdout.split() == [str(len(SETTINGS)), "False"], done.stderr


THEIRS = {
    "sgd": ("SGD", {}),
    "adagrad": ("Adagrad", {}),
    "adadelta": ("Adadelta", {"lr": 1.0}),
    "rmsprop": ("RMSprop", {}),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", THEIRS)
def test_an_optimizers_usual_settings_are_torchs(name, torch):
    kind, given = THEIRS[name]
    theirs = dict(getattr(torch.optim, kind)([torch.zeros(1, requires_grad=True)], **given).defaults)
    theirs["beta1"], theirs["beta2"] = theirs.pop("betas", (None, None))
    ours = {entry.name: entry.usual[name] for entry in TRAINING_SETTINGS if entry.of == "optimizer"
            and entry.name != "lr" and name in entry.usual}  # fmt: skip
    assert ours == {key: theirs[key] for key in ours}
    assert {"foreach", "maximize", "capturable", "differentiable", "fused", "lr", "decoupled_weight_decay"} >= {
        key for key, value in theirs.items() if value is not None and key not in ours
    }


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_the_table_says_an_optimizer_takes_it_takes_and_nothing_else(optimizer):
    for entry in TRAINING_SETTINGS:
        if entry.of != "optimizer" or entry.name == "lr":
            continue
        config = TrainingConfig(optimizer=optimizer, **{entry.name: True if entry.kind is bool else 0.5})
        if optimizer in entry.usual:
            made = make_optimizer(optimizer, 3, np.dtype(float), **config.optimizer_settings)
            assert getattr(made, entry.name, 0.5) == getattr(config, entry.name)
        else:
            with pytest.raises(TrainingError, match=f"{optimizer} has no {entry.name.replace('_', ' ')}; it takes"):
                check_config(config)


def rates(config):
    """η over 12 epochs of 10 steps, while the loss does not fall after a first small fall."""
    schedule, found = Schedule(config, 10), []
    for epoch in range(12):
        found += [schedule.lr(epoch * 10 + step) for step in range(10)]
        schedule.epoch_ended(1.0 if epoch == 0 else 0.99)
    return found


OTHERS = {"step_size": 3, "gamma": 0.7, "lr_min": 0.04, "pct_start": 0.6, "div_factor": 4.0, "final_div_factor": 3.0,
          "plateau_factor": 0.5, "plateau_patience": 1, "plateau_threshold": 0.5}  # fmt: skip


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_hangs_on_the_settings_that_the_table_says_it_takes(schedule):
    config = TrainingConfig(lr=0.1, epochs=12, schedule=schedule, plateau_patience=2, plateau_factor=0.3)
    assert set(OTHERS) == {entry.name for entry in TRAINING_SETTINGS if entry.of == "schedule"}
    changed = {name for name, value in OTHERS.items() if rates(replace(config, **{name: value})) != rates(config)}
    assert changed == {entry.name for entry in TRAINING_SETTINGS if schedule in entry.usual}


def test_what_is_live_a_running_trainer_obeys(make_blobs):
    data = make_blobs()
    network = Network((data.n_features, 4, data.n_outputs), "tanh", seed=0)
    trainer = Trainer(network, data, TrainingConfig(epochs=2))
    live = [entry for entry in TRAINING_SETTINGS if entry.live]
    for entry in live:
        trainer.send(Command(entry.command, 3.0 if entry.kind is int else 500.0 if entry.name == "pace" else 0.02))
    trainer.send(Command("pace", 0.0))
    applied = [event.command for event in trainer.events() if isinstance(event, CommandApplied)]
    assert applied == [*(entry.command for entry in live), "pace"]
    assert (trainer.epoch, trainer.lr) == (3, 0.02)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("lr", "1e-3", 0.001), ("lr", " 2 ", 2.0), ("batch_size", "all", 0), ("batch_size", "64", 64),
     ("hidden", "128,64", (128, 64)), ("hidden", "none", ()), ("hidden", "0", ()), ("class_weights", "1,2.5", (1, 2.5)),
     ("nesterov", "yes", True), ("shuffle", "off", False), ("optimizer", "adamw", "adamw"),
     ("activation", "tanh,relu", "tanh,relu"), ("augment_rotate", "180", 180.0), ("l2", "0", 0.0)],
)  # fmt: skip
def test_a_value_is_read_as_a_person_types_it(name, text, value):
    assert setting(name).parse(text) == value
    setting(name).check(setting(name).parse(text))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("lr", "0", "'0' is no learning rate: give a number above 0."),
        ("lr", "fast", "'fast' is no learning rate: give a number above 0."),
        ("lr", "inf", "'inf' is no learning rate"),
        ("lr", "nan", "'nan' is no learning rate"),
        ("lr", "", "'' is no learning rate"),
        ("batch_size", "0", "'0' is no batch size: give a whole number from 1, or all."),
        ("hidden", "3,0", "such as 128,64, or none."),
        ("hidden", "128,", "is no list of layer sizes"),
        ("epochs", "1.5", "'1.5' is no number of epochs: give a whole number from 1."),
        ("dropout", "1", "'1' is no dropout: give a number from 0 to below 1."),
        ("augment_rotate", "181", "give a number from 0 to 180."),
        ("pct_start", "1", "give a number above 0 and below 1."),
        ("nesterov", "maybe", "give yes or no."),
        ("optimizer", "sdg", "There is no optimizer 'sdg': choose one of sgd, momentum"),
        ("activation", "relu,wavy", "There is no activation 'wavy': choose one of identity"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence_that_says_what_can(name, text, sentence):
    with pytest.raises(SettingError) as caught:
        setting(name).parse(text)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", ["high", True, (0.1,), math.nan, math.inf, -0.1, 1])
def test_a_value_of_another_kind_or_outside_is_refused_wherever_it_comes_from(value):
    with pytest.raises(SettingError, match=r"^Dropout must be .*\.$"):
        setting("dropout").check(value)
    with pytest.raises(TrainingError, match="Dropout must be"):
        check_config(TrainingConfig(dropout=value))


def test_numpys_numbers_are_numbers():
    setting("dropout").check(np.float32(0.25))
    setting("epochs").check(np.int64(3))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[training]\ndropout = "high"', r"mine cannot have that in \[training\]\. Dropout must be a number from 0"),
        ("[training]\nlr = 0", r"The learning rate must be above 0, not 0\."),
        ('[training]\noptimizer = "sdg"', "There is no optimizer 'sdg'"),
        ("[network]\nhidden = [64, 0]", r"The sizes of the hidden layers must be whole numbers from 1 to 100,000"),
        ('[network]\nactivation = "wavy"', "There is no activation 'wavy'"),
        ("[training]\nseed = 3", r"unknown key in \[training\]: seed"),
        ("[network]\nlayers = 3", r"unknown key in \[network\]: layers"),
    ],
)
def test_a_recipe_that_says_what_cannot_be_is_refused(text, sentence):
    with pytest.raises(RecipeError, match=sentence):
        parse_recipe("mine", f'about = "x"\n{text}')


def test_an_unknown_setting_is_refused_by_naming_those_there_are():
    with pytest.raises(SettingError, match=r"There is no setting 'droput': there are hidden, .* dropout"):
        setting("droput")
