"""From one column to network inputs: how, fitted on training rows only, and the doing of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dataset import Column, DataError
from .columns import RawColumn

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
                said = f"{self.name}: {listed(unseen, 5)} never stood in a training row and counts as no value."
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
    said = f"{name}: number, mean {_short(offset)} and deviation {_short(scale)} taken out"
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
    said = f"{name}: category, {len(chosen)} indicators ({listed(chosen, 4)})"
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


def listed(values: Sequence[str], most: int) -> str:
    """At most so many of the values, and how many more there are."""
    shown = ", ".join(str(value) for value in values[:most])
    return shown if len(values) <= most else f"{shown} … {len(values) - most:,} more"


def _quoted(name: str) -> str:
    return f"'{name}'" if re.search(r"\W", name) else name


def _short(value: float) -> str:
    """To four digits, and never 1e+04 for 10,000."""
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{value:.4g}"
