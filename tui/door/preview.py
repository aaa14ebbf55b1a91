"""What a form's data is and what will be done to it: loaded as the training would load it, and tried out. No terminal.

The network and its trainer are built, so that what `train` would refuse is refused here, in the same sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..drawing.visible import visible
from .fields import DATA, RECIPE, Given, fields, given

if TYPE_CHECKING:
    import numpy as np

    from dnn_tui.datasets import Dataset, Defaults
    from dnn_tui.experiments.recipes import Recipe
    from dnn_tui.runs.config import RunConfig

ROWS = 12  # of a table
POINTS = 600  # of the plane
MOST_WEIGHTS = 20_000_000  # a larger network is not built only to be tried out


@dataclass(frozen=True)
class Preview:
    """What can be said before a training begins.

    problem: why it would be refused, in one sentence, and where: the field to blame, "" if it is none in particular;
    facts: what the data is; network: sizes and the number of weights; done: sentences on what was done to the data;
    header, rows: of some training rows in their own units, the answer last; pictures: (class, picture) of each class;
    points: (x, y, class) in the plane;
    usual: by field what holds where nothing is filled in.
    """

    problem: str = ""
    where: str = ""
    facts: str = ""
    network: str = ""
    done: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    pictures: "tuple[tuple[str, np.ndarray], ...]" = ()
    points: tuple[tuple[float, float, int], ...] = ()
    usual: Mapping[str, str] = field(default_factory=dict)


class Previewer:
    """Makes previews; keeps the data that was loaded last, since most changes leave it as it is."""

    def __init__(self) -> None:
        self._key: object = None
        self._data: Dataset | None = None

    def preview(self, values: Mapping[str, str]) -> Preview:
        """Of a form in which nothing is wrong by itself."""
        from dnn_tui.datasets.named.download import DownloadError

        try:
            asked = given(values)
            recipe = _recipe(asked.recipe)
            name = asked.data or ("formula" if "formula" in asked.wished else recipe.dataset or "")
            if not name:
                return Preview("Name the data, such as digits, or give a formula.", DATA)
            try:
                data = self._load(name, asked, recipe)
            except DownloadError as error:
                return _to_be_fetched(name, asked, recipe) or Preview(str(error), DATA)
            return _tried(data, asked, recipe)
        except ValueError as error:  # the packages' own sentences; any other is a bug
            if not type(error).__module__.startswith("dnn_tui."):
                raise
            return Preview(visible(str(error)), _field_of(error, values))

    def _load(self, name: str, asked: Given, recipe: "Recipe") -> "Dataset":
        from pathlib import Path

        from dnn_tui import datasets

        seed = asked.settings.get("seed", 0)
        options = (recipe.data if name == recipe.dataset else {}) | asked.wished
        path = Path(name).expanduser()
        changed = path.stat().st_mtime_ns if datasets.is_path(name) and path.exists() else 0
        key = (name, seed, changed, repr(sorted(options.items())))
        if self._data is None or key != self._key:
            if datasets.is_path(name):
                name = str(path.resolve())
            self._data, self._key = datasets.load(name, seed=seed, offline=True, **options), key
        return self._data


def _recipe(name: str) -> "Recipe":
    from dnn_tui.experiments.recipes import Recipe, recipe

    return recipe(name) if name else Recipe("", "")


def _field_of(error: ValueError, values: Mapping[str, str]) -> str:
    """The field that an error is about: one whose option its sentence names, else as its class says."""
    named = {entry.flag: entry.name for entry in fields() if entry.flag}
    for flag in re.findall(r"--[a-z0-9-]+", str(error)):
        if flag in named:
            return named[flag]
    kind = type(error).__name__
    if kind == "DataError":
        return "formula" if values.get("formula", "").strip() else DATA
    return RECIPE if kind == "RecipeError" else ""


def _tried(data: "Dataset", asked: Given, recipe: "Recipe") -> Preview:
    """The data, the settings that hold, and what the network and the trainer refuse."""
    import numpy as np

    from dnn_tui.experiments.building import build_trainer

    config = _configured(data.name, data.defaults, asked, recipe)
    sizes = (data.n_features, *config.network.hidden, data.n_outputs)
    weights = sum((before + 1) * after for before, after in pairwise(sizes))
    problem = where = ""
    if weights <= MOST_WEIGHTS:
        try:
            with np.errstate(all="ignore"):
                build_trainer(config, data)
        except ValueError as error:
            if not type(error).__module__.startswith("dnn_tui."):
                raise
            problem, where = visible(str(error)), _field_of(error, {})
    header, rows = _table(data)
    return Preview(
        problem,
        where,
        facts=_facts(data),
        network=f"{'-'.join(map(str, sizes))}, {weights:,} weights and biases",
        done=tuple(map(visible, data.report)),
        header=header,
        rows=rows,
        pictures=_pictures(data),
        points=_points(data),
        usual=usual(config),
    )


def _configured(name: str, defaults: "Defaults", asked: Given, recipe: "Recipe") -> "RunConfig":
    from dnn_tui.experiments.building import configured
    from dnn_tui.mlp import TrainingConfig
    from dnn_tui.mlp.settings import NETWORK_SETTINGS
    from dnn_tui.runs.config import DatasetConfig, RunConfig

    settings = dict(asked.settings)
    seed = settings.pop("seed", 0)
    network = {e.name: settings.pop(e.name) for e in NETWORK_SETTINGS if e.name in settings}
    config = RunConfig(DatasetConfig(name), training=TrainingConfig(seed=seed))
    return configured(config, defaults, recipe, network, settings)


def _to_be_fetched(name: str, asked: Given, recipe: "Recipe") -> Preview | None:
    """Of a data set that is not here yet: what is known of it without; None where it is none of ours."""
    from dnn_tui.datasets.catalogue import ENTRIES

    entry = ENTRIES.get(name)
    if entry is None:
        return None
    facts = f"{entry.summary}: {entry.rows:,} rows, {entry.features:,} inputs, {entry.classes} classes"
    fetched = f"It is not here yet: training begins by fetching {entry.size / 1e6:.0f} MB."
    return Preview(facts=facts, done=(fetched,), usual=usual(_configured(name, entry.defaults, asked, recipe)))


def usual(config: "RunConfig") -> dict[str, str]:
    """By setting what holds, as one would type it; nothing where the setting does not apply or has no value."""
    from dnn_tui.mlp.settings import SETTINGS

    network, training = config.network, config.training
    names = set(network.activations)
    activation = network.activations[0] if len(names) == 1 else ",".join(network.activations)
    values: dict[str, Any] = {**vars(training), **vars(network), "activation": activation}
    found = {}
    for name, entry in SETTINGS.items():
        value = values.get(name)
        if entry.of and name != "lr":
            of = str(values.get(entry.of))
            if of not in entry.usual:
                continue
            value = entry.usual[of] if value is None else value
        if value is None or value == ():
            continue
        found[name] = next((word for word, meant in entry.words if word and meant == value), "") or _typed(value)
    return found


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ",".join(map(_typed, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _facts(data: "Dataset") -> str:
    parts = (("to train on", data.train), ("for validation", data.validation), ("for the test", data.test))
    rows = ", ".join(f"{len(part):,} {name}" for name, part in parts if len(part))
    of = {"classes": f"{len(data.class_names)} classes", "binary": "yes or no", "regression": "numbers"}[data.task]
    if data.task == "binary":
        of = " or ".join(map(visible, data.class_names)) or of
    elif data.task == "regression":
        of = ", ".join(map(visible, data.target_names))
    inputs = f"{data.n_features:,} input{'s' if data.n_features != 1 else ''}"
    return f"{inputs} → {of}. Rows: {rows}."


def _table(data: "Dataset") -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Some training rows in their own units, the answer last; nothing of images."""
    from ..printed.data import answer, row_figures

    if data.image_shape or not data.columns or len(data.columns) != data.n_features:
        return (), ()
    rows = range(min(ROWS, len(data.train)))
    figures = row_figures(data, rows)
    shown: dict[str, list[str]] = {}
    for k, column in enumerate(data.columns):
        name, _, level = column.name.partition("=")
        if column.kind == "number":
            shown[column.name] = [str(figure) for figure in figures[:, k]]
        elif column.kind == "category" and level:  # one column again, as in the table
            cells = shown.setdefault(name, ["other"] * len(rows))
            shown[name] = [level if data.train.x[i, k] > 0.5 else cell for i, cell in enumerate(cells)]
    answers = [answer(data, i) for i in rows]
    header = (*shown, " ".join(data.target_names))
    return tuple(map(visible, header)), tuple(
        tuple(map(visible, cells)) for cells in zip(*shown.values(), answers, strict=True)
    )


def _pictures(data: "Dataset") -> "tuple[tuple[str, np.ndarray], ...]":
    from dnn_tui.datasets.summary import example_of_each_class

    if not data.image_shape or data.task == "regression":
        return ()
    shape = data.image_shape
    rows = example_of_each_class(data)[:20]
    return tuple((visible(data.class_names[data.train.y[row]]), data.train.x[row].reshape(shape)) for row in rows)


def _points(data: "Dataset") -> tuple[tuple[float, float, int], ...]:
    """Of data with two numbers for inputs: where its rows lie, and their class; in regression, below or above 0."""
    if data.n_features != 2 or any(column.kind != "number" for column in data.columns):
        return ()
    x, y = data.train.x[:POINTS], data.train.y[:POINTS].reshape(min(POINTS, len(data.train)), -1)[:, 0]
    kinds = y > 0 if data.task == "regression" else y
    return tuple((float(a), float(b), int(kind)) for (a, b), kind in zip(x, kinds, strict=True))
