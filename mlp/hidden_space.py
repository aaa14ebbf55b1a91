"""Where rows lie in the last hidden layer: the space in which the output layer has to part them by straight lines.

Of two units their plane is shown as it is. Of more it is the plane of the two principal components, the directions in
which the rows differ most; from one picture to the next it is turned as little as can be, so that what moves are the
rows and not the axes. Some units' own values are kept beside it, so that the plane of any two can be looked at, then
and later.
"""

import base64
from typing import Any

import numpy as np

from .arrays import Array
from .backprop import Workspace, forward
from .data import Data, first_targets
from .events import Hidden
from .network import Network

MOST_ROWS = 256
FEW = 100  # validation rows below which training rows are looked at; units up to which the axes are computed anew
ITERATIONS = 4
MOST_VALUES = 2048  # of the units' own: of many units fewer rows, for a log's line is also sent over slow lines


class HiddenSpace:
    """Takes the pictures of one network's last hidden layer, and keeps the axes of the last one."""

    def __init__(self, network: Network, data: Data, shown: Array | None = None) -> None:
        """shown: the units of the last hidden layer whose own values are kept (from 0); None: all."""
        self._network = network
        self._shown = np.arange(network.sizes[-2]) if shown is None else shown
        few = len(data.validation) < min(FEW, len(data.train))
        rows, self._split = (data.train, "training") if few else (data.validation, "validation")
        self._own: Workspace | None = None  # of rows that nobody else sends through the network
        if few:
            chosen = np.unique(np.linspace(0, len(rows) - 1, min(MOST_ROWS, len(rows))).round().astype(int))
            self._own = Workspace(network, len(chosen))
            self._own.h[0][...] = rows.x[chosen]
        else:
            chosen = np.arange(min(MOST_ROWS, len(rows)))
        y, self._ends = first_targets(data, rows.y[chosen]), (0.0, 255.0)
        if data.task == "regression":
            self._ends = (float(y.min()), float(y.max())) if len(y) else (0.0, 1.0)
        self._labels = _levels(y, *self._ends)
        self._axes: Array | None = None

    @np.errstate(all="ignore")
    def look(self, probed: Workspace) -> Hidden | None:
        """Where the rows lie now. probed: where the first validation rows have just gone through the network.

        None of a network without a hidden layer of two units or more, and where a number is not finite.
        """
        if self._network.layers < 2 or self._network.sizes[-2] < 2 or len(self._labels) < 2:
            return None
        if self._own is not None:
            forward(self._network, self._own)
        h = np.asarray((self._own or probed).h[-2][: len(self._labels)], float)
        if not np.isfinite(h).all():
            return None
        share, places = 1.0, h
        if h.shape[1] > 2:
            centred = h - h.mean(axis=0)
            axes = principal_plane(centred, self._axes)
            self._axes = axes if self._axes is None else turned(axes, self._axes)
            places = centred @ self._axes
            total = float((centred**2).sum())
            share = float((places**2).sum()) / total if total else 1.0
        low, high = places.min(axis=0), places.max(axis=0)
        own: dict[str, Any] = self._own_values(h) if h.shape[1] > 2 else {}
        return Hidden(
            split=self._split,
            units=h.shape[1],
            share=round(share, 4),
            x=(float(low[0]), float(high[0])),
            y=(float(low[1]), float(high[1])),
            places=base64.b64encode(_levels(places, low, high).tobytes()).decode(),
            labels=base64.b64encode(self._labels.tobytes()).decode(),
            low=self._ends[0],
            high=self._ends[1],
            **own,
        )

    def _own_values(self, h: Array) -> dict[str, Any]:
        """The shown units' own values of every so many-th row."""
        every = -(-len(h) * len(self._shown) // MOST_VALUES)
        values = h[::every, self._shown]
        ends = np.stack([values.min(axis=0), values.max(axis=0)])
        ends = np.array([[float(f"{end:.4g}") for end in row] for row in ends])
        return {
            "shown": tuple(self._shown.tolist()),
            "ends": tuple(map(tuple, ends.T.tolist())),
            "every": every,
            "values": base64.b64encode(_levels(values, *ends).tobytes()).decode(),
        }


def _levels(values: Array, low: Array | float, high: Array | float) -> Array:
    """Values from low to high as whole numbers from 0 to 255, uint8."""
    width = np.where(np.asarray(high) > low, np.asarray(high) - low, 1.0)
    levels: Array = np.rint(np.clip((values - low) / width, 0, 1) * 255).astype(np.uint8)
    return levels


def principal_plane(centred: Array, near: Array | None = None) -> Array:
    """The two directions of greatest variance of rows (n, units) whose means are 0: (units, 2), orthonormal.

    Through the smaller of the two Gram matrices; of many units from the plane `near` by a few steps of block power
    iteration, which costs a hundredth: between two pictures the plane moves little.
    """
    n, units = centred.shape
    if near is not None and units > FEW:
        for _ in range(ITERATIONS):
            near = np.linalg.qr(centred.T @ (centred @ near))[0]
        return near
    wide = units > n
    _, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    axes: Array = vectors[:, :-3:-1]
    return np.linalg.qr(centred.T @ axes)[0] if wide else axes


def turned(axes: Array, before: Array) -> Array:
    """The axes (units, 2) turned or mirrored in their own plane so that they come nearest to those before.

    Orthogonal Procrustes (Schönemann 1966): the rotation U Vᵀ of axesᵀ before = U Σ Vᵀ.
    """
    left, _, right = np.linalg.svd(axes.T @ before)
    return np.asarray(axes @ left @ right)
