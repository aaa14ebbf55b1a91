"""Which settings matter: the share of the score's variance that each explains (fANOVA), and how sure that is.

Worked out by Optuna (Hutter, Hoos & Leyton-Brown 2014, over a random forest of scikit-learn's); where scikit-learn is
not installed, by PED-ANOVA (Watanabe, Bansal & Hutter 2023), which needs none. It takes seconds of pure Python, so a
screen has it done by a process of its own: `python -m` this module, JSON in, JSON out.
"""

import importlib.util
import json
import math
import os
import sys
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from .state import Axis, Importance, SearchState, Trial

LEAST = 12  # complete trials below which a forest says little but its seed
RESAMPLES = 6
TREES = 16
MOST = 150  # trials of one resample: what it costs grows faster than they do


class ImportanceError(ValueError):
    """Why no importance can be told yet, in one sentence."""


def method() -> str:
    """How it is worked out here."""
    return "fANOVA" if importlib.util.find_spec("sklearn") else "PED-ANOVA"


def importance_of(state: SearchState, seed: int = 0) -> tuple[Importance, ...]:
    """Of each setting, the greatest first; its mean and standard deviation over resamples of the complete trials.

    Along the axes as they are drawn: of a logarithmic one, equal ratios count alike. A setting that only some trials
    have is judged by those. Raises ImportanceError.
    """
    if importlib.util.find_spec("optuna") is None:
        raise ImportanceError("Importance needs Optuna: pip install 'dnn-tui[search]'.")
    judged = _judged(state)
    if len(judged) < LEAST:
        raise ImportanceError(f"Importance needs {LEAST} complete trials; there are {len(judged)}.")
    if len({trial.score for trial in judged}) < 2:
        raise ImportanceError("All trials have the same score: no setting makes a difference.")
    rng = np.random.default_rng(seed)
    found: dict[str, list[float]] = {axis.name: [] for axis in state.axes}
    common = [axis for axis in state.axes if all(_has(trial, axis) for trial in judged)]
    for k in range(RESAMPLES):
        for axis in (None, *(axis for axis in state.axes if axis not in common)):
            among = judged if axis is None else [trial for trial in judged if _has(trial, axis)]
            axes = common if axis is None else [*common, axis]
            if len(among) < LEAST or not axes:
                continue
            drawn = [among[i] for i in rng.integers(len(among), size=min(len(among), MOST))]
            shares = _shares(drawn, axes, seed + k)
            for one in axes if axis is None else [axis]:
                found[one.name].append(shares[one.name])
    means = [
        Importance(name, float(np.mean(values)), float(np.std(values, ddof=1)))
        for name, values in found.items()
        if values
    ]
    return tuple(sorted(means, key=lambda one: -one.mean))


def _judged(state: SearchState) -> list[Trial]:
    return [trial for trial in state.trials if trial.state == "complete" and math.isfinite(trial.known)]


def _has(trial: Trial, axis: Axis) -> bool:
    return trial.values.get(axis.name) is not None


def _shares(trials: list[Trial], axes: list[Axis], seed: int) -> dict[str, float]:
    """Of one sample of the trials: from a setting's name to its share."""
    import optuna

    spaces: dict[str, optuna.distributions.BaseDistribution] = {}
    columns: dict[str, list[float | int]] = {}
    for axis in axes:
        if axis.choices is not None:
            spaces[axis.name] = optuna.distributions.CategoricalDistribution(range(len(axis.choices)))
            columns[axis.name] = [axis.choices.index(trial.values[axis.name]) for trial in trials]
        else:
            places = np.clip(axis.places([trial.values[axis.name] for trial in trials]), 0, 1)
            spaces[axis.name] = optuna.distributions.FloatDistribution(0.0, 1.0)
            columns[axis.name] = places.tolist()
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # it tells of every study it makes, into the screen
    try:
        study = optuna.create_study()
        study.add_trials(
            [
                optuna.trial.create_trial(
                    params={name: column[k] for name, column in columns.items()},
                    distributions=spaces,
                    value=trial.known,
                )
                for k, trial in enumerate(trials)
            ]
        )
        evaluator: optuna.importance.BaseImportanceEvaluator
        if method() == "fANOVA":
            evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=TREES, seed=seed)
        else:
            evaluator = optuna.importance.PedAnovaImportanceEvaluator()
        names = [axis.name for axis in axes]
        with warnings.catch_warnings():  # that the shares are not made to add up to 1 is called an experiment
            warnings.simplefilter("ignore")
            shares = optuna.importance.get_param_importances(study, evaluator=evaluator, params=names, normalize=False)
        return {name: float(share) for name, share in shares.items()}
    finally:
        optuna.logging.set_verbosity(verbosity)


# ---- by a process of its own


def asked_of(state: SearchState) -> str:
    """What the process is told of a search, as JSON."""
    axes = [
        {"name": a.name, "low": a.low, "high": a.high, "log": a.log, "choices": a.choices, "integer": a.integer}
        for a in state.axes
    ]
    return json.dumps({"axes": axes, "trials": [[dict(t.values), t.score] for t in _judged(state)]})


def answered(text: str) -> tuple[Importance, ...]:
    """What the process said. Raises ImportanceError."""
    try:
        said: Mapping[str, Any] = json.loads(text)
    except ValueError:
        raise ImportanceError("The importance could not be worked out: its process ended early.") from None
    if "refused" in said:
        raise ImportanceError(str(said["refused"]))
    return tuple(Importance(*one) for one in said["importance"])


def main() -> None:
    """Answer the question on the standard input."""
    os.nice(10)  # the trials go first
    asked = json.loads(sys.stdin.read())
    axes = [Axis(**{**one, "choices": one["choices"] and tuple(one["choices"])}) for one in asked["axes"]]
    trials = [Trial(k, "complete", values, score) for k, (values, score) in enumerate(asked["trials"])]
    try:
        found = importance_of(SearchState("", "", tuple(axes), tuple(trials)))
        said: dict[str, Any] = {"importance": [[one.name, one.mean, one.deviation] for one in found]}
    except ImportanceError as error:
        said = {"refused": str(error)}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
