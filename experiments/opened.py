"""A recorded run as an object: its configuration, its curves as arrays, its network asked and explained."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dnn_tui.datasets.components import onto
from dnn_tui.datasets.dataset import DataError
from dnn_tui.datasets.tables.frames import frame_table
from dnn_tui.datasets.tables.new_rows import Rows, prepare_rows
from dnn_tui.datasets.tables.preparation import from_preparation
from dnn_tui.mlp import Network
from dnn_tui.mlp.checks import make_loss
from dnn_tui.mlp.evaluation import fill_targets
from dnn_tui.mlp.explain import Step, explain, find_step
from dnn_tui.mlp.optimizers import make_optimizer
from dnn_tui.runs.checkpoint import config_at, load_checkpoint, load_network
from dnn_tui.runs.config import RunConfig, RunError
from dnn_tui.runs.folder import RunFolder, default_runs_dir, find_run
from dnn_tui.runs.state import RunState
from dnn_tui.runs.summary import Summary, summarise

from .evaluating import Answers, answer
from .explaining.targets import run_subject
from .export.writing import export_run
from .exporting import epoch_rows, read_run, step_rows
from .notebook import pass_html, run_html

CHECKPOINTS = ("last", "best")


def open_run(name: str | None = None, checkpoint: str = "last", runs_dir: str | Path | None = None) -> "Run":
    """The run of that name, a part of it, or its folder; without one the newest.

    checkpoint: which weights, "last" or "best". runs_dir: where runs are kept, if not where `dnn-tui` keeps them.
    Raises RunError.
    """
    if checkpoint not in CHECKPOINTS:
        raise RunError(f"There is no checkpoint {checkpoint!r}: use {' or '.join(CHECKPOINTS)}.")
    folder = find_run(Path(runs_dir) if runs_dir else default_runs_dir(), name)
    folder.config()
    return Run(folder, checkpoint)


@dataclass(frozen=True, eq=False)
class Curves:
    """step, loss: (steps,), of every batch (of a very long run every so manieth). epoch: (epochs,), and metrics by name

    (train_loss, validation_accuracy …), (epochs,) each, NaN where an epoch has none.
    """

    step: np.ndarray
    loss: np.ndarray
    epoch: np.ndarray
    metrics: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Explained:
    """One row's forward and backward pass, step by step; `explained["B2 W"]` is the step of that name."""

    title: str
    steps: list[Step]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, wanted: str | int) -> Step:
        if isinstance(wanted, int):
            return self.steps[wanted]
        if (step := find_step(self.steps, wanted)) is None:
            raise KeyError(f"There is no step {wanted!r}: there are {', '.join(step.id for step in self.steps)}.")
        return step

    def __repr__(self) -> str:
        return f"<{self.title}: {len(self.steps)} steps, {self.steps[0].id} … {self.steps[-1].id}>"

    def _repr_html_(self) -> str:
        return pass_html(self.title, self.steps)


class Run:
    """A run in its folder, as it is when first looked at; open it again to see what a live run has added.

    Rows that it is asked about are a pandas or polars data frame, a mapping from names to columns, an array of raw
    values in the order of the training columns, or a file, as `dnn-tui predict` takes it.
    """

    def __init__(self, folder: RunFolder, checkpoint: str) -> None:
        self.folder, self.checkpoint = folder, checkpoint

    @property
    def name(self) -> str:
        """The run folder's name."""
        return self.folder.name

    @cached_property
    def config(self) -> RunConfig:
        """What the run was asked to do."""
        return self.folder.config()

    @cached_property
    def summary(self) -> Summary:
        """What `dnn-tui runs` shows of it."""
        return summarise(self.folder)

    @cached_property
    def state(self) -> RunState:
        """Everything its log tells."""
        return read_run(self.folder)

    @cached_property
    def curves(self) -> Curves:
        """Loss and metrics as arrays."""
        steps = np.array(list(step_rows(self.state)), float).reshape(-1, 2)
        rows = list(epoch_rows(self.state))
        names = dict.fromkeys(name for row in rows for name in row if name.startswith(("train_", "validation_")))
        metrics = {name: np.array([row.get(name, np.nan) for row in rows], float) for name in (*names, "lr")}
        return Curves(steps[:, 0].astype(int), steps[:, 1], np.array([row["epoch"] for row in rows], int), metrics)

    @cached_property
    def network(self) -> Network:
        """The network of the checkpoint. Raises RunError where there is none yet."""
        return load_network(self.folder.checkpoint_file(self.checkpoint))

    def predict(self, rows: Any) -> np.ndarray:
        """The name of each row's class, (n,), or the numbers in the target's unit, (n,) or (n, targets).

        Raises DataError where the rows do not fit.
        """
        answers, preparation = self._answers(rows)
        if answers.scores is None:
            return answers.predicted[:, 0] if answers.predicted.shape[1] == 1 else answers.predicted
        return np.asarray(np.array(preparation.class_names)[answers.predicted])

    def predict_proba(self, rows: Any) -> np.ndarray:
        """The probability of each class, (n, classes), in the order of `class_names`. Raises DataError, RunError."""
        answers, _ = self._answers(rows)
        if answers.scores is None or not answers.probable:
            raise RunError(f"{self.name} gives no probabilities: ask it with predict.")
        return answers.scores

    @property
    def class_names(self) -> tuple[str, ...]:
        """Of the classes, in the order of the probabilities; () in regression."""
        return from_preparation(self.folder.preparation()).class_names

    def explain(self, row: Any, target: Any = None) -> Explained:
        """One forward and backward pass. row: the number of one of the run's validation rows, or a table of one row.

        target: the class or number that is right, where the table has no such column. Raises DataError, RunError.
        """
        if isinstance(row, int | np.integer):
            subject = run_subject(self.folder)
            subject.choose(int(row))
            return Explained(f"{self.name}, row {int(row)}", subject.steps)
        rows = self._rows(row)
        preparation = rows.preparation
        if len(rows.x) != 1:
            raise DataError(f"One row is explained at a time, not {len(rows.x)}.")
        if target is not None:
            y = np.array([self._target(target, rows)])
        elif rows.known.all() and rows.y is not None:
            y = rows.y
        else:
            wanted = " and ".join(preparation.targets)
            raise DataError(f"The row does not say what is right ({wanted}): give it as target=….")
        facts = load_checkpoint(self.folder.checkpoint_file(self.checkpoint))[1]
        state = facts["state"]
        network, training = self.network, config_at(self.folder, facts=facts).training
        optimizer = make_optimizer(training.optimizer, network.parameters, network.dtype, **training.optimizer_settings)
        optimizer.train_only(network.parts_without(training.frozen))
        for name, array in optimizer.state().items():
            array[...] = state["optimizer"][name]
        wanted_outputs = np.zeros((1, network.sizes[-1]))
        fill_targets(wanted_outputs, y, preparation.task)
        loss = make_loss(training, preparation.task)
        lr = self.state.lr or training.lr
        steps = explain(network, np.asarray(rows.x[0], float), wanted_outputs[0], loss, optimizer, lr)
        return Explained(f"{self.name}, a row", steps)

    def export(self, to: str | Path, format: str | None = None, force: bool = False) -> list[Path]:
        """Write the network for other programs, as `dnn-tui export` does, and give the files.

        to: model.onnx, .py, .h or .safetensors, or another with a format. force: overwrite. Raises RunError.
        """
        return export_run(self.folder, to, format, self.checkpoint, force)

    def report(self, to: str | Path, force: bool = False) -> Path:
        """Write the run as one web page, as `dnn-tui report` does, and give the file. Raises RunError."""
        from .reporting.page import write_report

        return write_report([self.folder], Path(to), self.checkpoint, force)

    def _target(self, target: Any, rows: Rows) -> Any:
        preparation = rows.preparation
        if preparation.task == "regression":
            numbers = np.atleast_1d(np.asarray(target, float))
            offset, scale = np.array(preparation.target_scale).T
            if numbers.shape != offset.shape:
                raise DataError(f"A target is {len(offset)} numbers here, not {target!r}.")
            return (numbers - offset) / scale
        if str(target) not in preparation.class_names:
            raise DataError(f"There is no class {target!r}: there are {', '.join(preparation.class_names)}.")
        return preparation.class_names.index(str(target))

    def _rows(self, rows: Any) -> Rows:
        record = self.folder.preparation()
        if isinstance(rows, str | Path):
            return prepare_rows(record, rows)
        preparation = from_preparation(record)
        table = frame_table(rows, preparation.reading)
        x, report = preparation.inputs(table)
        x = onto(record["components"], x) if "components" in record else x
        return Rows(x, preparation.outputs(table), preparation, report)

    def _answers(self, rows: Any) -> tuple[Answers, Any]:
        prepared = self._rows(rows)
        return answer(self.network, prepared.preparation, prepared.x), prepared.preparation

    def _facts(self) -> str:
        told = self.summary
        best = f", best {told.headline} {told.best:.4g} in epoch {told.best_epoch}" if told.best is not None else ""
        return (
            f"{told.state}, {told.data}, {told.architecture}, {told.optimizer} η {told.lr:g},"
            f" epoch {told.epochs} of {told.epochs_wanted}{best}"
        )

    def __repr__(self) -> str:
        return f"<Run {self.name}: {self._facts()}>"

    def _repr_html_(self) -> str:
        return run_html(self.name, self._facts(), self.curves.loss, self.curves.metrics, dict(self.summary.metrics))
