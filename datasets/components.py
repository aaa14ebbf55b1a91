"""Any data set seen through its principal components: the few directions in which its rows differ most.

Two of them make a plane of wide data, so that its surface and every unit's picture can be seen.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from .dataset import Column, DataError, Dataset

MOST_ROWS = 5_000  # that the directions are found from: enough for a few of them


def projected(data: Dataset, count: Any) -> Dataset:
    """The data with its first `count` principal components for inputs, scaled by the first one's deviation.

    The directions are those of the training rows (evenly chosen ones of very many), their signs such that the largest
    share of each is positive. Raises DataError.
    """
    try:
        wanted = int(count)
    except (TypeError, ValueError):
        wanted = 0
    most = min(data.n_features, max(1, len(data.train) - 1))
    if not 1 <= wanted <= most:
        raise DataError(f"{data.name} has 1 to {most:,} principal components, not {count}.")
    rows = np.linspace(0, len(data.train) - 1, min(len(data.train), MOST_ROWS)).astype(int)
    x = data.train.x[rows].astype(float)
    mean = x.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(x - mean, rowvar=False).reshape(data.n_features, data.n_features))
    directions = directions[:, ::-1][:, :wanted]
    directions *= np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(wanted)])
    scale = float(np.sqrt(max(variances[-1], 0))) or 1.0
    record = {"mean": mean.tolist(), "directions": (directions / scale).T.tolist()}
    share = float(variances[::-1][:wanted].sum() / (variances.sum() or 1.0))
    names = tuple(f"PC{k}" for k in range(1, wanted + 1))
    told = f"Inputs: {wanted} principal components of {data.n_features:,} inputs, {share:.1%} of their variance."
    return replace(
        data,
        train=replace(data.train, x=onto(record, data.train.x)),
        validation=replace(data.validation, x=onto(record, data.validation.x)),
        test=replace(data.test, x=onto(record, data.test.x)),
        feature_names=names,
        columns=tuple(Column(name) for name in names),
        image_shape=None,
        plane=None,
        report=(*data.report, told),
        options={**data.options, "components": wanted},
        preparation={**data.preparation, "components": record},
    )


def onto(record: dict[str, Any], x: np.ndarray) -> np.ndarray:
    """Rows (n, inputs) as their principal components (n, count), float32: what `projected` recorded."""
    mean, directions = np.array(record["mean"], float), np.array(record["directions"], float)
    return np.ascontiguousarray((x - mean) @ directions.T, np.float32)
