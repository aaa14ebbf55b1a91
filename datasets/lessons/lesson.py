"""What a lesson is: a small worked example with the numbers a lecture prints for it."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from .reader import LessonError, Source, Table

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
    """Named arrays and expressions over them, computed from the first to the last."""

    values: dict[str, np.ndarray]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class WalkSpec:
    name: str
    start: tuple[float, ...]
    lr: float
    updates: int
    order: str


@dataclass(frozen=True, eq=False)
class DescentBody:
    """Rows X, targets Y of ŷ = g(w·x + b), and the walks down its error surface."""

    X: np.ndarray
    Y: np.ndarray
    names: tuple[str, ...]
    activation: str
    mean: bool
    standardize: bool
    walks: tuple[WalkSpec, ...]


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
    """Where a slide is wrong, and what is right; shown at `step` of `sample` (0: any), or with the lesson."""

    text: str
    step: str = ""
    sample: int = 0


@dataclass(frozen=True, eq=False)
class Lesson:
    """A lesson file, checked. kind says which body it has."""

    name: str
    title: str
    deck: str
    fixture: str
    kind: Literal["network", "graph", "table", "descent"]
    teaches: str
    text: str
    body: NetworkBody | GraphBody | TableBody | DescentBody
    printed: tuple[Printed, ...]
    errata: tuple[Erratum, ...]
    source: Source = field(repr=False)

    def error(self, where: str, message: str) -> LessonError:
        """For what only the engine can tell is wrong (an unknown activation, a bad expression)."""
        return self.source.error(where, message)


def read(source: Source, name: str) -> Lesson:
    """Check a parsed file. Raises LessonError."""
    top = Table(source, source.data)
    kind = top.text("kind", one_of=tuple(_BODIES))
    lesson = Lesson(
        name=name,
        title=top.text("title"),
        deck=top.text("deck", "own", one_of=tuple(DECKS)),
        fixture=top.text("fixture", ""),
        kind=kind,
        teaches=top.text("teaches"),
        text=top.text("text").strip(),
        body=_BODIES[kind](top),
        printed=tuple(_printed(table) for table in top.tables("printed")),
        errata=tuple(_erratum(table) for table in top.tables("errata")),
        source=source,
    )
    top.done()
    return lesson


def _array(table: Table, key: str, dimensions: int | None = None, default=None) -> np.ndarray:
    given = table.numbers(key, default)
    try:
        array = np.array(given, float)
    except ValueError:
        raise table.error(key, f"{key} has rows of different lengths.") from None
    if dimensions is not None and array.ndim != dimensions:
        shape = {0: "one number", 1: "a list of numbers", 2: "a list of rows of numbers"}[dimensions]
        raise table.error(key, f"{key} should be {shape}.")
    return array


def _network(top: Table) -> NetworkBody:
    table = top.table("network")
    sizes = table.integers("sizes")
    if len(sizes) < 2 or min(sizes) < 1:
        raise table.error("sizes", "sizes needs an input and an output size, each at least 1, such as [2, 2, 1].")
    layers = len(sizes) - 1
    activation = table.raw("activation", "sigmoid")
    names = [activation] * (layers - 1) if isinstance(activation, str) else list(activation)
    if len(names) != layers - 1:
        raise table.error("activation", f"activation names {len(names)} hidden layers, but there are {layers - 1}.")
    W, b = _layers(table, "W", sizes), _layers(table, "b", sizes)
    samples = []
    for row in top.tables("samples", needed=True):
        x, y = _array(row, "x", 1), _array(row, "y", 1)
        for key, values, size, what in (("x", x, sizes[0], "inputs"), ("y", y, sizes[-1], "outputs")):
            if len(values) != size:
                raise row.error(key, f"{key} has {len(values)} numbers, but the network has {size} {what}.")
        samples.append(Sample(row.text("name", f"sample {len(samples) + 1}"), x, y))
        row.done()
    if not samples:
        raise top.error("samples", "a network lesson needs at least one [[samples]].")
    body = NetworkBody(
        sizes=sizes,
        activations=tuple(names),
        output=table.text("output"),
        loss=table.text("loss"),
        optimizer=table.text("optimizer", "sgd"),
        lr=table.number("lr", 0.1),
        W=W,
        b=b,
        weights_source=table.text("weights_source", "calc", one_of=tuple(SOURCES)),
        inputs=table.texts("inputs", ()),
        outputs=table.texts("outputs", ()),
        samples=tuple(samples),
    )
    table.done()
    return body


def _layers(table: Table, key: str, sizes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """W or b of every layer; a single number in place of an array fills it."""
    given = table.numbers(key, 0.0 if key == "b" else None)
    layers = len(sizes) - 1
    if not isinstance(given, list):
        given = [given] * layers
    if len(given) != layers:
        raise table.error(key, f"{key} has {len(given)} layers, but sizes has {layers}.")
    arrays = []
    for i, part in enumerate(given, start=1):
        shape = (sizes[i], sizes[i - 1]) if key == "W" else (sizes[i],)
        try:
            array = np.array(part, float)
        except ValueError:
            raise table.error(key, f"{key}_{i} has rows of different lengths.") from None
        if array.ndim and array.shape != shape:
            raise table.error(key, f"{key}_{i} is {_shape(array.shape)}, but should be {_shape(shape)}.")
        arrays.append(np.array(np.broadcast_to(array, shape)))
    return tuple(arrays)


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(str(n) for n in shape)


def _graph(top: Table) -> GraphBody:
    table = top.table("graph")
    gates = table.texts("gates")
    table.done()
    samples = []
    for row in top.tables("samples", needed=True):
        samples.append({key: row.number(key) for key in tuple(row.data)})
    return GraphBody(gates, tuple(samples))


def _table(top: Table) -> TableBody:
    values = top.table("values")
    arrays = {key: _array(values, key) for key in tuple(values.data)}
    rows = []
    for row in top.tables("rows", needed=True):
        rows.append(Row(row.text("name"), row.text("expression"), row.text("says", ""), row.where("expression")))
        if not rows[-1].name.isidentifier():
            raise row.error("name", f"“{rows[-1].name}” is no name: use letters, digits and underscores.")
        row.done()
    return TableBody(arrays, tuple(rows))


def _descent(top: Table) -> DescentBody:
    table = top.table("descent")
    X, Y = _array(table, "X"), _array(table, "Y", 1)
    X = X[:, None] if X.ndim == 1 else X
    if len(X) != len(Y):
        raise table.error("Y", f"X has {len(X)} rows and Y {len(Y)}.")
    walks = []
    for row in top.tables("walks", needed=True):
        start = _array(row, "start", 1, [0.0] * (X.shape[1] + 1))
        if len(start) != X.shape[1] + 1:
            raise row.error("start", f"start should have {X.shape[1] + 1} numbers: a weight a column, then b.")
        walks.append(
            WalkSpec(
                row.text("name"),
                tuple(start),
                row.number("lr"),
                row.integer("updates"),
                row.text("order", "batch", one_of=("batch", "sgd")),
            )
        )
        if not 0 < walks[-1].updates <= 10_000:
            raise row.error("updates", "updates should be from 1 to 10000.")
        row.done()
    body = DescentBody(
        X,
        Y,
        table.texts("names", ()),
        table.text("activation", "identity"),
        table.text("error", "sum", one_of=("sum", "mean")) == "mean",
        table.text("scale", "none", one_of=("none", "standardize")) == "standardize",
        tuple(walks),
    )
    table.done()
    return body


_BODIES = {"network": _network, "graph": _graph, "table": _table, "descent": _descent}


def _printed(table: Table) -> Printed:
    step, quantity = table.text("step", ""), table.text("quantity", "")
    if bool(step) == bool(quantity):
        raise table.error("step", "a printed number belongs to a step or to a quantity: give one of the two.")
    printed = Printed(
        step=step,
        quantity=quantity,
        part=table.text("part", ""),
        sample=table.integer("sample", 1),
        element=table.integers("element", ()),
        value=_array(table, "value"),
        tolerance=table.number("tolerance", 1e-3),
        source=table.text("source", "seed", one_of=tuple(SOURCES)),
        set=dict(table.raw("set", {})),
        where=table.where("value"),
    )
    table.done()
    return printed


def _erratum(table: Table) -> Erratum:
    erratum = Erratum(table.text("text").strip(), table.text("step", ""), table.integer("sample", 0))
    table.done()
    return erratum
