"""What a person should look at before training: a figure that is too good has a reason, and so has one that is not.

Columns that give the target away, rows that stand on both sides of the split, classes of a single row, numbers that
only mean "missing", values far from all others, and how often the commonest class alone would be right.
"""

from collections.abc import Sequence

import numpy as np

from ..dataset import Split
from .columns import RawColumn, Table, number_text
from .features import listed, quoted
from .preparation import Preparation
from .targets import Target

LOOK = "Look at this: "
FEWEST_ROWS = 20  # below them chance alone makes such things
PERFECT = 0.9995  # correlation
SENTINELS = (-1.0, -9.0, -99.0, -999.0, -9999.0, -99999.0, 9.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0)
FAR = 2000.0  # spreads of the middle of a column
MOST_FAR = 3  # values that are mistakes; more of them are the column's own way
LEAST_SHARED = 0.01  # of the test


def look(
    table: Table, preparation: Preparation, target: Target, parts: Sequence[np.ndarray], splits: Sequence[Split]
) -> tuple[str, ...]:
    """The sentences, each beginning alike; parts: rows of training, validation and test, splits: what they became."""
    found: list[str] = []
    train = parts[0]
    names = [feature.name for feature in preparation.features]
    if len(train) >= FEWEST_ROWS:
        leaks = [name for name in names if _gives_away(table.columns[name].take(train), target.y[train])]
        if leaks:
            what = "alone tells" if len(leaks) == 1 else "each alone tell"
            found.append(
                f"{listed(leaks, 6)} {what} {' and '.join(preparation.targets)} (nearly) perfectly: is it known before "
                f"the answer is? Else --drop {quoted(leaks[0])}."
            )
    found += _shared_rows(splits, len(names))
    found += _classes(preparation, target, train)
    for name in names:
        found += _numbers(table.columns[name], train)
        found += _spellings(table.columns[name])
    return tuple(LOOK + sentence for sentence in found)


def _gives_away(column: RawColumn, y: np.ndarray) -> bool:
    """Whether the column alone says what the target is, on rows that could tell otherwise."""
    here = ~column.missing
    if here.sum() < max(FEWEST_ROWS, 0.9 * len(y)):
        return False
    if y.ndim == 2:
        if not column.numbered or y.shape[1] != 1:
            return False
        v, t = column.numbers[here], y[here, 0]
        if np.isinf(v).any() or not np.ptp(v) or not np.ptp(t) or len(np.unique(t)) < 5:
            return False
        return bool(abs(np.corrcoef(v, t)[0, 1]) > PERFECT)
    labels = y[here]
    if len(np.unique(labels)) < 2:
        return False
    values = column.numbers[here] if column.numbered else column.codes[here]
    distinct, codes = np.unique(values, return_inverse=True)
    pure = len(np.unique(codes * (labels.max() + 1) + labels)) == len(distinct)
    if pure and len(distinct) <= len(labels) / 5:
        return True
    if not (pure and column.numbered):
        return False
    ordered = labels[np.argsort(values, kind="stable")]
    return bool((ordered[1:] != ordered[:-1]).sum() + 1 == len(np.unique(labels)))


def _shared_rows(splits: Sequence[Split], columns: int) -> list[str]:
    """Rows for the test that stand in training too, answer and all."""
    train, _, test = splits
    if columns < 3 or not len(test):
        return []
    again = int(np.isin(_hashes(test), _hashes(train)).sum())
    share = again / len(test)
    if share < LEAST_SHARED:
        return []
    return [
        f"{again:,} of {len(test):,} rows for the test ({share:.0%}) stand among the training rows too, answer and "
        "all: on them memory is tested."
    ]


def _hashes(part: Split) -> np.ndarray:
    """A number of 64 bits for each row and its answer: equal rows have the same, others hardly ever."""
    found = np.full(len(part), 14695981039346656037, np.uint64)  # FNV-1a's start and prime, a column at a time
    for column in (*part.x.T, *np.atleast_2d(part.y.T)):
        bits = np.ascontiguousarray(column, np.float32).view(np.uint32)
        found = (found ^ bits) * np.uint64(1099511628211)
        found ^= found >> np.uint64(29)
    return found


def _classes(preparation: Preparation, target: Target, train: np.ndarray) -> list[str]:
    if preparation.task == "regression":
        return []
    counts = np.bincount(target.y[target.known], minlength=len(preparation.class_names))
    found = []
    single = [preparation.class_names[k] for k in np.flatnonzero(counts == 1)]
    if single:
        what = "is a class of one row" if len(single) == 1 else "are classes of one row each"
        found.append(f"{listed(single, 6)} {what}: it is learned or tested, never both.")
    unseen = [
        preparation.class_names[k]
        for k in np.flatnonzero(np.bincount(target.y[train], minlength=len(counts)) == 0)
        if counts[k] > 1
    ]
    if unseen:
        found.append(f"No training row is of the class {listed(unseen, 6)}: it cannot be learned.")
    share = counts.max() / counts.sum()
    if share >= 0.8:
        often = listed([preparation.class_names[counts.argmax()]], 1)
        found.append(f"{share:.1%} of the rows are {often!r}: always saying so is right as often.")
    return found


def _numbers(column: RawColumn, train: np.ndarray) -> list[str]:
    """Values that are no measurement, and dates written as numbers."""
    if column.kind != "number" or len(train) < FEWEST_ROWS:
        return []
    known = column.numbers[train]
    known = known[np.isfinite(known)]
    if not len(known):
        return []
    name = quoted(column.name)
    for value in SENTINELS:
        hits = int((known == value).sum())
        rest = known[known != value]
        if hits < 2 or len(np.unique(rest)) < 5:
            continue
        low, high = rest.min(), rest.max()
        gap = value - high if value > high else low - value
        negative = value < 0 <= low
        if (gap > 2 * max(high - low, 1) and abs(value) > 9) or (negative and value < -1 and hits < len(known) / 2):
            told = number_text(value)
            return [
                f"{column.name} is {told} in {hits:,} training rows, else {number_text(low)} to {number_text(high)}: "
                f"if that means missing, give --missing={told}."
            ]
    if _days_as_numbers(known):
        return [f'{column.name} looks like dates written as numbers: --column "{name}=date:%Y%m%d" reads them so.']
    middle = float(np.median(known))
    spread = float(np.quantile(known, 0.9) - np.quantile(known, 0.1)) / 2.563 or float(known.std())
    far = known[np.abs(known - middle) > FAR * spread] if spread else known[:0]
    if 0 < len(far) <= MOST_FAR:
        return [
            f"{column.name} has {listed([number_text(v) for v in far], 3)}, far from all its other values: is it right?"
        ]
    return []


def _days_as_numbers(known: np.ndarray) -> bool:
    """Whether all are whole numbers such as 20240131."""
    if (known != np.round(known)).any() or known.min() < 19000101 or known.max() > 21001231:
        return False
    month, day = known // 100 % 100, known % 100
    return bool(((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all() and len(np.unique(month)) > 1)


def _spellings(column: RawColumn) -> list[str]:
    """Categories that differ in capital letters only."""
    if column.kind != "text" or len(column.values) > 1000:
        return []
    folded: dict[str, list[str]] = {}
    for value in column.values:
        folded.setdefault(value.casefold(), []).append(value)
    twins = next((values for values in folded.values() if len(values) > 1), None)
    return [f"{column.name} has {listed(twins, 3)}: they count as different values."] if twins else []
