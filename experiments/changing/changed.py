"""What a change makes of a run's configuration: pure, before any data is loaded or any network built."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dnn_tui import datasets
from dnn_tui.datasets.dataset import check_share
from dnn_tui.datasets.generated.by_hand import is_gone, point_text
from dnn_tui.datasets.images.own_images import OPTIONS as PICTURES
from dnn_tui.datasets.tables.preparing import OPTIONS as TABLE
from dnn_tui.mlp.config import check_config
from dnn_tui.mlp.settings import SETTINGS
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig

from .aligning import aligned
from .words import VERBS, ChangeError, Part, parts, setting_of

MOST_LAYERS = 100
#: Options of data that mean the same for other data, and so stay when the data is changed.
LASTING = ("noise", "samples", "inputs")
LISTS = ("target", "drop", "keep", "column", "missing")
SHARES = ("validation", "test")
NETWORK_FIELDS = {"activation": "activations"}  # settings whose field in NetworkConfig has another name


@dataclass(frozen=True)
class Edit:
    """One parameter set by hand: a weight, or with column None a bias; layer from 1, row and column from 0."""

    layer: int
    row: int
    column: int | None
    value: float


@dataclass(frozen=True)
class Change:
    """What a text asks for. named: the keys it names, which nothing else may decide then.

    layers: for each hidden layer the index of the one before the change that it goes on from, None where it is new.
    units: for each hidden layer, of each of its units which of that layer it goes on from, -1 where it is new; None:
    the first from the first, and so on. removed: the layer, from 1, and the unit, from 0, of each that was taken out.
    """

    config: RunConfig
    named: frozenset[str] = frozenset()
    layers: tuple[int | None, ...] = ()
    units: tuple[tuple[int, ...] | None, ...] = ()
    removed: tuple[tuple[int, int], ...] = ()
    reset: bool = False
    edits: tuple[Edit, ...] = ()


def changed(config: RunConfig, text: str) -> RunConfig:
    """The configuration that a change makes of one. Raises a ValueError whose text is one sentence for the user."""
    return read_change(config, text).config


def read_change(config: RunConfig, text: str) -> Change:
    """What a change means for a run of this configuration. Raises as `changed`."""
    hidden = len(config.network.hidden)
    change = Change(config, layers=tuple(range(hidden)), units=(None,) * hidden)
    for part in parts(text):
        change = _after(change, part)
    names = [part.values.keys() for part in parts(text) if part.verb == "set"]
    change = replace(change, named=frozenset(key for keys in names for key in keys))
    if "optimizer" in change.named:
        change = replace(change, config=_with_usual(config, change))
    check_config(change.config.training)
    return change


def _after(change: Change, part: Part) -> Change:
    config = change.config
    match part.verb:
        case "set":
            ((key, value),) = part.values.items()
            return _set(change, key, value)
        case "reset":
            if "seed" in part.values:
                own = config.data_seed
                training = replace(config.training, seed=part.number("seed"))
                config = replace(config, training=training, dataset=replace(config.dataset, seed=own))
            return replace(change, config=config, reset=True)
        case "regenerate":
            return replace(change, config=_regenerated(config, part))
        case "insert" | "remove" | "units":
            return _other_layers(change, part)
        case "weight" | "bias":
            column = part.number("column") if part.verb == "weight" else None
            edit = Edit(part.number("layer", 1), part.number("row"), column, part.figure("value"))
            return replace(change, edits=(*change.edits, edit))
        case "freeze" | "thaw":
            return replace(change, config=_frozen(config, part))
        case "point" | "unpoint":
            return replace(change, config=_with_point(config, part))
    raise ChangeError(f"There is no change {part.verb!r}: there are {', '.join(VERBS)}.")


# ---- settings


def _set(change: Change, key: str, text: str) -> Change:
    config, entry = change.config, setting_of(key)
    if entry is None:
        return replace(change, config=_with_data(config, key, text))
    if text.lower() == "usual":
        fields = {**_defaults(NetworkConfig), **_defaults(type(config.training))}
        value = fields[key] if key not in ("hidden", "activation") else entry.parse(text)
    else:
        value = entry.parse(text)
    if key == "hidden":
        return _with_hidden(change, tuple(value))
    if key == "activation":
        return replace(change, config=replace(config, network=_activated(config.network, value.split(","))))
    if entry.group == "Network":
        return replace(change, config=replace(config, network=replace(config.network, **{key: value})))
    return replace(change, config=replace(config, training=replace(config.training, **{key: value})))


def _defaults(kind: type) -> dict[str, Any]:
    return {name: field.default for name, field in kind.__dataclass_fields__.items()}  # type: ignore[attr-defined]


def _activated(network: NetworkConfig, names: Sequence[str]) -> NetworkConfig:
    hidden = len(network.hidden)
    if len(names) == 1:
        names = list(names) * hidden
    if len(names) != hidden:
        raise ChangeError(f"{len(names)} activations for {hidden} hidden layers: give one, or one a layer.")
    return replace(network, activations=tuple(name.strip() for name in names))


def _with_usual(before: RunConfig, change: Change) -> RunConfig:
    """Of another optimizer: its usual learning rate, and none of the settings that only the one before takes."""
    training = change.config.training
    if training.optimizer == before.training.optimizer:
        return change.config
    fields: dict[str, Any] = {
        name: None
        for name, entry in SETTINGS.items()
        if entry.of == "optimizer" and name != "lr" and name not in change.named and name != "clip_norm"
        if training.optimizer not in entry.usual
    }
    if "lr" not in change.named:
        fields["lr"] = SETTINGS["lr"].usual[training.optimizer]
    return replace(change.config, training=replace(training, **fields))


# ---- layers


def _with_hidden(change: Change, hidden: tuple[int, ...]) -> Change:
    """Other hidden layers, each going on from the one it is most like."""
    _check_depth(hidden)
    return _rearranged(change, hidden, aligned(change.config.network.hidden, hidden))


def _check_depth(hidden: Sequence[int]) -> None:
    if len(hidden) > MOST_LAYERS:
        raise ChangeError(f"A running network is given at most {MOST_LAYERS} hidden layers, not {len(hidden)}.")


def _other_layers(change: Change, part: Part) -> Change:
    """One hidden layer inserted, removed or of another size."""
    hidden = list(change.config.network.hidden)
    layer, before = part.number("layer", 1), list[int | None](range(len(hidden)))
    most = len(hidden) + (part.verb == "insert")
    if layer > most:
        many = f"{len(hidden)} hidden layer{'s' if len(hidden) != 1 else ''}"
        raise ChangeError(f"There is no place {layer} to {part.verb}: the network has {many}.")
    if part.verb == "insert":
        neighbours = [*hidden[max(0, layer - 2) : layer], 4]
        units = part.number("units", 1) if "units" in part.values else neighbours[0]
        hidden.insert(layer - 1, units)
        before.insert(layer - 1, None)
    elif "unit" in part.values:
        return _without_unit(change, layer, part.number("unit"))
    elif part.verb == "remove":
        del hidden[layer - 1], before[layer - 1]
    else:
        hidden[layer - 1] = part.number("units", 1)
    for size in hidden:
        SETTINGS["hidden"].check((size,))
    _check_depth(hidden)
    change = _rearranged(change, tuple(hidden), before)
    if name := part.values.get("activation"):
        SETTINGS["activation"].check(name)
        network = change.config.network
        names = (*network.activations[: layer - 1], name, *network.activations[layer:])
        change = replace(change, config=replace(change.config, network=_activated(network, names)))
    return change


def _without_unit(change: Change, layer: int, unit: int) -> Change:
    """This very unit taken out of a hidden layer; the others stay what they are."""
    hidden = list(change.config.network.hidden)
    size = hidden[layer - 1]
    if unit >= size:
        raise ChangeError(f"Layer {layer} has units 0 to {size - 1}: there is no unit {unit} to remove.")
    if size == 1:
        raise ChangeError(f"It is the only unit of layer {layer}: remove layer={layer} takes the layer away.")
    hidden[layer - 1] -= 1
    stay = list(change.units[layer - 1] or range(size))
    del stay[unit]
    change = _rearranged(change, tuple(hidden), list(range(len(hidden))))
    units = (*change.units[: layer - 1], tuple(stay), *change.units[layer:])
    return replace(change, units=units, removed=(*change.removed, (layer, unit)))


def _rearranged(change: Change, hidden: tuple[int, ...], before: Sequence[int | None]) -> Change:
    """Hidden layers of these sizes; before: which of the present ones each goes on from."""
    network, training = change.config.network, change.config.training
    names = list(network.activations) or ["relu"]
    activations: list[str] = []
    for partner in before:
        # a new layer is like the one below it, or like the first
        activations.append(names[partner] if partner is not None else (activations or names)[-1 if activations else 0])
    places = {old + 1: new + 1 for new, old in enumerate(before) if old is not None}
    places[len(network.hidden) + 1] = len(hidden) + 1  # the output
    frozen = tuple(sorted(places[i] for i in training.frozen if i in places))
    config = replace(
        change.config,
        network=replace(network, hidden=hidden, activations=tuple(activations)),
        training=replace(training, frozen=frozen),
    )
    layers = tuple(None if partner is None else change.layers[partner] for partner in before)
    units = tuple(
        None if partner is None else _of_size(change.units[partner], size)
        for partner, size in zip(before, hidden, strict=True)
    )
    return replace(change, config=config, layers=layers, units=units)


def _of_size(units: tuple[int, ...] | None, size: int) -> tuple[int, ...] | None:
    """Where the units of a layer come from when it has this size; one whose order was never changed has the first."""
    return None if units is None else (*units[:size], *[-1] * (size - len(units)))


def _frozen(config: RunConfig, part: Part) -> RunConfig:
    layers, frozen = len(config.network.hidden) + 1, set(config.training.frozen)
    if "layer" not in part.values:
        frozen = set()
    else:
        layer = part.number("layer", 1)
        if layer > layers:
            raise ChangeError(f"There is no layer {layer} to {part.verb}: the network has {layers} layers of weights.")
        frozen = frozen | {layer} if part.verb == "freeze" else frozen - {layer}
    return replace(config, training=replace(config.training, frozen=tuple(sorted(frozen))))


# ---- data


def _with_data(config: RunConfig, key: str, text: str) -> RunConfig:
    """Other data, or one of its options."""
    wanted = config.dataset
    if key == "data":
        return config if text == wanted.name else replace(config, dataset=_other_data(wanted, text))
    if key == "formula" and wanted.name != "formula":
        wanted = _other_data(wanted, "formula")
    value = _option(wanted.name, key, text)
    if key == "validation":
        return replace(config, dataset=replace(wanted, validation=value))
    if key == "seed":  # of the run: the table of settings has it
        raise ChangeError("Say seed=N alone.")
    # rows that were taken away are no longer there once the points are others
    points = [point for point in wanted.options.get("points", ()) if not is_gone(point)]
    options = {**wanted.options, "points": points, key: value}
    return replace(config, dataset=replace(wanted, options=_told(options)))


def _other_data(wanted: DatasetConfig, text: str) -> DatasetConfig:
    """Another data set with what of its options still makes sense."""
    if datasets.is_path(text):
        path = Path(text).expanduser().resolve()
        if not path.exists():
            raise ChangeError(f"There is no file or folder {text}.")
        return DatasetConfig(str(path), wanted.validation, wanted.data_dir, {}, seed=wanted.seed)
    takes = datasets.entry(text).options
    options = {key: value for key, value in wanted.options.items() if key in LASTING and key in takes}
    return DatasetConfig(text, None, wanted.data_dir, options, seed=wanted.seed)


def _option(name: str, key: str, text: str) -> Any:
    """The value of an option of the data of that name. Raises ChangeError or DataError."""
    takes = (*TABLE, *PICTURES) if datasets.is_path(name) else datasets.entry(name).options
    takes = tuple(option for option in dict.fromkeys((*SHARES, "components", *takes)) if option != "points")
    if key not in takes:
        known = ", ".join(("data", *takes))
        raise ChangeError(f"There is no setting {key!r}: besides the network's and the training's there are {known}.")
    if text.lower() == "usual":
        return None
    if key in LISTS:
        return [part.strip() for part in text.split(",")]
    if key in ("header", "clip_answers"):
        return SETTINGS["shuffle"].parse(text)  # yes or no, as any setting is read
    if key not in (*SHARES, "noise", "samples", "components"):
        return text
    try:
        value = int(text) if key in ("samples", "components") else float(text)
    except ValueError:
        raise ChangeError(f"{text!r} is no number of {key}: give a number.") from None
    if key in SHARES:
        check_share(key, value)
    return value or None if key == "components" else value


def _regenerated(config: RunConfig, part: Part) -> RunConfig:
    seed = part.number("seed") if "seed" in part.values else config.data_seed + 1
    options = {**config.dataset.options, "points": []}
    return replace(config, dataset=replace(config.dataset, seed=seed, options=_told(options)))


def _with_point(config: RunConfig, part: Part) -> RunConfig:
    name = config.dataset.name
    if datasets.is_path(name) or "points" not in datasets.entry(name).options:
        raise ChangeError(f"Points are added by hand to data in a plane, such as circle, not to {name}.")
    places = sorted(key for key in part.values if key[:1] == "x" and key[1:].isdecimal())
    rest = [key for key in part.values if key not in (*places, "class", "value")]
    if rest:
        raise ChangeError(f"A point has no {rest[0]}: give x1, x2 and class, or value where numbers are learned.")
    label = None
    if part.verb == "point":
        said = next((key for key in ("class", "value") if key in part.values), None)
        if said is None:
            raise ChangeError("Of which class is the point? Give class=0 or class=1, or value=… for a number.")
        label = part.figure(said)
    point = point_text([part.figure(key) for key in places], label)
    options = {**config.dataset.options, "points": [*config.dataset.options.get("points", ()), point]}
    return replace(config, dataset=replace(config.dataset, options=options))


def _told(options: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {key: value for key, value in options.items() if value is not None and value != []}
