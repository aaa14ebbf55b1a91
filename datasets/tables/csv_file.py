"""Reading CSV and TSV, plain or gzip, with Python's csv: delimiter, header and encoding are found."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..dataset import DataError, ShowProgress
from .columns import MISSING, ColumnBuilder, Table, parse_number

if TYPE_CHECKING:
    from _csv import Reader  # csv itself gives its readers' type no name

MOST_COLUMNS = 100_000
LONGEST_LINE = 1 << 24  # characters; a "table" with longer lines is none
CHUNK_ROWS = 20_000


def read_csv(path: Path, tabs: bool, progress: ShowProgress | None = None) -> Table:
    """The table in a text file, separated by tabs if so known. Raises DataError and what reading raises."""
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
        self.path, self.text = path, text
        self._head: list[str] = []

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


def _rows_to_table(path: Path, reader: "Reader", delimiter: str, tick: Callable[[], object]) -> Table:
    first = next((row for row in reader if any(cell.strip() for cell in row)), None)
    if first is None:
        raise DataError(f"{path} is empty.")
    if len(first) > MOST_COLUMNS:
        raise DataError(f"{path} has {len(first):,} columns, more than the {MOST_COLUMNS:,} this program reads.")
    named = not any(parse_number(cell, delimiter) is not None for cell in first if cell.strip() not in MISSING)
    notes = []
    if named:
        names = [cell.strip() or f"column {k}" for k, cell in enumerate(first, 1)]
    else:
        names = [f"column {k}" for k in range(1, len(first) + 1)]
        notes.append("The first line has numbers, so it is data: the columns are called column 1, column 2 …")
    for k, name in enumerate(names):
        if name in names[:k]:
            raise DataError(f"{path} has two columns called {name!r}: {names.index(name) + 1} and {k + 1}.")
    builders = [ColumnBuilder(name, delimiter) for name in names]
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
            add_chunk(builders, chunk)
            chunk = []
            tick()
    if chunk:
        add_chunk(builders, chunk)
    if count > CHUNK_ROWS:
        tick()
    if not count:
        raise DataError(f"{path} has a first line but no rows.")
    return Table(path.name, {builder.name: builder.column() for builder in builders}, count, tuple(notes))


def add_chunk(builders: list[ColumnBuilder], rows: list[list[str]]) -> None:
    """Give rows of cells to the builders of their columns."""
    for builder, cells in zip(builders, zip(*rows, strict=True), strict=True):
        builder.add(cells)
