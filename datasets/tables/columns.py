"""Columns of a table: what their cells mean, decided a column at a time and in one pass.

Distinct texts are numbered as they come, so a column of few values costs four bytes a row; one of very many values
is kept as numbers, or given up as free text.
"""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

# what pandas.read_csv takes for missing, and UCI's question mark
MISSING = frozenset(
    "|?|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null".split("|")  # noqa: SIM905
)
MOST_DISTINCT = 10_000  # texts of a column that are kept apart
DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})([T ].*)?|\d{1,2}:\d{2}(:\d{2})?"
)


@dataclass(frozen=True, eq=False)
class RawColumn:
    """A column as it was read.

    kind number: numbers (n,) float64, NaN where missing. kind text: codes (n,) int32 into values, -1 where missing.
    What a kind does not have is empty. Of the other kinds no cell is kept: `example` is one, found in row `row`
    (from 1).
    date; mixed: nearly all numbers, but `example` is none; free: texts, too many to tell apart.
    """

    name: str
    kind: str
    numbers: np.ndarray = field(default_factory=lambda: np.empty(0))
    codes: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))
    values: tuple[str, ...] = ()
    example: str = ""
    row: int = 0

    @property
    def missing(self) -> np.ndarray:
        """(n,) bool."""
        missing: np.ndarray = np.isnan(self.numbers) if self.kind == "number" else self.codes < 0
        return missing

    def as_text(self) -> "RawColumn":
        """The same column with its numbers as texts, 1.0 as "1"."""
        if self.kind != "number":
            return self
        distinct, codes = np.unique(self.numbers, return_inverse=True)
        codes = np.where(np.isnan(self.numbers), -1, codes).astype(np.int32)
        known = distinct[~np.isnan(distinct)]
        return RawColumn(self.name, "text", codes=codes, values=tuple(number_text(value) for value in known))


@dataclass(frozen=True, eq=False)
class Table:
    """name: of the file. columns by name, in the order of the file. rows: how many. notes: what was guessed."""

    name: str
    columns: dict[str, RawColumn]
    rows: int
    notes: tuple[str, ...] = field(default=())


def number_text(value: float) -> str:
    """A number as a person would write it: 1.0 as "1", else at most ten digits."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.10g}"


def parse_number(cell: str, delimiter: str = ",") -> float | None:
    """The number a cell says; with a decimal comma only where commas do not separate the fields."""
    cell = cell.strip()
    if delimiter != "," and "," in cell and "." not in cell:
        cell = cell.replace(",", ".", 1)
    if "_" in cell:  # Python would read 1_000
        return None
    try:
        return float(cell)
    except ValueError:
        return None


class ColumnBuilder:
    """Takes the cells of one column as they come and keeps them in the smallest form that loses nothing needed."""

    def __init__(self, name: str, delimiter: str = ",") -> None:
        self.name, self.delimiter = name, delimiter
        self.rows = 0
        self._index: dict[str, int] | None = {}
        self._codes = array("i")
        self._numbers: list[np.ndarray] | None = None
        self._given_up: RawColumn | None = None

    def add(self, cells: Sequence[str]) -> None:
        """Further cells, texts."""
        self.rows += len(cells)
        if self._index is not None:
            index = self._index
            self._codes.extend([index.setdefault(cell, len(index)) for cell in cells])
            if len(index) > MOST_DISTINCT:
                self._widen(index)
        elif self._numbers is not None:
            self._add_numbers(cells, self._numbers)

    def add_numbers(self, numbers: np.ndarray) -> None:
        """Further cells, numbers already (NaN: missing)."""
        self.rows += len(numbers)
        kept = self._numbers or []
        kept.append(numbers.astype(np.float64))
        self._index, self._numbers = None, kept

    def _widen(self, index: dict[str, int]) -> None:
        """Too many distinct texts: they are numbers, or the column is given up."""
        column = self._classified(index, self._codes)
        self._index, self._codes = None, array("i")
        if column.kind == "number":
            self._numbers = [column.numbers]
        else:
            kind = "free" if column.kind == "text" else column.kind
            self._given_up = RawColumn(self.name, kind, example=column.example, row=column.row)

    def _add_numbers(self, cells: Sequence[str], numbers: list[np.ndarray]) -> None:
        try:
            numbers.append(np.array(cells, np.float64))
        except ValueError:
            values = np.empty(len(cells))
            for k, cell in enumerate(cells):
                value = np.nan if cell.strip() in MISSING else parse_number(cell, self.delimiter)
                if value is None:
                    row = self.rows - len(cells) + k + 1
                    self._given_up, self._numbers = RawColumn(self.name, "mixed", example=cell.strip(), row=row), None
                    return
                values[k] = value
            numbers.append(values)

    def column(self) -> RawColumn:
        """What its cells mean, all of them seen: a number, a category, text, a date, or nothing."""
        if self._given_up:
            return self._given_up
        if self._numbers is not None:
            return RawColumn(self.name, "number", numbers=np.concatenate(self._numbers))
        return self._classified(self._index or {}, self._codes)

    def _classified(self, index: dict[str, int], coded: "array[int]") -> RawColumn:
        """What the texts numbered so far are."""
        codes = np.frombuffer(coded, np.int32) if len(coded) else np.empty(0, np.int32)
        texts = [text.strip() for text in index]
        present = np.array([text not in MISSING for text in texts], bool)
        numbers = [parse_number(text, self.delimiter) for text in texts]
        if all(number is not None for number, here in zip(numbers, present, strict=True) if here):
            table = np.array([number if here else np.nan for number, here in zip(numbers, present, strict=True)])
            return RawColumn(self.name, "number", numbers=table[codes])
        known = [text for text, here in zip(texts, present, strict=True) if here]
        dates = [text for text in known if DATE.fullmatch(text)]
        if len(dates) >= 0.9 * len(known):
            return RawColumn(self.name, "date", example=dates[0], row=1)
        strays = np.array([here and number is None for number, here in zip(numbers, present, strict=True)])
        cells = np.bincount(codes, minlength=len(texts))
        numeric = int((present & ~strays).sum())
        if numeric > 20 and cells[present & ~strays].sum() > 9 * cells[strays].sum():
            row = int(np.flatnonzero(strays[codes])[0])
            return RawColumn(self.name, "mixed", example=texts[codes[row]], row=row + 1)
        # texts that differ in blanks at their ends are one
        values = {text: k for k, text in enumerate(dict.fromkeys(known))}
        table = np.array([values.get(text, -1) for text in texts], np.int32)
        return RawColumn(self.name, "text", codes=table[codes], values=tuple(values))
