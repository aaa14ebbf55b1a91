"""The left-hand picture of a descent: the error surface with the walks on it, and the error by update."""

from functools import lru_cache

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.descent import Descent, Ends
from dnn_tui.experiments.explaining.small import DescentSubject
from dnn_tui.mlp.explain import Number, Step

from ..drawing.canvas import SHADES, Dots, half_blocks, polyline, quantise, shaded
from ..drawing.grid import Grid, fit
from ..drawing.theme import LEVELS, Ink
from .look import Look


def draw_descent(subject: DescentSubject, step: Step, look: Look, width: int, height: int, mono: bool) -> Grid:
    """The error surface with the walks on it where there are two parameters, and the error by update below."""
    name, _, update = step.id.rpartition(" ")
    if subject.descent.X.shape[1] == 1 and height >= 14:
        curve = max(5, height // 4) + (len(subject.walks) > 2)  # a row more for their names
        grid = Grid(width, height)
        grid.paste(_surface(subject, name, int(update), width, height - curve, mono), 0, 0)
        grid.paste(_curves(subject, name, int(update), width, curve), 0, height - curve)
        return grid
    return _curves(subject, name, int(update), width, height)


def inks_of(names: tuple[str, ...], name: str) -> dict[str, int]:
    """The colour of each walk: it keeps it whichever is looked at, save the one that is."""
    return {key: int(Ink.ACCENT if key == name else Ink.RUN + k % 8) for k, key in enumerate(names)}


def bounds(path: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """The (w, b) rectangle to draw: the path with room around it; a walk that flies off is cut off."""
    good = path[np.isfinite(path).all(axis=1)]
    reach = np.abs(path[0]) + 1
    good = good[(np.abs(good) <= 20 * reach).all(axis=1)]
    low, high = good.min(axis=0), good.max(axis=0)
    margin = np.maximum(0.35 * (high - low), 0.5)
    return (low[0] - margin[0], high[0] + margin[0]), (low[1] - margin[1], high[1] + margin[1])


def _surface(subject: DescentSubject, name: str, update: int, width: int, height: int, mono: bool) -> Grid:
    grid, descent = Grid(width, height), subject.descent
    plot, paths = height - 2, {walk.name: descent.walk(walk) for walk in subject.walks}
    ends = descent.plane or bounds(paths[name])
    (w0, w1), (b0, b1) = ends
    levels, low, high = _levels(descent, ends, width, 2 * plot)
    picture = shaded(levels) if mono else half_blocks((LEVELS - 1 - levels + Ink.PLANE).astype(np.uint8))
    grid.paste(picture, 0, 1)
    area = Grid(width, plot)
    area.paste(grid, 0, -1)
    _paths(area, paths, name, update, ends)
    grid.paste(area, 0, 1)
    _error_scale(grid, 10.0**low, 10.0**high, mono)
    text = Number(3).text
    tips = f"w {text(w0)}", text(w1)
    grid.put(0, height - 1, tips[0], Ink.FAINT)
    grid.put_right(width, height - 1, tips[1], Ink.FAINT)
    upright = f"↑ b {text(b0)} … {text(b1)}"
    if sum(map(cell_len, tips)) + cell_len(upright) + 4 <= width:
        grid.put_centre(cell_len(tips[0]), width - cell_len(tips[1]), height - 1, upright, Ink.FAINT)
    else:  # at the ends of its own axis, over the picture
        grid.put(0, 1, f"b {text(b1)}", Ink.TEXT, Ink.NONE)
        grid.put(0, plot, f"b {text(b0)}", Ink.TEXT, Ink.NONE)
    return grid


@lru_cache(4)
def _levels(descent: Descent, ends: Ends, width: int, rows: int) -> tuple[np.ndarray, float, float]:
    """log10 of the error on a grid, from the lowest to the highest that a colour stands for, as levels; and these two.

    The same from one step of a walk to the next, so that only the first is waited for.
    """
    (w0, w1), (b0, b1) = ends
    surface = descent.surface(np.linspace(w0, w1, width), np.linspace(b1, b0, rows))
    error = np.log10(np.maximum(surface, 1e-12))
    low, high = (float(end) for end in np.percentile(error, [2, 98]))
    return quantise((error - low) / ((high - low) or 1)), low, high


def _paths(area: Grid, paths: dict[str, np.ndarray], name: str, update: int, ends: Ends) -> None:
    """Every walk up to the same update on the plane that `area` is, the one looked at bright and on top.

    ○ stands where it began and ● where it is; of the others ◆, with their names beside where there is room.
    """
    (w0, w1), (b0, b1) = ends
    inks = inks_of(tuple(paths), name)
    dots, tips = Dots(area.width, area.height), []
    for key, path in sorted(paths.items(), key=lambda item: item[0] == name):
        walked = path[: update + 1]
        walked = walked[np.isfinite(walked).all(axis=1)]
        x = (walked[:, 0] - w0) / (w1 - w0) * (2 * area.width - 1)
        y = (b1 - walked[:, 1]) / (b1 - b0) * (4 * area.height - 1)
        ink = int(Ink.TITLE if len(paths) == 1 else Ink.ACCENT) if key == name else inks[key]
        if len(x) > 1:
            xs, ys = polyline(np.clip(x, -9, 2 * area.width + 9), np.clip(y, -9, 4 * area.height + 9))
            if key != name:  # dotted: told apart without colour too
                xs, ys = xs[::2], ys[::2]
            dots.plot(xs, ys, ink)
        else:
            dots.plot(x, y, ink)
        if len(x):
            tips.append((key, (int(x[0] // 2), int(y[0] // 4)), (int(x[-1] // 2), int(y[-1] // 4)), ink))
    dots.stamp(area)
    taken: set[tuple[int, int]] = set()
    for key, first, last, ink in reversed(tips):
        for sign, (column, row) in (("○", first), ("●" if key == name else "◆", last)):
            # of several walks that begin in one place, or end in one, the sign of the one looked at is seen
            if (key == name or (column, row) not in taken) and 0 <= column < area.width and 0 <= row < area.height:
                if key == name or sign == "◆":
                    area.put(column, row, sign, ink)
                taken.add((column, row))
    for key, _, (column, row), ink in reversed(tips[:-1]):  # the one looked at is the only ●
        size = cell_len(key) + 1
        for begin in (column + 2, column - size):
            cells = {(x, row) for x in range(begin - 1, begin + size)} - {(column, row)}
            if begin >= 0 and begin + size - 1 <= area.width and 0 <= row < area.height and not cells & taken:
                area.put(begin, row, key, ink)
                taken |= cells
                break


def _error_scale(grid: Grid, low: float, high: float, mono: bool) -> None:
    """What the colours of the surface say, in its first row: from the lowest error to the highest."""
    text, right = Number(2).text, cell_len(Number(2).text(high))
    size = cell_len(text(low)) + LEVELS + right + 2
    title = next((t for t in ("error(w, b), log scale: ", "log error: ", "") if len(t) + size <= grid.width), "")
    x = grid.put(0, 0, f"{title}{text(low)} ", Ink.DIM)
    for level in range(LEVELS):
        ink = Ink.NONE if mono else Ink.PLANE + LEVELS - 1 - level
        x = grid.put(x, 0, SHADES[level] if mono else " ", Ink.TEXT, ink)
    grid.put(x, 0, f" {text(high)}", Ink.DIM)


def _curves(subject: DescentSubject, name: str, update: int, width: int, height: int) -> Grid:
    """log error by update, every walk; the one looked at up to where one is."""
    grid = Grid(width, height)
    errors = {walk.name: subject.descent.trace(walk).errors for walk in subject.walks}
    logs = {
        key: np.log10(np.clip(np.nan_to_num(value, nan=1e12, posinf=1e12), 1e-12, 1e12))
        for key, value in errors.items()
    }
    inks = inks_of(tuple(logs), name)
    top = _walks(grid, name, inks)
    plot = max(1, height - top - 1)
    low, high = min(v.min() for v in logs.values()), max(v.max() for v in logs.values())
    longest = max(len(v) for v in logs.values()) - 1
    dots = Dots(width, plot)
    for key, value in sorted(logs.items(), key=lambda item: item[0] == name):
        x = np.arange(len(value)) / max(1, longest) * (2 * width - 1)
        y = (high - value) / ((high - low) or 1) * (4 * plot - 1)
        dots.plot(*polyline(x, y), inks[key])
    dots.stamp(grid, 0, top)
    value = logs[name]
    column = round(update / max(1, longest) * (width - 1))
    row = int((high - value[min(update, len(value) - 1)]) / ((high - low) or 1) * (4 * plot - 1)) // 4
    grid.put(column, top + row, "●", Ink.TITLE)
    text = Number(2).text
    span = f"error {text(10.0**low)} … {text(10.0**high)}"
    grid.put(0, height - 1, fit(span, width), Ink.FAINT)
    for where in (f"update {update} of {len(value) - 1}", f"{update} of {len(value) - 1}", f"{update}"):
        if cell_len(span) + 2 + cell_len(where) <= width:
            grid.put_right(width, height - 1, where, Ink.FAINT)
            break
    return grid


def _walks(grid: Grid, name: str, inks: dict[str, int]) -> int:
    """Which colour is which walk, in as few rows as it takes; how many these are. ● is the one looked at."""
    entries = [(f"{'●' if key == name else '━'} {key}", ink) for key, ink in inks.items()]
    drawn: list[tuple[int, int, list[tuple[int, int, str, int]]]] = []
    for title in ("error by update, log scale", "error, log scale", "log error"):
        places, x, y = [(0, 0, title, int(Ink.DIM))], cell_len(title) + 2, 0
        for text, ink in entries:
            if x + cell_len(text) > grid.width:
                x, y = 0, y + 1
            places.append((x, y, text, ink))
            x += cell_len(text) + 2
        drawn.append((y, len(drawn), places))
    rows, _, places = min(drawn)
    for x, y, text, ink in places:
        grid.put(x, y, fit(text, grid.width - x), ink)
    return rows + 1
