"""Which row goes where: at random, as the person said, by groups, in time, or a fold of several."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..dataset import DataError, Request
from ..splitting import fold_of_rows, split_groups, split_in_time, split_rows
from .columns import RawColumn, Table
from .features import usable_text
from .targets import Target, target_names

SPLIT_WORDS = {
    "train": "train", "training": "train", "validation": "validation", "val": "validation", "valid": "validation",
    "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip
VALIDATION, TEST = 0.2, 0.2


def given_split(
    table: Table, wanted: str | None, targets: tuple[str, ...]
) -> tuple[np.ndarray | None, str | None, str]:
    """The part of each row where the person said it: (words or None, the column that has them, a sentence)."""
    if wanted is None:
        column = table.columns.get("split")
        if column is None or column.kind != "text" or "split" in targets:
            return None, None, ""
        if not {value.lower() for value in column.values} <= SPLIT_WORDS.keys():
            return None, None, ""
        wanted = "split"
    if wanted in table.columns:
        return _words(table.columns[wanted], wanted), wanted, f"Split as column {wanted!r} says."
    path = Path(wanted)
    if not path.is_file():
        target_names(table, wanted)
    text = path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    lines = [line.strip().strip('"') for line in text if line.strip()]
    if len(lines) == table.rows + 1 and lines[0].lower() not in SPLIT_WORDS:
        lines = lines[1:]
    if len(lines) != table.rows:
        raise DataError(
            f"{path} has {len(lines):,} lines for {table.rows:,} rows: it needs train, validation or test for each."
        )
    values = tuple(dict.fromkeys(lines))
    place = {value: k for k, value in enumerate(values)}
    column = RawColumn(str(path), "text", codes=np.array([place[line] for line in lines], np.int32), values=values)
    return _words(column, str(path)), None, f"Split as {path.name} says."


def _words(column: RawColumn, name: str) -> np.ndarray:
    text = column.as_text()
    if text.kind != "text":
        raise DataError(f"{name} is no split: it must say train, validation or test in every row.")
    for value in text.values:
        if value.lower() not in SPLIT_WORDS:
            raise DataError(f"{name} says {value!r} where it must say train, validation or test.")
    if (text.codes < 0).any():
        raise DataError(
            f"{name} says nothing in row {np.flatnonzero(text.codes < 0)[0] + 1}: write train, validation or test."
        )
    words: np.ndarray = np.array([SPLIT_WORDS[value.lower()] for value in text.values])[text.codes]
    return words


@dataclass(frozen=True)
class Ways:
    """How rows are split where not at random: columns of a group and of a time, each or none; (fold, of how many)."""

    group: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    fold: tuple[int, int] | None = None


def fold_asked(options: dict[str, Any]) -> tuple[int, int] | None:
    """(which fold, from 0, of how many), from "2/5"."""
    text = options.get("fold")
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,3})/(\d{1,3})", str(text))
    if not match or not 1 <= int(match[1]) <= int(match[2]) or int(match[2]) < 2:
        raise DataError(f"{text!r} is no fold: write which of how many, such as 2/5.")
    return int(match[1]) - 1, int(match[2])


def _groups(column: RawColumn, rows: np.ndarray) -> np.ndarray:
    """(rows,) numbers, equal where the column's values are; a missing value is a group of its own row."""
    taken = column.take(rows) if column.numbered else usable_text(column).take(rows)
    values = taken.numbers if taken.numbered else taken.codes.astype(float)
    alone = np.flatnonzero(taken.missing)
    codes: np.ndarray = np.unique(np.where(taken.missing, 0, values), return_inverse=True)[1].astype(np.int64)
    codes[alone] = codes.max(initial=0) + 1 + np.arange(len(alone))
    return codes


def _times(column: RawColumn, rows: np.ndarray) -> np.ndarray:
    """(rows,) numbers that rise with time. Raises DataError where the column says none, or not in every row."""
    if not column.numbered:
        raise DataError(f"--time {column.name}: it holds {column.kind}s, neither dates nor numbers.")
    taken: np.ndarray = column.numbers[rows]
    if np.isnan(taken).any():
        row = rows[np.flatnonzero(np.isnan(taken))[0]] + 1
        raise DataError(f"--time {column.name}: row {row} has no time, so it cannot be put in order.")
    return taken


def rows_of_parts(
    table: Table, rows: np.ndarray, target: Target, words: np.ndarray | None, request: Request, ways: Ways
) -> list[np.ndarray]:
    """Row numbers of training, validation and test, among the rows that have a target."""
    if words is not None and (ways.group or ways.time or ways.fold):
        raise DataError("The split is given: leave --group, --time and --folds out.")
    if ways.time and (ways.group or ways.fold):
        raise DataError("--time says which rows are for the test: leave --group and --folds out.")
    labels = None if target.task == "regression" else target.y
    validation = VALIDATION if request.validation is None else request.validation
    test = TEST if request.test is None else request.test
    groups = _groups(table.columns[ways.group[0]], rows) if ways.group else None
    if ways.fold:
        if request.test is not None:
            raise DataError("The folds are the tests: leave the test share out.")
        fold, folds = ways.fold
        held = fold_of_rows(len(rows), request.seed, folds, None if labels is None else labels[rows], groups) == fold
        rest = rows[~held]
        if groups is not None:
            train, part, _ = split_groups(groups[~held], request.seed, validation, 0)
        else:
            train, part, _ = split_rows(
                len(rest), request.seed, validation, 0, None if labels is None else labels[rest]
            )
        return [rest[train], rest[part], rows[held]]
    if groups is not None:
        return [rows[part] for part in split_groups(groups, request.seed, validation, test)]
    if ways.time:
        times = _times(table.columns[ways.time[0]], rows)
        return [rows[part] for part in split_in_time(times, request.seed, validation, test)]
    if words is None:
        parts = split_rows(len(rows), request.seed, validation, test, None if labels is None else labels[rows])
        return [rows[part] for part in parts]
    if request.test is not None:
        raise DataError("The split is given: leave the test share out.")
    train, held, test = (rows[words[rows] == part] for part in ("train", "validation", "test"))
    if not len(train):
        raise DataError("The split gives no row to train on.")
    if not len(held) and validation:
        chosen, part, _ = split_rows(len(train), request.seed, validation, 0, None if labels is None else labels[train])
        train, held = train[chosen], train[part]
    elif request.validation is not None:
        raise DataError("The split is given, validation rows too: leave --val out.")
    return [train, held, test]


def split_in_words(parts: list[np.ndarray], ways: Ways) -> str:
    """How many rows are for what, and how they were chosen, as a sentence."""
    if not len(parts[1]) and not len(parts[2]):
        return "All rows are for training: there is no validation and no test."
    counts = ", ".join(
        f"{len(part):,} for {name}" for part, name in zip(parts, ("training", "validation", "test"), strict=True)
    )
    if ways.time:
        return f"Split by {ways.time[0]}, the latest for the test: {counts}."
    together = f", rows of one {ways.group[0]} together" if ways.group else ""
    if ways.fold:
        return f"Fold {ways.fold[0] + 1} of {ways.fold[1]} is the test{together}: {counts}."
    return f"Split at random by the seed{together}: {counts}."
