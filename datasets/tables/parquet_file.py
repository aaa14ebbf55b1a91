"""Reading Parquet with pyarrow, which is an extra."""

from pathlib import Path

from ..dataset import DataError, ShowProgress
from .columns import ColumnBuilder, RawColumn, Table

CHUNK_ROWS = 20_000


def read_parquet(path: Path, progress: ShowProgress | None = None) -> Table:
    """The table in a Parquet file, read in batches. Raises DataError and what reading raises."""
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
        total, done = file.metadata.num_rows, 0
        dates: dict[str, str] = {}
        if not total:
            raise DataError(f"{path} has no rows.")
        builders = {name: ColumnBuilder(name) for name in names}
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
