"""A search as its folder has it: what was asked, the journal, and the logs of the trials that are trained just now."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .folder import SearchFolder
from .outcome import OutcomeReader
from .space import Space, SpaceError, read_space
from .state import Axis, Finalist, SearchState, Status, Trial, Winner
from .study import RESULT, axes_of, open_storage, quietly, study_name

if TYPE_CHECKING:
    import optuna

CLOCK = 1.0  # seconds after which a search that goes on is news by itself


def read_search(folder: SearchFolder) -> SearchState:
    """A search as it stands. Raises SearchError."""
    return SearchReader(folder).read()


class SearchReader:
    """Follows a search: each `read` takes in what is new, and what has not changed stays the object that it was.

    Raises SearchError where the folder holds no search, or its storage cannot be opened.
    """

    def __init__(self, folder: SearchFolder) -> None:
        self.folder, self.plan = folder, folder.plan()
        self._began = folder.created
        self._storage = open_storage(folder, self.plan)
        self._study: int | None = None
        self._ended: dict[int, Trial] = {}  # which do not change any more
        self._running: dict[int, OutcomeReader] = {}
        self._narrowed: Mapping[str, str] = {}
        self._plain = read_space(self.plan.space)
        self._axes = axes_of(self._plain)
        self._last: SearchState | None = None

    def read(self) -> SearchState:
        """The search now; the very same object as before where nothing has changed, but for less than a second."""
        found = self._found()
        trials = self._trials(found)
        facts = self._facts()
        lives = self.folder.lives
        seconds = self._seconds(trials, lives, facts)
        state = SearchState(
            name=self.folder.name,
            data=self.plan.dataset.name,
            axes=self._narrow(facts.get("narrowed", {})),
            trials=trials,
            asked=int(facts.get("asked", self.plan.trials)),
            workers=int(facts.get("workers", self.plan.workers)),
            paused=bool(facts.get("paused", False)) and lives,
            ended=bool(facts.get("ended")),
            winner=_winner(facts.get("winner")),
            metric=self.plan.metric,
            second=self.plan.second,
            seconds=seconds,
            lives=lives,
        )
        last = self._last
        if last is not None and state.seconds - last.seconds < CLOCK and replace(state, seconds=last.seconds) == last:
            return last
        self._last = state
        return state

    # ---- the journal

    def _found(self) -> "list[optuna.trial.FrozenTrial]":
        with quietly():
            if self._study is None:
                try:
                    self._study = self._storage.get_study_id_from_name(study_name(self.folder, self.plan))
                except KeyError:
                    return []  # not begun yet
            found: list[optuna.trial.FrozenTrial] = self._storage.get_all_trials(self._study, deepcopy=False)
            return found

    def _facts(self) -> Mapping[str, Any]:
        return {} if self._study is None else self._storage.get_study_user_attrs(self._study)

    def _trials(self, found: "list[optuna.trial.FrozenTrial]") -> tuple[Trial, ...]:
        trials = []
        for frozen in found:
            trial = self._ended.get(frozen.number)
            if trial is None:
                trial = self._trial(frozen)
                if frozen.state.is_finished():
                    self._ended[frozen.number] = trial
                    self._running.pop(frozen.number, None)
            trials.append(trial)
        return tuple(trials)

    def _trial(self, frozen: "optuna.trial.FrozenTrial") -> Trial:
        run = self.folder.trial(frozen.number)
        values = {axis.name: frozen.params.get(axis.name) for axis in self._axes}
        begun = frozen.datetime_start
        trial = Trial(
            frozen.number,
            "waiting",
            values,
            run=f"{self.folder.name}/{run.path.name}",
            started=None if begun is None else max(0.0, begun.timestamp() - self._began),
        )
        if frozen.state.is_finished() or RESULT in frozen.user_attrs:
            return _with_result(trial, frozen)
        if not run.events_file.exists():
            return trial
        reader = self._running.setdefault(frozen.number, OutcomeReader(run, self.plan.metric))
        outcome = reader.read()
        return replace(
            trial,
            state="running",
            score=outcome.score,
            scores=outcome.scores,
            accuracy=outcome.second,
            seconds=outcome.seconds,
            steps=outcome.steps,
        )

    # ---- the rest

    def _narrow(self, narrowed: Mapping[str, str]) -> tuple[Axis, ...]:
        if narrowed != self._narrowed:
            self._narrowed = dict(narrowed)
            space: Space = self._plain
            for name, span in narrowed.items():
                try:
                    space = space.narrowed(name, span)
                except SpaceError:
                    continue
            self._axes = axes_of(space)
        return self._axes

    def _seconds(self, trials: tuple[Trial, ...], lives: bool, facts: Mapping[str, Any]) -> float:
        if lives:
            return max(0.0, time.time() - self._began)
        return max((trial.ended_at or 0.0 for trial in trials), default=float(facts.get("seconds", 0.0)))


def _with_result(trial: Trial, frozen: "optuna.trial.FrozenTrial") -> Trial:
    """A trial that has ended, as the study keeps it."""
    result: Mapping[str, Any] = frozen.user_attrs.get(RESULT, {})
    scores = tuple(score for _, score in sorted(frozen.intermediate_values.items()))
    state: Status = result.get("ending") or ("complete" if frozen.value is not None else "failed")
    return replace(
        trial,
        state=state,
        score=result.get("score", min(scores, default=None)),
        scores=scores,
        accuracy=result.get("second"),
        seconds=float(result.get("seconds", 0.0)),
        steps=int(result.get("steps", 0)),
        note=str(result.get("note", "")),
    )


def _winner(said: Mapping[str, Any] | None) -> Winner | None:
    if not said:
        return None
    finalists = tuple(Finalist(int(one["trial"]), tuple(one["scores"])) for one in said.get("finalists", ()))
    return Winner(int(said["trial"]), finalists, said.get("test_score"), said.get("test_accuracy"))
