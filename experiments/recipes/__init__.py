"""Recipes: ways to train by name, a small TOML each. `about` says what it shows; [data] name what it is meant for."""

import difflib
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from dnn_tui.mlp.settings import NETWORK_SETTINGS, TRAINING_SETTINGS


class RecipeError(ValueError):
    """A recipe that does not exist, or says something unknown: one sentence for the user."""


@dataclass(frozen=True)
class Recipe:
    """data: options of the data set ("samples"); network: hidden, activation, output, initialization;

    training: fields of TrainingConfig. What it does not name stays the data set's own default.
    """

    name: str
    about: str
    dataset: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)


def recipe_names() -> list[str]:
    """All names, "default" and "best" first."""
    names = {entry.name.removesuffix(".toml") for entry in files(__name__).iterdir() if entry.name.endswith(".toml")}
    return sorted(names, key=lambda name: (name != "default", name != "best", name))


def recipe(name: str) -> Recipe:
    """The recipe of that name. Raises RecipeError, which suggests the nearest name."""
    names = recipe_names()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}."
        raise RecipeError(f"There is no recipe {name!r}: {hint}")
    return parse_recipe(name, (files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def parse_recipe(name: str, text: str) -> Recipe:
    """A recipe from its TOML. Raises RecipeError."""
    try:
        record = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"The recipe {name} is no TOML: {error}.") from None
    options = dict(record.get("data", {}))
    dataset = options.pop("name", None)
    for table, settings in (("network", NETWORK_SETTINGS), ("training", TRAINING_SETTINGS)):
        known = {entry.name: entry for entry in settings if entry.name != "seed"}
        for key, value in record.get(table, {}).items():
            if key not in known:
                raise RecipeError(f"The recipe {name} has an unknown key in [{table}]: {key}.")
            if refused := known[key].refused(value):
                raise RecipeError(f"The recipe {name} cannot have that in [{table}]. {refused}")
    return Recipe(
        name, str(record["about"]), dataset, options, dict(record.get("network", {})), dict(record.get("training", {}))
    )
