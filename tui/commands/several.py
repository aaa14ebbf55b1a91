"""Several trainings of one call: the folds of a cross-validation, or the members of an ensemble, each a run."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..printed.lines import say
from .launching import How, launch

if TYPE_CHECKING:
    from dnn_tui.datasets import Dataset
    from dnn_tui.mlp import Trainer
    from dnn_tui.runs.config import RunConfig
    from dnn_tui.runs.folder import RunFolder

#: gives (configuration, data) for further options of the data
Load = Callable[[dict[str, Any]], "tuple[RunConfig, Dataset]"]


def train_folds(load: Load, folds: int, runs_dir: Path, name: str | None, how: How) -> int:
    """Train on each fold's rest and test on the fold; say the mean and deviation. The exit code."""
    found: list[dict[str, float]] = []
    for k in range(1, folds + 1):
        config, data = load({"fold": f"{k}/{folds}"})
        code, folder, _ = _one(config, data, runs_dir, f"{name + '-' if name else ''}fold-{k}-of-{folds}", how, k == 1)
        if code:
            return code
        found.append(_test_figures(folder))
    say(f"{folds} folds, each tested by a network that never saw it: {_spread(found)}", err=how.json)
    return 0


def train_ensemble(load: Load, count: int, runs_dir: Path, name: str | None, how: How) -> int:
    """Train the members, on the same rows from different starts, and record their mean as a run. The exit code."""
    from dnn_tui.experiments.ensembles import record_ensemble

    config, data = load({})
    prefix, seed = f"{name}-" if name else "", config.training.seed
    # the rows stay where they are while starts and orders change
    config = replace(config, dataset=replace(config.dataset, seed=seed))
    networks, names, found = [], [], []
    for k in range(count):
        member = replace(config, training=replace(config.training, seed=seed + k))
        code, folder, trainer = _one(member, data, runs_dir, f"{prefix}member-{k + 1}-of-{count}", how, k == 0)
        if code:
            return code
        networks.append(trainer.network)
        names.append(folder.name)
        found.append(_test_figures(folder))
    folder = record_ensemble(networks, names, config, data, runs_dir, f"{prefix}ensemble-{count}")
    say(f"Each of the {count} on the test: {_spread(found)}", err=how.json)
    told = ", ".join(f"{figure} {value:.4g}" for figure, value in _test_figures(folder).items())
    say(f"Their mean: {told}. It is the run {folder.name}.", err=how.json)
    return 0


def train_refit(load: Load, runs_dir: Path, name: str | None, how: How) -> int:
    """Train with validation rows, which choose the number of epochs and the temperature; then anew, on these rows too,

    for as many epochs of the same schedule. The exit code.
    """
    from dnn_tui.datasets.joined import joined

    config, data = load({})
    every, prefix = joined(data), f"{name}-" if name else ""  # refused before anything is trained
    code, folder, first = _one(config, data, runs_dir, f"{prefix}how-long", how, True)
    if code or not first.best_epoch:
        return code
    config = replace(
        config,
        dataset=replace(config.dataset, joined=True),
        training=replace(config.training, patience=0),
    )
    say(
        f"Anew, on {len(every.train):,} rows in place of {len(data.train):,}, for {first.best_epoch} epochs.",
        err=how.json,
    )
    code, again, _ = _one(config, every, runs_dir, f"{prefix}refit", how, False, first)
    if not code:
        for found, rows in ((folder, data), (again, every)):
            told = ", ".join(f"{figure} {value:.4g}" for figure, value in _test_figures(found).items())
            say(
                f"{found.name}, of {len(rows.train):,} rows: {f'test {told}' if told else 'no test rows'}.",
                err=how.json,
            )
    return code


def _one(
    config: "RunConfig",
    data: "Dataset",
    runs_dir: Path,
    name: str,
    how: How,
    first: bool,
    like: "Trainer | None" = None,
) -> "tuple[int, RunFolder, Trainer]":
    """One training, recorded; of the first alone it is said what was done to the data.

    like: one that is ended, whose best epoch and temperature this one takes over.
    """
    from dnn_tui.experiments.building import build_trainer, with_engine
    from dnn_tui.runs.folder import create_run

    trainer = build_trainer(config, data)
    if like:
        trainer.epochs, trainer.temperature = like.best_epoch, like.temperature
    config = with_engine(config, trainer, at_once=False)
    folder = create_run(config, runs_dir, name)
    folder.write_preparation(data.preparation)
    trainer.run = folder.name
    return launch(trainer, folder, config.threads, replace(how, silent=not first)), folder, trainer


def _test_figures(folder: "RunFolder") -> dict[str, float]:
    from dnn_tui.runs.summary import summarise

    return dict(summarise(folder).metrics.get("test", {}))


def _spread(found: list[dict[str, float]]) -> str:
    return ", ".join(_figures(found)) + "."


def _figures(found: list[dict[str, float]]) -> Iterator[str]:
    import statistics

    for figure in found[0]:
        values = [each[figure] for each in found if figure in each]
        deviation = statistics.stdev(values) if len(values) > 1 else 0.0
        yield f"{figure} {statistics.mean(values):.4g} ± {deviation:.2g}"
