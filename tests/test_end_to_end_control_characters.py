"""Data, files, runs and hosts that hold escape sequences: every command shows them and obeys none."""

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from contextlib import chdir
from pathlib import Path

import pytest
import recorded
from terminal import DNN_TUI, Terminal

pytestmark = pytest.mark.slow

EVIL = ("a\x1b]0;PWN\x07", "b\x1b[31m", "c\u202e\u200b\x9b2J")
CLASSES = ("yes\x1b[2J", "no\x1b]8;;http://x\x07[red]")
LABEL = "label\x1b[5m"
# what the program itself sends: colours and the like, cursor and modes, the title, and answers it asks for
OWN = re.compile(
    r"\x1b\[[0-9;?<>=$ ]*[A-Za-z]"  # CSI
    r"|\x1b\](2|22);[^\x07\x1b]*(\x07|\x1b\\)"  # title, pointer
    r"|\x1b[78=>()][0B]?|\x1bP[^\x1b]*\x1b\\|\x07|\r|\n|\x0f"
)


def left(text: str, own: re.Pattern | None = None) -> list[str]:
    """The control and format characters of an output: of a terminal's, without the program's own sequences."""
    rest = own.sub("", text) if own else text
    return [character for character in rest if unicodedata.category(character) in ("Cc", "Cf") and character != "\n"]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with an evil table, and the run that learned it, under an evil name."""
    place = tmp_path_factory.mktemp("evil")
    rows = [f"{k % 7},{k % 5},{(k * k) % 11},{CLASSES[k % 2]}" for k in range(60)]
    text = "\n".join([",".join([*EVIL, LABEL]), *rows])
    for name in ("evil.csv", "evil\x1b[7m.csv"):
        (place / name).write_text(text, encoding="utf-8")
    done = train(place, "evil.csv")
    assert done.returncode == 0, done.stderr
    (run,) = (place / "runs").iterdir()
    shutil.copytree(run, place / "runs" / "run\x1b[31m\u202e")
    return place


def environment(place: Path) -> dict[str, str]:
    return {**os.environ, "DNN_TUI_RUNS": str(place / "runs"), "OMP_NUM_THREADS": "1", "COLUMNS": "120"}


def call(place: Path, *words: str) -> subprocess.CompletedProcess:
    with chdir(place):
        return recorded.call(place / "runs", *words)


def train(place: Path, file: str, *more: str) -> subprocess.CompletedProcess:
    return call(place, "train", file, "--target", LABEL, "--headless", "--epochs", "2", "--engine", "numpy", *more)


def test_training_without_panels_prints_none(place):
    done = train(place, "evil\x1b[7m.csv", "--runs-dir", str(place / "others"))
    assert done.returncode == 0
    assert left(done.stdout + done.stderr) == []
    assert "b␛[31m" in done.stdout
    assert LABEL.replace("\x1b", "␛") in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("data", "evil.csv", "--target", LABEL),
        ("data", "evil.csv", "--target", LABEL, "--drop", EVIL[2]),
        ("eval", "newest"),
        ("eval", "run\x1b", "--data", "evil\x1b[7m.csv"),
        ("runs",),
        ("runs", "show", "run\x1b"),
        ("runs", "compare", "run\x1b", "evil"),
        ("explain", "run\x1b"),
        ("explain", "run\x1b", "--format", "markdown"),
        ("predict", "newest", "evil.csv", "--out", "answers\x1b[1m.csv"),
    ],
    ids=" ".join,
)
def test_no_command_prints_any(words, place):
    done = call(place, *words)
    assert done.returncode == 0, done.stderr
    assert left(done.stdout + done.stderr) == []
    assert any(sign in done.stdout + done.stderr for sign in "␛�")


@pytest.mark.parametrize(
    "words",
    [
        ("train", "no\x1b[31m.csv", "--target", "x"),
        ("train", "evil.csv", "--target", "no\x1b[31m", "--headless"),
        ("train", "evil.csv", "--target", LABEL, "--drop", "no\x9b\u202e", "--headless"),
        ("train", "digits", "--\x1b[31m"),
        ("data", "one", "two\x1b[31m"),
        ("data", "one\x1b[31m"),
        ("runs", "show", "a\x1b[31m"),
        ("explain", "f6", "--step", "\x1b[31m"),
        ("explain", "\x1b[35m"),
        ("\x1b[31m",),
    ],
    ids=" ".join,
)
def test_no_error_prints_any(words, place):
    done = call(place, *words)
    assert done.returncode == 2
    assert left(done.stdout + done.stderr) == []


def test_json_and_csv_stay_exact(place):
    told = json.loads(call(place, "data", "evil.csv", "--target", LABEL, "--json").stdout)
    assert told["classes"] == sorted(CLASSES)
    assert [entry["name"] for entry in told["inputs"]] == list(EVIL)
    piped = call(place, "predict", "newest", "evil.csv").stdout
    assert all(name in piped for name in CLASSES)


def test_a_terminal_is_shown_predictions_with_signs(place):
    terminal = Terminal(DNN_TUI, "predict", "newest", str(place / "evil.csv"), columns=100, env=environment(place))
    try:
        assert terminal.wait() == 0
        assert "yes␛[2J" in terminal.written.decode()
        assert left(terminal.written.decode(), OWN) == []
    finally:
        terminal.close()


def drive(place: Path, *words: str, wait_for: str, keys: str, columns: int = 120) -> str:
    """All that a command writes to its terminal until it has ended; after `wait_for` is seen, keys are pressed."""
    env = environment(place)
    del env["COLUMNS"]
    terminal = Terminal(DNN_TUI, *words, columns=columns, rows=40, env=env)
    try:
        terminal.wait_for(wait_for)
        terminal.press(keys)
        terminal.wait()
        return terminal.written.decode(errors="surrogateescape")
    finally:
        terminal.close()


def test_panels_title_and_goodbye_show_signs(place):
    words = ("train", str(place / "evil.csv"), "--target", LABEL, "--epochs", "3", "--engine", "numpy")
    written = drive(place, *words, "--runs-dir", str(place / "panels"), wait_for="3/3", keys="q")
    assert left(written, OWN) == []
    assert "yes␛[2J" in written
    for evil in (*EVIL, *CLASSES):
        assert evil not in written


def test_watching_a_run_of_an_evil_name_shows_signs(place):
    written = drive(place, "watch", "run\x1b", wait_for="run␛[31m", keys="q")
    assert left(written, OWN) == []
    assert "run\x1b[31m" not in written


def test_inspect_shows_signs(place):
    written = drive(place, "inspect", "run\x1b", wait_for="run␛[31m", keys="\x11")
    assert left(written, OWN) == []


def test_a_log_from_another_host_shows_signs(place, tmp_path):
    """The far end is a program that says what it likes, as a broken or hostile host may."""
    (run,) = (path for path in (place / "runs").iterdir() if "\x1b" not in path.name)
    far = tmp_path / "runs" / run.name
    shutil.copytree(run, far)
    log = far / "events.jsonl"
    alert = {"event": "alert", "time": 0.0, "step": 1, "kind": "k\x1b", "severity": "error", "layer": None}
    alert["message"] = "boom\x1b[2J\x1b]0;PWN\x07\u202e"
    lines = log.read_text(encoding="utf-8").splitlines()
    log.write_text("\n".join([*lines[:-1], json.dumps(alert), lines[-1], ""]), encoding="utf-8")
    fake = tmp_path / "ssh"
    relay = f"{Path(sys.executable).with_name('dnn-tui')} relay --runs-dir {tmp_path / 'runs'}"
    fake.write_text(f"#!/bin/sh\nexec {relay}\n", encoding="utf-8")
    fake.chmod(0o755)
    env = {**environment(place), "DNN_TUI_SSH": str(fake)}
    del env["COLUMNS"]
    terminal = Terminal(DNN_TUI, "watch", "host:", columns=120, rows=40, env=env)
    try:
        terminal.wait_for("boom␛[2J")
        terminal.press("q")
        terminal.wait()
        assert left(terminal.written.decode(), OWN) == []
    finally:
        terminal.close()
