"""What the panels cost a long training: a repaint of the curves by length, and the speed kept beside headless.

    python benchmarks/panels.py [--epochs 20000] [--quick]

A repaint is `CurvesPanel` at 100x30 from state to strips, in CPU time of its thread, the best of many. The training
is the spiral with two hidden layers of 8 in NumPy, one thread, full speed, whose epochs take a few milliseconds: the
harshest case for panels, since training and drawing share one interpreter. It runs twice at the same time, headless
(a line an epoch, into a file) and on a terminal of 120x40, in turns of some seconds: one is paused while the other
goes. So both meet the same machine, and what counts is a run's own clock, which stands still meanwhile. Beside that
stands the CPU time of its process: what a busy machine disturbs less.
Targets: 4 ms a repaint at any length; .95 of headless; the last 500 epochs as quick as the first.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dnn_tui.mlp import Command
from dnn_tui.mlp.events import EpochEnded, Progress, RunStarted
from dnn_tui.runs import control
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.state import RunState
from dnn_tui.tui.drawing.theme import FULL
from dnn_tui.tui.panels.curves import CurvesPanel
from dnn_tui.tui.sessions.moment import Moment

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))
TRAIN = ["spiral", "--hidden", "8,8", "--pace", "0", "--engine", "numpy", "--threads", "1"]
ANSWERS = {b"\x1b[6n": b"\x1b[40;120R", b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
COLUMNS, ROWS = 120, 40
LENGTHS = (10, 1_000, 20_000, 100_000)
WARM = 20  # epochs before the clock is read
STRETCH = 500  # epochs at the beginning and at the end that are compared
TURN = 10.0  # seconds; a pause and going on cost a frame each
HEARD = 0.3  # seconds until a run has paused
ENDED = re.compile(rb'^\{"event":"epoch_ended","time":[^,]*,"step":\d+,"epoch":\d+,"elapsed":([^,]*),', re.MULTILINE)


def long_run(epochs: int, per_epoch: int = 4) -> RunState:
    """A noisy falling loss and a rising accuracy."""
    rng, state = np.random.default_rng(0), RunState()
    dataset = {"name": "noise", "task": "classes", "classes": ["a", "b"], "train": 40, "validation": 10}
    training = {"lr": 0.1, "epochs": epochs, "steps_per_epoch": per_epoch}
    state.apply(RunStarted(0.0, "r", dataset, {"sizes": [2, 2], "activations": ["softmax"]}, training))
    for epoch in range(1, epochs + 1):
        at = {"time": 0.0, "step": epoch * per_epoch, "epoch": epoch, "elapsed": epoch * 0.01}
        level = 2 * np.exp(-3 * epoch / epochs)
        state.apply(Progress(**at, losses=tuple((level + 0.3 * rng.random(per_epoch)).tolist()), lr=0.1, rate=100.0))
        train, validation = (
            {"loss": level + 0.1 * noise, "accuracy": 1 - level / 3 + 0.05 * noise} for noise in rng.random(2).tolist()
        )
        state.apply(EpochEnded(**at, train=train, validation=validation, lr=0.1, seconds=0.01, evaluation_seconds=0.0))
    return state


def repaint_seconds(state: RunState, width: int = 100, height: int = 30, times: int = 200) -> float:
    """CPU seconds of this thread for one whole repaint: the best of many, since neighbours only ever add."""
    panel, moment, best = CurvesPanel.__new__(CurvesPanel), Moment(state), float("inf")
    for _ in range(times):
        begin = time.thread_time()
        grid = panel.draw(panel.view(moment, width, height), width, height, FULL)
        grid.strips(range(height), FULL)
        best = min(best, time.thread_time() - begin)
    return best


class Training:
    """A training in a process of its own that only goes on during its turns."""

    def __init__(self, epochs: int, folder: Path, panels: bool, command: Sequence[str] = ("train", *TRAIN)) -> None:
        folder.mkdir()
        self.folder, self.epochs = folder, 0
        # the run's own seconds, and those of its process's CPU time, at the end of each epoch
        self.clocks: dict[str, list[float]] = {"time": [], "CPU time": []}
        self._position, self._tail = 0, b""
        self.master, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        local = {name: value for name, value in os.environ.items() if not name.startswith("SSH_")}
        colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "OMP_NUM_THREADS": "1"}
        with (folder / "printed").open("wb") as printed:
            self.process = subprocess.Popen(
                [DNN_TUI, *command, "--epochs", str(epochs), "--quiet", *([] if panels else ["--headless"])],
                stdin=terminal,
                stdout=terminal if panels else printed,
                stderr=terminal,
                start_new_session=True,
                env={**local, **colours, "DNN_TUI_RUNS": str(folder)},
            )
        os.close(terminal)
        while not self.epochs:
            self._go(0.1)
        self._ask("pause")

    def turn(self, seconds: float) -> None:
        self._ask("resume")
        self._go(seconds)
        self._ask("pause")
        self._go(HEARD)

    def _ask(self, command: str) -> None:
        if self.process.poll() is None:
            control.ask(RunFolder(next(self.folder.glob("*/events.jsonl")).parent), Command(command))

    def _go(self, seconds: float) -> None:
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds and self.process.poll() is None:
            self._play_the_terminal(0.02)
            self._count()

    def _play_the_terminal(self, seconds: float) -> None:
        """Take what is written and answer what is asked, at once."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0 and select.select([self.master], [], [], left)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:  # the program has ended
                time.sleep(left)
                return
            for query, answer in ANSWERS.items():
                os.write(self.master, answer * ((self._tail + data).count(query) - self._tail.count(query)))
            self._tail = data[-16:]

    def _count(self) -> None:
        """Note the epochs that have ended since: from what was appended to the log."""
        log = next(self.folder.glob("*/events.jsonl"), None)
        if log is None:
            return
        with log.open("rb") as file:
            file.seek(self._position)
            data = file.read()
        data = data[: data.rfind(b"\n") + 1]
        self._position += len(data)
        ended = [float(found) for found in ENDED.findall(data)]
        self.clocks["time"] += ended
        self.clocks["CPU time"] += [self._cpu_seconds()] * len(ended)
        self.epochs += len(ended)

    def _cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def seconds(self, clock: str, begin: int, end: int) -> float:
        """What epochs [begin, end) took."""
        return self.clocks[clock][end - 1] - self.clocks[clock][begin - 1]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def in_turns(epochs: int, one: Training, other: Training) -> None:
    """Let two trainings go on by turns until both have come so far; what was kept is told on the way."""
    part, told = max(STRETCH, epochs // 10), WARM
    while (both := min(one.epochs, other.epochs)) < epochs:
        for training in (one, other):
            if training.epochs < epochs:
                training.turn(TURN)
            if training.process.poll() is not None and training.epochs < epochs:
                raise SystemExit("a training ended too soon")
        if both >= told + part:
            print(f"  epochs {told:,} to {both:,}: {kept(one, other, told, both)}", flush=True)
            told = both


def compare(epochs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        headless = Training(epochs, Path(folder) / "headless", panels=False)
        panels = Training(epochs, Path(folder) / "panels", panels=True)
        try:
            in_turns(epochs, headless, panels)
            report(headless, panels, epochs)
        finally:
            headless.close()
            panels.close()


def kept(headless: Training, panels: Training, begin: int, end: int) -> str:
    """How much of headless's speed there is with panels, by each clock."""
    by_clock = (
        f"{headless.seconds(clock, begin, end) / panels.seconds(clock, begin, end):.3f} of headless by {clock}"
        for clock in headless.clocks
    )
    return ", ".join(by_clock)


def report(headless: Training, panels: Training, epochs: int, what: str = "spiral") -> None:
    print(f"{what}, {epochs:,} epochs, with panels: {kept(headless, panels, WARM, epochs)}", flush=True)
    for clock in headless.clocks:
        for name, run in (("with panels", panels), ("headless", headless)):
            first, last = run.seconds(clock, WARM, WARM + STRETCH), run.seconds(clock, epochs - STRETCH, epochs)
            print(
                f"  {name}: the last {STRETCH} epochs {first / last:.2f} times as quick as the first, by {clock}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true", help="3,000 epochs")
    arguments = parser.parse_args()
    for length in LENGTHS:
        print(
            f"a repaint of the curves, {length:,} epochs: {1e3 * repaint_seconds(long_run(length)):.1f} ms", flush=True
        )
    compare(3_000 if arguments.quick else arguments.epochs)


if __name__ == "__main__":
    main()
