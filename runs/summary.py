"""What a list of runs shows of each: found in its log without decoding most of it."""

import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dnn_tui.mlp.events import EpochEnded, EventError, Metrics, RunEnded, RunStarted

from .config import RunError, read_toml
from .folder import RunFolder
from .liveness import writer_lives
from .log import decode

# the figure one compares runs by, where there is one; higher is better only for these
HEADLINES = ("accuracy", "r2", "mae", "loss")
HIGHER_IS_BETTER = ("accuracy", "r2")


@dataclass(frozen=True)
class Summary:
    """One run. state: live, paused, detached, finished, crashed or empty; ended: why it finished, or ""."""

    name: str
    path: str
    state: str
    ended: str
    data: str
    architecture: str
    optimizer: str
    lr: float
    batch_size: int
    seed: int
    epochs: int  # done
    epochs_wanted: int
    step: int
    headline: str  # the metric's name: accuracy, r2, mae or loss
    best: float | None  # of the best epoch, on the validation rows where there are some
    best_epoch: int
    created: float  # Unix time
    seconds: float  # of training
    size: int  # bytes on disk
    metrics: dict[str, Metrics] = field(default_factory=dict)  # at the end: train, validation, test

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def summarise(folder: RunFolder) -> Summary:
    """What there is to say of a run. Raises RunError."""
    record = read_toml(folder.config_file)
    config = folder.config()
    found = _scan(folder.events_file)
    started, last, best, ended = found.started, found.epoch, found.best, found.ended
    headline, value = _headline(best)
    created = record.get("created")
    return Summary(
        name=folder.name,
        path=str(folder.path),
        state=_state(folder, found),
        ended=ended.reason if ended else "",
        data=config.dataset.name,
        architecture=_architecture(config.network.hidden, started),
        optimizer=config.training.optimizer,
        lr=config.training.lr,
        batch_size=config.training.batch_size,
        seed=config.training.seed,
        epochs=last.epoch if last else 0,
        epochs_wanted=_whole(started.training.get("epochs")) if started else config.training.epochs,
        step=ended.step if ended else last.step if last else 0,
        headline=headline,
        best=value,
        best_epoch=best.epoch if best else 0,
        created=created.timestamp() if isinstance(created, datetime) else folder.config_file.stat().st_mtime,
        seconds=ended.elapsed if ended else last.elapsed if last else 0.0,
        size=sum(file.stat().st_size for file in folder.path.rglob("*") if file.is_file()),
        metrics=ended.metrics if ended else {},
    )


def summaries(folders: list[RunFolder], unread: dict[str, str] | None = None) -> Iterator[Summary]:
    """The summaries of those runs that can be read: a list must not fail for one broken folder.

    unread: filled with the names of the others, and why.
    """
    for folder in folders:
        try:
            yield summarise(folder)
        except (RunError, OSError) as error:
            if unread is not None:
                unread[folder.name] = str(error)


def age(seconds: float, now: float | None = None) -> str:
    """How long ago a Unix time was: 40 s, 5 min, 3 h, 2 d; older ones as a date."""
    ago = max(0.0, (time.time() if now is None else now) - seconds)
    for unit, size, most in (("s", 1, 90), ("min", 60, 5400), ("h", 3600, 129_600), ("d", 86_400, 1_209_600)):
        if ago < most:
            return f"{ago / size:.0f} {unit}"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


@dataclass
class _Found:
    started: RunStarted | None = None
    epoch: EpochEnded | None = None
    best: EpochEnded | None = None
    ended: RunEnded | None = None
    paused: bool = False
    process: dict[str, Any] = field(default_factory=dict)
    detached: bool = False


def _scan(path: Path) -> _Found:
    """Pick the lines that matter, and decode only the last of each kind."""
    lines: dict[str, bytes] = {}
    commands: list[bytes] = []
    try:
        with path.open("rb") as file:
            for line in file:
                if line.startswith(b'{"event":"epoch_ended"'):
                    lines["epoch"] = line
                    if line.endswith(b'"best":true}\n'):
                        lines["best"] = line
                elif line.startswith(b'{"event":"command"'):
                    commands.append(line)
                elif line.startswith(b'{"event":"run_started"'):
                    lines["started"] = line
                    lines.pop("ended", None)
                    commands.clear()
                elif line.startswith(b'{"event":"run_ended"'):
                    lines["ended"] = line
    except FileNotFoundError:
        pass  # not begun yet
    found = _Found()
    for name, line in lines.items():
        try:
            setattr(found, name, decode(line))
        except (EventError, ValueError):
            continue  # a broken line says nothing; the others do
    if found.started:
        found.process = dict(found.started.process)
        found.detached = bool(found.process.get("detached"))
    for line in commands:
        _obey(found, line)
    return found


def _obey(found: _Found, line: bytes) -> None:
    try:
        record = json.loads(line)
    except ValueError:
        return
    match record.get("command"):
        case "pause" | "step":
            found.paused = True
        case "resume":
            found.paused = False
        case "prolong" if found.started:
            found.started.training["epochs"] = record.get("value")
        case "detach":
            found.detached = True
            if record.get("value") is not None:
                found.process |= {"pid": record["value"], "successor": True}


def _state(folder: RunFolder, found: _Found) -> str:
    if found.ended:
        return "finished"
    if not found.started:
        return "empty"
    if writer_lives(folder, found.process) is False:
        return "crashed"
    return "paused" if found.paused else "detached" if found.detached else "live"


def _whole(value: Any) -> int:
    """A count that a log says, or 0 where it says none."""
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else 0


def _architecture(hidden: tuple[int, ...], started: RunStarted | None) -> str:
    said = started.network.get("sizes") if started else None
    sizes = said if said and isinstance(said, list | tuple) else ("?", *hidden, "?")
    return "-".join(map(str, sizes))


def _headline(best: EpochEnded | None) -> tuple[str, float | None]:
    metrics = (best.validation or best.train) if best else {}
    name = next((name for name in HEADLINES if name in metrics), "loss")
    return name, metrics.get(name)
