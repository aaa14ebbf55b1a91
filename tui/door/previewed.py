"""A preview as text: what is wrong first, then what the data is, some of its rows, and what is done to them."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from ..drawing.theme import GROUPS, Ink, Palette
from .pictures import braille, in_ink, text_of
from .preview import Preview

WIDEST, NAME = 14, 9  # cells of a column, and of its name where what stands below is shorter
ROWS = 6  # of a table, where there is little room


def previewed(preview: Preview, width: int, height: int, palette: Palette) -> Text:
    """The preview in lines of `width` cells; a height that there is room for, which a picture takes its own from."""
    text = Text()
    if preview.problem:
        text.append(f"✗ {preview.problem}\n\n", in_ink(palette, Ink.BAD))
    if preview.facts:
        text.append(f"{preview.facts}\n", in_ink(palette, Ink.TEXT))
    if preview.network:
        text.append(f"Network {preview.network}.\n", in_ink(palette, Ink.TEXT))
    if preview.pictures:
        text.append("\n").append(_pictures(preview, width, palette))
    elif preview.points:
        text.append("\n").append(_points(preview, width, max(5, min(height - 8, width // 3)), palette))
    elif preview.rows:
        text.append("\n").append(
            table(preview.header, preview.rows[:ROWS] if height < 24 else preview.rows, width, palette)
        )
    if preview.done:
        text.append("\nWhat is done to it\n", in_ink(palette, Ink.ACCENT))
        for sentence in preview.done:
            text.append("· ", in_ink(palette, Ink.FAINT)).append(f"{sentence}\n", in_ink(palette, Ink.DIM))
    return text


def table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int, palette: Palette) -> Text:
    """Rows under their names, as many columns as fit; the answer, which is last, always."""
    columns = list(zip(header, *rows, strict=True))
    sizes = [min(WIDEST, max(min(NAME, cell_len(name)), *map(cell_len, cells))) for name, *cells in columns]
    room, shown = width - sizes[-1], []
    for k, size in enumerate(sizes[:-1]):
        if (room := room - size - 2) < 0:
            break
        shown.append(k)
    left_out = len(columns) - 1 - len(shown)
    shown.append(len(columns) - 1)
    text = Text()
    for y, cells in enumerate((header, *rows)):
        for k in shown:
            ink = Ink.ACCENT if not y else Ink.TITLE if k == shown[-1] else Ink.TEXT
            text.append(_right(cells[k], sizes[k]) + "  " * (k != shown[-1]), in_ink(palette, ink))
        text.append("\n")
    if left_out:
        text.append(f"and {left_out} column{'s' if left_out > 1 else ''} more\n", in_ink(palette, Ink.DIM))
    return text


def _right(text: str, size: int) -> str:
    """Cut, or filled up on the left."""
    if cell_len(text) > size:
        return set_cell_size(text, size - 1) + "…"
    return " " * (size - cell_len(text)) + text


def _pictures(preview: Preview, width: int, palette: Palette) -> Text:
    """A picture of each class, side by side as far as they go."""
    import math

    from ..printed.data_pictures import half_blocks, shades

    blocks: list[list[Text]] = []
    for name, picture in preview.pictures:
        every = math.ceil(max(picture.shape[:2]) / 16)
        small = picture[::every, ::every]
        lines = shades(small) if palette.mono else half_blocks(small)
        wide = max(small.shape[1], min(10, cell_len(name)))
        caption = Text(set_cell_size(name, wide), in_ink(palette, Ink.DIM))
        for line in lines:
            line.pad_right(wide - line.cell_len)
        blocks.append([*lines, caption])
    wide = max(line.cell_len for lines in blocks for line in lines)
    a_row = max(1, (width + 1) // (wide + 1))
    text = Text()
    for begin in range(0, len(blocks), a_row):
        for side_by_side in zip(*blocks[begin : begin + a_row], strict=True):
            text.append(Text(" ").join(side_by_side)).append("\n")
    return text


def _points(preview: Preview, width: int, height: int, palette: Palette) -> Text:
    """Where the rows lie in the plane, one colour a class."""
    across = min(width, 2 * height)
    (left, right), (low, high) = (
        (min(ends), max(ends)) for ends in zip(*(point[:2] for point in preview.points), strict=True)
    )
    if right == left or high == low:
        return Text()
    dots = [
        (
            round((x - left) / (right - left) * (2 * across - 1)),
            round((high - y) / (high - low) * (4 * height - 1)),
            Ink.GROUP + kind % GROUPS,
        )
        for x, y, kind in preview.points
    ]
    return text_of(braille(dots, across, height), palette).append("\n")
