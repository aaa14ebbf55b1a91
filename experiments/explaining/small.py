"""Subjects that are no network: a circuit of gates, a calculation, a descent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dnn_tui.datasets.expression import number
from dnn_tui.experiments.explaining.calculation import explain_calculation
from dnn_tui.experiments.explaining.descent import Descent, Walk, explain_descent
from dnn_tui.experiments.explaining.graph import Graph, explain_graph
from dnn_tui.mlp.explain import Number, Step
from dnn_tui.mlp.optimizers import OPTIMIZERS

from .subject import Field, InspectError, Restore, Subject


@dataclass
class GraphSubject(Subject):
    """A circuit; `rows` are sets of values for its variables."""

    rows: Sequence[dict[str, float]] = ()
    graph: Graph = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kind = "graph"

    @property
    def values(self) -> dict[str, float]:
        """The variables' values in the sample looked at."""
        return self.rows[self.at]

    def _compute(self) -> list[Step]:
        return explain_graph(self.graph, self.values)

    def fields(self) -> list[Field]:
        return [Field(name, "a variable", Number(6).text(self.values[name])) for name in self.graph.variables]

    def _content(self) -> object:
        return [dict(values) for values in self.rows]

    def _kept(self) -> Restore:
        rows, at = [dict(row) for row in self.rows], self.at

        def restore() -> None:
            self.rows, self.at = [dict(row) for row in rows], at

        return restore

    def _set(self, key: str, value: str) -> None:
        if key not in self.graph.variables:
            raise InspectError(f"There is no variable {key}: there are {', '.join(self.graph.variables)}.")
        self.values[key] = number(value)


@dataclass
class TableSubject(Subject):
    """A calculation on named arrays; along: the value over which its lines can be drawn, if the lesson names one."""

    values: dict[str, np.ndarray] = field(default_factory=dict)
    lines: tuple[tuple[str, str, str], ...] = ()
    along: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kind, self.rows = "table", (None,)

    def _compute(self) -> list[Step]:
        return explain_calculation(self.values, self.lines)

    def fields(self) -> list[Field]:
        found = []
        for name, array in self.values.items():
            for index in np.ndindex(array.shape):
                place = ",".join(str(k + 1) for k in index)
                found.append(
                    Field(f"{name}[{place}]" if place else name, "a value", Number(6).text(float(array[index])))
                )
        return found

    def _kept(self) -> Restore:
        values = {name: array.copy() for name, array in self.values.items()}

        def restore() -> None:
            self.values = {name: array.copy() for name, array in values.items()}

        return restore

    def _set(self, key: str, value: str) -> None:
        name, _, rest = key.replace(" ", "").partition("[")
        if name not in self.values:
            raise InspectError(f"There is no value {name}: there are {', '.join(self.values)}.")
        array = self.values[name]
        try:
            index = tuple(int(part) - 1 for part in rest.rstrip("]").split(",") if part)
        except ValueError:
            raise InspectError(f"“{key}” is no place: write {name}[1] or {name}[1,2].") from None
        if len(index) != array.ndim or not all(0 <= k < n for k, n in zip(index, array.shape, strict=True)):
            raise InspectError(f"{name} is {'×'.join(str(n) for n in array.shape) or 'one number'}: {key} is outside.")
        array[index] = number(value)


@dataclass
class DescentSubject(Subject):
    """Walks down an error surface."""

    descent: Descent = field(kw_only=True)
    walks: tuple[Walk, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.kind, self.rows = "descent", (None,)

    def _compute(self) -> list[Step]:
        return explain_descent(self.descent, self.walks)

    def fields(self) -> list[Field]:
        found = []
        for walk in self.walks:
            rows = walk.rows(0, len(self.descent.X))
            found.append(Field(f"{walk.name}.lr", f"η of {walk.name}", Number(6).text(walk.lr)))
            found.append(Field(f"{walk.name}.optimizer", f"one of {', '.join(OPTIMIZERS)}", walk.optimizer))
            found.append(Field(f"{walk.name}.batch", "rows an update sees", str(len(rows))))
            for k, value in enumerate(walk.start, start=1):
                found.append(Field(f"{walk.name}.start[{k}]", "where it starts", Number(6).text(value)))
        return found

    def _kept(self) -> Restore:
        walks = self.walks

        def restore() -> None:
            self.walks = walks

        return restore

    def _set(self, key: str, value: str) -> None:
        name, _, what = key.replace(" ", "").rpartition(".")
        walk = next((walk for walk in self.walks if walk.name == name or (not name and len(self.walks) == 1)), None)
        if walk is None:
            raise InspectError(f"“{key}” is nothing to edit: say {', '.join(f.key for f in self.fields()[:3])} …")
        if what in ("lr", "η"):
            changed = replace(walk, lr=number(value))
        elif what == "optimizer":
            if value.strip() not in OPTIMIZERS:
                raise InspectError(f"There is no optimizer {value.strip()!r}: there are {', '.join(OPTIMIZERS)}.")
            changed = replace(walk, optimizer=value.strip())
        elif what == "batch":
            rows, most = value.strip(), len(self.descent.X)
            if not (rows.isdigit() and 1 <= int(rows) <= most):
                raise InspectError(f"A batch is of 1 to {most} rows here, not {rows}.")
            changed = replace(walk, batch=int(rows))
        elif what.startswith("start[") and what[6:-1].isdigit() and 1 <= int(what[6:-1]) <= len(walk.start):
            start = list(walk.start)
            start[int(what[6:-1]) - 1] = number(value)
            changed = replace(walk, start=tuple(start))
        else:
            raise InspectError(f"“{what}” is nothing to edit: say lr, optimizer, batch or start[1].")
        self.walks = tuple(changed if one is walk else one for one in self.walks)
