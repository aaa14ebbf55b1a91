"""Points in the plane, as TensorFlow Playground makes them (`src/dataset.ts`), in its own coordinates, about ±6.

Each generator gives points (n, 2) and their labels: 1 for the Playground's orange-against-blue +1, 0 for its -1.
noise goes from 0 to 0.5, the Playground's slider from 0 to 50 %.
"""

from collections.abc import Callable

import numpy as np

from .catalogue import Entry
from .dataset import Column, DataError, Dataset, Request, Split
from .preparation import plain_preparation
from .splitting import split_rows, stream

MOST_SAMPLES = 1_000_000


def spiral_points(rng: np.random.Generator, samples: int, noise: float):
    """Two arms r = 5 i/n, t = 1.75 · 2π i/n, half a turn apart; noise shifts each coordinate by up to ±noise."""
    per_arm = samples // 2, samples - samples // 2
    arms = []
    for count, turn in zip(per_arm, (0, np.pi), strict=True):
        along = np.arange(count) / count
        r, t = 5 * along, 1.75 * 2 * np.pi * along + turn
        arms.append(np.stack([r * np.sin(t), r * np.cos(t)], axis=1))
    points = np.concatenate(arms) + noise * rng.uniform(-1, 1, (samples, 2))
    return points, np.repeat([1, 0], per_arm)


def circle_points(rng: np.random.Generator, samples: int, noise: float):
    """Radius below 2.5 is 1, from 3.5 to 5 is 0; noise moves the point that is judged, not the one that is seen."""
    inside = samples // 2
    r = np.concatenate([rng.uniform(0, 2.5, inside), rng.uniform(3.5, 5, samples - inside)])
    angle = rng.uniform(0, 2 * np.pi, samples)
    points = np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)
    judged = points + noise * rng.uniform(-5, 5, (samples, 2))
    return points, (np.hypot(*judged.T) < 2.5).astype(np.int64)


def xor_points(rng: np.random.Generator, samples: int, noise: float):
    """x1 x2 ≥ 0 is 1, with 0.3 kept free beside the axes; noise as in `circle_points`."""
    points = rng.uniform(-5, 5, (samples, 2))
    points += np.where(points > 0, 0.3, -0.3)
    judged = points + noise * rng.uniform(-5, 5, (samples, 2))
    return points, (judged[:, 0] * judged[:, 1] >= 0).astype(np.int64)


def gauss_points(rng: np.random.Generator, samples: int, noise: float):
    """Normal clouds about (2, 2), which is 1, and (-2, -2); noise raises their variance from 0.5 to 4."""
    variance = 0.5 + 7 * noise
    counts = samples // 2, samples - samples // 2
    centres = np.repeat([[2.0, 2.0], [-2.0, -2.0]], counts, axis=0)
    return centres + np.sqrt(variance) * rng.standard_normal((samples, 2)), np.repeat([1, 0], counts)


def _load(entry: Entry, request: Request, make: Callable) -> Dataset:
    samples, noise = _options(entry, request)
    points, labels = make(stream(request.seed, "generate"), samples, noise)
    parts = split_rows(samples, request.seed, request.validation, request.test, labels)
    points = points.astype(np.float32)
    return Dataset(
        entry.name,
        "binary",
        *(Split(points[rows], labels[rows], rows) for rows in parts),
        feature_names=("x1", "x2"),
        class_names=("0", "1"),
        columns=(Column("x1"), Column("x2")),
        options={"samples": samples, "noise": noise},
        preparation=plain_preparation(("x1", "x2"), "binary", ("label",), ("0", "1")),
    )


def _options(entry: Entry, request: Request) -> tuple[int, float]:
    try:
        samples, noise = int(request.options.get("samples", entry.rows)), float(request.options.get("noise", 0))
    except (TypeError, ValueError):
        raise DataError("samples is a whole number and noise a number from 0 to 0.5.") from None
    if not 10 <= samples <= MOST_SAMPLES:
        raise DataError(f"{entry.name} is made of 10 to {MOST_SAMPLES:,} samples, not {samples:,}.")
    if not 0 <= noise <= 0.5:
        raise DataError(f"The noise of {entry.name} goes from 0 to 0.5, not {noise:g}.")
    return samples, noise


def spiral(entry: Entry, request: Request) -> Dataset:
    return _load(entry, request, spiral_points)


def circle(entry: Entry, request: Request) -> Dataset:
    return _load(entry, request, circle_points)


def xor(entry: Entry, request: Request) -> Dataset:
    return _load(entry, request, xor_points)


def gauss(entry: Entry, request: Request) -> Dataset:
    return _load(entry, request, gauss_points)
