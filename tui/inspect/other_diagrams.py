"""The left-hand picture of what is no network: a circuit, a calculation, a descent. Pure functions."""

import numpy as np
from rich.cells import cell_len

from dnn_tui.datasets.expression import written
from dnn_tui.experiments.explaining.calculation import array_text
from dnn_tui.experiments.explaining.descent import Descent
from dnn_tui.experiments.explaining.graph import Gate
from dnn_tui.experiments.explaining.small import DescentSubject, GraphSubject, TableSubject
from dnn_tui.mlp.explain import Number, Step

from ..drawing.canvas import SHADES, Dots, half_blocks, polyline, quantise, segments, shaded
from ..drawing.grid import Grid, fit
from ..drawing.theme import LEVELS, Ink
from .look import Look


def draw_graph(subject: GraphSubject, step: Step, look: Look, width: int, height: int) -> Grid:
    """Inputs at the top, the output at the bottom; values on the way down, gradients on the way back up."""
    grid, graph = Grid(width, height), subject.graph
    found = graph.forward(subject.values)
    gradients = graph.backward(found)
    name = step.id[2:]
    bands: dict[int, list[str]] = {}
    for node in [*graph.variables, *graph.names]:
        bands.setdefault(graph.depth(node), []).append(node)
    deepest = max(bands)
    room = max(1.0, (height - 1) / (deepest + 1))
    place: dict[str, tuple[int, int]] = {}
    for depth, nodes in bands.items():
        for k, node in enumerate(nodes):
            place[node] = (int((k + 0.5) * width / len(nodes)), int(depth * room + min(1.0, room / 3)))
    seen = _seen(subject.steps, look.at)
    dots, backward = Dots(width, height), step.phase == "B"
    edges = [(part, gate) for gate in graph.gates for part in gate.inputs if isinstance(part, str)]
    used = {gate.name for gate, _, _ in graph.consumers(name, found)} if backward else set()
    for part, gate in sorted(edges, key=lambda e: _on(e, name, used, backward)):
        (x0, y0), (x1, y1) = place[part], place[gate.name]
        on = _on((part, gate), name, used, backward)
        xs, ys = segments(2 * x0, 4 * y0 + 3, 2 * x1, 4 * y1)
        xs, ys = (xs[0], ys[0]) if on else (xs[0][::3], ys[0][::3])
        dots.plot(xs, ys, Ink.ACCENT if on else Ink.FAINT)
    dots.stamp(grid)
    for node, (x, y) in place.items():
        made_by = next((gate for gate in graph.gates if gate.name == node), None)
        alone = len(bands[graph.depth(node)]) == 1
        formula = f" = {written(made_by.node)}" if made_by and alone else ""
        here = node == name
        known = made_by is None or f"F {node}" in seen
        value = "?" if look.hidden and here and not backward else look.number.text(found[node])
        text = f" {node}{formula} = {value} " if known else f" {node}{formula} "
        _centred(grid, x, y, text, here and not backward, Ink.TEXT if known else Ink.DIM)
        if f"B {node}" in seen and y + 1 < height:
            value = "?" if look.hidden and here else look.number.text(gradients[node])
            _centred(grid, x, y + 1, f" ∂ {value} ", here and backward, Ink.VALIDATION)
    grid.put(0, height - 1, fit(f"∂ is ∂{graph.output}/∂(that)" if backward else "values go down", width), Ink.FAINT)
    return grid


def _seen(steps: list[Step], at: int) -> set[str]:
    return {step.id for step in steps[: at + 1]}


def _on(edge: tuple[str, Gate], name: str, used: set[str], backward: bool) -> bool:
    part, gate = edge
    return (part == name and gate.name in used) if backward else gate.name == name


def _centred(grid: Grid, x: int, y: int, text: str, here: bool, ink: int) -> None:
    left = min(max(0, x - cell_len(text) // 2), max(0, grid.width - cell_len(text)))
    if here:  # marked by a sign too: colour alone would be lost without colours
        text = f"▸{text[1:-1]}◂"
    grid.put(left, y, text, Ink.DARK if here else ink, Ink.ACCENT if here else Ink.NONE)


def draw_table(subject: TableSubject, step: Step, look: Look, width: int, height: int) -> Grid:
    """What is given and what was computed so far, one line each; used now: bright."""
    grid = Grid(width, height)
    used = {operand.name for operand in step.operands}
    entries: list[tuple[str, str, int]] = [("given", "", Ink.FAINT)]
    for name, value in subject.values.items():
        entries += _lines(name, value, name in used, look, width)
    entries.append(("computed", "", Ink.FAINT))
    for k, done in enumerate(subject.steps):
        if k <= look.at:
            hidden = look.hidden and done is step
            here = done is step
            found = (
                [(done.id, "?", Ink.TITLE)]
                if hidden
                else _lines(done.id, done.result.value, done.id in used or here, look, width)
            )
            entries += [(n, t, Ink.ACCENT if here else i) for n, t, i in found]
        else:
            entries.append((done.id, "", Ink.DIM))
    current = next((k for k, e in enumerate(entries) if e[2] == Ink.ACCENT), 0)
    begin = max(0, min(current - height // 2, len(entries) - height))
    for y, (name, text, ink) in enumerate(entries[begin : begin + height]):
        x = grid.put(0 if ink == Ink.FAINT else 1, y, name, ink)
        grid.put(x + 1, y, fit(text, width - x - 1), ink)
    return grid


def _lines(name: str, value: np.ndarray, used: bool, look: Look, width: int) -> list[tuple[str, str, int]]:
    ink = Ink.TEXT if used else Ink.DIM
    if value.ndim == 2 and value.size <= 64:
        rows = [array_text(row, look.number) for row in value]
        return [(name if not k else " " * len(name), row, ink) for k, row in enumerate(rows)]
    return [(name, array_text(value, look.number), ink)]


def draw_descent(subject: DescentSubject, step: Step, look: Look, width: int, height: int, mono: bool) -> Grid:
    """The error surface with the walk on it where there are two parameters, and the error by update below."""
    name, _, update = step.id.rpartition(" ")
    descent = subject.descent
    walk = next(walk for walk in subject.walks if walk.name == name)
    path = descent.walk(walk)
    if descent.X.shape[1] == 1 and height >= 14:
        curve = max(5, height // 4) + (len(subject.walks) > 2)  # a row more for their names
        grid = Grid(width, height)
        grid.paste(_surface(descent, path, int(update), width, height - curve, mono), 0, 0)
        grid.paste(_curves(subject, name, int(update), width, curve), 0, height - curve)
        return grid
    return _curves(subject, name, int(update), width, height)


def bounds(path: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """The (w, b) rectangle to draw: the path with room around it; a walk that flies off is cut off."""
    good = path[np.isfinite(path).all(axis=1)]
    reach = np.abs(path[0]) + 1
    good = good[(np.abs(good) <= 20 * reach).all(axis=1)]
    low, high = good.min(axis=0), good.max(axis=0)
    margin = np.maximum(0.35 * (high - low), 0.5)
    return (low[0] - margin[0], high[0] + margin[0]), (low[1] - margin[1], high[1] + margin[1])


def _surface(descent: Descent, path: np.ndarray, update: int, width: int, height: int, mono: bool) -> Grid:
    grid = Grid(width, height)
    plot = height - 2
    (w0, w1), (b0, b1) = bounds(path)
    w, b = np.linspace(w0, w1, width), np.linspace(b1, b0, 2 * plot)
    error = np.log10(np.maximum(descent.surface(w, b), 1e-12))
    low, high = np.percentile(error, [2, 98])
    levels = quantise((error - low) / ((high - low) or 1))
    picture = shaded(levels) if mono else half_blocks((LEVELS - 1 - levels + Ink.PLANE).astype(np.uint8))
    grid.paste(picture, 0, 1)
    dots = Dots(width, plot)
    walked = path[: update + 1]
    walked = walked[np.isfinite(walked).all(axis=1)]
    x = (walked[:, 0] - w0) / (w1 - w0) * (2 * width - 1)
    y = (b1 - walked[:, 1]) / (b1 - b0) * (4 * plot - 1)
    if len(x) > 1:
        dots.plot(*polyline(np.clip(x, -9, 2 * width + 9), np.clip(y, -9, 4 * plot + 9)), Ink.TITLE)
    else:
        dots.plot(x, y, Ink.TITLE)
    dots.stamp(grid, 0, 1)
    for k, sign in ((0, "○"), (len(x) - 1, "●")):
        if len(x):
            column, row = int(x[k] // 2), int(y[k] // 4)
            if 0 <= column < width and 0 <= row < plot:
                grid.put(column, 1 + row, sign, Ink.TITLE)
    _error_scale(grid, 10.0**low, 10.0**high, mono)
    text = Number(3).text
    ends = f"w {text(w0)}", text(w1)
    grid.put(0, height - 1, ends[0], Ink.FAINT)
    grid.put_right(width, height - 1, ends[1], Ink.FAINT)
    upright = f"↑ b {text(b0)} … {text(b1)}"
    if sum(map(cell_len, ends)) + cell_len(upright) + 4 <= width:
        grid.put_centre(cell_len(ends[0]), width - cell_len(ends[1]), height - 1, upright, Ink.FAINT)
    else:  # at the ends of its own axis, over the picture
        grid.put(0, 1, f"b {text(b1)}", Ink.TEXT, Ink.NONE)
        grid.put(0, plot, f"b {text(b0)}", Ink.TEXT, Ink.NONE)
    return grid


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
    errors = {}
    for walk in subject.walks:
        with np.errstate(over="ignore", invalid="ignore"):
            errors[walk.name] = np.array([subject.descent.error(theta) for theta in subject.descent.walk(walk)])
    logs = {
        key: np.log10(np.clip(np.nan_to_num(value, nan=1e12, posinf=1e12), 1e-12, 1e12))
        for key, value in errors.items()
    }
    # a walk keeps its colour whichever is looked at
    inks = {key: Ink.ACCENT if key == name else Ink.RUN + place % 8 for place, key in enumerate(logs)}
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
