"""The rows of a plain text file by pyarrow's reader, where it is installed: the same cells to the same builders.

Only what both readers take for the same is given to it: an unpacked file without quotes. Whatever it stumbles over
(another number of fields, bytes that are no UTF-8) ends in `NotPlain`, and Python's csv reads the file from its start:
there is one set of errors, and one way of counting lines.
"""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from .columns import MISSING, MOST_DISTINCT, ColumnBuilder
from .numerals import doubtful

LARGE = 4_000_000  # bytes; a smaller file is read before pyarrow is imported
LOOKED_AT = 100  # cells: one of them mostly tells what a point means
BLOCK = 1 << 24  # bytes read at a time, and the longest line


class NotPlain(Exception):
    """A file that Python's csv has to read."""


def is_plain(path: Path, delimiter: str) -> bool:
    """Whether pyarrow is here, worth its import, and sees in the file what Python's csv sees."""
    if delimiter == " " or not find_spec("pyarrow") or path.stat().st_size < LARGE:
        return False
    with open(path, "rb") as file:
        if file.read(2) in (b"\x1f\x8b", b"PK", b"BZ", b"\xfd7") or path.suffix.lower() == ".gz":
            return False
        while block := file.read(BLOCK):
            if b'"' in block or b"\0" in block:
                return False
    return True


def fill(
    path: Path,
    delimiter: str,
    skipped: int,
    builders: list[ColumnBuilder],
    chunk: int,
    tick: Callable[[int], object],
) -> int:
    """Give all rows after so many skipped lines to the builders, `chunk` at a time; how many there were.

    tick: told how many bytes were read. Raises NotPlain, and then the builders are of no use.
    """
    import pyarrow as pa
    from pyarrow import csv

    names = [str(k) for k in range(len(builders))]
    rows = 0
    try:
        with open(path, "rb") as file:
            reader = csv.open_csv(
                file,
                csv.ReadOptions(column_names=names, skip_rows=skipped, block_size=BLOCK),
                csv.ParseOptions(delimiter=delimiter, quote_char=False, double_quote=False),
                csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
            )
            for table in _chunks(reader, chunk):
                for builder, column in zip(builders, table.columns, strict=True):
                    _add(builder, column.combine_chunks())
                rows += len(table)
                tick(file.tell())
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise NotPlain from error
    return rows


def _chunks(reader: Any, rows: int) -> Iterator[Any]:
    """Tables of so many rows, whatever the sizes of the batches; the last is shorter."""
    import pyarrow as pa

    held: list[Any] = []
    for batch in reader:
        held.append(batch)
        while sum(map(len, held)) >= rows:
            table = pa.Table.from_batches(held)
            yield table.slice(0, rows)
            held = table.slice(rows).to_batches()
    if sum(map(len, held)):
        yield pa.Table.from_batches(held)


def _add(builder: ColumnBuilder, cells: Any) -> None:
    """Give texts to a builder as it can take them fastest."""
    if builder.takes_beginning and (numbers := _many_numbers(cells)) is not None:
        builder.begin_numbers(numbers)
    elif builder.takes_numbers and (numbers := _numbers(cells, builder.absent)) is not None:
        builder.add_read(numbers)
    elif builder.takes_texts:
        coded = cells.dictionary_encode()
        builder.add_coded(coded.indices.to_numpy(zero_copy_only=False), coded.dictionary.to_pylist())
    else:
        builder.add(cells.to_pylist())


def _many_numbers(cells: Any) -> np.ndarray | None:
    """The cells as numbers, where they are so many different ones that a builder would keep them as such, and none

    could mean thousands; else None, and the builder decides.
    """
    from pyarrow import compute

    if len(cells) <= MOST_DISTINCT or compute.count_distinct(cells).as_py() <= MOST_DISTINCT:
        return None
    some = [cell.strip() for cell in cells[:LOOKED_AT].to_pylist()]
    sure = any("." in cell and cell not in MISSING and not doubtful(cell) for cell in some)
    if not sure and compute.any(compute.match_substring(cells, ".")).as_py():
        return None
    return _numbers(cells, MISSING)


def _numbers(cells: Any, absent: frozenset[str]) -> np.ndarray | None:
    """The cells as Python's float would read them, NaN where absent; None where one is no number."""
    import pyarrow as pa
    from pyarrow import compute

    try:
        return np.asarray(compute.cast(cells, pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:
        texts = compute.utf8_trim_whitespace(cells)
        missing = compute.is_in(texts, value_set=pa.array(sorted(absent), pa.string()))
        texts = compute.if_else(missing, pa.scalar(None, pa.string()), texts)
        try:
            return np.asarray(compute.cast(texts, pa.float64()).to_numpy(zero_copy_only=False))
        except pa.ArrowInvalid:
            return None
