"""What won a search, and the same training on all rows but those of the test."""

from dataclasses import dataclass, replace
from statistics import median

from dnn_tui.runs.checkpoint import load_checkpoint
from dnn_tui.runs.config import RunConfig

from .folder import SearchError, SearchFolder
from .outcome import outcome_of
from .reading import read_search
from .state import Finalist, SearchState, Trial


@dataclass(frozen=True)
class Best:
    """The winner of a search, or its best trial so far. again: with other seeds, None where that was not done.

    config: of its run; epochs: after how many its networks were best, the median of its runs.
    """

    state: SearchState
    trial: Trial
    again: Finalist | None
    config: RunConfig
    epochs: int


def best_of(folder: SearchFolder) -> Best:
    """The winner; before there is one, the best trial so far. Raises SearchError and RunError."""
    state, plan = read_search(folder), folder.plan()
    winner = state.winner
    trial = state.trial(winner.trial) if winner else state.best
    if trial is None:
        raise SearchError(f"{folder.name} has no complete trial yet: watch it with `dnn-tui watch {folder.name}`.")
    again = next((one for one in winner.finalists if one.trial == trial.number), None) if winner else None
    runs = [folder.final(trial.number, plan.seed + k) for k in range(1, plan.seeds + 1)]
    runs = [run for run in runs if run.events_file.exists()] or [folder.trial(trial.number)]
    epochs = round(median(max(1, outcome_of(run, plan.metric).best) for run in runs))
    return Best(state, trial, again, folder.trial(trial.number).config(), epochs)


def on_all_rows(best: Best) -> RunConfig:
    """The winner's configuration with its validation rows among those that are trained on; the test's stay apart.

    Nothing is left that could tell when to stop: train it for `best.epochs` of the same schedule.
    """
    config = best.config
    return replace(
        config,
        dataset=replace(config.dataset, joined=True),
        training=replace(config.training, patience=0),
        kernel="",
    )


def temperature_of(best: Best, folder: SearchFolder) -> float | None:
    """What made the winner's probabilities as sure as they are right; None where that was not asked for."""
    path = folder.trial(best.trial.number).checkpoint_file("last")
    found = load_checkpoint(path)[1]["state"].get("temperature") if best.config.training.calibrate else None
    return None if found is None else float(found)
