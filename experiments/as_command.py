"""A run's configuration as the one command that gives it again: to play it, or to train it.

To play says what differs from the data's own defaults: `dnn-tui play circle --noise 0.1 --hidden 8,8 …`. To train says
besides whatever differs from the program's, and always what one wants to read: layers, optimizer, learning rate, batch,
epochs, seed, engine and threads, which together with the versions decide every bit of the weights. What only concerns
watching (the pace) is left out there.
"""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from dnn_tui.datasets.catalogue import ENTRIES
from dnn_tui.datasets.dataset import Defaults
from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.settings import SETTINGS, TRAINING_SETTINGS
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig

from .building import configured
from .playground_address import EPOCHS
from .recipes import Recipe

#: Options of data that `dnn-tui play` has a flag for.
OPTIONS = {"noise", "samples", "inputs", "points", "formula", "rule", "test", "target", "task", "split", "drop", "keep",
           "unit", "size", "components"}  # fmt: skip
DATA_FLAGS = {"validation": "--val", "seed": "--data-seed"}  # options of `datasets.load` whose flag has another name
LAYERS = {"hidden": "hidden", "activation": "activations", "output": "output", "initialization": "initialization",
          "initialization_scale": "initialization_scale"}  # fmt: skip
OF_DATA = {f.name for f in fields(Defaults)}  # what data that is not known here may have other defaults for
READ = {"hidden", "activation", "optimizer", "lr", "batch_size", "epochs", "seed", "engine"}


def as_command(config: RunConfig) -> str:
    """The `dnn-tui play` command: what differs from the data's own defaults.

    "" where no options say it: an address does.
    """
    if config.dataset.rows or not set(config.dataset.options) <= OPTIONS:
        return ""
    named, usual = _usual(config)
    always = set() if named else OF_DATA

    def said(name: str, value: Any, theirs: Any) -> bool:
        return name != "engine" and (value != theirs or name in always)

    words = _data(replace(config.dataset, data_dir=None))
    return shlex.join(["dnn-tui", "play", *words, *_network(config, usual, said), *_training(config, usual, said)])


def training_command(config: RunConfig) -> str:
    """The `dnn-tui train` command: everything that decides the weights."""
    named, usual = _usual(config)
    always, plain = READ if named else READ | OF_DATA, TrainingConfig()

    def said(name: str, value: Any, theirs: Any) -> bool:
        return name != "pace" and (name in always or value != theirs or value != getattr(plain, name, value))

    words = _data(replace(config.dataset, data_dir=None) if config.dataset.rows else config.dataset)
    words += [*_network(config, usual, said), *_training(config, usual, said)]
    if config.threads:
        words += ["--threads", str(config.threads)]
    return shlex.join(["dnn-tui", "train", *words])


Said = Callable[[str, Any, Any], bool]  # name, value, usual value: whether it is said


def _usual(config: RunConfig) -> tuple[bool, RunConfig]:
    """Whether the data is known by its name, and the configuration of the same data where nothing is said

    but the optimizer, which brings its own η.
    """
    found = ENTRIES.get(config.dataset.name)
    defaults = found.defaults if found else Defaults()
    bare = replace(config, network=NetworkConfig(), training=TrainingConfig())
    asked = {} if config.training.optimizer == defaults.optimizer else {"optimizer": config.training.optimizer}
    usual = configured(bare, defaults, Recipe("", ""), {}, {"epochs": EPOCHS, **asked})
    if asked:  # it is said
        usual = replace(usual, training=replace(usual.training, optimizer=""))
    return found is not None, usual


def _data(wanted: DatasetConfig) -> list[str]:
    words = [] if "formula" in wanted.options else [wanted.name]
    given = {**wanted.options, "seed": wanted.seed, "validation": wanted.validation, "data_dir": wanted.data_dir}
    for name, value in given.items():
        flag = DATA_FLAGS.get(name, "--" + name.replace("_", "-"))
        for item in value if isinstance(value, list | tuple) else [value]:
            if item is not None:
                words += [flag, _text(item)]
    return words


def _network(config: RunConfig, usual: RunConfig, said: Said) -> Iterator[str]:
    for name, field in LAYERS.items():
        value, theirs = getattr(config.network, field), getattr(usual.network, field)
        if name == "activation":
            value, theirs = _one_or_each(value), _one_or_each(theirs)
        if value not in (None, "") and said(name, value, theirs):
            yield from _option(name, value)


def _training(config: RunConfig, usual: RunConfig, said: Said) -> Iterator[str]:
    for entry in TRAINING_SETTINGS:
        value = getattr(config.training, entry.name)
        if value is not None and said(entry.name, value, getattr(usual.training, entry.name)):
            yield from _option(entry.name, value)


def _one_or_each(activations: tuple[str, ...]) -> str:
    return activations[0] if len(set(activations)) == 1 else ",".join(activations)


def _option(name: str, value: Any) -> list[str]:
    entry = SETTINGS[name]
    if entry.kind is bool:
        return [entry.flag if value else f"--no-{entry.flag.removeprefix('--')}"]
    word = next((word for word, meant in entry.words if word and meant == value), "")
    return [entry.flag, word or _text(value)]


def _text(value: Any) -> str:
    """A value as it is typed; a number to its last bit."""
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    if isinstance(value, float):
        return short if float(short := f"{value:.12g}") == value else repr(value)
    return str(value)
