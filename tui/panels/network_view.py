"""What the network panel shows, and where its columns and nodes go: arithmetic only."""

import re
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len

from dnn_tui.mlp.events import LayerView, Sample, Tiles

from ..drawing.grid import fit

VALUE = 8  # cells of an input's value, and one between: −0.0082
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class TopologyView:
    """All that the network panel draws."""

    layers: tuple[LayerView, ...]
    activations: tuple[str, ...]
    norms: tuple[float, ...]
    sample: Sample
    task: str
    classes: tuple[str, ...]
    targets: tuple[str, ...]
    image_shape: tuple[int, ...] | None
    unit: str = ""
    inputs: tuple[str, ...] = ()  # names of the inputs, where they have any
    derived: bool = False  # whether these are formulas of two coordinates
    tiles: Tiles | None = None
    tiled: bool = False  # whether there is room, and reason, for tiles
    looked_at: tuple[int, int] | None = None  # layer and number of a unit
    edge: int | None = None  # which of the weights into it: the number of a unit of the layer before
    actions: tuple[str, ...] = ()  # what can be done to it from here
    frozen: bool = False  # whether the weights into its layer stay as they are


@dataclass(frozen=True)
class Plan:
    """Where things go, in cells: the columns of the layers, the rows of nodes, the picture, the answers."""

    columns: tuple[int, ...]
    top: int
    rows: int
    picture: tuple[int, int]  # width, height in cells; (0, 0): none
    inputs: int  # cells for the inputs' values, left of the first column
    answers: int  # cells for the outputs' names, right of the last column
    captions: int
    legend: bool


def plan(view: TopologyView, width: int, height: int) -> Plan:
    """Divide the panel. Decoration goes first where room is scarce: the nodes and edges stay."""
    header = 1 if height >= 5 else 0
    legend = height >= 14 and width >= 40
    captions = 2 if height >= 16 else 1 if height >= 8 else 0
    rows = max(1, height - header - captions - legend)
    image, inputs = (0, 0), 0
    if view.image_shape:
        image = _picture_size(view.image_shape, width, rows)
    elif width >= 44:
        inputs = max(map(cell_len, input_names(view, width // (5 if width >= 60 else 7)))) + VALUE
    longest = min(12, max((len(name) for name in view.classes), default=9 + len(view.unit)))
    answers = longest + 2  # a name and a mark; then a percentage; then a bar
    if width >= 36 and view.classes:
        answers += 5
    if width >= 60 and view.task == "classes":
        answers += 7 if width < 100 else 12
    answers = min(answers, width // 3)
    left = (image[0] + 2 if image[0] else 0) + inputs + 1
    right = max(left + 1, width - answers - 2)
    layers = len(view.layers)
    columns = tuple(round(left + (right - left) * k / max(1, layers - 1)) for k in range(layers))
    return Plan(columns, header, rows, image, inputs, answers, captions, legend)


def _picture_size(shape: tuple[int, ...], width: int, rows: int) -> tuple[int, int]:
    """The largest picture of an image (height, width in pixels) that leaves the network most of the room."""
    pixels_high, pixels_wide = shape[:2]
    for scale in (2, 1, 0.5):
        w, h = round(pixels_wide * scale), round(pixels_high * scale / 2)
        if w <= width * 0.32 and h <= rows and w <= 30:
            return w, h
    return 0, 0


def input_names(view: TopologyView, room: int) -> list[str]:
    """The inputs' names cut to `room` cells; x₁, x₂ … where they have none, or would look alike."""
    units = view.layers[0].units
    plain = [f"x{unit + 1}".translate(SUBSCRIPTS) for unit in units]
    if max(units) >= len(view.inputs):
        return plain
    names = [fit(view.inputs[unit], room) for unit in units]
    if len(set(names)) < len(names):
        return plain
    return [
        pretty_input(view.inputs[unit]) if view.derived else mark if view.inputs[unit] == f"x{unit + 1}" else name
        for unit, mark, name in zip(units, plain, names, strict=True)
    ]


def pretty_input(formula: str) -> str:
    """An input's formula as it is written by hand: x1^2 as x₁², x1*x2 as x₁x₂, sin(x1) as sin x₁."""
    text = re.sub(r"\bx(\d)", lambda found: "x" + found[1].translate(SUBSCRIPTS), formula)
    text = re.sub(r"(?:\^|\*\*)(\d+)", lambda found: found[1].translate(POWERS), text)
    text = re.sub(r"\b(sin|cos|tanh|abs|sqrt|exp|log)\((x[₁₂])\)", r"\1 \2", text)
    return re.sub(r"(?<=[₁₂⁰-⁹²³])\*(?=x)", "", text)


def node_rows(count: int, top: int, rows: int) -> list[int]:
    """Rows of `count` nodes in the middle of `rows` from `top`, equally far apart, at most 3."""
    spacing = max(1, min(3, rows // max(1, count)))
    first = top + max(0, rows - (spacing * (count - 1) + 1)) // 2
    return [first + spacing * k for k in range(count)]


def chosen(size: int, most: int, wanted: tuple[int, ...] = ()) -> np.ndarray:
    """Positions of at most `most` of `size` nodes, evenly spread; the `wanted` ones among them if there is room."""
    if size <= most:
        return np.arange(size)
    picks = set(np.linspace(0, size - 1, max(1, most)).round().astype(int).tolist())
    wanted = wanted[:most]
    for position in wanted:
        if position not in picks:
            picks.remove(min(picks.difference(wanted), key=lambda k: abs(k - position)))
            picks.add(position)
    return np.array(sorted(picks))


def answered(view: TopologyView) -> tuple[int, ...]:
    """Positions of the outputs that must be seen: what was said, and what would be right."""
    if view.task != "classes":
        return ()
    units = view.layers[-1].units
    both = dict.fromkeys((int(view.sample.predicted), int(view.sample.label)))
    return tuple(units.index(unit) for unit in both if unit in units)
