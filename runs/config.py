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
    """Which data: a catalogue name or a path, and the options it was loaded with."""

    name: str
    validation: float | None = None
    data_dir: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


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
    """A whole run. The seed (in `training`) is the seed of everything, the data split included."""

    dataset: DatasetConfig
    network: NetworkConfig = field(default_factory=NetworkConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    threads: int = 0  # of the matrix library; 0: chosen for the network
    recipe: str = ""

    def to_toml(self, **header: Any) -> str:
        """TOML text, `header` (name, created, version …) first."""
        sections = {key: value for key, value in _without_none(asdict(self)).items()}
        return tomli_w.dumps({"format": FORMAT, **_without_none(header), **sections})

    @classmethod
    def read(cls, path: Path) -> "RunConfig":
        """The configuration in a `run.toml`. Raises RunError."""
        return cls.from_dict(read_toml(path))

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> "RunConfig":
        """The configuration from plain values; unknown keys (a newer writer's) are ignored."""
        network, training = dict(record.get("network", {})), dict(record.get("training", {}))
        training.setdefault("engine", "numpy")  # a run of before there was another
        for key in ("hidden", "activations"):
            network[key] = tuple(network.get(key, ()))
        return cls(
            dataset=_known(DatasetConfig, record.get("dataset", {})),
            network=_known(NetworkConfig, network),
            training=_known(TrainingConfig, training),
            threads=int(record.get("threads", 0)),
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


def _known(kind: type, record: dict[str, Any]) -> Any:
    names = {f.name for f in fields(kind)}
    return kind(**{key: value for key, value in record.items() if key in names})


def _without_none(value: Any) -> Any:
    """TOML has no null: what is None is left out, and reads back as its default."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_without_none(item) for item in value]
    return value
