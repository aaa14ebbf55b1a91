"""A run is killed with −9 at random moments and resumed, again and again; in the end it must be the run never killed.

    python benchmarks/kill.py [--times 200] [--seed 0]

After every kill: each line of the log is an event, nothing that stood in it has changed, the checkpoint loads and is
not ahead of the log, and resuming works. At the end weights, loss curve and epochs equal those of a run left alone,
bit for bit. Exits with 1 where one of this does not hold.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from dnn_tui.mlp import Command
from dnn_tui.runs.checkpoint import load_checkpoint
from dnn_tui.runs.control import ask
from dnn_tui.runs.folder import RunFolder, find_run
from dnn_tui.runs.log import is_locked, read_log
from dnn_tui.runs.state import RunState

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))
DIGITS = ("digits", "--headless", "--hidden", "16", "--dropout", "0.2", "--seed", "7")

PACE = ("--pace", "1000")  # so that it lasts long enough to be killed so often


def start(runs_dir: str, *arguments: str) -> subprocess.Popen:
    env = {**os.environ, "DNN_TUI_RUNS": runs_dir, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([DNN_TUI, "train", *arguments], env=env, stdout=subprocess.DEVNULL)


def state_of(folder: RunFolder) -> RunState:
    events, bad = read_log(folder.events_file)
    assert bad == 0, f"{bad} bad lines"
    state = RunState()
    for event in events:
        state.apply(event)
    return state


def curve(state: RunState) -> np.ndarray:
    return state.loss.columns(0, state.loss.count, state.loss.count)[0]


def wait_for_writer(folder: RunFolder, process: subprocess.Popen) -> None:
    while not is_locked(folder.events_file) and process.poll() is None:
        time.sleep(0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    moments, epochs = random.Random(arguments.seed), str(12 * arguments.times)
    with tempfile.TemporaryDirectory() as runs_dir:
        begin = time.perf_counter()
        process = start(runs_dir, *DIGITS, *PACE, "--epochs", epochs, "--name", "killed")
        while not (found := list(Path(runs_dir).glob("*killed/run.toml"))):
            time.sleep(0.01)
        folder = RunFolder(found[0].parent)
        kills, resumed_from = 0, set()
        while kills < arguments.times:
            wait_for_writer(folder, process)
            if process.poll() is not None:
                break
            time.sleep(moments.uniform(0.0, 0.3))
            ask(folder, Command("checkpoint"))
            time.sleep(moments.uniform(0.0, 0.3))
            process.kill()
            process.wait()
            kills += 1
            written = folder.events_file.read_bytes()
            written = written[: written.rfind(b"\n") + 1]
            state = state_of(folder)
            if state.ended:  # it was done just before
                break
            if folder.checkpoint_file().exists():
                facts = load_checkpoint(folder.checkpoint_file())[1]
                assert facts["step"] <= state.step, "the checkpoint is ahead of the log"
                resumed_from.add(facts["step"])
            process = start(runs_dir, "--resume", folder.name, "--headless", *(PACE if kills < arguments.times else ()))
            wait_for_writer(folder, process)
            assert folder.events_file.read_bytes().startswith(written), "the log has changed"
        process.wait()
        state = state_of(folder)
        assert state.ended.reason == "completed", f"exit code {process.returncode}"
        print(
            f"killed {kills} times, resumed from {len(resumed_from)} different steps, {state.step:,} steps in all, "
            f"{time.perf_counter() - begin:.0f} s"
        )
        assert start(runs_dir, *DIGITS, "--epochs", epochs, "--name", "whole").wait() == 0
        whole = find_run(Path(runs_dir), "whole")
        expected = state_of(whole)
        theta, straight = (load_checkpoint(f.checkpoint_file())[0]["theta"] for f in (folder, whole))
        assert np.array_equal(theta, straight), "the weights differ"
        assert np.array_equal(curve(state), curve(expected)), "the curves differ"
        assert [e.validation for e in state.epochs] == [e.validation for e in expected.epochs], "the epochs differ"
        print("weights, loss curve and epochs equal those of a run never killed, bit for bit")


if __name__ == "__main__":
    main()
