"""Reading JSON: a record a line, one list of records, or columns of values; a record is {column: value}."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..dataset import DataError, ShowProgress
from .columns import ColumnBuilder, Reading, Table, built
from .text_file import opened

CHUNK_ROWS = 20_000
LARGEST = 1 << 30  # characters of one document that is read whole; lines have no such end
MOST_COLUMNS = 10_000


def read_json(path: Path, progress: ShowProgress | None = None, reading: Reading | None = None) -> Table:
    """The table in a file of JSON lines or in a JSON document. Raises DataError and what reading raises."""
    with opened(path) as (text, raw, size, said):
        builders: dict[str, ColumnBuilder] = {}
        rows, chunk = 0, []
        for place, record in _records(path, text):
            if not isinstance(record, dict):
                raise DataError(f'{path}, {place}: a row must be a record such as {{"a": 1}}, not {_shown(record)}.')
            chunk.append(_cells(path, place, record))
            if len(chunk) == CHUNK_ROWS:
                rows = _add(path, builders, chunk, rows, reading)
                chunk = []
                if progress:
                    progress(path.name, raw.tell(), size)
        rows = _add(path, builders, chunk, rows, reading)
    if not rows:
        raise DataError(f"{path} has no rows.")
    return Table(path.name, built(list(builders.values())), rows, (said,) if said else ())


def _records(path: Path, text: Any) -> Iterator[tuple[str, Any]]:
    """(where it stands, the record), of lines or of one document."""
    first = text.readline(LARGEST)
    while first and not first.strip():
        first = text.readline(LARGEST)
    if not first:
        raise DataError(f"{path} is empty.")
    try:
        record = json.loads(first)
        lines = isinstance(record, dict) and not _by_column(record)
    except ValueError:
        lines = False
    except RecursionError:
        raise DataError(f"{path} is nested too deeply for a table.") from None
    if lines:
        yield "line 1", record
        for number, line in enumerate(iter(lambda: text.readline(LARGEST), ""), 2):
            if line.strip():
                yield f"line {number}", _parsed(path, line, number)
        return
    rest = text.read(LARGEST)
    if len(rest) == LARGEST:
        raise DataError(f"{path} is too large for one JSON document: write a record a line (.jsonl).")
    document = _parsed(path, first + rest, 1)
    for number, record in enumerate(_rows(path, document), 1):
        yield f"record {number}", record


def _parsed(path: Path, text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise DataError(f"{path} is nested too deeply for a table.") from None
    except ValueError as error:
        at = line + getattr(error, "lineno", 1) - 1
        raise DataError(f"{path}, line {at}: it is no JSON ({getattr(error, 'msg', error)}).") from None


def _by_column(record: dict[str, Any]) -> bool:
    """Whether it is {column: [values]} or {column: {row: value}}, as pandas writes a table."""
    return bool(record) and any(all(isinstance(value, kind) for value in record.values()) for kind in (list, dict))


def _rows(path: Path, document: Any) -> Iterator[Any]:
    """The records of a whole document. Raises DataError where it is no table."""
    if isinstance(document, list):
        yield from document
        return
    if not (isinstance(document, dict) and _by_column(document)):
        raise DataError(f"{path} is no table: it must be a list of records, or a record a line.")
    columns = list(document.values())
    keys = list(columns[0]) if isinstance(columns[0], dict) else range(len(columns[0]))
    if any(len(column) != len(keys) for column in columns):
        raise DataError(f"{path} is no table: its columns have different numbers of rows.")
    for key in keys:
        try:
            yield {name: column[key] for name, column in document.items()}
        except KeyError:
            raise DataError(f"{path} is no table: its columns are not of the same rows.") from None


def _cells(path: Path, place: str, record: dict[str, Any]) -> dict[str, str]:
    """The record's values as the cells of a text file. Raises DataError at what is no value."""
    cells = {}
    for name, value in record.items():
        if isinstance(value, dict | list):
            raise DataError(f"{path}, {place}: {name!r} holds {_shown(value)}, which is no number or text.")
        plain = "" if value is None else str(value)
        cells[name] = plain.lower() if isinstance(value, bool) else plain
    return cells


def _add(
    path: Path, builders: dict[str, ColumnBuilder], chunk: list[dict[str, str]], rows: int, reading: Reading | None
) -> int:
    """Give rows to the builders; a column that only comes later was missing before. How many there are now."""
    for name in dict.fromkeys(name for cells in chunk for name in cells):
        if name not in builders:
            builders[name] = ColumnBuilder(name or f"column {len(builders) + 1}", reading)
            builders[name].add([""] * rows)
    if len(builders) > MOST_COLUMNS:
        raise DataError(f"{path} has more than the {MOST_COLUMNS:,} columns that are read from JSON.")
    for name, builder in builders.items():
        builder.add([cells.get(name, "") for cells in chunk])
    return rows + len(chunk)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"
