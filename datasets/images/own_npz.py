"""A person's own arrays: an .npz with x and y."""

import math
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np

from ..dataset import DataError, Dataset, Request
from ..tables.columns import RawColumn, Table
from ..tables.preparing import prepare_table
from ..tables.targets import read_target
from .idx import MOST_BYTES
from .own_images import finish
from .pictures import Pictures

# how others call x and y (keys in small letters), and their parts: Keras, scikit-learn, MedMNIST
PAIRS = (("x", "y"), ("images", "labels"), ("data", "target"), ("data", "targets"), ("data", "labels"), ("x", "labels"))
NAMED_PARTS = {"train": ("train",), "validation": ("val", "valid", "validation"), "test": ("test",)}


def load_npz(path: Path, request: Request) -> Dataset:
    """Arrays x and y (or x_train, y_train, x_test, y_test) of an .npz. Raises DataError.

    x: (n, height, width[, channels]) pictures, or (n, features) numbers, which are treated as a table.
    """
    arrays = read_npz(path)
    pairs = _pairs(arrays)
    if "train" not in pairs:
        raise DataError(f"{path} has the arrays {', '.join(arrays) or '(none)'}: it needs x and y.")
    report = []
    for part, (x_name, y_name) in pairs.items():
        arrays[y_name], said = _one_hot_as_classes(arrays[y_name])
        report += [said] if said and part == "train" else []
        x, y = arrays[x_name], arrays[y_name]
        if x.ndim < 2 or len(x) != len(y) or not x.size or y.ndim > 2:
            raise DataError(f"{path}: {x_name} is {x.shape} and {y_name} {y.shape}: their rows must belong together.")
        if x.dtype.kind not in "buif" or y.dtype.kind not in "buifU":
            raise DataError(f"{path}: {x_name} holds {x.dtype} and {y_name} {y.dtype}, where numbers are needed.")
    xs, ys = ([arrays[pair[k]] for pair in pairs.values()] for k in (0, 1))
    for x, (x_name, _) in zip(xs, pairs.values(), strict=True):
        if x.shape[1:] != xs[0].shape[1:]:
            raise DataError(f"{path}: {pairs['train'][0]} and {x_name} differ in shape.")
    if xs[0].ndim == 2:
        data = _npz_table(
            path, np.concatenate(xs), np.concatenate(ys), {p: len(x) for p, x in zip(pairs, xs, strict=True)}, request
        )
        return replace(data, report=(*data.report, *report))
    if xs[0].ndim == 4 and xs[0].shape[1] in (1, 3) and xs[0].shape[3] not in (1, 3):
        xs = [np.moveaxis(x, 1, 3) for x in xs]
        report.append("The colours come before height and width in the file: they were moved behind them.")
    if xs[0].ndim > 4 or (xs[0].ndim == 4 and xs[0].shape[3] not in (1, 3)):
        raise DataError(f"{path}: x is {xs[0].shape}, but pictures are (n, height, width) or (n, height, width, 3).")
    xs = [x[..., 0] if x.ndim == 4 and x.shape[3] == 1 else x for x in xs]
    target = read_target(array_table(path, {"y": np.concatenate(ys)}), ("y",), request.options.get("task") or "classes")
    if target.task == "regression" or not target.known.all():
        raise DataError(f"{path}: y must name a class for every picture.")
    labels = np.split(target.y, np.cumsum([len(x) for x in xs])[:-1])
    read = {
        part: Pictures(x if x.dtype == np.uint8 else x.astype(np.float32), y)
        for part, x, y in zip(pairs, xs, labels, strict=True)
    }
    return finish(path.stem, target.class_names, read, request, [target.reason, *report])


def _pairs(arrays: dict[str, np.ndarray]) -> dict[str, tuple[str, str]]:
    """The names of x and y by the part they are for; train alone where there is one pair."""
    found: dict[str, tuple[str, str]] = {}
    lower = {name.lower(): name for name in arrays}
    for part, words in NAMED_PARTS.items():
        for word in words:
            for x, y in PAIRS:
                for pattern in ("{0}_{1}", "{1}_{0}", "{1}{0}"):
                    names = [lower.get(pattern.format(kind, word)) for kind in (x, y)]
                    if names[0] is not None and names[1] is not None:
                        found.setdefault(part, (names[0], names[1]))
    if "train" in found:
        return found
    for x, y in PAIRS:
        if x in lower and y in lower:
            return {"train": (lower[x], lower[y])}
    return {}


def _one_hot_as_classes(y: np.ndarray) -> tuple[np.ndarray, str]:
    """Rows of noughts and a single one are classes; y as it was otherwise."""
    if y.ndim != 2 or y.shape[1] < 2 or y.dtype.kind not in "buif":
        return y, ""
    if not (np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all()):
        return y, ""
    return y.argmax(axis=1), f"y is one-hot, so it names {y.shape[1]} classes, 0 to {y.shape[1] - 1}."


def _npz_table(path: Path, x: np.ndarray, y: np.ndarray, lengths: dict[str, int], request: Request) -> Dataset:
    """Rows of numbers, with x1, x2 … and y as the columns of a table."""
    arrays = {f"x{k + 1}": x[:, k] for k in range(x.shape[1])}
    targets = {"y": y} if y.ndim == 1 or y.shape[1] == 1 else {f"y{k + 1}": y[:, k] for k in range(y.shape[1])}
    arrays |= {name: values.reshape(len(x)) for name, values in targets.items()}
    options = {"target": list(targets), **request.options}
    table = array_table(path, arrays)
    if len(lengths) > 1:
        codes = np.repeat(np.arange(len(lengths)), list(lengths.values())).astype(np.int32)
        table.columns["split"] = RawColumn("split", "text", codes=codes, values=tuple(lengths))
        options["split"] = "split"
    return prepare_table(table, path.stem, replace(request, options=options))


def array_table(path: Path, arrays: dict[str, np.ndarray]) -> Table:
    """Arrays (n,) as the columns of a table."""
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


def _check_header(path: Path, name: str, file: IO[bytes]) -> None:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    if dtype.hasobject:
        raise DataError(f"{path}: {name} holds Python objects, which are not read: save plain numbers.")
    if math.prod(shape) * dtype.itemsize > MOST_BYTES:
        claimed = math.prod(shape) * dtype.itemsize
        raise DataError(f"{path}: {name} claims {claimed:,} bytes, more than this program reads.")
