"""`dnn-tui eval` and `dnn-tui predict`: what a recorded network is worth, and what it says of new rows."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..printed.lines import say, say_exactly
from . import options

if TYPE_CHECKING:
    from dnn_tui.datasets import Dataset
    from dnn_tui.datasets.dataset import Split
    from dnn_tui.datasets.tables.new_rows import Rows
    from dnn_tui.datasets.tables.preparation import Preparation
    from dnn_tui.experiments.judged import Chosen
    from dnn_tui.mlp import Network
    from dnn_tui.runs.config import RunConfig
    from dnn_tui.runs.folder import RunFolder
    from dnn_tui.tui.printed.report import More

SPLITS = ("train", "validation", "test")
CHECKPOINTS = ("last", "best")

Which = Annotated[str, typer.Option("--checkpoint", metavar="last|best", help="Which weights: of which epoch.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("eval")(evaluate)
    app.command("predict")(predict)


def evaluate(
    run: options.OneRun = "newest",
    data: Annotated[
        str | None, typer.Option(metavar="FILE", help="Rows with a known target, instead of the run's own.")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(metavar="|".join(SPLITS), help="Which part of the run's data: test, where it has one."),
    ] = None,
    checkpoint: Which = "last",
    beside: Annotated[
        bool,
        typer.Option(
            "--beside", help="Others on the same rows: a constant, and with scikit-learn linear and boosting."
        ),
    ] = False,
    importance: Annotated[
        bool, typer.Option("--importance", help="How much the loss rises where a column is shuffled among the rows.")
    ] = False,
    worst: Annotated[
        int, typer.Option("--worst", min=0, metavar="N", help="The N rows that the network is most wrong about.")
    ] = 0,
    curves: Annotated[
        bool, typer.Option("--curves", help="ROC, precision–recall and calibration drawn; of numbers the residuals.")
    ] = False,
    dependence: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN[,COLUMN]", help="The mean answer as one or two columns vary; again for more."),
    ] = None,
    threshold: Annotated[
        str | None,
        typer.Option(
            metavar="P|f1|youden|cost:N",
            help="Of a yes/no question: yes from this probability on, or from the best by the validation rows; kept, so"
            " that predict and export use it. 0.5 takes it back.",
        ),
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where data files lie.")] = None,
    runs_dir: options.RunsDir = None,
    json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Evaluate a run's network: every class or target, confusion, calibration.

    On the rows of its data that were kept for the test, on another part of them, or on a file.

    [dim]Examples:[/dim]
      dnn-tui eval
      dnn-tui eval patients --checkpoint best --split validation
      dnn-tui eval patients --data new-patients.csv
      dnn-tui eval patients --beside --importance
      dnn-tui eval patients --curves --dependence age --dependence age,dose
      dnn-tui eval patients --threshold cost:5
    """
    from dataclasses import replace

    import numpy as np

    from dnn_tui.datasets.dataset import Split
    from dnn_tui.experiments.evaluating import check_unchanged, report, settled
    from dnn_tui.experiments.judged import choose_threshold, kept_threshold
    from dnn_tui.tui.printed.report import as_json, print_report

    if split not in (None, *SPLITS):
        raise typer.BadParameter(f"use one of {', '.join(SPLITS)}.", param_hint="--split")
    folder, config, network = _open(run, checkpoint, runs_dir)
    unit = str(config.dataset.options.get("unit", ""))
    if data is not None:
        rows = _rows(folder, data)
        known = rows.known
        if rows.y is None or not known.any():
            from dnn_tui.runs.config import RunError

            wanted = " and ".join(rows.preparation.targets)
            raise RunError(f"{data} does not say what is right (column {wanted}): use predict to get answers.")
        _say(rows.report)
        preparation, x, y, part = rows.preparation, rows.x[known], rows.y[known], data
    else:
        dataset = _own_data(config, data_dir)
        check_unchanged(folder, checkpoint, dataset)
        # an estimator's run has no test rows
        split = split or next(name for name in reversed(SPLITS) if len(getattr(dataset, name)))
        chosen = getattr(dataset, split)
        if not len(chosen):
            from dnn_tui.runs.config import RunError

            raise RunError(f"{folder.name} has no {split} rows: choose another --split.")
        preparation, x, y, part = settled(folder, dataset), chosen.x, chosen.y, split
    chosen_threshold = None
    if threshold is not None:
        own = dataset if data is None else _own_data(config, data_dir)
        chosen_threshold = choose_threshold(network, preparation, own.validation, threshold)
        preparation = replace(preparation, threshold=chosen_threshold.threshold)
    figures = report(network, config, preparation, x, y)
    judged_rows = Split(x, y, chosen.rows if data is None else np.flatnonzero(known))
    asked = Asked(beside, importance, worst, curves, tuple(dependence or ()))
    others = None
    if beside:
        others = dataset if data is None else _own_data(config, data_dir)
    answered_by = chosen_threshold or kept_threshold(preparation)
    more = _more(asked, network, config, preparation, judged_rows, others, answered_by)
    if chosen_threshold:
        folder.write_preparation({**folder.preparation(), "threshold": chosen_threshold.threshold})
    if json:
        say_exactly(as_json(figures, {"run": folder.name, "checkpoint": checkpoint, "data": part}, more))
    else:
        print_report(figures, f"{folder.name}, {part}", unit, more)


@dataclass(frozen=True)
class Asked:
    """What `eval` was asked for beside the report."""

    beside: bool
    importance: bool
    worst: int
    curves: bool
    dependence: tuple[str, ...]


def _more(
    asked: Asked,
    network: "Network",
    config: "RunConfig",
    preparation: "Preparation",
    part: "Split",
    data: "Dataset | None",
    chosen: "Chosen | None",
) -> "More":
    """data: what the others are fitted to."""
    from dnn_tui.experiments.beside import beside, importance, worst
    from dnn_tui.experiments.dependence import dependence
    from dnn_tui.experiments.judged import judged
    from dnn_tui.mlp.checks import make_loss
    from dnn_tui.mlp.evaluation import Evaluator
    from dnn_tui.tui.printed.report import More

    loss = make_loss(config.training, preparation.task)
    measure = Evaluator(network, loss, preparation.task, preparation.target_scale)
    score = lambda x, y: measure(x, y).metrics["loss"]  # noqa: E731
    return More(
        beside(network, preparation, data, part) if data else [],
        importance(network, preparation, part, score) if asked.importance else [],
        worst(network, preparation, part, asked.worst) if asked.worst else [],
        judged(network, preparation, part) if asked.curves else None,
        [dependence(network, preparation, part, wanted) for wanted in asked.dependence],
        chosen,
    )


def predict(
    run: options.OneRun,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Rows as in training: a table, or pictures.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here instead of to the terminal.")] = None,
    key: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Of a table: a column that names its rows, put behind.")
    ] = None,
    checkpoint: Which = "last",
    runs_dir: options.RunsDir = None,
) -> None:
    """Predict new rows with a run's network, prepared exactly as its training rows were; writes CSV.

    A column that training had and FILE lacks is named; one that training had not is left aside, and named.
    A terminal is shown control characters as signs; a file or a pipe gets them exactly.

    [dim]Examples:[/dim]
      dnn-tui predict newest new-patients.csv
      dnn-tui predict patients new-patients.csv --out answers.csv
    """
    from dnn_tui.experiments.evaluating import answer, predictions_csv, write_whole

    folder, _, network = _open(run, checkpoint, runs_dir)
    if out is not None and out.resolve() == Path(file).resolve():
        raise typer.BadParameter("that is the file to read: choose another.", param_hint="--out")
    rows = _rows(folder, file, key)
    answers = answer(network, rows.preparation, rows.x)
    _say(rows.report)
    text = predictions_csv(answers, rows)
    if out is None:
        (say if sys.stdout.isatty() else say_exactly)(text, end="")
    else:
        write_whole(out, text)
        say(f"{len(rows.x):,} predictions written to {out}", err=True)


def _open(run: str, checkpoint: str, runs_dir: Path | None) -> "tuple[RunFolder, RunConfig, Network]":
    from dnn_tui.runs.checkpoint import config_at, load_network
    from dnn_tui.runs.folder import find_run

    if checkpoint not in CHECKPOINTS:
        raise typer.BadParameter(f"use {' or '.join(CHECKPOINTS)}.", param_hint="--checkpoint")
    folder = find_run(options.runs_dir(runs_dir), run)
    network = load_network(folder.checkpoint_file(checkpoint))
    return folder, config_at(folder, checkpoint), network


def _rows(folder: "RunFolder", file: str, key: str | None = None) -> "Rows":
    from dnn_tui.datasets.tables.new_rows import prepare_rows
    from dnn_tui.tui.printed.headless import download_progress

    with download_progress() as progress:
        return prepare_rows(folder.preparation(), file, progress, key)


def _own_data(config: "RunConfig", data_dir: Path | None) -> "Dataset":
    from dataclasses import replace

    from dnn_tui.experiments.building import load_data
    from dnn_tui.tui.printed.headless import download_progress

    if data_dir:
        config = replace(config, dataset=replace(config.dataset, data_dir=str(data_dir.resolve())))
    with download_progress() as progress:
        return load_data(config, progress)


def _say(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        say(sentence, err=True)
