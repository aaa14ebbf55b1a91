"""The real command without panels: what scripts rely on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import warm
from recorded import call

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))


@pytest.fixture
def run(tmp_path):
    def run(*arguments: str, timeout: float = 600) -> subprocess.CompletedProcess:
        env = {**os.environ, "DNN_TUI_RUNS": str(tmp_path / "runs"), "OMP_NUM_THREADS": "1", "COLUMNS": "120"}
        return warm.run([DNN_TUI, *arguments], env, timeout)

    return run


def events_of(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.slow
def test_digits_with_defaults_reach_97_percent_on_the_test_rows(run):
    done = run("train", "digits", "--headless", "--json", "--seed", "0")
    assert done.returncode == 0, done.stderr
    events = events_of(done.stdout)
    assert events[0]["event"] == "run_started"
    assert {event["event"] for event in events} >= {"progress", "epoch_ended", "snapshot"}
    last = events[-1]
    assert (last["event"], last["reason"]) == ("run_ended", "completed")
    assert last["metrics"]["test"]["accuracy"] >= 0.97
    assert last["metrics"]["test"]["loss"] > 0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_curve_and_another_seed_another(run):
    def curve(seed: str) -> list:
        done = run("train", "digits", "--headless", "--json", "--epochs", "2", "--seed", seed)
        return [loss for event in events_of(done.stdout) if event["event"] == "progress" for loss in event["losses"]]

    first = curve("5")
    assert first == curve("5")
    assert first != curve("6")


@pytest.mark.slow
def test_piped_it_prints_a_line_an_epoch_and_where_the_run_is_kept(run, tmp_path):
    done = run("train", "xor", "--headless", "--epochs", "3")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.startswith("epoch ") for line in lines) == 3
    (folder,) = (tmp_path / "runs").iterdir()
    assert str(folder) in lines[-1]
    assert {"run.toml", "events.jsonl"} <= {path.name for path in folder.iterdir()}
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "digitz"], "digits"),
        (["train", "digits", "--hidden", "12,x"], "12,x"),
        (["train", "digits", "--hidden", "12,-1"], "12,-1"),
        (["train", "digits", "--lr", "-1"], "-1"),
        (["train", "digits", "--lr", "nan"], "nan"),
        (["train", "digits", "--val", "1.2"], "1.2"),
        (["train", "digits", "--batch-size", "0"], "0"),
        (["train", "digits", "--batch-size", "5000"], "5000"),
        (["train", "digits", "--epochs", "0"], "--epochs"),
        (["train", "digits", "--activation", "rellu"], "rellu"),
        (["train", "digits", "--optimizer", "adamm"], "adamm"),
        (["train", "digits", "--json"], "--headless"),
        (["train", "digits"], "terminal"),
        (["train", "iris", "--folds", "3"], "give the file of a table"),
        (["runs", "export", "--csv", "--json"], "name what to write"),
        (["watch", "no-such-run"], "no"),
    ],
)
def test_bad_input_is_refused_in_words_before_anything_starts(tmp_path, arguments, sentence):
    headless = [] if arguments[-1] in ("--json", "digits", "no-such-run") else ["--headless"]
    done = call(tmp_path / "runs", *arguments, *headless)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_ctrl_c_closes_the_log_and_exits_with_130(tmp_path):
    process = subprocess.Popen(
        [
            DNN_TUI,
            "train",
            "digits",
            "--headless",
            "--json",
            "--epochs",
            "100000",
            "--engine",
            "numpy",
            "--runs-dir",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    seen = [process.stdout.readline() for _ in range(5)]
    assert json.loads(seen[0])["event"] == "run_started"
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=600)
    assert process.returncode == 130
    last = json.loads(rest.splitlines()[-1])
    assert (last["event"], last["reason"]) == ("run_ended", "interrupted")
    assert 0 < last["metrics"]["test"]["accuracy"] <= 1
    (log,) = tmp_path.glob("*/events.jsonl")
    assert json.loads(log.read_text(encoding="utf-8").splitlines()[-1]) == last


@pytest.mark.slow
def test_a_reader_that_goes_away_costs_no_traceback(tmp_path):
    command = f"{DNN_TUI} train digits --headless --json --epochs 50 --runs-dir {tmp_path} | head -n 2"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=600)
    assert len(done.stdout.splitlines()) == 2
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_mnist_learns_from_the_shared_folder(shared_data, run):
    began = time.monotonic()
    done = run("train", "mnist", "--data-dir", str(shared_data), "--headless", "--json", "--epochs", "1", timeout=900)
    assert done.returncode == 0, done.stderr
    last = events_of(done.stdout)[-1]
    assert last["metrics"]["test"]["accuracy"] > 0.94, time.monotonic() - began
