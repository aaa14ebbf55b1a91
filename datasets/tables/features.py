"""From one column to network inputs: the doing of it, with what was fitted on training rows.

How each kind is said in other languages stands in experiments/export/transforms.py, one class a kind; tests/export
holds the two together.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..dataset import Column, DataError
from .columns import RawColumn, number_text
from .numerals import numeral

YEAR = 365.2425  # days
CLIP = 3.0  # deviations: a smooth clip takes z to z / √(1 + (z/3)²), so no input goes beyond ±3


@dataclass(frozen=True)
class Feature:
    """One column of a table, and the inputs made of it.

    number: (v - offset) / scale, where v is the number, or sign(v) ln(1 + |v| / log) if log is not 0; clip: squeezed
    smoothly to ±3. edges: further inputs, one a bin, say how far the number has come through it, 0 to 1 (Gorishniy
    2022). category: one indicator a value, and one for any other value where training had such rows (without them an
    unseen value gives zeros: nothing was learned about it).
    statistic: as many inputs as `outcomes`: what training rows of this value had in the mean (`means`, a row a value;
    the last row is for any other).
    date: of `parts`: days (scaled), and the time of the year, the week and the day as sine and cosine.
    missing: a further indicator; the number itself is then taken to be the mean, that is 0.
    written: the code its numbers or dates are read with, where they are not plain; literal: read as text as it stands.
    unit: what stood beside its numbers, to be shown.
    """

    name: str
    kind: str = "number"
    offset: float = 0.0
    scale: float = 1.0
    categories: tuple[str, ...] = ()
    other: bool = False
    missing: bool = False
    log: float = 0.0
    clip: bool = False
    edges: tuple[float, ...] = ()
    parts: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    means: tuple[float, ...] = ()
    written: str = ""
    literal: bool = False
    unit: str = ""

    def inputs(self) -> tuple[Column, ...]:
        """The inputs, in order."""
        columns = []
        if self.kind == "category":
            columns += [Column(f"{self.name}={value}", "category") for value in self.categories]
        if self.other:
            columns.append(Column(f"{self.name}=other", "category"))
        if self.kind == "number":
            told = ", ".join(word for word, here in (("log", self.log), ("squeezed", self.clip)) if here)
            name = f"{self.name} ({told})" if told else self.name
            columns.append(Column(name, "number", self.offset, self.scale))
            columns += [
                Column(f"{self.name} {bounds(low, high)} {self.unit}".strip(), "number", low, high - low)
                for low, high in zip(self.edges, self.edges[1:], strict=False)
            ]
        if self.kind == "statistic":
            columns += [Column(f"{self.name}: {outcome}", "number") for outcome in self.outcomes]
        for part in self.parts:
            if part == "days":
                columns.append(Column(self.name, "number", self.offset, self.scale))
            else:
                columns += [Column(f"{self.name}: {part} {wave}", "number") for wave in ("sin", "cos")]
        if self.missing:
            columns.append(Column(f"{self.name} missing", "missing"))
        return tuple(columns)

    def encode(self, raw: RawColumn, out: np.ndarray) -> str:
        """Write the inputs of all rows into `out` (n, inputs); says in words what was unusual, or ""."""
        said = ""
        if self.kind == "number":
            v, infinite = finite(numbers_of(raw))
            absent = np.isnan(v)
            self._write_number(v, absent, out)
            if infinite:
                said = f"{self.name}: {infinite:,} infinite numbers count as missing."
        elif self.kind == "date":
            absent = self._write_date(raw, out)
        else:
            absent, said = self._write_text(raw, out)
        if self.missing:
            out[:, -1] = absent
        elif absent.any():
            more = f"{self.name}: {absent.sum():,} missing, though training had none; taken as average."
            said = f"{said} {more}".strip()
        return said

    def _write_number(self, v: np.ndarray, absent: np.ndarray, out: np.ndarray) -> None:
        z = (logarithm(v, self.log) if self.log else v) - self.offset
        z /= self.scale
        if self.clip:
            z = z / np.sqrt(1 + (z / CLIP) ** 2)
        out[:, 0] = np.where(absent, 0, z)
        for k, (low, high) in enumerate(zip(self.edges, self.edges[1:], strict=False), 1):
            out[:, k] = np.where(absent, 0, np.clip((v - low) / (high - low), 0, 1))

    def _write_date(self, raw: RawColumn, out: np.ndarray) -> np.ndarray:
        if raw.kind != "date":
            raw = replace(raw, kind="date", numbers=np.full(len(raw.codes), np.nan)) if not raw.numbered else raw
        absent: np.ndarray = np.isnan(raw.numbers)
        at = 0
        d = np.where(absent, 0, raw.numbers)
        for part in self.parts:
            if part == "days":
                out[:, at] = np.where(absent, 0, (d - self.offset) / self.scale)
                at += 1
            else:
                turn = 2 * np.pi * phase(d, part)
                out[:, at], out[:, at + 1] = np.where(absent, 0, np.sin(turn)), np.where(absent, 0, np.cos(turn))
                at += 2
        return absent

    def _write_text(self, raw: RawColumn, out: np.ndarray) -> tuple[np.ndarray, str]:
        text = usable_text(raw).as_text()
        slots = {value: k for k, value in enumerate(self.categories)}
        absent = text.codes < 0
        if self.kind == "statistic":
            means = np.array(self.means).reshape(len(self.categories) + 1, len(self.outcomes))
            slot = np.array([slots.get(value, len(slots)) for value in text.values] + [len(slots)], np.int64)
            out[:, : len(self.outcomes)] = means[slot[text.codes]]
            return absent, ""
        other = len(self.categories) if self.other else -1
        table = np.array([slots.get(value, other) for value in text.values] + [-1], np.int64)
        slot = table[text.codes]
        out[:, : len(self.categories) + self.other] = 0
        hit = np.flatnonzero(slot >= 0)
        out[hit, slot[hit]] = 1
        present = np.unique(text.codes[~absent])
        unseen = [text.values[k] for k in present if text.values[k] not in slots]
        if unseen and not self.other:
            return absent, f"{self.name}: {listed(unseen, 5)} never stood in a training row and counts as no value."
        return absent, ""


def logarithm(v: np.ndarray, unit: float) -> np.ndarray:
    """sign(v) ln(1 + |v| / unit): nearly v / unit about 0, and a logarithm far from it."""
    return np.asarray(np.sign(v) * np.log1p(np.abs(v) / unit))


def phase(d: np.ndarray, part: str) -> np.ndarray:
    """Which part of its year, week (from Thursday, the first day of 1970) or day each date stands at, 0 to 1."""
    turns = {"hour": d, "week": np.floor(d) / 7, "time of year": d / YEAR}[part]
    return np.asarray(turns - np.floor(turns))


def bounds(low: float, high: float) -> str:
    """A bin in words, 12–18, with as many digits as tell its ends apart."""
    largest = max(abs(low), abs(high))
    digits = max(3, 2 + math.ceil(math.log10(max(largest, 1e-300) / (high - low))))
    if digits > 11:
        return f"{low!r}–{high!r}"
    if 1e3 <= largest < 1e9:
        places = max(0, digits - 1 - math.floor(math.log10(largest)))
        return f"{low:,.{places}f}–{high:,.{places}f}"
    return f"{low:.{digits}g}–{high:.{digits}g}"


def numbers_of(raw: RawColumn) -> np.ndarray:
    """(n,) float64, NaN where missing. Raises DataError unless the column is numbers."""
    require_numbers(raw)
    return raw.numbers


def finite(numbers: np.ndarray) -> tuple[np.ndarray, int]:
    """The numbers with NaN for what is infinite, and how many there were."""
    infinite = np.isinf(numbers)
    return (np.where(infinite, np.nan, numbers), int(infinite.sum())) if infinite.any() else (numbers, 0)


def require_numbers(raw: RawColumn) -> None:
    """Raise DataError unless the column is numbers."""
    if raw.kind == "text":
        codes = np.flatnonzero(raw.codes >= 0)
        row = int(next((k for k in codes if not _is_number(raw.values[raw.codes[k]])), codes[0]))
        raise DataError(
            f"Column {raw.name!r} must hold numbers, but row {row + 1} says {raw.values[raw.codes[row]]!r}."
        )
    if raw.kind == "ambiguous":
        raise DataError(ambiguity(raw))
    if raw.kind != "number":
        raise DataError(f"Column {raw.name!r} must hold numbers, but row {raw.row} says {raw.example!r}.")


def require_finite(raw: RawColumn) -> None:
    """Raise DataError at an infinite number."""
    infinite = np.flatnonzero(np.isinf(raw.numbers))
    if len(infinite):
        raise DataError(
            f"Column {raw.name!r} has an infinite value in row {infinite[0] + 1}: "
            "leave the cell empty or drop the column."
        )


def ambiguity(raw: RawColumn) -> str:
    """What to do about numbers that could mean two things."""
    sign = next(sign for sign in raw.example if sign in ",.")
    other = "." if sign == "," else ","
    readings = {
        number_text(numeral(raw.example, sign, other)): f"1{sign}234{other}5",
        number_text(numeral(raw.example, "", sign)): f"1234{sign}5",
    }
    (large, as_thousands), (small, as_decimal) = readings.items()
    return (
        f"Column {raw.name!r} says {raw.example}, which can mean {large} or {small}: give "
        f'--column "{raw.name}=number:{as_thousands}" or --column "{raw.name}=number:{as_decimal}".'
    )


def usable_text(raw: RawColumn) -> RawColumn:
    """The column, if its cells were kept. Raises DataError."""
    if raw.kind == "free":
        raise DataError(f"Column {raw.name!r} has too many different texts to be a category.")
    if raw.kind == "ambiguous":
        raise DataError(ambiguity(raw))
    if raw.kind in ("mixed", "date"):
        raise DataError(f"Column {raw.name!r} must hold categories, but row {raw.row} says {raw.example!r}.")
    return raw


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def listed(values: Sequence[str], most: int) -> str:
    """At most so many of the values, and how many more there are."""
    shown = ", ".join(one_line(value) for value in values[:most])
    return shown if len(values) <= most else f"{shown} … {len(values) - most:,} more"


def one_line(value: str) -> str:
    """A value of a cell in a sentence: without line ends, and never longer than forty letters."""
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"


def quoted(name: str) -> str:
    """A column's name as it is given to an option."""
    return f"'{name}'" if re.search(r"\W", name) else name


def short(value: float) -> str:
    """To four digits, and never 1e+04 for 10,000."""
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{value:.4g}"
