"""The real command on a real terminal: what is painted, what keys do, and how it leaves the terminal."""

import re
import signal

import pytest
from terminal import DNN_TUI, Terminal

pytestmark = pytest.mark.slow

PANELS = ("Network", "Curves", "Confusion", "Log")


@pytest.fixture
def terminal(tmp_path):
    opened = []

    def start(*arguments: str, columns: int = 80, rows: int = 24) -> Terminal:
        opened.append(
            Terminal(DNN_TUI, *arguments, columns=columns, rows=rows, env={"DNN_TUI_RUNS": str(tmp_path / "runs")})
        )
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def loss_of(text: str) -> float | None:
    found = re.search(r"loss\D{0,12}?(\d+\.\d+)", text)
    return float(found.group(1)) if found else None


def test_digits_at_80x24_falling_loss_pause_quit_and_the_terminal_as_before(terminal):
    screen = terminal("train", "digits", "--epochs", "200", "--pace", "200")
    screen.wait_for("digits")
    first = screen.wait_for(lambda text: loss_of(text) is not None)
    start = loss_of(first)
    screen.wait_for(lambda text: (loss_of(text) or start) < start / 2)

    screen.press(" ")
    screen.wait_for("paused")
    # what was on its way comes first, however long that takes
    assert any(screen.read(3.5) == b"" for _ in range(40)), "paused, nothing is written"

    screen.press("q")
    screen.wait_for(re.compile(r"(?i)quit|stop|leave").search)
    screen.press("y")
    assert screen.wait() == 0
    screen.assert_restored()


def test_at_200x60_all_panels_are_there(terminal):
    screen = terminal("train", "digits", "--epochs", "200", "--pace", "100", columns=200, rows=60)
    text = screen.wait_for(lambda text: all(name.lower() in text.lower() for name in PANELS))
    assert "64" in text


def test_sigterm_leaves_the_terminal_as_it_was(terminal):
    screen = terminal("train", "digits", "--epochs", "200", "--pace", "50")
    screen.wait_for("digits")
    screen.process.send_signal(signal.SIGTERM)
    assert screen.wait() == 143
    screen.assert_restored()


def test_sighup_leaves_the_terminal_as_it_was_and_training_goes_on(terminal):
    screen = terminal("train", "digits", "--epochs", "200", "--pace", "50")
    screen.wait_for("digits")
    screen.process.send_signal(signal.SIGHUP)
    screen.wait_for("Training goes on in the background")
    screen.assert_restored()
    assert screen.process.poll() is None
    screen.process.terminate()
    assert screen.wait() == 143


def test_ctrl_c_leaves_the_terminal_as_it_was_and_closes_the_log(terminal, tmp_path):
    screen = terminal("train", "digits", "--epochs", "200", "--pace", "50")
    screen.wait_for("digits")
    screen.press("\x03")
    screen.wait_for("The training is not finished")
    screen.press("y")
    screen.wait()
    screen.assert_restored()
    (log,) = (tmp_path / "runs").glob("*/events.jsonl")
    assert '"event":"run_ended"' in log.read_text(encoding="utf-8").splitlines()[-1]


@pytest.mark.parametrize("words", [("inspect", "vline"), ("lesson", "c1")])
@pytest.mark.parametrize("keys", ["", ":"], ids=["at a step", "at a question"])
def test_ctrl_c_leaves_the_inspect_view_and_the_terminal_as_it_was(terminal, words, keys):
    screen = terminal(*words)
    screen.wait_for("step")
    if keys:
        screen.press(keys)
        screen.wait_for("go to step:")
    screen.press("\x03")
    assert screen.wait() == 130
    screen.assert_restored()


def test_it_survives_any_resize(terminal):
    screen = terminal("train", "digits", "--epochs", "500", "--pace", "100", "--engine", "numpy")
    screen.wait_for("digits")
    for columns, rows in ((20, 6), (200, 60), (5, 2), (80, 24), (120, 40), (60, 18)):
        screen.resize(columns, rows)
        screen.screen.reset()
        screen.wait_for(lambda text: text.strip())  # painted anew
        assert screen.process.poll() is None, f"it died at {columns}x{rows}"
    screen.resize(80, 24)
    screen.wait_for("digits")


def test_watch_shows_a_finished_run(terminal):
    trained = terminal("train", "xor", "--epochs", "3", "--headless")
    assert trained.wait() == 0
    screen = terminal("watch")
    text = screen.wait_for("finished")
    assert "xor" in text
    screen.press("q")
    assert screen.wait() == 0
    screen.assert_restored()
