"""The left-hand picture of what is no network: a circuit, a calculation, a descent. Pure functions."""

import numpy as np
from rich.cells import cell_len

from dnn_tui.datasets.expression import written
from dnn_tui.experiments.explaining.calculation import array_text
from dnn_tui.experiments.explaining.graph import Gate
from dnn_tui.experiments.explaining.small import GraphSubject, TableSubject
from dnn_tui.mlp.explain import Step

from ..drawing.canvas import Dots, segments
from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink
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
