"""Train short real runs and film one moment of each to docs/*.svg, for the README. The same seed, the same pictures.

make screenshots
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from dnn_tui import datasets
from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.building import build_trainer, load_data
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.targets import network_subject
from dnn_tui.experiments.searching.folder import find_search
from dnn_tui.experiments.searching.importance import importance_of
from dnn_tui.experiments.searching.reading import read_search
from dnn_tui.experiments.searching.state import SearchState
from dnn_tui.mlp import Command, Trainer, TrainingConfig
from dnn_tui.mlp.events import CommandApplied, EpochEnded, Event, Progress, RunStarted
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
from dnn_tui.tui.door.app import DoorApp
from dnn_tui.tui.door.place import Place
from dnn_tui.tui.filming.svg import svg
from dnn_tui.tui.filming.taking import frame_of, good_terminal, take
from dnn_tui.tui.inspect.app import InspectApp
from dnn_tui.tui.searching import SearchApp
from dnn_tui.tui.sessions.replayed import ReplaySession
from dnn_tui.tui.sessions.searched import SearchSession

HERE = Path(__file__).resolve().parent
SECONDS_PER_STEP = 0.004  # what the pictures say in place of the clock, which never gives the same twice


@dataclass(frozen=True)
class Picture:
    """One picture: a data set, how its training differs from the defaults, when to look, and at what size."""

    file: str
    data: str
    epochs: int
    size: tuple[int, int]
    changes: dict
    options: dict


PICTURES = (
    Picture("train-digits.svg", "digits", 12, (120, 40), {}, {}),
    Picture("train-spiral.svg", "spiral", 60, (120, 40), {"hidden": (16, 12), "activation": "tanh"}, {"noise": 0.05}),
    Picture("train-small.svg", "digits", 6, (80, 24), {}, {}),
)


@dataclass(frozen=True)
class Pass:
    """One picture of the inspect screen: a lesson, or a data set learned for some epochs first; a step; then keys."""

    file: str
    target: str
    step: str
    size: tuple[int, int]
    epochs: int = 0
    keys: tuple[str, ...] = ()
    changes: dict = field(default_factory=dict)


PASSES = (
    Pass("inspect-lesson.svg", "f6-backprop", "B2 W", (100, 30), keys=("down", "tab")),
    Pass("inspect-pictures.svg", "f12-two-neurons", "F1 h", (120, 50)),
    Pass("inspect-descent.svg", "f7-descent", "gd 100", (100, 30)),
    Pass("inspect-mnist.svg", "mnist", "F1 a", (120, 40), 2, ("down", "down"), {"hidden": (128, 64)}),
    Pass("inspect-small.svg", "q1-symmetry", "B3 h", (80, 24)),
)


SEARCH = "search.svg", (160, 50)  # a search that has ended
ASKED = (
    "search digits --lr 1e-4..1 --hidden 32..256 --layers 1..2 --activation relu,tanh --dropout 0..0.5 --epochs 8 "
    "--trials 40 --workers 1 --finalists 2 --seeds 2 --headless"
)

START = "start.svg", (80, 24)  # the start screen, as who opens it for the first time sees it


def trainer_of(picture: Picture) -> Trainer:
    defaults = replace(datasets.entry(picture.data).defaults, **picture.changes)
    training = TrainingConfig(
        optimizer=defaults.optimizer,
        lr=defaults.lr,
        batch_size=defaults.batch_size,
        epochs=defaults.epochs,
        pace=0.0,
        seed=0,
    )
    hidden = tuple(defaults.hidden)
    network = NetworkConfig(hidden, (defaults.activation,) * len(hidden))
    config = RunConfig(DatasetConfig(picture.data, None, None, picture.options), network, training)
    return build_trainer(config, load_data(config))


def events_until(trainer: Trainer, epochs: int) -> Iterator[Event]:
    """The run's events up to a few single steps after an epoch, with times computed from the steps."""
    ended, steps_left = False, 5
    for event in trainer.events():
        if isinstance(event, CommandApplied):
            continue
        seconds = event.step * SECONDS_PER_STEP
        if hasattr(event, "elapsed"):
            event = replace(event, elapsed=seconds)
        if isinstance(event, Progress):
            event = replace(event, rate=trainer.config.batch_size / SECONDS_PER_STEP)
        if isinstance(event, EpochEnded):
            event = replace(event, evaluation_seconds=0.01)
        if isinstance(event, RunStarted):
            event = replace(event, run="", process={})
        yield replace(event, time=seconds + 1.0)
        ended = ended or (isinstance(event, EpochEnded) and event.epoch >= epochs)
        if ended and steps_left:
            trainer.send(Command("step"))
            steps_left -= 1
        elif ended and trainer.paused:
            trainer.send(Command("resume"))
        elif ended:
            return


def take_picture(picture: Picture) -> str:
    """The screen of a run as SVG."""
    session = ReplaySession(f"20260101-120000-{picture.data}", events_until(trainer_of(picture), picture.epochs))
    (frame,) = take(session, picture.size, [None], None)
    return svg([(0.0, frame)], 1.0, picture.size, "dnn-tui")


async def take_pass(picture: Pass) -> str:
    """The inspect screen as SVG."""
    if picture.epochs:
        trainer = trainer_of(Picture("", picture.target, picture.epochs, picture.size, picture.changes, {}))
        for event in trainer.events():
            if isinstance(event, EpochEnded) and event.epoch >= picture.epochs:
                break
        title = f"{picture.target}, after {picture.epochs} epochs"
        subject = network_subject(
            title, trainer.network, trainer.data, trainer.loss.name, trainer.optimizer, trainer.lr
        )
    else:
        subject = subject_of(load_lesson(picture.target))
    app = InspectApp(subject)
    async with app.run_test(size=picture.size) as pilot:
        await pilot.press("colon", *picture.step.lower().replace(" ", ""), "enter")
        await pilot.press(*picture.keys)
        await pilot.pause()
        return svg([(0.0, frame_of(app))], 1.0, picture.size, "dnn-tui")


async def take_start(size: tuple[int, int]) -> str:
    """The start screen as SVG, with its hint."""
    app = DoorApp(Place(), ("play",))
    async with app.run_test(size=size) as pilot:
        while not app.screen.query_one("#hint").display:
            await pilot.pause(0.1)
        await pilot.pause(0.5)
        return svg([(0.0, frame_of(app))], 1.0, size, "dnn-tui")


def search_in(runs: Path) -> SearchState:
    """A real search, with times computed from the steps."""
    words = [sys.executable, "-m", "dnn_tui.tui", *ASKED.split(), "--runs-dir", str(runs)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    state = read_search(find_search(runs))
    ended, trials = 0.0, []
    for trial in state.trials:
        seconds = trial.steps * SECONDS_PER_STEP
        trials.append(replace(trial, started=ended, seconds=seconds))
        ended += seconds
    state = replace(state, name="20260101-120000-digits-search", trials=tuple(trials), seconds=ended)
    return replace(state, importance=importance_of(state))


async def take_search(state: SearchState, size: tuple[int, int]) -> str:
    """The search screen as SVG, the parallel coordinates in front."""
    session = SearchSession(lambda: state)
    app = SearchApp(session)
    async with app.run_test(size=size) as pilot:
        await pilot.press("right", "right", "right", "right", "right", "3")
        await pilot.pause()
        picture = svg([(0.0, frame_of(app))], 1.0, size, "dnn-tui")
    session.close()
    return picture


def main() -> None:
    file, size = SEARCH
    with TemporaryDirectory() as folder, good_terminal():
        os.environ["DNN_TUI_CONFIG"] = f"{folder}/config.toml"
        (HERE / file).write_text(asyncio.run(take_search(search_in(Path(folder)), size)), encoding="utf-8")
    print(HERE / file)
    file, size = START
    with TemporaryDirectory() as folder, good_terminal():
        os.environ |= {"DNN_TUI_RUNS": folder, "XDG_STATE_HOME": folder, "DNN_TUI_CONFIG": f"{folder}/config.toml"}
        (HERE / file).write_text(asyncio.run(take_start(size)), encoding="utf-8")
    print(HERE / file)
    for picture in PASSES:
        try:
            with good_terminal():
                text = asyncio.run(take_pass(picture))
        except datasets.DataError as error:  # MNIST is fetched; the others need no network
            print(f"{picture.file} is left as it is: {error}")
            continue
        (HERE / picture.file).write_text(text, encoding="utf-8")
        print(HERE / picture.file)
    for picture in PICTURES:
        (HERE / picture.file).write_text(take_picture(picture), encoding="utf-8")
        print(HERE / picture.file)


if __name__ == "__main__":
    main()
