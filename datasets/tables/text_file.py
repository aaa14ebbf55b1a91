"""A table's text out of whatever holds it: plain, packed, archived; UTF-8, UTF-16 or, failing these, Windows' Latin."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from ..dataset import DataError

# what files that are no text begin with: (their first bytes, what they are, what to do)
BINARY = (
    (b"\x89PNG", "a picture", "give the folder that has a folder of pictures for each class"),
    (b"\xff\xd8\xff", "a picture", "give the folder that has a folder of pictures for each class"),
    (b"GIF8", "a picture", "give a folder of .png or .jpg pictures"),
    (b"\x93NUMPY", "a NumPy array", "save x and y as one .npz"),
    (b"ARROW1", "a Feather file", "call it .feather"),
    (b"PAR1", "a Parquet file", "call it .parquet"),
    (b"\x80\x04\x95", "a Python pickle", "save it as CSV: pickles are not read"),
    (b"%PDF", "a PDF", "save the table as CSV"),
    (b"SQLite format 3", "a database", "save one of its tables as CSV"),
    (b"\x89HDF", "an HDF5 file", "save the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet", "save it as CSV first"),
    (b"7z\xbc\xaf", "an archive", "unpack it first"),
)
TABLES = (".csv", ".tsv", ".txt", ".tab", ".data", ".json", ".jsonl", ".ndjson")
LOOK = 4096  # bytes from which the encoding is told


@contextmanager
def opened(path: Path, encoding: str | None = None) -> Iterator[tuple[io.TextIOWrapper, IO[bytes], int, str]]:
    """The text of a file, the bytes under it with their number (for progress), and what is to be said of it.

    encoding: instead of the one its first bytes tell. Raises DataError and what unpacking raises.
    """
    with open(path, "rb") as raw, _unpacked(path, raw) as (plain, inside):
        size = path.stat().st_size
        start = plain.peek(LOOK)[:LOOK]
        for magic, what, advice in BINARY:
            if start.startswith(magic):
                raise DataError(f"{path} is no text: it is {what}; {advice}.")
        said = f"Read from {inside} in {path.name}. " if inside else ""
        found = encoding or _encoding(start)
        if encoding:
            said += f"The text is not UTF-8, so it was read as {encoding} (Western European letters)."
        with io.TextIOWrapper(plain, found, newline="") as text:
            yield text, raw, size, said.strip()


@contextmanager
def _unpacked(path: Path, raw: IO[bytes]) -> Iterator[tuple[io.BufferedReader, str]]:
    """The bytes of the table, and the name of the file in an archive that they were in."""
    start = raw.peek(8)[:8]  # type: ignore[attr-defined]
    if start.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(raw) as archive:
            names = [e.filename for e in archive.infolist() if not e.is_dir() and "__MACOSX" not in e.filename]
            inside = _the_table(path, names)
            with archive.open(inside) as file:
                yield io.BufferedReader(cast(io.RawIOBase, file)), inside
        return
    with ExitStack() as stack:
        plain = cast(io.BufferedReader, raw)
        if start.startswith(b"\x1f\x8b") or path.suffix.lower() == ".gz":
            plain = io.BufferedReader(stack.enter_context(gzip.GzipFile(fileobj=raw)))
        elif start.startswith(b"BZh"):
            plain = io.BufferedReader(cast(io.RawIOBase, stack.enter_context(bz2.BZ2File(raw))))
        elif start.startswith(b"\xfd7zXZ"):
            plain = io.BufferedReader(cast(io.RawIOBase, stack.enter_context(lzma.LZMAFile(raw))))
        if plain.peek(512)[257:262] != b"ustar":
            yield plain, ""
            return
        with tarfile.open(fileobj=plain, mode="r:") as tar:
            members = {member.name: member for member in tar if member.isfile()}
            inside = _the_table(path, [name for name in members if not Path(name).name.startswith("._")])
            found = tar.extractfile(members[inside])
            assert found is not None  # it is a file
            yield io.BufferedReader(cast(io.RawIOBase, found)), inside


def _the_table(path: Path, names: list[str]) -> str:
    """Which file of an archive is read. Raises DataError where it could be several."""
    tables = [name for name in names if name.lower().endswith(TABLES)]
    chosen = tables if len(tables) == 1 else names if len(names) == 1 else []
    if not chosen:
        raise DataError(f"{path} has {len(names)} files: unpack it and give the one that is the table.")
    return chosen[0]


def _encoding(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half > 4 and odd > 0.8 * half and even < 0.1 * half:  # as Windows writes it without a mark
        return "utf-16-le"
    if half > 4 and even > 0.8 * half and odd < 0.1 * half:
        return "utf-16-be"
    return "utf-8-sig"
