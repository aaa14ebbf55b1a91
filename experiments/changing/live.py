"""A running training obeys: `change`, `undo` and `redo` between two steps, each told as events, or refused in one."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from dnn_tui.datasets.dataset import Dataset
from dnn_tui.mlp import Command, Network, Trainer, compiled
from dnn_tui.mlp.arrays import Array
from dnn_tui.mlp.checks import make_loss
from dnn_tui.mlp.events import Alert, CommandApplied, Event
from dnn_tui.runs.config import RunConfig

from ..building import build_network, load_data
from .carrying import begun_anew, carried_over, taken_up
from .changed import Change, Edit, read_change
from .described import described
from .words import ChangeError

MOST_PARAMETERS = 50_000_000  # of a network that a running training is given: each takes some 20 bytes
MOST_UNDONE = 50
KEPT_FOR_UNDO = 500_000  # numbers in all: of larger networks what a change has taken away does not come back
Load = Callable[[RunConfig], Dataset]


@dataclass(frozen=True)
class Step:
    """One change that was made, and what is needed to take it back.

    theta: the weights before it, or None; state: the trainer's before a reset; edits: the values before its edits.
    """

    text: str
    before: RunConfig
    theta: Array | None
    state: dict[str, Any] | None = None
    edits: tuple[Edit, ...] = ()
    layers: tuple[int | None, ...] = ()
    reset: bool = False

    @cached_property
    def told(self) -> str:
        """The configuration before it as JSON: made once, since every checkpoint has it."""
        return json.dumps(self.before.to_dict())

    @property
    def size(self) -> int:
        """Numbers that are kept for it."""
        parameters = 0 if self.theta is None else self.theta.size
        return parameters if self.state is None else parameters * (2 + len(self.state["optimizer"]))

    def kept(self) -> dict[str, Any]:
        """As a checkpoint keeps it: arrays, and JSON-able values."""
        return {
            "text": self.text,
            "before": self.told,
            "theta": self.theta,
            "state": self.state,
            "edits": [list(astuple(edit)) for edit in self.edits],
            "layers": list(self.layers),
            "reset": self.reset,
        }

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> "Step":
        """What `kept` gave."""
        return cls(
            kept["text"],
            RunConfig.from_dict(json.loads(kept["before"])),
            kept["theta"],
            kept["state"],
            tuple(Edit(*edit) for edit in kept["edits"]),
            tuple(kept["layers"]),
            kept["reset"],
        )


@dataclass
class Changes:
    """What a trainer's run is now, and how it came to be so. It obeys for the trainer: see `changeable`."""

    config: RunConfig
    trainer: Trainer
    load: Load
    done: list[Step] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self.done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change that was taken back, and none after it."""
        return bool(self.undone)

    def obey(self, command: Command) -> Iterator[Event]:
        """Make a change, or take one back, or make it again; what cannot be done is refused, and nothing changes."""
        engine = self.trainer.engine  # which may have been chosen anew since
        if engine.name != self.config.training.engine:
            training = replace(self.config.training, engine=engine.name)
            self.config = replace(self.config, training=training, threads=engine.threads)
        try:
            match command.name:
                case "undo":
                    told, said = self._undo()
                case "redo":
                    told, said = self._redo()
                case _:
                    told = str(command.value or "")
                    said = self._change(told)
                    self.undone.clear()
        except MemoryError:
            yield self._refusal(command, "There is not enough memory for that.")
            return
        except (ValueError, OSError) as error:
            yield self._refusal(command, str(error))
            return
        self.trainer.configuration = self.config.to_dict()
        yield CommandApplied(time.time(), self.trainer.step, command.name, told, command.by)
        yield from self.trainer.started(said)

    def _refusal(self, command: Command, why: str) -> Alert:
        return Alert(time.time(), self.trainer.step, "refused", "info", f"Not changed: {why}")

    def state(self) -> dict[str, Any]:
        """What can be taken back, and made again, for a checkpoint."""
        return {"done": [step.kept() for step in self.done], "undone": list(self.undone)}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what `state` gave."""
        self.done = [Step.from_kept(kept) for kept in state["done"]]
        self.undone = list(state["undone"])

    # ---- there

    def _change(self, text: str) -> str:
        """Make the change; what it was, in words. Raises ValueError, with everything as it was."""
        trainer, before = self.trainer, self.config
        change = read_change(before, text)
        data = self._data(change.config)
        config = fitted(change, data, trainer)
        check_size(config, data)
        if config.training.epochs != before.training.epochs and not change.reset:
            least = trainer.epoch - trainer.begun_epoch
            if config.training.epochs < least:
                raise ChangeError(f"The training is in epoch {least} already: epochs must be at least that.")
        again = "lr" in change.named and trainer.rate.is_set  # η was set otherwise in the meantime
        if config == before and not (change.reset or change.edits or again):
            raise ChangeError("That is how it is already.")
        theta = trainer.network.theta.copy() if trainer.network.parameters <= KEPT_FOR_UNDO else None
        step = Step(text, before, theta, layers=change.layers, reset=change.reset)
        if change.reset:
            step = replace(step, state=_before_reset(trainer))
            new = begun_anew(trainer, config, data)
        elif config == before and change.edits:  # in place: the parameters alone change
            check_edits(trainer.network, change.edits)
            step = replace(step, edits=made(trainer.network, change.edits))
            self._remember(step)
            return described(before, config, change)
        else:
            new = carried_over(trainer, config, data, change.layers)
        if again:
            new.follow_schedule()
        check_edits(new.network, change.edits)
        made(new.network, change.edits)
        self._become(new, config)
        self._remember(step)
        return described(before, self.config, change)

    def _become(self, new: Trainer, config: RunConfig) -> None:
        engine, threads = new.engine.name, config.threads
        if engine != self.trainer.engine.name:  # how many were best for the other engine says nothing of this one
            new.engine.threads = threads = 1
        self.config = replace(config, threads=threads, training=replace(config.training, engine=engine))
        self.trainer.become(new)

    def _remember(self, step: Step) -> None:
        self.done.append(step)
        del self.done[:-MOST_UNDONE]
        room = KEPT_FOR_UNDO
        for k in range(len(self.done) - 1, -1, -1):  # they are in every checkpoint: of large networks only the last
            step = self.done[k]
            room -= step.size
            if room < 0 and k < len(self.done) - 1:
                self.done[k] = replace(step, theta=None, state=None)

    # ---- and back

    def _undo(self) -> tuple[str, str]:
        """Take the last change back; its text, and what that is in words."""
        if not self.done:
            raise ChangeError("There is nothing to take back.")
        step, now, trainer = self.done[-1], self.config, self.trainer
        if step.reset and step.state is None:
            raise ChangeError("The weights before the reset were not kept: the network is too large for that.")
        if not step.reset and step.before == now:  # parameters set by hand
            made(trainer.network, step.edits)
            said = f"undo {described(now, now, Change(now, edits=step.edits))}"
        else:
            config = step.before if step.state else _reachable(step.before, trainer)
            data = self._data(config)
            if step.state is not None:  # a reset
                new = taken_up(trainer, config, data, step.state)
            else:
                new = carried_over(trainer, config, data, _inverse(step), step.theta)
            self._become(new, config)
            said = "undo reset" if step.state is not None else f"undo: {described(now, self.config)}"
        self.done.pop()
        self.undone.append(step.text)
        return step.text, said

    def _redo(self) -> tuple[str, str]:
        if not self.undone:
            raise ChangeError("There is nothing to make again.")
        text = self.undone[-1]
        said = self._change(text)
        self.undone.pop()
        return text, f"redo: {said}"

    def _data(self, config: RunConfig) -> Dataset:
        """The data of a configuration: what there is, where it is of the same."""
        if (config.dataset, _data_seed(config)) == (self.config.dataset, _data_seed(self.config)):
            data: Dataset = self.trainer.data  # type: ignore[assignment]  # a run's data is a Dataset
            return data
        return self.load(config)


def changeable(trainer: Trainer, config: RunConfig, load: Load | None = None) -> Changes:
    """Let a trainer of this configuration obey changes. load: how data is loaded; else only what is on this machine."""
    changes = Changes(config, trainer, load or (lambda wanted: load_data(wanted, offline=True)))
    trainer.changer, trainer.configuration = changes, config.to_dict()
    return changes


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


def check_edits(network: Network, edits: tuple[Edit, ...]) -> None:
    """Raises ChangeError where there is no such parameter."""
    for edit in edits:
        if edit.layer > network.layers:
            raise ChangeError(f"There is no layer {edit.layer}: the network has {network.layers} layers of weights.")
        rows, columns = network.W[edit.layer].shape
        if edit.row >= rows or (edit.column or 0) >= columns:
            raise ChangeError(f"Layer {edit.layer} has rows 0 to {rows - 1} and columns 0 to {columns - 1}.")


def made(network: Network, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Set the parameters, in place; the edits that set them back."""
    back = []
    for edit in edits:
        values = network.b[edit.layer] if edit.column is None else network.W[edit.layer]
        at = edit.row if edit.column is None else (edit.row, edit.column)
        back.append(replace(edit, value=float(values[at])))
        values[at] = edit.value
    return tuple(reversed(back))


def _reachable(config: RunConfig, trainer: Trainer) -> RunConfig:
    """With as many epochs as there have been already: going back must not be refused for that."""
    least = max(1, trainer.epoch - trainer.begun_epoch)
    if config.training.epochs >= least:
        return config
    return replace(config, training=replace(config.training, epochs=least))


def _inverse(step: Step) -> tuple[int | None, ...]:
    """For each hidden layer before the change, the one after it that went on from it."""
    return tuple(step.layers.index(k) if k in step.layers else None for k in range(len(step.before.network.hidden)))


def _data_seed(config: RunConfig) -> int:
    return config.training.seed if config.dataset.seed is None else config.dataset.seed


def _before_reset(trainer: Trainer) -> dict[str, Any] | None:
    """The trainer's state to go back to, with arrays of its own; None where that would be too large."""
    if trainer.network.parameters > KEPT_FOR_UNDO:
        return None
    state = trainer.state_dict()
    # the epoch begins anew then, and what can be taken back is known here
    for name in ("order", "changes", "best_theta"):
        state.pop(name, None)
    copied: dict[str, Any] = _copied(state)
    return copied | {"order": None, "in_epoch": trainer.in_epoch}


def _copied(value: Any) -> Any:
    """`value` with arrays of its own."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple | list) else value
