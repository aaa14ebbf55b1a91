"""From columns to network inputs, and the record of it, so that new rows are treated exactly alike.

Everything here is fitted on training rows only. A `Preparation` is plain values: it goes through JSON and TOML.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .dataset import Column, DataError, Task
from .table import RawColumn, Table

MOST_CATEGORIES = 100  # of one column; rarer values count as "other"
IDENTIFIER = re.compile(r"(id|index|uuid|guid|key|nr|no|row|unnamed.*|.*[_ ]id|row[_ ]?(id|no|nr|number))", re.I)


@dataclass(frozen=True)
class Feature:
    """One column of a table, and the inputs made of it.

    number: one input (raw - offset) / scale. category: one indicator a value, and one for any other value where
    training had such rows (without them an unseen value gives zeros: nothing was learned about it).
    missing: a further indicator; the number itself is then taken to be the mean, that is 0.
    """

    name: str
    kind: str = "number"
    offset: float = 0.0
    scale: float = 1.0
    categories: tuple[str, ...] = ()
    other: bool = False
    missing: bool = False

    def inputs(self) -> tuple[Column, ...]:
        """The inputs, in order."""
        columns = [Column(f"{self.name}={value}", "category") for value in self.categories]
        if self.other:
            columns.append(Column(f"{self.name}=other", "category"))
        if self.kind == "number":
            columns.append(Column(self.name, "number", self.offset, self.scale))
        if self.missing:
            columns.append(Column(f"{self.name} missing", "missing"))
        return tuple(columns)

    def encode(self, raw: RawColumn, out: np.ndarray) -> str:
        """Write the inputs of all rows into `out` (n, inputs); says in words what was unusual, or ""."""
        said = ""
        if self.kind == "number":
            require_numbers(raw)
            column = (raw.numbers - self.offset) / self.scale
            absent = np.isnan(column)
            out[:, 0] = np.where(absent, 0, column)
        else:
            text = usable_text(raw).as_text()
            slots = {value: k for k, value in enumerate(self.categories)}
            other = len(self.categories) if self.other else -1
            table = np.array([slots.get(value, other) for value in text.values] + [-1], np.int64)
            slot, absent = table[text.codes], text.codes < 0
            out[:, : len(self.categories) + self.other] = 0
            hit = np.flatnonzero(slot >= 0)
            out[hit, slot[hit]] = 1
            present = np.unique(text.codes[~absent])
            unseen = [text.values[k] for k in present if text.values[k] not in slots]
            if unseen and not self.other:
                said = f"{self.name}: {_list(unseen, 5)} never stood in a training row and counts as no value."
        if self.missing:
            out[:, -1] = absent
        elif absent.any():
            said = f"{self.name}: {absent.sum():,} missing, though training had none; taken as average."
        return said


def require_numbers(raw: RawColumn) -> None:
    """Raise DataError unless the column is numbers, all finite where not missing."""
    if raw.kind == "text":
        codes = np.flatnonzero(raw.codes >= 0)
        row = int(next((k for k in codes if not _is_number(raw.values[raw.codes[k]])), codes[0]))
        raise DataError(
            f"Column {raw.name!r} must hold numbers, but row {row + 1} says {raw.values[raw.codes[row]]!r}."
        )
    if raw.kind != "number":
        raise DataError(f"Column {raw.name!r} must hold numbers, but row {raw.row} says {raw.example!r}.")
    infinite = np.flatnonzero(np.isinf(raw.numbers))
    if len(infinite):
        raise DataError(
            f"Column {raw.name!r} has an infinite value in row {infinite[0] + 1}: "
            "leave the cell empty or drop the column."
        )


def usable_text(raw: RawColumn) -> RawColumn:
    """The column, if its cells were kept. Raises DataError."""
    if raw.kind == "free":
        raise DataError(f"Column {raw.name!r} has too many different texts to be a category.")
    if raw.kind in ("mixed", "date"):
        raise DataError(f"Column {raw.name!r} must hold categories, but row {raw.row} says {raw.example!r}.")
    return raw


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# ---- fitting


def fit_feature(raw: RawColumn, rows: np.ndarray, keep: bool = False) -> tuple[Feature | None, str]:
    """How to use a column, judged by training `rows` alone: the feature, or None, and a sentence about it.

    keep: do not leave it out because it looks like an identifier. Raises DataError where it cannot be used.
    """
    name = raw.name
    if raw.kind == "date":
        raise DataError(
            f"Column {name!r} holds dates or times ({raw.example}): turn it into numbers such as an age or a month, "
            f"or leave it out with --drop {_quoted(name)}."
        )
    if raw.kind == "mixed":
        raise DataError(
            f"Column {name!r} holds numbers, but row {raw.row} says {raw.example!r}: correct it, leave the cell empty, "
            f"or leave the column out with --drop {_quoted(name)}."
        )
    if raw.kind == "free":
        return None, f"{name} left out: nearly every row has a text of its own."
    return _fit_number(raw, rows, keep) if raw.kind == "number" else _fit_category(raw, rows, keep)


def _fit_number(raw: RawColumn, rows: np.ndarray, keep: bool) -> tuple[Feature | None, str]:
    require_numbers(raw)
    name, numbers = raw.name, raw.numbers[rows]
    known = numbers[~np.isnan(numbers)]
    absent = len(numbers) - len(known)
    if not len(known):
        return None, f"{name} left out: no training row has a value."
    if known.min() == known.max() and not absent:
        return None, f"{name} left out: it is {known[0]:g} in every training row."
    if not keep and not absent and _counts_rows(name, rows, numbers):
        return None, f"{name} left out: it looks like a row number or identifier (--keep {_quoted(name)} to use it)."
    # from a shifted origin, so that a large offset does not drown the spread
    shift = known[0]
    with np.errstate(over="ignore", invalid="ignore"):
        offset = float(shift + (known - shift).mean())
        scale = float((known - offset).std()) or 1.0
    if not (np.isfinite(offset) and np.isfinite(scale)):
        raise DataError(f"Column {name!r} has values too large to work with (up to {np.abs(known).max():.3g}).")
    said = f"{name}: number, mean {offset:.4g} and deviation {scale:.4g} taken out"
    if absent:
        said += f"; {absent:,} missing taken as the mean, with an indicator"
    return Feature(name, "number", offset, scale, missing=bool(absent)), said + "."


def _fit_category(raw: RawColumn, rows: np.ndarray, keep: bool) -> tuple[Feature | None, str]:
    name, codes = raw.name, raw.codes[rows]
    absent = int((codes < 0).sum())
    counts = np.bincount(codes[codes >= 0], minlength=len(raw.values))
    distinct = int((counts > 0).sum())
    if not distinct:
        return None, f"{name} left out: no training row has a value."
    if distinct == 1 and not absent:
        return None, f"{name} left out: it is {raw.values[counts.argmax()]!r} in every training row."
    if not keep and distinct > max(20, 0.5 * (len(codes) - absent)):
        return None, f"{name} left out: nearly every row has a text of its own (--keep {_quoted(name)} to use it)."
    order = sorted(np.flatnonzero(counts), key=lambda k: (-counts[k], raw.values[k]))
    chosen = tuple(sorted(raw.values[k] for k in order[:MOST_CATEGORIES]))
    rest = distinct - len(chosen)
    said = f"{name}: category, {len(chosen)} indicators ({_list(chosen, 4)})"
    if rest:
        said += f"; {rest:,} rarer values count as other"
    if absent:
        said += f"; {absent:,} missing, with an indicator"
    return Feature(name, "category", categories=chosen, other=rest > 0, missing=bool(absent)), said + "."


def _counts_rows(name: str, rows: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether a full column of numbers looks like an identifier: whole, all different, named so or counting rows."""
    if len(rows) < 20 or not (numbers == np.round(numbers)).all() or len(np.unique(numbers)) < len(numbers):
        return False
    order = np.argsort(rows)
    return bool(IDENTIFIER.fullmatch(name)) or bool((np.diff(numbers[order]) == np.diff(rows[order])).all())


def _list(values: Sequence[str], most: int) -> str:
    shown = ", ".join(str(value) for value in values[:most])
    return shown if len(values) <= most else f"{shown} … {len(values) - most:,} more"


def _quoted(name: str) -> str:
    return f"'{name}'" if re.search(r"\W", name) else name


# ---- the record


@dataclass(frozen=True)
class Preparation:
    """All that was done to a table on its way to the network.

    target_scale: (offset, scale) of each regression target. ignored: columns of the file that are not looked at.
    """

    features: tuple[Feature, ...]
    task: Task
    targets: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    target_scale: tuple[tuple[float, float], ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for feature in self.features for column in feature.inputs())

    def inputs(self, table: Table) -> tuple[np.ndarray, tuple[str, ...]]:
        """x (n, inputs) float32 of all rows, and sentences about what was unusual. Raises DataError.

        A column of the wrong name is named; a table of as many nameless columns is taken in its order.
        """
        columns = self._match(table)
        out = np.empty((table.rows, len(self.columns)), np.float32)
        said, at = [], 0
        for feature in self.features:
            width = len(feature.inputs())
            said.append(feature.encode(columns[feature.name], out[:, at : at + width]))
            at += width
        known = {*columns, *self.targets, *self.ignored}
        extra = [name for name in table.columns if name not in known]
        if extra and all(name in table.columns for name in columns):
            said.append(f"Not looked at, since training had no such column: {_list(extra, 8)}.")
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
            hint = f"did you mean {near[0]!r}?" if near else f"it has {_list(list(table.columns), 12)}."
            many = f"column {missing[0]!r}" if len(missing) == 1 else f"{len(missing)} columns ({_list(missing, 6)})"
            raise DataError(f"{table.name} lacks {many} that the network was trained on: {hint}")
        return {name: table.columns[name] for name in names}

    def outputs(self, table: Table) -> np.ndarray | None:
        """The targets of all rows as `Split.y` has them, -1 or NaN where there is none; None without such columns."""
        columns = [table.columns.get(name) for name in self.targets]
        if not columns or None in columns:
            return None
        if self.task == "regression":
            for column in columns:
                require_numbers(column)
            scaled = [
                (c.numbers - offset) / scale for c, (offset, scale) in zip(columns, self.target_scale, strict=True)
            ]
            return np.stack(scaled, axis=1).astype(np.float32)
        text = usable_text(columns[0]).as_text()
        labels = {name: k for k, name in enumerate(self.class_names)}
        return np.array([labels.get(value, -1) for value in text.values] + [-1], np.int64)[text.codes]

    def to_dict(self) -> dict[str, Any]:
        """As plain values for JSON or TOML: what is at its default is left out."""
        blank = asdict(Feature(""))
        features = []
        for feature in self.features:
            told = {key: value for key, value in asdict(feature).items() if value != blank[key]}
            features.append({key: list(value) if isinstance(value, tuple) else value for key, value in told.items()})
        return {
            "kind": "table",
            "task": self.task,
            "targets": list(self.targets),
            "class_names": list(self.class_names),
            "target_scale": [list(pair) for pair in self.target_scale],
            "ignored": list(self.ignored),
            "features": features,
        }


def from_preparation(record: dict[str, Any]) -> Preparation:
    """The preparation that `Dataset.preparation` recorded. Raises DataError where the record is no such thing."""
    try:
        classes = tuple(str(name) for name in record.get("class_names", ()))
        if record["kind"] == "image":
            low, high = float(record["lowest"]), float(record["highest"])
            features = tuple(Feature(name, "number", low, high - low) for name in pixel_names(record["shape"]))
            return Preparation(features, record.get("task", "classes"), ("label",), classes)
        features = tuple(
            Feature(**{key: tuple(value) if isinstance(value, list) else value for key, value in feature.items()})
            for feature in record["features"]
        )
        scale = tuple((float(offset), float(scale)) for offset, scale in record["target_scale"])
        return Preparation(
            features, record["task"], tuple(record["targets"]), classes, scale, tuple(record["ignored"])
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"The run's record of how its data was prepared is damaged ({error!r}).") from None


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
    names: Sequence[str], task: Task, targets: Sequence[str], class_names: Sequence[str] = (), target_scale=()
) -> dict[str, Any]:
    """The record for numbers that are taken as they are."""
    features = tuple(Feature(name) for name in names)
    return Preparation(features, task, tuple(targets), tuple(class_names), tuple(target_scale)).to_dict()
