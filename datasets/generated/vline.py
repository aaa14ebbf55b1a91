"""All 512 black-and-white images of 3x3: is there a single vertical line? (the second lecture's pattern counting)"""

import numpy as np

from ..catalogue import Entry
from ..dataset import Column, DataError, Dataset, Request, Split
from ..splitting import split_rows
from ..tables.preparation import image_preparation, pixel_names

RULES = {
    "strict": "exactly one full column and nothing else: 3 of the 512 images",
    "one": "exactly one full column, the rest free: 147 of the 512 images",
    "any": "at least one full column: 169 of the 512 images",
}


def load(entry: Entry, request: Request) -> Dataset:
    """The images, in the order of the binary numbers they spell; class 1 where the rule holds."""
    rule = request.options.get("rule", "one")
    if rule not in RULES:
        raise DataError(f"There is no rule {rule!r} for vline: use {', '.join(RULES)}.")
    bits = (np.arange(512)[:, None] >> np.arange(8, -1, -1)) & 1
    images = bits.reshape(512, 3, 3)
    full = images.all(axis=1).sum(axis=1)
    holds = {"strict": (full == 1) & (images.sum(axis=(1, 2)) == 3), "one": full == 1, "any": full >= 1}[rule]
    x, y = bits.astype(np.float32), holds.astype(np.int64)
    parts = split_rows(512, request.seed, request.validation, request.test, y)
    names, classes = pixel_names((3, 3)), ("no line", "line")
    train, validation, test = (Split(x[rows], y[rows], rows) for rows in parts)
    return Dataset(
        entry.name,
        "binary",
        train,
        validation,
        test,
        feature_names=names,
        class_names=classes,
        image_shape=(3, 3),
        columns=tuple(Column(name, "pixel") for name in names),
        report=(f"Line: {RULES[rule]}.",),
        options={"rule": rule},
        preparation=image_preparation((3, 3), 0, 1, classes),
    )
