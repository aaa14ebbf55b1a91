"""The record of how a table became network inputs, so that new rows are treated exactly alike.

A `Preparation` is plain values: it goes through JSON and TOML.
"""

import difflib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ..dataset import Column, DataError, Task
from ..derived import computed, sources
from .columns import RawColumn, Reading, Table
from .features import Feature, listed, require_finite, require_numbers, usable_text


@dataclass(frozen=True)
class Preparation:
    """All that was done to a table on its way to the network.

    target_scale: (offset, scale) of each regression target. ignored: columns of the file that are not looked at.
    missing: further words for a missing cell. target_written: how each target's numbers are written (see `numerals`).
    threshold: the probability above which a yes/no question is answered with yes. within: (least, largest) answer for
    each regression target, in its unit; () where they are not clipped.
    """

    features: tuple[Feature, ...]
    task: Task
    targets: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    target_scale: tuple[tuple[float, float], ...] = ()
    ignored: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    target_written: tuple[str, ...] = ()
    threshold: float = 0.5
    within: tuple[tuple[float, float], ...] = ()

    @property
    def reading(self) -> Reading:
        """How a file of new rows is read: as the one for training was."""
        numbers = {f.name: f.written for f in self.features if f.kind == "number" and f.written}
        targets = dict(zip(self.targets, self.target_written, strict=False))
        return Reading(
            missing=self.missing,
            numbers=numbers | {name: code for name, code in targets.items() if code},
            dates={f.name: f.written for f in self.features if f.kind == "date"},
            texts=frozenset(f.name for f in self.features if f.literal),
        )

    @property
    def columns(self) -> tuple[Column, ...]:
        """The table's columns that become inputs, in order."""
        return tuple(column for feature in self.features for column in feature.inputs())

    def inputs(self, table: Table) -> tuple[np.ndarray, tuple[str, ...]]:
        """x (n, inputs) float32 of all rows, and sentences about what was unusual. Raises DataError.

        A column of the wrong name is named; a table of as many nameless columns is taken in its order.
        """
        table, made_of = with_computed(table, [feature.name for feature in self.features])
        columns = self._match(table)
        out = np.empty((table.rows, len(self.columns)), np.float32)
        said, at = [], 0
        for feature in self.features:
            width = len(feature.inputs())
            said.append(feature.encode(columns[feature.name], out[:, at : at + width]))
            at += width
        known = {*columns, *made_of, *self.targets, *self.ignored}
        extra = [name for name in table.columns if name not in known]
        if extra and all(name in table.columns for name in columns):
            said.append(f"Not looked at, since training had no such column: {listed(extra, 8)}.")
        return out, tuple(filter(None, said))

    def _match(self, table: Table) -> dict[str, RawColumn]:
        names = [feature.name for feature in self.features]
        missing = [name for name in names if name not in table.columns]
        nameless = all(name.startswith("column ") for name in table.columns) or names[0].startswith("pixel ")
        if missing and len(missing) == len(names) and nameless:
            candidates = [column for name, column in table.columns.items() if name not in self.targets]
            if len(candidates) in (len(names), len(names) + len(self.targets)):
                return dict(zip(names, candidates, strict=False))
        if missing:
            near = difflib.get_close_matches(missing[0], table.columns, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {listed(list(table.columns), 12)}."
            many = f"column {missing[0]!r}" if len(missing) == 1 else f"{len(missing)} columns ({listed(missing, 6)})"
            raise DataError(f"{table.name} lacks {many} that the network was trained on: {hint}")
        return {name: table.columns[name] for name in names}

    def outputs(self, table: Table) -> np.ndarray | None:
        """The targets of all rows as `Split.y` has them, -1 or NaN where there is none; None without such columns."""
        if not self.targets or not all(name in table.columns for name in self.targets):
            return None
        columns = [table.columns[name] for name in self.targets]
        if self.task == "regression":
            for column in columns:
                require_numbers(column)
                require_finite(column)
            scaled = [
                (c.numbers - offset) / scale for c, (offset, scale) in zip(columns, self.target_scale, strict=True)
            ]
            return np.stack(scaled, axis=1).astype(np.float32)
        text = usable_text(columns[0]).as_text()
        labels = {name: k for k, name in enumerate(self.class_names)}
        classes: np.ndarray = np.array([labels.get(value, -1) for value in text.values] + [-1], np.int64)[text.codes]
        return classes

    def to_dict(self) -> dict[str, Any]:
        """As plain values for JSON or TOML: what is at its default is left out."""
        blank = asdict(Feature(""))
        features = []
        for feature in self.features:
            told = {key: value for key, value in asdict(feature).items() if value != blank[key]}
            features.append({key: list(value) if isinstance(value, tuple) else value for key, value in told.items()})
        more: dict[str, Any] = {"missing": list(self.missing)} if self.missing else {}
        if any(self.target_written):
            more["target_written"] = list(self.target_written)
        if self.threshold != 0.5:
            more["threshold"] = self.threshold
        if self.within:
            more["within"] = [list(pair) for pair in self.within]
        return {
            "kind": "table",
            "task": self.task,
            "targets": list(self.targets),
            "class_names": list(self.class_names),
            "target_scale": [list(pair) for pair in self.target_scale],
            "ignored": list(self.ignored),
            "features": features,
            **more,
        }


def with_computed(table: Table, names: Sequence[str]) -> tuple[Table, set[str]]:
    """The table with those columns that it lacks but can compute from others ("x1^2", "sin(x1)"), and from which."""
    numbers = {name: column.numbers for name, column in table.columns.items() if column.kind == "number"}
    made_of = {name: sources(name, list(numbers)) for name in names if name not in table.columns}
    made = {name: RawColumn(name, "number", computed(name, numbers)) for name, found in made_of.items() if found}
    return replace(table, columns=table.columns | made), {name for found in made_of.values() for name in found}


def from_preparation(record: dict[str, Any]) -> Preparation:
    """The preparation that `Dataset.preparation` recorded. Raises DataError where the record is no such thing."""
    try:
        classes = tuple(str(name) for name in record.get("class_names", ()))
        threshold = float(record.get("threshold", 0.5))
        if record["kind"] == "image":
            low, high = float(record["lowest"]), float(record["highest"])
            features = tuple(Feature(name, "number", low, high - low) for name in pixel_names(record["shape"]))
            return Preparation(features, record.get("task", "classes"), ("label",), classes, threshold=threshold)
        features = tuple(_feature(feature) for feature in record["features"])
        scale = tuple((float(offset), float(scale)) for offset, scale in record["target_scale"])
        return Preparation(
            features,
            record["task"],
            tuple(record["targets"]),
            classes,
            scale,
            tuple(record["ignored"]),
            tuple(record.get("missing", ())),
            tuple(record.get("target_written", ())),
            threshold,
            tuple((float(low), float(high)) for low, high in record.get("within", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"The run's record of how its data was prepared is damaged ({error!r}).") from None


def _feature(record: dict[str, Any]) -> Feature:
    settings: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in record.items()}
    return Feature(**settings)


def pixel_names(shape: Sequence[int]) -> tuple[str, ...]:
    """Names of an image's inputs, row by row: "pixel 0,0" …, with the channel for colours."""
    return tuple("pixel " + ",".join(map(str, index)) for index in np.ndindex(*(int(n) for n in shape)))


def image_preparation(
    shape: Sequence[int], lowest: float, highest: float, class_names: Sequence[str]
) -> dict[str, Any]:
    """The record for images whose pixel values from `lowest` to `highest` are brought to 0 to 1."""
    return {
        "kind": "image",
        "shape": [int(n) for n in shape],
        "lowest": float(lowest),
        "highest": float(highest),
        "task": "binary" if len(class_names) == 2 else "classes",
        "class_names": list(class_names),
    }


def plain_preparation(
    names: Sequence[str],
    task: Task,
    targets: Sequence[str],
    class_names: Sequence[str] = (),
    target_scale: Sequence[tuple[float, float]] = (),
) -> dict[str, Any]:
    """The record for numbers that are taken as they are."""
    features = tuple(Feature(name) for name in names)
    return Preparation(features, task, tuple(targets), tuple(class_names), tuple(target_scale)).to_dict()
