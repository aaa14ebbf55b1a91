"""Processes that are killed, hung up on, or sent to the background, as a user meets them."""

import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import warm
from recorded import call, wait_until
from terminal import take_terminal

from dnn_tui.mlp import Command
from dnn_tui.mlp.events import RunEnded
from dnn_tui.runs.checkpoint import load_checkpoint
from dnn_tui.runs.control import ask
from dnn_tui.runs.folder import RunFolder, list_runs
from dnn_tui.runs.liveness import process_lives
from dnn_tui.runs.log import is_locked, read_log
from dnn_tui.runs.state import RunState

pytestmark = pytest.mark.slow

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))
EPOCHS = 200


@pytest.fixture
def runs_dir(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("DNN_TUI_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return tmp_path / "runs"


def start(*arguments: str, **options) -> subprocess.Popen:
    return subprocess.Popen([DNN_TUI, "train", *arguments], **options)


def start_forked(said: Path, *arguments: str) -> warm.Process:
    """Its errors go to the file `said`."""
    with open(os.devnull, "r+b") as nothing, said.open("w") as errors:
        files = [nothing.fileno(), nothing.fileno(), errors.fileno()]
        return warm.Process([DNN_TUI, "train", *arguments], os.environ, files)


def train(*arguments: str) -> subprocess.CompletedProcess:
    return warm.run([DNN_TUI, "train", *arguments], os.environ)


def the_run(runs_dir: Path) -> RunFolder:
    return wait_until(lambda: list_runs(runs_dir))[0]


def state_of(folder: RunFolder) -> tuple[RunState, int]:
    events, bad = read_log(folder.events_file)
    state = RunState()
    for event in events:
        state.apply(event)
    return state, bad


def size(folder: RunFolder) -> int:
    return folder.events_file.stat().st_size if folder.events_file.exists() else 0


def test_killed_at_random_moments_nothing_that_was_written_is_lost(runs_dir, tmp_path):
    digits = ("digits", "--headless", "--epochs", str(EPOCHS), "--hidden", "8", "--seed", "4")
    assert train(*digits, "--name", "whole").returncode == 0
    whole = the_run(runs_dir)
    expected, _ = state_of(whole)

    moments, resumed_from = random.Random(1), []
    process = start_forked(tmp_path / "said", *digits, "--name", "killed")
    folder = wait_until(lambda: next((run for run in list_runs(runs_dir) if "killed" in run.name), None))
    for _ in range(8):
        before = size(folder)
        wait_until(lambda before=before, process=process: size(folder) > before or process.poll() is not None)
        ask(folder, Command("checkpoint"))
        time.sleep(moments.uniform(0.0, 0.3))
        process.kill()
        process.wait()
        written = folder.events_file.read_bytes()
        written = written[: written.rfind(b"\n") + 1]
        state, bad = state_of(folder)
        assert bad == 0  # every whole line is an event
        if folder.checkpoint_file().exists():
            resumed_from.append(load_checkpoint(folder.checkpoint_file())[1]["step"])
            assert resumed_from[-1] <= state.step
        process = start_forked(tmp_path / "said", "--resume", folder.name, "--headless")
        wait_until(lambda process=process: is_locked(folder.events_file) or process.poll() is not None)
        assert folder.events_file.read_bytes().startswith(written)
    said = (tmp_path / "said").read_text() if process.wait(600) else ""
    assert process.returncode == 0 or "prolong" in said, said
    assert len(set(resumed_from)) > 1

    state, bad = state_of(folder)
    assert bad == 0
    np.testing.assert_array_equal(
        load_checkpoint(folder.checkpoint_file())[0]["theta"], load_checkpoint(whole.checkpoint_file())[0]["theta"]
    )
    everything = (0, expected.loss.count, expected.loss.count)
    np.testing.assert_array_equal(state.loss.columns(*everything), expected.loss.columns(*everything))
    assert [(e.epoch, e.validation) for e in state.epochs] == [(e.epoch, e.validation) for e in expected.epochs]


def test_sigterm_stops_with_a_checkpoint(runs_dir, tmp_path):
    process = start_forked(
        tmp_path / "said", "digits", "--headless", "--epochs", "100000", "--hidden", "8", "--engine", "numpy"
    )
    folder = the_run(runs_dir)
    wait_until(lambda: size(folder) > 20_000)
    process.terminate()
    assert process.wait(300) == 143
    state, _ = state_of(folder)
    assert state.ended.reason == "stopped"
    assert load_checkpoint(folder.checkpoint_file())[1]["step"] == state.step


def test_training_in_the_background_is_another_session_and_can_be_stopped(runs_dir):
    result = train("digits", "--detach", "--epochs", "100000", "--hidden", "8", "--engine", "numpy")
    assert result.stdout.startswith("Pixel values 0 to 16 were divided by 16.")
    assert result.returncode == 0, result.stderr
    folder = the_run(runs_dir)
    wait_until(lambda: size(folder) > 20_000)
    state, _ = state_of(folder)
    pid = state.process["pid"]
    try:
        assert f"pid {pid}" in result.stdout
        assert f"dnn-tui watch {folder.name}" in result.stdout
        assert state.detached
        assert os.getsid(pid) == pid != os.getsid(0)
        assert is_locked(folder.events_file)
        refused = train("--resume", folder.name, "--headless")
        assert refused.returncode == 2
        assert "is being trained just now" in refused.stderr
    finally:
        os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not process_lives(pid))
    assert state_of(folder)[0].ended.reason == "stopped"


def test_commands_written_to_the_control_file_take_effect_and_say_who_asked(runs_dir, tmp_path):
    process = start_forked(
        tmp_path / "said", "digits", "--headless", "--epochs", "100000", "--hidden", "8", "--engine", "numpy"
    )
    folder = the_run(runs_dir)
    wait_until(lambda: size(folder) > 20_000)
    lines = [
        {"command": "set_lr", "value": 0.5, "by": "ada@laptop:1"},
        {"command": "set_lr", "value": -1},
        {"command": "explode"},
        "nonsense",
        {"command": "stop", "by": "ada@laptop:1"},
    ]
    folder.control_file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert process.wait(300) == 0
    state, _ = state_of(folder)
    assert [entry.text for entry in state.log if entry.severity == "command"] == [
        "set_lr 0.5 (ada@laptop:1)",
        "stop (ada@laptop:1)",
    ]
    assert state.lr == 0.5


def test_somebody_s_command_is_told_of_the_end(runs_dir, tmp_path):
    told = tmp_path / "told"
    command = f'cat > "{told}"; echo "$DNN_TUI_RUN" >> "{told}"'
    assert train("digits", "--headless", "--epochs", "1", "--hidden", "8", "--on-event", command).returncode == 0
    event, run = told.read_text(encoding="utf-8").split("\n", 1)
    assert json.loads(event)["event"] == RunEnded.event
    assert run.strip() == the_run(runs_dir).name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--resume"], "There are no runs"),
        (["--resume", "digits", "--hidden", "3"], "a resumed run keeps its own"),
        ([], "name a data set"),
    ],
)
def test_what_cannot_be_resumed_is_refused_in_a_sentence(arguments, said, runs_dir):
    result = call(runs_dir, "train", *arguments, "--headless")
    assert result.returncode == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr


def test_a_finished_run_is_resumed_only_to_be_prolonged(runs_dir):
    assert call(runs_dir, "train", "digits", "--headless", "--epochs", "2", "--hidden", "8").returncode == 0
    result = call(runs_dir, "train", "--resume", "--headless")
    assert result.returncode == 2
    assert "prolong it with --epochs" in result.stderr
    assert call(runs_dir, "train", "--resume", "--headless", "--epochs", "3").returncode == 0
    assert len(state_of(the_run(runs_dir))[0].epochs) == 3


def test_a_terminal_that_hangs_up_ends_nothing(runs_dir):
    master, slave = pty.openpty()
    process = start(
        *("digits", "--headless", "--epochs", "100000", "--hidden", "8", "--engine", "numpy"),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(slave)
    try:
        folder = the_run(runs_dir)
        while size(folder) < 20_000:
            os.read(master, 65536)
        os.close(master)  # as when the connection drops: the process gets SIGHUP, and writing fails
        detached = wait_until(lambda: state_of(folder)[0].detached)
        hung_up_at = size(folder)
        wait_until(lambda: size(folder) > hung_up_at + 20_000)
        assert detached
        assert process.poll() is None
        ask(folder, Command("stop"))
        assert process.wait(300) == 0
        assert state_of(folder)[0].ended.reason == "stopped"
    finally:
        process.kill()
