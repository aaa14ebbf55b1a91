"""What is refused before training begins: data, network and configuration that do not fit each other."""

import numpy as np

from .activations import FORWARD_ONLY
from .config import TrainingConfig, TrainingError, check_config
from .data import Data, Rows
from .losses import DEFAULT_PAIR, LOSSES, Loss, huber
from .network import Network
from .settings import SETTINGS

#: Losses of yes or no, an output each, that make sense of any target from 0 to 1.
SHARES = ("binary_cross_entropy", "bce_mean")


def make_loss(config: TrainingConfig, task: str) -> Loss:
    """The loss chosen, or the task's own. Raises TrainingError."""
    name = config.loss or DEFAULT_PAIR[task][1]
    if sentence := SETTINGS["loss"].refused(name):
        raise TrainingError(sentence)
    return huber(config.huber_delta) if name == "huber" else LOSSES[name]


def check_fit(network: Network, data: Data, config: TrainingConfig, loss: Loss) -> None:
    """Raises TrainingError: one sentence that says what does not fit, and what would."""
    check_config(config)
    rows, features = data.train.x.shape
    outputs = data.n_outputs
    if features != network.sizes[0]:
        raise TrainingError(f"The data has {features} features but the network {network.sizes[0]} inputs.")
    if outputs != network.sizes[-1]:
        raise TrainingError(f"The data needs {outputs} outputs but the network has {network.sizes[-1]}.")
    if not 1 <= config.batch_size <= rows:
        raise TrainingError(f"A batch of {config.batch_size} rows does not fit {rows} training rows.")
    _check_layers(network)
    if config.frozen and max(config.frozen) > network.layers:
        raise TrainingError(
            f"There is no layer {max(config.frozen)} to freeze: the network has {network.layers} layers of weights."
        )
    _check_pair(network, data, config, loss)
    for name in ("train", "validation", "test"):
        _check_split(name, getattr(data, name), data)
    _check_weights(data.train)


def _check_layers(network: Network) -> None:
    for i, activation in enumerate(network.activations, start=1):
        if activation.name in FORWARD_ONLY:
            raise TrainingError(
                f"Layer {i} has the {activation.name} activation, whose derivative is 0 wherever it exists:"
                " no gradient passes it, so the network cannot be trained; sigmoid is its trainable kin."
            )


def _check_pair(network: Network, data: Data, config: TrainingConfig, loss: Loss) -> None:
    output = network.activations[-1].name
    if output not in loss.outputs:
        raise TrainingError(
            f"The loss {loss.name} does not fit a {output} output: {loss.needs}."
            f" Use {' or '.join(loss.outputs)}, or another loss."
        )
    if output == "softmax" and network.sizes[-1] == 1:
        raise TrainingError("Softmax over a single output is always 1: use a sigmoid output.")
    if data.task == "regression":
        shares = loss.name in SHARES and data.train.y.min() >= 0 and data.train.y.max() <= 1
        if loss.needs and not shares:
            raise TrainingError(f"The loss {loss.name} is for classes, but the data asks for numbers: use mse or mae.")
        for name, chosen in (
            ("label smoothing", config.label_smoothing),
            ("class weights", config.class_weights or config.balance_classes),
        ):
            if chosen:
                raise TrainingError(f"There are no classes in this data, so no {name}.")
    classes = 2 if data.task == "binary" else network.sizes[-1]
    weights = config.class_weights
    if weights and (len(weights) != classes or min(weights) < 0 or not np.isfinite(weights).all() or not any(weights)):
        raise TrainingError(
            f"Class weights are {classes} numbers from 0, one a class and not all 0, not {list(weights)}."
        )


def _check_split(name: str, split: Rows, data: Data) -> None:
    for what, values in (("x", split.x), ("y", split.y)):
        finite = np.isfinite(values)
        if finite.all():
            continue
        bad = np.argwhere(~finite)
        row = bad[0][0]
        if what == "y":
            raise TrainingError(f"The {name} data has a target that is no number: row {row}.")
        column = bad[0][1]
        feature = data.feature_names[column] if column < len(data.feature_names) else column
        raise TrainingError(f"The {name} data has a value that is no number: row {row}, column {feature}.")
    if data.task != "regression" and len(split):
        classes = 2 if data.task == "binary" else data.n_outputs
        if split.y.min() < 0 or split.y.max() >= classes:
            row = int(np.flatnonzero((split.y < 0) | (split.y >= classes))[0])
            raise TrainingError(
                f"The {name} data has a label outside 0 … {classes - 1}: {int(split.y[row])} in row {row}."
            )


def _check_weights(rows: Rows) -> None:
    weight = getattr(rows, "weight", None)
    if weight is None:
        return
    if np.shape(weight) != (len(rows),) or not np.isfinite(weight).all() or np.min(weight) < 0 or not np.any(weight):
        raise TrainingError("The weights of the training rows are one number a row, from 0 and not all 0.")
