"""A person's own pictures: a folder of one folder a class, or IDX files."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..dataset import DataError, Dataset, Defaults, Request
from .idx import MOST_BYTES, read_idx, read_pair
from .picture_files import SUFFIXES, TRANSPARENT, is_picture, left_out, look_at_all, read_pictures
from .pictures import Pictures, picture_dataset

OPTIONS = ("size", "task")
PARTS = {"train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
         "dev": "validation", "test": "test", "testing": "test"}  # fmt: skip
VALIDATION, TEST = 0.2, 0.2


# ---- a folder of folders


def is_image_folder(path: Path) -> bool:
    """Whether a folder of folders (or of train/ and test/ with such) has pictures in it."""
    return any(child.suffix.lower() in SUFFIXES for deep in ("*/*", "*/*/*") for child in path.glob(deep))


def load_folder(path: Path, request: Request) -> Dataset:
    """Pictures in `path/class/`, or in `path/train/class/` and `path/test/class/`. Raises DataError."""
    parts = {PARTS[child.name.lower()]: child for child in path.iterdir() if child.is_dir() and _is_part(child)}
    if "train" not in parts or len(parts) < 2:
        parts = {"train": path}
    listed = {part: list_pictures(root) for part, root in parts.items()}
    looked = {part: look_at_all(each, path) for part, each in listed.items()}
    found, damaged = {part: each.found for part, each in looked.items()}, [each.damaged for each in looked.values()]
    files = list(found.values())
    class_names = sorted({name for name, _ in found["train"]})
    strange = sorted({name for each in files for name, _ in each} - set(class_names))
    if strange:
        raise DataError(
            f"{path} has pictures of {', '.join(strange[:5])} that are not among those for training "
            f"({', '.join(class_names[:5])}): give the folders the same names."
        )
    if len(class_names) < 2:
        lost = [sentence for sentences in damaged for sentence in sentences]
        more = f", and {len(lost) - 1:,} more" if len(lost) > 1 else ""
        told = f" ({lost[0][:-1]}{more})" if lost else ""
        raise DataError(f"{path} has pictures of 1 class: it needs a folder for each of two or more{told}.")
    modes, sizes = zip(*(one for each in looked.values() for one in each.looks), strict=True)
    size = _wanted_size(request.options.get("size"))
    if size is None:
        size = sizes[0]
        other = next((k for k, found in enumerate(sizes) if found != size), None)
        if other is not None:
            every = [file for found in files for _, file in found]
            raise DataError(
                f"The pictures differ in size: {every[0].relative_to(path)} is {size[0]}x{size[1]} and "
                f"{every[other].relative_to(path)} {sizes[other][0]}x{sizes[other][1]}; "
                "bring them to one with --size 28x28."
            )
    mode = "L" if all(found in ("1", "L", "LA", "La", "PA") or found.startswith("I") for found in modes) else "RGB"
    shape = size if mode == "L" else (*size, 3)
    if len(sizes) * math.prod(shape) > MOST_BYTES:
        raise DataError(f"{len(sizes):,} pictures of {size[0]}x{size[1]} are more than this program holds: use --size.")
    read = {}
    for part, each in found.items():
        pixels, kept, spoilt = read_pictures(each, shape, mode, path, request.progress)
        gone = sorted(set(class_names) - {name for name, _ in kept})
        if part == "train" and gone:
            raise DataError(f"None of the pictures of {', '.join(gone[:5])} in {path} can be read; {spoilt[0]}")
        read[part] = Pictures(pixels, np.array([class_names.index(name) for name, _ in kept], np.int64))
        damaged.append(spoilt)
    lost = [sentence for sentences in damaged for sentence in sentences]
    colour = "grey" if mode == "L" else "RGB"
    count = sum(len(each.labels) for each in read.values())
    report = [f"{count:,} pictures of {len(class_names)} classes, {size[0]}x{size[1]}, {colour}."]
    report += left_out(lost) + _unusual(modes) + ignored(parts.values())
    data = finish(path.name, class_names, read, request, report)
    return replace(data, preparation={**data.preparation, "resized": "size" in request.options})


def _is_part(folder: Path) -> bool:
    return folder.name.lower() in PARTS


def _unusual(modes: Sequence[str]) -> list[str]:
    """What was done to pictures that are not plain grey or RGB."""
    said = []
    if clear := sum(mode in TRANSPARENT for mode in modes):
        said.append(f"{clear:,} of them are transparent in parts: they were laid on white.")
    if deep := sum(mode.startswith("I") for mode in modes):
        said.append(f"{deep:,} of them have 16 bits a pixel: 0 to 65,535 was brought to 0 to 255.")
    return said


def ignored(roots: Iterable[Path]) -> list[str]:
    """What lies beside the pictures and is not looked at, counted by kind."""
    kinds: dict[str, int] = {}
    for root in roots:
        for folder in (child for child in root.iterdir() if child.is_dir() and not child.name.startswith(".")):
            for file in folder.iterdir():
                kind = "folders in folders" if file.is_dir() else file.suffix.lower() or "no suffix"
                if not is_picture(file):
                    kind = "hidden files" if file.name.startswith(".") else kind
                    kinds[kind] = kinds.get(kind, 0) + 1
    told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    return [f"Not looked at: {told} (pictures are .png and .jpg files in the folder of their class)."] if told else []


def list_pictures(root: Path) -> list[tuple[str, Path]]:
    """(class, file) of every picture, in the order of the names."""
    found = []
    for folder in sorted(child for child in root.iterdir() if child.is_dir() and not child.name.startswith(".")):
        found += [(folder.name, file) for file in sorted(folder.iterdir()) if is_picture(file)]
    if not found:
        raise DataError(f"{root} has no pictures: it needs folders, one a class, with .png or .jpg files in them.")
    return found


def _wanted_size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,4})(?:[x×](\d{1,4}))?", str(text))
    size = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not all(1 <= n <= 2048 for n in size):
        raise DataError(f"{text!r} is no size of pictures: give height and width such as 28x28.")
    return size


# ---- IDX


def load_idx(path: Path, request: Request) -> Dataset:
    """A folder with MNIST's four files (or the two of training), or one images file beside its labels file."""
    if path.is_dir():
        images, labels, _ = read_pair(path, "train-images-idx3-ubyte", "train-labels-idx1-ubyte")
        read = {"train": Pictures(images, labels)}
        if any(path.glob("t10k-images*")):
            images, labels, _ = read_pair(path, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
            read["test"] = Pictures(images, labels)
            if read["train"].pixels.shape[1:] != images.shape[1:]:
                raise DataError(f"The images for training and for the test in {path} differ in size.")
    else:
        beside = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
        if beside == path or not beside.is_file():
            raise DataError(f"{path} needs its labels beside it: …-images-idx3-ubyte and …-labels-idx1-ubyte.")
        images, labels = read_idx(path, 3)[0], read_idx(beside, 1)[0].astype(np.int64)
        if len(images) != len(labels):
            raise DataError(f"{path} has {len(images):,} images but {beside.name} {len(labels):,} labels.")
        read = {"train": Pictures(images, labels)}
    found = np.unique(np.concatenate([part.labels for part in read.values()]))
    if len(found) < 2:
        raise DataError(f"All images of {path} have the label {found[0]}: there is nothing to tell apart.")
    named = {part: Pictures(each.pixels, np.searchsorted(found, each.labels)) for part, each in read.items()}
    return finish(path.name, [str(label) for label in found], named, request, [])


def finish(
    name: str, class_names: Sequence[str], read: Mapping[str, Pictures], request: Request, report: list[str]
) -> Dataset:
    """Pictures for training, and those for validation and test if they are told apart, as a `Dataset` with shares and

    defaults. Raises DataError.
    """
    if "test" in read and request.test is not None:
        raise DataError(f"{name} has a test set of its own: leave the test share out.")
    if "validation" in read and request.validation is not None:
        raise DataError(f"{name} has validation pictures of its own: leave --val out.")
    request = replace(
        request,
        validation=VALIDATION if request.validation is None else request.validation,
        test=TEST if request.test is None else request.test,
    )
    data = picture_dataset(name, class_names, read["train"], read.get("test"), request, report, read.get("validation"))
    return replace(data, defaults=_suggest_defaults(len(data.train)))


def _suggest_defaults(rows: int) -> Defaults:
    """A network and a training length for so many training pictures."""
    if rows < 2000:
        return Defaults((64,), "relu", "adam", 0.003, min(32, rows), 100, 80, 0.01)
    batch_size = 32 if rows < 10_000 else 128 if rows < 100_000 else 512
    hidden = (64, 32) if rows < 50_000 else (128, 64)
    epochs = int(np.clip(5000 * batch_size // rows, 5, 60))
    return Defaults(hidden, "relu", "adam", 0.001, batch_size, epochs, 0, 0.0001)
