"""A person's own table: from a file, and which column to predict, to a `Dataset`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..dataset import DataError, Dataset, Defaults, Request, Split
from ..splitting import split_rows
from .columns import RawColumn, Table
from .features import Feature, fit_feature
from .preparation import Preparation
from .targets import Target, read_target, target_names

OPTIONS = ("target", "task", "split", "drop", "keep", "unit")
SPLIT_WORDS = {
    "train": "train", "training": "train", "validation": "validation", "val": "validation", "valid": "validation",
    "dev": "validation", "test": "test", "testing": "test",
}  # fmt: skip
MOST_VALUES = 1 << 31  # rows times inputs: 8 GiB as float32
VALIDATION, TEST = 0.2, 0.2


def prepare_table(table: Table, name: str, request: Request) -> Dataset:
    """A table as a `Dataset`: everything fitted to its training rows, and said in the report."""
    options = request.options
    targets = target_names(table, options.get("target"))
    parts_given, split_column, split_said = _given_split(table, options.get("split"), targets)
    drop = _named(table, options.get("drop"), "drop", targets)
    keep = _named(table, options.get("keep"), "keep", targets)
    ignored = (*drop, *([split_column] if split_column else []))
    target = read_target(table, targets, options.get("task"))
    report = [f"{table.rows:,} rows.", *table.notes, target.reason]
    rows = np.flatnonzero(target.known)
    if len(rows) < table.rows:
        report.append(f"{table.rows - len(rows):,} rows without a target were left out.")
    parts = _parts(rows, target, parts_given, request)
    report.append(split_said or _split_words(parts))
    features, said = [], []
    for column in table.columns.values():
        if column.name in targets or column.name in ignored:
            continue
        feature, sentence = fit_feature(column, parts[0], column.name in keep)
        said.append(sentence)
        if feature:
            features.append(feature)
        else:
            ignored = (*ignored, column.name)
    if drop:
        said.append(f"Left out as asked: {', '.join(drop)}.")
    if not features:
        raise DataError(f"No column of {table.name} is left to predict {' and '.join(targets)} from.")
    scale = _target_scale(target, parts[0])
    preparation = Preparation(tuple(features), target.task, targets, target.class_names, scale, ignored)
    n_inputs = len(preparation.columns)
    if n_inputs * table.rows > MOST_VALUES:
        raise DataError(f"{table.rows:,} rows of {n_inputs:,} inputs are more than this program holds: use --drop.")
    train, validation, test = _splits(table, features, target, scale, parts, n_inputs)
    return Dataset(
        name,
        target.task,
        train,
        validation,
        test,
        feature_names=tuple(column.name for column in preparation.columns),
        class_names=target.class_names,
        target_names=targets,
        columns=preparation.columns,
        target_scale=scale,
        target_unit=str(options.get("unit", "")),
        report=(*report, *_grouped(said)),
        options=dict(options),
        preparation=preparation.to_dict(),
        defaults=suggest_defaults(len(parts[0]), n_inputs),
    )


def _splits(
    table: Table,
    features: list[Feature],
    target: Target,
    scale: tuple[tuple[float, float], ...],
    parts: list[np.ndarray],
    n_inputs: int,
) -> list[Split]:
    """The three parts, filled a column at a time: the table is never held twice as floats."""
    xs = [np.empty((len(rows), n_inputs), np.float32) for rows in parts]
    at = 0
    for feature in features:
        width = len(feature.inputs())
        for rows, x in zip(parts, xs, strict=True):
            feature.encode(_take(table.columns[feature.name], rows), x[:, at : at + width])
        at += width
    if target.task == "regression":
        offset, spread = np.array(scale).T
        ys = [((target.y[rows] - offset) / spread).astype(np.float32) for rows in parts]
    else:
        ys = [target.y[rows] for rows in parts]
    return [Split(x, y, rows) for x, y, rows in zip(xs, ys, parts, strict=True)]


def _take(column: RawColumn, rows: np.ndarray) -> RawColumn:
    if column.kind == "number":
        return replace(column, numbers=column.numbers[rows])
    return replace(column, codes=column.codes[rows])


def _target_scale(target: Target, train: np.ndarray) -> tuple[tuple[float, float], ...]:
    if target.task != "regression":
        return ()
    y = target.y[train]
    return tuple(
        (float(mean), float(spread) or 1.0) for mean, spread in zip(y.mean(axis=0), y.std(axis=0), strict=True)
    )


def _named(table: Table, wanted: str | Sequence[str] | None, option: str, targets: tuple[str, ...]) -> tuple[str, ...]:
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
    for name in names:
        if name in targets:
            raise DataError(f"--{option} {name} is the target itself.")
        target_names(table, name)  # says what is near where there is no such column
    return names


# ---- which row goes where


def _given_split(
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


def _parts(rows: np.ndarray, target: Target, words: np.ndarray | None, request: Request) -> list[np.ndarray]:
    """Row numbers of training, validation and test, among the rows that have a target."""
    labels = None if target.task == "regression" else target.y
    validation = VALIDATION if request.validation is None else request.validation
    if words is None:
        test = TEST if request.test is None else request.test
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


# ---- words and suggestions


def _split_words(parts: list[np.ndarray]) -> str:
    if not len(parts[1]) and not len(parts[2]):
        return "All rows are for training: there is no validation and no test."
    counts = ", ".join(
        f"{len(part):,} for {name}" for part, name in zip(parts, ("training", "validation", "test"), strict=True)
    )
    return f"Split at random by the seed: {counts}."


def _grouped(said: list[str], most: int = 60) -> list[str]:
    """The sentences of a wide table would fill the screen: the usual ones at its end are only counted."""
    if len(said) <= most:
        return said
    usual = [sentence for sentence in said if "taken out." in sentence]
    cut = usual[most // 2 :]
    dropped = set(cut)
    return [
        *(sentence for sentence in said if sentence not in dropped),
        f"… and {len(cut):,} more numbers treated alike.",
    ]


def suggest_defaults(rows: int, inputs: int) -> Defaults:
    """A network and a training length for so many training rows.

    The choice for small tables is the one that did best of twenty on five public ones (benchmarks/tables.py).
    """
    if rows < 2000:
        return Defaults((64,), "relu", "adam", 0.003, min(32, rows), 100, 80, 0.01)
    batch_size = 32 if rows < 10_000 else 128 if rows < 100_000 else 512
    hidden = (64, 32) if rows < 50_000 else (128, 64)
    epochs = int(np.clip(5000 * batch_size // rows, 5, 60))
    return Defaults(hidden, "relu", "adam", 0.001, batch_size, epochs, 0, 0.0001)
