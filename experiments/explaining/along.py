"""A network of one input as the curve it is: its answer along that input, with the rows and each hidden unit's bend."""

from dataclasses import dataclass

import numpy as np

from .batch_subject import BatchSubject
from .network_subject import NetworkSubject
from .plane import ends, rows_shown, thinned, through

POINTS = 201


@dataclass(frozen=True, eq=False)
class Along:
    """x, y: the curve, (POINTS,), of the output looked at; points: (n, 2) the rows; here: the row looked at, if any.

    bends: where the sum of a first-layer unit is 0. All in the data's own units where these are known.
    """

    x: np.ndarray
    y: np.ndarray
    points: np.ndarray
    here: tuple[float, float] | None
    bends: tuple[float, ...]
    names: tuple[str, str]


@np.errstate(all="ignore")  # a network whose numbers overflow has no curve
def along_input(subject: NetworkSubject | BatchSubject, unit: int = 0, here: int | None = 0) -> Along | None:
    """The curve of a network with one input; None with more, where a number is not finite, and with dropout.

    unit: the output looked at (from 0). here: of a batch, the row looked at.
    """
    network = subject.run.network
    meaning = subject.base.meaning if isinstance(subject, BatchSubject) else subject.meaning
    if network.sizes[0] != 1 or thinned(subject):
        return None
    rows = rows_shown(subject)
    inside, k = np.array([row.x[0] for row in rows], float), min(unit, network.sizes[-1] - 1)
    x = np.linspace(*ends(inside), POINTS)
    y = through(network, x[:, None], 1, network.layers)[:, k]
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    offset, scale = (meaning.inputs[0].offset, meaning.inputs[0].scale) if meaning.inputs else (0.0, 1.0)
    out = meaning.outputs[k] if k < len(meaning.outputs) else None
    shift, factor = (out.offset, out.scale) if out is not None and meaning.measured else (0.0, 1.0)
    targets = np.array([row.y[k] for row in rows], float) * factor + shift
    w, b = network.W[1][:, 0], network.b[1]
    bends = -b[w != 0] / w[w != 0] if network.layers > 1 else np.empty(0)
    own = inside * scale + offset
    return Along(
        x * scale + offset,
        y * factor + shift,
        np.column_stack([own, targets]),
        None if here is None else (float(own[here]), float(targets[here])),
        tuple(sorted(float(at) * scale + offset for at in bends if x[0] <= at <= x[-1])),
        (meaning.inputs[0].name if meaning.inputs else "x", out.name if out is not None else "ŷ"),
    )
