"""Pictures for a network that is trained already."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..dataset import DataError
from .idx import find, read_idx
from .own_images import ignored, list_pictures
from .own_npz import array_table, read_npz
from .picture_files import SUFFIXES, is_picture, left_out, look, look_at_all, read_picture, read_pictures


@dataclass(frozen=True, eq=False)
class NewPictures:
    """x: (n, pixels) float32. classes: their names, where they are said. files: the pictures' own names, if any."""

    x: np.ndarray
    classes: list[str] | None
    files: tuple[str, ...] = ()
    report: tuple[str, ...] = ()


def new_pictures(path: Path, record: dict[str, Any]) -> NewPictures | None:
    """The inputs of pictures; None where `path` holds none.

    A picture, a folder of pictures or of folders of them, IDX images, or an .npz with x. record: an
    `image_preparation`. Raises DataError.
    """
    shape = tuple(int(n) for n in record["shape"])
    if path.suffix.lower() in SUFFIXES or (path.is_dir() and not any(path.glob("*idx3*"))):
        return _files(path, shape, bool(record.get("resized")))
    names = None
    if path.is_dir() or "idx3" in path.name:
        pixels = read_idx(_idx_images(path), 3)[0]
    elif path.suffix.lower() == ".npz":
        pixels, names = _arrays(path)
    else:
        return None
    if pixels.shape[1:] not in (shape, (math.prod(shape),)) or pixels.dtype.kind not in "uif":
        raise DataError(f"{path} holds pictures of {pixels.shape[1:]}, but the network takes {shape}.")
    return NewPictures(_inputs(pixels, record["lowest"], record["highest"]), names)


def _inputs(pixels: np.ndarray, lowest: float, highest: float) -> np.ndarray:
    x = pixels.reshape(len(pixels), -1).astype(np.float32)
    if lowest:
        x -= np.float32(lowest)
    x /= np.float32(highest - lowest)
    return x


def _files(path: Path, shape: tuple[int, ...], resized: bool) -> NewPictures:
    if not path.is_dir():
        return NewPictures(_inputs(_one(path, shape, resized)[None], 0, 255), None, (path.name,))
    files = [file for file in sorted(path.iterdir()) if is_picture(file)]
    looked = look_at_all([("", file) for file in files] or list_pictures(path), path)
    for (_, file), (_, size) in zip(looked.found, looked.looks, strict=True):
        _check_size(file, size, shape, resized)
    mode = "L" if len(shape) == 2 else "RGB"
    pixels, kept, damaged = read_pictures(looked.found, shape, mode, path)
    # a picture file says what is white, whatever unit the network's own pixels were in
    x = _inputs(pixels, 0, 255)
    names = tuple(str(file.relative_to(path)) for _, file in kept)
    beside = [] if files else ignored([path])
    return NewPictures(
        x, None if files else [name for name, _ in kept], names, (*left_out([*looked.damaged, *damaged]), *beside)
    )


def _one(file: Path, shape: tuple[int, ...], resized: bool) -> np.ndarray:
    _check_size(file, look(file)[1], shape, resized)
    return read_picture(file, shape, "L" if len(shape) == 2 else "RGB")


def _check_size(file: Path, size: tuple[int, int], shape: tuple[int, ...], resized: bool) -> None:
    if size != shape[:2] and not resized:
        raise DataError(f"{file} is {size[0]}x{size[1]}, but the network takes {shape[0]}x{shape[1]}.")


def _arrays(path: Path) -> tuple[np.ndarray, list[str] | None]:
    arrays = read_npz(path)
    if "x" not in arrays:
        raise DataError(f"{path} has the arrays {', '.join(arrays) or '(none)'}: it needs x.")
    if "y" not in arrays or arrays["y"].shape != (len(arrays["x"]),):
        return arrays["x"], None
    text = array_table(path, {"y": arrays["y"]}).columns["y"].as_text()
    return arrays["x"], [text.values[code] if code >= 0 else "" for code in text.codes]


def _idx_images(path: Path) -> Path:
    """The file itself, or the test images of a folder, else its training images."""
    if path.is_file():
        return path
    found = [find(path, f"{part}-images-idx3-ubyte") for part in ("t10k", "train")]
    file = next(filter(None, found), None)
    if file is None:
        raise DataError(f"{path} has no file t10k-images-idx3-ubyte or train-images-idx3-ubyte (or .gz).")
    return file
