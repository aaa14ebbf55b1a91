"""The pictures of a subject: its network or circuit, the curve of an activation, the plane, a walk down the error."""

import numpy as np

from dnn_tui.mlp.explain import Number

from ..explaining.batch_subject import BatchSubject
from ..explaining.curve import activation_curve
from ..explaining.descent import Descent, Walk
from ..explaining.network_subject import NetworkSubject
from ..explaining.plane import plane_layer, plane_of
from ..explaining.small import DescentSubject, GraphSubject, TableSubject
from ..explaining.subject import Subject
from ..explaining.table_curve import Series, table_curves
from .figures import Axes, Box, Circle, Figure

MOST_UNITS = 8  # of a layer that are drawn
MOST_WEIGHTS = 12  # between two layers that are written on their edges
SHADES, COLOURS = 8, 6
COLUMNS, ROWS = 40, 24  # fields of a surface or a plane
GAP, STEP = 150.0, 52.0  # from layer to layer and from unit to unit


def pictures(subject: Subject, number: Number, gaps: bool = False) -> list[Figure]:
    """What can be drawn of it, the most telling first; gaps: without what is to be computed."""
    if isinstance(subject, NetworkSubject):
        found = [network_figure(subject, number, gaps)]
        layer = plane_layer(subject.network.sizes, 1)
        if layer is not None and not gaps and (figure := plane_figure(subject, layer)) is not None:
            found.append(figure)
        if not gaps and (curve := curve_figure(subject)) is not None:
            found.append(curve)
        return found
    if isinstance(subject, BatchSubject):
        found = [network_figure(subject.base, number, True, inputs=False)]
        layer = plane_layer(subject.run.network.sizes, 1)
        if layer is not None and not gaps and (figure := plane_figure(subject, layer)) is not None:
            found.append(figure)
        return found if gaps else [*found, votes_figure(subject, number)]
    if isinstance(subject, GraphSubject):
        return [graph_figure(subject, number, gaps)]
    if isinstance(subject, TableSubject) and not gaps and (curves := table_curves(subject)):
        return [table_figure(subject, curves)]
    if isinstance(subject, DescentSubject) and not gaps:
        figures = [error_figure(subject)]
        return [surface_figure(subject), *figures] if subject.descent.X.shape[1] == 1 else figures
    return []


def network_figure(subject: NetworkSubject, number: Number, gaps: bool, inputs: bool = True) -> Figure:
    """Layers from left to right, values on the units, weights on the edges where there are few.

    gaps: no values but the inputs; inputs: whether theirs stand there (a batch has many).
    """
    network, p = subject.network, subject.run
    sizes = network.sizes
    shown = [min(n, MOST_UNITS) for n in sizes]
    figure = Figure("The network", GAP * (len(sizes) - 1) + 220, STEP * max(shown) + 62)
    places = [
        [(110 + GAP * i, 46 + STEP * (k + 0.5 + (max(shown) - n) / 2)) for k in range(n)] for i, n in enumerate(shown)
    ]
    for i in range(1, len(sizes)):
        W, few = network.W[i], shown[i] * shown[i - 1] <= MOST_WEIGHTS
        for k, (x1, y1) in enumerate(places[i]):
            for j, (x0, y0) in enumerate(places[i - 1]):
                figure.line((x0 + 22, y0), (x1 - 22, y1))
                if few:  # apart from one another: each nearer to the unit it goes into than the one before
                    part = 0.3 + 0.4 * (j + 0.5) / shown[i - 1]
                    x, y = x0 + (x1 - x0) * part, y0 + (y1 - y0) * part
                    figure.label(round(x, 1), round(y - 3, 1), number.text(W[k, j]), small=True)
    ins, outs = subject.meaning.inputs, subject.meaning.outputs
    for i, column in enumerate(places):
        last = i == len(sizes) - 1
        name = "x" if i == 0 else "ŷ" if last else f"h_{i}"
        kind = f"{sizes[0]} inputs" if i == 0 else network.activations[i - 1].name
        figure.label(column[0][0], 16, name, math=True)
        figure.label(column[0][0], 32, kind, small=True)
        for k, (x, y) in enumerate(column):
            figure.circles.append(Circle(x, y, 22))
            value = "" if (gaps and i) or not (i or inputs) else number.text(p.h[i][k])
            figure.label(x, y + 4, value, small=True)
        for k, (x, y) in enumerate(column):
            if i == 0 and k < len(ins):
                figure.label(x - 28, y + 4, ins[k].name[:14], "end", small=True)
            elif last and k < len(outs):
                figure.label(x + 28, y + 4, outs[k].name[:14], "start", small=True)
        if shown[i] < sizes[i]:
            figure.label(column[0][0], figure.height - 6, f"and {sizes[i] - shown[i]} more", small=True)
    return figure


def graph_figure(subject: GraphSubject, number: Number, gaps: bool) -> Figure:
    """Variables on the left, the output on the right; values above, gradients below each node."""
    graph = subject.graph
    found = graph.forward(subject.values)
    gradients = graph.backward(found)
    columns: dict[int, list[str]] = {}
    for node in [*graph.variables, *graph.names]:
        columns.setdefault(graph.depth(node), []).append(node)
    tallest = max(map(len, columns.values()))
    figure = Figure("The circuit: values above, gradients (∂) below", 120 + 120.0 * max(columns), 74.0 * tallest + 16)
    place = {}
    for depth, nodes in columns.items():
        for k, node in enumerate(nodes):
            place[node] = (60 + 120.0 * depth, 8 + 74.0 * (k + 0.5 + (tallest - len(nodes)) / 2))
    for gate in graph.gates:
        for part in gate.inputs:
            if isinstance(part, str):
                (x0, y0), (x1, y1) = place[part], place[gate.name]
                figure.line((x0 + 17, y0), (x1 - 17, y1))
    for node, (x, y) in place.items():
        figure.circles.append(Circle(x, y, 17))
        figure.label(x, y + 4, node, math=len(node) == 1)
        if not gaps or node in graph.variables:
            figure.label(x, y - 22, number.text(found[node]), small=True)
        if not gaps:
            figure.label(x, y + 32, f"∂ {number.text(gradients[node])}", small=True)
    return figure


def curve_figure(subject: NetworkSubject) -> Figure | None:
    """g and g' of the first unit's activation with the unit on them; None where its layer has none of its own."""
    step = next((step for step in subject.steps if step.id == "F1 h"), None)
    curve = activation_curve(subject.run, step, (0,)) if step is not None else None
    if curve is None or curve.activation == "identity":
        return None
    figure = Figure(
        f"The activation {curve.activation} (solid), its slope (dashed), and the first unit on it", 420, 240
    )
    low, high = float(min(curve.g.min(), curve.slope.min())), float(max(curve.g.max(), curve.slope.max()))
    axes = Axes(figure, 62, 20, 400, 210, (float(curve.s[0]), float(curve.s[-1])), (low, high))
    axes.frame("weighted sum without b", "g")
    axes.curve(curve.s[::4], curve.g[::4], "s0")
    axes.curve(curve.s[::4], curve.slope[::4], "s1 dashed")
    at, h, slope = curve.here
    for y in (h, slope):
        figure.circles.append(Circle(*axes.at(at, y), 4, "dot"))
    return figure


def _fields(figure: Figure, axes: Axes, values: np.ndarray) -> None:
    """Shaded fields: values (ROWS, COLUMNS), row 0 at the top, from 0 to 1."""
    width, height = (axes.right - axes.left) / values.shape[1], (axes.bottom - axes.top) / values.shape[0]
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            shade = int(np.clip(round(SHADES * float(value)), 0, SHADES))
            x, y = round(axes.left + c * width, 1), round(axes.top + r * height, 1)
            figure.boxes.append(Box(x, y, round(width, 1), round(height, 1), shade))


def plane_figure(subject: NetworkSubject | BatchSubject, layer: int) -> Figure | None:
    """What the network answers over the plane of its two inputs, each first-layer unit's line, and the samples."""
    plane, lit = plane_of(subject, layer), isinstance(subject, NetworkSubject)  # of a batch no row is looked at
    if plane is None:
        return None
    figure = Figure("The plane of the inputs: dark where ŷ is large, the line of each unit, the samples", 420, 300)
    axes = Axes(figure, 62, 20, 400, 270, plane.x, plane.y)
    rows = np.linspace(0, plane.answers.shape[0] - 1, ROWS).round().astype(int)
    columns = np.linspace(0, plane.answers.shape[1] - 1, COLUMNS).round().astype(int)
    answers = plane.answers[np.ix_(rows, columns)]
    spread = float(np.ptp(answers)) or 1.0
    _fields(figure, axes, answers if plane.task == "binary" else (answers - answers.min()) / spread)
    axes.frame("x₁" if layer == 1 else plane.names[0], "x₂" if layer == 1 else plane.names[1])
    xs = np.linspace(*plane.x, 200)
    for w1, w2, b in plane.lines:
        if abs(w2) > 1e-12:
            axes.curve(xs, -(w1 * xs + b) / w2, "s1")
        elif abs(w1) > 1e-12:
            axes.curve(np.full(2, -b / w1), np.array(plane.y), "s1")
    for k, (x, y) in enumerate(plane.points[:60]):
        figure.circles.append(
            Circle(*axes.at(float(x), float(y)), 5 if lit and k == 0 else 3.5, "lit" if lit and k == 0 else "dot")
        )
    return figure


def _walked(descent: Descent, walk: Walk) -> tuple[np.ndarray, np.ndarray]:
    """Where a walk came by as long as it was finite, and the errors there."""
    trace = descent.trace(walk)
    finite = np.isfinite(trace.path).all(axis=1)
    return trace.path[finite], trace.errors[finite]


def error_figure(subject: DescentSubject) -> Figure:
    """The error after each update of every walk."""
    figure = Figure("The error after each update", 460, 250)
    curves = [(walk, _walked(subject.descent, walk)[1]) for walk in subject.walks]
    highest = 1.5 * max(float(errors[0]) for _, errors in curves)
    longest = max(len(errors) for _, errors in curves) - 1
    axes = Axes(figure, 60, 20, 330, 215, (0, float(max(1, longest))), (0, highest))
    axes.frame("update", "error")
    for k, (walk, errors) in enumerate(curves):
        thin = np.unique(np.linspace(0, len(errors) - 1, 150).round().astype(int))
        axes.curve(thin.astype(float), errors[thin], f"s{k % COLOURS}")
        _key(figure, 345, 30 + 18 * k, walk.name, k)
    return figure


def _key(figure: Figure, x: float, y: float, name: str, k: int) -> None:
    figure.line((x, y), (x + 22, y), kind=f"s{k % COLOURS}")
    figure.label(x + 28, y + 4, name[:14], "start", small=True)


def surface_figure(subject: DescentSubject) -> Figure:
    """The error over (w, b), dark where it is small, with the walks on it."""
    descent = subject.descent
    paths = [_walked(descent, walk)[0] for walk in subject.walks]
    ends = np.concatenate(paths)
    low, high = ends.min(axis=0), ends.max(axis=0)
    room = np.where(high > low, 0.3 * (high - low), 1.0)
    low, high = np.maximum(low - room, -50), np.minimum(high + room, 50)
    figure = Figure("The error over (w, b), dark where it is small, and the walks", 460, 320)
    axes = Axes(figure, 60, 20, 330, 285, (float(low[0]), float(high[0])), (float(low[1]), float(high[1])))
    w, b = np.linspace(low[0], high[0], COLUMNS), np.linspace(high[1], low[1], ROWS)
    errors = np.log1p(descent.surface(w, b))
    _fields(figure, axes, 1 - (errors - errors.min()) / (float(np.ptp(errors)) or 1.0))
    axes.frame("w", "b")
    for k, (walk, path) in enumerate(zip(subject.walks, paths, strict=True)):
        axes.curve(path[:, 0], path[:, 1], f"s{k % COLOURS}")
        figure.circles.append(Circle(*axes.at(*map(float, path[0])), 4, "dot"))
        _key(figure, 345, 30 + 18 * k, walk.name, k)
    return figure


def table_figure(subject: TableSubject, curves: list[Series]) -> Figure:
    """A calculation's lines as curves over one of its values, what was measured as points; of several things that were
    measured, these alone, each as a line."""
    given = [one for one in curves if one.given]
    measured = len(given) > 1
    inside = given if measured else curves
    said = "what is given" if measured else "what is given as points, what is computed as lines"
    figure = Figure(f"Over {subject.along}: {said}", 500, 260)
    ys = np.concatenate([one.at for one in inside])
    room = 0.15 * (float(np.ptp(ys)) or 1.0)
    x = (float(min(one.x.min() for one in inside)), float(max(one.x.max() for one in inside)))
    axes = Axes(figure, 62, 20, 340, 225, x, (float(ys.min()) - room, float(ys.max()) + room))
    axes.frame(subject.along, "")
    for k, one in enumerate(inside):
        if one.given:
            figure.circles += [
                Circle(*axes.at(float(u), float(v)), 3, "dot") for u, v in zip(one.x, one.y, strict=True)
            ]
        if measured or not one.given:
            axes.curve(one.x, one.y, f"s{k % COLOURS}")
            _key(figure, 352, 30 + 18 * k, one.name, k)
        else:
            figure.label(380, 34 + 18 * k, one.name[:14], "start", small=True)
            figure.circles.append(Circle(363, 30 + 18 * k, 3, "dot"))
    return figure


def votes_figure(subject: BatchSubject, number: Number) -> Figure:
    """Each row's share of the batch's gradient as a bar, to the left where it pulls against the mean."""
    share = next(step for step in subject.steps if step.id == "S").result.value[:20]
    figure = Figure("Each row's share of the gradient", 420, 24.0 * len(share) + 20)
    top = float(np.abs(share).max()) or 1.0
    figure.line((220, 8), (220, figure.height - 8), kind="axis")
    for r, value in enumerate(share):
        y = 12 + 24.0 * r
        length = 110 * abs(float(value)) / top
        figure.boxes.append(Box(220 if value > 0 else 220 - length, y, max(length, 0.5), 14, SHADES // 2))
        figure.label(60, y + 12, f"row {r + 1}", "end", small=True)
        figure.label(345, y + 12, number.text(value), "start", small=True)
    return figure
