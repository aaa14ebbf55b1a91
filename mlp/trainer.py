"""The training loop: a generator of events.

    for event in Trainer(network, data, config).events():
        ...

Pausing is not calling `next`. Commands from another thread go in through `send` and take effect between steps;
each one that took effect is an event.
"""

import math
import queue
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from .backprop import Workspace, backward, forward, loss_value
from .evaluation import Evaluation, Evaluator, fill_targets
from .events import Alert, CommandApplied, EpochEnded, Event, Progress, RunEnded, RunStarted, Snapshot
from .losses import DEFAULT_PAIR, LOSSES
from .network import Network
from .optimizers import make_optimizer
from .randomness import stream
from .snapshot import Viewer

PROGRESS_SECONDS = 0.05
SNAPSHOT_SECONDS = 0.5
MISTAKES_SHOWN = 8


class TrainingError(ValueError):
    """Data, network and configuration that do not fit each other: one sentence for the user."""


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. loss None: the task's own. batch_size 0: all training rows at once (batch gradient descent)."""

    loss: str | None = None
    optimizer: str = "adam"
    lr: float = 0.001
    batch_size: int = 32
    epochs: int = 10
    seed: int = 0
    pace: float = 0.0  # at most so many steps a second, for watching; 0: as fast as it goes


@dataclass(frozen=True)
class Command:
    """pause, resume, step, stop, interrupt, set_lr (value), checkpoint, sample (value: +1 or -1),

    pace (value: at most so many steps a second, 0 for full speed), prolong (value: epochs in all).
    """

    name: str
    value: float | None = None
    by: str = ""


class Trainer:
    """Trains `network` on `data` (a `datasets.Dataset`, or anything with its fields) as `config` says.

    Raises TrainingError where they do not fit. The same seed gives the same weights, bit for bit.
    """

    def __init__(self, network: Network, data, config: TrainingConfig, run: str = "") -> None:
        self.network, self.data, self.run = network, data, run
        self.loss = LOSSES[config.loss or DEFAULT_PAIR[data.task][1]]
        rows = len(data.train)
        self.config = replace(config, loss=self.loss.name, batch_size=config.batch_size or rows)
        self._check()
        self.optimizer = make_optimizer(self.config.optimizer, network.parameters, network.dtype)
        self.lr = self.config.lr
        self.steps_per_epoch = math.ceil(rows / self.config.batch_size)
        self.step = 0
        self.epoch = 0  # the running epoch, from 1; 0 before the first
        self.paused = False
        self.pace = self.config.pace
        self._next_step_at = 0.0
        self.best_epoch, self.best_loss = 0, math.inf
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._shuffle = stream(self.config.seed, "shuffle")
        self._evaluate = Evaluator(network, self.loss, data.task, data.target_scale)
        self._viewer = Viewer(network, data)
        self._shown = data.validation if len(data.validation) else data.train
        self._sample = 0
        # the training figure of an epoch is measured on a fixed part of the rows, as many as validation has
        part = stream(self.config.seed, "probe").permutation(rows)[: max(1000, len(data.validation))]
        self._train_part = np.sort(part)
        self._elapsed, self._resumed_at = 0.0, None
        self._losses: list[float] = []
        self._progress_at, self._progress_elapsed, self._snapshot_at = 0.0, 0.0, 0.0
        self._stop: str | None = None
        self.epochs = self.config.epochs  # grows when the run is prolonged
        # the running epoch: its rows in order (None between epochs), how many are done, and when it began
        self._order: np.ndarray | None = None
        self._position, self._epoch_start = 0, 0.0

    def send(self, command: Command | str) -> None:
        """Ask for something, from any thread."""
        self.commands.put(Command(command) if isinstance(command, str) else command)

    # ---- the run

    def events(self) -> Iterator[Event]:
        """Train, yielding what happens; the last event is RunEnded."""
        yield self._started()
        self._resumed_at = time.perf_counter()
        yield self._snapshot(None)
        try:
            while (self._order is not None or self.epoch < self.epochs) and not self._stop:
                yield from self._run_epoch()
        finally:
            self._pause_clock()
        yield self._ended(self._stop or "completed")

    def _run_epoch(self) -> Iterator[Event]:
        config, rows = self.config, len(self.data.train)
        if self._order is None:
            self.epoch += 1
            self._order, self._position, self._epoch_start = self._shuffle.permutation(rows), 0, self.elapsed
        full = Workspace(self.network, min(config.batch_size, rows))
        rest = Workspace(self.network, rows % config.batch_size) if rows % config.batch_size else None
        while self._position < rows:
            yield from self._take_commands()
            if self._stop:
                yield from self._progress()
                return
            batch = self._order[self._position : self._position + config.batch_size]
            now = time.perf_counter()
            picture = now - self._snapshot_at >= SNAPSHOT_SECONDS or self.paused
            before = self.network.theta.copy() if picture else None
            workspace = full if len(batch) == full.batch_size else rest
            loss = self._train_step(workspace, batch)
            self.step += 1
            self._position += len(batch)
            self._losses.append(loss)
            if not math.isfinite(loss):
                yield from self._progress()
                yield self._blown_up(loss, workspace)
                self._stop = "diverged"
                return
            if now - self._progress_at >= PROGRESS_SECONDS or self.paused:
                yield from self._progress()
            if picture:
                yield self._snapshot(before)
        yield from self._progress()
        ended = self._epoch_ended(self.elapsed - self._epoch_start)
        self._order = None
        self._sample = (self._sample + 1) % len(self._shown)
        yield ended
        yield self._snapshot(None)

    def _train_step(self, workspace: Workspace, batch: np.ndarray) -> float:
        train = self.data.train
        np.take(train.x, batch, axis=0, out=workspace.h[0], mode="clip")
        fill_targets(workspace.y, train.y[batch], self.data.task)
        forward(self.network, workspace)
        loss = loss_value(self.network, workspace, self.loss)
        if not math.isfinite(loss):
            return loss  # the weights stay as they are, so that the layer that broke can be told
        backward(self.network, workspace, self.loss)
        self.optimizer.step(self.network.theta, self.network.grad, self.lr)
        return loss

    # ---- to go on later, bit for bit

    @property
    def in_epoch(self) -> bool:
        """Whether an epoch has begun and not ended."""
        return self._order is not None

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides what comes next: live arrays (copy what is to be kept) and JSON-able values.

        Whole wherever `events` has yielded. Losses not yet told in a Progress are not in it.
        """
        return {
            "theta": self.network.theta,
            "optimizer": self.optimizer.state(),
            "streams": {"shuffle": self._shuffle.bit_generator.state},
            "order": None if self._order is None else self._order,
            "position": self._position,
            "step": self.step,
            "epoch": self.epoch,
            "epochs": self.epochs,
            "lr": self.lr,
            "pace": self.pace,
            "sample": self._sample,
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
            "elapsed": self.elapsed,
            "epoch_start": self._epoch_start,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` gave, in a trainer of the same data, network and configuration.

        Call before `events`. Raises TrainingError where the shapes differ.
        """
        live = {"theta": self.network.theta, **self.optimizer.state()}
        saved = {"theta": state["theta"], **state["optimizer"]}
        for name, array in live.items():
            if name not in saved or saved[name].shape != array.shape:
                raise TrainingError(f"The checkpoint is of another network or optimizer: {name} does not fit.")
            array[...] = saved[name]
        self._shuffle.bit_generator.state = state["streams"]["shuffle"]
        order = state["order"]
        self._order = None if order is None else np.array(order)
        self._position, self._epoch_start = state["position"], state["epoch_start"]
        self.step, self.epoch, self.epochs = state["step"], state["epoch"], state["epochs"]
        self.lr, self.pace, self._sample = state["lr"], state["pace"], state["sample"]
        self.best_epoch, self.best_loss = state["best_epoch"], state["best_loss"]
        self._elapsed = self._progress_elapsed = state["elapsed"]

    # ---- commands

    def _take_commands(self) -> Iterator[Event]:
        """Obey what was sent; wait here while paused, or until a paced step is due."""
        while (command := self._next_command()) is not None:
            yield from self._obey(command)
            if command.name == "step" or self._stop:
                return

    def _next_command(self) -> Command | None:
        """The next command, or None when it is time for a step."""
        try:
            if self.paused:
                self._pause_clock()
                command = self.commands.get()
                self._resumed_at = time.perf_counter()
                return command
            if self.pace and (wait := self._next_step_at - time.perf_counter()) > 0:
                return self.commands.get(timeout=wait)
            command = None if self.commands.empty() else self.commands.get_nowait()
        except queue.Empty:
            command = None
        if command is None and self.pace:
            now = time.perf_counter()
            # a step that is late is not made up for by a burst
            self._next_step_at = max(self._next_step_at, now - 1 / self.pace) + 1 / self.pace
        return command

    def _obey(self, command: Command) -> Iterator[Event]:
        match command.name:
            case "pause" | "resume" | "step":
                self.paused = command.name != "resume"
            case "stop" | "interrupt":
                self._stop = "stopped" if command.name == "stop" else "interrupted"
            case "set_lr":
                if not (command.value and command.value > 0 and math.isfinite(command.value)):
                    return
                self.lr = float(command.value)
            case "sample":
                self._sample = (self._sample + int(command.value or 1)) % len(self._shown)
                yield self._snapshot(None)
                return
            case "pace":
                self.pace, self._next_step_at = max(0.0, float(command.value or 0)), 0.0
            case "prolong":
                if not (command.value and command.value >= self.epoch):
                    return
                self.epochs = int(command.value)
            case "checkpoint":
                pass  # whoever writes the log writes the checkpoint when the event arrives
            case _:
                return
        if command.name in ("pause", "checkpoint"):
            yield from self._progress()
        yield CommandApplied(time.time(), self.step, command.name, command.value, command.by)

    # ---- events

    @property
    def elapsed(self) -> float:
        """Seconds of training so far, pauses not counted."""
        running = time.perf_counter() - self._resumed_at if self._resumed_at is not None else 0.0
        return self._elapsed + running

    def _pause_clock(self) -> None:
        self._elapsed, self._resumed_at = self.elapsed, None

    def _started(self) -> RunStarted:
        data, network = self.data, self.network
        return RunStarted(
            time=time.time(),
            run=self.run,
            dataset={
                "name": data.name,
                "task": data.task,
                "classes": list(data.class_names),
                "targets": list(data.target_names),
                "unit": data.target_unit,
                "features": network.sizes[0],
                "image_shape": list(data.image_shape) if data.image_shape else None,
                "train": len(data.train),
                "validation": len(data.validation),
                "test": len(data.test),
            },
            network={
                "sizes": list(network.sizes),
                "activations": [activation.name for activation in network.activations],
                "parameters": network.parameters,
            },
            training={
                **asdict(self.config),
                "epochs": self.epochs,
                "formula": self.loss.formula,
                "steps_per_epoch": self.steps_per_epoch,
            },
        )

    def _progress(self) -> Iterator[Progress]:
        if not self._losses:
            return
        now, elapsed = time.perf_counter(), self.elapsed
        seconds = max(elapsed - self._progress_elapsed, 1e-9)
        rate = len(self._losses) * self.config.batch_size / seconds
        losses, self._losses = tuple(self._losses), []
        self._progress_at, self._progress_elapsed = now, elapsed
        yield Progress(time.time(), self.step, self.epoch, round(elapsed, 4), losses, self.lr, rate)

    def _snapshot(self, before: np.ndarray | None) -> Snapshot:
        self._snapshot_at = time.perf_counter()
        sample = self._viewer.sample(self._shown, self._sample)
        layers = self._viewer.layers()
        return Snapshot(
            time.time(),
            self.step,
            self.epoch,
            round(self.elapsed, 4),
            sample,
            layers,
            self._viewer.statistics(before),
            self._viewer.surface(),
        )

    def _epoch_ended(self, seconds: float) -> EpochEnded:
        begin, data = self.elapsed, self.data
        train = self._evaluate(data.train.x[self._train_part], data.train.y[self._train_part])
        validation = self._evaluate(data.validation.x, data.validation.y) if len(data.validation) else None
        judged = (validation or train).metrics["loss"]
        best = judged < self.best_loss
        if best:
            self.best_loss, self.best_epoch = judged, self.epoch
        return EpochEnded(
            time=time.time(),
            step=self.step,
            epoch=self.epoch,
            elapsed=round(self.elapsed, 4),
            train=train.metrics,
            validation=validation.metrics if validation else {},
            lr=self.lr,
            seconds=round(seconds, 4),
            evaluation_seconds=round(self.elapsed - begin, 4),
            confusion=_counts(validation or train),
            mistakes=self._mistakes(validation) if validation else (),
            best=best,
        )

    def _mistakes(self, evaluation: Evaluation):
        if evaluation.confidence is None:
            return ()
        wrong = np.flatnonzero(evaluation.predicted != self.data.validation.y)
        worst = wrong[np.argsort(-evaluation.confidence[wrong], kind="stable")[:MISTAKES_SHOWN]]
        return tuple(self._viewer.sample(self.data.validation, k) for k in worst)

    def _blown_up(self, loss: float, workspace: Workspace) -> Alert:
        """Name the first thing, in the order of the forward pass, that is no longer finite."""
        network, layer, what = self.network, self.network.layers, "the loss itself"
        for i in range(1, network.layers + 1):
            parts = ((f"W_{i}", network.W[i]), (f"b_{i}", network.b[i]), (f"h_{i} = g(a_{i})", workspace.h[i]))
            broken = next((name for name, values in parts if not np.isfinite(values).all()), None)
            if broken:
                layer, what = i, broken
                break
        message = (
            f"The loss is {loss} at step {self.step}: {what} of layer {layer} is no longer finite."
            f" Try a smaller learning rate than {self.lr:g}."
        )
        return Alert(time.time(), self.step, "nonfinite_loss", "error", message, layer)

    def _ended(self, reason: str) -> RunEnded:
        metrics, confusion = {}, ()
        for name in ("train", "validation", "test"):
            split = getattr(self.data, name)
            if len(split):
                result = self._evaluate(split.x, split.y)
                metrics[name] = result.metrics
                confusion = _counts(result)
        return RunEnded(
            time.time(), self.step, self.epoch, round(self._elapsed, 4), reason, metrics, confusion, self.best_epoch
        )

    # ---- checks

    def _check(self) -> None:
        data, network, config = self.data, self.network, self.config
        rows, features = data.train.x.shape
        outputs = data.n_outputs
        if features != network.sizes[0]:
            raise TrainingError(f"The data has {features} features but the network {network.sizes[0]} inputs.")
        if outputs != network.sizes[-1]:
            raise TrainingError(f"The data needs {outputs} outputs but the network has {network.sizes[-1]}.")
        if not 1 <= config.batch_size <= rows:
            raise TrainingError(f"A batch of {config.batch_size} rows does not fit {rows} training rows.")
        if config.epochs < 1:
            raise TrainingError("Training needs at least one epoch.")
        if not (config.lr > 0 and math.isfinite(config.lr)):
            raise TrainingError(f"The learning rate must be above 0, not {config.lr}.")
        for name in ("train", "validation", "test"):
            split = getattr(data, name)
            bad = np.argwhere(~np.isfinite(split.x))
            if len(bad):
                row, column = bad[0]
                feature = data.feature_names[column] if column < len(data.feature_names) else column
                raise TrainingError(f"The {name} data has a value that is no number: row {row}, column {feature}.")
            if data.task != "regression" and len(split):
                classes = 2 if data.task == "binary" else outputs
                if split.y.min() < 0 or split.y.max() >= classes:
                    raise TrainingError(f"The {name} data has a label outside 0 … {classes - 1}.")


def _counts(evaluation: Evaluation) -> tuple[tuple[int, ...], ...]:
    if evaluation.confusion is None:
        return ()
    return tuple(tuple(int(n) for n in row) for row in evaluation.confusion)
