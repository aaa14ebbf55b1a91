"""Recording: the trainer's events pass through here on their way to the screen."""

import os
import platform
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from dnn_tui.mlp import Command, Network, Trainer
from dnn_tui.mlp.events import Alert, CommandApplied, EpochEnded, Event, Progress, RunEnded, RunStarted, Snapshot
from dnn_tui.mlp.kernel import loaded_kernel

from .checkpoint import Parts, fingerprint, save_checkpoint
from .config import RunConfig, RunError
from .folder import RunFolder
from .log import LogWriter, Place

CHECKPOINT_SECONDS = 30.0  # what a killed run may lose
CHEAP = 0.02  # share of the time that checkpoints at the ends of epochs may take
SOONEST = 2.0  # seconds between two checkpoints nobody asked for
SETTLED = 0.3  # seconds after a change until it is in a checkpoint: what is changed on and on is written down once


def recorded(trainer: Trainer, folder: RunFolder) -> Iterator[Event]:
    """The trainer's events, each written to the folder's log first."""
    return Recorder(trainer, folder).events()


class Recorder:
    """Writes a run down while it goes: every event to the log, checkpoints `last` and `best` beside it.

    What cannot be written never stops the training: an Alert says so, and another when recording works again.
    data: what the checkpoints are of, where that is more than the trainer sees (a trial's test rows are kept from it).
    Raises RunError if the log is being written by another process.
    """

    def __init__(self, trainer: Trainer, folder: RunFolder, detached: bool = False, data: Parts | None = None) -> None:
        self.trainer, self.folder, self.detached = trainer, folder, detached
        self.place: Place | None = None  # of the newest event in the log
        self._log = LogWriter(folder.events_file)
        self._data = fingerprint(data or trainer.data)
        self._logged = trainer.step  # the log holds the losses up to this step
        self._config: dict[str, Any] = {}  # the run's, as its last start says
        self._described = True  # whether run.toml was made to say so
        # not written yet: the network, its state, and what else is to be said of it
        self._best: tuple[Network, dict[str, Any], dict[str, Any]] | None = None
        self._saved_at, self._best_saved_at = time.monotonic(), 0.0
        self._cost = 0.0  # seconds the last checkpoint took
        self._wanted = False
        self._changed_at: float | None = None  # when what the run is was changed, as long as no checkpoint says so
        self._take_up: Callable[[], int] | None = None  # starts the process that goes on with the run
        self._left: str | None = None  # why there is no terminal any more, not written down yet
        self._trouble = ""

    def hand_over(self, take_up: Callable[[], int]) -> None:
        """End after a checkpoint without ending the run: the process whose pid `take_up` gives goes on from there.

        From any thread. If `take_up` raises OSError, an Alert says so and the training goes on here.
        """
        self._take_up = take_up
        self.trainer.send(Command("checkpoint"))  # so that an event comes even while paused

    def detach(self, why: str) -> None:
        """Write down that nobody sees this process any more, although it trains on. From any thread."""
        self._left = why

    def events(self) -> Iterator[Event]:
        """The trainer's events. An exception in it ends the log with a RunEnded "error", and goes on upwards."""
        try:
            for event in self.trainer.events():
                if isinstance(event, RunStarted):
                    event = replace(event, process=this_process(self.detached), step=self.trainer.step)
                    self._take_in(event)
                if self._left is not None:
                    why, self._left = self._left, None
                    yield self._note("detach", None, why)
                asked = isinstance(event, CommandApplied) and event.command == "checkpoint"
                if isinstance(event, RunEnded):  # the last event, whatever happens
                    yield from self._checkpoint(event)
                    yield from self._describe()
                    yield from self._tell_trouble()
                    yield self._write(event)
                    return
                if not (asked and self._take_up):
                    yield self._write(event)
                yield from self._checkpoint(event, asked)
                yield from self._describe()  # after it: the checkpoint says for itself of what it is
                yield from self._tell_trouble()
                if asked and self._take_up and (yield from self._handed_over(self._take_up)):
                    return
        except Exception as error:
            yield self._write(self._broken(error))
            raise
        finally:
            self._log.close()

    @property
    def trouble(self) -> str:
        """Why the newest events are not in the log, or ""."""
        return self._log.trouble

    def _handed_over(self, take_up: Callable[[], int]) -> Generator[Event, None, bool]:
        """Start the process that goes on; gives whether it was started."""
        self._take_up = None
        try:
            pid = take_up()
        except OSError as error:
            message = f"No process could be started to go on with the run ({error.strerror}): training goes on here."
            yield self._write(self._alert("error", message))
            return False
        yield self._note("detach", pid)
        return True

    # ---- the log

    def _write(self, event: Event) -> Event:
        if isinstance(event, Progress):
            self._logged = event.step
        self.place = self._log.write(event)
        return event

    def _note(self, command: str, value: float | None, by: str = "") -> Event:
        return self._write(CommandApplied(time.time(), self.trainer.step, command, value, by))

    def _tell_trouble(self) -> Iterator[Event]:
        """An Alert when recording stops working, and when it works again."""
        trouble = self._log.trouble
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble:
            message = f"The run is not being recorded: {trouble}. Training goes on, what it says is kept until it can."
            yield self._write(self._alert("error", message))
        else:
            lost, self._log.dropped = self._log.dropped, 0
            rest = f"{lost} events are missing" if lost else "nothing is missing"
            yield self._write(self._alert("info", f"The run is being recorded again; {rest}."))

    def _alert(self, severity: str, message: str) -> Alert:
        return Alert(time.time(), self.trainer.step, "recording", severity, message)

    def _broken(self, error: Exception) -> RunEnded:
        trainer = self.trainer
        message = f"{type(error).__name__}: {error}"
        return RunEnded(time.time(), trainer.step, trainer.epoch, trainer.elapsed, "error", {}, message=message)

    def _take_in(self, started: RunStarted) -> None:
        """From here on the run is what this start says; where it was changed a checkpoint is due."""
        self._config = started.config
        self._described = False
        if started.change:
            self._data = fingerprint(self.trainer.data)
            self._changed_at = time.monotonic() if self._changed_at is None else self._changed_at

    def _describe(self) -> Iterator[Event]:
        """Put what the run is now into its folder, where that says something else."""
        if self._described or self._changed_at is not None:
            return
        self._described = True
        try:
            if not self._config or (config := RunConfig.from_dict(self._config)) == self.folder.config():
                return
            self.folder.write_config(config)
            if preparation := getattr(self.trainer.data, "preparation", {}):
                self.folder.write_preparation(preparation)
        except (RunError, OSError) as error:
            why = f"What the run is now could not be written down: {error} Training goes on."
            yield self._write(self._alert("error", why))

    # ---- the checkpoints

    def _checkpoint(self, event: Event, asked: bool = False) -> Iterator[Event]:
        """Write what is due. Only where the log holds every loss, so that a resumed curve has no hole."""
        trainer, now = self.trainer, time.monotonic()
        if isinstance(event, EpochEnded) and event.best:
            self._best = (trainer.network, _copied(trainer.state_dict()), self._facts())
        paused = isinstance(event, CommandApplied) and event.command == "pause"
        self._wanted |= asked or paused or self._is_settled(event, now) or now - self._saved_at >= CHECKPOINT_SECONDS
        self._wanted |= isinstance(event, EpochEnded) and now - self._saved_at >= max(SOONEST, self._cost / CHEAP)
        if ended := isinstance(event, RunEnded):
            # weights that diverged are no use to go on from; the checkpoint before them is
            self._wanted = event.reason != "diverged" or not self.folder.checkpoint_file("last").exists()
        best_due = self._best is not None and (ended or now - self._best_saved_at >= max(SOONEST, self._cost / CHEAP))
        best_due &= ended or self._changed_at is None  # it is never of a change that `last` does not know
        due = self._wanted and self._logged == trainer.step
        if not (due or best_due):
            return
        try:
            self._log.flush()
            self._log.sync()
            self._write_best()
            if due:
                # also when it fails: not again at the next event
                self._wanted, self._saved_at, self._changed_at = False, now, None
                self._save("last", trainer.network, trainer.state_dict(), self._facts())
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            self._best_saved_at = now
            yield self._write(
                self._alert(
                    "error", f"The checkpoint could not be written: {why}. Training goes on; the last one stays."
                )
            )
        self._cost = time.monotonic() - now

    def _is_settled(self, event: Event, now: float) -> bool:
        """Whether a change is to be in a checkpoint now: not before its picture was shown; paused, with that."""
        if self._changed_at is None or isinstance(event, RunStarted):
            return False
        return now - self._changed_at >= SETTLED or (self.trainer.paused and isinstance(event, Snapshot))

    def _write_best(self) -> None:
        """Before `last`: a run resumed from there must find the best it knows of."""
        if self._best is None:
            return
        self._save("best", *self._best)
        self._best, self._best_saved_at = None, time.monotonic()

    def _save(self, which: str, network: Network, state: dict[str, Any], facts: dict[str, Any]) -> None:
        save_checkpoint(self.folder.checkpoint_file(which), network, state, **facts)

    def _facts(self) -> dict[str, Any]:
        """What a checkpoint says besides the trainer's state; a changed run's are of several configurations."""
        facts = {"step": self.trainer.step, "epoch": self.trainer.epoch, "data": self._data}
        config = self.trainer.configuration or self._config  # the engine may have been chosen anew since the start
        return {**facts, "config": config} if config else facts


def this_process(detached: bool = False) -> dict[str, str | int | bool]:
    """Who writes the log: a viewer tells from it whether the writer still lives."""
    return {
        "pid": os.getpid(),
        "host": platform.node(),
        "version": version("dnn-tui"),
        "python": platform.python_version(),
        "kernel": loaded_kernel(),
        "detached": detached,
    }


def _copied(value: Any) -> Any:
    """`value` with arrays of its own: the trainer goes on writing into its."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(item) for item in value]
    return value
