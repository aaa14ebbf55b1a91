"""The training loop: a generator of events.

    for event in Trainer(network, data, config).events():
        ...

Pausing is not calling `next`. Commands from another thread go in through `send` and take effect between steps;
each one that took effect is an event.
"""

import math
import queue
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from . import reports
from .alerts import Watch, blown_up
from .arrays import Array
from .batches import Batches
from .calibration import can_calibrate, divide_last_layer, temperature
from .checks import check_fit, make_loss
from .clock import Clock
from .commands import Changer, Command
from .config import TrainingConfig, TrainingError
from .data import Data
from .dropout import Dropout
from .evaluation import Evaluator
from .events import Alert, CommandApplied, Event, Progress, Snapshot
from .network import Network
from .optimizers import make_optimizer
from .randomness import stream
from .rate import Rate
from .schedules import Schedule
from .snapshot import Viewer
from .steps import make_steps
from .tiles import Wish

PROGRESS_SECONDS = 0.05
SNAPSHOT_SECONDS = 0.5
# of a trainer that goes on as another: what is its own
_STAYS = {
    *("run", "commands", "changer", "tuner", "paused", "stays", "rests", "_due", "_stop", "_message"),
    *("clock", "_losses", "_progress_at", "_progress_elapsed"),
}
# overflow on the way to a loss that is no number is told by an Alert, with step and layer, not by NumPy on stderr
QUIETLY = partial(np.errstate, over="ignore", invalid="ignore", divide="ignore")


class Trainer:
    """Trains `network` on `data` (`data.Data`: a `datasets.Dataset`, or anything with its fields) as `config` says.

    Raises TrainingError where they do not fit. The same seed gives the same weights, bit for bit.
    """

    def __init__(self, network: Network, data: Data, config: TrainingConfig, run: str = "") -> None:
        self.network, self.data, self.run = network, data, run
        self.loss = make_loss(config, data.task)
        rows = len(data.train)
        self.config = config = replace(config, loss=self.loss.name, batch_size=config.batch_size or rows)
        check_fit(network, data, config, self.loss)
        self.optimizer = make_optimizer(
            config.optimizer, network.parameters, network.dtype, **config.optimizer_settings
        )
        self.optimizer.train_only(network.parts_without(config.frozen))
        self.steps_per_epoch = math.ceil(rows / config.batch_size)
        self.rate = Rate(Schedule(config, self.steps_per_epoch))
        self.batches = Batches(data, config, network.dtype)
        dropped = config.dropout or config.input_dropout
        self.dropout = Dropout(network.layers, config.dropout, config.input_dropout, config.seed) if dropped else None
        total = config.epochs * self.steps_per_epoch
        self.engine = make_steps(network, self.loss, self.optimizer, config, self.dropout, total)
        self.config = config = replace(config, engine=self.engine.name)
        self.step = 0
        self.epoch = 0  # the running epoch, from 1; 0 before the first
        self.epochs = config.epochs  # grows when the run is prolonged
        # where the training last began anew: what it does from there on is what it would do from 0
        self.begun_step, self.begun_epoch = 0, 0
        self.lr = self.rate.at(self.step)
        self.best_epoch, self.best_loss = 0, math.inf
        self._best_theta = network.theta.copy() if config.patience else None
        self._waited = 0  # epochs since the best one, for early stopping
        self.temperature: float | None = None  # found at the end, or given where no row is left to find it on

        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.paused, self.pace, self._next_step_at = False, config.pace, 0.0
        self._stop: str | None = None
        self._message = ""
        self.stays = False  # at its end it waits for a change or for more epochs, instead of ending
        self.rests = False  # it does so now
        self._due = False  # a single step was asked for while it waited there
        self.changer: Changer | None = None
        # what may choose another engine: when told to, and told how many seconds an epoch's steps took
        self.tuner: Callable[[Trainer, float | None], Iterator[Event]] | None = None
        self.configuration: dict[str, Any] = {}  # the whole run's, as plain values, for who reads the log

        self.evaluate = Evaluator(network, self.loss, data.task, data.target_scale)
        # the training figure of an epoch is measured on a fixed part of the rows, as many as validation has
        part = stream(config.seed, "probe").permutation(rows)[: max(1000, len(data.validation))]
        self.train_part = np.sort(part)
        self.viewer, self._watch = Viewer(network, data), Watch()
        self.shown = data.validation if len(data.validation) else data.train
        self._sample = 0
        self.clock, self._epoch_start = Clock(), 0.0
        self._losses: list[float] = []
        self._progress_at, self._progress_elapsed, self._snapshot_at = 0.0, 0.0, 0.0

    def send(self, command: Command | str) -> None:
        """Ask for something, from any thread."""
        self.commands.put(Command(command) if isinstance(command, str) else command)

    # ---- the run

    def events(self) -> Iterator[Event]:
        """Train, yielding what happens; the last event is RunEnded."""
        yield reports.started(self)
        self.clock.start()
        yield self._snapshot(None)
        try:
            while True:
                while self._is_left() and not self._stop:
                    yield from self._run_epoch()
                yield from self._restore_best()
                yield from self._calibrate()
                if not self.stays or self._stop in ("stopped", "interrupted"):
                    break
                if not (yield from self._rest()):
                    break
        finally:
            self.clock.stop()
        yield reports.ended(self, self._stop or "completed", self._message)

    def _is_left(self) -> bool:
        """Whether there is something left to train."""
        return self.in_epoch or self.epoch < self.epochs

    def _rest(self) -> Generator[Event, None, bool]:
        """The end of a training that stays: wait, paused, until there is more to train or it is to stop.

        To go on without a change is to train as many epochs more. Gives whether it goes on: not where it stopped
        waiting because nobody wants it to.
        """
        ends = {"diverged": "The loss is no number any more", "early_stopping": "It has stopped early"}
        how, said = self._stop, self._message
        why = ends.get(how or "", f"All {self.epochs} epochs are done")
        self._stop, self._message, self._waited, self.paused = None, "", 0, True
        yield CommandApplied(time.time(), self.step, "pause", None, "the end of the training")
        yield Alert(time.time(), self.step, "resting", "info", f"{why}: change something, or let it go on.")
        self.rests = True
        yield from self._take_commands()
        self.rests = False
        if not self.stays:
            self._stop, self._message = self._stop or how, self._message or said
            return not self._stop and self._is_left()
        self._due = self.paused
        if not self._is_left() and not self._stop:
            self.epochs = self.epoch + self.config.epochs
            yield CommandApplied(time.time(), self.step, "prolong", self.epochs, "the end of the training")
        return True

    def _run_epoch(self) -> Iterator[Event]:
        before = None
        if not self.in_epoch:
            self._begin_epoch()
        while self.batches.next_size:
            if self._due:
                self._due = False
            elif self.paused or self.pace or not self.commands.empty():
                yield from self._take_commands()
            if self._stop:
                yield from self._progress()
                return
            if not self.in_epoch:  # a change took the rows away: the epoch begins anew
                self._begin_epoch()
            batches = self.batches
            loss, before = self._steps()
            if not math.isfinite(loss):
                yield from self._progress()
                yield blown_up(self.network, self.engine.workspace(batches.last_size), loss, self.step, self.lr)
                self._stop = "diverged"
                return
            if self.paused or time.perf_counter() - self._progress_at >= PROGRESS_SECONDS:
                yield from self._progress()
            if before is not None and batches.next_size:
                yield from self._picture(before)
        yield from self._progress()
        yield from self._end_epoch(before)

    def _steps(self) -> tuple[float, Array | None]:
        """Train until something is to be told or obeyed; the last loss, and θ before the last step if pictured."""
        batches, commands, losses, engine = self.batches, self.commands, self._losses, self.engine
        with QUIETLY():
            while True:
                now = time.perf_counter()
                before, steps = None, 1
                if now - self._snapshot_at >= SNAPSHOT_SECONDS or self.paused or batches.at_last:
                    before = self.network.theta.copy()
                elif not self.pace:
                    steps = min(engine.steps_ahead(), batches.full_steps_before_last)
                losses += (trained := self._train(steps))
                if (
                    before is not None
                    or now - self._progress_at >= PROGRESS_SECONDS
                    or not math.isfinite(trained[-1])
                    or not commands.empty()
                    or self.pace
                ):
                    return trained[-1], before

    def advance(self, steps: int) -> Iterator[float]:
        """Nothing but training: the loss of each of the next `steps` steps, with no events and no evaluation.

        For measuring, and for code that does its own reporting.
        """
        while steps > 0:
            if not self.batches.order_open:
                self._begin_epoch()
            with QUIETLY():
                trained = self._train(min(steps, self.engine.steps_ahead()))
            yield from trained
            steps -= len(trained)

    def _train(self, steps: int) -> list[float]:
        """That many steps on the next rows, or as many as the engine does at once; their losses."""
        rates = [self.rate.at(self.step + k) for k in range(steps)]
        losses = self.engine.run(self.batches, rates)
        self.step += len(losses)
        self.lr = rates[len(losses) - 1]
        return losses

    def _begin_epoch(self) -> None:
        self.epoch += 1
        self.batches.begin_epoch(self.epoch - self.begun_epoch)
        self._epoch_start = self.elapsed

    def _end_epoch(self, before: Array | None) -> Iterator[Event]:
        """Measure, judge, picture; before: θ before the last step, if known."""
        ended = reports.epoch_ended(self, seconds := self.elapsed - self._epoch_start)
        judged = (ended.validation or ended.train)["loss"]
        better = judged < self.best_loss - (self.config.min_delta if self.best_epoch else 0)
        if better:
            self.best_loss, self.best_epoch, self._waited = judged, self.epoch, 0
            if self._best_theta is not None:
                self._best_theta[...] = self.network.theta
        else:
            self._waited += 1
            if self.config.patience and self._waited >= self.config.patience:
                self._stop = "early_stopping"
        self.rate.schedule.epoch_ended(judged)
        self.batches.order = None
        self._sample = (self._sample + 1) % len(self.shown)
        yield replace(ended, best=better)
        yield from self._picture(before)
        if self.tuner is not None:
            yield from self.tuner(self, seconds)
        self._progress_elapsed = self.elapsed  # the evaluation is not part of the next steps' rate

    def _restore_best(self) -> Iterator[Event]:
        """With early stopping, a run that ends by itself ends with its best weights."""
        if self._best_theta is None or self._stop not in (None, "early_stopping") or self.best_epoch in (0, self.epoch):
            return
        self.network.theta[...] = self._best_theta
        why = f"No lower loss for {self._waited} epochs" if self._stop else "The last epoch was not the best"
        self._message = f"{why}: back to the weights of epoch {self.best_epoch}."
        yield Alert(time.time(), self.step, "best_weights_restored", "info", self._message)
        yield self._snapshot(None)

    def _calibrate(self) -> Iterator[Event]:
        """A run that ends by itself ends with probabilities as sure as they are right on the validation rows."""
        held = self.data.validation
        wanted = self.config.calibrate and self._stop in (None, "early_stopping")
        if wanted and self.temperature is not None and not len(held):
            divide_last_layer(self.network, self.temperature)
            said = f"Probabilities calibrated by the temperature {self.temperature:.3g} that was given."
            self.temperature = None  # a run that is prolonged is not divided twice
            self._message = f"{self._message} {said}".strip()
            yield Alert(time.time(), self.step, "calibrated", "info", said)
            yield self._snapshot(None)
        if not wanted or not can_calibrate(self.network, self.data.task, len(held)):
            return
        before = self.evaluate(held.x, held.y).metrics["loss"]
        by = self.temperature = temperature(self.network.predict(held.x), held.y)
        divide_last_layer(self.network, by)
        after = self.evaluate(held.x, held.y).metrics["loss"]
        sure = "less" if by > 1 else "more"
        said = (
            f"Probabilities made {sure} sure, by temperature {by:.3g} on {len(held):,} validation rows: "
            f"their loss went from {before:.4g} to {after:.4g}."
        )
        self._message = f"{self._message} {said}".strip()
        yield Alert(time.time(), self.step, "calibrated", "info", said)
        yield self._snapshot(None)

    def set_lr(self, lr: float) -> None:
        """Go on from here with this learning rate; the shape of the schedule is kept."""
        self.rate.set(lr, self.step)
        self.lr = lr

    def follow_schedule(self) -> None:
        """Go on with the learning rate that the schedule says, whatever was set."""
        self.rate.follow_schedule()
        self.lr = self.rate.at(self.step)

    # ---- to go on later, bit for bit

    @property
    def in_epoch(self) -> bool:
        """Whether an epoch has begun and not ended."""
        return self.batches.order is not None

    @property
    def stopped_early(self) -> bool:
        """Whether the loss has not improved for `patience` epochs: there is nothing left to train."""
        return self._stop == "early_stopping"

    def wait_anew(self) -> None:
        """Go on although it stopped early, with as much patience as at the start. Call before `events`."""
        self._waited = 0
        if self.stopped_early:
            self._stop = None

    def stay(self) -> None:
        """Go on although it has ended: wait for a change, or for more to train. Call before `events`."""
        self.stays, self._stop, self._message, self._waited = True, None, "", 0

    def state_dict(self) -> dict[str, Any]:
        """Everything that decides what comes next: live arrays (copy what is to be kept) and JSON-able values.

        Whole wherever `events` has yielded. Losses not yet told in a Progress are not in it.
        """
        streams = {"shuffle": self.batches.shuffle.bit_generator.state}
        if self.dropout:
            streams["dropout"] = self.dropout.rng.bit_generator.state
        state = {
            "theta": self.network.theta,
            "optimizer": self.optimizer.state(),
            "streams": streams,
            "order": self.batches.order,
            "position": self.batches.position,
            "step": self.step,
            "epoch": self.epoch,
            "epochs": self.epochs,
            "begun": [self.begun_step, self.begun_epoch],
            **self.rate.state(),
            "pace": self.pace,
            "sample": self._sample,
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
            "waited": self._waited,
            "elapsed": self.elapsed,
            "epoch_start": self._epoch_start,
        }
        if self._best_theta is not None:
            state["best_theta"] = self._best_theta
        if self.temperature is not None:
            state["temperature"] = self.temperature
        if self.changer is not None:
            state["changes"] = self.changer.state()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` gave, in a trainer of the same data, network and configuration.

        Call before `events`. Raises TrainingError where the shapes differ.
        """
        live = {"theta": self.network.theta, **self.optimizer.state()}
        saved = {"theta": state["theta"], **state["optimizer"]}
        if self._best_theta is not None:
            live["best_theta"], saved["best_theta"] = self._best_theta, state.get("best_theta", state["theta"])
        for name, array in live.items():
            if name not in saved or saved[name].shape != array.shape:
                raise TrainingError(f"The checkpoint is of another network or optimizer: {name} does not fit.")
            array[...] = saved[name]
        self.batches.shuffle.bit_generator.state = state["streams"]["shuffle"]
        if self.dropout and "dropout" in state["streams"]:
            self.dropout.rng.bit_generator.state = state["streams"]["dropout"]
        self.step, self.epoch, self.epochs = state["step"], state["epoch"], state["epochs"]
        self.begun_step, self.begun_epoch = state.get("begun", (0, 0))
        self.batches.resume(state["order"], state["position"], self.epoch - self.begun_epoch)
        self._epoch_start = state["epoch_start"]
        self.rate.load(state)
        self.lr = self.rate.at(self.step)
        self.pace, self._sample = state["pace"], state["sample"]
        self.best_epoch, self.best_loss = state["best_epoch"], float(state["best_loss"])
        self._waited, self.temperature = state["waited"], state.get("temperature")
        if self.config.patience and self._waited >= self.config.patience and not self.in_epoch:
            self._stop = "early_stopping"  # it stops where the run that was never interrupted did
        self.clock.set(state["elapsed"])
        self._progress_elapsed = state["elapsed"]

    def become(self, other: "Trainer") -> None:
        """Go on, between two steps, as another trainer that stands at the same step: its network, data, everything.

        What stays is who is listened to, whether it is paused, and the clock.
        """
        other.viewer.lookers = self.viewer.lookers
        alike = other.network.theta.shape == self.network.theta.shape and other.loss.name == self.loss.name
        if alike and other.begun_step == self.begun_step:
            other._watch = self._watch  # what it has said once of this network it need not say again
        vars(self).update({name: value for name, value in vars(other).items() if name not in _STAYS})

    def started(self, change: str = "") -> Iterator[Event]:
        """What is said where a training begins, or goes on changed; change: what was changed, in words."""
        self.viewer.begin_anew()
        yield replace(reports.started(self), step=self.step, change=change)
        yield self._snapshot(None)

    @property
    def epochs_done(self) -> float:
        """Epochs, the part of the running one that is done included."""
        part = self.batches.position / self.batches.rows if self.in_epoch else 1.0
        return self.epoch - 1 + part if self.epoch else 0.0

    # ---- commands

    def _take_commands(self) -> Iterator[Event]:
        """Obey what was sent; wait here while paused, or until a paced step is due."""
        while (command := self._next_command()) is not None:
            yield from self._obey(command)
            if command.name == "step" or self._stop or (self.rests and not self.stays):
                return

    def _next_command(self) -> Command | None:
        """The next command, or None when it is time for a step."""
        command: Command | None
        try:
            if self.paused:
                self.clock.stop()
                command = self.commands.get()
                self.clock.start()
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
        number = float(command.value) if isinstance(command.value, int | float) else 0.0
        match command.name:
            case "pause" | "resume" | "step":
                self.paused = command.name != "resume"
            case "stop" | "interrupt":
                self._stop = "stopped" if command.name == "stop" else "interrupted"
            case "set_lr":
                if not 0 < number < math.inf:
                    return
                self.set_lr(number)
            case "sample":
                self._sample = (self._sample + int(number or 1)) % len(self.shown)
                yield self._snapshot(None)
                return
            case "tiles":
                wish = Wish.parse(command.value)
                if self.viewer.lookers.ask(command.by, wish) and (wish.side or self.paused):
                    yield self._snapshot(None)
                return
            case "pace":
                self.pace, self._next_step_at = max(0.0, number), 0.0
            case "prolong":
                if not (number and number >= self.epoch):
                    return
                self.epochs = int(number)
            case "stay":
                self.stays = bool(number)
            case "change" | "undo" | "redo" | "tune":
                yield from self._progress()
                yield from self._hand_on(command)
                return
            case "checkpoint":
                pass  # whoever writes the log writes the checkpoint when the event arrives
            case _:
                return
        if command.name in ("pause", "checkpoint"):
            yield from self._progress()
        yield CommandApplied(time.time(), self.step, command.name, command.value, command.by)

    def _hand_on(self, command: Command) -> Iterator[Event]:
        """To who obeys it."""
        if command.name == "tune":
            yield from self.tuner(self, None) if self.tuner else ()
        else:
            yield from self.changer.obey(command) if self.changer else ()

    # ---- events

    @property
    def elapsed(self) -> float:
        """Seconds of training so far, pauses not counted."""
        return self.clock.elapsed

    def _progress(self) -> Iterator[Event]:
        if not self._losses:
            return
        now, elapsed = time.perf_counter(), self.elapsed
        seconds = max(elapsed - self._progress_elapsed, 1e-9)
        rate = len(self._losses) * self.config.batch_size / seconds
        losses, self._losses = tuple(self._losses), []
        self._progress_at, self._progress_elapsed = now, elapsed
        yield Progress(time.time(), self.step, self.epoch, round(elapsed, 4), losses, self.lr, rate)
        yield from self._watch.losses(self.step, losses, self.lr)

    def _picture(self, before: Array | None) -> Iterator[Event]:
        snapshot = self._snapshot(before)
        yield snapshot
        yield from self._watch.layers(snapshot)

    @QUIETLY()
    def _snapshot(self, before: Array | None) -> Snapshot:
        self._snapshot_at = time.perf_counter()
        sample = self.viewer.sample(self.shown, self._sample)
        layers = self.viewer.layers()
        return Snapshot(
            time.time(),
            self.step,
            self.epoch,
            round(self.elapsed, 4),
            sample,
            layers,
            self.viewer.statistics(before),
            self.viewer.surface(),
            self.viewer.tiles(),
            self.viewer.fit(),
            self.viewer.hidden(),
        )
