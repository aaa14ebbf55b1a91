"""The whole gradient against PyTorch's autograd (float64), with every way of changing it."""

import numpy as np
import pytest

from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.activations import HIDDEN
from dnn_tui.mlp.backprop import Workspace, backward, forward, loss_value
from dnn_tui.mlp.losses import LOSSES, huber
from dnn_tui.mlp.regularization import Regularizer

pytestmark = pytest.mark.slow
torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
F = torch.nn.functional

ACTIVATION = {
    "identity": lambda a: a,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "gelu": F.gelu,
    "silu": F.silu,
    "softplus": F.softplus,
    "softmax": lambda a: F.softmax(a, dim=1),
}
LOSS = {
    "squared_error": lambda a, h, y: F.mse_loss(h, y, reduction="none").sum(1),
    "half_squared_error": lambda a, h, y: 0.5 * F.mse_loss(h, y, reduction="none").sum(1),
    "mse": lambda a, h, y: F.mse_loss(h, y, reduction="none").mean(1),
    "mae": lambda a, h, y: F.l1_loss(h, y, reduction="none").mean(1),
    "huber": lambda a, h, y: F.huber_loss(h, y, reduction="none").mean(1),
    "binary_cross_entropy": lambda a, h, y: F.binary_cross_entropy(h, y, reduction="none").sum(1),
    "bce_mean": lambda a, h, y: F.binary_cross_entropy(h, y, reduction="none").mean(1),
    "cross_entropy": lambda a, h, y: F.cross_entropy(a, y, reduction="none"),
}


class Twin:
    """The same network in PyTorch, parameters as leaves."""

    def __init__(self, network: Network) -> None:
        self.names = [activation.name for activation in network.activations]
        self.W = [torch.tensor(W, requires_grad=True) for W in network.W[1:]]
        self.b = [torch.tensor(b, requires_grad=True) for b in network.b[1:]]

    def __call__(self, x):
        h = torch.as_tensor(x)
        for W, b, name in zip(self.W, self.b, self.names, strict=True):
            a = h @ W.T + b
            h = ACTIVATION[name](a)
        return a, h

    def gradient(self) -> np.ndarray:
        pairs = zip(self.W, self.b, strict=True)
        return np.concatenate([part.grad.numpy().ravel() for pair in pairs for part in pair])


def problem(activations, output, seed=0, sizes=(5, 7, 6, 3), rows=8):
    rng = np.random.default_rng(seed)
    network = Network(sizes, activations, output, seed=seed, dtype=np.float64)
    network.theta[:] = rng.normal(size=network.parameters) * 0.6
    x = rng.normal(size=(rows, sizes[0]))
    return network, x, rng.integers(0, sizes[-1], rows)


def ours(network, x, y, loss):
    workspace = Workspace(network, len(x))
    workspace.h[0][...], workspace.y[...] = x, y
    forward(network, workspace)
    value = loss_value(network, workspace, loss)
    backward(network, workspace, loss)
    return value


@pytest.mark.parametrize(("output", "loss"), [(o, name) for name, loss in LOSSES.items() for o in loss.outputs])
@pytest.mark.parametrize("activation", HIDDEN)
def test_every_activation_and_pair(activation, output, loss):
    network, x, labels = problem(activation, output)
    y = np.eye(3)[labels]
    twin = Twin(network)
    a, h = twin(x)
    wanted = LOSS[loss](a, h, torch.tensor(y)).mean()
    wanted.backward()
    assert ours(network, x, y, LOSSES[loss]) == pytest.approx(wanted.item(), rel=1e-10)
    np.testing.assert_allclose(network.grad, twin.gradient(), rtol=1e-8, atol=1e-12)


def test_layers_of_different_activations():
    network, x, labels = problem(("gelu", "tanh"), "softmax")
    twin = Twin(network)
    F.cross_entropy(twin(x)[0], torch.tensor(labels)).backward()
    ours(network, x, np.eye(3)[labels], LOSSES["cross_entropy"])
    np.testing.assert_allclose(network.grad, twin.gradient(), rtol=1e-8, atol=1e-12)


def test_hubers_delta():
    network, x, labels = problem("tanh", "identity")
    y = 3.0 * np.eye(3)[labels]
    twin = Twin(network)
    wanted = F.huber_loss(twin(x)[1], torch.tensor(y), delta=0.4)
    wanted.backward()
    assert ours(network, x, y, huber(0.4)) == pytest.approx(wanted.item(), rel=1e-10)
    np.testing.assert_allclose(network.grad, twin.gradient(), rtol=1e-8, atol=1e-12)


class Rows:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)


class Data:
    """Three classes (or two, binary), all rows in one batch."""

    name, target_names, target_scale, target_unit, image_shape = "rows", (), (), "", None

    def __init__(self, x, labels, task="classes", classes=3):
        self.train = self.validation = self.test = Rows(x, labels)
        self.task, self.n_outputs = task, classes if task == "classes" else 1
        self.class_names = tuple("abc"[:classes])
        self.feature_names = tuple("vwxyz")


def one_step(network, data, **config):
    """The gradient of one Trainer step (all rows, in some order), θ left as it was."""
    theta = network.theta.copy()
    trainer = Trainer(network, data, TrainingConfig(optimizer="sgd", batch_size=0, **config))
    (loss,) = trainer.advance(1)
    network.theta[:] = theta
    return loss


@pytest.mark.parametrize(
    "config",
    [{"label_smoothing": 0.2}, {"class_weights": (0.5, 2.0, 1.0)}, {"l1": 0.3}, {"l2": 0.7}, {"clip_norm": 0.05}],
)
def test_what_changes_the_gradient_changes_it_as_in_torch(config):
    network, x, labels = problem("tanh", "softmax")
    twin = Twin(network)
    weights = torch.tensor(config["class_weights"], dtype=torch.float64) if "class_weights" in config else None
    data_loss = F.cross_entropy(
        twin(x)[0], torch.tensor(labels), weight=weights, label_smoothing=config.get("label_smoothing", 0.0)
    )
    penalty = sum(config.get("l1", 0) * W.abs().sum() + 0.5 * config.get("l2", 0) * (W**2).sum() for W in twin.W)
    (data_loss + penalty).backward()
    if "clip_norm" in config:
        torch.nn.utils.clip_grad_norm_([*twin.W, *twin.b], config["clip_norm"])
    loss = one_step(network, Data(x, labels), **config)
    assert loss == pytest.approx(data_loss.item(), rel=1e-10)
    np.testing.assert_allclose(network.grad, twin.gradient(), rtol=1e-8, atol=1e-12)
    regularizer = Regularizer(network, config.get("l1", 0.0), config.get("l2", 0.0))
    assert regularizer.penalty() == pytest.approx(float(torch.as_tensor(penalty).detach()), rel=1e-12)


def test_balanced_classes_of_a_yes_no_question():
    network, x, _ = problem("tanh", "sigmoid", sizes=(5, 4, 1))
    labels = np.array([1, 0, 0, 0, 0, 0, 1, 0])
    twin = Twin(network)
    weight = torch.tensor(np.where(labels == 1, 8 / (2 * 2), 8 / (2 * 6)))
    target = torch.tensor(labels[:, None], dtype=torch.float64)
    each = F.binary_cross_entropy_with_logits(twin(x)[0], target, reduction="none")[:, 0]
    wanted = (weight * each).sum() / weight.sum()
    wanted.backward()
    loss = one_step(network, Data(x, labels, "binary", 2), balance_classes=True)
    assert loss == pytest.approx(wanted.item(), rel=1e-10)
    np.testing.assert_allclose(network.grad, twin.gradient(), rtol=1e-8, atol=1e-12)


def test_the_loss_and_gradient_of_scores_of_ten_thousand():
    """At ±1e4 the probabilities are 0 and 1 to the last digit; the loss and its gradient still are what they are."""
    scores = np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 5.0], [9999.0, 1e4, -1e4]])
    labels = np.array([1, 1, 0])
    for output, name in (("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy"), ("sigmoid", "bce_mean")):
        network = Network((3, 3), (), output, dtype=np.float64)
        network.W[1][...] = np.eye(3)
        y, a = np.eye(3)[labels], torch.tensor(scores, requires_grad=True)
        if output == "softmax":
            wanted = F.cross_entropy(a, torch.tensor(labels))
        else:
            each = F.binary_cross_entropy_with_logits(a, torch.tensor(y), reduction="none")
            wanted = (each.sum(1) if name == "binary_cross_entropy" else each.mean(1)).mean()
        wanted.backward()
        with np.errstate(all="raise", under="ignore"):
            assert ours(network, scores, y, LOSSES[name]) == pytest.approx(wanted.item(), rel=1e-12)
        np.testing.assert_allclose(network.db[1], a.grad.numpy().sum(axis=0), rtol=1e-10, atol=1e-15)
