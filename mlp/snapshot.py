"""What a viewer is shown of the network at one moment: some units and weights, statistics, one sample.

Nothing here runs in the hot loop; the trainer calls it about twice a second.
"""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from .arrays import Array
from .backprop import Workspace, forward
from .data import Data, Rows, first_targets
from .events import Fit, Hidden, LayerStatistics, LayerView, Sample, Surface, Tiles
from .hidden_space import HiddenSpace
from .network import Network
from .plane import MARGIN, judged_points, plane_of
from .tiles import Lookers, Tiler

Point = tuple[float, float, float]
Pair = tuple[float, float]

MOST_UNITS = 16  # of a wide layer; a column of more does not fit a terminal
MOST_POINTS = 200  # rows of data drawn over a surface
SURFACE_ROWS, SURFACE_COLUMNS = 40, 80
FIT_POINTS = 161  # of the curve over a single input


def representative(size: int, most: int = MOST_UNITS) -> Array:
    """Indices of at most `most` of `size` units, evenly spread, first and last included."""
    if size <= most:
        return np.arange(size)
    return np.unique(np.linspace(0, size - 1, most).round().astype(int))


def rounded(values: Array | Sequence[float], digits: int = 4) -> tuple[float, ...]:
    """Values to `digits` significant digits, as plain floats: a log line stays short."""
    numbers = np.asarray(values, float).ravel().tolist()
    return tuple(map(float, (f"%.{digits - 1}e " * len(numbers) % tuple(numbers)).split()))


class Viewer:
    """Takes the pictures of one network on one data set."""

    def __init__(self, network: Network, data: Data) -> None:
        self.network, self.data = network, data
        probe = data.validation if len(data.validation) else data.train
        self._probe = np.ascontiguousarray(probe.x[:256], network.dtype)
        self._probe_workspace = Workspace(network, len(self._probe))
        self._one = Workspace(network, 1)
        self.units = [representative(n) for n in network.sizes]
        varying = np.flatnonzero(data.train.x[:1000].std(axis=0) > 0)
        if network.sizes[0] > MOST_UNITS and len(varying):  # a pixel that is always black would show nothing
            self.units[0] = varying[representative(len(varying))]
        self.plane, self.lookers = plane_of(data), Lookers()
        self._tiler: Tiler | None = None
        self._points_sent = False
        self._hidden = HiddenSpace(network, data, self.units[-2])
        self._ratios = [0.0] * network.layers  # ‖ΔW‖ / ‖W‖ of the last step that was looked at

    def sample(self, split: Rows, index: int) -> Sample:
        """Row `index` of a split with the network's answer; leaves its activations in the workspace."""
        x, data = split.x[index], self.data
        self._one.h[0][0] = x
        yhat = forward(self.network, self._one)[0]
        if data.task == "regression":
            offset, scale = data.target_scale[0] if data.target_scale else (0.0, 1.0)
            label, predicted = float(split.y[index][0]) * scale + offset, float(yhat[0]) * scale + offset
            output = tuple(
                float(value) * s + o
                for value, (o, s) in zip(yhat, data.target_scale or [(0.0, 1.0)] * len(yhat), strict=True)
            )
        else:
            label = float(split.y[index])
            predicted = float(yhat[0] > 0.5) if data.task == "binary" else float(yhat.argmax())
            output = tuple(yhat)
        picture = {"x": rounded(x)} if data.image_shape is None else {"pixels": as_pixels(x)}
        return Sample(int(index), label, predicted, rounded(output), **picture)

    def layers(self) -> tuple[LayerView, ...]:
        """The units, activations and weights shown, for the row that `sample` looked at last."""
        network, views = self.network, []
        for i, units in enumerate(self.units):
            weights: tuple[tuple[float, ...], ...] = ()
            bias: tuple[float, ...] = ()
            if i:
                weights = tuple(rounded(row, 3) for row in network.W[i][np.ix_(units, self.units[i - 1])])
                bias = rounded(network.b[i][units], 3)
            views.append(
                LayerView(network.sizes[i], tuple(units.tolist()), rounded(self._one.h[i][0, units], 3), weights, bias)
            )
        return tuple(views)

    def statistics(self, before: Array | None) -> tuple[LayerStatistics, ...]:
        """Statistics of each layer, with `before`: θ as it was one step ago (None: no step since the last time)."""
        network, workspace, result = self.network, self._probe_workspace, []
        workspace.h[0][...] = self._probe
        forward(network, workspace)
        previous = network._views(before, [w.shape for w in network.W[1:]])[0] if before is not None else None
        for i in range(1, network.layers + 1):
            activation, h = network.activations[i - 1], workspace.h[i]
            w_norm = float(np.linalg.norm(network.W[i]))
            if previous:
                moved = float(np.linalg.norm(network.W[i] - previous[i]))
                self._ratios[i - 1] = moved / w_norm if w_norm else 0.0
            dead = saturated = 0.0
            if activation.name == "relu":
                dead = float((h <= 0).all(axis=0).mean())
            elif activation.name in ("sigmoid", "tanh") and activation.local is not None:
                activation.local(workspace.a[i], h, workspace.local[i])
                saturated = float((workspace.local[i] < 0.01).all(axis=0).mean())
            figures = rounded(
                [
                    w_norm,
                    float(np.linalg.norm(network.dW[i])),
                    self._ratios[i - 1],
                    h.mean(),
                    h.std(),
                    dead,
                    saturated,
                ]
            )
            result.append(LayerStatistics(activation.name, *figures))
        return tuple(result)

    def begin_anew(self) -> None:
        """A start is told: the next picture has what is sent once, since who looks back looks for it there."""
        self._points_sent = False

    def surface(self) -> Surface | None:
        """The answer over the plane, where the data has one; the points only the first time."""
        plane, data = self.plane, self.data
        if plane is None:
            return None
        yhat = self.network.predict(plane.grid(SURFACE_ROWS, SURFACE_COLUMNS))
        y = first_targets(data, data.train.y)
        if data.task == "classes":
            values, least, most = yhat.argmax(axis=1) / (yhat.shape[1] - 1), 0.0, float(yhat.shape[1] - 1)
        elif data.task == "binary":
            values, least, most = yhat[:, 0], 0.0, 1.0
        else:
            least, most = float(y.min()), float(y.max())
            values = (first_targets(data, yhat) - least) / ((most - least) or 1.0)
        levels = np.nan_to_num(np.clip(values, 0, 1) * 255).round().astype(np.uint8)
        points: tuple[Point, ...] = ()
        tests: tuple[Point, ...] = ()
        if not self._points_sent:
            self._points_sent = True
            points = marked(plane.train, y, MOST_POINTS)
            at, judged = judged_points(data)
            tests = marked(at, first_targets(data, judged), MOST_POINTS // 2)
        return Surface(
            (float(plane.low[0]), float(plane.high[0])),
            (float(plane.low[1]), float(plane.high[1])),
            SURFACE_ROWS,
            SURFACE_COLUMNS,
            least,
            most,
            base64.b64encode(levels.tobytes()).decode(),
            points,
            tests,
        )

    def fit(self) -> Fit | None:
        """The answer along the only input, where there is but one; the points only the first time."""
        data, x = self.data, self.data.train.x
        if x.shape[1] != 1 or not len(x):
            return None
        low, high = float(x.min()), float(x.max())
        margin = (high - low) * MARGIN or 1.0
        along = np.linspace(low - margin, high + margin, FIT_POINTS)[:, None]
        yhat = self.network.predict(along)
        values = yhat.argmax(axis=1) if data.task == "classes" else first_targets(data, yhat)
        columns: Sequence[Any] = getattr(data, "columns", ())
        offset, scale = (float(columns[0].offset), float(columns[0].scale)) if len(columns) == 1 else (0.0, 1.0)
        points: tuple[Pair, ...] = ()
        tests: tuple[Pair, ...] = ()
        if not self._points_sent:
            self._points_sent = True
            judged = data.validation if len(data.validation) else data.test
            points = pairs(x * scale + offset, first_targets(data, data.train.y), MOST_POINTS)
            tests = pairs(judged.x * scale + offset, first_targets(data, judged.y), MOST_POINTS // 2)
        return Fit(
            (float(along[0, 0]) * scale + offset, float(along[-1, 0]) * scale + offset),
            base64.b64encode(np.asarray(values, np.float32).tobytes()).decode(),
            points,
            tests,
            offset,
            scale,
        )

    def hidden(self) -> Hidden | None:
        """Where rows lie in the last hidden layer, where there is one; after `statistics`, whose pass it uses."""
        return self._hidden.look(self._probe_workspace)

    def tiles(self) -> Tiles | None:
        """The units' pictures, where the data has a plane and somebody looks at them."""
        side, large = self.lookers.wanted()
        if self.plane is None or not side:
            return None
        if self._tiler is None:
            self._tiler = Tiler(self.network, self.plane, self.units, self.data.task)
        return self._tiler.tiles(side, large)


def marked(points: Array, y: Array, most: int) -> tuple[Point, ...]:
    """At most so many rows, evenly spread, as (x1, x2, label)."""
    if not len(points):
        return ()
    chosen = representative(len(points), most)
    places = [rounded(points[k], 3) for k in chosen]
    return tuple((at[0], at[1], float(y[k])) for at, k in zip(places, chosen, strict=True))


def pairs(x: Array, y: Array, most: int) -> tuple[Pair, ...]:
    """At most so many rows of one input, evenly spread, as (x, y)."""
    chosen = representative(len(x), most) if len(x) else ()
    return tuple((rounded(x[k])[0], float(y[k])) for k in chosen)


def as_pixels(x: Array) -> str:
    """An image with values from 0 to 1 as base64 of uint8."""
    return base64.b64encode((np.clip(x, 0, 1) * 255).round().astype(np.uint8).tobytes()).decode()
