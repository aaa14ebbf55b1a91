"""`Grid`: a rectangle of cells (a character, its ink, the ink behind it), and how it becomes Textual strips."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from .theme import Ink, Palette
from .visible import visible

CONTINUED = 0  # the second cell of a character that is two cells wide


class Grid:
    """Cells, shape (height, width): `chars` code points, `fg` and `bg` inks."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(0, width), max(0, height)
        shape = (self.height, self.width)
        self.chars = np.full(shape, ord(" "), np.uint32)
        self.fg = np.full(shape, Ink.TEXT, np.uint16)
        self.bg = np.zeros(shape, np.uint16)

    def put(self, x: int, y: int, text: str, ink: int = Ink.TEXT, behind: int | None = None) -> int:
        """Write text at column x of row y, cut off at the edges; returns the column after it.

        Control characters are written as visible signs: this is where text from outside comes onto the screen.
        """
        text = visible(text)
        if not 0 <= y < self.height:
            return x + cell_len(text)
        if len(text) > 2 and (text.isascii() or all(_cells(character) == 1 for character in text)):  # at once
            left, right = max(0, x), min(self.width, x + len(text))
            if right > left:
                self.chars[y, left:right] = np.frombuffer(text[left - x : right - x].encode("utf-32-le"), "<u4")
                self.fg[y, left:right] = ink
                if behind is not None:
                    self.bg[y, left:right] = behind
            return x + len(text)
        for character in text:
            size = _cells(character)
            if size == 0:  # combining marks have no cell of their own
                continue
            if x >= 0 and x + size <= self.width:
                self.chars[y, x] = ord(character)
                self.fg[y, x : x + size] = ink
                if behind is not None:
                    self.bg[y, x : x + size] = behind
                if size == 2:
                    self.chars[y, x + 1] = CONTINUED
            x += size
        return x

    def put_right(self, right: int, y: int, text: str, ink: int = Ink.TEXT, behind: int | None = None) -> None:
        """Write text so that it ends before column `right`."""
        text = visible(text)
        self.put(right - cell_len(text), y, text, ink, behind)

    def put_centre(self, left: int, right: int, y: int, text: str, ink: int = Ink.TEXT) -> None:
        """Write text in the middle of columns [left, right), cut to fit."""
        text = fit(text, right - left)
        self.put(left + (right - left - cell_len(text)) // 2, y, text, ink)

    def scatter(
        self, x: np.ndarray, y: np.ndarray, codes: np.ndarray, inks: np.ndarray, behind: np.ndarray | None = None
    ) -> None:
        """Put one character a place, all inside the grid and one cell wide; where several meet the last one stays."""
        self.chars[y, x], self.fg[y, x] = codes, inks
        if behind is not None:
            self.bg[y, x] = behind

    def paste(self, other: "Grid", x: int, y: int) -> None:
        """Copy another grid's cells in at (x, y), cut off at the edges."""
        left, top = max(0, -x), max(0, -y)
        right, bottom = min(other.width, self.width - x), min(other.height, self.height - y)
        if right <= left or bottom <= top:
            return
        there = np.s_[y + top : y + bottom, x + left : x + right]
        for mine, its in ((self.chars, other.chars), (self.fg, other.fg), (self.bg, other.bg)):
            mine[there] = its[top:bottom, left:right]

    def rows_unlike(self, other: "Grid | None") -> np.ndarray:
        """Indices of the rows that differ from another grid's (all rows if the shapes differ)."""
        if other is None or other.chars.shape != self.chars.shape:
            return np.arange(self.height)
        unlike = (self.chars != other.chars) | (self.fg != other.fg) | (self.bg != other.bg)
        return np.flatnonzero(unlike.any(axis=1))

    def strip(self, y: int, palette: Palette) -> Strip:
        """Row y as a strip, one segment a run of equal style."""
        return self.strips([y], palette)[0]

    def strips(self, rows: Sequence[int], palette: Palette) -> list[Strip]:
        """Some rows as strips: all at once, since what NumPy costs is the call."""
        if not self.width or not len(rows):
            return [Strip([], 0) for _ in rows]
        chars, fg, bg = self.chars[rows], self.fg[rows], self.bg[rows]
        # the ink of a blank is not seen: give it its left neighbour's, so that it starts no new run
        blank = chars == ord(" ")
        seen = np.maximum.accumulate(np.where(blank, -1, np.arange(self.width)), axis=1)
        fg = np.where(blank & (seen >= 0), np.take_along_axis(fg, seen, axis=1), fg)
        fresh = np.ones(chars.shape, bool)  # whether a run begins at a cell
        fresh[:, 1:] = (fg[:, 1:] != fg[:, :-1]) | (bg[:, 1:] != bg[:, :-1])
        inks, behind = fg[fresh].tolist(), bg[fresh].tolist()
        begins, runs = np.nonzero(fresh)[1].tolist(), np.count_nonzero(fresh, axis=1).tolist()
        text = chars.astype("<u4").tobytes().decode("utf-32-le")
        strips, k = [], 0
        for row, count in enumerate(runs):
            line, segments = text[row * self.width : (row + 1) * self.width], []
            for run, end in zip(range(k, k + count), [*begins[k + 1 : k + count], self.width], strict=True):
                style = palette.style(inks[run], behind[run])
                segments.append(Segment(line[begins[run] : end].replace("\0", ""), style))  # \0: CONTINUED
            strips.append(Strip(segments, self.width))
            k += count
        return strips

    def lines(self) -> list[str]:
        """The characters of each row: what a test, or a screen reader, sees."""
        return ["".join(map(chr, filter(None, row.tolist()))) for row in self.chars]

    def __str__(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines())


def fit(text: str, width: int) -> str:
    """Text cut to `width` cells, with … where something is missing; its control characters visible."""
    text = visible(text)
    if cell_len(text) <= width:
        return text
    if width < 1:
        return ""
    while cell_len(text) > width - 1:
        text = text[:-1]
    return text + "…"


@lru_cache(4096)
def _cells(character: str) -> int:
    return cell_len(character)
