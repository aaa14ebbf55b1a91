"""One trial, where it is trained: an ordinary run in its folder, told epoch by epoch, gone on with where it broke off.

This is what a worker calls. The data is loaded once a worker. A trial never sees the test rows.
"""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dnn_tui.datasets import Dataset
from dnn_tui.datasets.dataset import Split
from dnn_tui.mlp import Command, Trainer
from dnn_tui.mlp.events import CommandApplied, EpochEnded, Event, RunEnded, RunStarted
from dnn_tui.mlp.threads import on_threads
from dnn_tui.runs import control
from dnn_tui.runs.checkpoint import load_checkpoint
from dnn_tui.runs.config import RunConfig
from dnn_tui.runs.folder import RunFolder, fill_run
from dnn_tui.runs.log import encode
from dnn_tui.runs.recorder import Recorder

from ..building import build_trainer, load_data, with_engine
from ..changing.live import changeable
from .outcome import Outcome, OutcomeReader, outcome_of

Tell = Callable[[dict[str, Any]], None]
_trainers: dict[str, Trainer] = {}  # of this process, by the order's name: whom commands are for
_loaded: dict[str, Dataset] = {}  # the data of this process; one at a time


@dataclass(frozen=True)
class Order:
    """A trial to train. name: of the order; run: the folder, on a disk that this worker shares, or "": one of its own,

    whose log is told line by line and whose checkpoints are sent home at the end. config: as `RunConfig.to_dict`.
    """

    name: str
    run: str
    config: dict[str, Any]
    metric: str


def data_of(config: RunConfig) -> Dataset:
    """The data, loaded once a process. Raises DataError."""
    key = repr((config.dataset, config.training.seed if config.dataset.seed is None else None))
    if key not in _loaded:
        _loaded.clear()
        _loaded[key] = load_data(config)
    return _loaded[key]


def without_test(data: Dataset) -> Dataset:
    """The same data with its test rows left out of sight."""
    test = data.test
    none = Split(test.x[:0], test.y[:0], None if test.rows is None else test.rows[:0])
    return replace(data, test=none)


def tell_trainer(name: str, command: str, by: str) -> bool:
    """Pass a command to the trainer of an order; gives whether it is here."""
    trainer = _trainers.get(name)
    if trainer is None:
        return False
    trainer.send(Command(command, by=by))
    return True


def run_trial(order: Order, tell: Tell) -> dict[str, Any]:
    """Train, from the last checkpoint where there is one; what became of it, as `Outcome.as_dict`, and its `scores`.

    A run that had ended is not trained again. `files`: the run's, where it is not on a shared disk. What cannot be
    trained (too large a network, rows that do not fit) is an outcome as well: failed, with one sentence.
    """
    with ExitStack() as stack:
        if order.run:
            path = Path(order.run)
        else:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dnn-tui-"))) / Path(order.name).name
        try:
            path.mkdir(mode=0o700, exist_ok=True)
            folder = RunFolder(path)
            outcome = outcome_of(folder, order.metric)
            if outcome.ending is None:
                outcome = _train(folder, order, tell)
        except (ValueError, OSError, MemoryError) as error:
            outcome = Outcome("failed", note=str(error) or type(error).__name__)
        files = {} if order.run else _files(path)
        return {**outcome.as_dict(), "scores": list(outcome.scores), "files": files}


def _train(folder: RunFolder, order: Order, tell: Tell) -> Outcome:
    begun = folder.config_file.exists()
    config = folder.config() if begun else RunConfig.from_dict(order.config)
    data = data_of(config)
    trainer = build_trainer(config, without_test(data), folder.name)  # refused before anything is written
    chosen = with_engine(config, trainer)
    if not begun:
        config = chosen
        fill_run(folder.path, config)
        folder.write_preparation(data.preparation)
    elif folder.checkpoint_file("last").exists():
        trainer.load_state_dict(load_checkpoint(folder.checkpoint_file("last"))[1]["state"])
    changeable(trainer, config)
    recorder = Recorder(trainer, folder, detached=True, data=data)
    reader = OutcomeReader(folder, order.metric)
    far = not order.run
    _trainers[order.name] = trainer
    try:
        with on_threads(trainer, config.threads), control.listening(folder, trainer.send):
            for event in recorder.events():
                _told(event, order, reader, far, tell)
    finally:
        del _trainers[order.name]
    return reader.read()


def _told(event: Event, order: Order, reader: OutcomeReader, far: bool, tell: Tell) -> None:
    """Say what the search needs to know, and where its disk is another, everything."""
    if far:
        tell({"order": order.name, "line": encode(event)})
    if isinstance(event, RunStarted):
        tell({"order": order.name, "begun": event.time})
    elif isinstance(event, EpochEnded | RunEnded | CommandApplied):
        outcome = reader.read()
        if isinstance(event, EpochEnded) and outcome.scores:
            tell({"order": order.name, "epoch": event.epoch, "score": outcome.scores[-1]})


def _files(path: Path) -> dict[str, bytes]:
    """The run's files by their names below its folder."""
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}
