"""What the trainer reports at the start of a run, the end of an epoch, and the end of the run."""

import time
from dataclasses import asdict
from typing import Any, Protocol

import numpy as np

from .config import TrainingConfig
from .data import Data
from .evaluation import Evaluation, Evaluator
from .events import EpochEnded, Metrics, RunEnded, RunStarted, Sample
from .losses import Loss
from .network import Network
from .plane import Coordinates
from .snapshot import Viewer

MISTAKES_SHOWN = 8
MOST_NAMES = 1000


class Training(Protocol):
    """What a report needs of a training, as `trainer.Trainer` has it."""

    run: str
    network: Network
    data: Data
    config: TrainingConfig
    loss: Loss
    epochs: int
    steps_per_epoch: int
    step: int
    epoch: int
    best_epoch: int
    lr: float
    evaluate: Evaluator
    train_part: np.ndarray
    viewer: Viewer
    begun_step: int
    begun_epoch: int
    configuration: dict[str, Any]

    @property
    def elapsed(self) -> float:
        """Seconds of training so far, pauses not counted."""

    @property
    def epochs_done(self) -> float:
        """Epochs, the part of the running one that is done included."""


def started(trainer: Training) -> RunStarted:
    """The run's first event: data, network and training as they are."""
    data, network = trainer.data, trainer.network
    coordinates: Coordinates | None = getattr(data, "plane", None)
    return RunStarted(
        time=time.time(),
        run=trainer.run,
        dataset={
            "name": data.name,
            "task": data.task,
            "classes": list(data.class_names),
            "targets": list(data.target_names),
            "unit": data.target_unit,
            "features": network.sizes[0],
            "feature_names": _feature_names(data),
            "image_shape": list(data.image_shape) if data.image_shape else None,
            # where inputs are computed from two coordinates; where they are these themselves, their names say it
            "plane": list(coordinates.names) if coordinates else None,
            "train": len(data.train),
            "validation": len(data.validation),
            "test": len(data.test),
        },
        network={
            "sizes": list(network.sizes),
            "activations": [activation.name for activation in network.activations],
            "parameters": network.parameters,
        },
        training={
            **asdict(trainer.config),
            "epochs": trainer.epochs,
            "formula": trainer.loss.formula,
            "steps_per_epoch": trainer.steps_per_epoch,
            "epochs_done": round(trainer.epochs_done, 6),
            "begun": {"step": trainer.begun_step, "epoch": trainer.begun_epoch},
        },
        config=trainer.configuration,
    )


def _feature_names(data: Data) -> list[str]:
    """Names of the inputs, where they are few enough to be shown; a pixel's is its place, which the image shows."""
    names = list(data.feature_names)
    return names if len(names) <= MOST_NAMES and not data.image_shape else []


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def epoch_ended(trainer: Training, seconds: float) -> EpochEnded:
    """The epoch's figures; seconds: how long its steps took. Whether it is the best is the trainer's to say."""
    begin, data, part = trainer.elapsed, trainer.data, trainer.train_part
    train = trainer.evaluate(data.train.x[part], data.train.y[part])
    validation = trainer.evaluate(data.validation.x, data.validation.y) if len(data.validation) else None
    return EpochEnded(
        time=time.time(),
        step=trainer.step,
        epoch=trainer.epoch,
        elapsed=round(trainer.elapsed, 4),
        train=train.metrics,
        validation=validation.metrics if validation else {},
        lr=trainer.lr,
        seconds=round(seconds, 4),
        evaluation_seconds=round(trainer.elapsed - begin, 4),
        confusion=_counts(validation or train),
        mistakes=_mistakes(trainer, validation) if validation else (),
    )


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def ended(trainer: Training, reason: str, message: str = "") -> RunEnded:
    """The run's last event, with the metrics of all three parts; reason: as in `RunEnded`."""
    metrics: dict[str, Metrics] = {}
    confusion: tuple[tuple[int, ...], ...] = ()
    data = trainer.data
    for name, split in (("train", data.train), ("validation", data.validation), ("test", data.test)):
        if len(split):
            result = trainer.evaluate(split.x, split.y)
            metrics[name] = result.metrics
            confusion = _counts(result)
    elapsed = round(trainer.elapsed, 4)
    return RunEnded(
        time.time(), trainer.step, trainer.epoch, elapsed, reason, metrics, confusion, trainer.best_epoch, message
    )


def _mistakes(trainer: Training, evaluation: Evaluation) -> tuple[Sample, ...]:
    """The most confident wrong answers."""
    if evaluation.confidence is None:
        return ()
    validation = trainer.data.validation
    wrong = np.flatnonzero(evaluation.predicted != validation.y)
    worst = wrong[np.argsort(-evaluation.confidence[wrong], kind="stable")[:MISTAKES_SHOWN]]
    return tuple(trainer.viewer.sample(validation, k) for k in worst)


def _counts(evaluation: Evaluation) -> tuple[tuple[int, ...], ...]:
    if evaluation.confusion is None:
        return ()
    return tuple(tuple(int(n) for n in row) for row in evaluation.confusion)
