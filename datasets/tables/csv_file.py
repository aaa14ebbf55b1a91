"""Reading CSV and TSV with Python's csv: delimiter, header, comments, title and footer are found."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, dropwhile, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ..dataset import DataError, ShowProgress
from . import arrow_text
from .columns import MISSING, ColumnBuilder, Reading, Table, built, parse_number
from .numerals import like_number
from .text_file import opened

if TYPE_CHECKING:
    from _csv import Reader  # csv itself gives its readers' type no name

MOST_COLUMNS = 100_000
LONGEST_LINE = 1 << 24  # characters; a "table" with longer lines is none
CHUNK_ROWS = 20_000
HEAD = 50  # lines from which delimiter and header are told
# 4,5 and 1.234,5; with a unit as well
DECIMAL_COMMA = re.compile(r"[-+−]?(?:\d+|\d{1,3}(?:[.' ]\d{3})+),\d+(?:[eE][-+]?\d+)?(?:\s?(?:[%€$£]|EUR|USD|CHF))?")
# the second and third line of Orange's .tab files: kinds of columns, and what they are for
ORANGE_KINDS = {"c", "d", "s", "t", "continuous", "discrete", "string", "time", "basket"}
ORANGE_USES = {"", "class", "meta", "i", "ignore", "m", "c", "weight"}


class IsJson(Exception):
    """The text is records of JSON, whatever the file is called."""


def read_csv(path: Path, tabs: bool, progress: ShowProgress | None = None, reading: Reading | None = None) -> Table:
    """The table in a text file, separated by tabs if so known. Raises DataError and what reading raises."""
    try:
        try:
            return _read(path, tabs, progress, reading or Reading(), None, arrow_text.is_plain)
        except arrow_text.NotPlain:
            return _read(path, tabs, progress, reading or Reading(), None)
    except UnicodeDecodeError:
        try:
            return _read(path, tabs, progress, reading or Reading(), "cp1252")
        except UnicodeDecodeError:
            return _read(path, tabs, progress, reading or Reading(), "latin-1")


def _read(
    path: Path,
    tabs: bool,
    progress: ShowProgress | None,
    reading: Reading,
    encoding: str | None,
    is_plain: Callable[[Path, str], bool] = lambda path, delimiter: False,
) -> Table:
    """is_plain: whether pyarrow may read the rows of the file, separated by that delimiter."""
    with opened(path, encoding) as (text, raw, size, said):
        lines = _Lines(path, text, strict=encoding is not None)
        head = lines.head()
        if not "".join(head).strip():
            raise DataError(f"{path} is empty.")
        if head[0].lstrip().startswith(('{"', '[{"')):
            raise IsJson
        delimiter = "\t" if tabs else _delimiter(head)
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)

        def tick(done: int = 0) -> None:
            if progress:
                progress(path.name, done or raw.tell(), size)

        def by_arrow(line: int, builders: list[ColumnBuilder]) -> int:
            return arrow_text.fill(path, delimiter, line - 1 + lines.skipped, builders, CHUNK_ROWS, tick)

        notes = [*([said] if said else []), *lines.notes()]
        try:
            return _rows_to_table(path, reader, reading, notes, tick, by_arrow if is_plain(path, delimiter) else None)
        except csv.Error as error:
            raise DataError(f"{path}, line {reader.line_num + lines.skipped}: {error}.") from None


class _Lines:
    """The lines of a text file, each of bounded length, without the comments it begins with; the first ones can be

    looked at before.
    """

    def __init__(self, path: Path, text: io.TextIOBase, strict: bool) -> None:
        self.path, self.text, self.strict = path, text, strict
        self._head: list[str] = []
        self.skipped = 0
        self._comment = ""

    def head(self) -> list[str]:
        lines = self._read()
        for line in lines:
            if not line.lstrip().startswith("#"):
                self._head = [line, *(line for _, line in zip(range(HEAD - 1), lines, strict=False))]
                break
            self._comment, self.skipped = line, self.skipped + 1
        if self.skipped and self._names_columns():
            self._head, self.skipped = [self._comment.lstrip("# \t"), *self._head], self.skipped - 1
        return self._head

    def _names_columns(self) -> bool:
        """Whether the last comment has as many fields as the first line, which has numbers."""
        if not self._head:
            return False
        delimiter = _delimiter(self._head)
        names, first = (
            next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
            for line in (self._comment.lstrip("# \t"), self._head[0])
        )
        return len(names) == len(first) > 1 and not any(map(_numeric, names)) and any(map(_numeric, first))

    def notes(self) -> list[str]:
        many = f"{self.skipped} lines of comments (#) were" if self.skipped > 1 else "A comment line (#) was"
        return [f"{many} passed over."] if self.skipped else []

    def __iter__(self) -> Iterator[str]:
        yield from self._head
        yield from self._read()

    def _read(self) -> Iterator[str]:
        while line := self.text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise DataError(f"{self.path} has a line of more than {LONGEST_LINE:,} characters: it is no table.")
            if "\0" in line:
                raise DataError(f"{self.path} is no text: it has zero bytes.")
            if self.strict and any(char < " " and char not in "\t\r\n\f" for char in line):
                raise DataError(f"{self.path} is no text: it is not UTF-8 and has control characters.")
            yield line


def _delimiter(head: list[str]) -> str:
    """Of , ; tab and | the one that cuts the first lines into equally many fields, and most; else blanks, if all are

    cut alike by them.
    """
    best, chosen = (0, 0), ","
    for candidate in ",;\t|":
        counts = _counts(head, candidate)
        base = counts[0] if counts else 1
        if len(counts) > 2 and len(set(counts[1:])) == 1 and base in (1, counts[1] - 1):
            base = counts[1]  # below a title, or below R's first line, which has one name less
        score = (counts.count(base), base) if base > 1 else (0, 0)
        if score > best:
            best, chosen = score, candidate
    if best == (0, 0):
        counts = _counts([line.strip() for line in head], " ")
        if len(counts) > 4 and counts[1] > 1 and all(count == counts[1] for count in counts[1:]):
            return " "
    if chosen == ",":
        return next((other for other in ";\t| " if _leaves_decimals(head, other)), ",")
    return chosen


def _leaves_decimals(head: list[str], delimiter: str) -> bool:
    """Whether it cuts these lines alike, and each comma then stands within a number: 1,5;2,3 is two numbers."""
    try:
        rows = [row for row in csv.reader(map(str.strip, head), delimiter=delimiter, skipinitialspace=True) if row]
    except csv.Error:
        return False
    if len(rows) < 2:
        return False
    inner = rows[1:-1] or rows[1:]  # a title may stand above, and the last row may be cut
    if len(inner[0]) < 2 or len(set(map(len, inner))) > 1 or len(rows[0]) not in (1, len(inner[0])):
        return False
    cut = [[cell.strip() for cell in row] for row in (rows if len(rows) < 3 else inner)]
    commas = [cell for row in cut for cell in row if "," in cell]
    if not commas or not all(map(DECIMAL_COMMA.fullmatch, commas)):
        return False
    # a blank may also stand before a unit: 1,5 mm
    return delimiter != " " or len(commas) > len(cut) or all(_numeric(cell) for row in cut for cell in row)


def _counts(head: list[str], delimiter: str) -> list[int]:
    try:
        # the last line of the sample may belong to a quoted field that goes on
        return [len(row) for row in csv.reader(head, delimiter=delimiter, skipinitialspace=True) if row]
    except csv.Error:
        return []


def _numeric(cell: str) -> bool:
    """Whether a cell of a first line is a number, also with a decimal comma; inf and nan are names there."""
    text = cell.strip()
    if text in MISSING or not any(map(str.isdigit, text)):
        return False
    return parse_number(text) is not None or DECIMAL_COMMA.fullmatch(text) is not None


def _has_names(rows: list[list[str]]) -> tuple[bool, str]:
    """Whether the first of these rows has the columns' names, and what is to be said where it is not plain."""
    first, rest = [cell.strip() for cell in rows[0]], rows[1:]
    numbers = [cell for cell in first if _numeric(cell)]
    if not numbers:
        return True, ""
    if len(set(first)) < len(first) or not rest:
        return False, ""
    years = [float(cell) for cell in numbers if cell.isdigit() and 1500 <= int(cell) <= 2200]
    rising = len(years) == len(numbers) > 2 and all(a < b for a, b in pairwise(years))
    over_numbers = any(
        cell not in MISSING
        and not _numeric(cell)
        and any(like_number(row[k].strip()) for row in rest if k < len(row))
        and all(like_number(row[k].strip()) or row[k].strip() in MISSING for row in rest if k < len(row))
        for k, cell in enumerate(first)
    )
    if over_numbers or (rising and len(numbers) < len(first)) or (rising and len(rest) > 2):
        named = ", ".join(numbers[:3])
        return True, f"The first line was taken for names, {named} too (--no-header if it is data)."
    return False, ""


def _rows_to_table(
    path: Path,
    reader: "Reader",
    reading: Reading,
    notes: list[str],
    tick: Callable[[], object],
    by_arrow: Callable[[int, list[ColumnBuilder]], int] | None,
) -> Table:
    """by_arrow: what gives the rows from a line on to the builders, where pyarrow may."""
    numbered = ((reader.line_num, row) for row in reader if len(row) > 1 or any(map(str.strip, row)))
    told = dropwhile(lambda pair: not any(map(str.strip, pair[1])), numbered)
    begun = [pair for _, pair in zip(range(HEAD), told, strict=False)]
    head = [row for _, row in begun]
    if not head:
        raise DataError(f"{path} is empty.")
    first = head[0]
    if len(first) > MOST_COLUMNS:
        raise DataError(f"{path} has {len(first):,} columns, more than the {MOST_COLUMNS:,} this program reads.")
    if len(head) > 2 and _fields(first) == 1 and len(head[1]) > 1 and len(head[1]) == len(head[2]) > len(first):
        notes.append(f"The first line ({first[0].strip()[:40]!r}) is a title, not the columns' names.")
        head = head[1:]
        first = head[0]
    rest = head[1:]
    if rest and all(len(row) == len(first) + 1 for row in rest) and not any(map(_numeric, first)):
        first = ["", *first]  # R's write.table gives its row names no name
        notes.append("The first line has one name less than there are columns: the first column is without one.")
    named, said = _has_names(head) if reading.header is None else (reading.header, "")
    notes += [said] if said else []
    body = head[1:] if named else head
    if named and len(body) > 1 and _is_orange(body[0], body[1]):
        body = body[2:]
        notes.append("The second and third line tell kinds of columns, as Orange writes them: they are no rows.")
    if named:
        names = [cell.strip() or f"column {k}" for k, cell in enumerate(first, 1)]
    else:
        names = [f"column {k}" for k in range(1, len(first) + 1)]
        why = (
            "The first line has numbers, so it is data"
            if reading.header is None
            else "The first line is data, as asked"
        )
        notes.append(f"{why}: the columns are called column 1, column 2 …")
    for k, name in enumerate(names):
        if name in names[:k]:
            raise DataError(f"{path} has two columns called {name!r}: {names.index(name) + 1} and {k + 1}.")
    builders = [
        ColumnBuilder(name, reading, named and not cell.strip()) for name, cell in zip(names, first, strict=True)
    ]
    left = begun[len(begun) - len(body) :]
    if by_arrow and left and len(builders) > 1:  # a blank line of one column is a row to one reader, none to the other
        count = by_arrow(left[0][0], builders)
    else:
        count = _fill(path, chain(left, told), builders, notes, tick)
    if not count:
        raise DataError(f"{path} has a first line but no rows.")
    return Table(path.name, built(builders), count, tuple(notes))


def _fill(
    path: Path,
    rows: Iterable[tuple[int, list[str]]],
    builders: list[ColumnBuilder],
    notes: list[str],
    tick: Callable[[], object],
) -> int:
    """Give all rows to the builders; how many there were."""
    chunk: list[list[str]] = []
    count, wrong = 0, ("", [""])
    for line, row in rows:
        if wrong[0]:
            raise DataError(wrong[0])
        if len(row) != len(builders):
            fields = f"{len(row)} field{'s' * (len(row) != 1)}"
            wrong = (f"{path}, line {line}: {fields} where the first line has {len(builders)}.", row)
            continue
        chunk.append(row)
        count += 1
        if len(chunk) == CHUNK_ROWS:
            add_chunk(builders, chunk)
            chunk = []
            tick()
    if wrong[0]:
        if len(wrong[1]) > 1 or like_number(wrong[1][0].strip()) or count < 5:  # a cut row, no footer
            raise DataError(wrong[0])
        notes.append(f"The last line ({wrong[1][0].strip()[:40]!r}) is no row: it was passed over.")
    if chunk:
        add_chunk(builders, chunk)
    if count > CHUNK_ROWS:
        tick()
    return count


def _fields(row: list[str]) -> int:
    """How many cells say something."""
    return sum(bool(cell.strip()) for cell in row)


def _is_orange(kinds: list[str], uses: list[str]) -> bool:
    told = [cell.strip().lower() for cell in kinds]
    return (
        len(kinds) == len(uses)
        and all(cell in ORANGE_KINDS or " " in cell for cell in told)
        and any(cell in ORANGE_KINDS for cell in told)
        and all(cell.strip().lower().split("=")[0].split(" ")[0] in ORANGE_USES for cell in uses)
    )


def add_chunk(builders: list[ColumnBuilder], rows: list[list[str]]) -> None:
    """Give rows of cells to the builders of their columns."""
    for builder, cells in zip(builders, zip(*rows, strict=True), strict=True):
        builder.add(cells)
