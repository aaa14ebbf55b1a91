"""`Moment`: the run as it was, or is, at the step the viewer looks at. All panels show one and the same moment."""

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from dnn_tui.mlp.events import EpochEnded, RunStarted, Snapshot
from dnn_tui.runs.state import RunState


@dataclass(frozen=True)
class Look:
    """What this viewer has chosen to see; nothing of the run itself.

    at: the step looked at; None follows the newest. For the curves: span: how many steps are seen (None: all),
    right: the last of them (None: the newest), axis: epoch, step or seconds, half_life: of the smoothing, in steps
    (0: none), metric: which of the metrics besides the loss comes first. Of the network: tiles: whether units are
    pictures where there is room, unit: the layer and number of the one looked at, edge: the number of the unit below
    whose weight into it is looked at. Of the surface: tests: whether rows that are not trained on are shown,
    discrete: only which answer, not how sure, cursor: a place in the plane, label: the class that a new point gets.
    Of the hidden space: pair: the two units whose plane is shown (from 0; None: the two principal components).
    """

    at: int | None = None
    log_y: bool = False
    span: float | None = None
    right: float | None = None
    axis: str = "epoch"
    half_life: float = 0.0
    metric: int = 0
    tiles: bool = True
    unit: tuple[int, int] | None = None
    edge: int | None = None
    tests: bool = False
    discrete: bool = False
    cursor: tuple[float, float] | None = None
    label: int = 1
    pair: tuple[int, int] | None = None


@dataclass(frozen=True)
class Moment:
    """A state seen through a look. Made, and used, while the states' locks are held."""

    state: RunState
    look: Look = field(default_factory=Look)
    title: str = ""
    others: tuple[tuple[str, RunState], ...] = ()  # runs that are compared with this one, by name

    @property
    def runs(self) -> tuple[tuple[str, RunState], ...]:
        """This run and the others, by name."""
        return ((self.title, self.state), *self.others)

    @contextmanager
    def locked(self) -> Iterator["Moment"]:
        """While inside, no run changes."""
        with ExitStack() as locks:
            for _, state in self.runs:
                locks.enter_context(state.lock)
            yield self

    @property
    def version(self) -> tuple[int, ...]:
        """Differs whenever one of the runs has changed."""
        return tuple(state.version for _, state in self.runs)

    @property
    def live(self) -> bool:
        return self.look.at is None

    @property
    def step(self) -> int:
        return self.state.step if self.look.at is None else self.look.at

    @property
    def snapshot(self) -> Snapshot | None:
        """The last picture taken at or before the moment (the first one, if it is later than the moment)."""
        return next(iter(self.recent_snapshots(1)), None)

    def recent_snapshots(self, most: int) -> list[Snapshot]:
        """The last pictures taken at or before the moment, the newest first."""
        snapshots = self.state.snapshots
        if not snapshots:
            return []
        newest = len(snapshots) - 1 if self.look.at is None else snapshots.at_step(self.look.at)
        pictures = [snapshots[k] for k in range(newest, max(-1, newest - most), -1)]
        if not self.state.marks:
            return pictures
        sizes = list(self.network.get("sizes") or ())  # before a change the network may have been another
        return [picture for picture in pictures if [layer.size for layer in picture.layers] == sizes]

    @property
    def epoch_number(self) -> int:
        """The epoch that ran, from 1."""
        if self.look.at is None:
            return self.state.epoch
        return min(self.state.total_epochs, math.floor(self.state.epochs_by(max(0, self.look.at - 1)) + 1e-6) + 1)

    @property
    def epoch(self) -> EpochEnded | None:
        """The last that had ended, since the data is what it is."""
        epochs = self.state.epochs
        ended = len(epochs) if self.look.at is None else epochs.ended_by(self.look.at)
        if not ended or epochs[ended - 1].step <= self.state.data_since(self.look.at):
            return None
        return epochs[ended - 1]

    # ---- of the run's configuration

    @property
    def started(self) -> RunStarted | None:
        """What the run was at the moment: the newest start, resumption or change before it."""
        return self.state.started if self.look.at is None else self.state.started_at(self.look.at)

    @property
    def dataset(self) -> dict[str, Any]:
        return self.started.dataset if self.started else {}

    @property
    def network(self) -> dict[str, Any]:
        return self.started.network if self.started else {}

    @property
    def training(self) -> dict[str, Any]:
        return self.started.training if self.started else {}

    @property
    def task(self) -> str:
        return str(self.dataset.get("task", ""))

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; numbers where the data has no names."""
        names = tuple(str(name) for name in self.dataset.get("classes", ()))
        if not names and self.task == "binary":
            return ("0", "1")
        return names

    @property
    def image_shape(self) -> tuple[int, ...] | None:
        shape = self.dataset.get("image_shape")
        return tuple(shape) if shape else None
