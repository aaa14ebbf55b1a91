"""`RunState`: the one thing panels read. It folds events and knows no Textual.

The same for a run in this process, a run of another process or host, and a finished one being scrubbed.
Written by one thread (`apply`), read by another (everything else): both hold the lock.
"""

import threading
from dataclasses import dataclass, field

from dnn_tui.mlp.events import (
    Alert,
    CommandApplied,
    EpochEnded,
    Event,
    Progress,
    RunEnded,
    RunStarted,
    Snapshot,
)

from .series import Series


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
    epochs: list[EpochEnded] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)
    pace: float = 0.0  # at most so many steps a second; 0: full speed
    lost: str = ""  # why no more will come although the run has not ended (its process is gone)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    # ---- writing

    def apply(self, event: Event) -> None:
        """Fold one event in. Events come in the order the trainer gave them."""
        with self.lock:
            self.version += 1
            self.updated = event.time
            self.step = max(self.step, event.step)
            match event:
                case RunStarted():
                    self.started = event
                    self.lr = float(event.training.get("lr", 0.0))
                    self.pace = float(event.training.get("pace", 0.0))
                    self._say(event, "info", _greeting(event))
                case Progress():
                    self.loss.extend(event.losses)
                    self.epoch, self.elapsed, self.lr = event.epoch, event.elapsed, event.lr
                    self.rate = event.rate if not self.rate else 0.8 * self.rate + 0.2 * event.rate
                case EpochEnded():
                    self.epochs.append(event)
                    self.epoch, self.elapsed = event.epoch, event.elapsed
                    self._say(event, "info", _epoch_line(event))
                case Snapshot():
                    self.snapshots.append(event)
                case Alert():
                    self.alerts.append(event)
                    self._say(event, event.severity, event.message)
                case CommandApplied():
                    self.paused = {"pause": True, "step": True, "resume": False}.get(event.command, self.paused)
                    if event.command == "pace":
                        self.pace = float(event.value or 0)
                    value = "" if event.value is None else f" {event.value}"
                    self._say(event, "command", f"{event.command}{value}" + (f" ({event.by})" if event.by else ""))
                case RunEnded():
                    self.ended = event
                    self.elapsed, self.paused = event.elapsed, False
                    self._say(event, "error" if event.reason in ("error", "diverged") else "info", _farewell(event))

    def say(self, text: str, severity: str = "output", time: float = 0.0) -> None:
        """Add a line to the log that is no event (captured output, a note of the viewer)."""
        with self.lock:
            self.version += 1
            self.log.append(LogEntry(time or self.updated, self.step, severity, text))

    def lose(self, why: str) -> None:
        """The run's process is gone without having ended the run."""
        with self.lock:
            self.lost = why
            self.say(why, "error")

    def reset(self) -> None:
        """Forget everything: the log is being read again from its start."""
        with self.lock:
            version, lock = self.version, self.lock
            self.__init__(version=version + 1, lock=lock)

    def _say(self, event: Event, severity: str, text: str) -> None:
        self.log.append(LogEntry(event.time, event.step, severity, text))

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

    @property
    def total_epochs(self) -> int:
        return int(self.started.training["epochs"]) if self.started else 0

    @property
    def steps_per_epoch(self) -> int:
        return int(self.started.training["steps_per_epoch"]) if self.started else 0

    @property
    def fraction(self) -> float:
        """How much of the planned training is done, 0 to 1."""
        total = self.total_epochs * self.steps_per_epoch
        return min(1.0, self.step / total) if total else 0.0

    @property
    def eta(self) -> float | None:
        """Seconds left, evaluation after each epoch included; None while unknown or ended."""
        if not self.started or self.ended or not self.step or not self.elapsed:
            return None
        evaluation = [e.evaluation_seconds for e in self.epochs]
        stepping = self.elapsed - sum(evaluation)
        steps_left = self.total_epochs * self.steps_per_epoch - self.step
        epochs_left = self.total_epochs - len(self.epochs)
        mean_evaluation = sum(evaluation) / len(evaluation) if evaluation else 0.0
        return max(0.0, stepping / self.step * steps_left + mean_evaluation * epochs_left)

    @property
    def latest_epoch(self) -> EpochEnded | None:
        return self.epochs[-1] if self.epochs else None

    @property
    def best_epoch(self) -> EpochEnded | None:
        return next((e for e in reversed(self.epochs) if e.best), None)

    @property
    def snapshot(self) -> Snapshot | None:
        return self.snapshots[-1] if self.snapshots else None


def _greeting(event: RunStarted) -> str:
    sizes = "-".join(str(n) for n in event.network.get("sizes", ()))
    return f"{event.dataset.get('name', '?')}: {sizes}, {event.network.get('parameters', 0):,} parameters"


def _epoch_line(event: EpochEnded) -> str:
    parts = [f"epoch {event.epoch}:"]
    for name, metrics in (("train", event.train), ("validation", event.validation)):
        if metrics:
            parts.append(f"{name} " + " ".join(f"{key} {value:.4g}" for key, value in metrics.items()))
    return "  ".join(parts) + ("  best so far" if event.best else "")


def _farewell(event: RunEnded) -> str:
    test = event.metrics.get("test", {})
    figures = ", ".join(f"test {key} {value:.4g}" for key, value in test.items())
    return " ".join(filter(None, [f"{event.reason.replace('_', ' ')}.", event.message, figures]))
