"""Reading a table of any size: CSV and TSV (plain or gzip) with Python's csv, Parquet with pyarrow.

What a cell means is decided a column at a time and in one pass: distinct texts are numbered as they come, so a
column of few values costs four bytes a row; one of very many values is kept as numbers, or given up as free text.
"""

import csv
import gzip
import io
import re
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .dataset import DataError

# what pandas.read_csv takes for missing, and UCI's question mark
MISSING = frozenset(
    [
        "",
        "?",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "-1.#IND",
        "-1.#QNAN",
        "-NaN",
        "-nan",
        "1.#IND",
        "1.#QNAN",
        "<NA>",
        "N/A",
        "NA",
        "NULL",
        "NaN",
        "None",
        "n/a",
        "nan",
        "null",
    ]
)
MOST_DISTINCT = 10_000  # texts of a column that are kept apart
MOST_COLUMNS = 100_000
LONGEST_LINE = 1 << 24  # characters; a "table" with longer lines is none
CHUNK_ROWS = 20_000
DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})([T ].*)?|\d{1,2}:\d{2}(:\d{2})?"
)


@dataclass(frozen=True, eq=False)
class RawColumn:
    """A column as it was read.

    kind number: numbers (n,) float64, NaN where missing. kind text: codes (n,) int32 into values, -1 where missing.
    Of the other kinds no cell is kept: `example` is one, found in row `row` (from 1).
    date; mixed: nearly all numbers, but `example` is none; free: texts, too many to tell apart.
    """

    name: str
    kind: str
    numbers: np.ndarray | None = None
    codes: np.ndarray | None = None
    values: tuple[str, ...] = ()
    example: str = ""
    row: int = 0

    @property
    def missing(self) -> np.ndarray:
        """(n,) bool."""
        return np.isnan(self.numbers) if self.kind == "number" else self.codes < 0

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
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.10g}"


def read_table(path: Path, progress: Callable | None = None) -> Table:
    """The table in a .csv, .tsv, .txt (each also .gz) or .parquet file. Raises DataError."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if path.suffix.lower() in (".xls", ".xlsx", ".ods"):
        raise DataError(f"{path} is a spreadsheet: save it as CSV first.")
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return _read_parquet(path, progress)
        return _read_csv(path, ".tsv" in suffixes[-2:], progress)
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise DataError(f"{path} is not UTF-8 text (there is a byte {byte:#04x}): save it as UTF-8.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is damaged or not gzip ({error}).") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None


# ---- CSV


def _read_csv(path: Path, tabs: bool, progress: Callable | None) -> Table:
    size = path.stat().st_size
    with open(path, "rb") as raw:
        start = raw.peek(4)
        packed = start.startswith(b"\x1f\x8b") or path.suffix.lower() == ".gz"
        encoding = "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        plain = gzip.GzipFile(fileobj=raw) if packed else raw
        with io.TextIOWrapper(plain, encoding, newline="") as text:
            lines = _Lines(path, text)
            head = lines.head()
            if not "".join(head).strip():
                raise DataError(f"{path} is empty.")
            delimiter = "\t" if tabs else _delimiter(head)
            reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
            try:
                return _rows_to_table(
                    path, reader, delimiter, lambda: progress and progress(path.name, raw.tell(), size)
                )
            except csv.Error as error:
                raise DataError(f"{path}, line {reader.line_num}: {error}.") from None


class _Lines:
    """The lines of a text file, each of bounded length, the first of which can be looked at before."""

    def __init__(self, path: Path, text: io.TextIOBase) -> None:
        self.path, self.text, self._head = path, text, []

    def head(self) -> list[str]:
        self._head = [line for _, line in zip(range(50), self._read(), strict=False)]
        return self._head

    def __iter__(self) -> Iterator[str]:
        yield from self._head
        yield from self._read()

    def _read(self) -> Iterator[str]:
        while line := self.text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise DataError(f"{self.path} has a line of more than {LONGEST_LINE:,} characters: it is no table.")
            if "\0" in line:
                raise DataError(f"{self.path} is no text: it has zero bytes.")
            yield line


def _delimiter(head: list[str]) -> str:
    """Of , ; tab and | the one that cuts the first lines into equally many fields, and most."""
    best, chosen = (0, 0), ","
    for candidate in ",;\t|":
        try:
            # the last line of the sample may belong to a quoted field that goes on
            counts = [len(row) for row in csv.reader(head, delimiter=candidate, skipinitialspace=True) if row]
        except csv.Error:
            continue
        score = (sum(count == counts[0] for count in counts), counts[0]) if counts and counts[0] > 1 else (0, 0)
        if score > best:
            best, chosen = score, candidate
    return chosen


def _rows_to_table(path: Path, reader, delimiter: str, tick: Callable[[], object]) -> Table:
    first = next((row for row in reader if any(cell.strip() for cell in row)), None)
    if first is None:
        raise DataError(f"{path} is empty.")
    if len(first) > MOST_COLUMNS:
        raise DataError(f"{path} has {len(first):,} columns, more than the {MOST_COLUMNS:,} this program reads.")
    named = not any(_number(cell, delimiter) is not None for cell in first if cell.strip() not in MISSING)
    notes = []
    if named:
        names = [cell.strip() or f"column {k}" for k, cell in enumerate(first, 1)]
    else:
        names = [f"column {k}" for k in range(1, len(first) + 1)]
        notes.append("The first line has numbers, so it is data: the columns are called column 1, column 2 …")
    for k, name in enumerate(names):
        if name in names[:k]:
            raise DataError(f"{path} has two columns called {name!r}: {names.index(name) + 1} and {k + 1}.")
    builders = [_Builder(name, delimiter) for name in names]
    chunk, count = [] if named else [first], 0 if named else 1
    for row in reader:
        if len(row) != len(names):
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            fields = f"{len(row)} field{'s' * (len(row) != 1)}"
            raise DataError(f"{path}, line {reader.line_num}: {fields} where the first line has {len(names)}.")
        chunk.append(row)
        count += 1
        if len(chunk) == CHUNK_ROWS:
            _add_chunk(builders, chunk)
            chunk = []
            tick()
    if chunk:
        _add_chunk(builders, chunk)
    if count > CHUNK_ROWS:
        tick()
    if not count:
        raise DataError(f"{path} has a first line but no rows.")
    return Table(path.name, {builder.name: builder.column() for builder in builders}, count, tuple(notes))


def _add_chunk(builders: list["_Builder"], rows: list[list[str]]) -> None:
    for builder, cells in zip(builders, zip(*rows, strict=True), strict=True):
        builder.add(cells)


def _number(cell: str, delimiter: str = ",") -> float | None:
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


class _Builder:
    """Takes the cells of one column as they come and keeps them in the smallest form that loses nothing needed."""

    def __init__(self, name: str, delimiter: str = ",") -> None:
        self.name, self.delimiter = name, delimiter
        self.rows = 0
        self._index: dict[str, int] | None = {}
        self._codes = array("i")
        self._numbers: list[np.ndarray] | None = None
        self._given_up: RawColumn | None = None

    def add(self, cells) -> None:
        """Further cells, texts."""
        self.rows += len(cells)
        if self._index is not None:
            index = self._index
            self._codes.extend([index.setdefault(cell, len(index)) for cell in cells])
            if len(index) > MOST_DISTINCT:
                self._widen()
        elif self._numbers is not None:
            self._add_numbers(cells)

    def add_numbers(self, numbers: np.ndarray) -> None:
        """Further cells, numbers already (NaN: missing)."""
        self.rows += len(numbers)
        self._index, self._numbers = None, self._numbers or []
        self._numbers.append(numbers.astype(np.float64))

    def _widen(self) -> None:
        """Too many distinct texts: they are numbers, or the column is given up."""
        column = self._classified(self._index, self._codes)
        self._index, self._codes = None, array("i")
        if column.kind == "number":
            self._numbers = [column.numbers]
        else:
            kind = "free" if column.kind == "text" else column.kind
            self._given_up = RawColumn(self.name, kind, example=column.example, row=column.row)

    def _add_numbers(self, cells) -> None:
        try:
            self._numbers.append(np.array(cells, np.float64))
        except ValueError:
            values = np.empty(len(cells))
            for k, cell in enumerate(cells):
                value = np.nan if cell.strip() in MISSING else _number(cell, self.delimiter)
                if value is None:
                    row = self.rows - len(cells) + k + 1
                    self._given_up, self._numbers = RawColumn(self.name, "mixed", example=cell.strip(), row=row), None
                    return
                values[k] = value
            self._numbers.append(values)

    def column(self) -> RawColumn:
        if self._given_up:
            return self._given_up
        if self._numbers is not None:
            return RawColumn(self.name, "number", numbers=np.concatenate(self._numbers))
        return self._classified(self._index, self._codes)

    def _classified(self, index: dict[str, int], coded: array) -> RawColumn:
        """What the texts numbered so far are."""
        codes = np.frombuffer(coded, np.int32) if len(coded) else np.empty(0, np.int32)
        texts = [text.strip() for text in index]
        present = np.array([text not in MISSING for text in texts], bool)
        numbers = [_number(text, self.delimiter) for text in texts]
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


# ---- Parquet


def _read_parquet(path: Path, progress: Callable | None) -> Table:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise DataError(f"Reading {path} needs pyarrow: pip install 'dnn-tui[parquet]', or save it as CSV.") from None
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
        if len(set(names)) != len(names):
            raise DataError(f"{path} has two columns of the same name.")
        total, done, dates = file.metadata.num_rows, 0, {}
        if not total:
            raise DataError(f"{path} has no rows.")
        builders = {name: _Builder(name) for name in names}
        for batch in file.iter_batches(CHUNK_ROWS):
            for name, values in zip(names, batch.columns, strict=True):
                kind = values.type
                if pa.types.is_boolean(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
                    cells = values.cast(pa.string()).to_pylist()
                    builders[name].add([cell or "" for cell in cells])
                elif pa.types.is_dictionary(kind):
                    builders[name].add([str(cell) if cell is not None else "" for cell in values.to_pylist()])
                elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
                    numbers = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
                    builders[name].add_numbers(numbers)
                elif pa.types.is_temporal(kind):
                    dates.setdefault(name, str(values[0]))
                else:
                    raise DataError(f"Column {name!r} of {path} holds {kind}, which is no number, text or category.")
            done += len(batch)
            if progress:
                progress(path.name, done, total)
    except pa.ArrowException as error:
        raise DataError(f"{path} is no Parquet file that can be read: {str(error).splitlines()[0]}") from None
    columns = {
        name: RawColumn(name, "date", example=dates[name], row=1) if name in dates else builders[name].column()
        for name in names
    }
    return Table(path.name, columns, total)


def table_of(name: str, header: tuple[str, ...], rows: tuple[tuple[object, ...], ...]) -> Table:
    """A table from its cells, which are read as a file's would be."""
    builders = [_Builder(column) for column in header]
    _add_chunk(builders, [[str(cell) for cell in row] for row in rows])
    return Table(name, {builder.name: builder.column() for builder in builders}, len(rows))
