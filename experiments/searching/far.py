"""A trial on another host: its log is written here line by line as it comes, its checkpoints when it has ended."""

from pathlib import Path

from dnn_tui.mlp.events import EventError
from dnn_tui.runs.config import RunConfig, RunError
from dnn_tui.runs.folder import RunFolder, fill_run, replace_private
from dnn_tui.runs.log import LogWriter, decode


class Mirror:
    """The folder of a run that is trained elsewhere. Whoever watches it sees the run live."""

    def __init__(self, path: Path, config: RunConfig) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        self.folder = RunFolder(path)
        if not self.folder.config_file.exists():
            fill_run(path, config)
        self._log: LogWriter | None = None

    def line(self, text: str) -> None:
        """Take in a line of its log. One that is no event is left out: the whole log comes at the end."""
        try:
            event = decode(text)
        except (EventError, ValueError):
            return
        if event.event == "run_started":  # a worker that died took its log along: it begins anew elsewhere
            self.close()
            self.folder.events_file.unlink(missing_ok=True)
        if self._log is None:
            try:
                self._log = LogWriter(self.folder.events_file)
            except RunError:
                return
        self._log.write(event)

    def finish(self, files: dict[str, bytes]) -> None:
        """Take over the files of a run that has ended, each whole or not at all."""
        self.close()
        for name, contents in files.items():
            path = (self.folder.path / name).resolve()
            if self.folder.path.resolve() not in path.parents:
                continue  # no worker writes beside the run
            path.parent.mkdir(mode=0o700, exist_ok=True)
            replace_private(path, contents)

    def close(self) -> None:
        """Let go of the log."""
        if self._log is not None:
            self._log.close()
            self._log = None
