"""Which part of an array is shown where not all of it fits, and how that is said. Pure functions."""

from dataclasses import dataclass


def window(size: int, focus: int, most: int, scroll: int = 0) -> range:
    """At most `most` of `size` places, with the focus near the middle, moved on by `scroll` as far as there is more."""
    if size <= most:
        return range(size)
    begin = min(max(0, focus - most // 2), size - most)
    begin = min(max(0, begin + scroll), size - most)
    return range(begin, begin + most)


@dataclass(frozen=True)
class Part:
    """Rows and columns (from 0) of a table of `shape` that are shown; vector: it is one, upright or lying."""

    rows: range
    columns: range
    shape: tuple[int, int]
    vector: bool = False

    @property
    def cut(self) -> bool:
        return self.above or self.below or self.left or self.right

    @property
    def above(self) -> bool:
        return self.rows[0] > 0

    @property
    def below(self) -> bool:
        return self.rows[-1] + 1 < self.shape[0]

    @property
    def left(self) -> bool:
        return self.columns[0] > 0

    @property
    def right(self) -> bool:
        return self.columns[-1] + 1 < self.shape[1]

    def said(self, width: int) -> str:
        """ "rows 2–5 of 8, columns 1–5 of 8" or shorter; empty where nothing is left out, or no way to say it fits."""
        axes = []
        if self.above or self.below:
            axes.append(("row", self.rows, self.shape[0]))
        if self.left or self.right:
            axes.append(("column", self.columns, self.shape[1]))
        if self.vector:
            axes = [("", shown, size) for _, shown, size in axes]
        long = ", ".join(_said(name, shown, size) for name, shown, size in axes)
        short = " ".join(f"{name[:1]}{_ends(shown)}/{size}" for name, shown, size in axes)
        return next((text for text in (long, short) if len(text) <= width), "")

    def bracket(self, y: int, right: bool) -> str:
        """The sign at an end of row y of those shown: a bracket is open where rows or columns are cut off."""
        if self.right if right else self.left:
            return "…"
        first, last = y == 0 and not self.above, y == len(self.rows) - 1 and not self.below
        if first and last:
            return "]" if right else "["
        return ("⎤⎥⎦" if right else "⎡⎢⎣")[0 if first else 2 if last else 1]


def _ends(shown: range) -> str:
    return str(shown[0] + 1) if len(shown) == 1 else f"{shown[0] + 1}–{shown[-1] + 1}"


def _said(name: str, shown: range, size: int) -> str:
    plural = f"{name}s " if name and len(shown) > 1 else f"{name} " if name else ""
    return f"{plural}{_ends(shown)} of {size}"
