"""Random sequences of changes, sensible and not, at random moments: nothing breaks, and everything can be done again.

20 sequences here, of which 5 are quick enough for `make test-fast`; DNN_TUI_SEQUENCES=500 makes it as many as one
likes.
"""

import os
from collections.abc import Iterator

import numpy as np
import pytest
from playing import Driven, started, values

from dnn_tui.mlp import Command, Trainer, TrainingConfig
from dnn_tui.mlp.events import CommandApplied, Event, RunStarted, to_json
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
from dnn_tui.runs.folder import RunFolder, create_run
from dnn_tui.runs.log import read_log
from dnn_tui.runs.recorder import Recorder
from dnn_tui.runs.state import RunState
from dnn_tui.tui.commands.resuming import prepare

STAY = Command("stay", 1, "the test")
SEQUENCES = int(os.environ.get("DNN_TUI_SEQUENCES", "20"))
DATA = {
    "circle": {"samples": 40},
    "plane": {"samples": 30},
    "iris": {},
    "vline": {},
    "formula": {"formula": "x1*x2 > 0", "samples": 40},
}


def some_change(rng: np.random.Generator) -> str:
    """A text of one to three changes; about one in five makes no sense somewhere."""
    return "; ".join(_one(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))


def _one(rng: np.random.Generator) -> str:
    def pick(*choices: object) -> object:
        return choices[rng.integers(len(choices))]

    sizes = ",".join(str(n) for n in rng.integers(1, 7, rng.integers(0, 4))) or "none"
    names = ("tanh", "relu", "sigmoid", "gelu", "identity")
    optimizer = pick("sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad", "adadelta")
    share, k, n = round(float(rng.uniform(0, 0.5)), 2), int(rng.integers(0, 4)), int(rng.integers(1, 5))
    return str(
        pick(
            *[f"hidden={sizes}"] * 3,
            f"activation={pick(*names)}",
            f"activation={pick(*names)},{pick(*names)}",
            f"insert layer={n} units={n}",
            f"remove layer={n}",
            f"remove layer={n} unit={k}",
            f"units layer={n} units={k + 1}",
            *[f"optimizer={optimizer}"] * 2,
            f"lr={10 ** -rng.uniform(1, 4):.4g}",
            f"batch_size={pick(1, 4, 7, 'all', 1000)}",
            f"{pick('l1', 'l2', 'dropout', 'input_dropout', 'weight_decay')}={share}",
            f"{pick('max_norm', 'clip_norm')}={pick(0, 0.5, 3)}",
            f"schedule={pick('constant', 'cosine', 'step', 'one_cycle', 'reduce_on_plateau', 'exponential')}",
            f"momentum={share}",
            f"beta1={pick(0.5, 0.9, 1)}",
            f"{pick('warmup', 'patience')}={k}",
            f"epochs={pick(3, 500, 1000)}",
            f"loss={pick('usual', 'mse', 'huber', 'cross_entropy')}",
            f"output={pick('usual', 'identity', 'sigmoid', 'softmax')}",
            f"{pick('label_smoothing=0.1', 'balance_classes=yes', 'shuffle=no', 'shuffle=yes')}",
            f"seed={k}",
            *["reset", f"reset seed={k}", "regenerate", "regenerate seed=5"],
            f"weight layer={n} row={k} column={k} value={share}",
            f"bias layer={n} row={k} value=-{share}",
            *[f"freeze layer={n}", f"thaw layer={n}", "thaw"],
            *[f"point x1={n} x2=-{k} class={k % 2}", f"unpoint x1={n} x2={k}"] * 2,
            *[f"data={pick('circle', 'plane', 'iris', 'vline', 'xor', 'liver-4', 'no-such-data')}"] * 2,
            f"formula={pick('x1 > x2', 'sin(x1)*x2', 'x1 >', '1 > 0')}",
            f"noise={pick(0, 0.2, 3)}",
            f"samples={pick(20, 50, 2)}",
            f"validation={pick(0, 0.3, 1)}",
            f"inputs={pick('x1,x2', 'x1,x2,x1^2', 'x1,x1*x2,sin(x2)', 'x7', 'usual')}",
            *["hidden=-3", "nonsense", "lr=nan", "lr=", "=", "frozen=99", "weight layer=1"],
        )
    )


def sequence(seed: int) -> Iterator[tuple[int, str, str]]:
    """(steps before it, command, text) of each change."""
    rng = np.random.default_rng([seed, 11])
    for _ in range(rng.integers(3, 8)):
        command = str(rng.choice(["change", "change", "change", "change", "undo", "redo"]))
        yield int(rng.integers(0, 9)), command, some_change(rng)


def configuration(seed: int) -> RunConfig:
    """Of the five data sets in turn."""
    name = list(DATA)[seed % len(DATA)]
    training = TrainingConfig(epochs=1000, lr=0.01, batch_size=8, engine="numpy", seed=seed % 3)
    return RunConfig(DatasetConfig(name, options=DATA[name]), NetworkConfig((4, 3), ("tanh", "relu")), training)


def recorded(config: RunConfig, folder: RunFolder, seed: int) -> tuple[Driven, RunState]:
    """The sequence trained and recorded; the state that a screen of this process has."""
    trainer = started(config)
    folder.write_preparation(trainer.data.preparation)
    driven, state = Driven(trainer, Recorder(trainer, folder).events()), RunState()
    driven.send(STAY)
    for steps, command, text in sequence(seed):
        driven.steps(steps).change(text, command)
    driven.steps(3)
    driven.end()
    for event in driven.said:
        state.apply(event)
    return driven, state


def done_again(events: list[Event]) -> Driven:
    """A new training from the log's first configuration, changed where the log says that it was."""
    first = next(event for event in events if isinstance(event, RunStarted))
    driven = Driven(started(RunConfig.from_dict(first.config)))
    driven.send(STAY)
    for event in events:
        if not isinstance(event, CommandApplied):
            continue
        if event.command in ("change", "undo", "redo"):
            driven.steps(event.step - driven.trainer.step).change(str(event.value), event.command)
    return driven.steps(max(event.step for event in events) - driven.trainer.step)


def assert_same(one: Trainer, other: Trainer) -> None:
    """Bit for bit, all that decides what comes next."""
    for name, value in values(one).items():
        assert np.array_equal(value, values(other)[name], equal_nan=True), name


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.slow] if seed >= len(DATA) else []) for seed in range(SEQUENCES)]
)
def test_whatever_is_changed_the_log_tells_it_all_and_the_run_goes_on_bit_for_bit(tmp_path, seed):
    config = configuration(seed)
    folder = create_run(config, tmp_path)
    driven, seen = recorded(config, folder, seed)
    trainer = driven.trainer

    events, bad = read_log(folder.events_file)
    told = RunState()
    for event in events:
        told.apply(event)
    assert bad == 0
    assert (told.step, told.epoch, told.marks) == (seen.step, seen.epoch, seen.marks)
    assert to_json(told.started) == to_json(seen.started)
    losses = [[state.loss.value_at(k) for k in range(told.step)] for state in (told, seen)]
    assert np.array_equal(*losses, equal_nan=True)
    assert told.step == trainer.step == told.loss.count
    assert told.started.network["sizes"] == list(trainer.network.sizes)
    assert folder.config() == RunConfig.from_dict(told.started.config)

    again = done_again(events)
    assert_same(trainer, again.trainer)

    resumed, _ = prepare(folder, {"epochs": None}, None)
    assert_same(trainer, resumed)
    on = Driven(resumed)
    on.send(STAY)
    on.steps(4)
    again.steps(4)
    assert_same(on.trainer, again.trainer)
    for driven in (on, again):  # what can be taken back is kept with the run
        driven.change("", "undo")
        driven.steps(1)
    assert_same(on.trainer, again.trainer)
    assert on.trainer.configuration == again.trainer.configuration
