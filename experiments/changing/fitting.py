"""What other data, or another network, makes of settings that no longer fit; and how large a network may become."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from dnn_tui.datasets.dataset import Dataset
from dnn_tui.mlp import Trainer, compiled
from dnn_tui.mlp.checks import make_loss
from dnn_tui.runs.config import RunConfig

from ..building import build_network
from .changed import Change
from .words import ChangeError

MOST_PARAMETERS = 50_000_000  # of a network that a running training is given: each takes some 20 bytes


def fitted(change: Change, data: Dataset, trainer: Trainer) -> RunConfig:
    """The configuration with what other data, or another network, makes impossible set to what is usual.

    What the change itself names stays, and may be refused later.
    """
    config, named = change.config, change.named
    network, training = config.network, config.training
    old = trainer.data
    fields: dict[str, Any] = {}
    if old.task != data.task:
        fields["loss"] = None
        if "output" not in named:
            network = replace(network, output=None)
    if data.task == "regression":
        fields |= {"label_smoothing": 0.0, "balance_classes": False}
    if (old.task, old.n_outputs) != (data.task, data.n_outputs):
        fields["class_weights"] = ()
    if data.image_shape is None:
        fields |= {name: 0.0 for name in vars(training) if name.startswith("augment_") and "sigma" not in name}
    if training.batch_size > len(data.train) and data is not old:
        fields["batch_size"] = len(data.train)
    fields = {name: value for name, value in fields.items() if name not in named}
    config = replace(config, network=network, training=replace(training, **fields))
    if config.training.engine == "compiled" and "engine" not in named:
        config = _on_numpy_where_it_must(config, data, trainer)
    return config


def _on_numpy_where_it_must(config: RunConfig, data: Dataset, trainer: Trainer) -> RunConfig:
    check_size(config, data)
    network, loss = build_network(config, data), make_loss(config.training, data.task)
    if compiled.why_not(network, loss, trainer.optimizer):
        return replace(config, training=replace(config.training, engine="numpy"))
    return config


def check_size(config: RunConfig, data: Dataset) -> None:
    """Refuse, before anything is allocated, a network that would not fit. Raises ChangeError."""
    sizes = (data.n_features, *config.network.hidden, data.n_outputs)
    parameters = sum(n * m + n for m, n in pairwise(sizes))
    if parameters > MOST_PARAMETERS:
        raise ChangeError(
            f"The network would have {parameters:,} parameters: a running training is given at most"
            f" {MOST_PARAMETERS:,}."
        )
