"""Images and labels in IDX files, the format of the MNIST family (LeCun's page gives it in eight lines)."""

import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from ..dataset import DataError

MOST_BYTES = 1 << 31  # ten times the largest file of the MNIST family
CHUNK = 1 << 20
UNSIGNED_BYTE = 0x08


def read_idx(path: Path, dimensions: int) -> tuple[np.ndarray, str]:
    """The uint8 array in an IDX file (plain, or gzip by its name), and the SHA-256 of its uncompressed bytes.

    The header is not believed: a size above 2 GiB is refused before memory is taken, and memory grows only with
    bytes that are really there. Raises DataError.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as file:
            header = file.read(4 + 4 * dimensions)
            shape = _shape(path, header, dimensions)
            size = math.prod(shape)
            body = bytearray()
            while len(body) <= size and (chunk := file.read(min(CHUNK, size + 1 - len(body)))):
                body += chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is damaged or not gzip ({error}): fetch it again.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None
    if len(body) != size:
        many = "more" if len(body) > size else f"only {len(body):,}"
        raise DataError(f"{path} promises {size:,} bytes of data but holds {many}: fetch it again.")
    digest = hashlib.sha256(header)
    digest.update(body)
    return np.frombuffer(body, np.uint8).reshape(shape), digest.hexdigest()


def _shape(path: Path, header: bytes, dimensions: int) -> tuple[int, ...]:
    if len(header) < 4 + 4 * dimensions:
        raise DataError(f"{path} is no IDX file: it ends inside the header.")
    zero, kind, found = struct.unpack(">HBB", header[:4])
    if zero or kind != UNSIGNED_BYTE or found != dimensions:
        wanted = (UNSIGNED_BYTE << 8) + dimensions
        raise DataError(
            f"{path} is no IDX file of bytes in {dimensions} dimension{'s' * (dimensions > 1)}: "
            f"it begins with {header[:4].hex()}, not {wanted:08x}."
        )
    shape = struct.unpack(f">{dimensions}I", header[4:])
    if math.prod(shape) > MOST_BYTES:
        raise DataError(f"{path} claims to hold {math.prod(shape):,} bytes, more than this program reads.")
    return shape


def read_pair(folder: Path, images_name: str, labels_name: str) -> tuple[np.ndarray, np.ndarray, dict[str, str]]:
    """Images (n, height, width) and labels (n,), uint8, and the SHA-256 of each file by name. Raises DataError."""
    images_path, labels_path = _needed(folder, images_name), _needed(folder, labels_name)
    images, images_hash = read_idx(images_path, 3)
    labels, labels_hash = read_idx(labels_path, 1)
    if len(images) != len(labels):
        raise DataError(f"{images_path} has {len(images):,} images but {labels_path.name} {len(labels):,} labels.")
    if not images.size:
        raise DataError(f"{images_path} holds no images.")
    return images, labels.astype(np.int64), {images_name: images_hash, labels_name: labels_hash}


def _needed(folder: Path, name: str) -> Path:
    path = find(folder, name)
    if path is None:
        raise DataError(f"{folder} has no file {name} (or {name}.gz).")
    return path


def find(folder: Path, name: str) -> Path | None:
    """The file of that name in the folder, compressed or not; also as some unpackers call it (…-images.idx3-ubyte)."""
    dotted = name.replace("-idx", ".idx")
    for candidate in (f"{name}.gz", name, f"{dotted}.gz", dotted):
        if (folder / candidate).is_file():
            return folder / candidate
    return None
