"""The plane of two numbers that enter a layer: what the network answers at each point of it, where each unit of the
layer turns from one side to the other, and where the rows lie.

With two inputs it is the data's own plane; with two units in a hidden layer, the hidden space as that layer made it.
"""

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from dnn_tui.mlp import Network
from dnn_tui.mlp.explain import Pass
from dnn_tui.mlp.explain.batch import BatchPass
from dnn_tui.mlp.explain.notation import indexed

from .batch_subject import BatchSubject
from .network_subject import NetworkSubject
from .subject import Row

ROWS, COLUMNS = 48, 80  # points of the plane that are answered
MOST_POINTS = 300
FEW = 12  # rows about which more room is left: the lectures' small examples


@dataclass(frozen=True, eq=False)
class Plane:
    """x, y: the ends of both axes; names: what they are. answers: ŷ over the plane, (ROWS, COLUMNS), row 0 at the top
    (largest y); of "classes" the class's index, of "binary" a probability, of "regression" a value.

    points: (n, 2) the rows, labels (n,) alike; here: the row looked at, if any. lines: (units, 3), w_1, w_2 and b of
    each unit of the layer: a = w_1 x + w_2 y + b is 0 on its line.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    names: tuple[str, str]
    task: str
    answers: np.ndarray
    points: np.ndarray
    labels: np.ndarray
    here: tuple[float, float] | None
    lines: np.ndarray


# while its pass is current
_KNOWN: WeakKeyDictionary[Pass | BatchPass, dict[tuple[int, int], Plane | None]] = WeakKeyDictionary()


def plane_layer(sizes: tuple[int, ...], layer: int) -> int | None:
    """The layer whose plane goes with a step of `layer`: its own where two numbers enter it, else the first's.

    None where neither has a plane.
    """
    if layer >= 1 and sizes[layer - 1] == 2:
        return layer
    return 1 if sizes[0] == 2 else None


def plane_of(subject: NetworkSubject | BatchSubject, layer: int, unit: int = 0, here: int | None = 0) -> Plane | None:
    """The plane that enters `layer` (1 … L), where two numbers do; None where a number is not finite, and of a batch

    with dropout, whose rows are not where the whole network has them. unit: the output looked at, where there are
    several that are no classes (from 0). here: of a batch, the row looked at. Kept until something changes: thousands
    of points through a wide network take a while, and every key draws anew.
    """
    known = _KNOWN.setdefault(subject.run, {})
    if (layer, unit) not in known:
        known[layer, unit] = _plane(subject, layer, unit)
    plane = known[layer, unit]
    if plane is None or not isinstance(subject, BatchSubject):
        return plane
    return replace(plane, here=None if here is None else (float(plane.points[here, 0]), float(plane.points[here, 1])))


def rows_shown(subject: NetworkSubject | BatchSubject) -> list[Row]:
    """The batch's rows; of a network the one looked at, then the others, so many as are drawn."""
    if isinstance(subject, BatchSubject):
        return subject.samples
    return [subject.row, *(subject.rows[k] for k in range(min(len(subject.rows), MOST_POINTS)) if k != subject.at)]


def thinned(subject: NetworkSubject | BatchSubject) -> bool:
    """Whether dropout leaves units of this batch out."""
    return isinstance(subject, BatchSubject) and any(subject.run.rate)


@np.errstate(all="ignore")  # a network whose numbers overflow has no plane
def _plane(subject: NetworkSubject | BatchSubject, layer: int, unit: int) -> Plane | None:
    if thinned(subject):
        return None
    network, rows = subject.run.network, rows_shown(subject)
    entering = through(network, np.array([row.x for row in rows], float), 1, layer - 1)
    (left, right), (low, high) = (ends(column) for column in entering.T)
    if not np.isfinite([left, right, low, high]).all():
        return None
    x, y = np.linspace(left, right, COLUMNS), np.linspace(high, low, ROWS)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    yhat = through(network, grid, layer, network.layers)
    if not np.isfinite(yhat).all():
        return None
    targets = np.array([row.y for row in rows], float)
    output = network.activations[-1].name
    if output == "softmax":
        task, answers, labels = "classes", yhat.argmax(axis=1).astype(float), targets.argmax(axis=1).astype(float)
    else:
        task, k = "binary" if output == "sigmoid" else "regression", min(unit, yhat.shape[1] - 1)
        answers, labels = yhat[:, k], targets[:, k]
    names = ("x_1", "x_2") if layer == 1 else (indexed("h", layer - 1, 1), indexed("h", layer - 1, 2))
    return Plane(
        (left, right),
        (low, high),
        names,
        task,
        answers.reshape(ROWS, COLUMNS),
        entering,
        labels,
        (float(entering[0, 0]), float(entering[0, 1])),
        np.column_stack([network.W[layer], network.b[layer]]),
    )


def through(network: Network, h: np.ndarray, first: int, last: int) -> np.ndarray:
    """Rows of h_{first − 1} through the layers first … last: h_last, (n, n_last)."""
    for i in range(first, last + 1):
        a = np.ascontiguousarray(h @ network.W[i].T + network.b[i])
        h = np.empty_like(a)
        network.activations[i - 1].forward(a, h)
    return h


def ends(values: np.ndarray) -> tuple[float, float]:
    """An axis that holds the values, with room beside them: half as much about few, a little about many."""
    low, high = float(values.min()), float(values.max())
    room = (high - low) * (0.5 if len(values) <= FEW else 0.06) or max(1.0, abs(high))
    return low - room, high + room
