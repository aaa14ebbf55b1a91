"""Numbers large enough for the last row of a lecture hall, drawn from blocks. Pure functions."""

from .grid import Grid
from .theme import Ink

HEIGHT = 5  # pixels of a sign; its width is its own
LARGEST = 3  # times that a pixel is enlarged at most: more would leave room for nothing else
SIGNS = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    ".": ". . . . #",
    "−": "... ... ### ... ...",
    "e": "... ### #.# ##. ###",
    "n": "... ##. #.# #.# #.#",
    "a": "... .## #.# #.# .##",
    "∞": "..... .#.#. #.#.# .#.#. .....",
    "?": "### ..# .## ... .#.",
}


def scale_of(text: str, width: int, height: int) -> int:
    """How many times its pixels can be enlarged so that the number fits; 0 where it fits not even once."""
    if not text or any(sign not in SIGNS for sign in text):
        return 0
    cells = sum(2 * _width(sign) + 2 for sign in text) - 2
    return max(0, min(LARGEST, height // HEIGHT, width // cells))


def large(text: str, scale: int, ink: int = Ink.TITLE) -> Grid:
    """A number in blocks, `HEIGHT · scale` rows high: a pixel is two cells wide and one high, times scale."""
    cells = (sum(2 * _width(sign) + 2 for sign in text) - 2) * scale
    grid, x = Grid(cells, HEIGHT * scale), 0
    for sign in text:
        for y, row in enumerate(SIGNS[sign].split()):
            for k, pixel in enumerate(row):
                for line in range(scale) if pixel == "#" else ():
                    grid.put(x + 2 * scale * k, y * scale + line, "█" * 2 * scale, ink)
        x += (2 * _width(sign) + 2) * scale
    return grid


def _width(sign: str) -> int:
    return len(SIGNS[sign].split()[0])
