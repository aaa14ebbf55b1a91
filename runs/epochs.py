"""The epochs of a run: a sequence of what was said at their ends, and each metric as an array that grows with them.

Whoever draws a metric asks for the extremes of stretches of epochs: never for all of them one by one.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite, nan
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from dnn_tui.mlp.events import EpochEnded

from .growing import Floats, Growing, Pyramid

MISTAKES_KEPT = 256  # epochs whose pictures of mistakes stay in memory, about


class Curve:
    """One metric of one split, a value an epoch: NaN where the epoch does not say, or says no finite number."""

    def __init__(self) -> None:
        self._values, self._pyramid = Growing(), Pyramid()

    @property
    def values(self) -> Floats:
        """Shape (epochs,): a view, good until the next epoch ends."""
        return self._values.values

    def at(self, indices: NDArray[np.intp]) -> Floats:
        """The values of some epochs."""
        known = indices < self._values.count
        return (
            np.where(known, self.values[np.where(known, indices, 0)], np.nan)
            if self._values.count
            else indices * np.nan
        )

    def put(self, index: int, value: float) -> None:
        """The value of epoch `index`, the last one so far; those between are unknown."""
        if index > self._values.count:
            self._values.extend(np.full(index - self._values.count, np.nan))
        self._values.append(value if isfinite(value) else nan)

    def truncate(self, count: int) -> None:
        """Forget the values from position `count` on."""
        self._values.truncate(count)
        self._pyramid.truncate(count)

    def extremes(self, edges: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """The lowest and highest value of epochs [edges[k], edges[k+1]), as `Pyramid.extremes`."""
        return self._pyramid.extremes(self.values, self.values, np.minimum(edges, self._values.count))


class Epochs(Sequence[EpochEnded]):
    """What was said at the ends of the epochs, oldest first."""

    def __init__(self) -> None:
        self._items: list[EpochEnded] = []
        self._curves: dict[tuple[str, str], Curve] = {}
        self._best: list[int] = []  # indices of those that were the best so far
        # each begins with a 0 for the run's start
        self._steps, self._seconds, self._evaluation = Growing(), Growing(), Growing()
        for series in (self._steps, self._seconds, self._evaluation):
            series.append(0.0)

    # ---- writing

    def append(self, epoch: EpochEnded) -> None:
        """Take in the next epoch's end."""
        index = len(self._items)
        self._items.append(epoch)
        self._steps.append(epoch.step)
        # the clock never goes back, whatever a log says
        self._seconds.append(max(epoch.elapsed, float(self._seconds.values[-1])))
        self._evaluation.append(float(self._evaluation.values[-1]) + epoch.evaluation_seconds)
        for split, metrics in (("train", epoch.train), ("validation", epoch.validation)):
            for metric, value in metrics.items():
                if (curve := self._curves.get((split, metric))) is None:
                    curve = self._curves[split, metric] = Curve()
                curve.put(index, value)
        if epoch.best:
            self._best.append(index)
        self._forget_old_mistakes()

    def truncate(self, count: int) -> None:
        """Forget the epochs from index `count` on."""
        del self._items[count:]
        for series in (self._steps, self._seconds, self._evaluation):
            series.truncate(count + 1)
        for curve in self._curves.values():
            curve.truncate(count)
        while self._best and self._best[-1] >= count:
            self._best.pop()

    def _forget_old_mistakes(self) -> None:
        """Of very many epochs, only some (evenly spread, and the newest) keep the pictures of their mistakes."""
        count = len(self._items)
        if count < 2 * MISTAKES_KEPT or count % MISTAKES_KEPT:
            return
        every = 1 << (count // MISTAKES_KEPT).bit_length() - 1  # a power of two: what stays was kept before
        # all of them are gone through when fewer are to stay; else only those that are no longer of the newest
        begin = 0 if count == every * MISTAKES_KEPT else count - 2 * MISTAKES_KEPT
        for k in range(begin, count - MISTAKES_KEPT):
            if k % every and self._items[k].mistakes:
                self._items[k] = replace(self._items[k], mistakes=())

    # ---- reading

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> EpochEnded: ...
    @overload
    def __getitem__(self, index: slice) -> list[EpochEnded]: ...
    def __getitem__(self, index: int | slice) -> EpochEnded | list[EpochEnded]:
        return self._items[index]

    def __iter__(self) -> Iterator[EpochEnded]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it changes

    @property
    def best(self) -> EpochEnded | None:
        """The newest that was the best so far."""
        return self._items[self._best[-1]] if self._best else None

    @property
    def evaluation_seconds(self) -> float:
        """Of all together."""
        return float(self._evaluation.values[-1])

    @property
    def steps(self) -> NDArray[Any]:
        """The step at which each ended, shape (epochs,): a view, good until the next one."""
        return self._steps.values[1:]

    def ended_by(self, step: float) -> int:
        """How many had ended at a step."""
        return bisect_right(self._items, step, key=lambda epoch: epoch.step)

    def clock(self, step: int, elapsed: float) -> tuple[NDArray[Any], NDArray[Any]]:
        """Steps and the seconds until each, from (0, 0) over the ends of the epochs to now: views, as `steps`."""
        if step <= self._steps.values[-1]:
            return self._steps.values, self._seconds.values
        return self._steps.and_then(step), self._seconds.and_then(max(elapsed, float(self._seconds.values[-1])))

    def metrics(self) -> list[str]:
        """The names of all metrics that were ever given, in the order they came."""
        return list(dict.fromkeys(metric for _, metric in self._curves))

    def curve(self, split: str, metric: str) -> Curve:
        """A metric of "train" or "validation"; one without values where there is none."""
        return self._curves.get((split, metric)) or Curve()
