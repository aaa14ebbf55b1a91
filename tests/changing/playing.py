"""A small training that is driven step by step and changed, for the tests of changes."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dnn_tui.experiments.building import build_trainer, load_data
from dnn_tui.experiments.changing.live import changeable
from dnn_tui.mlp import Command, Trainer, TrainingConfig
from dnn_tui.mlp.events import CommandApplied, Event
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig

CIRCLE = RunConfig(
    DatasetConfig("circle", options={"samples": 60}),
    NetworkConfig((4, 3), ("tanh", "tanh")),
    TrainingConfig(epochs=400, lr=0.02, batch_size=8, engine="numpy"),
)


def started(config: RunConfig = CIRCLE) -> Trainer:
    """A trainer that obeys changes."""
    trainer = build_trainer(config, load_data(config))
    changeable(trainer, config)
    return trainer


LAST = Command("pace", 0.0, "the test's driver")


class Driven:
    """A paused training: it makes as many steps as it is told, and what it said is kept."""

    def __init__(self, trainer: Trainer, events: Iterator[Event] | None = None) -> None:
        self.trainer, self.said = trainer, list[Event]()
        self._events: Iterator[Event] = trainer.events() if events is None else events
        self._obeyed("pause")

    def steps(self, count: int) -> "Driven":
        """So many steps, one by one."""
        for _ in range(count):
            self._obeyed("step")
        return self

    def change(self, text: str, name: str = "change") -> list[Event]:
        """Ask for a change; what was said until it was made or refused."""
        return self._obeyed(Command(name, text if name == "change" else None, "the test"))

    def _obeyed(self, command: Command | str) -> list[Event]:
        """What is said from a command until all that follows from it is done."""
        begin = len(self.said)
        self.trainer.send(command)
        self.trainer.send(LAST)  # obeyed after it, and told: then nothing of it is left
        while True:
            event = next(self._events)
            if isinstance(event, CommandApplied) and event.by == LAST.by:
                return self.said[begin:]
            self.said.append(event)

    def send(self, command: Command | str) -> list[Event]:
        """Any other command; what was said of it."""
        return self._obeyed(command)

    def end(self) -> list[Event]:
        """Stop; everything that was said."""
        self.trainer.send("stop")
        self.said += self._events
        return self.said


def values(trainer: Trainer) -> dict[str, np.ndarray]:
    """All that decides what comes next and is an array, by name."""
    state = trainer.state_dict()
    order = np.array([] if state["order"] is None else state["order"])
    return {"theta": state["theta"], "order": order, **state["optimizer"]}


def with_training(config: RunConfig = CIRCLE, **fields: object) -> RunConfig:
    return replace(config, training=replace(config.training, **fields))
