"""The program itself: its version, its help, and what its exit codes tell a script."""

import os
import subprocess
from importlib.metadata import version

import pytest
import warm
from terminal import DNN_TUI, Terminal

pytestmark = pytest.mark.slow


def call(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    return warm.run([DNN_TUI, *words], env or os.environ)


def test_it_says_its_version():
    done = subprocess.run([DNN_TUI, "--version"], capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"dnn-tui {version('dnn-tui')}\n", "")


def test_alone_and_with_nothing_to_draw_on_it_prints_its_help_and_that_is_no_fault():
    done = call()
    assert done.returncode == 0
    assert "Usage: dnn-tui" in done.stdout
    assert done.stderr == ""
    terminal = Terminal(DNN_TUI, env={"TERM": "dumb"})
    try:
        assert terminal.wait() == 0
        assert b"Usage:" in terminal.written
    finally:
        terminal.close()


@pytest.fixture
def a_run(tmp_path) -> dict[str, str]:
    """An environment with one finished run."""
    env = {**os.environ, "DNN_TUI_RUNS": str(tmp_path / "runs"), "OMP_NUM_THREADS": "1"}
    assert call("train", "xor", "--headless", "--epochs", "1", "--engine", "numpy", env=env).returncode == 0
    return env


def test_ctrl_c_at_a_question_ends_with_130_and_does_nothing(a_run, tmp_path):
    terminal = Terminal(DNN_TUI, "runs", "rm", "newest", env=a_run)
    try:
        terminal.wait_for("[y/N]")
        terminal.press("\x03")
        assert terminal.wait() == 130
    finally:
        terminal.close()
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_a_question_that_nobody_answers_ends_with_1(a_run, tmp_path):
    done = call("runs", "rm", "newest", env=a_run)
    assert done.returncode == 1
    assert "no answer" in done.stderr
    assert len(list((tmp_path / "runs").iterdir())) == 1


@pytest.mark.parametrize(
    "words", [("train", "no-such-data", "--headless"), ("train", "--no-such-option"), ("nothing",)]
)
def test_wrong_input_ends_with_2(words):
    done = call(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
