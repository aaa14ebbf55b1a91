"""What is exported: transforms of raw columns, the layers, and what is said of the last one's output."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from dnn_tui import datasets
from dnn_tui.datasets.tables.columns import MISSING
from dnn_tui.datasets.tables.preparation import from_preparation
from dnn_tui.mlp import Network
from dnn_tui.runs.checkpoint import config_at, load_checkpoint, load_network
from dnn_tui.runs.config import RunConfig, RunError
from dnn_tui.runs.folder import RunFolder

from ..evaluating import PROBABLE
from .answers import Answer, Classes, Targets
from .transforms import Pixels, Transform, of_feature

Word = TypeVar("Word")


@dataclass(frozen=True, eq=False)
class Description:
    """transforms, in the order of the inputs they make; network; answer: what its output means.

    facts: run, checkpoint, epoch, data, and all that `dnn-tui import` needs to make the run's like again, as JSON.
    """

    transforms: tuple[Transform, ...]
    network: Network
    answer: Answer
    facts: dict[str, Any]

    @property
    def activations(self) -> list[str]:
        """The activations' names, a layer each, the output's last."""
        return [activation.name for activation in self.network.activations]

    @property
    def missing(self) -> list[str]:
        """The words that mean a missing cell, here and in the run's own table."""
        return sorted(MISSING | set(self.facts["preparation"].get("missing", ())))

    @property
    def title(self) -> str:
        """The network in one line."""
        sizes = "-".join(map(str, self.network.sizes))
        return f"{sizes} network of the run {self.facts['run']} ({self.facts['data']}, epoch {self.facts['epoch']})"

    def spelled(self, words: dict[str, Word]) -> list[Word]:
        """What a format says for each layer's activation. Raises RunError where it has no word for one."""
        for name in self.activations:
            if name not in words:
                raise RunError(f"This format has no {name} activation yet: use another --format.")
        return [words[name] for name in self.activations]

    def metadata(self) -> dict[str, str]:
        """The facts as texts, for formats that carry such pairs."""
        facts = {
            key: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            for key, value in self.facts.items()
            if value is not None and not isinstance(value, dict)
        }
        return {**facts, "dnn-tui": json.dumps(self.facts)}


def describe(folder: RunFolder, checkpoint: str = "last") -> Description:
    """The run's network, with all that stands before and after it. Raises RunError."""
    path = folder.checkpoint_file(checkpoint)
    if not path.exists():
        raise RunError(
            f"{folder.name} has no {checkpoint} checkpoint, so there is no network to export: train it for an epoch."
        )
    facts = load_checkpoint(path)[1]
    finished = int(facts.get("epoch") or 0) - (facts["state"].get("order") is not None)  # not the one it is in
    if finished < 1 and not facts.get("imported"):
        raise RunError(
            f"{folder.name} never finished an epoch: there is nothing learned to export; go on with it first"
            " (dnn-tui train --resume)."
        )
    config, record, network = config_at(folder, facts=facts), folder.preparation(), load_network(path)
    if "components" in record:
        raise datasets.DataError(
            f"{folder.name} learned from principal components, which an export cannot make of raw rows: train on the"
            " inputs themselves."
        )
    preparation = from_preparation(record)
    transforms: tuple[Transform, ...]
    if record["kind"] == "image":
        lowest, highest = float(record["lowest"]), float(record["highest"])
        transforms = (Pixels("pixels", tuple(int(n) for n in record["shape"]), lowest, highest),)
    else:
        transforms = tuple(of_feature(feature, preparation.missing) for feature in preparation.features)
    inputs = sum(transform.width for transform in transforms)
    answer: Answer
    if preparation.task == "regression":
        unit = str(config.dataset.options.get("unit", ""))
        answer = Targets(preparation.targets, preparation.target_scale, unit, preparation.within)
        outputs = len(answer.names)
    else:
        answer = Classes(
            preparation.class_names,
            preparation.task == "binary",
            network.activations[-1].name in PROBABLE,
            preparation.threshold,
        )
        outputs = 1 if answer.binary else len(answer.names)
    if (inputs, outputs) != (network.sizes[0], network.sizes[-1]):
        raise RunError(
            f"The data of {folder.name} makes {inputs} inputs and asks for {outputs} outputs, but its network has"
            f" {network.sizes[0]} and {network.sizes[-1]}: its preparation.json is not of this network."
        )
    if not np.isfinite(network.theta).all():
        raise RunError(f"{folder.name} has weights that are no numbers: it diverged; try the other checkpoint.")
    return Description(transforms, network, answer, _facts(folder, checkpoint, facts, config, record, network))


def _facts(
    folder: RunFolder, checkpoint: str, facts: dict[str, Any], config: RunConfig, record: dict[str, Any], net: Network
) -> dict[str, Any]:
    dataset = config.dataset
    name = Path(dataset.name).name if datasets.is_path(dataset.name) else dataset.name  # a path says where one lives
    said: dict[str, Any] = {
        "run": folder.name,
        "checkpoint": checkpoint,
        "epoch": int(facts.get("epoch") or 0),
        "data": name,
        "task": from_preparation(record).task,
        "classes": list(record.get("class_names", ())),
        "targets": list(record.get("targets", ())),
        "unit": str(dataset.options.get("unit", "")),
        "sizes": list(net.sizes),
        "activations": [activation.name for activation in net.activations],
        "dtype": net.dtype.name,
        "version": version("dnn-tui"),
        "seed": config.training.seed,  # of the split, too
        "validation": dataset.validation,
        "loss": config.training.loss,
        "options": {key: value for key, value in dataset.options.items() if key != "split"},
        "preparation": record,
    }
    # lists of numbers are no use as a line of text
    return {key: value if not isinstance(value, list) else [*map(_plain, value)] for key, value in said.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else str(value)
