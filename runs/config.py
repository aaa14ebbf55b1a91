"""What a run was asked to do: everything needed to do it again, kept in `run.toml`."""

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import tomli_w

from dnn_tui.mlp import TrainingConfig

FORMAT = 1


class RunError(ValueError):
    """A run that cannot be found, read or written: one sentence for the user."""


@dataclass(frozen=True)
class DatasetConfig:
    """Which data: a catalogue name or a path, and the options it was loaded with. seed: its own; None: the run's.

    rows: of data that has neither, an estimator's: "kept" in the run's folder, which is then its data_dir, or "left
    out", being too large. joined: its validation rows are trained on, too.
    """

    name: str
    validation: float | None = None
    data_dir: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    rows: str | None = None
    seed: int | None = None
    joined: bool = False


@dataclass(frozen=True)
class NetworkConfig:
    """Which network: the hidden layers' sizes and activations; input and output sizes come from the data."""

    hidden: tuple[int, ...] = ()
    activations: tuple[str, ...] = ()
    output: str | None = None
    initialization: str = "auto"
    initialization_scale: float | None = None


@dataclass(frozen=True)
class RunConfig:
    """A whole run. The seed (in `training`) is that of everything, of the data too unless it has its own."""

    dataset: DatasetConfig
    network: NetworkConfig = field(default_factory=NetworkConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    threads: int = 0  # of the matrix library; 0: chosen for the network
    tuned: bool = False  # engine and threads were chosen by the program, which may choose again while it trains
    kernel: str = ""  # of OpenBLAS that computed it, such as "Haswell"; it decides the last bits
    recipe: str = ""

    @property
    def data_seed(self) -> int:
        """The seed that the data is drawn and split by."""
        return self.training.seed if self.dataset.seed is None else self.dataset.seed

    def to_toml(self, **header: Any) -> str:
        """TOML text, `header` (name, created, version …) first."""
        return tomli_w.dumps({"format": FORMAT, **_without_none(header), **self.to_dict()})

    def to_dict(self) -> dict[str, Any]:
        """Plain values that `from_dict` reads; what is None is left out."""
        plain: dict[str, Any] = _without_none(asdict(self))
        return plain

    @classmethod
    def read(cls, path: Path) -> "RunConfig":
        """The configuration in a `run.toml`. Raises RunError."""
        record = read_toml(path)
        try:
            return cls.from_dict(record)
        except RunError as error:
            raise RunError(f"{path} describes no run: {error}") from None

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "RunConfig":
        """The configuration from plain values; unknown keys (a newer writer's) are ignored. Raises RunError."""
        parts = {name: record.get(name, {}) for name in ("dataset", "network", "training")}
        for name, part in parts.items():
            if not isinstance(part, dict):
                raise RunError(f"{name} is {part!r}, and must be a section.")
        dataset, network, training = parts.values()
        if not isinstance(dataset.get("name"), str):
            raise RunError("it names no data: [dataset] needs a name.")
        training = {"engine": "numpy", **training}  # a run of before there was another engine
        return cls(
            dataset=_known(DatasetConfig, "dataset", dataset),
            network=_known(NetworkConfig, "network", network),
            training=_known(TrainingConfig, "training", training),
            threads=_fitting("threads", record.get("threads", 0), 0),
            tuned=_fitting("tuned", record.get("tuned", False), False),
            kernel=_fitting("kernel", record.get("kernel", ""), ""),
            recipe=str(record.get("recipe", "")),
        )


def read_toml(path: Path) -> dict[str, Any]:
    """A `run.toml` as plain values. Raises RunError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{path.parent} is no run: it has no {path.name}.") from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RunError(f"Cannot read {path}: {error}.") from None


def _known(kind: type, section: str, record: dict[str, Any]) -> Any:
    """A section of the configuration from what it knows of a record. Raises RunError."""
    known = {f.name: f.default for f in fields(kind) if f.name in record}
    return kind(**{key: _fitting(f"{section}.{key}", record[key], default) for key, default in known.items()})


def _fitting(name: str, value: Any, default: Any) -> Any:
    """A value that can stand where `default` does; lists become tuples. Raises RunError."""
    if isinstance(default, tuple):
        items = (int, float) if name == "network.hidden" else (str, int, float)
        if isinstance(value, list | tuple) and all(isinstance(item, items) for item in value):
            return tuple(value)
        raise RunError(
            f"{name} is {value!r}, and must be a list of {'sizes' if name == 'network.hidden' else 'values'}."
        )
    if name == "dataset.options" and not isinstance(value, dict):
        raise RunError(f"{name} is {value!r}, and must be a section.")
    for kind, word in ((bool, "true or false"), (int | float, "a number"), (str, "a text")):
        if isinstance(default, kind):  # bool first: it is an int as well
            if not isinstance(value, kind) or isinstance(value, bool) != isinstance(default, bool):
                raise RunError(f"{name} is {value!r}, and must be {word}.")
            break
    return value


def _without_none(value: Any) -> Any:
    """TOML has no null: what is None is left out, and reads back as its default."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_without_none(item) for item in value]
    return value
