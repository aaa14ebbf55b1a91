"""Run folders: `<runs dir>/<time>-<dataset>-<slug>/`, readable by their owner only."""

import itertools
import json
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, TypeVar

import platformdirs

from .config import RunConfig, RunError, read_toml
from .preferences import preferred_runs_dir


def default_runs_dir() -> Path:
    """Where runs are kept: `DNN_TUI_RUNS`, else as config.toml says, else `runs` in the user's data directory."""
    chosen = os.environ.get("DNN_TUI_RUNS")
    return Path(chosen) if chosen else preferred_runs_dir() or platformdirs.user_data_path("dnn-tui") / "runs"


@dataclass(frozen=True)
class RunFolder:
    """The files of one run."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.name

    @property
    def config_file(self) -> Path:
        """run.toml, the configuration."""
        return self.path / "run.toml"

    @property
    def events_file(self) -> Path:
        """events.jsonl, the log."""
        return self.path / "events.jsonl"

    @property
    def control_file(self) -> Path:
        """control.jsonl, what viewers ask for."""
        return self.path / "control.jsonl"

    def checkpoint_file(self, which: str = "last") -> Path:
        """which: "last" or "best"."""
        return self.path / "checkpoints" / f"{which}.safetensors"

    @property
    def preparation_file(self) -> Path:
        """preparation.json, how rows became inputs."""
        return self.path / "preparation.json"

    def write_preparation(self, preparation: dict[str, Any]) -> None:
        """Keep how the data was made into inputs, for rows that come later. Raises RunError."""
        try:
            write_private(self.preparation_file, json.dumps(preparation))
        except OSError as error:
            raise RunError(f"Cannot write {self.preparation_file}: {error.strerror or error}.") from None

    def preparation(self) -> dict[str, Any]:
        """What `write_preparation` kept. Raises RunError."""
        try:
            preparation: dict[str, Any] = json.loads(self.preparation_file.read_text(encoding="utf-8"))
            return preparation
        except FileNotFoundError:
            raise RunError(f"{self.path} does not say how its data was prepared: it has no preparation.json.") from None
        except (OSError, ValueError) as error:
            raise RunError(f"Cannot read {self.preparation_file}: {error}.") from None

    def config(self) -> RunConfig:
        """What `run.toml` says. Raises RunError."""
        return self.here(RunConfig.read(self.config_file))

    def here(self, config: RunConfig) -> RunConfig:
        """The configuration with rows that are kept in this folder looked for here, wherever it was moved to."""
        if config.dataset.rows:
            return replace(config, dataset=replace(config.dataset, data_dir=str(self.path)))
        return config

    def write_config(self, config: RunConfig) -> None:
        """Put another configuration into `run.toml`, whole or not at all; what else it says stays.

        Raises RunError or OSError.
        """
        record = read_toml(self.config_file)
        own = {"format", *(part.name for part in fields(RunConfig))}
        header = {key: value for key, value in record.items() if key not in own}
        replace_private(self.config_file, config.to_toml(**header).encode())


def create_run(config: RunConfig, runs_dir: Path, name: str | None = None) -> RunFolder:
    """A new folder with its `run.toml`. `name` is the slug; else the hidden layers' sizes. Raises RunError."""
    slug = name or "-".join(map(str, config.network.hidden)) or "linear"
    try:
        path = new_folder(runs_dir, config.dataset.name, slug)
        return fill_run(path, config)
    except OSError as error:
        raise RunError(
            f"Cannot write the run into {runs_dir}: {error.strerror or error}. Choose another folder with --runs-dir."
        ) from None


def new_folder(runs_dir: Path, data: str, slug: str) -> Path:
    """A new, empty folder `<time>-<data>-<slug>` in the runs folder, which is made where it is not there.

    Raises OSError.
    """
    base = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{_slug(Path(data).stem)}-{_slug(slug)}"
    runs_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for attempt in itertools.count(1):
        path = runs_dir / (base if attempt == 1 else f"{base}-{attempt}")
        try:
            path.mkdir(mode=0o700)
            break
        except FileExistsError:
            continue
    return path


def fill_run(path: Path, config: RunConfig) -> RunFolder:
    """A run in a folder that is there and empty: its `run.toml`, and a place for checkpoints. Raises OSError."""
    folder = RunFolder(path)
    (path / "checkpoints").mkdir(mode=0o700, exist_ok=True)
    now = datetime.now(UTC).replace(microsecond=0)
    write_private(folder.config_file, config.to_toml(name=path.name, created=now, version=version("dnn-tui")))
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whatever the umask. Raises OSError."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)  # one that was there already keeps its mode otherwise
        file.write(text)


def replace_private(path: Path, contents: bytes) -> None:
    """Write a file that only its owner may read: on the disk, whole, when this returns; or the one before still is.

    Raises OSError.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """A rename is only as durable as its folder."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def list_runs(runs_dir: Path) -> list[RunFolder]:
    """All runs in a folder, newest first (their names begin with the time)."""
    try:
        found = [RunFolder(path) for path in runs_dir.iterdir() if (path / "run.toml").is_file()]
    except OSError:  # no such folder: nothing was recorded yet
        return []
    return sorted(found, key=lambda run: (run.config_file.stat().st_mtime_ns, run.name), reverse=True)


def find_run(runs_dir: Path, name: str | None = None) -> RunFolder:
    """The run of that name, path, or unambiguous part of a name; without one, or as `newest`, the newest.

    Raises RunError.
    """
    for where in (Path(), runs_dir):  # a path; or a trial of a search, as `digits-search/trial-003`
        if name and (where / name / "run.toml").is_file():
            return RunFolder((where / name).resolve())
    runs = list_runs(runs_dir)
    if not runs:
        raise RunError(f"There are no runs in {runs_dir} yet: start one with `dnn-tui train digits`.")
    return one_called(name, runs, runs_dir, "run", "runs")


class Named(Protocol):
    """What has a name."""

    @property
    def name(self) -> str:
        """The name."""


Found = TypeVar("Found", bound=Named)


def one_called(name: str | None, found: Sequence[Found], where: Path, one: str, several: str) -> Found:
    """Of what was found, newest first, that of the name or of an unambiguous part of it; without one the newest.

    one, several: what such a thing is called. Raises RunError.
    """
    if name in (None, "", "newest"):
        return found[0]
    matches = [each for each in found if each.name == name] or [each for each in found if name in each.name]
    if not matches:
        raise RunError(f"No {one} in {where} is called {name!r}; the newest is {found[0].name}.")
    if len(matches) > 1:
        some = ", ".join(each.name for each in matches[:3]) + (" …" if len(matches) > 3 else "")
        raise RunError(f"{name!r} names {len(matches)} {several} ({some}): give more of the name.")
    return matches[0]


def _slug(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()  # é is e
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "run"
