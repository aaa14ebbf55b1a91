"""How a column becomes inputs, judged by training rows alone; each choice is said in a sentence."""

from dataclasses import dataclass

import numpy as np

from ..dataset import DataError
from .columns import RawColumn
from .dates import has_day
from .features import Feature, ambiguity, finite, listed, logarithm, phase, quoted, short
from .identifiers import names_rows
from .numerals import like_number
from .wishes import BINS, Wish

MOST_CATEGORIES = 100  # of one column; rarer values count as "other"
RARE, MANY = 5, 20  # of more than MANY values, those with fewer rows than RARE are taken together
FAR = 6.0  # deviations: with values beyond it the mean is pulled, so the median takes its place
SKEWED = 3.0  # of positive numbers beyond this skewness the logarithm is taken
# training rows from which a number gets half the bins, and all of them
BINNED = {"regression": (100, 600), "classes": (1000, 1000), "binary": (1000, 1000)}
MOST_BINNED = 2000  # inputs that are bins, of a table of very many columns
FEWEST_SHAPED = 10  # different values for a logarithm or a median to say more than a mean
FEWEST_BINS = 4  # values for bins to be worth their inputs: twice as many
FOLDS, PRIOR_ROWS = 5, 10  # statistics: a training row's own target is never in its input; so many rows of the mean


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What statistics of a category are taken of: names, and values (training rows, outcomes), mean 0, deviation 1."""

    names: tuple[str, ...]
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Fitted:
    """feature: None where the column is left out. said: a sentence. inside: a statistic's inputs of the training rows

    themselves, (rows, outcomes), each without its own target.
    """

    feature: Feature | None
    said: str
    inside: np.ndarray | None = None


def usual_bins(rows: int, numbers: int, task: str) -> int:
    """How many bins each number gets where nothing is wished, or 0: by training rows, columns of numbers and task.

    Chosen on the half of the tables that benchmarks/tables.py names: bins help wherever there are rows enough to fill
    them, in regression soon, in classification late.
    """
    few, many = BINNED[task]
    bins = BINS if rows >= many else BINS // 2 if rows >= few else 0
    bins = min(bins, MOST_BINNED // max(1, numbers))
    return bins if bins >= FEWEST_BINS else 0


def fit_feature(
    raw: RawColumn,
    rows: np.ndarray,
    wish: Wish | None = None,
    keep: bool = False,
    outcomes: Outcomes | None = None,
    bins: int = 0,
) -> Fitted:
    """How to use a column by its training `rows`. keep: do not leave it out because it looks like an identifier.

    bins: of a number, where nothing is wished. Raises DataError where it cannot be used, or not as wished.
    """
    name = raw.name
    keep = keep or wish is not None
    kind = wish.kind if wish else ""
    if kind == "drop":
        return Fitted(None, f"{name} left out, as asked.")
    if raw.kind == "mixed":
        raise DataError(
            f"Column {name!r} holds numbers, but row {raw.row} says {raw.example!r}: correct it, leave the cell empty, "
            f"or leave the column out with --drop {quoted(name)}."
        )
    if raw.kind == "ambiguous":
        raise DataError(ambiguity(raw))
    if kind in ("number", "standard", "robust", "log", "ple") and raw.kind != "number":
        example = raw.values[0] if raw.values else raw.example
        raise DataError(f"Column {name!r} cannot be {kind}: it holds {raw.kind}s ({example!r}), not numbers.")
    if raw.kind == "free":
        return Fitted(None, f"{name} left out: nearly every row has a text of its own.")
    if raw.kind == "date":
        return _fit_date(raw, rows)
    if outcomes is not None and (kind == "statistic" or (not kind and not keep and _has_very_many(raw, rows))):
        return _fit_statistic(raw, rows, outcomes)
    if raw.kind == "number" and kind != "category":
        return _fit_number(raw, rows, kind, wish.bins if wish else bins, keep)
    return _fit_category(raw, rows, keep)


# ---- numbers


def _fit_number(raw: RawColumn, rows: np.ndarray, kind: str, bins: int, keep: bool) -> Fitted:
    name = raw.name
    numbers, infinite = finite(raw.numbers[rows])
    known = numbers[~np.isnan(numbers)]
    absent = len(numbers) - len(known)
    if not len(known):
        return Fitted(None, f"{name} left out: no training row has a value.")
    if known.min() == known.max() and not absent:
        return Fitted(None, f"{name} left out: it is {known[0]:g} in every training row.")
    if not keep and (why := names_rows(name, raw.unnamed, rows, numbers)):
        return Fitted(None, f"{name} left out: {why} (--keep {quoted(name)} to use it).")
    feature, told = _scaled(name, known, kind)
    edges = _edges(known, bins) if bins else ()
    if len(edges) > 1:
        told += f", and {len(edges) - 1} bins between quantiles"
    if raw.note:
        told += f"; {raw.note}"
    if infinite:
        told += f"; {infinite:,} infinite taken as missing"
    if absent:
        told += f"; {absent:,} missing taken as the mean, with an indicator"
    return Fitted(
        Feature(
            name,
            offset=feature[0],
            scale=feature[1],
            log=feature[2],
            clip=feature[3],
            edges=edges,
            missing=bool(absent),
            written=raw.written,
            unit=raw.unit,
        ),
        f"{name}: {told}.",
    )


def _scaled(name: str, known: np.ndarray, kind: str) -> tuple[tuple[float, float, float, bool], str]:
    """(offset, scale, log, clip) and what was chosen, in words."""
    offset, scale = _mean_and_deviation(name, known)
    if kind == "standard":
        return (offset, scale, 0.0, False), _taken_out("mean", offset, scale)
    far = float(np.abs(known - offset).max() / scale)
    if not kind and len(np.unique(known)) < FEWEST_SHAPED:  # a yes or no, or a small count: rare is not far
        far = 0.0
    if kind == "log" or (not kind and known.min() >= 0 and _skewness(known, offset, scale) > SKEWED and far > FAR):
        unit = float(np.median(np.abs(known[known != 0]))) if known.any() else 1.0
        v = logarithm(known, unit)
        offset, scale = _mean_and_deviation(name, v)
        squeezed = bool(np.abs(v - offset).max() / scale > FAR)
        return (offset, scale, unit, squeezed), f"number, skewed: its logarithm, scaled (log of 1 + x/{short(unit)})"
    if kind == "robust" or (far > FAR and kind != "number"):
        middle = float(np.median(known))
        low, high = np.quantile(known, (0.25, 0.75))
        spread = float(high - low) / 1.349 or scale  # of a normal distribution, its deviation
        told = f"number, median {short(middle)} and spread {short(spread)} taken out, far values squeezed"
        return (middle, spread, 0.0, True), told
    return (offset, scale, 0.0, False), _taken_out("mean", offset, scale)


def _mean_and_deviation(name: str, known: np.ndarray) -> tuple[float, float]:
    # from a shifted origin, so that a large offset does not drown the spread
    shift = known[0]
    with np.errstate(over="ignore", invalid="ignore"):
        offset = float(shift + (known - shift).mean())
        scale = float((known - offset).std()) or 1.0
    if not (np.isfinite(offset) and np.isfinite(scale)):
        raise DataError(f"Column {name!r} has values too large to work with (up to {np.abs(known).max():.3g}).")
    return offset, scale


def _taken_out(what: str, offset: float, scale: float) -> str:
    return f"number, {what} {short(offset)} and deviation {short(scale)} taken out"


def _skewness(known: np.ndarray, offset: float, scale: float) -> float:
    return float((((known - offset) / scale) ** 3).mean())


def _edges(known: np.ndarray, bins: int) -> tuple[float, ...]:
    """Ends of bins with about as many training rows each; () where there are too few different values."""
    distinct = np.unique(known)
    if len(distinct) < 2 * FEWEST_BINS:
        return ()
    edges = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1), method="nearest"))
    return tuple(float(edge) for edge in edges) if len(edges) > 2 else ()


# ---- dates


def _fit_date(raw: RawColumn, rows: np.ndarray) -> Fitted:
    """The inputs that differ among the training rows, and a year's, week's or day's only where they span one."""
    name, known = raw.name, raw.numbers[rows]
    absent = int(np.isnan(known).sum())
    known = known[~np.isnan(known)]
    if not len(known) or (known.min() == known.max() and not absent):
        what = "no training row has a date" if not len(known) else "it is the same in every training row"
        return Fitted(None, f"{name} left out: {what}.")
    spans, parts = np.ptp(known), []
    if np.ptp(np.floor(known)) or not spans:
        parts.append("days")
    if spans > 60:
        parts.append("time of year")
    if len(np.unique(np.floor(known))) > 6 and len(np.unique(phase(known, "week"))) > 1 and raw.written != "%Y-%m":
        parts.append("week")
    if len(np.unique(np.round(phase(known, "hour"), 6))) > 1:
        parts.append("hour")
    offset, scale = float(known.mean()), float(known.std()) or 1.0
    told = {"days": "days", "time of year": "time of the year", "week": "weekday", "hour": "hour"}
    said = f"{name}: {'date' if has_day(raw.written) else 'time'}, {', '.join(told[part] for part in parts)}"
    cycles = len(parts) - ("days" in parts)
    said += " (each of these a sine and a cosine, days a number)" if cycles and "days" in parts else ""
    said += " (a sine and a cosine)" if cycles and "days" not in parts else ""
    said += f"; {raw.note}" if raw.note else ""
    said += f"; {absent:,} missing, with an indicator" if absent else ""
    feature = Feature(
        name, "date", offset, scale, parts=tuple(parts), missing=bool(absent), written=raw.written or "iso"
    )
    return Fitted(feature, said + ".")


# ---- categories


def _fit_category(raw: RawColumn, rows: np.ndarray, keep: bool) -> Fitted:
    literal = raw.kind == "number" or raw.literal
    raw = raw.as_text()
    name, codes = raw.name, raw.codes[rows]
    absent = int((codes < 0).sum())
    counts = np.bincount(codes[codes >= 0], minlength=len(raw.values))
    distinct = int((counts > 0).sum())
    if not distinct:
        return Fitted(None, f"{name} left out: no training row has a value.")
    if distinct == 1 and not absent:
        return Fitted(
            None, f"{name} left out: it is {listed([raw.values[counts.argmax()]], 1)!r} in every training row."
        )
    if not keep and raw.unnamed and distinct == len(codes) > 2:
        why = "its header is blank and every row has another text, so it names the rows"
        return Fitted(None, f"{name} left out: {why} (--keep {quoted(name)} to use it).")
    if not keep and distinct > max(20, 0.5 * (len(codes) - absent)):
        like = [value for value in raw.values if like_number(value)]
        why = "nearly every row has a text of its own"
        if len(like) >= 0.9 * len(raw.values):
            why = f"its numbers are written in different ways ({listed(like, 3)})"
        return Fitted(None, f"{name} left out: {why} (--keep {quoted(name)} to use it).")
    order = sorted(np.flatnonzero(counts), key=lambda k: (-counts[k], raw.values[k]))
    often = [k for k in order if counts[k] >= RARE] if distinct > MANY else order
    chosen = tuple(sorted(raw.values[k] for k in (often or order)[:MOST_CATEGORIES]))
    rest = distinct - len(chosen)
    said = f"{name}: category, {len(chosen)} indicators ({listed(chosen, 4)})"
    if literal and all(map(like_number, chosen)):
        said += "; its numbers are taken for names"
    if rest:
        said += f"; {rest:,} rarer values count as other"
    if absent:
        said += f"; {absent:,} missing, with an indicator"
    feature = Feature(name, "category", categories=chosen, other=rest > 0, missing=bool(absent), literal=literal)
    return Fitted(feature, said + ".")


def _has_very_many(raw: RawColumn, rows: np.ndarray) -> bool:
    """Whether a text column has more values than get an indicator each, and yet most of them several times."""
    if raw.kind != "text":
        return False
    codes = raw.codes[rows]
    codes = codes[codes >= 0]
    distinct = len(np.unique(codes))
    return distinct > MOST_CATEGORIES and distinct <= 0.5 * len(codes)


def _fit_statistic(raw: RawColumn, rows: np.ndarray, outcomes: Outcomes) -> Fitted:
    """Means of the outcomes by value, drawn to the mean of all by PRIOR_ROWS rows; inside training by folds."""
    raw = raw.as_text()
    codes = raw.codes[rows]
    absent = int((codes < 0).sum())
    slots = np.where(codes < 0, len(raw.values), codes)
    counts = np.bincount(slots, minlength=len(raw.values) + 1)
    order = [k for k in np.argsort(-counts, kind="stable") if k < len(raw.values) and counts[k]]
    if not order:
        return Fitted(None, f"{raw.name} left out: no training row has a value.")
    fold = np.arange(len(rows)) % FOLDS  # the training rows stand in random order
    inside = np.empty_like(outcomes.values)
    for k in range(FOLDS):
        others = fold != k
        means = _means(slots[others], outcomes.values[others], len(raw.values) + 1)
        inside[fold == k] = means[slots[fold == k]]
    means = _means(slots, outcomes.values, len(raw.values) + 1)
    means[-1] = 0  # any other value is of the mean of all
    inside[codes < 0] = 0
    table = np.concatenate([means[order], means[-1:]])
    feature = Feature(
        raw.name,
        "statistic",
        categories=tuple(raw.values[k] for k in order),
        missing=bool(absent),
        outcomes=outcomes.names,
        means=tuple(float(value) for value in table.ravel()),
        literal=True,
    )
    said = f"{raw.name}: {len(order):,} values, for each what its training rows had in the mean"
    said += f" ({listed(outcomes.names, 3)}), a row's own left out"
    said += f"; {absent:,} missing, with an indicator" if absent else ""
    return Fitted(feature, said + ".", inside)


def _means(slots: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    rows = np.bincount(slots, minlength=count)
    sums = np.stack([np.bincount(slots, values[:, k], count) for k in range(values.shape[1])], axis=1)
    return np.asarray(sums / (rows + PRIOR_ROWS)[:, None])
