"""A run's figures for other programs: CSV, JSON, TensorBoard's event files."""

import csv
import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from dnn_tui.runs.config import RunError, read_toml
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.log import LogTail, read_place
from dnn_tui.runs.state import RunState
from dnn_tui.runs.summary import Summary, summarise


def read_run(folder: RunFolder) -> RunState:
    """The whole run, as a viewer sees it."""
    state = RunState()
    state.snapshots.read = partial(read_place, folder.events_file)
    for event in LogTail(folder.events_file, lazy=True).read_all():
        state.apply(event)
    return state


def to_text(value: Any) -> str:
    """JSON text that any reader accepts: NaN and infinities become null."""
    return json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False, default=str)


def as_record(folder: RunFolder, summary: Summary, state: RunState, losses: bool = True) -> dict[str, Any]:
    """Summary, configuration, the figures of every epoch, and the loss of every step."""
    record = {
        "summary": summary.as_dict(),
        "config": read_toml(folder.config_file),
        "resumed_from": state.starts,
        "epochs": list(epoch_rows(state)),
        "alerts": [{"step": a.step, "severity": a.severity, "message": a.message} for a in state.alerts],
    }
    if losses:
        record["loss"] = [loss for _, loss in step_rows(state)]
    return record


def epoch_rows(state: RunState) -> Iterator[dict[str, Any]]:
    """One flat row an epoch."""
    for epoch in state.epochs:
        figures = {"epoch": epoch.epoch, "step": epoch.step, "elapsed": epoch.elapsed, "lr": epoch.lr}
        for split, metrics in (("train", epoch.train), ("validation", epoch.validation)):
            figures |= {f"{split}_{name}": value for name, value in metrics.items()}
        yield figures | {"seconds": epoch.seconds, "best": epoch.best}


def step_rows(state: RunState) -> Iterator[tuple[int, float]]:
    """(step, loss) of every step; of a very long run, of every so manieth, the largest of its neighbours."""
    series = state.loss
    count = math.ceil(series.count / series.stride)
    _, high = series.columns(0, count * series.stride, count) if count else ((), ())
    for k, loss in enumerate(high):
        yield k * series.stride + 1, float(loss)


def write_csv(path: Path, state: RunState, steps: bool) -> None:
    """A line an epoch, or a line a step. Raises RunError."""
    with _opened(path) as file:
        if steps:
            writer = csv.writer(file)
            writer.writerow(["step", "loss"])
            writer.writerows(step_rows(state))
            return
        rows = list(epoch_rows(state))
        names = list(dict.fromkeys(name for row in rows for name in row))
        table = csv.DictWriter(file, names or ["epoch"])
        table.writeheader()
        table.writerows(rows)


def write_json(path: Path, folder: RunFolder, state: RunState) -> None:
    """Everything but the pictures. Raises RunError."""
    with _opened(path) as file:
        file.write(to_text(as_record(folder, summarise(folder), state)) + "\n")


def write_tensorboard(directory: Path, folder: RunFolder, state: RunState) -> None:
    """Event files under DIRECTORY/<run>, at the wall times of the run. Raises RunError."""
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        raise RunError("TensorBoard's files need one more package: pip install 'dnn-tui[tensorboard]'.") from None
    target = directory / folder.name
    if target.exists() and any(target.iterdir()):
        raise RunError(f"{target} is not empty: TensorBoard would draw two runs as one.")
    try:
        writer = SummaryWriter(str(target))
    except OSError as error:
        raise RunError(f"Cannot write {target}: {error.strerror}.") from None
    try:
        begin = state.began
        for step, loss in step_rows(state):
            writer.add_scalar("loss/step", loss, step, walltime=begin + state.elapsed * step / max(1, state.step))
        for epoch in state.epochs:
            for split, metrics in (("train", epoch.train), ("validation", epoch.validation)):
                for name, value in metrics.items():
                    writer.add_scalar(f"{name}/{split}", value, epoch.step, walltime=epoch.time)
            writer.add_scalar("lr", epoch.lr, epoch.step, walltime=epoch.time)
    finally:
        writer.close()


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if str(path) == "-":
        yield sys.stdout
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise RunError(f"Cannot write {path}: {error.strerror}.") from None


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
