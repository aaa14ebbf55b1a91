"""CIFAR-10's binary version: a tar of six files of records, each one label byte and 32x32 pixels in three planes.

The archive is read, never unpacked: nothing in it gets a name on the disk.
"""

import tarfile
import zlib
from pathlib import Path, PurePosixPath

import numpy as np

from ..dataset import DataError, ShowProgress

RECORD = 1 + 3 * 32 * 32
BATCH_RECORDS = 10_000
TRAIN = tuple(f"data_batch_{k}.bin" for k in range(1, 6))
TEST = ("test_batch.bin",)


def read_cifar(path: Path, progress: ShowProgress | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
    """(pixels (n, 32, 32, 3) uint8, labels (n,) int64) for training and for the test. Raises DataError."""
    batches: dict[str, bytes] = {}
    try:
        with open(path, "rb") as raw, tarfile.open(fileobj=raw, mode="r:gz") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if name.is_absolute() or ".." in name.parts:
                    raise DataError(
                        f"{path} has an entry {member.name!r} that leads out of it: do not trust this file."
                    )
                if name.name not in TRAIN + TEST:
                    continue
                if not member.isreg() or not 0 < member.size <= RECORD * BATCH_RECORDS or member.size % RECORD:
                    raise DataError(f"{path}: {name.name} is no CIFAR-10 batch (it has {member.size:,} bytes).")
                content = archive.extractfile(member)
                assert content is not None  # a regular file has some
                batches[name.name] = content.read()
                if progress:
                    progress(path.name, raw.tell(), path.stat().st_size)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is no tar.gz that can be read ({error}): fetch it again.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None
    missing = [name for name in TRAIN + TEST if name not in batches]
    if missing:
        raise DataError(f"{path} lacks {', '.join(missing)}: it is not CIFAR-10's binary version.")
    return [_records(path, b"".join(batches[name] for name in names)) for names in (TRAIN, TEST)]


def _records(path: Path, content: bytes) -> tuple[np.ndarray, np.ndarray]:
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() > 9:
        raise DataError(f"{path} has a label {labels.max()}, but CIFAR-10 has the classes 0 to 9.")
    return records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels
