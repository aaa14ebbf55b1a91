"""The data sets that travel inside the package, as small compressed tables."""

import gzip
from importlib import resources

import numpy as np

from .catalogue import Entry
from .dataset import Column, Dataset, Request, Split
from .preparation import image_preparation, pixel_names
from .splitting import split_rows


def read_numbers(name: str) -> np.ndarray:
    """The numbers (float64, rows by columns) of `name`.csv.gz beside this file, which has no header."""
    packed = (resources.files(__package__) / f"{name}.csv.gz").read_bytes()
    return np.loadtxt(gzip.decompress(packed).decode().splitlines(), delimiter=",")


def digits(entry: Entry, request: Request) -> Dataset:
    """1,797 images of 8x8 whose pixels count, from 0 to 16, the ink in a 4x4 block; here divided by 16."""
    table = read_numbers("digits")
    x, labels = (table[:, :-1] / 16).astype(np.float32), table[:, -1].astype(np.int64)
    parts = split_rows(len(x), request.seed, request.validation, request.test, labels)
    names = pixel_names((8, 8))
    return Dataset(
        entry.name,
        entry.task,
        *(Split(x[rows], labels[rows], rows) for rows in parts),
        feature_names=names,
        class_names=tuple("0123456789"),
        image_shape=(8, 8),
        columns=tuple(Column(name, "pixel", 0.0, 16.0) for name in names),
        report=("Pixel values 0 to 16 were divided by 16.",),
        preparation=image_preparation((8, 8), 16, "0123456789"),
    )
