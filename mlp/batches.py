"""The rows of a training step: shuffled, gathered, their targets as the loss wants them, without allocating."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .arrays import Array
from .augmentation import Augmenter
from .backprop import Workspace
from .config import TrainingConfig
from .data import Data, Rows
from .randomness import stream

CHUNK = 2048  # rows augmented at a time, about: enough for NumPy to be quick, few enough to be ready soon


@dataclass(frozen=True)
class Ahead:
    """The rows of several steps: x[rows] and targets[target_rows], batch after batch; weight of each in its mean."""

    x: Array
    rows: Array
    targets: Array
    target_rows: Array
    weight: Array


class NextRows(Protocol):
    """What gives the rows of the next steps, as `Batches` does."""

    position: int

    @property
    def next_size(self) -> int:
        """Rows of the next batch."""

    def fill(self, workspace: Workspace) -> None:
        """The next batch: what `Batches.fill` puts into its h[0], y and weight."""

    def ahead(self, steps: int) -> Ahead:
        """The next `steps` batches: what `Batches.ahead` gives."""


class Batches:
    """Fills workspaces from a data set's training rows. A new order each epoch, from the stream "shuffle", or theirs.

    order: the running epoch's row numbers, None between epochs; position: how many of them are done.
    With augmentation, rows are drawn and deformed a chunk of several batches at a time, the next chunk by another
    thread while this one is learned; each chunk of each epoch has a random stream of its own: resuming needs no state.
    """

    def __init__(self, data: Data, config: TrainingConfig, dtype: np.dtype) -> None:
        self.rows, self.batch_size, self.seed = len(data.train), config.batch_size, config.seed
        self.x = np.ascontiguousarray(data.train.x, dtype)
        self.shuffle, self.shuffled = stream(config.seed, "shuffle"), config.shuffle
        self.order: Array | None = None
        self.position, self.epoch = 0, 0
        self._taken_up = 0  # the position from which batches of this size follow each other
        classes = {"classes": data.n_outputs, "binary": 2}.get(data.task, 0)
        self.y = np.ascontiguousarray(data.train.y, np.int64 if classes else dtype)
        self.table = target_table(classes, data.task == "binary", config.label_smoothing, dtype) if classes else None
        self.row_weight = row_weights(config, data.train, classes, dtype)
        self._labels = np.empty(self.batch_size, np.int64)
        self._chunk_rows = max(1, CHUNK // self.batch_size) * self.batch_size
        self._augmenter = Augmenter(config, data.image_shape) if config.augments else None
        self._chunk: tuple[int, Array] | None = None

    def begin_epoch(self, epoch: int) -> None:
        """Draw the order of an epoch (counted from 1) and stand before its first row."""
        self.order = self.shuffle.permutation(self.rows) if self.shuffled else np.arange(self.rows)
        self.position, self.epoch, self._taken_up = 0, epoch, 0
        self._chunk = None

    def resume(self, order: Array | None, position: int, epoch: int) -> None:
        """Stand where another run stood; the state of `shuffle` is set apart."""
        self.order, self.position, self.epoch = None if order is None else np.array(order), position, epoch
        self._taken_up = position

    @property
    def order_open(self) -> bool:
        """Whether rows of a begun epoch are left."""
        return self.order is not None and self.position < self.rows

    @property
    def next_size(self) -> int:
        """Rows of the next batch; 0 at the end of the epoch."""
        return min(self.batch_size, self.rows - self.position)

    @property
    def at_last(self) -> bool:
        """Whether the next batch is the epoch's last."""
        return self.rows - self.position <= self.batch_size

    @property
    def full_steps_before_last(self) -> int:
        """Steps of whole batches that can be made before the epoch's last step."""
        return (self.rows - self.position - 1) // self.batch_size

    @property
    def last_size(self) -> int:
        """Rows of the batch before, within this epoch."""
        return (self.position - self._taken_up - 1) % self.batch_size + 1

    def fill(self, workspace: Workspace) -> None:
        """Put the next `workspace.batch_size` rows into its h[0], y and, where they have some, weight, and move on."""
        start = self.position
        self.position = stop = start + workspace.batch_size
        assert self.order is not None  # rows are taken within an epoch
        batch = self.order[start:stop]
        if self._augmenter is None:
            # `clip` spares take a copy made in case of an index error; these indices are ours
            self.x.take(batch, 0, workspace.h[0], "clip")
        else:
            chunk, first = self._augmented_chunk(self._augmenter, start)
            workspace.h[0][...] = chunk[start - first : stop - first]
        if self.table is None:
            self.y.take(batch, 0, workspace.y, "clip")
        else:
            labels = self._labels[: stop - start]
            self.y.take(batch, 0, labels, "clip")
            self.table.take(labels, 0, workspace.y, "clip")
        if self.row_weight is not None:
            if workspace.weight is None:
                workspace.weight = np.empty(len(batch), self.x.dtype)
            self.row_weight.take(batch, 0, workspace.weight, "clip")
            # rows of no weight alone: 0 / tiny teaches nothing, where 0 / 0 would break the network
            workspace.weight /= max(workspace.weight.sum(), np.finfo(self.x.dtype).tiny)

    def ahead(self, steps: int) -> Ahead:
        """The rows of the next steps, all of one size: at most `steps`, fewer where the epoch or a chunk ends."""
        size, start = self.next_size, self.position
        stop = start + size * max(1, min(steps, (self.rows - start) // size))
        order = self.order
        assert order is not None
        x, rows = self.x, order[start:stop]
        if self._augmenter is not None:
            x, first = self._augmented_chunk(self._augmenter, start)
            stop = min(stop, first + self._chunk_rows)
            rows = np.arange(start - first, stop - first)
        self.position = stop
        if self.table is None:
            targets, target_rows = self.y, order[start:stop]
        else:
            targets, target_rows = self.table, self.y[order[start:stop]]
        if self.row_weight is None:
            weight = np.full(stop - start, 1 / size, self.x.dtype)
        else:
            weight = self.row_weight[order[start:stop]].reshape(-1, size)
            sums = np.maximum(weight.sum(axis=1, keepdims=True), np.finfo(self.x.dtype).tiny)
            weight = (weight / sums).ravel()
        return Ahead(x, rows, targets, target_rows, weight)

    def _augmented_chunk(self, augmenter: Augmenter, start: int) -> tuple[Array, int]:
        """The deformed rows of the chunk that row `start` lies in, and the chunk's first row."""
        first = start // self._chunk_rows * self._chunk_rows
        if self._chunk is None or self._chunk[0] != first:
            self._chunk = first, self._augmented(augmenter, first)
        return self._chunk[1], first

    def _augmented(self, augmenter: Augmenter, first: int) -> Array:
        """The rows of the chunk that begins at `first`, deformed; the next chunk is begun in the background."""
        rows = self._chunk_rows
        following = first + rows
        return augmenter.take(
            (self.epoch, first),
            lambda at: self._deform(augmenter, at, rows),
            (self.epoch, following) if following < self.rows else None,
        )

    def _deform(self, augmenter: Augmenter, at: tuple[int, int], rows: int) -> Array:
        assert self.order is not None
        epoch, first = at
        rng = stream(self.seed, f"augmentation {epoch} {first}")
        return augmenter(self.x[self.order[first : first + rows]], rng)


def target_table(classes: int, binary: bool, smoothing: float, dtype: np.dtype) -> Array:
    """The target of each class, a row each: one-hot (binary: one column, 0 or 1), smoothed towards 1/K."""
    table = np.array([[0.0], [1.0]]) if binary else np.eye(classes)
    return (table * (1 - smoothing) + smoothing / classes).astype(dtype)


def row_weights(config: TrainingConfig, rows: Rows, classes: int, dtype: np.dtype) -> Array | None:
    """How much each row counts in the mean of its batch: its own weight times its class's; None where all count the

    same. A weight of their own rows need not have.
    """
    given = getattr(rows, "weight", None)
    weight = None if given is None else np.asarray(given, dtype)
    if not classes or not (config.balance_classes or config.class_weights):
        return weight
    labels = np.asarray(rows.y, np.int64)
    of_class = np.array(config.class_weights, dtype)
    if config.balance_classes:
        counts = np.bincount(labels, minlength=classes)
        of_class = (len(labels) / (classes * np.maximum(counts, 1))).astype(dtype)
    return of_class[labels] if weight is None else of_class[labels] * weight
