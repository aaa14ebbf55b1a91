"""`Dataset`: what every source of data yields, and all that the rest of the program sees of it."""

from __future__ import annotations  # arrays are named below without loading NumPy: a list of names needs none

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np

Task = Literal["classes", "binary", "regression"]
#: progress(what, done, total), called while something long runs; total is None where it is not known.
ShowProgress = Callable[[str, int, int | None], None]


class DataError(ValueError):
    """Something is wrong with the data or its name; the message is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of data that are used together.

    x: (n, features) float32, C-contiguous, as the network receives it.
    y: (n,) int64 class indices where the task is `classes` or `binary` (0 or 1);
       (n, outputs) float32 where it is `regression` (scaled, see `Dataset.target_scale`).
    rows: (n,) int64, where each row stood in its source, from 0 (a test set of its own counts on after the rest).
    weight: (n,) numbers from 0, how much each row counts while training; None: all the same.
    """

    x: np.ndarray
    y: np.ndarray
    rows: np.ndarray | None = None
    weight: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Column:
    """How one input column was made: `x = (raw - offset) / scale` for numbers, an indicator for categories."""

    name: str
    kind: Literal["number", "category", "missing", "pixel"] = "number"
    offset: float = 0.0
    scale: float = 1.0
    note: str = ""


class Coordinates(Protocol):
    """Where every input is computed from two coordinates, as `derived.Plane` does it.

    names: of the two. points: from a split's name to the coordinates of its rows, (n, 2).
    """

    @property
    def names(self) -> tuple[str, str]:
        """What the two coordinates are called."""

    @property
    def points(self) -> dict[str, np.ndarray]:
        """The coordinates of the rows of "train", "validation" and "test", each (n, 2)."""

    def inputs(self, points: np.ndarray) -> np.ndarray:
        """The network's inputs (n, n_0) at points (n, 2)."""


@dataclass(frozen=True)
class Defaults:
    """How to train on a data set where the person chose nothing.

    hidden: units of each hidden layer. pace: steps a second when watched live (0: as fast as it goes), since
    a small data set is learned in less time than it takes to look. l2: λ of ½ λ Σw², against overfitting few rows.
    """

    hidden: tuple[int, ...] = (64, 32)
    activation: str = "relu"
    optimizer: str = "adam"
    lr: float = 0.001
    batch_size: int = 32
    epochs: int = 20
    pace: float = 0.0
    l2: float = 0.0
    schedule: str = "constant"
    dropout: float = 0.0
    input_dropout: float = 0.0
    weight_decay: float | None = None
    label_smoothing: float = 0.0
    patience: int = 0
    calibrate: bool = False


@dataclass(frozen=True)
class Request:
    """What `load` was asked for, on its way to the loader of one source.

    validation: share of the rows that are not test rows; test: share of all rows; None: the source's own.
    progress(what, done, total) is called while something long runs; total is None where it is not known.
    """

    seed: int = 0
    validation: float | None = None
    test: float | None = None
    data_dir: Path | None = None
    progress: ShowProgress | None = None
    offline: bool = False
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set, split and scaled, ready to be learned.

    image_shape is (height, width) or (height, width, channels); x is then that image, flattened row by row.
    target_scale is the (offset, scale) of each regression output: `raw = y * scale + offset`.
    report says in plain sentences what was done to the data on the way in.
    preparation is all of that as plain JSON values, so that new rows can be treated exactly alike
    (see `datasets.prepare_rows`); defaults is how to train on it where nothing else is said.
    plane is where the inputs are computed from two coordinates (`derived.Plane`).
    """

    name: str
    task: Task
    train: Split
    validation: Split
    test: Split
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ("target",)
    image_shape: tuple[int, ...] | None = None
    columns: tuple[Column, ...] = ()
    target_scale: tuple[tuple[float, float], ...] = ()
    target_unit: str = ""
    source: str = ""
    licence: str = ""
    report: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    preparation: dict[str, Any] = field(default_factory=dict)
    defaults: Defaults = Defaults()
    plane: Coordinates | None = None

    @property
    def n_features(self) -> int:
        """Inputs a row, n_0."""
        return len(self.feature_names)

    @property
    def n_outputs(self) -> int:
        """Units of the output layer: one a class; one for a yes/no question; one a target in regression."""
        if self.task == "classes":
            return len(self.class_names)
        return 1 if self.task == "binary" else len(self.target_names)


def check_share(name: str, share: float) -> None:
    """Raise DataError unless 0 <= share < 1."""
    if not 0 <= share < 1:
        raise DataError(f"The {name} share must be at least 0 and below 1, not {share:g}.")


def check_options(name: str, options: dict[str, Any], allowed: tuple[str, ...]) -> None:
    """Raise DataError at an option that this data does not have."""
    for key in options:
        if key not in allowed:
            takes = f"takes only {' and '.join(allowed)}" if allowed else "takes no options"
            raise DataError(f"{name} has no --{key.replace('_', '-')}: it {takes}.")
