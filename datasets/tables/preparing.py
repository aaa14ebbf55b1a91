"""A person's own table: from a file, and which column to predict, to a `Dataset`."""

import difflib
from collections.abc import Sequence

import numpy as np

from ..dataset import DataError, Dataset, Defaults, Request, Split
from .columns import RawColumn, Table
from .features import listed, short
from .fitting import Fitted, Outcomes, fit_feature, usual_bins
from .parts import Ways, fold_asked, given_split, rows_of_parts, split_in_words
from .preparation import Preparation
from .suspicions import look
from .targets import Target, read_target, target_names
from .wishes import Wish, read_wishes, reading_of

OPTIONS = (
    "target", "task", "split", "drop", "keep", "unit", "column", "header", "missing", "group", "time", "fold",
    "clip_answers",
)  # fmt: skip
MOST_OUTCOMES = 20  # classes of which a statistic is taken
MOST_VALUES = 1 << 31  # rows times inputs: 8 GiB as float32
SMALL = {"regression": 600, "classes": 1000, "binary": 1000}  # training rows below which a smaller network does better


def prepare_table(table: Table, name: str, request: Request, plain: bool = False) -> Dataset:
    """A table as a `Dataset`: everything fitted to its training rows, and said in the report.

    plain: numbers have mean and deviation taken out and nothing more, as suits a published table that is known well.
    """
    options = request.options
    targets = target_names(table, options.get("target"))
    parts_given, split_column, split_said = given_split(table, options.get("split"), targets)
    drop = _named(table, options.get("drop"), "drop", targets)
    keep = _named(table, options.get("keep"), "keep", targets)
    group, time = (_named(table, options.get(name), name, targets)[:1] for name in ("group", "time"))
    ways = Ways(group, time, fold_asked(options))
    ignored = (*drop, *([split_column] if split_column else []), *(name for name in ways.group if name not in keep))
    target = read_target(table, targets, options.get("task"))
    report = [f"{table.rows:,} rows.", *table.notes, target.reason]
    rows = np.flatnonzero(target.known)
    if len(rows) < table.rows:
        report.append(f"{table.rows - len(rows):,} rows without a target were left out.")
    parts = rows_of_parts(table, rows, target, parts_given, request, ways)
    report.append(split_said or split_in_words(parts, ways))
    if ways.group and ways.group[0] not in keep:
        report.append(f"{ways.group[0]} left out: it says which rows belong together.")
    scale = _target_scale(target, parts[0])
    used = [column for column in table.columns.values() if column.name not in (*targets, *ignored)]
    wishes = read_wishes(options.get("column"))
    if plain:
        wishes = {column.name: Wish("standard") for column in used if column.kind == "number"} | wishes
    numbers = sum(column.kind == "number" for column in used)
    bins = 0 if plain else usual_bins(len(parts[0]), numbers, target.task)
    fitted = _fit(used, parts[0], keep, wishes, _outcomes(target, targets, scale, parts[0]), bins)
    ignored = (*ignored, *(column.name for column, f in zip(used, fitted, strict=True) if f.feature is None))
    said = [f.said for f in fitted]
    if drop:
        said.append(f"Left out as asked: {', '.join(drop)}.")
    fitted = [f for f in fitted if f.feature is not None]
    features = tuple(f.feature for f in fitted if f.feature is not None)
    if not features:
        why = " ".join(sentence for sentence in said[:4] if "left out" in sentence)
        raise DataError(f"No column of {table.name} is left to predict {' and '.join(targets)} from. {why}".strip())
    reading = reading_of(options)
    written = tuple(table.columns[name].written for name in targets)
    within = _seen(target, parts[0]) if options.get("clip_answers") else ()
    said += [f"Answers are kept {_between(within)}, as the training rows' are."] if within else []
    preparation = Preparation(
        features, target.task, targets, target.class_names, scale, ignored, reading.missing, written, within=within
    )
    n_inputs = len(preparation.columns)
    if n_inputs * table.rows > MOST_VALUES:
        raise DataError(f"{table.rows:,} rows of {n_inputs:,} inputs are more than this program holds: use --drop.")
    train, validation, test = _splits(table, fitted, target, scale, parts, n_inputs)
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
        report=(*report, *_grouped(said), *look(table, preparation, target, parts, (train, validation, test))),
        options=dict(options),
        preparation=preparation.to_dict(),
        defaults=suggest_defaults(len(parts[0]), target.task),
    )


def _splits(
    table: Table,
    fitted: list[Fitted],
    target: Target,
    scale: tuple[tuple[float, float], ...],
    parts: list[np.ndarray],
    n_inputs: int,
) -> list[Split]:
    """The three parts, filled a column at a time: the table is never held twice as floats."""
    xs = [np.empty((len(rows), n_inputs), np.float32) for rows in parts]
    at = 0
    for one in fitted:
        if one.feature is None:
            continue
        width = len(one.feature.inputs())
        for rows, x in zip(parts, xs, strict=True):
            one.feature.encode(table.columns[one.feature.name].take(rows), x[:, at : at + width])
        if one.inside is not None:
            xs[0][:, at : at + one.inside.shape[1]] = one.inside
        at += width
    if target.task == "regression":
        offset, spread = np.array(scale).T
        ys = [((target.y[rows] - offset) / spread).astype(np.float32) for rows in parts]
    else:
        ys = [target.y[rows] for rows in parts]
    return [Split(x, y, rows) for x, y, rows in zip(xs, ys, parts, strict=True)]


def _fit(
    columns: Sequence[RawColumn],
    rows: np.ndarray,
    keep: tuple[str, ...],
    wishes: dict[str, Wish],
    outcomes: Outcomes | None,
    bins: int,
) -> list[Fitted]:
    """How each column is used. Raises DataError, at all columns whose numbers are ambiguous at once."""
    known = {column.name for column in columns}
    for name in wishes:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known)[:12])}."
            raise DataError(f"--column {name}: no such column is used; {hint}")
    unsure = [column for column in columns if column.kind == "ambiguous"]
    try:
        return [
            fit_feature(column, rows, wishes.get(column.name), column.name in keep, outcomes, bins)
            for column in columns
        ]
    except DataError as error:
        if len(unsure) < 2 or str(error) == "" or f"{unsure[0].name!r} says" not in str(error):
            raise
        others = ", ".join(column.name for column in unsure[1:])
        raise DataError(f"{str(error)[:-1]}; likewise {others}.") from None


def _outcomes(
    target: Target, names: tuple[str, ...], scale: tuple[tuple[float, float], ...], train: np.ndarray
) -> Outcomes | None:
    """What statistics of categories are taken of; None with very many classes."""
    if target.task == "regression":
        offset, spread = np.array(scale).T
        return Outcomes(tuple(f"mean {name}" for name in names), (target.y[train] - offset) / spread)
    if len(target.class_names) > MOST_OUTCOMES:
        return None
    chosen = range(1, 2) if target.task == "binary" else range(len(target.class_names))
    shares = np.stack([target.y[train] == k for k in chosen], axis=1).astype(float)
    centred = shares - shares.mean(axis=0)
    spread = np.where(shares.std(axis=0) > 0, shares.std(axis=0), 1)
    return Outcomes(tuple(f"share of {target.class_names[k]}" for k in chosen), centred / spread)


def _target_scale(target: Target, train: np.ndarray) -> tuple[tuple[float, float], ...]:
    if target.task != "regression":
        return ()
    y = target.y[train]
    return tuple(
        (float(mean), float(spread) or 1.0) for mean, spread in zip(y.mean(axis=0), y.std(axis=0), strict=True)
    )


def _seen(target: Target, train: np.ndarray) -> tuple[tuple[float, float], ...]:
    """The least and the largest value of each target among the training rows. Raises DataError."""
    if target.task != "regression":
        raise DataError("--clip-answers is for numbers to be predicted: classes have no range.")
    y = target.y[train]
    return tuple((float(low), float(high)) for low, high in zip(y.min(axis=0), y.max(axis=0), strict=True))


def _between(within: Sequence[tuple[float, float]]) -> str:
    return " and ".join(f"from {short(low)} to {short(high)}" for low, high in within)


def _named(table: Table, wanted: str | Sequence[str] | None, option: str, targets: tuple[str, ...]) -> tuple[str, ...]:
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted or ())
    for name in names:
        if name in targets:
            raise DataError(f"--{option} {name} is the target itself.")
        target_names(table, name)  # says what is near where there is no such column
    return names


# ---- words and suggestions


def _grouped(said: list[str], most: int = 60) -> list[str]:
    """The sentences of a wide table would fill the screen: the usual ones at its end are only counted."""
    if len(said) <= most:
        return said
    usual = [sentence for sentence in said if "taken out" in sentence]
    out = [sentence for sentence in said if " left out: " in sentence]
    dropped = {*usual[most // 2 :], *out[most // 4 :]}
    told = [sentence for sentence in said if sentence not in dropped]
    if len(usual) > most // 2:
        told.append(f"… and {len(usual) - most // 2:,} more numbers treated alike.")
    if len(out) > most // 4:
        names = [sentence.split(" left out: ")[0] for sentence in out[most // 4 :]]
        told.append(f"… and {len(names):,} more columns left out for such reasons ({listed(names, 8)}).")
    return told


def suggest_defaults(rows: int, task: str) -> Defaults:
    """A network and a training for so many training rows, the weights of the best epoch kept, classes calibrated.

    Chosen on the half of the tables that benchmarks/tables.py names, reported on the other half.
    """
    pace = 80.0 if rows < 2000 else 0.0
    if task == "regression" and rows < SMALL["regression"]:
        return Defaults((64,), "relu", "adam", 0.003, min(32, rows), 100, pace, 0.01, patience=100)
    calibrate = task != "regression"
    if rows < SMALL[task]:
        epochs = int(np.clip(16_000 // rows, 20, 60))
        return Defaults(
            (128, 64), "relu", "adamw", 0.003, min(32, rows), epochs, pace, 0.01, "one_cycle", 0.2,
            weight_decay=0.05, patience=epochs, calibrate=calibrate,
        )  # fmt: skip
    batch_size = 32 if rows < 10_000 else 128 if rows < 100_000 else 512
    # classes are learned by heart in two thousand steps: the rate must have come down before
    steps, most = (6000, 60) if task == "regression" else (2000, 40)
    epochs = int(np.clip(steps * batch_size // rows, 8, most))
    return Defaults(
        (256, 128), "relu", "adamw", 0.004, batch_size, epochs, pace, 0.0, "one_cycle", 0.15,
        weight_decay=0.02, patience=epochs, calibrate=calibrate,
    )  # fmt: skip
