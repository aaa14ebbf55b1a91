"""What a training run says while it goes: frozen, JSON-able events.

`Trainer.events()` yields them, the run log stores one a line, `RunState` folds them, `--json` prints them.
Times are seconds: `time` is Unix time; `elapsed` counts training time only, not pauses.
"""

import base64
import math
import types
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

import numpy as np

Metrics = dict[str, float]  # "loss", "accuracy" or (regression) "mae", "r2"; more may join


class EventError(ValueError):
    """A line that is no event: unknown kind or a missing field."""


@dataclass(frozen=True)
class Sample:
    """One row the viewer can see. `pixels` is base64 of uint8 (an image), else `x` lists the inputs.

    label and predicted are class indices (binary and classes) or values in the target's own unit (regression);
    output is ŷ: the probabilities, or the predicted values.
    """

    index: int
    label: float
    predicted: float
    output: tuple[float, ...] = ()
    x: tuple[float, ...] = ()
    pixels: str = ""

    def image(self, shape: tuple[int, ...]) -> np.ndarray:
        """The image as uint8 of `shape`."""
        return np.frombuffer(base64.b64decode(self.pixels), np.uint8).reshape(shape)


@dataclass(frozen=True)
class LayerView:
    """What a viewer may draw of layer i (0 is the input): some of its units and the weights into them.

    units: indices shown, ascending, of `size`; h: their activations for the snapshot's sample;
    W: rows = units shown here, columns = units shown in layer i-1 (empty for the input); b likewise.
    """

    size: int
    units: tuple[int, ...]
    h: tuple[float, ...]
    W: tuple[tuple[float, ...], ...] = ()
    b: tuple[float, ...] = ()


@dataclass(frozen=True)
class LayerStatistics:
    """Numbers of one layer of weights at one moment; norms are Euclidean, over the layer's W.

    update_ratio is ‖ΔW‖ / ‖W‖ of the last step; dead is the share of units whose h is 0 (or, for saturating
    activations, `saturated`: |g'| < .01) on every row of the probe batch.
    """

    activation: str
    w_norm: float
    grad_norm: float
    update_ratio: float
    h_mean: float
    h_std: float
    dead: float = 0.0
    saturated: float = 0.0


@dataclass(frozen=True)
class Surface:
    """The network's answer over a plane of its two inputs (2-D data only), row 0 at the top (largest x2).

    values are base64 of uint8, `rows` × `columns`, from `low` (0) to `high` (255), in the target's own unit;
    points are training rows (x1, x2, label) to draw over it, and tests rows that are not trained on, both sent with
    the first snapshot.
    """

    x1: tuple[float, float]
    x2: tuple[float, float]
    rows: int
    columns: int
    low: float
    high: float
    values: str
    points: tuple[tuple[float, float, float], ...] = ()
    tests: tuple[tuple[float, float, float], ...] = ()

    def array(self) -> np.ndarray:
        """The values as float, shape (rows, columns)."""
        levels = np.frombuffer(base64.b64decode(self.values), np.uint8).reshape(self.rows, self.columns)
        return self.low + (self.high - self.low) * (levels / 255.0)


@dataclass(frozen=True)
class UnitPlane:
    """One unit's activation over the plane, large: base64 of uint8, as `Tiles` has them; layer 0 is the input."""

    layer: int
    unit: int
    rows: int
    columns: int
    values: str

    def array(self) -> np.ndarray:
        """Shares of the scale, from -1 to 1, shape (rows, columns), row 0 at the largest x2."""
        return _shares(self.values).reshape(self.rows, self.columns)


@dataclass(frozen=True)
class Tiles:
    """Pictures of units: each one's activation over the plane of the two coordinates, row 0 at the largest x2.

    layers: of each layer (0 is the input) base64 of uint8, the units that its `LayerView` shows one after the other,
    side × side values each: 0 is -scale or less, 127 is 0, 254 is scale or more. Inputs fill the scale, each by its
    largest; so do answers that are shares, and a yes or no is neutral at ½, as in the surface. large: units that a
    viewer looks at.
    """

    side: int
    scale: float
    layers: tuple[str, ...]
    large: tuple[UnitPlane, ...] = ()

    def of_layer(self, layer: int) -> np.ndarray:
        """Shares of the scale, from -1 to 1, shape (units shown, side, side)."""
        return _shares(self.layers[layer]).reshape(-1, self.side, self.side)


def _shares(values: str) -> np.ndarray:
    return np.clip((np.frombuffer(base64.b64decode(values), np.uint8).astype(float) - 127) / 127, -1, 1)


@dataclass(frozen=True)
class Fit:
    """The network's first answer along its only input (1-D data): values are base64 of float32, evenly from x[0] to

    x[1]; points are training rows (x, y) and tests rows that are not trained on. All in the data's own units: an input
    of the network is (x − offset) / scale. Of classes the answer is the class's index.
    """

    x: tuple[float, float]
    values: str
    points: tuple[tuple[float, float], ...] = ()
    tests: tuple[tuple[float, float], ...] = ()
    offset: float = 0.0
    scale: float = 1.0

    def curve(self) -> tuple[np.ndarray, np.ndarray]:
        """The inputs and the answers there, both (n,)."""
        values = np.frombuffer(base64.b64decode(self.values), np.float32).astype(float)
        return np.linspace(*self.x, len(values)), values


@dataclass(frozen=True)
class Hidden:
    """Rows in the last hidden layer: where they lie in the plane of its two units, or, of more units, in that of their

    two principal components (`hidden_space.py`). places: base64 of uint8, (rows, 2), from the ends x and y;
    labels: base64 of uint8, from low (0) to high (255): of each row its class (then these are 0 and 255) or target.
    share: how much of the units' variance the plane holds; units: how many there are; split: whose rows they are.

    shown: of more than two units those (from 0) whose values are here too, for the plane of any two of them; values:
    base64 of uint8, (rows, shown), of every so many-th row, each unit's from its own ends.
    """

    split: str
    units: int
    share: float
    x: tuple[float, float]
    y: tuple[float, float]
    places: str
    labels: str
    low: float = 0.0
    high: float = 1.0
    shown: tuple[int, ...] = ()
    ends: tuple[tuple[float, float], ...] = ()
    every: int = 1
    values: str = ""

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows' places (rows, 2), and their classes or targets (rows,)."""
        levels = np.frombuffer(base64.b64decode(self.places), np.uint8).reshape(-1, 2)
        return _between(levels, np.array([self.x, self.y])), self._labels()

    def pair(self, first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows in the plane of two of the units shown (rows, 2), and their classes or targets (rows,)."""
        columns = [self.shown.index(first), self.shown.index(second)]
        levels = np.frombuffer(base64.b64decode(self.values), np.uint8).reshape(-1, len(self.shown))
        return _between(levels[:, columns], np.array(self.ends)[columns]), self._labels()[:: self.every]

    def _labels(self) -> np.ndarray:
        marks = np.frombuffer(base64.b64decode(self.labels), np.uint8).astype(float)
        return self.low + (self.high - self.low) * marks / 255


def _between(levels: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Levels from 0 to 255, (n, columns), as numbers between each column's ends, (columns, 2)."""
    return np.asarray(ends[:, 0] + levels / 255 * (ends[:, 1] - ends[:, 0]))


@dataclass(frozen=True)
class RunStarted:
    """The first event. dataset, network, training: what a viewer shows of the configuration.

    dataset: name, task, classes (names), targets (names), features (count), image_shape, train, validation,
    test (rows), unit. network: sizes, activations (one a layer, the last is the output), parameters.
    training: loss, formula, optimizer, lr, batch_size, epochs, steps_per_epoch, seed, epochs_done (at this step).
    One with a later step is where the run was resumed or, with `change` (what was changed, in words), where it goes
    on changed. config: the whole configuration from here on, as run.toml has it; {}: not known.
    """

    event: ClassVar[str] = "run_started"
    time: float
    run: str
    dataset: dict[str, Any]
    network: dict[str, Any]
    training: dict[str, Any]
    process: dict[str, Any] = field(default_factory=dict)
    step: int = 0
    config: dict[str, Any] = field(default_factory=dict)
    change: str = ""


@dataclass(frozen=True)
class Progress:
    """At most about 20 a second: `losses` holds the batch loss of each step since the last one, up to `step`.

    rate is samples a second over those steps; epoch counts from 1.
    """

    event: ClassVar[str] = "progress"
    time: float
    step: int
    epoch: int
    elapsed: float
    losses: tuple[float, ...]
    lr: float
    rate: float


@dataclass(frozen=True)
class EpochEnded:
    """The end of an epoch. `train` is measured on a fixed part of the training rows with this epoch's weights
    (no dropout), `validation` on all validation rows, both by the bare loss (no label smoothing, class weights or
    penalties); confusion[i][j] counts validation rows of class i
    predicted as j; mistakes are the most confident wrong answers among them.
    seconds: training time of the epoch; evaluation_seconds: time of the measurement after it.
    """

    event: ClassVar[str] = "epoch_ended"
    time: float
    step: int
    epoch: int
    elapsed: float
    train: Metrics
    validation: Metrics
    lr: float
    seconds: float
    evaluation_seconds: float
    confusion: tuple[tuple[int, ...], ...] = ()
    mistakes: tuple[Sample, ...] = ()
    best: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The network as it is now: about two a second while training, and one at the end of each epoch."""

    event: ClassVar[str] = "snapshot"
    time: float
    step: int
    epoch: int
    elapsed: float
    sample: Sample
    layers: tuple[LayerView, ...]
    statistics: tuple[LayerStatistics, ...]
    surface: Surface | None = None
    tiles: Tiles | None = None  # only while somebody looks at them
    fit: Fit | None = None
    hidden: Hidden | None = None


@dataclass(frozen=True)
class Alert:
    """Something the person should know. severity: "info", "warning" or "error"; layer counts from 1, 0 = none."""

    event: ClassVar[str] = "alert"
    time: float
    step: int
    kind: str
    severity: str
    message: str
    layer: int = 0


@dataclass(frozen=True)
class CommandApplied:
    """A command took effect before step `step + 1`; `by` says who asked (user@host:pid or "keyboard")."""

    event: ClassVar[str] = "command"
    time: float
    step: int
    command: str
    value: float | str | None = None
    by: str = ""


@dataclass(frozen=True)
class RunEnded:
    """The last event. reason: completed, stopped, interrupted, detached, early_stopping, diverged or error."""

    event: ClassVar[str] = "run_ended"
    time: float
    step: int
    epoch: int
    elapsed: float
    reason: str
    metrics: dict[str, Metrics]
    confusion: tuple[tuple[int, ...], ...] = ()
    best_epoch: int = 0
    message: str = ""


Event = RunStarted | Progress | EpochEnded | Snapshot | Alert | CommandApplied | RunEnded
KINDS: dict[str, type] = {kind.event: kind for kind in get_args(Event)}


def to_json(event: Event) -> dict[str, Any]:
    """The event as plain JSON values, its kind under "event". NaN and ±∞ become the strings "nan", "inf", "-inf"."""
    return {"event": event.event, **_plain(event)}


def from_json(record: dict[str, Any]) -> Event:
    """The event that `to_json` wrote. Unknown fields are ignored (a newer writer); EventError if it is no event."""
    if not isinstance(record, dict) or record.get("event") not in KINDS:
        raise EventError(f"unknown event: {str(record)[:60]}")
    try:
        event: Event = _builder(KINDS[record["event"]])(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EventError(f"malformed {record['event']} event: {error!r}") from None
    return event


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


@cache
def _builder(kind: Any) -> Callable[[Any], Any]:
    """A function from plain JSON values to a value of the type; made once a type, since a log has many lines."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind is float:
        return float
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        builders = [(f.name, _builder(hints[f.name])) for f in fields(kind)]
        return lambda value: kind(**{name: build(value[name]) for name, build in builders if name in value})
    if origin is tuple and len(parts) == 2 and parts[1] is Ellipsis:
        if parts[0] in (int, str):
            return tuple
        each = _builder(parts[0])
        return lambda value: tuple(map(each, value))
    if origin is tuple:
        each_of = [_builder(part) for part in parts]
        return lambda value: tuple(build(item) for build, item in zip(each_of, value, strict=True))
    if origin is dict:
        item = _builder(parts[1])
        return lambda value: {key: item(inner) for key, inner in value.items()}
    if origin in (Union, types.UnionType):
        record = next((part for part in parts if isinstance(part, type) and is_dataclass(part)), None)
        build = _builder(record) if record else _as_it_is
        return lambda value: None if value is None else build(value)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
