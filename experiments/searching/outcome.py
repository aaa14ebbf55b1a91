"""What became of a trial, read from its run's log: the same whoever asks, whenever, and wherever it was trained."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from dnn_tui.runs.folder import RunFolder

Ending = Literal["complete", "pruned", "diverged", "failed", "stopped"]
PRUNER = "the pruner"  # who asked, in the log of a pruned trial
SECOND = ("accuracy", "r2", "mae")  # the figure beside the score, where there is one
ENDINGS: dict[str, Ending] = {"completed": "complete", "early_stopping": "complete", "diverged": "diverged",
                              "error": "failed", "stopped": "stopped"}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A trial so far. ending: None while it is trained, or was broken off and can go on.

    scores: of each epoch on the validation rows, lower is better; best: the best epoch's number from 1, 0: none;
    figures: that epoch's. seconds: of training; note: why it failed.
    """

    ending: Ending | None = None
    scores: tuple[float, ...] = ()
    best: int = 0
    figures: Mapping[str, float] | None = None
    epochs: int = 0
    steps: int = 0
    seconds: float = 0.0
    note: str = ""

    @property
    def score(self) -> float | None:
        """The best epoch's."""
        return self.scores[self.best - 1] if self.best else None

    @property
    def second(self) -> float | None:
        """The data's second figure at the best epoch."""
        figures = self.figures or {}
        return next((figures[name] for name in SECOND if name in figures), None)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as the study keeps them beside the scores, which it has itself."""
        return {
            "ending": self.ending,
            "best": self.best,
            "score": self.score,
            "second": self.second,
            "epochs": self.epochs,
            "steps": self.steps,
            "seconds": self.seconds,
            "note": self.note,
        }


def score_of(figures: Mapping[str, float], metric: str) -> float:
    """What a trial is judged by, lower is better: the loss or the mean error, the share of wrong answers, 1 − R²."""
    value = float(figures.get(metric, math.nan))
    return 1 - value if metric in ("accuracy", "r2") else value


class OutcomeReader:
    """Follows the log of one trial; `read` takes in what is new."""

    def __init__(self, folder: RunFolder, metric: str) -> None:
        self.folder, self.metric = folder, metric
        self.outcome = Outcome()
        self._offset = 0
        self._pruned = False

    def read(self) -> Outcome:
        """The trial as its log has it now."""
        try:
            size = self.folder.events_file.stat().st_size
            if size < self._offset:  # begun again
                self._offset, self.outcome = 0, Outcome()
            if size == self._offset:
                return self.outcome
            with self.folder.events_file.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except OSError:
            return self.outcome
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        for line in data[:whole].splitlines():
            if line.startswith((b'{"event":"epoch_ended"', b'{"event":"run_', b'{"event":"command"')):
                try:
                    self._take(json.loads(line))
                except (ValueError, KeyError, TypeError):
                    continue  # a bad line says nothing, the others do
        return self.outcome

    def _take(self, record: dict[str, Any]) -> None:
        match record["event"]:
            case "run_started":
                kept = self._epochs_before(int(record.get("step", 0)))
                self._pruned, self.outcome = False, replace(kept, ending=None, note="")
            case "command":
                if record.get("command") == "stop":
                    self._pruned = record.get("by") == PRUNER
            case "epoch_ended":
                self._epoch(record)
            case "run_ended":
                ending = ENDINGS.get(record["reason"])  # interrupted: none, it goes on later
                if ending == "stopped" and self._pruned:
                    ending = "pruned"
                note = str(record.get("message", "")) if ending == "failed" else ""
                self._reach(record, ending=ending, note=note)

    def _epoch(self, record: dict[str, Any]) -> None:
        figures = {name: _number(value) for name, value in record["validation"].items()}
        score, kept = score_of(figures, self.metric), self.outcome.scores[: int(record["epoch"]) - 1]
        if self.outcome.best > len(kept):  # gone on from a checkpoint before it: it comes again
            finite = [value for value in kept if math.isfinite(value)]
            best = kept.index(min(finite)) + 1 if finite else 0
            self.outcome = replace(self.outcome, best=best, figures=None)
        self._reach(record, scores=(*kept, score))
        before = self.outcome
        if math.isfinite(score) and (before.score is None or score < before.score):
            self.outcome = replace(self.outcome, best=len(self.outcome.scores), figures=figures)

    def _reach(self, record: dict[str, Any], **more: Any) -> None:
        epoch, step, seconds = int(record["epoch"]), int(record["step"]), float(record["elapsed"])
        self.outcome = replace(self.outcome, epochs=epoch, steps=step, seconds=seconds, **more)

    def _epochs_before(self, step: int) -> Outcome:
        """What a start says is kept of the run so far: nothing where it begins anew."""
        return self.outcome if step else Outcome()


def outcome_of(folder: RunFolder, metric: str) -> Outcome:
    """What became of a run so far."""
    return OutcomeReader(folder, metric).read()


def _number(value: Any) -> float:
    """A figure of a log, which writes what is no number as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
