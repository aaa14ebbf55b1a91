"""Points in the plane, as TensorFlow Playground makes them (`src/dataset.ts`), in its own coordinates, about ±6.

Each generator gives points (n, 2) and their labels: 1 for the Playground's orange-against-blue +1, 0 for its -1.
noise goes from 0 to 0.5, the Playground's slider from 0 to 50 %.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..catalogue import Entry
from ..dataset import Column, DataError, Dataset, Request, Split, Task
from ..derived import Plane, read_inputs
from ..splitting import split_rows, stream
from ..tables.preparation import plain_preparation
from .by_hand import with_points

MOST_SAMPLES = 1_000_000
Points = tuple[np.ndarray, np.ndarray]  # (n, 2) float, and (n,) labels or numbers


def spiral_points(rng: np.random.Generator, samples: int, noise: float) -> Points:
    """Two arms r = 5 i/n, t = 1.75 · 2π i/n, half a turn apart; noise shifts each coordinate by up to ±noise."""
    per_arm = samples // 2, samples - samples // 2
    arms = []
    for count, turn in zip(per_arm, (0, np.pi), strict=True):
        along = np.arange(count) / count
        r, t = 5 * along, 1.75 * 2 * np.pi * along + turn
        arms.append(np.stack([r * np.sin(t), r * np.cos(t)], axis=1))
    points = np.concatenate(arms) + noise * rng.uniform(-1, 1, (samples, 2))
    return points, np.repeat([1, 0], per_arm)


def circle_points(rng: np.random.Generator, samples: int, noise: float) -> Points:
    """Radius below 2.5 is 1, from 3.5 to 5 is 0; noise moves the point that is judged, not the one that is seen."""
    inside = samples // 2
    r = np.concatenate([rng.uniform(0, 2.5, inside), rng.uniform(3.5, 5, samples - inside)])
    angle = rng.uniform(0, 2 * np.pi, samples)
    points = np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)
    judged = points + noise * rng.uniform(-5, 5, (samples, 2))
    return points, (np.hypot(*judged.T) < 2.5).astype(np.int64)


def xor_points(rng: np.random.Generator, samples: int, noise: float) -> Points:
    """x1 x2 ≥ 0 is 1, with 0.3 kept free beside the axes; noise as in `circle_points`."""
    points = rng.uniform(-5, 5, (samples, 2))
    points += np.where(points > 0, 0.3, -0.3)
    judged = points + noise * rng.uniform(-5, 5, (samples, 2))
    return points, (judged[:, 0] * judged[:, 1] >= 0).astype(np.int64)


def gauss_points(rng: np.random.Generator, samples: int, noise: float) -> Points:
    """Normal clouds about (2, 2), which is 1, and (-2, -2); noise raises their variance from 0.5 to 4."""
    variance = 0.5 + 7 * noise
    counts = samples // 2, samples - samples // 2
    centres = np.repeat([[2.0, 2.0], [-2.0, -2.0]], counts, axis=0)
    return centres + np.sqrt(variance) * rng.standard_normal((samples, 2)), np.repeat([1, 0], counts)


def moons_points(rng: np.random.Generator, samples: int, noise: float) -> Points:
    """Two half circles of radius 1 that reach into each other, as scikit-learn's make_moons: noise is normal."""
    upper = samples // 2
    t = np.concatenate([np.linspace(0, np.pi, upper), np.linspace(0, np.pi, samples - upper)])
    below = np.arange(samples) >= upper
    points = np.stack([np.where(below, 1 - np.cos(t), np.cos(t)), np.where(below, 0.5 - np.sin(t), np.sin(t))], axis=1)
    return points + noise * rng.standard_normal((samples, 2)), below.astype(np.int64)


def plane_points(rng: np.random.Generator, samples: int, noise: float) -> Points:
    """y = (x1 + x2) / 10, judged at a point that noise moves by up to ±6 noise."""
    points = rng.uniform(-6, 6, (samples, 2))
    judged = points + noise * rng.uniform(-6, 6, (samples, 2))
    return points, judged.sum(axis=1) / 10


#: centre and sign of the hills and hollows of `multi_gauss_points`
HILLS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


def multi_gauss_points(rng: np.random.Generator, samples: int, noise: float) -> Points:
    """Six cones of radius 2 and height ±1; where they meet, the steeper counts."""
    points = rng.uniform(-6, 6, (samples, 2))
    judged = points + noise * rng.uniform(-6, 6, (samples, 2))
    y = np.zeros(samples)
    for x1, x2, sign in HILLS:
        height = sign * np.clip(1 - np.hypot(judged[:, 0] - x1, judged[:, 1] - x2) / 2, 0, 1)
        y = np.where(np.abs(height) > np.abs(y), height, y)
    return points, y


POINTS: dict[str, Callable[[np.random.Generator, int, float], Points]] = {
    "spiral": spiral_points,
    "circle": circle_points,
    "xor": xor_points,
    "gauss": gauss_points,
    "moons": moons_points,
    "plane": plane_points,
    "multi-gauss": multi_gauss_points,
}


def load(entry: Entry, request: Request) -> Dataset:
    """The points of that name."""
    samples, noise = generator_options(entry, request)
    points, y = POINTS[entry.name](stream(request.seed, "generate"), samples, noise)
    data = points_dataset(entry.name, points, y, request)
    return replace(data, options={"samples": samples, "noise": noise, **data.options})


def points_dataset(name: str, points: np.ndarray, y: np.ndarray, request: Request) -> Dataset:
    """Points (n, features), with labels 0 and 1 (n,) int64 or numbers (n,) float.

    Their coordinates are taken as they are; with the option `inputs`, what its formulas make of the two. Raises
    DataError.
    """
    binary = y.dtype == np.int64
    parts = split_rows(len(y), request.seed, request.validation, request.test, y if binary else None)
    points, outputs = points.astype(np.float32), y if binary else y.astype(np.float32)[:, None]
    names = tuple(f"x{k}" for k in range(1, points.shape[1] + 1)) if points.shape[1] > 1 else ("x",)
    classes = ("0", "1") if binary else ()
    scale = () if binary else ((0.0, 1.0),)
    task: Task = "binary" if binary else "regression"
    train, validation, test = (Split(points[rows], outputs[rows], rows) for rows in parts)
    train = with_points(train, request.options.get("points", ()), len(y), binary)
    options, plane = {}, None
    if request.options.get("inputs"):
        if points.shape[1] != 2:
            raise DataError(f"Inputs are computed from two coordinates, and {name} has {points.shape[1]}.")
        names = read_inputs(request.options["inputs"])
        plane = Plane(names, {"train": train.x, "validation": validation.x, "test": test.x})
        plane.check()
        train, validation, test = (replace(part, x=plane.inputs(part.x)) for part in (train, validation, test))
        options = {"inputs": ",".join(names)}
    return Dataset(
        name,
        task,
        train,
        validation,
        test,
        feature_names=names,
        class_names=classes,
        target_names=("y",),
        columns=tuple(Column(name) for name in names),
        target_scale=scale,
        options=options,
        preparation=plain_preparation(names, task, ("y",), classes, scale),
        plane=plane,
    )


def generator_options(entry: Entry, request: Request) -> tuple[int, float]:
    """samples and noise, checked. Raises DataError."""
    try:
        samples, noise = int(request.options.get("samples", entry.rows)), float(request.options.get("noise", 0))
    except (TypeError, ValueError):
        raise DataError("samples is a whole number and noise a number from 0 to 0.5.") from None
    if not 10 <= samples <= MOST_SAMPLES:
        raise DataError(f"{entry.name} is made of 10 to {MOST_SAMPLES:,} samples, not {samples:,}.")
    if not 0 <= noise <= 0.5:
        raise DataError(f"The noise of {entry.name} goes from 0 to 0.5, not {noise:g}.")
    return samples, noise
