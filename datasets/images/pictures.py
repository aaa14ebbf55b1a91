"""Data sets of pictures: named ones that are downloaded, and arrays of pixels from anywhere."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..catalogue import Entry
from ..dataset import Column, DataError, Dataset, Request, Split, Task
from ..named.published import DOWNLOADS
from ..splitting import split_rows
from ..tables.preparation import image_preparation, pixel_names
from .cifar import read_cifar
from .idx import read_pair

MOST_INPUTS = 10_000  # of a picture, before a word is said about them


@dataclass(frozen=True, eq=False)
class Pictures:
    """pixels: (n, height, width) or (n, height, width, channels), uint8 or float. labels: (n,) int64."""

    pixels: np.ndarray
    labels: np.ndarray


def picture_dataset(
    name: str,
    class_names: Sequence[str],
    pictures: Pictures,
    test_pictures: Pictures | None,
    request: Request,
    report: Sequence[str] = (),
    validation_pictures: Pictures | None = None,
) -> Dataset:
    """Pictures as a `Dataset`, pixels from 0 to 1. Without a test or validation set of their own, one is split off.

    Bytes are divided by 255; other numbers are scaled by the least and the greatest of the training pictures.
    """
    pixels, labels = pictures.pixels, pictures.labels
    test = 0 if test_pictures is not None else request.test
    share = 0 if validation_pictures is not None else request.validation
    train, validation, rest = split_rows(len(pixels), request.seed, share, test, labels)
    lowest, highest = 0.0, 255.0
    if pixels.dtype != np.uint8:
        lowest, highest = float(pixels[train].min()), float(pixels[train].max())
        if not (np.isfinite(lowest) and np.isfinite(highest)):
            raise DataError(f"{name} has pixels that are no finite numbers.")
        if lowest >= 0 and highest <= 1:
            lowest, highest = 0.0, 1.0
        elif lowest == highest:
            raise DataError(f"All pixels of {name} are {lowest:g}: there is nothing to learn.")
    shape = pixels.shape[1:]
    names = pixel_names(shape)
    held = _split(pictures, validation, lowest, highest)
    last = _split(pictures, rest, lowest, highest)
    at = len(labels)
    if validation_pictures is not None:
        held = _split(validation_pictures, np.arange(len(validation_pictures.labels)), lowest, highest, offset=at)
        at += len(held)
    if test_pictures is not None:
        last = _split(test_pictures, np.arange(len(test_pictures.labels)), lowest, highest, offset=at)
    if len(names) > MOST_INPUTS:
        report = (
            *report,
            f"Look at this: {len(names):,} inputs are many for such a network, each with a weight to every unit of the "
            "first layer: --size 64x64 makes pictures smaller.",
        )
    task: Task = "binary" if len(class_names) == 2 else "classes"
    said = f"Pixel values {lowest:g} to {highest:g} were brought to 0 to 1."
    return Dataset(
        name,
        task,
        _split(pictures, train, lowest, highest),
        held,
        last,
        feature_names=names,
        class_names=tuple(class_names),
        image_shape=tuple(int(n) for n in shape),
        columns=tuple(Column(pixel, "pixel", lowest, highest - lowest) for pixel in names),
        report=(said, *report),
        preparation=image_preparation(shape, lowest, highest, class_names),
    )


def _split(pictures: Pictures, rows: np.ndarray, lowest: float, highest: float, offset: int = 0) -> Split:
    """Those pictures as float32 rows; `offset` counts the source's rows before them."""
    pixels = pictures.pixels
    x = pixels[rows].reshape(len(rows), math.prod(pixels.shape[1:])).astype(np.float32)
    if lowest:
        x -= np.float32(lowest)
    x /= np.float32(highest - lowest)
    return Split(x, pictures.labels[rows], rows + offset)


def mnist_family(entry: Entry, request: Request) -> Dataset:
    """mnist, fashion-mnist or kmnist, from its four IDX files."""
    download = DOWNLOADS[entry.name]
    folder = download.fetch(request)
    images, labels, hashes = read_pair(folder, "train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    test_images, test_labels, test_hashes = read_pair(folder, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    if images.shape[1:] != test_images.shape[1:]:
        raise DataError(f"The images for training and for the test in {folder} differ in size.")
    if max(labels.max(), test_labels.max()) >= entry.classes:
        raise DataError(f"The labels in {folder} go beyond the {entry.classes} classes of {entry.name}.")
    report = []
    published = {file.content: file.sha256 for file in download.files if file.sha256}
    if any(published.get(name, digest) != digest for name, digest in (hashes | test_hashes).items()):
        report.append(f"The files in {folder} are not the published ones: figures compare with nobody else's.")
    test = Pictures(test_images, test_labels)
    return picture_dataset(entry.name, download.class_names, Pictures(images, labels), test, request, report)


def cifar_10(entry: Entry, request: Request) -> Dataset:
    """CIFAR-10 from its binary version, as RGB."""
    download = DOWNLOADS[entry.name]
    path = download.fetch(request) / download.files[0].name
    train, test = (Pictures(*part) for part in read_cifar(path, request.progress))
    return picture_dataset(entry.name, download.class_names, train, test, request)
