"""Reading a table of any size from a file, whatever its kind."""

import gzip
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path

from ..dataset import DataError, ShowProgress
from .columns import ColumnBuilder, Reading, Table, built
from .csv_file import IsJson, add_chunk, read_csv
from .json_file import read_json


def read_table(path: Path, progress: ShowProgress | None = None, reading: Reading | None = None) -> Table:
    """The table in a .csv, .tsv, .txt or .jsonl file (each also packed: .gz, .bz2, .xz, .zip, .tar.gz), or in a .json,

    .parquet or .feather file. Raises DataError.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if path.suffix.lower() in (".xls", ".xlsx", ".ods"):
        raise DataError(f"{path} is a spreadsheet: save it as CSV first.")
    try:
        if path.suffix.lower() in (".parquet", ".pq", ".feather", ".arrow"):
            from .parquet_file import read_parquet

            return read_parquet(path, progress, reading)
        if {".json", ".jsonl", ".ndjson"} & set(suffixes[-2:]):
            return read_json(path, progress, reading)
        try:
            return read_csv(path, ".tsv" in suffixes[-2:], progress, reading)
        except IsJson:
            return read_json(path, progress, reading)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is no text that can be read ({error.reason}).") from None
    except zipfile.BadZipFile as error:
        raise DataError(f"{path} is a damaged zip archive ({error}).") from None
    except tarfile.TarError as error:
        raise DataError(f"{path} is a damaged tar archive ({error}).") from None
    except lzma.LZMAError as error:
        raise DataError(f"{path} is damaged or not xz ({error}).") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is damaged or not gzip ({error}).") from None
    except (RuntimeError, NotImplementedError) as error:  # a zip with a password, or packed in a way of its own
        raise DataError(f"{path} cannot be unpacked: {error}.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None


def table_of(name: str, header: tuple[str, ...], rows: tuple[tuple[object, ...], ...]) -> Table:
    """A table from its cells, which are read as a file's would be."""
    builders = [ColumnBuilder(column) for column in header]
    add_chunk(builders, [[str(cell) for cell in row] for row in rows])
    return Table(name, built(builders), len(rows))
