"""What training needs of data: any object with these fields will do, as `datasets.Dataset` has them."""

from collections.abc import Sequence
from typing import Protocol

from .arrays import Array


class Rows(Protocol):
    """Rows that are used together.

    x: (n, n_0) numbers; y: (n,) integer classes from 0 where the task is "classes" or "binary", (n, n_L) numbers where
    it is "regression". It may have a `weight` too: (n,) numbers from 0, how much each row counts while training.
    """

    @property
    def x(self) -> Array: ...
    @property
    def y(self) -> Array: ...
    def __len__(self) -> int: ...


class Data(Protocol):
    """A data set, split. task: "classes", "binary" or "regression"; n_outputs: n_L, one a class, a question, a target.

    target_scale: (offset, scale) of each regression output, `raw = y · scale + offset`; empty: as they are.
    image_shape: (height, width[, channels]) where a row is an image, flattened row by row, with values from 0 to 1.
    """

    @property
    def name(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def train(self) -> Rows: ...
    @property
    def validation(self) -> Rows: ...
    @property
    def test(self) -> Rows: ...
    @property
    def n_outputs(self) -> int: ...
    @property
    def feature_names(self) -> Sequence[str]: ...
    @property
    def class_names(self) -> Sequence[str]: ...
    @property
    def target_names(self) -> Sequence[str]: ...
    @property
    def target_unit(self) -> str: ...
    @property
    def target_scale(self) -> Sequence[tuple[float, float]]: ...
    @property
    def image_shape(self) -> tuple[int, ...] | None: ...
