"""How long a run of a million recorded steps takes to open, beside reading its file once; and the memory it takes.

    python benchmarks/open.py [--steps 1000000]

Two logs are made: of a fast network (about 1,700 steps a second, so 85 losses a line) and of a slow one (100 steps a
second: 5 losses a line, and twenty times the snapshots). Each is opened as `dnn-tui watch` opens it, in a process of
its own. The ratio to reading is what to look at: both meet the same disk and machine.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from dnn_tui.mlp.events import (
    CommandApplied,
    EpochEnded,
    LayerStatistics,
    LayerView,
    Progress,
    RunStarted,
    Sample,
    Snapshot,
)
from dnn_tui.runs.log import LogTail, encode, read_place
from dnn_tui.runs.state import RunState

STEPS_AN_EPOCH = 1_000
KINDS = {"fast": 1_700, "slow": 100}  # steps a second


def write_log(path: Path, steps: int, steps_a_second: int) -> None:
    """A log as the recorder writes it: 20 lines of losses and 2 snapshots a second, an epoch every 1,000 steps."""
    rng = np.random.default_rng(0)
    a_line, a_picture = steps_a_second // 20, steps_a_second // 2
    unit = {"units": tuple(range(16)), "h": tuple(rng.random(16).round(4).tolist())}
    weights = tuple(tuple(row) for row in rng.normal(size=(16, 16)).round(3).tolist())
    layers = (LayerView(784, **unit), *(LayerView(n, **unit, W=weights, b=unit["h"]) for n in (128, 64, 10)))
    statistics = (LayerStatistics("relu", 8.123, 0.123, 0.00123, 0.5, 0.5),) * 3
    sample = Sample(7, 3.0, 3.0, unit["h"][:10], pixels="A" * 1_048)
    training = {"epochs": steps // STEPS_AN_EPOCH, "steps_per_epoch": STEPS_AN_EPOCH, "lr": 0.001}
    with path.open("w", encoding="utf-8") as file:

        def write(event) -> None:
            file.write(encode(event) + "\n")

        write(RunStarted(0.0, "a-run", {"name": "mnist"}, {"sizes": [784, 128, 64, 10]}, training))
        for step in range(a_line, steps + 1, a_line):
            at, epoch = step / steps_a_second, step // STEPS_AN_EPOCH + 1
            losses = tuple((np.exp(-step / steps) + rng.normal(size=a_line).astype(np.float32) * 0.1).tolist())
            write(Progress(at, step, epoch, round(at, 4), losses, 0.001, 54_321.123))
            if step % a_picture < a_line:
                write(Snapshot(at, step, epoch, round(at, 4), sample, layers, statistics))
            if step % STEPS_AN_EPOCH < a_line:
                metrics = {"loss": float(rng.random()), "accuracy": float(rng.random())}
                confusion = tuple(tuple(row) for row in rng.integers(0, 999, (10, 10)).tolist())
                mistakes = (sample,) * 8
                write(EpochEnded(at, step, epoch - 1, at, metrics, metrics, 0.001, 1.0, 0.1, confusion, mistakes))
        write(CommandApplied(at, step, "checkpoint"))


def open_log(path: Path) -> dict[str, float]:
    """Seconds to read the file once and to have the run's state; the most memory beyond the program's own."""
    for _ in range(2):  # the first time for the disk cache, so that both meet a warm one
        begin = time.perf_counter()
        with path.open("rb") as file:
            while file.read(1 << 22):
                pass
        reading = time.perf_counter() - begin
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    state = RunState()
    state.snapshots.read = lambda place: read_place(path, place)
    for event in LogTail(path, lazy=True).read_all():
        state.apply(event)
    picture = state.snapshot
    opening = time.perf_counter() - begin
    assert picture is not None
    return {
        "megabytes": path.stat().st_size / 1e6,
        "lines": sum(1 for _ in path.open("rb")),
        "steps": state.loss.count,
        "reading": reading,
        "opening": opening,
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.open:
        print(json.dumps(open_log(arguments.open)))
        return
    print(f"{'log':6} {'size':>8} {'lines':>9} {'steps':>10} {'read once':>10} {'open':>8} {'ratio':>6} {'memory':>8}")
    for kind, steps_a_second in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "events.jsonl"
            write_log(path, arguments.steps, steps_a_second)
            command = [sys.executable, __file__, "--open", str(path)]
            got = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(
            f"{kind:6} {got['megabytes']:5.0f} MB {got['lines']:9,.0f} {got['steps']:10,.0f} {got['reading']:8.3f} s "
            f"{got['opening']:6.2f} s {got['opening'] / got['reading']:6.1f} {got['memory']:5.0f} MB"
        )


if __name__ == "__main__":
    main()
