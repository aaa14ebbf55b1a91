"""What training needs of data: any object with these fields will do, as `datasets.Dataset` has them."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from .arrays import Array


class Rows(Protocol):
    """Rows that are used together.

    x: (n, n_0) numbers; y: (n,) integer classes from 0 where the task is "classes" or "binary", (n, n_L) numbers where
    it is "regression". It may have a `weight` too: (n,) numbers from 0, how much each row counts while training.
    """

    @property
    def x(self) -> Array:
        """Inputs, (rows, n_0)."""

    @property
    def y(self) -> Array:
        """Class numbers, (rows,), or targets, (rows, n_L)."""

    def __len__(self) -> int: ...


class Data(Protocol):
    """A data set, split. task: "classes", "binary" or "regression"; n_outputs: n_L, one a class, a question, a target.

    target_scale: (offset, scale) of each regression output, `raw = y · scale + offset`; empty: as they are.
    image_shape: (height, width[, channels]) where a row is an image, flattened row by row, with values from 0 to 1.
    It may have a `plane` too (`plane.Coordinates`), where its inputs are computed from two coordinates.
    """

    @property
    def name(self) -> str:
        """What the data set is called."""

    @property
    def task(self) -> str:
        """What is to be learned: "classes", "binary" or "regression"."""

    @property
    def train(self) -> Rows:
        """Rows to train on."""

    @property
    def validation(self) -> Rows:
        """Rows to judge epochs by; may be none."""

    @property
    def test(self) -> Rows:
        """Rows for the final figures; may be none."""

    @property
    def n_outputs(self) -> int:
        """Units of the last layer, n_L."""

    @property
    def feature_names(self) -> Sequence[str]:
        """A name an input; may be empty."""

    @property
    def class_names(self) -> Sequence[str]:
        """A name a class; empty for a regression."""

    @property
    def target_names(self) -> Sequence[str]:
        """A name an output of a regression."""

    @property
    def target_unit(self) -> str:
        """Of the target, to be shown beside it."""

    @property
    def target_scale(self) -> Sequence[tuple[float, float]]:
        """What a target is multiplied by to be in its own unit, a number an output."""

    @property
    def image_shape(self) -> tuple[int, ...] | None:
        """(rows, columns) or (rows, columns, channels) of an input that is a picture."""


def first_targets(data: Data, y: Array) -> Array:
    """Of targets (n,) or (n, n_L) the labels, or in a regression the first numbers in their own unit: (n,) float64."""
    values = np.asarray(y, float)
    values = values[:, 0] if values.ndim > 1 else values
    offset, scale = data.target_scale[0] if data.target_scale else (0.0, 1.0)
    return np.asarray(values * scale + offset if data.task == "regression" else values)
