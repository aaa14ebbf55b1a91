"""What a lesson is: a small worked example with the numbers a lecture prints for it."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from .reader import LessonError, Source

DECKS = {
    "000": "One Fourth Labs, Multilayered Network of Neurons",
    "001": "MIT 6.S191 notes",
    "002": "Deep learning distilled, in PyTorch",
    "003": "Neural Networks 2",
    "004": "Lecture 10",
    "own": "Lessons of your own",
}
#: Where a number comes from. What is `fit` was chosen to reproduce what is printed; the slide may have had another.
SOURCES = {
    "seed": "printed in the deck",
    "derived": "solved uniquely from printed numbers",
    "fit": "chosen to reproduce the printed numbers",
    "calc": "our own calculation",
}


@dataclass(frozen=True, eq=False)
class Sample:
    """One row: inputs and target as the loss wants it (one-hot for classes)."""

    name: str
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True, eq=False)
class NetworkBody:
    """A network with its weights (lists a layer from 1: W[0] is W_1), its rows, loss and optimizer, all by name."""

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    output: str
    loss: str
    optimizer: str
    lr: float
    W: tuple[np.ndarray, ...]
    b: tuple[np.ndarray, ...]
    weights_source: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, eq=False)
class GraphBody:
    """Gates as assignments in order ("q = x + y"), and one or more sets of values for the variables."""

    gates: tuple[str, ...]
    samples: tuple[dict[str, float], ...]


@dataclass(frozen=True)
class Row:
    """One line of a calculation: name = expression."""

    name: str
    expression: str
    says: str
    where: str


@dataclass(frozen=True, eq=False)
class TableBody:
    """Named arrays and expressions over them, computed from the first to the last.

    along: the value (a list of rising numbers) over which the lines are drawn as curves; empty: they are not.
    """

    values: dict[str, np.ndarray]
    rows: tuple[Row, ...]
    along: str = ""


@dataclass(frozen=True)
class WalkSpec:
    """One walk down the error surface: where it starts (weights, then b), η, how many updates, batch or sgd.

    optimizer: by name; batch: how many rows an update sees, 0 where `order` says it.
    """

    name: str
    start: tuple[float, ...]
    lr: float
    updates: int
    order: str
    optimizer: str = "sgd"
    batch: int = 0


@dataclass(frozen=True, eq=False)
class DescentBody:
    """Rows X, targets Y of ŷ = g(w·x + b), and the walks down its error surface.

    plane: the ends of w and of b that the picture of the surface shows (None: about the walk looked at).
    """

    X: np.ndarray
    Y: np.ndarray
    names: tuple[str, ...]
    activation: str
    mean: bool
    standardize: bool
    walks: tuple[WalkSpec, ...]
    plane: tuple[tuple[float, float], tuple[float, float]] | None = None


@dataclass(frozen=True, eq=False)
class Printed:
    """One printed number (or array): of a step's result (element: indices from 1; part: an intermediate result),

    or of a quantity. `set` changes loss, lr, optimizer, activation for this number alone.
    """

    step: str
    quantity: str
    part: str
    sample: int
    element: tuple[int, ...]
    value: np.ndarray
    tolerance: float
    source: str
    set: dict[str, str | float]
    where: str


@dataclass(frozen=True)
class Erratum:
    """Where a slide is wrong, and what is right; shown at `step` of `sample` (0: any), or with the lesson.

    loss: shown only while the network has this one.
    """

    text: str
    step: str = ""
    sample: int = 0
    loss: str = ""


@dataclass(frozen=True)
class Remark:
    """What is worth saying at one step, and is neither a number nor a mistake of the slide."""

    text: str
    step: str
    sample: int = 0


Kind = Literal["network", "graph", "table", "descent"]
Body = NetworkBody | GraphBody | TableBody | DescentBody


@dataclass(frozen=True, eq=False)
class Lesson:
    """A lesson file, checked. kind says which body it has."""

    name: str
    title: str
    deck: str
    fixture: str
    kind: Kind
    teaches: str
    text: str
    body: Body
    printed: tuple[Printed, ...]
    errata: tuple[Erratum, ...]
    remarks: tuple[Remark, ...]
    source: Source = field(repr=False)

    def error(self, where: str, message: str) -> LessonError:
        """For what only the engine can tell is wrong (an unknown activation, a bad expression)."""
        return self.source.error(where, message)
