"""Reading what a lesson computes with: a network, gates, a calculation or a descent, each checked, with its line."""

from typing import Any

import numpy as np

from .lesson import SOURCES, DescentBody, GraphBody, NetworkBody, Row, Sample, TableBody, WalkSpec
from .reader import Table


def array(table: Table, key: str, dimensions: int | None = None, default: Any = None) -> np.ndarray:
    """The float64 array under `key`, of so many dimensions. Raises LessonError."""
    given = table.numbers(key, default)
    try:
        array = np.array(given, float)
    except ValueError:
        raise table.error(key, f"{key} has rows of different lengths.") from None
    if dimensions is not None and array.ndim != dimensions:
        shape = {0: "one number", 1: "a list of numbers", 2: "a list of rows of numbers"}[dimensions]
        raise table.error(key, f"{key} should be {shape}.")
    return array


def network(top: Table) -> NetworkBody:
    """The body of a network lesson. Raises LessonError."""
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
    samples: list[Sample] = []
    for row in top.tables("samples", needed=True):
        x, y = array(row, "x", 1), array(row, "y", 1)
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


def graph(top: Table) -> GraphBody:
    """The body of a lesson on gates. Raises LessonError."""
    table = top.table("graph")
    gates = table.texts("gates")
    table.done()
    samples = []
    for row in top.tables("samples", needed=True):
        samples.append({key: row.number(key) for key in tuple(row.data)})
    return GraphBody(gates, tuple(samples))


def table(top: Table) -> TableBody:
    """The body of a calculation. Raises LessonError."""
    values = top.table("values")
    arrays = {key: array(values, key) for key in tuple(values.data)}
    along = top.text("along", "")
    x = arrays.get(along)
    if along and (x is None or x.ndim != 1 or len(x) < 2 or not (np.diff(x) > 0).all()):
        raise top.error("along", f"along names a value with two or more rising numbers, and “{along}” is none.")
    rows = []
    for row in top.tables("rows", needed=True):
        rows.append(Row(row.text("name"), row.text("expression"), row.text("says", ""), row.where("expression")))
        if not rows[-1].name.isidentifier():
            raise row.error("name", f"“{rows[-1].name}” is no name: use letters, digits and underscores.")
        row.done()
    return TableBody(arrays, tuple(rows), along)


def descent(top: Table) -> DescentBody:
    """The body of a lesson on gradient descent. Raises LessonError."""
    table = top.table("descent")
    X, Y = array(table, "X"), array(table, "Y", 1)
    X = X[:, None] if X.ndim == 1 else X
    if len(X) != len(Y):
        raise table.error("Y", f"X has {len(X)} rows and Y {len(Y)}.")
    walks = []
    for row in top.tables("walks", needed=True):
        start = array(row, "start", 1, [0.0] * (X.shape[1] + 1))
        if len(start) != X.shape[1] + 1:
            raise row.error("start", f"start should have {X.shape[1] + 1} numbers: a weight a column, then b.")
        walks.append(
            WalkSpec(
                row.text("name"),
                tuple(start),
                row.number("lr"),
                row.integer("updates"),
                row.text("order", "batch", one_of=("batch", "sgd")),
                row.text("optimizer", "sgd"),
                row.integer("batch", 0),
            )
        )
        if not 0 < walks[-1].updates <= 10_000:
            raise row.error("updates", "updates should be from 1 to 10000.")
        if row.has("batch") and not 1 <= walks[-1].batch <= len(X):
            raise row.error("batch", f"batch should be from 1 to {len(X)}, as many rows as an update sees.")
        if row.has("batch") and row.has("order"):
            raise row.error("order", "order says how many rows an update sees, and so does batch: give one of the two.")
        row.done()
    plane = None
    if table.has("plane"):
        ends = array(table, "plane", 2)
        if ends.shape != (2, 2) or X.shape[1] != 1 or not (ends[:, 0] < ends[:, 1]).all():
            raise table.error("plane", "plane has the ends of w and of b of a single weight: [[-5, 5], [-3, 3]].")
        plane = ((float(ends[0, 0]), float(ends[0, 1])), (float(ends[1, 0]), float(ends[1, 1])))
    body = DescentBody(
        X,
        Y,
        table.texts("names", ()),
        table.text("activation", "identity"),
        table.text("error", "sum", one_of=("sum", "mean")) == "mean",
        table.text("scale", "none", one_of=("none", "standardize")) == "standardize",
        tuple(walks),
        plane,
    )
    table.done()
    return body
