"""Leaving the panels without ending the training: `d`, a hang-up; and coming back with `watch`."""

import os
import signal

import pytest
from recorded import state_of, wait_until
from terminal import DNN_TUI, Terminal

from dnn_tui.mlp import Command
from dnn_tui.runs.control import ask
from dnn_tui.runs.folder import RunFolder, find_run
from dnn_tui.runs.liveness import process_lives, writer_lives

pytestmark = pytest.mark.slow

SLOW = ("digits", "--epochs", "500", "--pace", "200", "--hidden", "8", "--engine", "numpy")


@pytest.fixture
def terminal(tmp_path):
    opened = []

    def start(*arguments: str, **options) -> Terminal:
        opened.append(Terminal(DNN_TUI, *arguments, env={"DNN_TUI_RUNS": str(tmp_path / "runs")}, **options))
        return opened[-1]

    yield start
    for screen in opened:
        screen.close()
    for file in (tmp_path / "runs").glob("*/events.jsonl"):  # nothing stays behind in the background
        pid = state_of(RunFolder(file.parent)).process.get("pid")
        if process_lives(pid):
            os.kill(pid, signal.SIGKILL)


def test_d_goes_on_in_the_background_and_watch_steers_it(terminal, tmp_path):
    screen = terminal("train", *SLOW)
    screen.wait_for("training")
    screen.press("d")
    assert screen.wait() == 0
    assert "Training goes on in the background" in screen.text
    screen.assert_restored()
    folder = find_run(tmp_path / "runs")
    state = state_of(folder)
    pid = state.process["pid"]
    assert pid != screen.process.pid
    assert os.getsid(pid) == pid
    assert writer_lives(folder, state.process)

    watching = terminal("watch", "--quiet")
    watching.wait_for("training")
    watching.press(" ")
    watching.wait_for("paused")
    assert state_of(folder).log[-1].text.startswith("pause (")
    watching.press("r")
    watching.wait_for("Learning rate")
    watching.wait_for("0.002")
    watching.press("\x15")  # empties the field
    watching.wait_for(lambda text: "0.002 " not in text)
    watching.press("0.125")
    watching.wait_for("0.125")
    watching.press("\r")
    watching.wait_for("lr 0.125")
    watching.press("s")
    watching.wait_for("stopped")
    state = state_of(folder)
    assert (state.lr, state.ended.reason) == (0.125, "stopped")
    assert state.loss.count == state.step
    watching.press("q")
    assert watching.wait() == 0


def test_a_run_detached_while_paused_stays_paused(terminal, tmp_path):
    screen = terminal("train", *SLOW)
    screen.wait_for("training")
    screen.press(" ")
    screen.wait_for("paused")
    screen.press("q")  # the question offers it too
    screen.wait_for("in the background")
    screen.press("d")
    assert screen.wait() == 0
    folder = find_run(tmp_path / "runs")
    state = wait_until(lambda: (s := state_of(folder)).paused and s.starts and s)
    ask(folder, Command("stop"))
    ended = wait_until(lambda: (s := state_of(folder)).ended and s)
    assert ended.step == state.step


def hang_up(screen: Terminal) -> None:
    """The connection drops."""
    os.close(screen.slave)
    os.close(screen.master)
    screen.master, screen.slave = os.openpty()


def test_a_closed_terminal_ends_no_training_and_a_viewer_also_without_a_signal(terminal, tmp_path):
    screen = terminal("train", *SLOW)
    screen.wait_for("training")
    folder = find_run(tmp_path / "runs")
    watching = terminal("watch", controlling=False)  # nothing tells it of the hang-up but that it cannot write
    watching.wait_for("training")
    hang_up(watching)
    hang_up(screen)
    assert watching.process.wait(300) == 129
    state = wait_until(lambda: (s := state_of(folder)).detached and s)
    wait_until(lambda: state_of(folder).step > state.step + 50)
    assert screen.process.poll() is None
    screen.process.terminate()
    assert screen.process.wait(300) == 143
    assert state_of(folder).ended.reason == "stopped"


def test_a_readonly_viewer_cannot_steer(terminal, tmp_path):
    screen = terminal("train", *SLOW, "--detach")
    assert screen.wait() == 0
    watching = terminal("watch", "--readonly")
    watching.wait_for("training")
    watching.press(" ")
    watching.press("s")
    watching.read(1.0)
    folder = find_run(tmp_path / "runs")
    assert not folder.control_file.exists()
    assert "paused" not in watching.text
    os.kill(state_of(folder).process["pid"], signal.SIGKILL)
    watching.wait_for("crashed")
    watching.wait_for("is gone")
