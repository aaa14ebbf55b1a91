"""Rows that count more than others: w_r / Σ w in the mean of a batch, whichever engine makes the step."""

from dataclasses import replace

import numpy as np
import pytest

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.mlp import Network, Trainer, TrainingConfig, TrainingError, compiled

ENGINES = ("numpy", "compiled") if compiled.is_installed() else ("numpy",)
EACH = ["numpy", *(pytest.param(name, marks=pytest.mark.slow) for name in ENGINES[1:])]  # it may have to be compiled


@pytest.fixture(params=EACH)
def engine(request) -> str:
    if request.param == "compiled":
        request.getfixturevalue("compiled_once")
    return request.param


OUTPUT = {"classes": "softmax", "binary": "sigmoid", "regression": "identity"}


def weighted(data: Dataset, weight) -> Dataset:
    return replace(data, train=replace(data.train, weight=np.asarray(weight, float)))


def trainer(data: Dataset, engine: str, output: str = "", **config) -> Trainer:
    sizes = (data.n_features, 7, data.n_outputs)
    network = Network(sizes, "tanh", output or OUTPUT[data.task], seed=3, dtype=np.float64)
    return Trainer(network, data, TrainingConfig(**{"batch_size": 16, "engine": engine, "optimizer": "sgd"} | config))


@pytest.mark.slow
@pytest.mark.parametrize("task", ["classes", "binary", "regression"])
def test_the_weighted_gradient_is_that_of_pytorch(make_blobs, task, engine):
    torch = pytest.importorskip("torch")
    data = make_blobs(rows=60, task=task, classes=2 if task == "binary" else 3)
    weight = np.random.default_rng(1).random(len(data.train))
    made = trainer(weighted(data, weight), engine, batch_size=0)
    parameters = [a for i in (1, 2) for a in (made.network.W[i], made.network.b[i])]
    tensors = [torch.tensor(a.copy(), requires_grad=True) for a in parameters]
    x, y, w = (torch.tensor(np.asarray(a, float)) for a in (data.train.x, data.train.y, weight))
    a = torch.tanh(x @ tensors[0].T + tensors[1]) @ tensors[2].T + tensors[3]
    functional = torch.nn.functional
    if task == "classes":
        rows = functional.cross_entropy(a, y.long(), reduction="none")
    elif task == "binary":
        rows = functional.binary_cross_entropy_with_logits(a[:, 0], y, reduction="none")
    else:
        rows = 0.5 * ((a - y) ** 2).sum(dim=1)
    wanted = (w * rows).sum() / w.sum()
    wanted.backward()
    (loss,) = made.advance(1)
    assert loss == pytest.approx(wanted.item(), rel=1e-12)
    found = [a for i in (1, 2) for a in (made.network.dW[i], made.network.db[i])]
    for ours, theirs in zip(found, tensors, strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-14)


def test_a_weight_of_three_is_the_row_three_times_and_of_none_its_absence(make_blobs, engine):
    data = make_blobs(rows=60)
    counts = np.arange(len(data.train)) % 4
    repeated = replace(data, train=Split(data.train.x.repeat(counts, axis=0), data.train.y.repeat(counts)))
    runs = [trainer(given, engine, batch_size=0, optimizer="adam") for given in (weighted(data, counts), repeated)]
    losses = [list(run.advance(30)) for run in runs]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-9)
    np.testing.assert_allclose(runs[0].network.theta, runs[1].network.theta, rtol=1e-7, atol=1e-9)


@pytest.mark.skipif(len(ENGINES) < 2, reason="Numba is not installed")
@pytest.mark.usefixtures("compiled_once")
def test_both_engines_agree_with_weights_of_rows_and_of_classes(make_blobs):
    data = make_blobs()
    data = weighted(data, np.random.default_rng(2).random(len(data.train)))
    found = []
    for engine in ENGINES:
        made = trainer(data, engine, balance_classes=True, optimizer="momentum")
        found.append((list(made.advance(50)), made.network.theta))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-10)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-9)


def test_a_batch_of_rows_that_do_not_count_changes_nothing(make_blobs, engine):
    data = make_blobs(rows=60)
    weight = np.zeros(len(data.train))
    weight[-1] = 1.0  # the last batch's
    made = trainer(weighted(data, weight), engine, shuffle=False)
    before = made.network.theta.copy()
    assert list(made.advance(2)) == [0.0, 0.0]
    np.testing.assert_array_equal(made.network.theta, before)
    assert next(made.advance(1)) > 0


@pytest.mark.parametrize("weight", [[1.0], [-1.0] * 40, [0.0] * 40, [np.nan] * 40])
def test_weights_that_make_no_sense_are_refused(make_blobs, weight):
    data = make_blobs(rows=60)
    assert len(data.train) == 40
    with pytest.raises(TrainingError, match="one number a row"):
        trainer(weighted(data, weight), "numpy")


def test_without_shuffling_the_rows_come_as_they_stand(make_blobs, engine):
    data = make_blobs(rows=60)
    made = trainer(data, engine, shuffle=False, lr=1e-12)  # 40 rows in batches of 16, and nothing is learned
    epochs = [list(made.advance(3)), list(made.advance(3))]
    np.testing.assert_allclose(epochs[0], epochs[1], rtol=1e-9)
    x, y = np.asarray(data.train.x[:16], float), data.train.y[:16]
    probability = made.network.predict(x)[np.arange(16), y]
    assert epochs[0][0] == pytest.approx(-np.log(probability).mean(), rel=1e-9)


@pytest.mark.slow
def test_several_yes_or_no_targets_are_learned_by_binary_cross_entropy(make_blobs, engine):
    torch = pytest.importorskip("torch")
    data = make_blobs(rows=60, task="regression")
    y = np.random.default_rng(4).integers(0, 2, (len(data.train), 3)).astype(float)
    none = Split(data.test.x[:0], y[:0])
    train = replace(data.train, y=y)
    data = replace(data, train=train, validation=none, test=none, target_names=("a", "b", "c"))
    made = trainer(data, engine, "sigmoid", loss="binary_cross_entropy", batch_size=0)
    yhat = torch.tensor(made.network.predict(data.train.x))
    wanted = torch.nn.functional.binary_cross_entropy(yhat, torch.tensor(y), reduction="none").sum(dim=1).mean()
    assert next(made.advance(1)) == pytest.approx(wanted.item(), rel=1e-10)
    with pytest.raises(TrainingError, match="is for classes"):
        trainer(replace(data, train=replace(data.train, y=3 * y)), engine, "sigmoid", loss="binary_cross_entropy")
