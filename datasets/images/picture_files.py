"""Picture files, one at a time: what their headers say, their pixels as a person sees them, and which are damaged."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..dataset import DataError, ShowProgress

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = (".png", ".jpg", ".jpeg")
TRANSPARENT = ("RGBA", "LA", "PA", "La", "RGBa")
ORIENTATION = 0x0112  # EXIF: how the camera was held; from 5 on by a quarter turn
MOST_NAMED = 8  # damaged pictures that are told one by one


class Damaged(DataError):
    """A picture that cannot be read. reason: why, for the end of a sentence."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} cannot be read: {reason}.")
        self.reason = reason


@dataclass(frozen=True)
class Looked:
    """found: (class, file) of the pictures that have a header; looks: mode and (height, width) of each.

    damaged: a sentence for each of the others.
    """

    found: list[tuple[str, Path]]
    looks: list[tuple[str, tuple[int, int]]]
    damaged: list[str]


def is_picture(file: Path) -> bool:
    """Whether a file is called as a picture, and is not one of macOS' own (._0.png)."""
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and not file.is_dir()


def look_at_all(found: Sequence[tuple[str, Path]], root: Path) -> Looked:
    """What the headers of (class, file) pictures say; those without one are left out.

    Raises DataError where not one has.
    """
    looked = Looked([], [], [])
    for name, file in found:
        try:
            looked.looks.append(look(file))
            looked.found.append((name, file))
        except Damaged as error:
            looked.damaged.append(f"{file.relative_to(root)}: {error.reason}.")
    if found and not looked.found:
        raise DataError(f"None of the {len(found):,} pictures in {root} can be read; {looked.damaged[0]}")
    return looked


def left_out(damaged: Sequence[str]) -> list[str]:
    """How many pictures were left out, and one sentence each for the first of them."""
    if not damaged:
        return []
    many = f"{len(damaged):,} pictures" if len(damaged) > 1 else "1 picture"
    said = [f"Look at this: {many} could not be read and {'were' if len(damaged) > 1 else 'was'} left out."]
    said += damaged[:MOST_NAMED]
    if more := len(damaged) - MOST_NAMED:
        said += [f"… and {more:,} more."] if more > 0 else []
    return said


def look(file: Path) -> tuple[str, tuple[int, int]]:
    """The mode and the (height, width) that a picture's header gives, as it is to be held (EXIF). Raises Damaged."""
    with _opened(file) as picture:
        mode = "PA" if picture.mode == "P" and "transparency" in picture.info else picture.mode
        turned = _may_be_turned(picture) and picture.getexif().get(ORIENTATION, 1) >= 5  # by a quarter
        return mode, (picture.width, picture.height) if turned else (picture.height, picture.width)


def read_pictures(
    found: Sequence[tuple[str, Path]],
    shape: tuple[int, ...],
    mode: str,
    root: Path,
    progress: ShowProgress | None = None,
) -> tuple[np.ndarray, list[tuple[str, Path]], list[str]]:
    """The (class, file) pictures as uint8 of `shape`, in Pillow's `mode`, resized where needed; which they are, and

    a sentence for each of the others, which turned out to be damaged. Raises DataError where all are.
    """
    pixels = np.empty((len(found), *shape), np.uint8)
    kept: list[tuple[str, Path]] = []
    damaged = []
    for k, (name, file) in enumerate(found):
        try:
            pixels[len(kept)] = read_picture(file, shape, mode)
            kept.append((name, file))
        except Damaged as error:
            damaged.append(f"{file.relative_to(root)}: {error.reason}.")
        if progress and k % 100 == 0 and len(found) > 1000:
            progress(root.name, k, len(found))
    if found and not kept:
        raise DataError(f"None of the {len(found):,} pictures in {root} can be read; {damaged[0]}")
    return pixels[: len(kept)], kept, damaged


def read_picture(file: Path, shape: tuple[int, ...], mode: str) -> np.ndarray:
    """The pixels of one picture, uint8 of `shape`. Raises Damaged."""
    with _opened(file) as picture:
        drawn = _drawn(picture, mode)
        if drawn.size != (shape[1], shape[0]):
            drawn = drawn.resize((shape[1], shape[0]))
        return np.asarray(drawn)


@contextmanager
def _opened(file: Path) -> "Iterator[Image.Image]":
    """A picture as long as it is open. What Pillow finds wrong with it, also later, is raised as Damaged."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise DataError("Reading pictures needs Pillow: pip install 'dnn-tui[images]'.") from None
    try:
        with warnings.catch_warnings():  # of EXIF data that says too little
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(file, formats=("PNG", "JPEG")) as picture:
                yield picture
    except UnidentifiedImageError:
        empty = not file.stat().st_size
        raise Damaged(file, "it is empty" if empty else "it is no PNG or JPEG, whatever its name says") from None
    except Image.DecompressionBombError as error:
        raise Damaged(file, str(error)[:1].lower() + str(error)[1:].rstrip(".")) from None
    except OSError as error:
        raise Damaged(file, _reason(error)) from None
    except (ValueError, SyntaxError) as error:
        raise Damaged(file, f"it is damaged ({error})") from None


def _reason(error: OSError) -> str:
    if error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    text = str(error)
    return f"it is cut short ({text})" if "truncated" in text or "ended" in text else f"it is damaged ({text})"


def _may_be_turned(picture: "Image.Image") -> bool:
    """Whether its header tells how it was held; of a PNG, Pillow would have to read all of it to know."""
    return picture.format == "JPEG" or "exif" in picture.info


def _drawn(picture: "Image.Image", mode: str) -> "Image.Image":
    """The picture as a person sees it: held as EXIF says, transparent parts white, 16 bits brought to 8."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(picture) if _may_be_turned(picture) else picture
    if turned.mode.startswith("I"):
        deep = np.asarray(turned.convert("I"))
        turned = Image.fromarray((np.clip(deep, 0, 65535) // 257).astype(np.uint8))
    if turned.mode in TRANSPARENT or "transparency" in turned.info:
        clear = turned.convert("RGBA")
        turned = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return turned.convert(mode)
