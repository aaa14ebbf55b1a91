"""A run's configuration as the one command that gives it again: `dnn-tui play circle --noise 0.1 --hidden 8,8 …`."""

import shlex
from dataclasses import asdict, fields, replace
from typing import Any

from dnn_tui import datasets
from dnn_tui.datasets import Defaults
from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.settings import SETTINGS, Setting
from dnn_tui.runs.config import NetworkConfig, RunConfig

from .building import configured
from .playground_address import EPOCHS
from .recipes import Recipe

#: Options of data that a flag of the same name says; several are said again and again.
OPTIONS = ("noise", "samples", "inputs", "points", "formula", "rule", "test", "target", "task", "split", "drop", "keep",
           "unit", "size", "components")  # fmt: skip
LAYERS = {"hidden": "hidden", "activation": "activations", "output": "output", "initialization": "initialization",
          "initialization_scale": "initialization_scale"}  # fmt: skip
ALWAYS = {f.name for f in fields(Defaults)}  # what data of one's own may have other defaults for


def as_command(config: RunConfig, program: str = "dnn-tui play") -> str:
    """The command: what differs from the data's own defaults. "" where no options say it: an address does."""
    data = config.dataset
    if not set(data.options) <= {*OPTIONS}:
        return ""
    words = [program, *([] if data.name == "formula" else [shlex.quote(data.name)])]
    for key, value in data.options.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            words += [f"--{key}", shlex.quote(str(one))]
    if data.seed is not None:
        words += ["--data-seed", str(data.seed)]
    if data.validation is not None:
        words += ["--val", f"{data.validation:.12g}"]
    named = not datasets.is_path(data.name)
    usual = _usual(config, datasets.entry(data.name).defaults if named else Defaults())
    for key, name in LAYERS.items():
        value, theirs = getattr(config.network, name), getattr(usual.network, name)
        if name == "activations":
            value, theirs = _names(value), _names(theirs)
        if value not in (None, "") and (value != theirs or (not named and key in ALWAYS)):
            words += _said(SETTINGS[key], value)
    for key, value in asdict(config.training).items():
        said = value != getattr(usual.training, key) or (not named and key in ALWAYS)
        if said and key in SETTINGS and key != "engine":
            words += _said(SETTINGS[key], value)
    return " ".join(words)


def _usual(config: RunConfig, defaults: Defaults) -> RunConfig:
    """The configuration of the same data where nothing is said but the optimizer, which brings its own η."""
    bare = replace(config, network=NetworkConfig(), training=TrainingConfig())
    asked = {} if config.training.optimizer == defaults.optimizer else {"optimizer": config.training.optimizer}
    usual = configured(bare, defaults, Recipe("", ""), {}, {"epochs": EPOCHS, **asked})
    if asked:  # it is said
        usual = replace(usual, training=replace(usual.training, optimizer=""))
    return usual


def _names(activations: tuple[str, ...]) -> str:
    return activations[0] if len(set(activations)) == 1 else ",".join(activations)


def _said(entry: Setting, value: Any) -> list[str]:
    """A setting as its option."""
    if value is None:
        return []
    if entry.kind is bool:
        return [entry.flag if value else f"--no-{entry.flag.removeprefix('--')}"]
    if entry.kind is tuple:
        return [entry.flag, ",".join(f"{item:.12g}" for item in value) or "none"]
    return [entry.flag, f"{value:.12g}" if isinstance(value, float) else str(value)]
