"""Parts that a drawing of the network is made of: edges, answers, the sentence about the row that passes through."""

from collections.abc import Sequence

import numpy as np

from ..drawing.canvas import Dots, bar, segments
from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure, percent
from ..drawing.theme import Ink
from .network_view import TopologyView
from .unit_words import signed_weight

EDGE_LEVELS = (1, 3, 5)  # weak, middling, strong: of the ramps' levels only three, which keeps a repaint small
ROOM_OF_AN_EDGE = 7  # cells between two columns that an edge needs to be told from the others


def draw_edges(
    dots: Dots,
    weights: np.ndarray,
    x0: int,
    x1: int,
    from_rows: Sequence[float],
    to_rows: Sequence[float],
    only: int | None = None,
) -> None:
    """Lines between two columns of nodes. Blue and unbroken: positive; orange and dashed: negative.

    The larger |W|, the brighter and denser, and the later drawn, so that it lies on top. Where there is no room
    to keep all apart, each unit gets its strongest incoming weights only.
    only: the one unit whose edges are lit (-1: none of them).
    """
    if x1 - x0 < 2 or not weights.size:
        return
    size = np.abs(np.nan_to_num(weights))
    share = size / (size.max() or 1.0)
    room = round((x1 - x0) * (max(*from_rows, *to_rows) - min(*from_rows, *to_rows) + 1))
    each = max(2, room // ROOM_OF_AN_EDGE // len(weights))
    if each < weights.shape[1]:
        weakest_kept = np.sort(share, axis=1)[:, -each, None]
        to, source = np.nonzero(share >= weakest_kept)
    else:
        to, source = np.indices(weights.shape).reshape(2, -1)
    if only is not None and only >= 0:  # all of its edges, over what is faint of the others
        others = to != only
        own = np.arange(weights.shape[1])
        to, source = np.append(to[others], np.full(len(own), only)), np.append(source[others], own)
    order = np.lexsort((share[to, source], to == only if only is not None else np.zeros(len(to))))
    to, source = to[order], source[order]
    negative = weights[to, source] < 0
    level = np.digitize(share[to, source], (1 / 3, 2 / 3))
    level = np.array(EDGE_LEVELS)[level]
    ink = np.where(negative, Ink.NEGATIVE, Ink.POSITIVE) + level
    if only is not None:
        ink = np.where(to == only, ink, Ink.FAINT)
        level = np.where(to == only, EDGE_LEVELS[-1], EDGE_LEVELS[0])
    begin, end = np.array(from_rows)[source] * 4 + 1.5, np.array(to_rows)[to] * 4 + 1.5
    xs, ys = segments(np.full(len(order), 2 * x0 + 2), begin, np.full(len(order), 2 * x1 - 1), end)
    along = np.arange(xs.shape[1])
    every = np.where(level == EDGE_LEVELS[0], 2, 1)
    keep = (along[None, :] % every[:, None] == 0) & (~negative[:, None] | (along[None, :] % 6 < 4))
    dots.plot_lines(xs[keep], ys[keep], np.nonzero(keep)[0], ink)


def put_weights(
    grid: Grid,
    view: TopologyView,
    layer: int,
    unit: int,
    below: np.ndarray,
    ends: Sequence[tuple[int, int]],
    room: int,
) -> None:
    """The weights into a unit (by its place in its layer's view) as numbers, beside the units they come from."""
    weights = view.layers[layer].W[unit]
    for k, (x, y) in zip(below, ends, strict=True):
        looked_at = view.edge == view.layers[layer - 1].units[k]
        ink = Ink.ACCENT if looked_at else (Ink.NEGATIVE if weights[k] < 0 else Ink.POSITIVE) + 5
        grid.put(x, y, fit(signed_weight(weights[k]), room), ink)


def draw_answers(grid: Grid, view: TopologyView, x: int, pick: np.ndarray, ys: Sequence[int]) -> None:
    """Beside each output: its class, a bar of its probability, and whether that is right."""
    layer, sample = view.layers[-1], view.sample
    room = grid.width - x
    for k, y in zip(pick, ys, strict=True):
        unit = layer.units[k]
        value = sample.output[unit] if unit < len(sample.output) else layer.h[k]
        if view.task == "regression":
            grid.put(x, y, fit(f"{figure(value)} {view.unit}".strip(), room), Ink.TEXT)
            continue
        if view.task == "binary":
            said = int(sample.predicted)
            name = view.classes[said] if said < len(view.classes) else str(said)
            name, chosen_one = fit(name, max(3, room - 2)), True
            value = value if said else 1 - value
        else:
            name = view.classes[unit] if unit < len(view.classes) else str(unit)
            chosen_one, said = unit == int(sample.predicted), unit
        right = int(sample.label) == said
        ink = (Ink.GOOD if right else Ink.BAD) if chosen_one else (Ink.WARN if right else Ink.DIM)
        mark = ("✓" if right else "✗") if chosen_one else ("←" if right else " ")
        longest = max((len(c) for c in view.classes), default=1) if view.task == "classes" else len(name)
        name_room = min(longest, max(1, room - 2))
        at = grid.put(x, y, fit(name, name_room).ljust(name_room), ink)
        if room - (at - x) >= 7:
            wide = room - (at - x) - 8
            if wide >= 3:
                grid.put(at + 1, y, bar(value, wide), ink)
                at += wide + 1
            grid.put_right(at + 5, y, percent(value, 0).replace(" ", ""), ink)
            at += 5
        grid.put(at + 1, y, mark, ink)


def sentence_of(view: TopologyView) -> str:
    """Which row passes through, what is true of it, and what the network says."""
    sample = view.sample
    row = f"row {sample.index}"
    if view.task == "regression":
        return f"{row}: true {figure(sample.label)}, predicted {figure(sample.predicted)} {view.unit}".rstrip()

    def name(k: float) -> str:
        return view.classes[int(k)] if int(k) < len(view.classes) else str(int(k))

    if view.task == "binary":
        chance = sample.output[0] if sample.predicted else 1 - sample.output[0]
    else:
        chance = max(sample.output, default=0.0)
    return f"{row}: true {name(sample.label)}, predicted {name(sample.predicted)} ({percent(chance, 0)})"


def layer_captions(view: TopologyView) -> list[tuple[str, str]]:
    """For each layer its activation with its size, and its size alone."""
    kinds = ["input", *view.activations, *[""] * len(view.layers)]
    return [(f"{kind} {layer.size}".strip(), str(layer.size)) for kind, layer in zip(kinds, view.layers, strict=False)]


def alike(texts: list[tuple[str, str]], rooms: Sequence[int], middles: Sequence[int], width: int) -> list[str]:
    """The longer texts where all of them fit, each into its room and beside the one before; else all the shorter.

    A shorter one that does not fit either is left out. Texts stand in the middle over their columns, inside `width`.
    """
    for k in (0, 1):
        found, free = [], 0
        for text, room, middle in zip(texts, rooms, middles, strict=True):
            left = max(0, min(width - len(text[k]), middle - len(text[k]) // 2))
            fits = len(text[k]) <= room and left >= free
            found.append(text[k] if fits else "")
            free = left + len(text[k]) + 1 if fits else free
        if all(found):
            return found
    return found
