"""Recipes: ways to train by name, a small TOML each. `about` says what it shows; [data] name what it is meant for."""

import difflib
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from dnn_tui.mlp.settings import NETWORK_SETTINGS, TRAINING_SETTINGS, SettingError
from dnn_tui.runs.preferences import preferences_file


class RecipeError(ValueError):
    """A recipe that does not exist, or says something unknown: one sentence for the user."""


@dataclass(frozen=True)
class Recipe:
    """data: options of the data set ("samples"); network: hidden, activation, output, initialization;

    training: fields of TrainingConfig. What it does not name stays the data set's own default. search: by setting, as
    one types it, the space that `dnn-tui search --recipe` looks through.
    """

    name: str
    about: str
    dataset: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    search: dict[str, str] = field(default_factory=dict)


def own_recipes() -> Path:
    """Where recipes of one's own lie: beside config.toml, in the user's configuration folder."""
    return preferences_file().with_name("recipes")


def _own() -> dict[str, Path]:
    folder = own_recipes()
    return {path.stem: path for path in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}


def recipe_names() -> list[str]:
    """All names, "default" and "best" first, those of one's own last."""
    names = {entry.name.removesuffix(".toml") for entry in files(__name__).iterdir() if entry.name.endswith(".toml")}
    given = sorted(names, key=lambda name: (name != "default", name != "best", name))
    return given + [name for name in _own() if name not in names]


def recipe(name: str) -> Recipe:
    """The recipe of that name. Raises RecipeError, which suggests the nearest name."""
    names = recipe_names()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}."
        raise RecipeError(f"There is no recipe {name!r}: {hint}")
    given = files(__name__) / f"{name}.toml"
    if given.is_file():
        return parse_recipe(name, given.read_text(encoding="utf-8"))
    try:
        return parse_recipe(name, _own()[name].read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"The recipe {name} cannot be read: {error}.") from None


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
    network, training = dict(record.get("network", {})), dict(record.get("training", {}))
    space = _space(name, record.get("search", {}))
    return Recipe(name, str(record.get("about", "")), dataset, options, network, training, space)


def _space(name: str, said: Any) -> dict[str, str]:
    """What [search] says: texts as one types them, or lists. Raises RecipeError."""
    from ..searching.space import SpaceError, read_space

    if not isinstance(said, dict):
        raise RecipeError(f"The recipe {name} has a search that is no section: write [search].")
    texts = {key: _typed(value) for key, value in said.items()}
    try:
        if texts:
            read_space(texts)
    except (SpaceError, SettingError) as error:
        raise RecipeError(f"The recipe {name} cannot have that in [search]. {error}") from None
    return texts


def _typed(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_typed, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
