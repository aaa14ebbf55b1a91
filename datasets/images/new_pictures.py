"""Pictures for a network that is trained already."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from ..dataset import DataError, Request
from .idx import find, read_idx
from .own_images import SUFFIXES, list_pictures, look, read_pictures
from .own_npz import array_table, read_npz


def new_pictures(path: Path, record: dict[str, Any]) -> tuple[np.ndarray, list[str] | None] | None:
    """Inputs (n, pixels) float32 and, where they are said, the classes' names; None where `path` holds no pictures.

    A folder of pictures or of folders of them, IDX images, or an .npz with x. record: an `image_preparation`.
    Raises DataError.
    """
    shape = tuple(int(n) for n in record["shape"])
    if path.is_dir() and not any(path.glob("*idx3*")):
        pixels, names = _folder(path, shape, bool(record.get("resized")))
        # a picture file says what is white, whatever unit the network's own pixels were in
        return _inputs(pixels, 0, 255), names
    names = None
    if path.is_dir() or "idx3" in path.name:
        pixels = read_idx(_idx_images(path), 3)[0]
    elif path.suffix.lower() == ".npz":
        pixels, names = _arrays(path)
    else:
        return None
    if pixels.shape[1:] not in (shape, (math.prod(shape),)) or pixels.dtype.kind not in "uif":
        raise DataError(f"{path} holds pictures of {pixels.shape[1:]}, but the network takes {shape}.")
    return _inputs(pixels, record["lowest"], record["highest"]), names


def _inputs(pixels: np.ndarray, lowest: float, highest: float) -> np.ndarray:
    x = pixels.reshape(len(pixels), -1).astype(np.float32)
    if lowest:
        x -= np.float32(lowest)
    x /= np.float32(highest - lowest)
    return x


def _folder(path: Path, shape: tuple[int, ...], resized: bool) -> tuple[np.ndarray, list[str] | None]:
    files = [file for file in sorted(path.iterdir()) if file.suffix.lower() in SUFFIXES]
    found = [("", file) for file in files] or list_pictures(path)
    for _, file in found:
        size = look(file)[1]
        if size != shape[:2] and not resized:
            raise DataError(f"{file} is {size[0]}x{size[1]}, but the network takes {shape[0]}x{shape[1]}.")
    classes = sorted({name for name, _ in found})
    mode = "L" if len(shape) == 2 else "RGB"
    pixels = read_pictures(found, classes, shape, mode, path.name, Request()).pixels
    return pixels, None if files else [name for name, _ in found]


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
