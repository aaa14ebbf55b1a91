"""`SearchState`: a search as it stands, and what can be read off it. Pure: no Optuna, no disk, no terminal."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

Value = float | int | str | bool | None
Status = Literal["waiting", "running", "complete", "pruned", "diverged", "failed", "stopped"]
ENDED = ("complete", "pruned", "diverged", "failed", "stopped")
CALM = 8.0  # scores are drawn up to so many times the usual ones, so that one far off does not flatten the rest
ORDERS = ("score", "number", "seconds")  # of the leaderboard


@dataclass(frozen=True)
class Trial:
    """One training of a search: a row of the leaderboard.

    values: from a setting's name to what was tried, None where this branch of the space has no such setting;
    score: the validation loss of the best epoch, lower is better, None as long as there is none; scores: of each
    epoch; accuracy: the data's second figure (accuracy, or R²) at the best epoch; seconds: of training; run: its
    run's name below the runs folder; started: seconds since the search began; note: why it failed, in one sentence.
    """

    number: int
    state: Status
    values: Mapping[str, Value]
    score: float | None = None
    scores: tuple[float, ...] = ()
    accuracy: float | None = None
    seconds: float = 0.0
    steps: int = 0
    run: str = ""
    started: float | None = None
    note: str = ""

    @property
    def known(self) -> float:
        """The score as a number; NaN where there is none, or none that is finite."""
        return self.score if self.score is not None and math.isfinite(self.score) else math.nan

    @property
    def ended_at(self) -> float | None:
        """Seconds since the search began."""
        return None if self.started is None or self.state not in ENDED else self.started + self.seconds


@dataclass(frozen=True)
class Axis:
    """One setting of the space: a range low … high, or choices.

    log: equal ratios are equally likely; integer: whole numbers alone; now: the part of the range that new trials
    are taken from since it was narrowed, None where it never was.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Value, ...] | None = None
    integer: bool = False
    now: tuple[float, float] | None = None

    def places(self, values: Sequence[Value]) -> np.ndarray:
        """Where values lie between 0 (low, or the first choice) and 1; NaN for None and what is no choice."""
        if self.choices is not None:
            last = len(self.choices) - 1
            where: dict[Value, float] = {choice: k / last if last else 0.5 for k, choice in enumerate(self.choices)}
            return np.array([where.get(value, math.nan) for value in values])
        numbers = np.array([math.nan if value is None else value for value in values], float)
        low, high = self.low, self.high
        if self.log:
            low, high = math.log(low), math.log(high)
            numbers = np.log(np.where(numbers > 0, numbers, math.nan))
        return np.asarray((numbers - low) / ((high - low) or 1.0))

    def value_at(self, place: float) -> Value:
        """The value at a place from 0 to 1: the other way round; of choices and whole numbers the nearest."""
        place = min(1.0, max(0.0, place))
        if self.choices is not None:
            return self.choices[round(place * (len(self.choices) - 1))]
        value = self.low + place * (self.high - self.low)
        if self.log:
            value = self.low * (self.high / self.low) ** place
        return round(value) if self.integer else value


@dataclass(frozen=True)
class Importance:
    """The share of the score's variance that a setting explains, and how far that estimate strays."""

    name: str
    mean: float
    deviation: float


@dataclass(frozen=True)
class Finalist:
    """One of the best few, trained again with other seeds: the validation loss of each."""

    trial: int
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Of the seeds; NaN before the first has ended."""
        return float(np.mean(self.scores)) if self.scores else math.nan

    @property
    def deviation(self) -> float:
        """The standard deviation between the seeds (n − 1); NaN for fewer than two."""
        return float(np.std(self.scores, ddof=1)) if len(self.scores) > 1 else math.nan


@dataclass(frozen=True)
class Winner:
    """What was chosen on validation, and what it then came to on the test rows, which nothing else has touched."""

    trial: int
    finalists: tuple[Finalist, ...] = ()
    test_score: float | None = None
    test_accuracy: float | None = None


@dataclass(frozen=True)
class Course:
    """Trials in the order in which they ended. Arrays of equal length, shape (ended trials with a score,).

    trials: how many had ended by then; seconds: since the search began; scores: each one's; best: the lowest score of
    a complete trial so far, NaN before the first.
    """

    numbers: tuple[int, ...]
    trials: np.ndarray
    seconds: np.ndarray
    scores: np.ndarray
    best: np.ndarray


@dataclass(frozen=True)
class Slice:
    """Scores along one setting: places (0 to 1 on its axis), scores and rows of `SearchState.trials`, all (points,)."""

    axis: Axis
    places: np.ndarray
    scores: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class SearchState:
    """All of a search that a viewer needs. asked: how many trials are wanted; metric: what `Trial.score` is of the

    validation rows ("loss", "mae"; of "accuracy" and "r2" it is 1 − that); second: the name of `Trial.accuracy`;
    seconds: since it began; lives: whether a process carries it on; note: what is wrong with it, in one sentence.
    """

    name: str
    data: str
    axes: tuple[Axis, ...] = ()
    trials: tuple[Trial, ...] = ()
    asked: int = 0
    workers: int = 0
    paused: bool = False
    ended: bool = False
    winner: Winner | None = None
    importance: tuple[Importance, ...] = ()
    metric: str = "loss"
    second: str = "accuracy"
    seconds: float = 0.0
    lives: bool = True
    note: str = ""

    # ---- arrays, worked out once for each state

    @cached_property
    def scores(self) -> np.ndarray:
        """Of each trial, shape (trials,); NaN where there is none, or none that is finite."""
        return np.array([trial.known for trial in self.trials], float)

    @cached_property
    def reach(self) -> tuple[float, float]:
        """The lowest score, and the highest of the usual ones: up to CALM times what four of five stay below.

        NaN where there is no score.
        """
        known = self.scores[np.isfinite(self.scores)]
        if not len(known):
            return math.nan, math.nan
        usual = known[known <= CALM * np.quantile(known, 0.8)] if known.min() >= 0 else known
        return float(known.min()), float(usual.max())

    @cached_property
    def complete(self) -> np.ndarray:
        """Which trials were trained to their end, shape (trials,)."""
        return np.array([trial.state == "complete" for trial in self.trials], bool)

    @cached_property
    def parallel(self) -> np.ndarray:
        """Where each trial crosses each axis, 0 to 1, shape (trials, axes); NaN where it has no such setting."""
        if not self.axes or not self.trials:
            return np.empty((len(self.trials), len(self.axes)))
        return np.column_stack([axis.places([t.values.get(axis.name) for t in self.trials]) for axis in self.axes])

    @cached_property
    def rank(self) -> np.ndarray:
        """0 for the best complete trial, 1 for the next, shape (trials,); the number of trials for all others."""
        rank = np.full(len(self.trials), len(self.trials))
        judged = np.flatnonzero(self.complete & np.isfinite(self.scores))
        rank[judged[np.argsort(self.scores[judged], kind="stable")]] = np.arange(len(judged))
        return rank

    @cached_property
    def row(self) -> Mapping[int, int]:
        """From a trial's number to its place in `trials`."""
        return {trial.number: k for k, trial in enumerate(self.trials)}

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many trials there are of each state."""
        return Counter(trial.state for trial in self.trials)

    @cached_property
    def standing(self) -> tuple[Trial, ...]:
        """All trials, best first: those with a score, then the pruned ones, those that failed, those that wait."""
        return tuple(sorted(self.trials, key=_standing))

    # ---- what is read off

    @property
    def best(self) -> Trial | None:
        """The complete trial with the lowest score."""
        return self.trials[int(np.argmin(self.rank))] if np.any(self.rank < len(self.trials)) else None

    def count(self, *states: Status) -> int:
        """How many trials are in one of these states."""
        return sum(self.counts.get(state, 0) for state in states)

    def trial(self, number: int) -> Trial | None:
        """The trial of that number."""
        return self.trials[self.row[number]] if number in self.row else None

    def bright(self, share: float, among: np.ndarray | None = None) -> np.ndarray:
        """Which trials belong to the best `share` of the complete ones (one at least), shape (trials,).

        among: of these alone, shape (trials,).
        """
        judged = (self.rank < len(self.trials)) & (True if among is None else among)
        ranks = np.sort(self.rank[judged])
        if not len(ranks):
            return judged
        return np.asarray(judged & (self.rank <= ranks[max(1, math.ceil(share * len(ranks) - 1e-9)) - 1]))

    def leaderboard(self, order: str = "score") -> tuple[Trial, ...]:
        """All trials. order: one of ORDERS: as `standing`, by number the newest first, by seconds the dearest."""
        if order == "number":
            return tuple(sorted(self.trials, key=lambda trial: -trial.number))
        if order == "seconds":
            return tuple(sorted(self.trials, key=lambda trial: (-trial.seconds, trial.number)))
        return self.standing

    @cached_property
    def course(self) -> Course:
        """The best so far, trial by trial as they ended."""
        ended = [(t.ended_at, t.number, t) for t in self.trials if t.ended_at is not None]
        ended.sort(key=lambda one: one[:2])
        kept = [(k + 1, at, t) for k, (at, _, t) in enumerate(ended) if math.isfinite(t.known)]
        scores = np.array([t.known for _, _, t in kept], float)
        judged = np.where([t.state == "complete" for _, _, t in kept], scores, math.inf)
        best = np.minimum.accumulate(judged) if len(kept) else judged
        return Course(
            tuple(t.number for _, _, t in kept),
            np.array([k for k, _, _ in kept], float),
            np.array([at for _, at, _ in kept], float),
            scores,
            np.where(np.isfinite(best), best, math.nan),
        )

    def slice_of(self, name: str) -> Slice:
        """The trials that have this setting and a score."""
        column = [axis.name for axis in self.axes].index(name)
        places = self.parallel[:, column]
        rows = np.flatnonzero(np.isfinite(places) & np.isfinite(self.scores))
        return Slice(self.axes[column], places[rows], self.scores[rows], rows)


def _standing(trial: Trial) -> tuple[int, float, int]:
    """What the leaderboard is sorted by."""
    if trial.state in ("complete", "running", "stopped") and math.isfinite(trial.known):
        return 0, trial.known, trial.number
    if trial.state == "running":
        return 1, 0.0, trial.number
    if trial.state == "pruned":
        return 2, trial.known if math.isfinite(trial.known) else math.inf, trial.number
    return (4 if trial.state == "waiting" else 3), 0.0, trial.number
