"""Where a network's layers, names and picture go: integers in, places out. Pure functions."""

from dataclasses import dataclass

from rich.cells import cell_len

from .part import window

AIRY_UNITS = 12  # of a layer whose units do not all fit: more than can be told apart would be a grey block
SHORTEST, LONGEST = 8, 18  # cells of a name beside a unit
NARROWEST = 8  # cells a layer needs at least: six for a number, two for the edges


@dataclass(frozen=True)
class Column:
    """One layer as it is drawn: which units, where (x of its cells' left edge, y of each), and cells a unit."""

    layer: int
    units: range
    x: int
    rows: tuple[int, ...]
    width: int


def columns(
    sizes: tuple[int, ...],
    focus: dict[int, int],
    width: int,
    top: int,
    height: int,
    picture: int = 0,
    layers: range | None = None,
) -> list[Column]:
    """Where the layers' units go: integers in, places out. focus: the unit in focus of a layer.

    picture: cells that the input takes as a picture, in place of a column of units; 0: it has a column.
    layers: those that are drawn (None: all).
    """
    layers = range(len(sizes)) if layers is None else layers
    gaps = max(1, len(layers) - 1)
    picture = picture if 0 in layers else 0
    size = max(3, min(8, (width - picture - 2 * gaps) // max(1, len(layers) - bool(picture))))
    first = picture or size
    free = width - first - size * (len(layers) - 1)
    found = []
    for place, layer in enumerate(layers):
        cut = sizes[layer] > height > 2  # then a row at either end says how many there are besides
        begin, tall = (top + 1, height - 2) if cut else (top, height)
        most = tall if sizes[layer] <= height else min(AIRY_UNITS, tall)
        units = window(sizes[layer], focus.get(layer, 0), max(1, most))
        x = first + (place - 1) * size + free * place // gaps if place else 0
        step = tall / len(units)
        rows = tuple(begin + int((k + 0.5) * step) for k in range(len(units)))
        found.append(Column(layer, units, x, rows, size if place else first))
    return found


def layers_shown(layers: int, step_layer: int, width: int) -> range:
    """Of 0 … layers, those that fit: all, or as many as do, with the step's layer and the one before it inside."""
    most = max(2, (width + 2) // NARROWEST)
    if layers + 1 <= most:
        return range(layers + 1)
    begin = min(max(0, step_layer - most // 2), layers + 1 - most)
    return range(begin, begin + most)


def margins(inputs: tuple[str, ...], outputs: tuple[str, ...], width: int, layers: int) -> tuple[int, int]:
    """Cells left and right of a network of so many layers for the names of its ends; 0 where they would crowd it."""
    spare = width - (NARROWEST + 2) * layers + 2
    found = []
    for names in (outputs, inputs):
        longest = max((cell_len(name) for name in names), default=0)
        size = min(longest, LONGEST, spare - 1)
        size = size if size >= min(longest, SHORTEST) > 0 else 0
        if 0 < longest <= 2 and width >= (NARROWEST - 1) * layers:  # a digit has room everywhere
            size = longest
        found.append(size + bool(size))
        spare -= found[-1]
    return found[1], found[0]


def picture_size(image: tuple[int, ...], layers: int, width: int, height: int) -> tuple[int, int]:
    """(cell rows, cell columns) for the input's picture; (0, 0) where there is no room for one."""
    rows = min((image[0] + 1) // 2, height)
    columns_ = min(image[1], width // 3, max(0, width - 8 * layers))  # 8: a unit of 6 cells and its edges
    rows = min(rows, max(1, round(columns_ * image[0] / image[1] / 2)))
    return (rows, columns_) if rows >= 3 and columns_ >= 6 else (0, 0)
