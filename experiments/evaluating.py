"""Asking a recorded network: its answers for rows, and how good they are."""

import csv
import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dnn_tui.datasets import Dataset
from dnn_tui.datasets.tables.new_rows import Rows
from dnn_tui.datasets.tables.preparation import Preparation, from_preparation
from dnn_tui.mlp import Network
from dnn_tui.mlp.checks import make_loss
from dnn_tui.mlp.evaluation import Evaluator
from dnn_tui.mlp.metrics import confusion_matrix, mean_absolute_error, r2
from dnn_tui.mlp.scores import CalibrationBin, ClassScore, TargetScore, calibration, class_scores, target_scores
from dnn_tui.runs.checkpoint import fingerprint, load_checkpoint
from dnn_tui.runs.config import RunConfig, RunError
from dnn_tui.runs.folder import RunFolder

PROBABLE = ("sigmoid", "softmax")  # output activations whose values are probabilities


@dataclass(frozen=True, eq=False)
class Answers:
    """predicted: (n,) classes or (n, targets) numbers in their own unit; scores (n, K): a number a class, None in

    regression; probable: whether these are probabilities.
    """

    predicted: np.ndarray
    scores: np.ndarray | None
    probable: bool


@dataclass(frozen=True, eq=False)
class Report:
    """All figures over some rows."""

    rows: int
    metrics: dict[str, float]
    confusion: np.ndarray | None
    classes: dict[str, ClassScore]
    calibration: list[CalibrationBin]
    calibration_error: float | None
    targets: dict[str, TargetScore]


def answer(network: Network, preparation: Preparation, x: np.ndarray) -> Answers:
    """What the network says of inputs x (n, inputs). Raises RunError where they do not fit."""
    if x.shape[1] != network.sizes[0]:
        raise RunError(f"The rows have {x.shape[1]} inputs but the network takes {network.sizes[0]}.")
    yhat = network.predict(x)
    if preparation.task == "regression":
        offset, scale = np.array(preparation.target_scale).T
        return Answers(within(yhat * scale + offset, preparation), None, False)
    probable = network.activations[-1].name in PROBABLE
    if preparation.task == "binary":
        yes = yhat[:, 0]
        return Answers((yes > preparation.threshold).astype(np.int64), np.stack([1 - yes, yes], axis=1), probable)
    return Answers(yhat.argmax(axis=1), yhat, probable)


def within(answers: np.ndarray, preparation: Preparation) -> np.ndarray:
    """Answers (n, targets) in their unit, none beyond those of the training rows where that was asked for."""
    if not preparation.within:
        return answers
    low, high = np.array(preparation.within).T
    return np.asarray(np.clip(answers, low, high))


def report(network: Network, config: RunConfig, preparation: Preparation, x: np.ndarray, y: np.ndarray) -> Report:
    """How good the answers for x (n, inputs) are, y as `Split.y` has it."""
    answers = answer(network, preparation, x)
    loss = make_loss(config.training, preparation.task)
    evaluation = Evaluator(network, loss, preparation.task, preparation.target_scale)(x, y)
    if answers.scores is None or evaluation.confusion is None:
        offset, scale = np.array(preparation.target_scale).T
        true, metrics = y * scale + offset, evaluation.metrics
        if preparation.within:
            metrics = {
                **metrics,
                "mae": mean_absolute_error(true, answers.predicted),
                "r2": r2(true, answers.predicted),
            }
        targets = dict(zip(preparation.targets, target_scores(answers.predicted, true), strict=True))
        return Report(len(x), metrics, None, {}, [], None, targets)
    confusion, metrics = evaluation.confusion, evaluation.metrics
    if preparation.threshold != 0.5:
        confusion = confusion_matrix(y, answers.predicted, 2)
        metrics = {**metrics, "accuracy": float((answers.predicted == y).mean())}
    scores = class_scores(confusion, answers.scores, y)
    bins: list[CalibrationBin] = []
    error: float | None = None
    if answers.probable:
        bins, error = calibration(answers.scores.max(axis=1), answers.scores.argmax(axis=1) == y)
    named = dict(zip(preparation.class_names, scores, strict=True))
    return Report(len(x), metrics, confusion, named, bins, error, {})


def settled(folder: RunFolder, data: Dataset) -> Preparation:
    """How the run's own data was prepared, with the threshold that the run keeps. Raises RunError."""
    kept = folder.preparation().get("threshold", 0.5) if folder.preparation_file.exists() else 0.5
    return from_preparation({**data.preparation, "threshold": kept})


def check_unchanged(folder: RunFolder, checkpoint: str, data: Dataset) -> None:
    """Raise RunError where the run's data is no longer what its network was trained on."""
    facts = load_checkpoint(folder.checkpoint_file(checkpoint))[1]
    if facts.get("data") not in (None, fingerprint(data)):
        raise RunError(
            f"The data of {folder.name} has changed since it was trained: evaluate on a file with --data instead."
        )


def predictions_csv(answers: Answers, rows: Rows) -> str:
    """A line a row: its number from 1, the prediction, and for classes its probability and those of all classes.

    With the true value beside it, where the file has one; last what the row is called, if it is.
    """
    preparation, known = rows.preparation, rows.known
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if answers.scores is None:
        names = preparation.targets if len(preparation.targets) > 1 else ("",)
        header = ["row", *(f"predicted {name}".strip() for name in names)]
        offset, scale = np.array(preparation.target_scale).T
        true = rows.y * scale + offset if rows.y is not None else None
        header += [f"true {name}".strip() for name in names] if true is not None else []
        writer.writerow([*header, *([rows.key] if rows.keys else [])])
        for k, values in enumerate(answers.predicted):
            told = [f"{value:.7g}" if known[k] else "" for value in true[k]] if true is not None else []
            writer.writerow([k + 1, *(f"{value:.7g}" for value in values), *told, *rows.keys[k : k + 1]])
        return out.getvalue()
    what = "probability" if answers.probable else "score"
    each = [f"P({name})" if answers.probable else f"score {name}" for name in preparation.class_names]
    more = [*(["true"] if rows.y is not None else []), *([rows.key] if rows.keys else [])]
    writer.writerow(["row", "predicted", what, *each, *more])
    for k, scores in enumerate(answers.scores):
        best = answers.predicted[k]
        told = [preparation.class_names[rows.y[k]] if known[k] else ""] if rows.y is not None else []
        figures = (f"{score:.6f}" for score in (scores[best], *scores))
        writer.writerow([k + 1, preparation.class_names[best], *figures, *told, *rows.keys[k : k + 1]])
    return out.getvalue()


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is never seen half-written. Raises RunError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="")
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RunError(f"Cannot write {path}: {error.strerror or error}.") from None
