"""What won a search, and the same training on all rows but those of the test."""

from dataclasses import dataclass, replace
from statistics import median

from dnn_tui.runs.config import RunConfig

from .folder import SearchError, SearchFolder
from .outcome import outcome_of
from .reading import read_search
from .state import Finalist, SearchState, Trial

WHOLE = ("cosine", "one_cycle")  # schedules that end with the last epoch: a training that ends sooner is another one


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
    """The winner's configuration without validation rows: they are trained on too. Those of the test stay apart.

    There is nothing left to tell when to stop, so it trains as many epochs as the winner's networks took to be best.
    Raises SearchError where the data says for each row which part it belongs to.
    """
    config = best.config
    if "split" in config.dataset.options:
        raise SearchError(
            "This data says for each row which part it belongs to: name the validation rows train there, and train"
            " with the winner's settings (`dnn-tui search best`)."
        )
    schedule = config.training.schedule
    epochs = config.training.epochs if schedule in WHOLE else best.epochs
    return replace(
        config,
        dataset=replace(config.dataset, validation=0.0),
        training=replace(config.training, epochs=epochs, patience=0),
        kernel="",
    )
