"""Arrays that grow at their end, and the smallest and largest value of any stretch of one, however long it is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

FEW = 1 << 19  # values that are gone through sooner than a pyramid is climbed for many stretches of them
ONE = 1 << 4  # times fewer, for one stretch


class Growing:
    """Numbers appended one by one or many at once, and cut off at the end; `values` is a view of them."""

    def __init__(self, dtype: Any = np.float64) -> None:
        self.count = 0
        self._room: NDArray[Any] = np.empty(64, dtype)

    @property
    def values(self) -> NDArray[Any]:
        """All of them, shape (count,): a view, good until the next change."""
        return self._room[: self.count]

    def append(self, value: float) -> None:
        """One more value."""
        self._reserve(self.count + 1)
        self._room[self.count] = value
        self.count += 1

    def extend(self, values: NDArray[Any]) -> None:
        """More values, in order."""
        end = self.count + len(values)
        self._reserve(end)
        self._room[self.count : end] = values
        self.count = end

    def truncate(self, count: int) -> None:
        """Forget the values from position `count` on."""
        self.count = min(self.count, count)

    def and_then(self, value: float) -> NDArray[Any]:
        """All of them and one more, which is not kept: a view, good until the next change."""
        self._reserve(self.count + 1)
        self._room[self.count] = value
        return self._room[: self.count + 1]

    def _reserve(self, count: int) -> None:
        if count > len(self._room):
            room = np.empty(max(count, 2 * len(self._room)), self._room.dtype)
            room[: self.count] = self.values
            self._room = room


class Pyramid:
    """The extremes of pairs, of pairs of pairs, … of a growing array: of any stretch, in logarithmic time.

    A segment tree whose levels are built when they are asked for. It keeps nothing of the array itself (level 0):
    that is handed in, as lowest and highest value of each place; NaN counts as no value.
    """

    def __init__(self) -> None:
        self._levels: list[tuple[Growing, Growing]] = []

    def truncate(self, count: int) -> None:
        """The array holds only `count` values now; what stood behind them may change."""
        for k, (low, high) in enumerate(self._levels, 1):
            low.truncate(count >> k)
            high.truncate(count >> k)

    def _up_to_date(self, low: Floats, high: Floats) -> list[tuple[Floats, Floats]]:
        """(lowest, highest) of each level, from single values to the largest whole block."""
        levels = [(low, high)]
        for k in range(1, max(1, len(low)).bit_length()):
            if k > len(self._levels):
                self._levels.append((Growing(low.dtype), Growing(low.dtype)))
            below, here = levels[-1], self._levels[k - 1]
            built, whole = here[0].count, len(low) >> k
            if built < whole:
                part = slice(2 * built, 2 * whole)
                here[0].extend(np.fmin.reduce(below[0][part].reshape(-1, 2), axis=1))
                here[1].extend(np.fmax.reduce(below[1][part].reshape(-1, 2), axis=1))
            levels.append((here[0].values, here[1].values))
        return levels

    def extremes(self, low: Floats, high: Floats, edges: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """The lowest and the highest value of each stretch [edges[k], edges[k+1]) of the array.

        edges: shape (n + 1,), never falling, from 0 to the array's length. Each result has shape (n,), NaN for an
        empty stretch. Takes time in proportion to n and to the logarithm of the longest stretch.
        """
        if edges[-1] - edges[0] <= (FEW if len(edges) > 2 else FEW // ONE):
            return _directly(low, high, edges)
        if len(edges) == 2:
            return self._of_one(low, high, int(edges[0]), int(edges[1]))
        lowest, highest = np.full(len(edges) - 1, np.nan), np.full(len(edges) - 1, np.nan)
        begin, end = edges[:-1].copy(), edges[1:].copy()
        for low_k, high_k in self._up_to_date(low, high):
            # blocks at either end that have no partner inside the stretch; the rest is whole pairs, one level up
            first = np.flatnonzero((begin < end) & (begin & 1 == 1))
            at = begin[first]
            lowest[first] = np.fmin(lowest[first], low_k[at])
            highest[first] = np.fmax(highest[first], high_k[at])
            begin[first] += 1
            last = np.flatnonzero((begin < end) & (end & 1 == 1))
            end[last] -= 1
            at = end[last]
            lowest[last] = np.fmin(lowest[last], low_k[at])
            highest[last] = np.fmax(highest[last], high_k[at])
            begin >>= 1
            end >>= 1
            if not (begin < end).any():
                break
        return lowest, highest

    def _of_one(self, low: Floats, high: Floats, begin: int, end: int) -> tuple[Floats, Floats]:
        """As `extremes`, of one stretch: without arrays of one value."""
        lowest, highest = [np.nan], [np.nan]
        for low_k, high_k in self._up_to_date(low, high):
            if begin & 1 and begin < end:
                lowest.append(low_k[begin])
                highest.append(high_k[begin])
                begin += 1
            if end & 1 and begin < end:
                end -= 1
                lowest.append(low_k[end])
                highest.append(high_k[end])
            begin, end = begin >> 1, end >> 1
            if begin >= end:
                break
        return np.fmin.reduce(lowest, keepdims=True), np.fmax.reduce(highest, keepdims=True)


def _directly(low: Floats, high: Floats, edges: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """As `Pyramid.extremes`, value by value."""
    lowest, highest = np.full(len(edges) - 1, np.nan), np.full(len(edges) - 1, np.nan)
    some = edges[1:] > edges[:-1]
    starts, end = edges[:-1][some], edges[-1]
    if len(starts):
        lowest[some] = np.fmin.reduceat(low[:end], starts)
        highest[some] = np.fmax.reduceat(high[:end], starts)
    return lowest, highest
