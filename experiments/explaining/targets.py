"""From what a person names (a lesson, a lesson file, a run, a data set) to the subject that is inspected."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np

from dnn_tui import datasets
from dnn_tui.datasets.dataset import Dataset
from dnn_tui.datasets.lessons import LessonError, lesson_names, load_lesson
from dnn_tui.mlp import Network, Trainer
from dnn_tui.mlp import data as mlp_data
from dnn_tui.mlp.evaluation import fill_targets
from dnn_tui.mlp.explain import Input, Meaning, Note, Output
from dnn_tui.mlp.losses import DEFAULT_PAIR, Loss
from dnn_tui.mlp.optimizers import Optimizer, make_optimizer
from dnn_tui.runs.checkpoint import config_at, load_checkpoint
from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder, find_run, list_runs

from ..building import ShowProgress, build_trainer, load_data
from .lessons import subject_of
from .network_subject import NetworkSubject
from .subject import InspectError, Row, Subject


class SplitRows(Sequence[Row]):
    """The rows of a split as `Row`s, made when they are asked for."""

    def __init__(self, split: mlp_data.Rows, data: mlp_data.Data, name: str) -> None:
        self._split, self._data, self._name = split, data, name
        self._places = getattr(split, "rows", None)  # where the rows stood in their source

    def __len__(self) -> int:
        return len(self._split)

    @overload
    def __getitem__(self, k: int) -> Row: ...

    @overload
    def __getitem__(self, k: slice) -> list[Row]: ...

    def __getitem__(self, k: int | slice) -> Row | list[Row]:
        if isinstance(k, slice):
            return [self[i] for i in range(*k.indices(len(self)))]
        y = np.zeros((1, self._data.n_outputs))
        fill_targets(y, self._split.y[k : k + 1], self._data.task)
        return Row(f"{self._name} row {k}{self._label(k)}", np.asarray(self._split.x[k], float), y[0])

    def _label(self, k: int) -> str:
        said = [] if self._places is None else [f"row {int(self._places[k])} of the data"]
        if self._data.task != "regression" and self._data.class_names:
            said.append(f"class {self._data.class_names[int(self._split.y[k])]}")
        return f" ({', '.join(said)})" if said else ""


def open_target(
    name: str | None,
    runs_dir: Path,
    data_dir: Path | None = None,
    sample: int | None = None,
    progress: ShowProgress | None = None,
    offline: bool = False,
    wished: dict[str, Any] | None = None,
    hidden: tuple[int, ...] | None = None,
    activation: str | None = None,
    training: bool = False,
) -> Subject:
    """The subject of a lesson (name, fixture or .toml file), a data set or a run; without a name, the newest run.

    wished: how to load a data set (see `datasets.load`); hidden and activation: of its network, else its own.
    training: its training rows, of which batches are made, where it would show those it does not train on.
    sample counts from 1 in lessons, and as the panels number rows, from 0, in data. Raises the packages' own errors.
    """
    if name is None and wished and "formula" in wished:
        name = "formula"
    known = {entry.name for entry in datasets.catalogue()}
    is_data = name is not None and (name in known or (Path(name).expanduser().exists() and not _is_run_or_lesson(name)))
    if not is_data and (wished or hidden is not None or activation):
        raise InspectError("Options of the data and of its network go with a data set, not with a lesson or a run.")
    if name is None:
        if not list_runs(runs_dir):
            raise InspectError(
                "There is no run yet to look into: name a lesson (`dnn-tui lessons` lists them) or a data set."
            )
        subject: Subject = run_subject(find_run(runs_dir), progress, training)
    elif name.endswith(".toml") or _is_lesson(name):
        subject = subject_of(load_lesson(name))
    elif is_data:
        data = datasets.load(name, data_dir=data_dir, progress=progress, offline=offline, **(wished or {}))
        subject = dataset_subject(data, hidden, activation, (wished or {}).get("seed", 0), training)
    else:
        try:
            folder = find_run(runs_dir, name)
        except RunError:
            raise InspectError(_unknown(name)) from None
        subject = run_subject(folder, progress, training)
    if sample is not None:
        subject.choose(sample - subject.first_row)
    return subject


def _is_run_or_lesson(path: str) -> bool:
    return path.endswith(".toml") or (Path(path).expanduser() / "run.toml").is_file()


def _is_lesson(name: str) -> bool:
    wanted = name.lower()
    return any(wanted in (known, known.split("-")[0]) for known in lesson_names())


def _unknown(name: str) -> str:
    try:
        load_lesson(name)
    except LessonError as error:
        hint = str(error).split("”. ")[-1]
    return f"“{name}” is no lesson, no data set and no run. {hint}"


def run_subject(folder: RunFolder, progress: ShowProgress | None = None, training: bool = False) -> NetworkSubject:
    """The last checkpoint of a run, with its optimizer as it stood, on its validation rows, or its training rows."""
    facts = load_checkpoint(folder.checkpoint_file("last"))[1]
    config = config_at(folder, facts=facts)
    trainer = build_trainer(config, load_data(config, progress))
    trainer.load_state_dict(facts["state"])
    return trainer_subject(folder.name, trainer, training)


def trainer_subject(title: str, trainer: Trainer, training: bool = False) -> NetworkSubject:
    """The network of a trainer as it stands, with what its training does beyond a plain pass said."""
    network, optimizer = trainer.network, trainer.optimizer
    subject = network_subject(title, network, trainer.data, trainer.loss, optimizer, trainer.lr, training)
    if training:
        subject.weights = trainer.batches.row_weight
    beyond = [
        f"{says} ({getattr(trainer.config, name):g})"
        for name, says in _BEYOND.items()
        if getattr(trainer.config, name, 0)
    ]
    subject.beyond = {name: float(value) for name in _BEYOND if (value := getattr(trainer.config, name, 0))}
    if beyond:
        text = f"This run also has {', '.join(beyond)}; one row's pass is explained without; a batch (b) has them."
        for step in ("l", "u1"):
            subject.extra_notes[(0, step)] = [Note("left out", text)]
    return subject


#: What a training may do to a batch that the explanation of one row leaves out.
_BEYOND = {
    "l1": "an L1 penalty",
    "l2": "an L2 penalty",
    "dropout": "dropout",
    "input_dropout": "dropout of inputs",
    "clip_norm": "clipping of the gradient's length",
    "label_smoothing": "label smoothing",
    "max_norm": "a limit on each unit's weights",
}


def dataset_subject(
    data: Dataset,
    hidden: tuple[int, ...] | None = None,
    activation: str | None = None,
    seed: int = 0,
    training: bool = False,
) -> NetworkSubject:
    """A fresh network with the layers given, else the data set's own: the first step of a training of that seed."""
    defaults = data.defaults
    output, loss = DEFAULT_PAIR[data.task]
    hidden = defaults.hidden if hidden is None else hidden
    names = (activation or defaults.activation).split(",")
    names = names * len(hidden) if len(names) == 1 else names
    network = Network((data.n_features, *hidden, data.n_outputs), names, output, seed=seed)
    optimizer = make_optimizer(defaults.optimizer, network.parameters, network.dtype)
    return network_subject(f"{data.name}, untrained", network, data, loss, optimizer, defaults.lr, training)


def network_subject(
    title: str,
    network: Network,
    data: mlp_data.Data,
    loss: Loss | str,
    optimizer: Optimizer | None,
    lr: float,
    training: bool = False,
) -> NetworkSubject:
    """A network with the rows it does not train on, or with those it does."""
    unseen = len(data.validation) and not training
    name, split = ("validation", data.validation) if unseen else ("training", data.train)
    return NetworkSubject(
        title=title,
        rows=SplitRows(split, data, name),
        network=network,
        loss=loss,
        optimizer=optimizer,
        lr=lr,
        image_shape=data.image_shape,
        meaning=meaning_of(data),
    )


def meaning_of(data: mlp_data.Data) -> Meaning:
    """What the inputs and outputs of a network on these data are called, and how they were scaled."""
    columns = getattr(data, "columns", ())  # data from elsewhere has names alone
    if len(columns) == len(data.feature_names):
        inputs = tuple(Input(one.name, one.kind, one.offset, one.scale) for one in columns)
    else:
        inputs = tuple(Input(name) for name in data.feature_names)
    classes = tuple(data.class_names)
    if data.task == "classes":
        return Meaning(inputs, tuple(map(Output, classes)), classes)
    if data.task == "binary":
        target = data.target_names[0] if data.target_names else "target"
        if len(classes) != 2:
            return Meaning(inputs, (Output(target),))
        if target != "target":  # “1” alone would say little
            classes = tuple(f"{target} = {name}" for name in classes)
        return Meaning(inputs, (Output(classes[1]),), classes)
    scales = list(data.target_scale) or [(0.0, 1.0)] * data.n_outputs
    outputs = [Output(name, *scale, data.target_unit) for name, scale in zip(data.target_names, scales, strict=True)]
    return Meaning(inputs, tuple(outputs), measured=True)
