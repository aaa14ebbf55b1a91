"""Where the panels of a search go: the list of trials with one more, and with all of them where there is room."""

from .layout import Rectangle, above_the_keys

LIST = "trials"


def arrange_search(
    width: int, height: int, names: list[str], main: str, other: str, full: str = ""
) -> dict[str, Rectangle]:
    """Rectangles for the panels that are seen, and for "status", "tabs" and "keys"; `main` is always seen.

    other: the panel beside the list while main is the list.
    """
    return above_the_keys(width, height, names, full, lambda room: _rooms(width, room, main, other))


def _rooms(width: int, room: int, main: str, other: str) -> dict[str, Rectangle]:
    """Status, tabs and panels in `room` rows."""
    if room < 4:
        return {main: Rectangle(0, 0, width, room)}
    large, middle = width >= 160 and room >= 47, width >= 100 and room >= 29
    status = 3 if middle else 2 if room >= 11 else 1
    places = {"status": Rectangle(0, 0, width, status)}
    top = status
    if not large and room >= 7:
        places["tabs"] = Rectangle(0, top, width, 1)
        top += 1
    tall = room - top
    if large:
        return places | _rows(width, top, tall, [(LIST, "course", "importance"), ("parallel", "slices", "contour")])
    if middle:
        side = main if main not in (LIST, "course", "parallel") else "slices"
        if other not in (LIST, "course", "parallel") and main in (LIST, "course", "parallel"):
            side = other
        return places | _rows(width, top, tall, [(LIST, "course"), ("parallel", side)])
    beside = main if main != LIST else other
    if tall < 17:
        return places | {main: Rectangle(0, top, width, tall)}
    above = max(7, round(tall * 0.4)) if main != LIST else round(tall * 0.5)
    return places | {LIST: Rectangle(0, top, width, above), beside: Rectangle(0, top + above, width, tall - above)}


def _rows(width: int, top: int, tall: int, rows: list[tuple[str, ...]]) -> dict[str, Rectangle]:
    """Two rows, the first panel of each the widest."""
    places, upper = {}, round(tall * 0.47)
    for k, names in enumerate(rows):
        y, high = (top, upper) if k == 0 else (top + upper, tall - upper)
        first = round(width * (0.58 if len(names) == 2 else 0.46))
        x = 0
        for n, name in enumerate(names):
            right = width if n == len(names) - 1 else first if n == 0 else first + (width - first) // 2
            places[name] = Rectangle(x, y, right - x, high)
            x = right
    return places
