"""Recipes of one's own: kept in the user's configuration folder, one TOML each, followed by name like any other."""

import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import tomli_w

from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.settings import SETTINGS
from dnn_tui.runs.config import RunConfig

from . import RecipeError, own_recipes, parse_recipe, recipe_names

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def keep_recipe(name: str, config: RunConfig) -> str:
    """Write how a run trains as a recipe of that name, whole or not at all; what to say of it. Raises RecipeError."""
    if not NAME.fullmatch(name):
        raise RecipeError(f"{name!r} is no name: use small letters, digits and dashes, at most 40 of them.")
    if name in recipe_names():
        raise RecipeError(f"There is a recipe {name!r} already: choose another name.")
    text = recipe_text(config)
    parse_recipe(name, text)  # what could not be read back is not written
    folder = own_recipes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{name}.{os.getpid()}"
        beside.write_text(text, encoding="utf-8")
        beside.replace(folder / f"{name}.toml")
    except OSError as error:
        raise RecipeError(f"The recipe cannot be written to {folder}: {error.strerror}.") from None
    return f"Kept: dnn-tui train --recipe {name}"


def recipe_text(config: RunConfig) -> str:
    """A recipe's TOML: the data with its options, the network, and what of the training is not the usual."""
    data, network, training = config.dataset, config.network, config.training
    usual = asdict(TrainingConfig())
    options: dict[str, Any] = {"name": data.name, **data.options}
    if data.validation is not None:
        options["validation"] = data.validation
    kept = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(training).items()
        if value is not None and key in SETTINGS and key not in ("seed", "engine", "frozen")
        and (value != usual[key] or key in ("optimizer", "lr", "batch_size", "epochs", "l2", "dropout", "schedule"))
    }  # fmt: skip
    names = network.activations
    layers: dict[str, Any] = {"hidden": list(network.hidden), "initialization": network.initialization}
    if names:
        layers["activation"] = names[0] if len(set(names)) == 1 else ",".join(names)
    if network.output:
        layers["output"] = network.output
    if network.initialization_scale is not None:
        layers["initialization_scale"] = network.initialization_scale
    about = f"{Path(data.name).name}: {'-'.join(map(str, network.hidden)) or 'no hidden layers'}, {training.optimizer}"
    return tomli_w.dumps({"about": f"{about}, η {training.lr:g}.", "data": options, "network": layers,
                          "training": kept})  # fmt: skip
