"""The data sets that travel inside the package, as small compressed tables."""

from dataclasses import replace
from importlib import resources

import numpy as np

from ..catalogue import Entry
from ..dataset import Column, Dataset, Request, Split
from ..splitting import split_rows
from ..tables.columns import Table
from ..tables.preparation import image_preparation, pixel_names
from ..tables.preparing import prepare_table
from ..tables.reading import read_table

TARGETS = {"iris": "species", "wine": "cultivar", "breast-cancer": "diagnosis", "diabetes": "progression"}


def embedded_table(name: str) -> Table:
    """The table `name`.csv.gz beside this file."""
    with resources.as_file(resources.files(__package__) / f"{name}.csv.gz") as path:
        return read_table(path)


def table(entry: Entry, request: Request) -> Dataset:
    """An embedded table, treated as a person's own."""
    options = {"target": TARGETS[entry.name], **request.options}
    return prepare_table(embedded_table(entry.name), entry.name, replace(request, options=options), plain=True)


def digits(entry: Entry, request: Request) -> Dataset:
    """1,797 images of 8x8 whose pixels count, from 0 to 16, the ink in a 4x4 block; here divided by 16."""
    with resources.as_file(resources.files(__package__) / "digits.csv.gz") as path:  # whole numbers, all of them
        table = np.loadtxt(path, np.uint8, delimiter=",", skiprows=1)
    x, labels = (table[:, :-1] / 16).astype(np.float32), table[:, -1].astype(np.int64)
    parts = split_rows(len(x), request.seed, request.validation, request.test, labels)
    names = pixel_names((8, 8))
    train, validation, test = (Split(x[rows], labels[rows], rows) for rows in parts)
    return Dataset(
        entry.name,
        entry.task,
        train,
        validation,
        test,
        feature_names=names,
        class_names=tuple("0123456789"),
        image_shape=(8, 8),
        columns=tuple(Column(name, "pixel", 0.0, 16.0) for name in names),
        report=("Pixel values 0 to 16 were divided by 16.",),
        preparation=image_preparation((8, 8), 0, 16, "0123456789"),
    )
