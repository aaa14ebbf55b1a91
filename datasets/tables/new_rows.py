"""Rows that a trained network meets later, treated exactly as those it was trained on."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..components import onto
from ..dataset import DataError, ShowProgress
from ..images.new_pictures import new_pictures
from .columns import Table
from .preparation import Preparation, from_preparation
from .reading import read_table
from .targets import target_names


@dataclass(frozen=True, eq=False)
class Rows:
    """x: (n, inputs) float32 in the order of the file. y: as `Split.y`, -1 or NaN where the file does not say;

    None where it has no target. report: what was unusual, in sentences. keys: what each row is called, a picture by
    its file or a row of a table by its column `key`; () where nothing says it.
    """

    x: np.ndarray
    y: np.ndarray | None
    preparation: Preparation
    report: tuple[str, ...]
    keys: tuple[str, ...] = ()
    key: str = "file"

    @property
    def known(self) -> np.ndarray:
        """(n,) bool: rows whose target is known."""
        if self.y is None:
            return np.zeros(len(self.x), bool)
        return self.y >= 0 if self.y.ndim == 1 else ~np.isnan(self.y).any(axis=1)


def prepare_rows(
    record: dict[str, Any], source: str | Path, progress: ShowProgress | None = None, key: str | None = None
) -> Rows:
    """The rows of a file as the recorded preparation (`Dataset.preparation`) makes them. Raises DataError.

    key: a column of a table that names its rows.
    """
    rows = _prepared(record, source, progress, key)
    return replace(rows, x=onto(record["components"], rows.x)) if "components" in record else rows


def _prepared(record: dict[str, Any], source: str | Path, progress: ShowProgress | None, key: str | None) -> Rows:
    preparation, path = from_preparation(record), Path(source).expanduser()
    if not path.exists():
        raise DataError(f"There is no file {path}: check its name.")
    if record["kind"] == "image" and (pictures := new_pictures(path, record)) is not None:
        place = {name: k for k, name in enumerate(preparation.class_names)}
        classes = pictures.classes
        y = None if classes is None else np.array([place.get(name, -1) for name in classes], np.int64)
        return Rows(pictures.x, y, preparation, pictures.report, pictures.files)
    table = read_table(path, progress, preparation.reading)
    x, report = preparation.inputs(table)
    if key is None:
        return Rows(x, preparation.outputs(table), preparation, report)
    return Rows(x, preparation.outputs(table), preparation, report, _keys(table, key), key)


def _keys(table: Table, key: str) -> tuple[str, ...]:
    """What the column says in every row. Raises DataError where there is none, or its cells were not kept."""
    (name,) = target_names(table, key)
    column = table.columns[name]
    if column.kind not in ("number", "text"):
        raise DataError(f"--key {name}: its cells are {column.kind}, not short texts or whole numbers.")
    text = column.as_text()
    return tuple(text.values[code] if code >= 0 else "" for code in text.codes)
