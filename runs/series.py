"""A growing series of numbers that can be drawn at any width without losing a spike."""

import math

import numpy as np
import numpy.typing as npt

from .growing import Pyramid


class Series:
    """The values of steps 1, 2, 3, …, kept as they came.

    When `capacity` values are kept, neighbours are merged in pairs into their (minimum, maximum): memory stays
    bounded, every extreme survives, and `stride` says how many original values one kept pair stands for.
    """

    def __init__(self, capacity: int = 1 << 21) -> None:
        if capacity < 2 or capacity % 2:
            raise ValueError("capacity is an even number, at least 2")
        self.capacity = capacity
        self.stride = 1
        self.count = 0
        self.nonfinite: list[int] = []  # positions (from 0) of the first thousand NaN or infinite values
        self._kept = 0
        self._pyramid = Pyramid()  # over the kept values
        self._low = np.empty(1024, np.float32)
        self._high = np.empty(1024, np.float32)
        self._pending = np.empty(0, np.float32)  # original values that do not fill a stride yet

    def extend(self, values: npt.ArrayLike) -> None:
        """Append values (any sequence of floats); infinities are kept out of the extremes as NaN is."""
        values = np.array(values, np.float32)
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            self.nonfinite.extend((bad[: 1000 - len(self.nonfinite)] + self.count).tolist())
            values[bad] = np.nan
        self.count += len(values)
        values = np.concatenate([self._pending, values])
        while True:
            room = (self.capacity - self._kept) * self.stride
            block, values = values[:room], values[room:]
            whole = len(block) // self.stride
            rows = block[: whole * self.stride].reshape(whole, self.stride)
            self._append(np.fmin.reduce(rows, axis=1), np.fmax.reduce(rows, axis=1))
            if self._kept == self.capacity:
                self._merge_pairs()
            if not len(values):
                self._pending = block[whole * self.stride :]
                return

    def gap(self, count: int) -> None:
        """Append `count` positions of which nothing is known."""
        known = len(self.nonfinite)
        self.extend(np.full(count, np.nan, np.float32))
        del self.nonfinite[known:]

    def truncate(self, count: int) -> None:
        """Forget the values from position `count` on.

        Where a merged pair is cut, its first part is remembered as the pair's extremes in turn.
        """
        if count >= self.count:
            return
        kept, rest = divmod(count, self.stride)
        if kept < self._kept:
            self._pending = np.resize([self._low[kept], self._high[kept]], rest).astype(np.float32)
        else:
            self._pending = self._pending[: count - self._kept * self.stride]
        self._kept, self.count = min(kept, self._kept), count
        self._pyramid.truncate(self._kept)
        self.nonfinite = [position for position in self.nonfinite if position < count]

    def columns(self, first: float, last: float, width: int) -> tuple[np.ndarray, np.ndarray]:
        """The (minimum, maximum) of the values in each of `width` equal parts of positions [first, last).

        Each array has shape (width,), NaN where no value falls.
        """
        if not last > first:
            return np.full(width, np.nan), np.full(width, np.nan)

        def column(position: np.ndarray) -> np.ndarray:
            return np.asarray(np.floor((position - first) * (width / (last - first))).clip(-1, width))

        # the first kept value of each column: about there, and then moved by one where rounding went the other way
        ideal = (first + np.arange(width + 1) * ((last - first) / width)) / self.stride
        edges = np.ceil(ideal).clip(0, self._kept).astype(np.intp)
        number = np.arange(width + 1)
        edges -= (edges > 0) & (column((edges - 1) * self.stride) >= number)
        edges += (edges < self._kept) & (column(edges * self.stride) < number)
        edges[-1] = min(self._kept, max(0, math.ceil(last / self.stride)))
        low, high = self._pyramid.extremes(
            self._low[: self._kept], self._high[: self._kept], np.maximum.accumulate(edges)
        )
        # what does not fill a stride yet
        at = self._kept * self.stride + np.arange(len(self._pending))
        seen = (at >= first) & (at < last)
        where = column(at[seen]).astype(int).clip(0, width - 1)
        np.fmin.at(low, where, self._pending[seen])
        np.fmax.at(high, where, self._pending[seen])
        return low, high

    def value_at(self, position: int) -> float:
        """The value nearest before `position` (the middle of its pair once merged); NaN outside."""
        if not 0 <= position < self.count:
            return float("nan")
        kept = position // self.stride
        if kept < self._kept:
            return float(self._low[kept] + self._high[kept]) / 2
        return float(self._pending[position - self._kept * self.stride])

    def _append(self, low: np.ndarray, high: np.ndarray) -> None:
        needed = self._kept + len(low)
        if needed > len(self._low):
            size = min(self.capacity, max(needed, 2 * len(self._low)))
            self._low, self._high = np.resize(self._low, size), np.resize(self._high, size)
        self._low[self._kept : needed], self._high[self._kept : needed] = low, high
        self._kept = needed

    def _merge_pairs(self) -> None:
        half = self._kept // 2
        self._low[:half] = np.fmin.reduce(self._low[: self._kept].reshape(half, 2), axis=1)
        self._high[:half] = np.fmax.reduce(self._high[: self._kept].reshape(half, 2), axis=1)
        self._kept = half
        self._pyramid = Pyramid()
        self.stride *= 2
