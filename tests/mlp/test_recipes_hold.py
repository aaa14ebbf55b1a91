"""Each recipe's sentence, held to what its training does, on three seeds."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from dnn_tui.experiments.building import build_trainer, configured, load_data
from dnn_tui.experiments.recipes import recipe, recipe_names
from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.events import EpochEnded, Progress, RunEnded, Snapshot
from dnn_tui.mlp.threads import on_threads
from dnn_tui.runs.config import DatasetConfig, RunConfig

pytestmark = pytest.mark.slow
SEEDS = (0, 1, 2)


@dataclass
class Trained:
    trainer: Any
    losses: np.ndarray  # of every step
    epochs: list[EpochEnded]
    pictures: list[Snapshot]
    end: RunEnded

    def test(self, name: str) -> float:
        return self.end.metrics["test"][name]

    def curve(self, split: str) -> np.ndarray:
        return np.array([getattr(epoch, split)["loss"] for epoch in self.epochs])

    @property
    def dead(self) -> float:
        """The share of dead units in the layer that has most of them, at the end."""
        return max(layer.dead for layer in self.pictures[-1].statistics)


@cache
def trained(name: str, seed: int, **options: Any) -> Trained:
    """The recipe's run, as `train --recipe NAME --engine numpy` with options makes it."""
    followed = recipe(name)
    network = {key: options.pop(key) for key in ("hidden", "activation") if key in options}
    config = RunConfig(DatasetConfig(followed.dataset or "digits", None, None, followed.data))
    config = RunConfig(config.dataset, training=TrainingConfig(seed=seed))
    data = load_data(config)
    config = configured(config, data.defaults, followed, network, {"engine": "numpy", "pace": 0.0, **options})
    trainer = build_trainer(config, data)
    with on_threads(trainer, 1):
        events = list(trainer.events())
    losses = [loss for event in events if isinstance(event, Progress) for loss in event.losses]
    return Trained(
        trainer,
        np.array(losses),
        [event for event in events if isinstance(event, EpochEnded)],
        [event for event in events if isinstance(event, Snapshot)],
        events[-1],
    )


def default(seed):
    assert trained("default", seed).test("accuracy") > 0.94


def overfit(seed):
    run = trained("overfit", seed)
    train, validation = run.curve("train"), run.curve("validation")
    assert train[-1] < 0.5 * train[9]  # keeps falling
    assert validation[-10:].mean() > 1.25 * validation.min()  # after a while, only rises
    assert validation.argmin() < len(validation) // 2


def early_stopping(seed):
    stopped, whole = trained("early-stopping", seed), trained("overfit", seed)
    assert stopped.end.reason == "early_stopping"
    assert stopped.test("loss") < 0.8 * whole.test("loss")
    assert stopped.test("accuracy") >= whole.test("accuracy") - 0.005


def regularized(seed):
    braked, whole = trained("regularized", seed), trained("overfit", seed)
    apart = [run.curve("validation")[-10:].mean() - run.curve("train")[-10:].mean() for run in (braked, whole)]
    assert apart[0] < 0.6 * apart[1]


def underfit(seed):
    run = trained("underfit", seed)
    assert run.end.metrics["train"]["loss"] > 0.5
    assert abs(run.end.metrics["train"]["loss"] - run.test("loss")) < 0.1
    assert run.test("accuracy") < 0.7


def good_fit(seed):
    assert trained("good-fit", seed).test("loss") < 0.75 * trained("overfit", seed).test("loss")
    assert trained("good-fit", seed).test("accuracy") > trained("underfit", seed).test("accuracy") + 0.1


def few_units(seed):
    assert trained("few-units", seed).test("accuracy") < 0.9
    assert trained("few-units", seed, hidden=(16, 16)).test("accuracy") > 0.95


def dead_relu(seed):
    dead = trained("dead-relu", seed)
    assert dead.dead > 0.9
    assert dead.test("accuracy") < 0.3
    leaky = trained("dead-relu", seed, activation="leaky_relu")
    assert leaky.dead == 0
    assert leaky.test("accuracy") > dead.test("accuracy") + 0.2
    assert trained("dead-relu", seed, lr=0.005).test("accuracy") > 0.9


def too_large_lr(seed):
    run = trained("too-large-lr", seed)
    assert run.losses[len(run.losses) // 2 :].mean() > 3 * run.losses[0]
    assert trained("too-large-lr", seed, lr=0.2, epochs=10).test("accuracy") > 0.9


def too_small_lr(seed):
    curve = trained("too-small-lr", seed).curve("train")
    assert curve[-1] > 0.7 * curve[0]


def linear_collapse(seed):
    assert trained("linear-collapse", seed).end.metrics["train"]["accuracy"] < 0.7


def symmetry(seed):
    network = trained("symmetry", seed).trainer.network
    for W in network.W[1:-1]:
        np.testing.assert_allclose(W, np.broadcast_to(W[:1], W.shape), rtol=1e-3, atol=1e-5)


def vanishing(seed):
    first, *_, last = [layer.grad_norm for layer in trained("vanishing", seed).pictures[-1].statistics]
    assert first < 0.01 * last


def batch_descent(seed):
    run = trained("batch-descent", seed)
    assert len(run.losses) == len(run.epochs)
    assert (np.diff(run.losses) > 0).mean() < 0.1  # smooth


def one_sample(seed):
    run = trained("one-sample", seed)
    assert len(run.losses) == len(run.epochs) * len(run.trainer.data.train)
    assert (np.diff(run.losses) > 0).mean() > 0.3  # noisy
    assert run.test("accuracy") > 0.9  # and quick


CHECKS = {
    check.__name__.replace("_", "-"): check
    for check in (
        default, overfit, early_stopping, regularized, underfit, good_fit, few_units, dead_relu, too_large_lr,
        too_small_lr, linear_collapse, symmetry, vanishing, batch_descent, one_sample,
    )
}  # fmt: skip


def test_every_recipe_is_checked():
    # best: minutes of MNIST, in benchmarks/mnist_accuracy.py; wide: a space, in tests/searching
    assert set(recipe_names()) - set(CHECKS) == {"best", "wide"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", CHECKS)
def test_a_recipe_does_what_it_says(name, seed):
    CHECKS[name](seed)
