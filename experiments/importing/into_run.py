"""From a file to a run folder: whatever works on a run then works on the network."""

import shutil
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from dnn_tui import datasets
from dnn_tui.datasets.dataset import Dataset, Task
from dnn_tui.datasets.tables.preparation import plain_preparation
from dnn_tui.mlp import Network, TrainingConfig, TrainingError
from dnn_tui.mlp.events import RunEnded
from dnn_tui.mlp.losses import DEFAULT_PAIR, LOSSES
from dnn_tui.mlp.reports import started
from dnn_tui.runs.checkpoint import fingerprint, save_checkpoint
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig, RunError
from dnn_tui.runs.folder import RunFolder, create_run
from dnn_tui.runs.log import LogWriter

from ..building import NO_DATA, build_trainer, load_data
from .found import Found

READERS = {".onnx": "onnx_file", ".safetensors": "safetensors_file"}


def import_network(
    path: str | Path,
    runs_dir: Path,
    name: str | None = None,
    data: str | None = None,
    options: dict[str, Any] | None = None,
    activations: tuple[str, ...] = (),
    output: str | None = None,
    classes: tuple[str, ...] = (),
) -> RunFolder:
    """A new run that holds the network of the file. Raises RunError, NetworkError, TrainingError or DataError.

    data, options: as in `datasets.load`, else what our own file says. activations: of the hidden layers (one, or one
    each) and output: where the file cannot say. classes: names of the outputs, where there is no data to name them.
    """
    path = Path(path).expanduser()
    found = _read(path)
    config = _config(found, data, options or {})
    dataset = load_data(config) if config.dataset.name != NO_DATA else None
    network = found.network(_activations(found, activations, output, dataset))
    preparation = found.facts.get("preparation") or (
        dataset.preparation if dataset else _plain_preparation(path, network, classes)
    )
    if dataset and (dataset.n_features, dataset.n_outputs) != (network.sizes[0], network.sizes[-1]):
        raise RunError(
            f"{config.dataset.name} has {dataset.n_features} inputs and asks for {dataset.n_outputs} outputs, but the"
            f" network of {path} has {network.sizes[0]} and {network.sizes[-1]}."
        )
    names = [activation.name for activation in network.activations]
    config = replace(config, network=NetworkConfig(network.sizes[1:-1], tuple(names[:-1]), names[-1]))
    state: dict[str, Any] = {}
    trainer = None
    if dataset:
        config = replace(config, training=_training(config.training, names[-1], dataset))
        try:
            trainer = build_trainer(config, dataset)
        except TrainingError:  # what cannot be trained, such as step, can be evaluated
            trainer = None
        if trainer:
            trainer.network.theta[...] = network.theta
            state = {**trainer.state_dict(), "theta": network.theta}
    folder = create_run(config, runs_dir, name or path.stem)
    try:
        folder.write_preparation(preparation)
        facts = {"imported": path.name, "epoch": int(found.facts.get("epoch") or 0), "step": 0}
        for which in ("last", "best"):
            known = {"data": fingerprint(dataset)} if dataset else {}
            save_checkpoint(folder.checkpoint_file(which), network, state, **facts, **known)
        if trainer:
            trainer.run = folder.name
            log = LogWriter(folder.events_file)
            log.write(started(trainer))
            log.write(RunEnded(time.time(), 0, 0, 0.0, "completed", {}, message=f"imported from {path.name}"))
            log.close()
    except (OSError, RunError) as error:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise RunError(f"Cannot write the run into {runs_dir}: {error}") from None
    return folder


def _read(path: Path) -> Found:
    if not path.is_file():
        raise RunError(f"There is no file {path}: check its name.")
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise RunError(f"{path} is neither {' nor '.join(READERS)}: export the network as one of these.")
    try:
        module = import_module(f".{READERS[suffix]}", __package__)
    except ImportError as error:
        if (error.name or "").split(".")[0] != "onnx":
            raise
        raise RunError(f"Reading {path} needs one more package: pip install 'dnn-tui[onnx]'.") from None
    found: Found = module.read(path)
    return found


def _config(found: Found, data: str | None, options: dict[str, Any]) -> RunConfig:
    """With the data asked for, else that of our own file where it is one of the catalogue."""
    facts = found.facts
    training = TrainingConfig(seed=int(facts.get("seed") or 0), loss=facts.get("loss"), engine="numpy")
    if data is not None:
        name = str(Path(data).resolve()) if datasets.is_path(data) else data
        options = {**facts.get("options", {}), **{key: value for key, value in options.items() if value}}
        return RunConfig(DatasetConfig(name, facts.get("validation"), options=options), training=training)
    if facts.get("data") in {entry.name for entry in datasets.catalogue()}:
        return RunConfig(
            DatasetConfig(facts["data"], facts.get("validation"), options=facts.get("options", {})), training=training
        )
    return RunConfig(DatasetConfig(NO_DATA), training=training)


def _activations(found: Found, hidden: tuple[str, ...], output: str | None, data: Dataset | None) -> list[str]:
    """Of every layer: what was asked for where the file does not say, or says none (identity) at the end."""
    *before, last = found.activations
    if any(name is None for name in before):
        if not hidden:
            raise RunError(
                f"{found.path} does not say its activations: give --activation, one name or {len(before)}"
                " (such as relu)."
            )
        if len(hidden) not in (1, len(before)):
            raise RunError(f"{len(hidden)} activations for {len(before)} hidden layers: give one, or one a layer.")
        before = list(hidden * len(before) if len(hidden) == 1 else hidden)
    elif hidden and list(hidden * len(before) if len(hidden) == 1 else hidden) != before:
        raise RunError(f"{found.path} says its activations itself ({', '.join(map(str, before))}): leave them out.")
    if output and last not in (None, "identity", output):
        raise RunError(f"{found.path} ends in {last}: leave --output {output} out.")
    last = output or last or (DEFAULT_PAIR[data.task][0] if data else None)
    if last is None:
        raise RunError(f"{found.path} does not say its output: give --output identity, sigmoid or softmax, or --data.")
    return [*map(str, before), last]


def _plain_preparation(path: Path, network: Network, classes: tuple[str, ...]) -> dict[str, Any]:
    """Numbers x1, x2 … taken as they are; classes where the output is softmax or sigmoid, else numbers y1, y2 …"""
    names = [f"x{k + 1}" for k in range(network.sizes[0])]
    outputs, output = network.sizes[-1], network.activations[-1].name
    if output == "identity" and not classes:
        targets = ["y"] if outputs == 1 else [f"y{k + 1}" for k in range(outputs)]
        return plain_preparation(names, "regression", targets, (), [(0.0, 1.0)] * outputs)
    task: Task = "binary" if outputs == 1 else "classes"
    count = 2 if task == "binary" else outputs
    if classes and len(classes) != count:
        raise RunError(f"{path} tells {count} classes apart, but --classes has {len(classes)} names.")
    return plain_preparation(names, task, ("y",), classes or [str(k) for k in range(count)])


def _training(config: TrainingConfig, output: str, data: Dataset) -> TrainingConfig:
    """A loss that fits the output: the task's own if it does."""
    wanted = config.loss or DEFAULT_PAIR[data.task][1]
    regression = data.task == "regression"
    fitting = [loss.name for loss in LOSSES.values() if output in loss.outputs and not (regression and loss.needs)]
    loss = config.loss if wanted in fitting else next(iter(fitting), None)
    return replace(config, loss=loss, batch_size=min(32, len(data.train)))
