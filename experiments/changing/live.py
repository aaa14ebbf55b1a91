"""A running training obeys: `change`, `undo` and `redo` between two steps, each told as events, or refused in one."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dnn_tui.datasets.dataset import Dataset
from dnn_tui.datasets.named.download import DownloadError
from dnn_tui.mlp import Command, Trainer
from dnn_tui.mlp.events import Alert, CommandApplied, Event
from dnn_tui.runs.config import RunConfig

from ..building import load_data
from .by_hand import check_edits, made
from .carrying import begun_anew, carried_over, taken_up
from .changed import Change, read_change
from .described import described
from .fitting import check_size, fitted
from .history import KEPT, Step, before_reset, lightened
from .words import ChangeError

Load = Callable[[RunConfig], Dataset]


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
            yield self._refusal("There is not enough memory for that.")
            return
        except (ValueError, OSError) as error:
            yield self._refusal(str(error))
            return
        except Exception as error:  # all is built aside: whatever is wrong with the program, the training is as it was
            yield self._refusal(f"the program has a mistake here ({error!r}).")
            return
        self.trainer.configuration = self.config.to_dict()
        yield CommandApplied(time.time(), self.trainer.step, command.name, told, command.by)
        yield from self.trainer.started(said)

    def _refusal(self, why: str) -> Alert:
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
        theta = trainer.network.theta.copy() if trainer.network.parameters <= KEPT else None
        step = Step(text, before, theta, layers=change.layers, reset=change.reset, units=change.units)
        if change.reset:
            step = replace(step, state=before_reset(trainer))
            new = begun_anew(trainer, config, data)
        elif config == before and change.edits and not again:  # in place: the parameters alone change
            check_edits(trainer.network, change.edits)
            step = replace(step, edits=made(trainer.network, change.edits))
            self._remember(step)
            return described(before, config, change)
        else:
            new = carried_over(trainer, config, data, change.layers, None, change.units)
        if again:
            new.follow_schedule()
        check_edits(new.network, change.edits)
        step = replace(step, edits=made(new.network, change.edits))
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
        self.done = lightened([*self.done, step])

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
                new = self._before(step, config, data)
            self._become(new, config)
            said = "undo reset" if step.state is not None else f"undo: {described(now, self.config)}"
        self.done.pop()
        self.undone.append(step.text)
        return step.text, said

    def _before(self, step: Step, config: RunConfig, data: Dataset) -> Trainer:
        """The trainer as it was configured before a change: weights that the change set by hand are set back first."""
        trainer, layers = self.trainer, _inverse(step)
        again = made(trainer.network, step.edits)
        try:
            return carried_over(trainer, config, data, layers, step.theta, _inverse_units(step, layers))
        except Exception:
            made(trainer.network, again)
            raise

    def _redo(self) -> tuple[str, str]:
        if not self.undone:
            raise ChangeError("There is nothing to make again.")
        text = self.undone[-1]
        said = self._change(text)
        self.undone.pop()
        return text, f"redo: {said}"

    def _data(self, config: RunConfig) -> Dataset:
        """The data of a configuration: what there is, where it is of the same."""
        if (config.dataset, config.data_seed) == (self.config.dataset, self.config.data_seed):
            data: Dataset = self.trainer.data  # type: ignore[assignment]  # a run's data is a Dataset
            return data
        return self.load(config)


def changeable(trainer: Trainer, config: RunConfig, load: Load | None = None) -> Changes:
    """Let a trainer of this configuration obey changes. load: how data is loaded; else only what is on this machine."""
    changes = Changes(config, trainer, load or load_here)
    trainer.changer, trainer.configuration = changes, config.to_dict()
    return changes


def load_here(config: RunConfig) -> Dataset:
    """The data of a configuration, from this machine alone: a training waits for no download. Raises DataError."""
    try:
        return load_data(config, offline=True)
    except DownloadError:
        name = config.dataset.name
        raise ChangeError(f"{name} is not on this machine yet: `dnn-tui data fetch {name}` fetches it.") from None


def _reachable(config: RunConfig, trainer: Trainer) -> RunConfig:
    """With as many epochs as there have been already: going back must not be refused for that."""
    least = max(1, trainer.epoch - trainer.begun_epoch)
    if config.training.epochs >= least:
        return config
    return replace(config, training=replace(config.training, epochs=least))


def _inverse(step: Step) -> tuple[int | None, ...]:
    """For each hidden layer before the change, the one after it that went on from it."""
    return tuple(step.layers.index(k) if k in step.layers else None for k in range(len(step.before.network.hidden)))


def _inverse_units(step: Step, layers: Sequence[int | None]) -> list[list[int] | None]:
    """For each hidden layer before the change, which unit after it went on from each of its own; -1: none."""
    found: list[list[int] | None] = []
    for after, size in zip(layers, step.before.network.hidden, strict=True):
        kept = step.units[after] if after is not None and step.units else None
        if kept is None:
            found.append(None)
            continue
        places = {unit: k for k, unit in enumerate(kept)}
        found.append([places.get(unit, -1) for unit in range(size)])
    return found
