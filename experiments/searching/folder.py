"""A search's folder: `search.toml` says what was asked, `journal.log` what became of it, each trial is a run inside."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tomli_w

from dnn_tui.runs.config import DatasetConfig, RunConfig, RunError, read_toml
from dnn_tui.runs.folder import RunFolder, new_folder, one_called, write_private
from dnn_tui.runs.log import is_locked

FORMAT = 1
SAMPLERS = ("tpe", "random", "grid")
PRUNERS = ("median", "hyperband", "none")
METRICS = ("loss", "accuracy", "mae", "r2")


class SearchError(ValueError):
    """A search that cannot be found, begun or steered: one sentence for the user."""


@dataclass(frozen=True)
class Plan:
    """What was asked of a search: everything needed to go on with it.

    dataset: as a run has it, its seed said. space: by setting what was typed. metric: what trials are chosen by, on
    the validation rows; second: the figure shown beside it. finalists: how many of the best are trained again, each
    with so many other `seeds`. threads: of a trial; workers: at once. cluster: a Dask scheduler's address, "" for
    workers of our own. storage: an Optuna storage URL, "" for the journal in the folder.
    """

    dataset: DatasetConfig
    space: Mapping[str, str] = field(default_factory=dict)
    recipe: str = ""
    trials: int = 40
    sampler: str = "tpe"
    pruner: str = "median"
    metric: str = "loss"
    second: str = "accuracy"
    seed: int = 0
    finalists: int = 3
    seeds: int = 3
    threads: int = 1
    workers: int = 1
    cluster: str = ""
    storage: str = ""

    def to_toml(self, **header: Any) -> str:
        """TOML text, `header` (name, created, version) first."""
        plain = asdict(self)
        dataset = {key: value for key, value in plain.pop("dataset").items() if value is not None}
        return tomli_w.dumps({"format": FORMAT, **header, **plain, "dataset": dataset, "space": dict(self.space)})

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """What a `search.toml` says. Raises SearchError."""
        try:
            record = read_toml(path)
            dataset = RunConfig.from_dict({"dataset": record.get("dataset", {})}).dataset
        except RunError as error:
            raise SearchError(f"{path} describes no search: {error}") from None
        usual = {part.name: getattr(cls(dataset), part.name) for part in fields(cls)}
        known = {key: value for key, value in record.items() if key in usual and key != "dataset"}
        for key, value in known.items():
            kind = Mapping if key == "space" else type(usual[key])
            if not isinstance(value, kind) or (key == "space" and not all(isinstance(v, str) for v in value.values())):
                raise SearchError(f"{path} describes no search: {key} is {value!r}.")
        return cls(dataset, **known)


@dataclass(frozen=True)
class SearchFolder:
    """The files of one search."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.name

    @property
    def plan_file(self) -> Path:
        """search.toml, what was asked."""
        return self.path / "search.toml"

    @property
    def journal_file(self) -> Path:
        """journal.log, Optuna's."""
        return self.path / "journal.log"

    @property
    def control_file(self) -> Path:
        """control, what viewers ask for, a line each."""
        return self.path / "control"

    @property
    def output_file(self) -> Path:
        """output.txt, what a search in the background says."""
        return self.path / "output.txt"

    def trial(self, number: int) -> RunFolder:
        """A trial's run."""
        return RunFolder(self.path / f"trial-{number:03}")

    def final(self, number: int, seed: int) -> RunFolder:
        """The run of one of the best trials with another seed."""
        return RunFolder(self.path / f"final-{number:03}-seed-{seed}")

    def plan(self) -> Plan:
        """What `search.toml` says. Raises SearchError."""
        return Plan.read(self.plan_file)

    @property
    def runs(self) -> int:
        """How many runs are in it: trials, and the best few again."""
        return sum(1 for _ in self.path.glob("*/run.toml"))

    @property
    def created(self) -> float:
        """When the search was begun, Unix time."""
        try:
            said = read_toml(self.plan_file).get("created")
        except RunError:
            said = None
        return said.timestamp() if isinstance(said, datetime) else self.plan_file.stat().st_mtime

    @property
    def lives(self) -> bool:
        """Whether a process carries it on, as far as that can be told here."""
        return bool(is_locked(self.plan_file))

    @contextmanager
    def carried_on(self) -> Iterator[None]:
        """Be the one process that carries the search on. Raises SearchError where there is one."""
        try:
            fd = os.open(self.plan_file, os.O_RDWR)
        except OSError as error:
            raise SearchError(f"Cannot write {self.path}: {error.strerror}.") from None
        try:
            with suppress(OSError):  # a file system that knows no locks
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise SearchError(
                        f"{self.name} is being searched just now: watch it with `dnn-tui watch {self.name}`."
                    ) from None
            self._mend()
            yield
        finally:
            os.close(fd)

    def _mend(self) -> None:
        """Take away what a killed process left half done in the journal: an unfinished line, and its lock."""
        self.journal_file.with_name(f"{self.journal_file.name}.lock").unlink(missing_ok=True)
        if not self.journal_file.exists():
            return
        with self.journal_file.open("rb+") as file:
            whole = file.read().rfind(b"\n") + 1
            file.truncate(whole)


def create_search(plan: Plan, runs_dir: Path, name: str | None = None) -> SearchFolder:
    """A new folder with its `search.toml`. Raises SearchError."""
    try:
        folder = SearchFolder(new_folder(runs_dir, plan.dataset.name, f"search-{name}" if name else "search"))
        created = datetime.now(UTC).replace(microsecond=0)
        write_private(folder.plan_file, plan.to_toml(name=folder.name, created=created, version=version("dnn-tui")))
    except OSError as error:
        raise SearchError(
            f"Cannot write the search into {runs_dir}: {error.strerror or error}. Choose another with --runs-dir."
        ) from None
    return folder


def list_searches(runs_dir: Path) -> list[SearchFolder]:
    """All searches in a runs folder, newest first."""
    try:
        found = [SearchFolder(path) for path in runs_dir.iterdir() if (path / "search.toml").is_file()]
    except OSError:
        return []
    return sorted(found, key=lambda search: (search.plan_file.stat().st_mtime_ns, search.name), reverse=True)


def find_search(runs_dir: Path, name: str | None = None) -> SearchFolder:
    """The search of that name, path, or unambiguous part of a name; without one, or as `newest`, the newest.

    Raises SearchError.
    """
    if name and (Path(name) / "search.toml").is_file():
        return SearchFolder(Path(name).resolve())
    searches = list_searches(runs_dir)
    if not searches:
        raise SearchError(
            f"There are no searches in {runs_dir} yet: begin one with `dnn-tui search digits --lr 1e-4..1`."
        )
    try:
        return one_called(name, searches, runs_dir, "search", "searches")
    except RunError as error:
        raise SearchError(str(error)) from None
