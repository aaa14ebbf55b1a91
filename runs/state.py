"""`RunState`: the one thing panels read. It folds events and knows no Textual.

The same for a run in this process, a run of another process or host, and a finished one being scrubbed.
Written by one thread (`apply`), read by another (everything else): both hold the lock.
"""

import statistics
import threading
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from dnn_tui.mlp.events import Alert, CommandApplied, EpochEnded, Event, Progress, RunEnded, RunStarted, Snapshot

from .epochs import Epochs
from .growing import Growing
from .log import Place, StoredSnapshot
from .series import Series
from .snapshots import Snapshots

STEP_TIMES = 101  # of the newest stretches of steps, for the median


@dataclass(frozen=True)
class LogEntry:
    """One line of the log panel. severity: info, warning, error, command or output (captured stdout, stderr)."""

    time: float
    step: int
    severity: str
    text: str


@dataclass
class RunState:
    """What a viewer needs to know of a run. `version` grows with every change: the panels' dirty flag."""

    version: int = 0
    started: RunStarted | None = None
    ended: RunEnded | None = None
    paused: bool = False
    step: int = 0
    epoch: int = 0
    elapsed: float = 0.0
    updated: float = 0.0  # Unix time of the newest event
    rate: float = 0.0  # samples a second, smoothed
    lr: float = 0.0
    loss: Series = field(default_factory=Series)  # batch loss of every step
    epochs: Epochs = field(default_factory=Epochs)
    snapshots: Snapshots = field(default_factory=Snapshots)
    alerts: list[Alert] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)
    pace: float = 0.0  # at most so many steps a second; 0: full speed
    process: dict[str, Any] = field(default_factory=dict)  # who trains: pid, host, version
    detached: bool = False  # it trains without a terminal
    starts: list[int] = field(default_factory=list)  # the steps from which it was resumed
    stretches: list[RunStarted] = field(default_factory=list)  # each start, resumption and change, by its step
    lost: str = ""  # why no more will come although the run has not ended (its process is gone)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _epochs_wanted: int = 0
    _log_steps: Growing = field(default_factory=lambda: Growing(np.int64))  # of each line of `log`
    _step_times: deque[float] = field(default_factory=lambda: deque(maxlen=STEP_TIMES))

    # ---- writing

    def apply(self, event: Event | StoredSnapshot, place: Place | None = None) -> None:
        """Fold one event in. Events come in the order the trainer gave them; `place` is the event's in the log."""
        with self.lock:
            self.version += 1
            self.updated = event.time
            self.step = max(self.step, event.step)
            match event:
                case RunStarted():
                    self._start(event)
                case Progress():
                    self._take_losses(event)
                    self.epoch, self.elapsed, self.lr = event.epoch, event.elapsed, event.lr
                    self.rate = event.rate if not self.rate else 0.8 * self.rate + 0.2 * event.rate
                case EpochEnded():
                    while self.epochs and self.epochs[-1].epoch >= event.epoch:
                        self.epochs.truncate(len(self.epochs) - 1)  # the run was resumed just before this one
                    self.epochs.append(event)
                    self.epoch, self.elapsed = event.epoch, event.elapsed
                    self._say(event, "info", _epoch_line(event))
                case Snapshot() | StoredSnapshot():
                    self.snapshots.add(event, place)
                case Alert():
                    self.alerts.append(event)
                    self._say(event, event.severity, event.message)
                case CommandApplied():
                    self.paused = {"pause": True, "step": True, "resume": False}.get(event.command, self.paused)
                    self._obeyed(event)
                    value = "" if event.value is None else f" {event.value}"
                    self._say(event, "command", f"{event.command}{value}" + (f" ({event.by})" if event.by else ""))
                case RunEnded():
                    self.ended = event
                    self.elapsed, self.paused = event.elapsed, False
                    self._say(event, "error" if event.reason in ("error", "diverged") else "info", _farewell(event))

    def _start(self, event: RunStarted) -> None:
        """The first start, or one from a checkpoint: then what came after the checkpoint is taken back."""
        resumed = self.started is not None
        parts = (_said(part) for part in (event.dataset, event.network, event.training))
        event = replace(event, dataset=next(parts), network=next(parts), training=next(parts))
        if event.change and self.started is not None:
            self._change(self.started, event)
            return
        self.started, self.ended, self.lost, self.paused = event, None, "", False
        self.process, self.detached = event.process, bool(event.process.get("detached"))
        self.lr = _figure(event.training.get("lr"))
        self.pace = _figure(event.training.get("pace"))
        self._epochs_wanted = _number(event.training.get("epochs"))
        self.step = event.step
        self._forget_stretches(event)
        self.stretches.append(event)
        if resumed:
            self.starts.append(event.step)
            self.loss.truncate(event.step)
            self.snapshots.truncate(event.step)
            self.epochs.truncate(self.epochs.ended_by(event.step))
            self.alerts = [alert for alert in self.alerts if alert.step <= event.step]
            self.epoch = self.epochs[-1].epoch if self.epochs else 0
            self._say(event, "info", f"Resumed from step {event.step:,}.")
        else:
            self._say(event, "info", _greeting(event))

    def _change(self, before: RunStarted, event: RunStarted) -> None:
        """The run goes on changed: nothing of what was before is taken back."""
        if event.training.get("lr") != before.training.get("lr"):  # else what was set, or scheduled, goes on
            self.lr = _figure(event.training.get("lr"))
        self.pace = _figure(event.training.get("pace"))
        self._epochs_wanted = _number(event.training.get("epochs"))
        self.started, self.ended = event, None
        self.stretches.append(event)
        self._step_times.clear()
        self._say(event, "info", f"Changed at step {event.step:,}: {event.change}.")

    def _forget_stretches(self, resumed: RunStarted) -> None:
        """What a resumed run does not know of: changes after its checkpoint, or just after, with another result."""
        while self.stretches:
            last = self.stretches[-1]
            undone = last.change and last.config and resumed.config and last.config != resumed.config
            if last.step < resumed.step or (last.step == resumed.step and not undone):
                return
            self.stretches.pop()

    def _take_losses(self, event: Progress) -> None:
        first = event.step - len(event.losses)  # the position of the first of them
        if first > self.loss.count:
            self.loss.gap(first - self.loss.count)  # a line of the log was lost
        else:
            self.loss.truncate(first)
        self.loss.extend(event.losses)
        if event.losses and (seconds := event.elapsed - self.elapsed) > 0:
            self._step_times.append(seconds / len(event.losses))

    def _obeyed(self, event: CommandApplied) -> None:
        match event.command:
            case "pace":
                self.pace = float(event.value or 0)
            case "set_lr":
                self.lr = float(event.value or self.lr)
            case "prolong":
                self._epochs_wanted = int(event.value or self._epochs_wanted)
            case "detach":
                self.detached = True
                if event.value is not None:  # another process goes on from here
                    self.process = {**self.process, "pid": int(event.value), "successor": True}

    def say(self, text: str, severity: str = "output", time: float = 0.0) -> None:
        """Add a line to the log that is no event (captured output, a note of the viewer)."""
        with self.lock:
            self.version += 1
            self._write(LogEntry(time or self.updated, self.step, severity, text))

    def lose(self, why: str) -> None:
        """The run's process is gone without having ended the run."""
        with self.lock:
            self.lost = why
            self.say(why, "error")

    def regain(self) -> None:
        """A process trains the run again."""
        with self.lock:
            self.version += 1
            self.lost = ""

    def reset(self) -> None:
        """Forget everything: the log is being read again from its start."""
        with self.lock:
            fresh = RunState(version=self.version + 1, lock=self.lock)
            fresh.snapshots.read = self.snapshots.read
            vars(self).update(vars(fresh))

    def _say(self, event: Event, severity: str, text: str) -> None:
        self._write(LogEntry(event.time, event.step, severity, text))

    def _write(self, entry: LogEntry) -> None:
        self.log.append(entry)
        self._log_steps.append(entry.step)

    # ---- reading

    @property
    def status(self) -> str:
        """waiting, training, paused, finished or crashed."""
        if self.ended:
            return "finished"
        if self.lost:
            return "crashed"
        if not self.started:
            return "waiting"
        return "paused" if self.paused else "training"

    def said_by(self, step: int | None, most: int, back: int = 0) -> tuple[list[LogEntry], int]:
        """The last `back` + `most` lines of the log up to a step (None: all), and how many there are in all."""
        if step is None:
            return self.log[max(0, len(self.log) - back - most) :], len(self.log)
        # steps of a resumed run fall, so this cannot be a search
        known = np.flatnonzero(self._log_steps.values <= step)
        return [self.log[k] for k in known[max(0, len(known) - back - most) :]], len(known)

    @property
    def total_epochs(self) -> int:
        """Epochs in all, as far as is known; 0 before the start."""
        return self._epochs_wanted

    @property
    def steps_per_epoch(self) -> int:
        """Steps an epoch; 0 before the start."""
        return _number(self.started.training.get("steps_per_epoch")) if self.started else 0

    def started_at(self, step: int) -> RunStarted | None:
        """What the run was at a step: its newest start, resumption or change up to there."""
        known = bisect_right(self.stretches, step, key=lambda start: start.step)
        return self.stretches[max(0, known - 1)] if self.stretches else None

    @property
    def began(self) -> float:
        """Unix time of the newest start or resumption, changes not counted; 0 before the first."""
        return next((start.time for start in reversed(self.stretches) if not start.change), 0.0)

    def data_since(self, step: int | None = None) -> int:
        """The step from which on it has had the data it has at a step (None: now): figures before are of other rows."""
        known = self.stretches if step is None else [start for start in self.stretches if start.step <= step]
        since = 0
        for before, after in pairwise(known):
            if any(before.dataset.get(key) != after.dataset.get(key) for key in ("name", "task", "classes", "targets")):
                since = after.step
        return since

    @property
    def marks(self) -> list[tuple[int, str]]:
        """(step, what was changed there, in words), in the order of the steps."""
        return [(start.step, start.change) for start in self.stretches if start.change]

    def epochs_by(self, step: int) -> float:
        """Epochs done at a step, as a number with a fraction; a change may have made them longer or shorter."""
        start = self.started_at(step)
        per_epoch = _number(start.training.get("steps_per_epoch")) if start else 0
        if start is None or not per_epoch:
            return 0.0
        if not any(stretch.change for stretch in self.stretches):
            return step / per_epoch
        done = start.training.get("epochs_done")
        before = _figure(done) if done is not None else start.step / per_epoch
        return before + (step - start.step) / per_epoch

    @property
    def fraction(self) -> float:
        """How much of the planned training is done, 0 to 1."""
        return min(1.0, self.epochs_by(self.step) / self.total_epochs) if self.total_epochs else 0.0

    @property
    def eta(self) -> float | None:
        """Seconds left, evaluation after each epoch included; None while unknown or ended."""
        if not self.started or self.ended or not self.step or not self.elapsed:
            return None
        evaluation = self.epochs.evaluation_seconds
        stepping = self.elapsed - evaluation
        steps_left = (self.total_epochs - self.epochs_by(self.step)) * self.steps_per_epoch
        epochs_left = self.total_epochs - len(self.epochs)
        mean_evaluation = evaluation / len(self.epochs) if self.epochs else 0.0
        return max(0.0, stepping / self.step * steps_left + mean_evaluation * epochs_left)

    @property
    def seconds_per_step(self) -> float:
        """The median of the newest steps; 0 while unknown."""
        return statistics.median(self._step_times) if self._step_times else 0.0

    def patience(self) -> float:
        """How many seconds without an event are nothing unusual for this run."""
        longest_evaluation = max((epoch.evaluation_seconds for epoch in self.epochs[-20:]), default=0.0)
        paced = 1 / self.pace if self.pace else 0.0
        return 10.0 + 20 * max(self.seconds_per_step, paced) + 5 * longest_evaluation

    @property
    def latest_epoch(self) -> EpochEnded | None:
        """The last epoch that ended."""
        return self.epochs[-1] if self.epochs else None

    @property
    def best_epoch(self) -> EpochEnded | None:
        """The epoch with the lowest loss so far."""
        return self.epochs.best

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest picture."""
        return self.snapshots[-1] if self.snapshots else None


def _said(part: dict[str, Any]) -> dict[str, Any]:
    """A part of a configuration without its nulls: what a log says nothing of has no key, and readers one case less."""
    return {key: value for key, value in part.items() if value is not None}


def _number(value: Any) -> int:
    """A count from a log; 0 where the log does not say."""
    return int(value) if isinstance(value, (int, float)) and value == value else 0


def _figure(value: Any) -> float:
    """A number from a log; 0 where the log does not say."""
    return float(value) if isinstance(value, int | float) else 0.0


def _greeting(event: RunStarted) -> str:
    sizes = event.network.get("sizes") or ()
    parts = [event.dataset.get("name") or "?", "-".join(map(str, sizes if isinstance(sizes, list | tuple) else ()))]
    count = _number(event.network.get("parameters"))
    return ": ".join(filter(None, map(str, parts))) + (f", {count:,} parameters" if count else "")


def _epoch_line(event: EpochEnded) -> str:
    parts = [f"epoch {event.epoch}:"]
    for name, metrics in (("train", event.train), ("validation", event.validation)):
        if metrics:
            parts.append(f"{name} " + " ".join(f"{key} {_short(value)}" for key, value in metrics.items()))
    return "  ".join(parts) + ("  best so far" if event.best else "")


def _farewell(event: RunEnded) -> str:
    test = event.metrics.get("test", {})
    figures = ", ".join(f"test {key} {_short(value)}" for key, value in test.items())
    return " ".join(filter(None, [f"{event.reason.replace('_', ' ')}.", event.message, figures]))


def _short(value: float) -> str:
    """To four digits, and never 1e+04 for 10,000."""
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e7 else f"{value:.4g}"
