"""Reading a table of any size from a file, whatever its kind."""

import gzip
import zlib
from pathlib import Path

from ..dataset import DataError, ShowProgress
from .columns import ColumnBuilder, Table
from .csv_file import add_chunk, read_csv


def read_table(path: Path, progress: ShowProgress | None = None) -> Table:
    """The table in a .csv, .tsv, .txt (each also .gz) or .parquet file. Raises DataError."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if path.suffix.lower() in (".xls", ".xlsx", ".ods"):
        raise DataError(f"{path} is a spreadsheet: save it as CSV first.")
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            from .parquet_file import read_parquet

            return read_parquet(path, progress)
        return read_csv(path, ".tsv" in suffixes[-2:], progress)
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise DataError(f"{path} is not UTF-8 text (there is a byte {byte:#04x}): save it as UTF-8.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is damaged or not gzip ({error}).") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None


def table_of(name: str, header: tuple[str, ...], rows: tuple[tuple[object, ...], ...]) -> Table:
    """A table from its cells, which are read as a file's would be."""
    builders = [ColumnBuilder(column) for column in header]
    add_chunk(builders, [[str(cell) for cell in row] for row in rows])
    return Table(name, {builder.name: builder.column() for builder in builders}, len(rows))
