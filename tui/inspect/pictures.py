"""The left-hand pane: a network's diagram or a batch's rows, and below it the pictures that belong to the step. Pure

functions.
"""

from collections.abc import Callable

from dnn_tui.experiments.explaining.along import Along, along_input
from dnn_tui.experiments.explaining.batch_subject import BatchSubject
from dnn_tui.experiments.explaining.curve import activation_curve
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.plane import plane_layer, plane_of
from dnn_tui.mlp.explain import Step

from ..drawing.grid import Grid
from ..panels.fit import FitView, draw_fit
from .activation import draw_activation
from .batch_diagram import draw_batch, row_in_focus
from .diagram import draw_network
from .look import Look
from .places import AIRY_UNITS
from .planes import draw_plane

Picture = Callable[[int, int], Grid]  # from a width and a height
LEAST = 9  # rows a picture needs to say anything
WIDE = 24  # and cells
MOST_ROWS = 8  # of a batch without which its pictures would stand too low
ROOMY = 13  # rows each of two pictures needs to stand above the other
BESIDE, ALONE, NONE = range(3)  # how `Look.view` has it: below the diagram, in its place, not at all


def draw_left(
    subject: NetworkSubject | BatchSubject, step: Step, look: Look, width: int, height: int, mono: bool
) -> Grid:
    """The diagram, or the batch's rows, with the step's pictures below, as many as there is room for; or one of the

    two alone.
    """
    found = pictures(subject, step, look, mono) if width >= WIDE else []
    most = 4 + subject.run.rows if isinstance(subject, BatchSubject) else height
    above, rows = rows_of(height, _need(subject, height), len(found), look.view, most)
    grid = Grid(width, height)
    if above and isinstance(subject, BatchSubject):
        grid.paste(draw_batch(subject, step, look, width, above), 0, 0)
    elif above and isinstance(subject, NetworkSubject):
        grid.paste(draw_network(subject.run, step, look, width, above, mono, subject.image_shape), 0, 0)
    y = above
    for picture, size in zip(found, rows, strict=False):
        grid.paste(picture(width, size - 1), 0, y + 1)
        y += size
    return grid


def _need(subject: NetworkSubject | BatchSubject, height: int) -> int:
    if isinstance(subject, BatchSubject):
        return 4 + min(subject.run.rows, MOST_ROWS)
    sizes, image = subject.network.sizes, subject.image_shape
    tallest = max(sizes[0] if image is None else 0, *sizes[1:])
    units = tallest if 5 + tallest <= height - ROOMY - 1 else min(tallest, AIRY_UNITS)  # all, if a picture fits below
    return 5 + max(units, (image[0] + 1) // 2 if image else 0)


def rows_of(height: int, need: int, wanted: int, view: int, most: int = 10**6) -> tuple[int, list[int]]:
    """Rows of the diagram, and of each picture shown (an empty one above it among them): integers in, integers out.

    need: rows without which the diagram would leave units (or a batch, rows) out. wanted: how many pictures there
    are, the best first. most: rows of which the diagram has no use beyond.
    """
    if view == NONE or not wanted:
        return height, []
    above = 0 if view == ALONE else max(need, min(most, 2 * height // 5))
    if height - above <= LEAST:
        above = need if view == BESIDE else 0
    room = height - above
    if room <= LEAST:
        return (height, []) if view == BESIDE else (0, [height])
    count = max(1, min(wanted, room // (ROOMY + 1)))
    return above, [room // count + (k < room % count) for k in range(count)]


def pictures(subject: NetworkSubject | BatchSubject, step: Step, look: Look, mono: bool) -> list[Picture]:
    """What can be drawn of a step besides the network, the most telling first."""
    found: list[Picture] = []
    p, focus = subject.run, look.element(step)
    curve = activation_curve(p, step, focus)
    if curve is not None:
        found.append(lambda width, height: draw_activation(curve, step, look, width, height))
    sizes, of = p.network.sizes, subject.base if isinstance(subject, BatchSubject) else subject
    output = look.units[-1] if look.units else 0
    here: int | None = 0
    if isinstance(subject, BatchSubject):
        here = row_in_focus(subject.run, step, look)
        output = focus[1] if step.layer == p.layers and here is not None and len(focus) == 2 else 0
        focus = focus if here is None else focus[1:]
    along = along_input(subject, output, here)
    if along is not None:
        found.append(lambda width, height: draw_fit(fit_view(along, look), width, height))
    layer = plane_layer(sizes, step.layer)
    plane = plane_of(subject, layer, output, here) if layer is not None else None
    if plane is not None:
        unit = focus[0] if layer == step.layer and focus and not step.id.endswith("h") else None
        classes = plane_classes(of, output)
        found.append(lambda width, height: draw_plane(plane, look, classes, unit, width, height, mono))
    return found


def fit_view(along: Along, look: Look) -> FitView:
    """The curve of a network with one input, as the training view has it."""
    curve, points = tuple(along.x.tolist()), tuple((float(x), float(y)) for x, y in along.points)
    answers = tuple(along.y.tolist())
    here = None if look.hidden else along.here
    return FitView(curve, answers, points, (), along.bends, along.names, here=here)


def plane_classes(subject: NetworkSubject, output: int) -> tuple[str, ...]:
    """What the two answers of a yes/no question, or the classes, are called on the plane."""
    meaning, size = subject.meaning, subject.network.sizes[-1]
    names = tuple(one.name for one in meaning.outputs)
    if subject.network.activations[-1].name != "softmax":
        if len(meaning.classes) == 2 and size == 1:
            return meaning.classes
        name = names[output] if output < len(names) else "ŷ" if size == 1 else f"ŷ_{output + 1}"
        return (f"not {name}", name) if output < len(names) else ("0", "1")
    return names if len(names) == size else tuple(str(k + 1) for k in range(size))
