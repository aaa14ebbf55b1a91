"""The door's pictures: the name in large letters and one sketch a card. Pure Python, so that it opens without NumPy."""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.style import Style
from rich.text import Text

from ..drawing.theme import LEVELS, RAMPS, Ink, Palette

GLYPHS = {
    "d": ("   #", "   #", " ###", "#  #", "#  #", " ###"),
    "n": ("    ", "    ", "### ", "#  #", "#  #", "#  #"),
    "-": ("  ", "  ", "  ", "##", "  ", "  "),
    "t": (" # ", " # ", "###", " # ", " # ", " ##"),
    "u": ("    ", "    ", "#  #", "#  #", "#  #", " ###"),
    "i": ("#", " ", "#", "#", "#", "#"),
}
#: A three of the digits data, its grey levels from 0 to 16.
DIGIT = (
    (0, 2, 11, 16, 15, 2, 0, 0), (0, 12, 15, 12, 16, 4, 0, 0), (0, 3, 3, 6, 16, 2, 0, 0), (0, 0, 2, 15, 12, 0, 0, 0),
    (0, 0, 3, 16, 16, 12, 1, 0), (0, 0, 0, 1, 6, 15, 10, 0), (0, 0, 6, 12, 8, 14, 11, 0), (0, 1, 16, 16, 16, 11, 3, 0),
)  # fmt: skip
LIT = ("·", "░", "▒", "▓", "█")  # a pixel where there is no colour


class Cell(NamedTuple):
    """A character, its ink, and the ink behind it."""

    sign: str = " "
    ink: int = Ink.TEXT
    behind: int = Ink.NONE


Cells = list[list[Cell]]


def text_of(cells: Cells, palette: Palette) -> Text:
    """The cells as Rich's text."""
    text = Text(end="", no_wrap=True)
    for k, row in enumerate(cells):
        if k:
            text.append("\n")
        for cell in row:
            style = palette.style(cell.ink, cell.behind) if cell.behind else in_ink(palette, cell.ink)
            text.append(cell.sign, style)
    return text


def in_ink(palette: Palette, ink: int) -> Style:
    """The style of an ink on whatever is behind it, such as the light of a focus."""
    style = palette.style(ink)
    return Style(color=style.color, bold=style.bold, dim=style.dim, reverse=style.reverse)


def name() -> Cells:
    """The program's name, three rows high, in the two colours of a weight."""
    blocks = {(" ", " "): " ", ("#", " "): "▀", (" ", "#"): "▄", ("#", "#"): "█"}
    last = RAMPS[Ink.POSITIVE][0] - 1
    rows: Cells = [[], [], []]
    for word, ink in (("dnn", Ink.POSITIVE + last), ("-", Ink.FAINT), ("tui", Ink.NEGATIVE + last)):
        for letter in word:
            glyph = GLYPHS[letter]
            for y, row in enumerate(rows):
                pairs = zip(glyph[2 * y], glyph[2 * y + 1], strict=True)
                row += [*(Cell(blocks[pair], ink) for pair in pairs), Cell()]
    return rows


def learn(width: int, height: int, palette: Palette) -> Cells:
    """The four lines that every lesson is made of."""
    lines = ("a = W x + b", "h = g(a)", "∂L/∂W = δ hᵀ", "W ← W − η ∂L/∂W")
    inks = (Ink.POSITIVE + 5, Ink.ACTIVE + 5, Ink.NEGATIVE + 5, Ink.TRAIN)
    if width < len(lines[3]):
        lines = (*lines[:3], "W ← W − η∂L/∂W")
    gap = 2 if height >= 7 else 1
    shown: Cells = []
    for line, ink in zip(lines, inks, strict=True):
        shown += [[Cell(sign, ink) for sign in line.center(width)[:width]], *[_blank(width)] * (gap - 1)]
    return _middle(shown[: len(lines) * gap - gap + 1], width, height)


def play(width: int, height: int, palette: Palette) -> Cells:
    """A surface that has learned two moons: which side of a wave a pixel lies on, and how surely."""

    def level(x: float, y: float) -> int:
        answer = math.tanh(2.4 * (y - 0.55 * math.sin(2.6 * x)))
        return round((answer + 1) / 2 * (LEVELS - 1))

    def at(k: int, row: int) -> int:
        return level(4 * (k + 0.5) / width - 2, 2 * (row + 0.5) / (2 * height) * 1.4 - 1.4)

    if palette.mono:
        return [[Cell("●" if at(k, 2 * y) > LEVELS // 2 else "·") for k in range(width)] for y in range(height)]
    return [
        [Cell("▀", Ink.PLANE + at(k, 2 * y), Ink.PLANE + at(k, 2 * y + 1)) for k in range(width)] for y in range(height)
    ]


def train(width: int, height: int, palette: Palette) -> Cells:
    """A digit, and what it is taken for."""
    times = 2 if height >= 8 and width >= 21 else 1
    pixels = [[grey for grey in row for _ in range(times)] for row in DIGIT for _ in range(times)]
    shown: Cells = []
    for above, below in zip(pixels[::2], pixels[1::2], strict=True):
        if palette.mono:
            shown.append([Cell(LIT[min(4, (a + b) // 7)]) for a, b in zip(above, below, strict=True)])
        else:
            shown.append([Cell("▀", _grey(a), _grey(b)) for a, b in zip(above, below, strict=True)])
    middle = len(shown) // 2
    for y, row in enumerate(shown):
        says = " → 3" if y == middle else "    "
        row += [Cell(sign, Ink.GOOD) for sign in says]
    return _middle(shown, width, height)


def runs(width: int, height: int, palette: Palette) -> Cells:
    """Loss on the training rows, which falls, and on the validation rows, which turns."""
    kinds: tuple[tuple[Callable[[float], float], int], ...] = (
        (lambda t: 0.14 + 0.8 * math.exp(-4.2 * t) + 0.3 * t * t, Ink.VALIDATION),
        (lambda t: 0.05 + 0.9 * math.exp(-3.6 * t), Ink.TRAIN),
    )
    dots: list[tuple[int, int, int]] = []
    for loss, ink in kinds:
        last = None
        for x in range(2 * width):
            y = round((1 - min(1.0, loss(x / (2 * width)))) * (4 * height - 1))
            low, high = min(y, y if last is None else last), max(y, y if last is None else last)
            dots += [(x, there, ink) for there in range(low, high + 1)]
            last = y
    return braille(dots, width, height)


def braille(dots: Iterable[tuple[int, int, int]], width: int, height: int) -> Cells:
    """Dots (x, y, ink), counted from the top left, two by four a cell; the last ink in a cell is its own."""
    bits = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # by column and row in the cell
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for x, y, ink in dots:
        place = (x // 2, y // 4)
        cells[place] = (cells.get(place, (0, 0))[0] | bits[x % 2][y % 4], ink)
    drawn = {place: Cell(chr(0x2800 + mask), ink) for place, (mask, ink) in cells.items()}
    return [[drawn.get((x, y), Cell()) for x in range(width)] for y in range(height)]


def _grey(value: int) -> int:
    return Ink.GREY + round(value / 16 * (LEVELS - 1))


def _blank(width: int) -> list[Cell]:
    return [Cell()] * width


def _middle(rows: Iterable[list[Cell]], width: int, height: int) -> Cells:
    """The rows in the middle of a picture of that size."""
    kept = list(rows)[:height]
    padded = []
    for row in kept:
        left = max(0, width - len(row)) // 2
        padded.append((_blank(left) + row + _blank(width))[:width])
    above = (height - len(padded)) // 2
    return [*[_blank(width)] * above, *padded, *[_blank(width)] * (height - above - len(padded))]
