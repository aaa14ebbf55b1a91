"""A run that is left to another process: what is started, what is waited for, and what is said when it cannot."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from dnn_tui import datasets
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig, RunError
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.log import LogWriter
from dnn_tui.tui.commands.launching import How, launch_detached
from dnn_tui.tui.sessions import detached
from dnn_tui.tui.sessions.trained import TrainingSession


class Process:
    """Stands for a process: its answers to `poll`, one after the other, the last for good."""

    def __init__(self, *codes) -> None:
        self.pid, self.codes, self.returncode = 4321, list(codes), None

    def poll(self):
        self.returncode = self.codes.pop(0) if len(self.codes) > 1 else self.codes[0]
        return self.returncode


@pytest.fixture
def folder(tmp_path):
    return create_run(RunConfig(DatasetConfig("blobs")), tmp_path)


@pytest.fixture
def started(monkeypatch):
    """The words of the processes that would have been started; `started.process` is what they get."""
    made = SimpleNamespace(words=[], process=Process(0))

    def popen(words, **how):
        made.words.append(words)
        made.how = how
        return made.process

    monkeypatch.setattr(detached.subprocess, "Popen", popen)
    return made


def test_what_differs_from_the_recording_goes_to_the_process_and_nothing_else(folder, started, capsys):
    launch_detached(folder, How(on_event="bell"), epochs=7, lr=None, paused=True, pace=2.5, engine="numpy", quiet=False)
    own = [sys.executable, "-m", "dnn_tui.tui", "train", "--resume", str(folder.path), "--headless", "--detached"]
    assert started.words == [
        [*own, "--on-event", "bell", "--epochs", "7", "--paused", "--pace", "2.5", "--engine", "numpy"]
    ]
    assert started.how["start_new_session"] is True  # or Ctrl+C here would end it there
    said = capsys.readouterr().out
    assert "kill 4321" in said
    assert f"dnn-tui watch {folder.name}" in said
    assert oct((folder.path / detached.LOG).stat().st_mode)[-3:] == "600"


def test_a_process_that_ends_at_once_is_told_of_with_its_last_words(folder, started, capsys):
    started.process = Process(None, 1)
    (folder.path / detached.LOG).write_text("loading\ndnn-tui: The file x.csv is not there any more.\n\n")
    with pytest.raises(
        RunError, match=rf"The file x\.csv is not there any more\. `dnn-tui train --resume {folder.name}`"
    ):
        launch_detached(folder, How())
    assert capsys.readouterr().out == ""


def test_a_process_without_last_words_is_told_of_too(folder):
    with pytest.raises(RunError, match=r"its process ended\."):
        detached.wait_until_taken_up(folder, Process(-9))


def test_it_is_waited_for_until_the_log_is_written(folder, monkeypatch):
    """Asked three times, and only at the fourth does a process hold the log."""
    waited, process = [], Process(None)

    def sleep(seconds):
        waited.append(seconds)
        if len(waited) == 3:
            waited.append(LogWriter(folder.events_file))

    monkeypatch.setattr(detached.time, "sleep", sleep)
    detached.wait_until_taken_up(folder, process)
    *seconds, writer = waited
    assert len(seconds) == 3
    writer.close()


def test_a_machine_that_starts_no_process_says_why(folder, monkeypatch):
    def popen(*_, **__):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(detached.subprocess, "Popen", popen)
    with pytest.raises(RunError, match=r"in the background: Resource temporarily unavailable\.$"):
        launch_detached(folder, How())
    assert not Path(folder.events_file).exists()


def test_a_training_that_was_to_stay_ends_with_its_epochs_when_the_terminal_is_gone(tmp_path):
    data = datasets.load("xor")
    trainer = Trainer(Network((2, 2, 1), "tanh", "sigmoid"), data, TrainingConfig(epochs=2, engine="numpy"))
    config = RunConfig(DatasetConfig("xor"), NetworkConfig((2,), ("tanh",)), trainer.config)
    session = TrainingSession(trainer, create_run(config, tmp_path))
    trainer.stays = True
    session.start()
    session.go_on_unseen("the terminal hung up")  # it returns when the training has ended
    assert session.state.ended.reason == "completed"
    assert session.state.epoch == 2
