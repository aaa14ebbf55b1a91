"""Where panels go: integers in, rectangles out. Any size gives a layout, down to a few cells."""

import itertools
from collections.abc import Callable
from typing import NamedTuple

STACK = 12  # rows below which a panel is not worth having in a stack


class Rectangle(NamedTuple):
    x: int
    y: int
    width: int
    height: int


def arrange(width: int, height: int, names: list[str], main: str, full: str = "") -> dict[str, Rectangle]:
    """Rectangles for the panels `names` (in order of importance) that are seen, and for "status", "tabs", "keys".

    main: the panel asked for last; it is always seen. full: the one panel to show alone. "tabs" is there only if
    some panels are hidden.
    """
    return above_the_keys(width, height, names, full, lambda room: _beside(width, room, names, main))


def above_the_keys(
    width: int, height: int, names: list[str], full: str, rest: Callable[[int], dict[str, Rectangle]]
) -> dict[str, Rectangle]:
    """The bar of keys at the bottom, where there is room for it, and above it one panel alone, or the `rest`.

    rest: what goes into so many rows.
    """
    if width < 1 or height < 1:
        return {}
    places = {"keys": Rectangle(0, height - 1, width, 1)} if height > 3 else {}
    room = height - len(places)
    return places | ({full: Rectangle(0, 0, width, room)} if full in names else rest(room))


def _beside(width: int, room: int, names: list[str], main: str) -> dict[str, Rectangle]:
    return _whole(width, room, names, main) if width >= 100 and room >= 29 else _few(width, room, names, main)


def hidden(places: dict[str, Rectangle], names: list[str]) -> list[str]:
    """The panels that have no place."""
    return [name for name in names if name not in places]


def _few(width: int, height: int, names: list[str], main: str) -> dict[str, Rectangle]:
    """A small terminal: status, tabs, and one to three panels."""
    status = 3 if height >= 16 and width >= 40 else 2 if height >= 8 else 1
    if height < 4:
        return {main: Rectangle(0, 0, width, height)} if main in names else {}
    if "runs" in names:  # runs that are compared: their curves and figures first
        names = ["curves", "runs", *(name for name in names if name not in ("curves", "runs"))]
    columns = max(1, min(3, width // 38))
    rows = max(1, min(3, (height - status) // (STACK + 4)))
    seen = [main] + [name for name in names if name != main]
    seen = seen[: columns * rows]
    tabs = 1 if len(seen) < len(names) and height >= 8 else 0
    # the order of importance, not of asking, so that panels do not jump about
    seen = [name for name in names if name in seen]
    places = {"status": Rectangle(0, 0, width, status)}
    if tabs:
        places["tabs"] = Rectangle(0, status, width, 1)
    top = status + tabs
    lines = [seen[k : k + columns] for k in range(0, len(seen), columns)]
    for (y, h), line in zip(_split(top, height - top, [1] * len(lines)), lines, strict=True):
        shares = [6, 4, 4] if line[0] in ("topology", "surface", "fit", "curves") and len(line) > 1 else [1, 1, 1]
        for (x, w), name in zip(_split(0, width, shares[: len(line)]), line, strict=True):
            places[name] = Rectangle(x, y, w, h)
    return places


def _whole(width: int, height: int, names: list[str], main: str) -> dict[str, Rectangle]:
    """A terminal with room: two panels above, three columns below, the last one split."""
    order = ("curves", "runs") if "runs" in names else ("topology", "surface", "fit", "curves")
    upper: list[str] = [name for name in order if name in names][:2]
    lower: list[str] = [
        name for name in ("topology", "curves", "confusion", "samples") if name in names and name not in upper
    ]
    if "runs" in names:
        lower = lower[:2]
    if "surface" in names:
        lower = [name for name in lower if name != "samples"]
    side: list[str] = [name for name in ("layers", "log") if name in names]
    shown = upper + lower + side
    if main in names and main not in shown:  # asked for, but it has no place of its own: it takes the log's
        side[-1] = main
        shown = upper + lower + side
    tabs = 1 if len(shown) < len(names) else 0
    places = {"status": Rectangle(0, 0, width, 5)}
    if tabs:
        places["tabs"] = Rectangle(0, 5, width, 1)
    top = 5 + tabs
    # ten classes, a head, a sentence and the border: 15 rows; the network gets what is left over
    below = max(14, min(round((height - top) * 0.44), 24))
    for (x, w), name in zip(_split(0, width, [54, 46] if "surface" in upper else [58, 42]), upper, strict=True):
        places[name] = Rectangle(x, top, w, height - top - below)
    columns = [*lower, "side"] if side else lower
    y = height - below
    shares = {"confusion": 40, "samples": 28, "side": 32, "curves": 40, "topology": 45}
    if "surface" in names:
        shares |= {"curves": 36, "confusion": 30, "side": 34}  # two or three classes need little
    if len(columns) == 2:
        shares |= {"confusion": 45, "curves": 50, "side": 50}
    for (x, w), name in zip(_split(0, width, [shares[c] for c in columns]), columns, strict=True):
        if name != "side":
            places[name] = Rectangle(x, y, w, below)
            continue
        table = 7 if below < 20 else 10
        heights = [table, below - table] if len(side) == 2 else [1]
        for (sy, sh), panel in zip(_split(y, below, heights), side, strict=True):
            places[panel] = Rectangle(x, sy, w, sh)
    return places


def _split(start: int, length: int, shares: list[int]) -> list[tuple[int, int]]:
    """Cut a length into (start, length) parts in proportion to the shares, without gaps."""
    total, edges, so_far = sum(shares), [start], 0
    for share in shares:
        so_far += share
        edges.append(start + round(length * so_far / total))
    return [(a, b - a) for a, b in itertools.pairwise(edges)]
