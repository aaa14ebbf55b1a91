"""Where panels go while a person plays: the controls in a column, beside it the network above surface and curves."""

from .layout import Rectangle, above_the_keys

LEFT, RIGHT = ("surface", "confusion", "samples", "layers"), ("curves", "log")  # below the network, by preference


def arrange_play(width: int, height: int, names: list[str], main: str, full: str = "") -> dict[str, Rectangle]:
    """Rectangles for the panels `names` that are seen, and for "status", "tabs" and "keys"; `main` is always seen."""
    return above_the_keys(width, height, names, full, lambda room: _rooms(width, room, names, main))


def _rooms(width: int, room: int, names: list[str], main: str) -> dict[str, Rectangle]:
    """Status, tabs, controls and panels in `room` rows."""
    left, right = (next((name for name in wanted if name in names), "") for wanted in (LEFT, RIGHT))
    shown = [name for name in ("controls", "topology", left, right) if name in names]
    if width < 60 or room < 14:  # room for one, and for the controls beside it where it is wide enough
        return _narrow(width, room, main)
    if main not in shown and main in names:
        place = (right or left) and shown.index(right or left)
        shown[place or -1] = main
        left, right = (main if name == (right or left) else name for name in (left, right))
    status = 5 if room >= 48 else 3 if room >= 26 else 2
    tabs = 1 if len(shown) < len(names) and room >= 26 else 0
    places = {"status": Rectangle(0, 0, width, status)}
    if tabs:
        places["tabs"] = Rectangle(0, status, width, 1)
    top = status + tabs
    tall = room - top
    column = 26 if width < 100 else 32 if width < 160 else 38
    if "controls" not in names:
        column = 0
    else:
        places["controls"] = Rectangle(0, top, column, tall)
    rest = width - column
    below = [name for name in (left, right) if name]
    upper = tall if not below else tall - max(9, round(tall * (0.42 if tall < 30 else 0.4)))
    if "topology" in names:
        places["topology"] = Rectangle(column, top, rest, upper)
    else:
        upper = 0
    x = column
    for k, name in enumerate(below):
        wide = round(rest * 0.46) if len(below) == 2 and k == 0 else width - x
        places[name] = Rectangle(x, top + upper, wide, tall - upper)
        x += wide
    return places


def _narrow(width: int, room: int, main: str) -> dict[str, Rectangle]:
    """The panel asked for last, below a line of status."""
    if room < 4:
        return {main: Rectangle(0, 0, width, room)}
    return {"status": Rectangle(0, 0, width, 1), main: Rectangle(0, 1, width, room - 1)}
