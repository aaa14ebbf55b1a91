"""A run in a list, at every moment of its life, from events written here by hand; ages as a person says them."""

import os
import platform

import pytest

from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.events import CommandApplied, EpochEnded, RunEnded, RunStarted
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.log import LogWriter
from dnn_tui.runs.summary import age, summarise

HERE = {"pid": os.getpid(), "host": platform.node()}
STARTED = RunStarted(10.0, "r", {}, {"sizes": [4, 8, 3]}, {"epochs": 7}, HERE)
FIRST = EpochEnded(11.0, 20, 1, 1.5, {"loss": 0.5}, {"loss": 0.7, "accuracy": 0.6}, 0.01, 1.0, 0.1, best=True)
SECOND = EpochEnded(12.0, 40, 2, 2.5, {"loss": 0.4}, {"loss": 0.8, "accuracy": 0.5}, 0.01, 1.0, 0.1, best=False)
ENDED = RunEnded(13.0, 41, 2, 2.75, "stopped", {"test": {"accuracy": 0.55}})


@pytest.fixture
def folder(tmp_path):
    network, training = NetworkConfig(hidden=(8,)), TrainingConfig(epochs=9, lr=0.02, batch_size=6, seed=3)
    return create_run(RunConfig(DatasetConfig("blobs"), network, training), tmp_path)


def shown(folder, *events):
    writer = LogWriter(folder.events_file)
    for event in events:
        writer.write(event)
    summary = summarise(folder)
    writer.close()
    return summary


def test_a_run_that_has_not_begun_shows_what_it_was_asked_for(folder):
    got = summarise(folder)
    assert (got.state, got.ended, got.architecture, got.data) == ("empty", "", "?-8-?", "blobs")
    assert (got.lr, got.batch_size, got.seed, got.epochs_wanted) == (0.02, 6, 3, 9)
    assert (got.epochs, got.step, got.best, got.best_epoch, got.seconds, got.metrics) == (0, 0, None, 0, 0.0, {})
    assert got.size == folder.config_file.stat().st_size


def test_a_run_in_its_first_epoch_has_done_none(folder):
    got = shown(folder, STARTED)
    assert (got.state, got.architecture, got.epochs_wanted) == ("live", "4-8-3", 7)
    assert (got.epochs, got.step, got.best, got.best_epoch, got.seconds) == (0, 0, None, 0, 0.0)


def test_a_run_in_its_third_epoch_shows_the_second_and_its_best_the_first(folder):
    got = shown(folder, STARTED, FIRST, SECOND)
    assert (got.epochs, got.step, got.seconds, got.state) == (2, 40, 2.5, "live")
    assert (got.headline, got.best, got.best_epoch) == ("accuracy", 0.6, 1)


def test_a_run_that_was_stopped_in_its_third_epoch(folder):
    got = shown(folder, STARTED, FIRST, SECOND, ENDED)
    assert (got.state, got.ended, got.step, got.seconds) == ("finished", "stopped", 41, 2.75)
    assert (got.epochs, got.best, got.metrics) == (2, 0.6, {"test": {"accuracy": 0.55}})


@pytest.mark.parametrize(
    ("commands", "state"),
    [
        ((), "live"),
        ((("detach", None),), "detached"),
        ((("pause", None), ("detach", None)), "paused"),
        ((("detach", os.getpid()),), "detached"),
        ((("detach", 4_000_000),), "detached"),  # whoever holds the log's lock lives
    ],
)
def test_a_run_that_is_written_is_alive_whatever_was_done_to_it(folder, commands, state):
    said = [CommandApplied(10.5, 0, name, value) for name, value in commands]
    assert shown(folder, STARTED, *said).state == state


def test_a_run_without_a_writer_has_crashed_and_taken_up_it_lives_again(folder):
    shown(folder, STARTED, FIRST)
    assert summarise(folder).state == "crashed"
    assert shown(folder, ENDED, STARTED).state == "live"
    shown(folder, CommandApplied(10.5, 0, "prolong", 12))
    assert summarise(folder).epochs_wanted == 12


def test_without_validation_rows_the_training_rows_are_what_is_compared(folder):
    epoch = EpochEnded(11.0, 20, 1, 1.5, {"mae": 2.5, "loss": 0.5}, {}, 0.01, 1.0, 0.1, best=True)
    got = shown(folder, STARTED, epoch)
    assert (got.headline, got.best) == ("mae", 2.5)


@pytest.mark.parametrize(
    ("ago", "said"),
    [(-5, "0 s"), (0, "0 s"), (89, "89 s"), (90, "2 min"), (300, "5 min"), (5399, "90 min"), (5400, "2 h"),
     (129_599, "36 h"), (129_600, "2 d"), (1_209_599, "14 d"), (1_209_600, "2001-08-26")],
)  # fmt: skip
def test_an_age_is_said_in_the_unit_in_which_it_is_short(ago, said):
    """1,000,000,000 s after the epoch was 2001-09-09 01:46:40 UTC."""
    assert age(1e9 - ago, now=1e9) == said
