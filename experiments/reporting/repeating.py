"""How to train the same again: a recorded configuration as the `dnn-tui train` command that asks for it.

Every choice that differs from what the data set or the program would choose is said, and those that one wants to read
are said always: layers, optimizer, learning rate, batch, epochs, seed, engine and threads, which together with the
versions decide every bit of the weights. What only concerns watching (the pace) is left out.
"""

import shlex
from typing import Any

from dnn_tui.datasets.catalogue import ENTRIES
from dnn_tui.datasets.dataset import Defaults
from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.settings import SETTINGS, TRAINING_SETTINGS
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig

ALWAYS = ("optimizer", "lr", "batch_size", "epochs", "seed", "engine")
WATCHING = ("pace",)
DATA_FLAGS = {"validation": "--val", "seed": "--data-seed"}  # options of `datasets.load` whose flag has another name


def command(config: RunConfig) -> str:
    """The command as a shell takes it."""
    words = ["dnn-tui", "train", *_data(config.dataset), *_network(config.network), *_training(config)]
    if config.threads:
        words += ["--threads", str(config.threads)]
    return shlex.join(words)


def _data(wanted: DatasetConfig) -> list[str]:
    words = [] if "formula" in wanted.options else [wanted.name]
    folder = None if wanted.rows else wanted.data_dir
    given = {**wanted.options, "seed": wanted.seed, "validation": wanted.validation, "data_dir": folder}
    for name, value in given.items():
        flag = DATA_FLAGS.get(name, "--" + name.replace("_", "-"))
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if item is not None:
                words += [flag, _text(item)]
    return words


def _network(wanted: NetworkConfig) -> list[str]:
    names = wanted.activations
    words = ["--hidden", ",".join(map(str, wanted.hidden)) or "none"]
    if names:
        words += ["--activation", names[0] if len(set(names)) == 1 else ",".join(names)]
    plain = NetworkConfig()
    for name in ("output", "initialization", "initialization_scale"):
        value = getattr(wanted, name)
        if value != getattr(plain, name):
            words += [SETTINGS[name].flag, _text(value)]
    return words


def _training(config: RunConfig) -> list[str]:
    words: list[str] = []
    found = ENTRIES.get(config.dataset.name)
    usual, own = TrainingConfig(), found.defaults if found else None
    for entry in TRAINING_SETTINGS:
        value = getattr(config.training, entry.name)
        if entry.name in WATCHING or value is None:
            continue
        said = entry.name in ALWAYS or value != getattr(usual, entry.name) or _chosen_by_data(entry.name, value, own)
        if not said:
            continue
        if isinstance(value, bool):
            words.append(entry.flag if value else f"--no-{entry.flag[2:]}")
        else:
            word = next((word for word, meant in entry.words if meant == value), "")
            words += [entry.flag, word or _text(value)]
    return words


def _chosen_by_data(name: str, value: Any, own: Defaults | None) -> bool:
    """Whether the data set would choose another value; one that is not known might."""
    return hasattr(Defaults(), name) and (own is None or getattr(own, name) != value)


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(map(_text, value))
    return repr(value) if isinstance(value, float) else str(value)
