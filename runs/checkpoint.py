"""Checkpoints: arrays in a safetensors file, what they mean as JSON in its header. Nothing is unpickled."""

import json
import zlib
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from dnn_tui.mlp import Network

from .config import RunConfig, RunError
from .folder import RunFolder, replace_private

FORMAT = 1  # of what the header's JSON means; a file without it is of before there was another
ARRAY = "array:"  # in the header's JSON, stands for the array of that name


def save_checkpoint(path: Path, network: Network, state: dict[str, Any], **facts: Any) -> None:
    """Write θ, the network's shape, `state` (what `Trainer.state_dict` gives) and `facts` (JSON-able).

    The file is on the disk, whole, under its name when this returns; or the one before it still is. Raises OSError.
    """
    from safetensors.numpy import save

    arrays: dict[str, np.ndarray] = {"theta": network.theta}
    about = {
        "format": FORMAT,
        "sizes": list(network.sizes),
        "activations": [activation.name for activation in network.activations],
        **facts,
        "state": _take_out(state, "", arrays),
    }
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    replace_private(path, save(arrays, metadata={"dnn-tui": json.dumps(about)}))


def load_checkpoint(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the facts of a checkpoint; facts["state"] is the trainer's, arrays and all. Raises RunError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            facts = json.loads((file.metadata() or {})["dnn-tui"])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        if facts.get("format", FORMAT) != FORMAT:
            raise RunError(
                f"{path} was written by another version of dnn-tui (checkpoint format {facts['format']}, this one reads"
                f" {FORMAT}): use that version."
            )
        facts["state"] = _put_back(facts.get("state", {}), arrays)
    except RunError:
        raise
    except FileNotFoundError:
        raise RunError(f"There is no checkpoint {path.name} in {path.parent.parent} yet.") from None
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise RunError(f"{path} is no checkpoint of dnn-tui: {error}.") from None
    return arrays, facts


def load_network(path: Path) -> Network:
    """The network a checkpoint holds. Raises RunError."""
    arrays, facts = load_checkpoint(path)
    *hidden, output = facts["activations"]
    network = Network(facts["sizes"], hidden, output, dtype=arrays["theta"].dtype.type)
    network.theta[...] = arrays["theta"]
    return network


def config_at(folder: RunFolder, which: str = "last", facts: dict[str, Any] | None = None) -> RunConfig:
    """The configuration that a checkpoint's network was trained with: its own, else (an older one) the run's.

    facts: of that checkpoint, where they were read already. The two differ where the run was changed and then broke
    off, and for the best checkpoint of a run that was changed after it. Raises RunError.
    """
    if facts is None:
        path = folder.checkpoint_file(which)
        facts = load_checkpoint(path)[1] if path.exists() else {}
    own = facts.get("config")
    return folder.here(RunConfig.from_dict(own)) if own else folder.config()


class Part(Protocol):
    """Rows x with their targets y, as `datasets.Split` has them."""

    @property
    def x(self) -> np.ndarray:
        """Inputs, (rows, n_0)."""

    @property
    def y(self) -> np.ndarray:
        """Targets, (rows,) or (rows, n_L)."""

    def __len__(self) -> int: ...


class Parts(Protocol):
    """Data in three parts, as `datasets.Dataset` has it."""

    @property
    def train(self) -> Part:
        """The rows trained on."""

    @property
    def validation(self) -> Part:
        """The rows that judge an epoch."""

    @property
    def test(self) -> Part:
        """The rows of the final figures."""


def fingerprint(data: Parts) -> str:
    """Tells whether data is still the same: a checksum over all shapes and up to a thousand rows of each part.

    data: a `datasets.Dataset`, or anything with its three parts.
    """
    checksum = 0
    for part in (data.train, data.validation, data.test):
        some = slice(None, None, max(1, len(part) // 1000))
        for array in (part.x, part.y):
            checksum = zlib.crc32(repr(array.shape).encode(), checksum)
            checksum = zlib.crc32(np.ascontiguousarray(array[some]).tobytes(), checksum)
    return f"{checksum:08x}"


def _take_out(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """`value` with every array in it moved to `arrays`, under the path that leads to it."""
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return ARRAY + name
    if isinstance(value, dict):
        return {key: _take_out(item, f"{name}.{key}" if name else str(key), arrays) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_take_out(item, f"{name}.{k}", arrays) for k, item in enumerate(value)]
    return value.item() if isinstance(value, np.generic) else value


def _put_back(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, str) and value.startswith(ARRAY):
        return arrays[value.removeprefix(ARRAY)]
    if isinstance(value, dict):
        return {key: _put_back(item, arrays) for key, item in value.items()}
    if isinstance(value, list):
        return [_put_back(item, arrays) for item in value]
    return value
