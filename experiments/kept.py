"""The rows that an estimator was fitted to, kept in the run's own folder: no file and no catalogue has them."""

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from dnn_tui.datasets.dataset import DataError, Dataset, Split
from dnn_tui.runs.config import DatasetConfig, RunError
from dnn_tui.runs.folder import RunFolder, replace_private

FILE = "data.safetensors"
MOST_BYTES = 256_000_000  # kept without being asked: a run should not fill a disk that nobody looks at
KEPT, LEFT_OUT = "kept", "left out"  # what `DatasetConfig.rows` says
PARTS = ("train", "validation", "test")
NAMES = ("feature_names", "class_names", "target_names", "target_scale")


def size(data: Dataset) -> int:
    """Bytes of all its rows."""
    return sum(array.nbytes for array in _arrays(data).values())


def keep(folder: RunFolder, data: Dataset) -> None:
    """Write the rows into the run's folder, with a checksum. Raises RunError."""
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(array) for name, array in _arrays(data).items()}
    facts = {"name": data.name, "task": data.task, "checksum": _checksum(arrays)}
    facts |= {name: getattr(data, name) for name in NAMES}
    file = folder.path / FILE
    try:
        replace_private(file, save(arrays, metadata={"dnn-tui": json.dumps(facts)}))
    except OSError as error:
        raise RunError(f"Cannot write {file}: {error.strerror or error}.") from None


def load_kept(wanted: DatasetConfig) -> Dataset:
    """The rows that `keep` wrote, the numbers as they were. Raises DataError where they are not there, or not whole."""
    if wanted.rows != KEPT:
        raise DataError(
            f"The rows that this {wanted.name} was fitted to were not kept, being more than"
            f' {MOST_BYTES // 1_000_000} MB: evaluate on a file with --data, or fit with record="rows".'
        )
    from safetensors import SafetensorError, safe_open

    folder = RunFolder(Path(wanted.data_dir or "."))
    file = folder.path / FILE
    try:
        with safe_open(file, framework="numpy") as opened:
            facts: dict[str, Any] = json.loads((opened.metadata() or {})["dnn-tui"])
            arrays = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 (no mapping)
        if facts["checksum"] != _checksum(arrays):
            raise DataError(
                f"{file} is damaged: its rows are not those that were kept. Evaluate on a file with --data."
            )
        splits: dict[str, Any] = {
            part: Split(arrays[f"{part}.x"], arrays[f"{part}.y"], weight=arrays.get(f"{part}.weight")) for part in PARTS
        }
        names: dict[str, Any] = {
            name: tuple(tuple(v) if isinstance(v, list) else v for v in facts[name]) for name in NAMES
        }
        return Dataset(facts["name"], facts["task"], **splits, **names, preparation=folder.preparation())
    except FileNotFoundError:
        raise DataError(f"{folder.path} has lost its rows, {FILE}: evaluate on a file with --data instead.") from None
    except DataError:
        raise
    except (SafetensorError, KeyError, TypeError, ValueError, OSError) as error:
        raise DataError(f"{file} does not hold the rows of a run: {error}.") from None


def _arrays(data: Dataset) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for part in PARTS:
        rows: Split = getattr(data, part)
        found |= {f"{part}.x": rows.x, f"{part}.y": rows.y}
        if rows.weight is not None:
            found[f"{part}.weight"] = rows.weight
    return found


def _checksum(arrays: dict[str, np.ndarray]) -> int:
    """Over every byte, in the order of the names."""
    checksum = 0
    for name in sorted(arrays):
        checksum = zlib.crc32(name.encode(), checksum)
        checksum = zlib.crc32(np.ascontiguousarray(arrays[name]).data, checksum)
    return checksum
