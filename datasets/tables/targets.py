"""What is to be predicted: which columns, which kind of task, which classes, which scale."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..dataset import DataError, Task
from .columns import RawColumn, Table, number_text
from .features import listed, require_finite, require_numbers, usable_text
from .numerals import like_number

FEW_VALUES = 20  # at most so many different whole numbers are classes, if each stands for five rows or more
WIDEST_CODES = 1000  # and if the largest and the smallest are no further apart: codes are small numbers, counts are not
MOST_CLASSES = 1000
TASKS = ("classes", "binary", "regression")


@dataclass(frozen=True, eq=False)
class Target:
    """y: (n,) int64 with -1 where missing, or (n, targets) float64 with NaN, unscaled. reason: a sentence."""

    task: Task
    y: np.ndarray
    class_names: tuple[str, ...]
    reason: str

    @property
    def known(self) -> np.ndarray:
        """(n,) bool: rows whose target is all there."""
        return self.y >= 0 if self.y.ndim == 1 else ~np.isnan(self.y).any(axis=1)


def target_names(table: Table, wanted: str | Sequence[str] | None) -> tuple[str, ...]:
    """The target columns asked for, as they are called in the table. Raises DataError."""
    names = list(table.columns)
    some = ", ".join(names[:12]) + (f" … {len(names) - 12} more" if len(names) > 12 else "")
    if not wanted:
        raise DataError(f"Which column of {table.name} is to be predicted? Give --target with one of: {some}.")
    asked = [wanted] if isinstance(wanted, str) else list(wanted)
    for name in asked:
        if name not in table.columns:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {some}."
            raise DataError(f"{table.name} has no column {name!r}: {hint}")
    if len(set(asked)) < len(asked):
        raise DataError("The same --target is given twice.")
    return tuple(asked)


def read_target(table: Table, names: tuple[str, ...], task: str | None) -> Target:
    """The targets, with the kind of task they ask for unless `task` says it. Raises DataError."""
    if task is not None and task not in TASKS:
        raise DataError(f"There is no task {task!r}: use {', '.join(TASKS)}.")
    columns = [table.columns[name] for name in names]
    if len(columns) > 1:
        if task not in (None, "regression"):
            raise DataError(f"{len(columns)} targets are a regression: for {task} give one --target.")
        return _regression(columns, f"{len(columns)} targets, so regression with {len(columns)} outputs.")
    column, name = columns[0], names[0]
    if column.kind == "date":
        raise DataError(f"The target {name!r} holds dates ({column.example}): turn it into a number first.")
    if task == "regression":
        return _regression(columns, f"{name} is a number to be predicted, as asked.")
    if column.kind == "mixed" and task is None:
        raise DataError(
            f"The target {name!r} holds numbers, but row {column.row} says {column.example!r}: "
            "correct it or leave it empty."
        )
    if column.kind == "text" and task is None and column.numeric >= 0.9 and len(column.values) > 2:
        raise DataError(_written_differently(column))
    if column.kind == "number":
        require_finite(column)
        distinct, rows = np.unique(column.numbers[~column.missing]), int((~column.missing).sum())
        few = len(distinct) <= min(FEW_VALUES, rows // 5) and bool((distinct == np.round(distinct)).all())
        few = few and bool(rows) and distinct[-1] - distinct[0] <= WIDEST_CODES
        if task is None and len(distinct) > 2 and not few:
            many = f"{name} has {len(distinct):,} different numbers"
            return _regression(columns, f"{many}, so it is a regression (--task classes for classes).")
        if len(distinct) > MOST_CLASSES:
            raise DataError(f"The target {name!r} has {len(distinct):,} different numbers: use --task regression.")
    return _classes(column, task)


def _written_differently(column: RawColumn) -> str:
    """Nearly all cells are numbers, and yet the column is none."""
    stray = next((value for value in column.values if not like_number(value)), None)
    what = (
        f"but one says {listed([stray], 1)!r}"
        if stray is not None
        else f"written in different ways ({listed(column.values, 3)})"
    )
    return (
        f"The target {column.name!r} holds numbers, {what}: make them alike, or give --task classes if they are names."
    )


def _classes(column: RawColumn, task: str | None) -> Target:
    name = column.name
    text = usable_text(column).as_text()
    used = np.unique(text.codes[text.codes >= 0])
    values = [text.values[k] for k in used]
    if not values:
        raise DataError(f"The target {name!r} has no value in any row.")
    if len(values) == 1:
        raise DataError(f"The target {name!r} is {values[0]!r} in every row: there is nothing to tell apart.")
    if len(values) > MOST_CLASSES:
        raise DataError(
            f"The target {name!r} has {len(values):,} different texts: "
            f"more than {MOST_CLASSES:,} classes are surely a mistake."
        )
    if column.kind != "number":
        values.sort()
    if task == "binary" and len(values) != 2:
        raise DataError(f"The target {name!r} has {len(values)} different values: a binary task has two.")
    place = {value: k for k, value in enumerate(values)}
    table = np.array([place.get(value, -1) for value in text.values] + [-1], np.int64)
    kind: Task = "binary" if len(values) == 2 and task != "classes" else "classes"
    if kind == "binary":
        reason = f"{name} has two values, so it is a yes/no question: the output is the probability of {values[1]!r}."
    else:
        what = "different texts" if column.kind == "text" else "different whole numbers"
        reason = f"{name} has {len(values)} {what}, so they are classes."
        if column.kind == "number" and task is None:
            reason = reason[:-1] + " (--task regression to predict a number)."
    return Target(kind, table[text.codes], tuple(values), reason if task is None else f"{name}: {kind}, as asked.")


def _regression(columns: list[RawColumn], reason: str) -> Target:
    for column in columns:
        require_numbers(column)
        require_finite(column)
        known = column.numbers[~column.missing]
        if not len(known):
            raise DataError(f"The target {column.name!r} has no value in any row.")
        if known.min() == known.max():
            raise DataError(
                f"The target {column.name!r} is {number_text(known[0])} in every row: there is nothing to learn."
            )
    return Target("regression", np.stack([column.numbers for column in columns], axis=1), (), reason)
