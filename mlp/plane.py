"""The plane of a data set's two coordinates: places on it, and what the network's inputs are there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .arrays import Array
from .data import Data

MARGIN = 0.05  # of the rows' extent that is seen beyond them


class Coordinates(Protocol):
    """What data may have as `plane`, where its inputs are computed from two coordinates (x1, x2, x1², sin x1 …).

    names: of the two. points: from a split's name ("train" …) to its rows' coordinates, (n, 2).
    """

    @property
    def names(self) -> tuple[str, str]:
        """What the two coordinates are called."""

    @property
    def points(self) -> dict[str, Array]:
        """The coordinates of the rows of "train", "validation" and "test", each (n, 2)."""

    def inputs(self, points: Array) -> Array:
        """The network's inputs (n, n_0) at points (n, 2)."""


@dataclass(frozen=True)
class Plane:
    """A rectangle of the plane. low, high: its corners, (2,); inputs: from points (n, 2) to (n, n_0)."""

    names: tuple[str, str]
    low: Array
    high: Array
    train: Array
    inputs: Callable[[Array], Array]

    def grid(self, rows: int, columns: int) -> Array:
        """The inputs at rows × columns evenly spread places, row by row, the first row at the largest x2."""
        x1 = np.linspace(self.low[0], self.high[0], columns)
        x2 = np.linspace(self.high[1], self.low[1], rows)
        return self.inputs(np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2))


def plane_of(data: Data) -> Plane | None:
    """The plane that the training rows lie in, a little wider than they reach; None where rows have no two

    coordinates.
    """
    coordinates: Coordinates | None = getattr(data, "plane", None)
    points = coordinates.points["train"] if coordinates else data.train.x
    if points.shape[1] != 2 or not len(points):
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    margin = (high - low) * MARGIN
    if coordinates is None:
        names = tuple(data.feature_names) if len(data.feature_names) == 2 else ("x1", "x2")
        return Plane((names[0], names[1]), low - margin, high + margin, points, lambda places: places)
    return Plane(coordinates.names, low - margin, high + margin, points, coordinates.inputs)


def judged_points(data: Data) -> tuple[Array, Array]:
    """The coordinates and targets of rows that are not trained on: validation's, else the test's."""
    coordinates: Coordinates | None = getattr(data, "plane", None)
    name = "validation" if len(data.validation) else "test"
    split = getattr(data, name)
    return (coordinates.points[name] if coordinates else split.x), split.y
