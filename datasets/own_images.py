"""A person's own pictures: a folder of one folder a class, IDX files, or an .npz with x and y."""

import math
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from .dataset import DataError, Dataset, Request
from .idx import MOST_BYTES, find, read_idx, read_pair
from .own_table import prepare_table, suggest_defaults
from .pictures import Pictures, picture_dataset
from .table import RawColumn, Table
from .targets import read_target

OPTIONS = ("size", "task")
SUFFIXES = (".png", ".jpg", ".jpeg")
VALIDATION, TEST = 0.2, 0.2


# ---- a folder of folders


def is_image_folder(path: Path) -> bool:
    """Whether a folder of folders (or of train/ and test/ with such) has pictures in it."""
    return any(child.suffix.lower() in SUFFIXES for deep in ("*/*", "*/*/*") for child in path.glob(deep))


def load_folder(path: Path, request: Request) -> Dataset:
    """Pictures in `path/class/`, or in `path/train/class/` and `path/test/class/`. Raises DataError."""
    parts = {child.name.lower(): child for child in path.iterdir() if child.is_dir()}
    own_test = "train" in parts and "test" in parts
    roots = [parts["train"], parts["test"]] if own_test else [path]
    files = [_files(root) for root in roots]
    class_names = sorted({name for found in files for name, _ in found})
    if len(class_names) < 2:
        raise DataError(f"{path} has pictures of {len(class_names)} class: it needs a folder for each of two or more.")
    modes, sizes = zip(*(_look(file) for found in files for _, file in found), strict=True)
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
    mode = "L" if all(found in ("1", "L", "LA", "I;16") for found in modes) else "RGB"
    shape = size if mode == "L" else (*size, 3)
    if len(sizes) * math.prod(shape) > MOST_BYTES:
        raise DataError(f"{len(sizes):,} pictures of {size[0]}x{size[1]} are more than this program holds: use --size.")
    read = [_read(found, class_names, shape, mode, path.name, request) for found in files]
    colour = "grey" if mode == "L" else "RGB"
    report = [f"{len(sizes):,} pictures of {len(class_names)} classes, {size[0]}x{size[1]}, {colour}."]
    return _finish(path.name, class_names, read, request, report)


def _files(root: Path) -> list[tuple[str, Path]]:
    """(class, file) of every picture, in the order of the names."""
    found = []
    for folder in sorted(child for child in root.iterdir() if child.is_dir() and not child.name.startswith(".")):
        found += [(folder.name, file) for file in sorted(folder.iterdir()) if file.suffix.lower() in SUFFIXES]
    if not found:
        raise DataError(f"{root} has no pictures: it needs folders, one a class, with .png or .jpg files in them.")
    return found


def _open(file: Path):
    try:
        from PIL import Image
    except ImportError:
        raise DataError("Reading pictures needs Pillow: pip install 'dnn-tui[images]'.") from None
    try:
        return Image.open(file, formats=("PNG", "JPEG"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = "no PNG or JPEG" if isinstance(error, OSError) else str(error)
        raise DataError(f"{file} cannot be read: {reason}.") from None


def _look(file: Path) -> tuple[str, tuple[int, int]]:
    """The mode and the (height, width) that a picture's header gives."""
    with _open(file) as picture:
        return picture.mode, (picture.height, picture.width)


def _read(found, class_names, shape, mode: str, name: str, request: Request) -> Pictures:
    place = {name: k for k, name in enumerate(class_names)}
    pixels = np.empty((len(found), *shape), np.uint8)
    for k, (_, file) in enumerate(found):
        try:
            with _open(file) as picture:
                drawn = picture.convert(mode)
                if drawn.size != (shape[1], shape[0]):
                    drawn = drawn.resize((shape[1], shape[0]))
                pixels[k] = np.asarray(drawn)
        except (OSError, ValueError, SyntaxError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(f"{file} is damaged: {error}.") from None
        if request.progress and k % 100 == 0 and len(found) > 1000:
            request.progress(name, k, len(found))
    return Pictures(pixels, np.array([place[name] for name, _ in found], np.int64))


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
        read = [Pictures(images, labels)]
        if any(path.glob("t10k-images*")):
            images, labels, _ = read_pair(path, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
            read.append(Pictures(images, labels))
            if read[0].pixels.shape[1:] != images.shape[1:]:
                raise DataError(f"The images for training and for the test in {path} differ in size.")
    else:
        beside = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
        if beside == path or not beside.is_file():
            raise DataError(f"{path} needs its labels beside it: …-images-idx3-ubyte and …-labels-idx1-ubyte.")
        images, labels = read_idx(path, 3)[0], read_idx(beside, 1)[0].astype(np.int64)
        if len(images) != len(labels):
            raise DataError(f"{path} has {len(images):,} images but {beside.name} {len(labels):,} labels.")
        read = [Pictures(images, labels)]
    classes = int(max(part.labels.max(initial=0) for part in read)) + 1
    if classes < 2:
        raise DataError(f"All images of {path} have the label 0: there is nothing to tell apart.")
    return _finish(path.name, [str(k) for k in range(classes)], read, request, [])


# ---- npz


def load_npz(path: Path, request: Request) -> Dataset:
    """Arrays x and y (or x_train, y_train, x_test, y_test) of an .npz. Raises DataError.

    x: (n, height, width[, channels]) pictures, or (n, features) numbers, which are treated as a table.
    """
    arrays = read_npz(path)
    own_test = {"x_train", "y_train", "x_test", "y_test"} <= arrays.keys()
    if not own_test and not {"x", "y"} <= arrays.keys():
        raise DataError(f"{path} has the arrays {', '.join(arrays) or '(none)'}: it needs x and y.")
    pairs = [("x_train", "y_train"), ("x_test", "y_test")] if own_test else [("x", "y")]
    for x_name, y_name in pairs:
        x, y = arrays[x_name], arrays[y_name]
        if x.ndim < 2 or len(x) != len(y) or not x.size or y.ndim > 2:
            raise DataError(f"{path}: {x_name} is {x.shape} and {y_name} {y.shape}: their rows must belong together.")
        if x.dtype.kind not in "buif" or y.dtype.kind not in "buifU":
            raise DataError(f"{path}: {x_name} holds {x.dtype} and {y_name} {y.dtype}, where numbers are needed.")
    if own_test and arrays["x_train"].shape[1:] != arrays["x_test"].shape[1:]:
        raise DataError(f"{path}: x_train and x_test differ in shape.")
    xs, ys = ([arrays[pair[k]] for pair in pairs] for k in (0, 1))
    if xs[0].ndim == 2:
        return _npz_table(path, np.concatenate(xs), np.concatenate(ys), [len(x) for x in xs], request)
    if xs[0].ndim > 4 or (xs[0].ndim == 4 and xs[0].shape[3] not in (1, 3)):
        raise DataError(f"{path}: x is {xs[0].shape}, but pictures are (n, height, width) or (n, height, width, 3).")
    xs = [x[..., 0] if x.ndim == 4 and x.shape[3] == 1 else x for x in xs]
    target = read_target(_columns(path, {"y": np.concatenate(ys)}), ("y",), request.options.get("task") or "classes")
    if target.task == "regression" or not target.known.all():
        raise DataError(f"{path}: y must name a class for every picture.")
    labels = np.split(target.y, [len(xs[0])]) if own_test else [target.y]
    read = [Pictures(x if x.dtype == np.uint8 else x.astype(np.float32), y) for x, y in zip(xs, labels, strict=True)]
    return _finish(path.stem, target.class_names, read, request, [target.reason])


def _npz_table(path: Path, x: np.ndarray, y: np.ndarray, lengths: list[int], request: Request) -> Dataset:
    """Rows of numbers, with x1, x2 … and y as the columns of a table."""
    arrays = {f"x{k + 1}": x[:, k] for k in range(x.shape[1])}
    targets = {"y": y} if y.ndim == 1 or y.shape[1] == 1 else {f"y{k + 1}": y[:, k] for k in range(y.shape[1])}
    arrays |= {name: values.reshape(len(x)) for name, values in targets.items()}
    options = {"target": list(targets), **request.options}
    table = _columns(path, arrays)
    if len(lengths) == 2:
        codes = np.repeat([0, 1], lengths).astype(np.int32)
        table.columns["split"] = RawColumn("split", "text", codes=codes, values=("train", "test"))
        options["split"] = "split"
    return prepare_table(table, path.stem, replace(request, options=options))


def _columns(path: Path, arrays: dict[str, np.ndarray]) -> Table:
    columns = {}
    for name, values in arrays.items():
        values = values.reshape(len(values), -1)[:, 0]
        if values.dtype.kind == "U":
            distinct, codes = np.unique(values, return_inverse=True)
            columns[name] = RawColumn(name, "text", codes=codes.astype(np.int32), values=tuple(map(str, distinct)))
        else:
            columns[name] = RawColumn(name, "number", numbers=values.astype(np.float64))
    return Table(path.name, columns, len(next(iter(arrays.values()))))


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz by name; nothing is unpickled, no size above 2 GiB believed. Raises DataError."""
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = {}
            for entry in archive.infolist():
                if entry.filename.endswith(".npy"):
                    with archive.open(entry) as file:
                        _check_header(path, entry.filename, file)
                    with archive.open(entry) as file:
                        arrays[entry.filename.removesuffix(".npy")] = np.lib.format.read_array(file, allow_pickle=False)
            return arrays
    except DataError:
        raise
    except (zipfile.BadZipFile, ValueError, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path} is no .npz that can be read: {str(error).splitlines()[0]}.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None


def _check_header(path: Path, name: str, file) -> None:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    if dtype.hasobject:
        raise DataError(f"{path}: {name} holds Python objects, which are not read: save plain numbers.")
    if math.prod(shape) * dtype.itemsize > MOST_BYTES:
        claimed = math.prod(shape) * dtype.itemsize
        raise DataError(f"{path}: {name} claims {claimed:,} bytes, more than this program reads.")


def _finish(name: str, class_names, read: list[Pictures], request: Request, report: list[str]) -> Dataset:
    if len(read) == 2 and request.test is not None:
        raise DataError(f"{name} has a test set of its own: leave the test share out.")
    request = replace(
        request,
        validation=VALIDATION if request.validation is None else request.validation,
        test=TEST if request.test is None else request.test,
    )
    data = picture_dataset(name, class_names, read[0], read[1] if len(read) == 2 else None, request, report)
    return replace(data, defaults=suggest_defaults(len(data.train), data.n_features))


# ---- pictures for a network that is trained already


def new_pictures(path: Path, shape: Sequence[int]) -> tuple[np.ndarray, list[str] | None] | None:
    """Pixels (n, *shape) and, where they are said, the classes' names; None where `path` holds no pictures.

    A folder of pictures or of folders of them, IDX images, or an .npz with x. Raises DataError.
    """
    shape, names = tuple(int(n) for n in shape), None
    if path.is_dir() and not any(path.glob("*idx3*")):
        files = [file for file in sorted(path.iterdir()) if file.suffix.lower() in SUFFIXES]
        found = [("", file) for file in files] or _files(path)
        for _, file in found:
            size = _look(file)[1]
            if size != shape[:2]:
                raise DataError(f"{file} is {size[0]}x{size[1]}, but the network takes {shape[0]}x{shape[1]}.")
        classes = sorted({name for name, _ in found})
        pixels = _read(found, classes, shape, "L" if len(shape) == 2 else "RGB", path.name, Request()).pixels
        return pixels, [name for name, _ in found] if not files else None
    if path.is_dir() or "idx3" in path.name:
        pixels = read_idx(_idx_images(path), 3)[0]
    elif path.suffix.lower() == ".npz":
        arrays = read_npz(path)
        if "x" not in arrays:
            raise DataError(f"{path} has the arrays {', '.join(arrays) or '(none)'}: it needs x.")
        pixels = arrays["x"]
        if "y" in arrays and arrays["y"].shape == (len(pixels),):
            text = _columns(path, {"y": arrays["y"]}).columns["y"].as_text()
            names = [text.values[code] if code >= 0 else "" for code in text.codes]
    else:
        return None
    if pixels.shape[1:] not in (shape, (math.prod(shape),)) or pixels.dtype.kind not in "uif":
        raise DataError(f"{path} holds pictures of {pixels.shape[1:]}, but the network takes {shape}.")
    return pixels, names


def _idx_images(path: Path) -> Path:
    """The file itself, or the test images of a folder, else its training images."""
    if path.is_file():
        return path
    found = [find(path, f"{part}-images-idx3-ubyte") for part in ("t10k", "train")]
    file = next(filter(None, found), None)
    if file is None:
        raise DataError(f"{path} has no file t10k-images-idx3-ubyte or train-images-idx3-ubyte (or .gz).")
    return file
