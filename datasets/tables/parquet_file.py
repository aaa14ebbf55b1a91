"""Reading Parquet and Feather (Arrow) files with pyarrow, which is an extra."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..dataset import DataError, ShowProgress
from .columns import ColumnBuilder, Reading, Table, built

CHUNK_ROWS = 20_000
INDEX = "__index_level_0__"  # what pandas calls its row numbers


def read_parquet(path: Path, progress: ShowProgress | None = None, reading: Reading | None = None) -> Table:
    """The table in a Parquet or Feather file, read in batches. Raises DataError and what reading raises."""
    try:
        import pyarrow as pa
    except ImportError:
        raise DataError(f"Reading {path} needs pyarrow: pip install 'dnn-tui[parquet]', or save it as CSV.") from None
    try:
        names, total, batches = _opened(path)
        if len(set(names)) != len(names):
            raise DataError(f"{path} has two columns of the same name.")
        if not total:
            raise DataError(f"{path} has no rows.")
        done = 0
        builders = {name: ColumnBuilder(name, reading, name == INDEX) for name in names}
        for batch in batches:
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
                    builders[name].add_days(_days(values))
                else:
                    raise DataError(f"Column {name!r} of {path} holds {kind}, which is no number, text or category.")
            done += len(batch)
            if progress:
                progress(path.name, done, total)
    except pa.ArrowException as error:
        kind = "Feather" if _is_feather(path) else "Parquet"
        raise DataError(f"{path} is no {kind} file that can be read: {str(error).splitlines()[0]}") from None
    return Table(path.name, built(list(builders.values())), total)


def _is_feather(path: Path) -> bool:
    """Whether it begins as an Arrow file, or as Feather's first version, and is not called Parquet."""
    with open(path, "rb") as file:
        return file.read(4) in (b"ARRO", b"FEA1")


def _opened(path: Path) -> tuple[list[str], int, Iterator[Any]]:
    """The names of the columns, how many rows there are, and the rows in batches."""
    if not _is_feather(path):
        import pyarrow.parquet as pq

        file = pq.ParquetFile(path)
        return file.schema_arrow.names, file.metadata.num_rows, file.iter_batches(CHUNK_ROWS)
    from pyarrow import feather

    table = feather.read_table(path, memory_map=True)
    return table.column_names, table.num_rows, iter(table.to_batches(CHUNK_ROWS))


def _days(values: Any) -> np.ndarray:
    """Days since 1970-01-01, NaN where missing; of a time of day, 0 to 1."""
    import pyarrow as pa

    if pa.types.is_time(values.type):
        ticks = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[values.type.unit] * 86400
        wide = values.cast(pa.int32() if values.type.bit_width == 32 else pa.int64()).cast(pa.float64())
        return np.asarray(wide.to_numpy(zero_copy_only=False) / ticks)
    if pa.types.is_duration(values.type):
        values = values.cast(pa.duration("us")).cast(pa.int64()).cast(pa.float64())
        return np.asarray(values.to_numpy(zero_copy_only=False) / 86400e6)
    moments = values.cast(pa.timestamp("us")).cast(pa.int64()).cast(pa.float64())
    return np.asarray(moments.to_numpy(zero_copy_only=False) / 86400e6)
