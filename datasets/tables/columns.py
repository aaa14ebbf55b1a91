"""Columns of a table: what their cells mean, decided a column at a time and in one pass.

Distinct texts are numbered as they come, so a column of few values costs four bytes a row; one of very many values
is kept as numbers, or given up as free text.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from . import dates, numerals
from .identifiers import is_code

# what pandas.read_csv takes for missing, and UCI's question mark
MISSING = frozenset(
    "|?|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null".split("|")  # noqa: SIM905
)
# among numbers and dates these mean missing, too; among texts they may be a category
NO_NUMBER = frozenset(
    "-|--|---|.|..|n.a.|N.A.|na|n.d.|\\N|nil|none|missing|Missing|unknown|Unknown|#DIV/0!|#VALUE!|#REF!|NaT".split("|")  # noqa: SIM905
)
MOST_DISTINCT = 10_000  # texts of a column that are kept apart
MIXED = 20  # so many different numbers, and nine of ten cells, make a column one of numbers with a stray text


@dataclass(frozen=True)
class Reading:
    """How a file is read where it is not to be guessed.

    header: whether its first line has the names; missing: further words for a missing cell; numbers: of a column, the
    code its numbers are written with (see `numerals`); dates: its format (see `dates`); texts: columns taken literally.
    """

    header: bool | None = None
    missing: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class RawColumn:
    """A column as it was read.

    kind number: numbers (n,) float64, NaN where missing. kind date: the same, days since 1970-01-01.
    kind text: codes (n,) int32 into values, -1 where missing.
    What a kind does not have is empty. Of the other kinds no cell is kept: `example` is one, found in row `row`
    (from 1).
    mixed: nearly all numbers, but `example` is none; ambiguous: numbers that could mean two things; free: texts, too
    many to tell apart.
    written: the code or format it was read with, if not plainly. note: what is to be said of that.
    unnamed: its header is blank, as that of the row names that R and pandas write. numeric: share of its texts that
    are numbers. doubt: a cell that could have a point between thousands, if all with a point could. literal: its texts
    stand as they were, whatever they look like. unit: what stands beside its numbers.
    """

    name: str
    kind: str
    numbers: np.ndarray = field(default_factory=lambda: np.empty(0))
    codes: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))
    values: tuple[str, ...] = ()
    example: str = ""
    row: int = 0
    written: str = ""
    note: str = ""
    unnamed: bool = False
    numeric: float = 0.0
    doubt: str = ""
    literal: bool = False
    unit: str = ""

    @property
    def numbered(self) -> bool:
        """Whether its cells are kept as numbers."""
        return self.kind in ("number", "date")

    @property
    def missing(self) -> np.ndarray:
        """(n,) bool."""
        missing: np.ndarray = np.isnan(self.numbers) if self.numbered else self.codes < 0
        return missing

    def take(self, rows: np.ndarray) -> "RawColumn":
        """The column of these rows alone."""
        if self.numbered:
            return replace(self, numbers=self.numbers[rows])
        return replace(self, codes=self.codes[rows])

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


def built(builders: "Sequence[ColumnBuilder]") -> dict[str, RawColumn]:
    """The columns by name. Where one has decimal commas, a column all of 1.234 has become ambiguous."""
    columns = {builder.name: builder.column() for builder in builders}
    if any(column.kind == "number" and column.written.endswith(",") for column in columns.values()):
        for name, column in columns.items():
            if column.doubt:
                columns[name] = RawColumn(name, "ambiguous", example=column.doubt, row=1)
    return columns


def number_text(value: float) -> str:
    """A number as a person would write it: 1.0 as "1", else at most ten digits."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.10g}"


def parse_number(cell: str) -> float | None:
    """The number a cell plainly says."""
    if "_" in cell:  # Python would read 1_000
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def _as_written(code: str) -> Callable[[str], float | None]:
    def read(cell: str) -> float | None:
        value = numerals.numeral(cell, code[:-1], code[-1])
        return None if value != value else value

    return read


def _as_date(form: str) -> Callable[[str], float | None]:
    return lambda cell: dates.days(cell, form)  # what is none counts as missing: a date never stops a training


class ColumnBuilder:
    """Takes the cells of one column as they come and keeps them in the smallest form that loses nothing needed."""

    def __init__(self, name: str, reading: Reading | None = None, unnamed: bool = False) -> None:
        self.name, self.reading, self.unnamed = name, reading or Reading(), unnamed
        self.rows = 0
        self._index: dict[str, int] | None = {}
        self._codes = array("i")
        self._numbers: list[np.ndarray] | None = None
        self._read: Callable[[str], float | None] = parse_number
        self._begun: RawColumn | None = None  # what the first cells were taken for, once there are many
        self._given_up: RawColumn | None = None
        self._missing = MISSING | set(self.reading.missing)
        self._literal = name in self.reading.texts or (is_code(name) and name not in self.reading.numbers)
        self._none = self._missing | NO_NUMBER
        self._none_numbers = [value for word in self.reading.missing if (value := parse_number(word)) is not None]

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

    @property
    def takes_texts(self) -> bool:
        """Whether `add_coded` is possible: its texts are still told apart."""
        return self._index is not None

    @property
    def takes_numbers(self) -> bool:
        """Whether `add_read` is possible: it is a column of plainly written numbers."""
        return self._numbers is not None and self._read is parse_number

    @property
    def absent(self) -> frozenset[str]:
        """What means missing among its numbers."""
        return frozenset(self._none)

    def add_coded(self, codes: np.ndarray, texts: Sequence[str]) -> None:
        """Further cells, texts[codes]; the texts all different, in the order in which they come."""
        index = self._index
        assert index is not None
        self.rows += len(codes)
        places = np.array([index.setdefault(text, len(index)) for text in texts], np.int32)
        self._codes.frombytes(places[codes].tobytes())
        if len(index) > MOST_DISTINCT:
            self._widen(index)

    @property
    def takes_beginning(self) -> bool:
        """Whether `begin_numbers` is possible: it has no cell yet, and nobody has said what its cells mean."""
        said = {*self.reading.numbers, *self.reading.dates}
        return not self.rows and not self._literal and self.name not in said and self._index is not None

    def begin_numbers(self, numbers: np.ndarray) -> None:
        """The first cells, more different ones than are told apart: plainly written numbers, NaN where missing.

        None of them could have a point between thousands.
        """
        self.rows = len(numbers)
        self._index, self._numbers = None, [numbers]
        self._begun = RawColumn(self.name, "number", numbers=numbers)

    def add_read(self, numbers: np.ndarray) -> None:
        """Further cells, as `float` reads them, NaN where missing."""
        assert self._numbers is not None
        self.rows += len(numbers)
        self._numbers.append(numbers)

    def add_numbers(self, numbers: np.ndarray) -> None:
        """Further cells, numbers already (NaN: missing)."""
        self.rows += len(numbers)
        kept = self._numbers or []
        kept.append(numbers.astype(np.float64))
        self._index, self._numbers = None, kept

    def add_days(self, numbers: np.ndarray) -> None:
        """Further cells, dates as days since 1970-01-01 already (NaN: missing)."""
        self.add_numbers(numbers)
        self._begun = RawColumn(self.name, "date")

    def _widen(self, index: dict[str, int]) -> None:
        """Too many distinct texts: they are numbers or dates, or the column is given up."""
        column = self._classified(index, self._codes)
        self._index, self._codes = None, array("i")
        if column.numbered:
            self._numbers, self._begun = [column.numbers], column
            if column.kind == "date":
                self._read = _as_date(column.written)
            elif column.written:
                self._read = _as_written(column.written)
        else:
            kind = "free" if column.kind == "text" else column.kind
            self._given_up = replace(column, kind=kind, codes=np.empty(0, np.int32), values=())

    def _add_numbers(self, cells: Sequence[str], numbers: list[np.ndarray]) -> None:
        try:
            if self._read is not parse_number:
                raise ValueError
            numbers.append(np.array(cells, np.float64))
        except ValueError:
            values = np.empty(len(cells))
            for k, cell in enumerate(cells):
                value = np.nan if cell.strip() in self._none else self._read(cell.strip())
                if value is None:
                    row = self.rows - len(cells) + k + 1
                    self._given_up, self._numbers = RawColumn(self.name, "mixed", example=cell.strip(), row=row), None
                    return
                values[k] = value
            numbers.append(values)

    def column(self) -> RawColumn:
        """What its cells mean, all of them seen: a number, a category, text, a date, or nothing."""
        if self._given_up:
            found = self._given_up
        elif self._numbers is not None:
            found = replace(self._begun or RawColumn(self.name, "number"), numbers=np.concatenate(self._numbers))
            if self._literal:
                found = found.as_text()
        else:
            found = self._classified(self._index or {}, self._codes)
        if self._none_numbers and found.kind == "number":
            found = replace(found, numbers=np.where(np.isin(found.numbers, self._none_numbers), np.nan, found.numbers))
        return replace(found, unnamed=self.unnamed, literal=self._literal)

    def _classified(self, index: dict[str, int], coded: "array[int]") -> RawColumn:
        """What the texts numbered so far are."""
        codes = np.frombuffer(coded, np.int32) if len(coded) else np.empty(0, np.int32)
        texts = [text.strip() for text in index]
        if self._literal:
            return self._texts(texts, codes)
        if self.name in self.reading.dates:
            form, also = self.reading.dates[self.name], ""
            if not form:
                form, also = dates.detect([text for text in texts if text not in self._none]) or ("iso", "")
            return self._dates(texts, codes, form, also)
        if code := self.reading.numbers.get(self.name):
            return self._numerals(texts, codes, _as_written(code), written=code) or self._strays(
                texts, codes, _as_written(code)
            )
        plain = self._numerals(texts, codes, parse_number)
        if plain:
            return plain
        known = [text for text in texts if text not in self._none]
        if found := dates.detect(known):
            return self._dates(texts, codes, *found)
        written = numerals.detect(known)
        if written and written.ambiguous:
            return RawColumn(self.name, "ambiguous", example=written.example, row=1)
        if written:
            read = self._numerals(texts, codes, _as_written(written.code), written.code, written.said)
            if read:
                return replace(read, unit=written.unit)
        return self._strays(texts, codes, parse_number)

    def _numerals(
        self,
        texts: list[str],
        codes: np.ndarray,
        read: Callable[[str], float | None],
        written: str = "",
        said: str = "",
    ) -> RawColumn | None:
        """The column as numbers, if all its cells are such."""
        table = np.empty(len(texts))
        doubt, sure = "", False
        words = set()
        for k, text in enumerate(texts):
            value = np.nan if text in self._none else read(text)
            if value is None:
                return None
            table[k] = value
            if text in NO_NUMBER:
                words.add(text)
            elif "." in text and read is parse_number:
                sure = sure or not numerals.doubtful(text)
                doubt = text
        if words and not (table == table).any():
            return None  # nothing but such words: they are texts
        if words:
            said = "; ".join(filter(None, [said, f"{', '.join(sorted(words))} taken as missing"]))
        return RawColumn(
            self.name, "number", numbers=table[codes], written=written, note=said, doubt="" if sure else doubt
        )

    def _dates(self, texts: list[str], codes: np.ndarray, form: str, also: str) -> RawColumn:
        table = np.array([np.nan if text in self._none else dates.days(text, form) for text in texts])
        example = next((text for text, value in zip(texts, table, strict=True) if value == value), "")
        said = f"read as {form} ({example})"
        if also:
            said += f", though it could be {also}"
        numbers = table[codes] if len(texts) else np.empty(0)
        absent = np.array([text in self._none for text in texts], bool)
        strays = int((np.isnan(numbers) & ~absent[codes]).sum()) if len(texts) else 0
        if strays:
            said += f"; {strays:,} cells that are no such date count as missing"
        return RawColumn(self.name, "date", numbers=numbers, example=example, row=1, written=form, note=said)

    def _strays(self, texts: list[str], codes: np.ndarray, read: Callable[[str], float | None]) -> RawColumn:
        """Numbers with a stray text, or texts."""
        present = np.array([text not in self._missing for text in texts], bool)
        strays = np.array(
            [here and text not in NO_NUMBER and read(text) is None for text, here in zip(texts, present, strict=True)]
        )
        cells = np.bincount(codes, minlength=len(texts))
        numeric = int((present & ~strays).sum())
        if numeric > MIXED and cells[present & ~strays].sum() > 9 * cells[strays].sum():
            row = int(np.flatnonzero(strays[codes])[0])
            return RawColumn(self.name, "mixed", example=texts[codes[row]], row=row + 1)
        return self._texts(texts, codes)

    def _texts(self, texts: list[str], codes: np.ndarray) -> RawColumn:
        known = [text for text in texts if text not in self._missing]
        # texts that differ in blanks at their ends are one
        values = {text: k for k, text in enumerate(dict.fromkeys(known))}
        table = np.array([values.get(text, -1) for text in texts], np.int32)
        like = sum(map(numerals.like_number, values)) / max(1, len(values))
        return RawColumn(
            self.name, "text", codes=table[codes] if len(texts) else codes, values=tuple(values), numeric=like
        )
