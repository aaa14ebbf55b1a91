"""The end of a search: the best few are trained again with other seeds, one of them wins, and the test is asked once.

The score that a trial was chosen by is too good: of many it was the luckiest. What the same settings come to with other
seeds was not chosen by anything, so its mean is what to expect.
"""

import math
from collections.abc import Mapping
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any

import numpy as np

from dnn_tui.mlp.checks import make_loss
from dnn_tui.mlp.evaluation import Evaluator
from dnn_tui.runs.checkpoint import load_network
from dnn_tui.runs.config import RunConfig, RunError
from dnn_tui.runs.folder import RunFolder

from .folder import SearchFolder
from .outcome import SECOND, outcome_of, score_of
from .preparing import Prepared
from .state import Finalist

if TYPE_CHECKING:
    import optuna


class Finals:
    """The best trials of a study, again with other seeds."""

    def __init__(self, folder: SearchFolder, prepared: Prepared, study: "optuna.Study") -> None:
        self.folder, self.prepared = folder, prepared
        done = [t for t in study.get_trials(deepcopy=False) if t.state.name == "COMPLETE" and t.value is not None]
        self.best = sorted(done, key=lambda trial: (trial.value, trial.number))[: max(1, prepared.plan.finalists)]

    def orders(self) -> list[tuple[str, RunFolder, RunConfig]]:
        """The runs to train: name of the order, folder, configuration. None where no further seeds were asked for."""
        plan = self.prepared.plan
        return [
            (f"{self.folder.name}/{run.path.name}", run, self.prepared.config(trial.params, plan.seed + k))
            for trial in self.best
            for k in range(1, plan.seeds + 1)
            if (run := self.folder.final(trial.number, plan.seed + k))
        ]

    def runs(self, number: int) -> list[RunFolder]:
        """Whose networks stand for a trial: those of its other seeds, else its own."""
        plan = self.prepared.plan
        return [self.folder.final(number, plan.seed + k) for k in range(1, plan.seeds + 1)] or [
            self.folder.trial(number)
        ]

    def winner(self) -> dict[str, Any]:
        """The trial with the lowest mean over its other seeds, as plain values; and now its networks see the test."""
        metric = self.prepared.plan.metric
        finalists = []
        for trial in self.best:
            found = [outcome_of(run, metric).score for run in self.runs(trial.number)]
            scores = tuple(score for score in found if score is not None and math.isfinite(score))
            finalists.append(Finalist(trial.number, scores))
        judged = [one for one in finalists if one.scores] or finalists
        won = min(judged, key=lambda one: one.mean if one.scores else math.inf)
        return {
            "trial": won.trial,
            "finalists": [{"trial": one.trial, "scores": list(one.scores)} for one in finalists],
            **self._tested(won.trial),
        }

    def _tested(self, number: int) -> dict[str, Any]:
        """The winner's figures on the test rows: of each seed's best network, their mean and deviation."""
        data, plan = self.prepared.data, self.prepared.plan
        if not len(data.test):
            return {"test_score": None, "test_accuracy": None, "test": {}}
        figures: list[Mapping[str, float]] = []
        for run in self.runs(number):
            try:
                network = load_network(run.checkpoint_file("best"))
            except RunError:
                continue  # it diverged before its first epoch had ended
            loss = make_loss(run.config().training, data.task)
            with np.errstate(over="ignore", invalid="ignore"):
                evaluate = Evaluator(network, loss, data.task, data.target_scale)
                figures.append(evaluate(data.test.x, data.test.y).metrics)
        if not figures:
            return {"test_score": None, "test_accuracy": None, "test": {}}
        told = {name: _spread([each[name] for each in figures]) for name in figures[0]}
        second = next((name for name in SECOND if name in told), "")
        return {
            "test_score": mean(score_of(each, plan.metric) for each in figures),
            "test_accuracy": told[second]["mean"] if second else None,
            "test": told,
        }


def _spread(values: list[float]) -> dict[str, float]:
    return {"mean": mean(values), "deviation": stdev(values) if len(values) > 1 else 0.0, "seeds": len(values)}
