"""Whether a run is still being trained: told from its writer, never from how long it has been silent."""

import os
import platform
from typing import Any

from .folder import RunFolder
from .log import is_locked


def writer_lives(folder: RunFolder, process: dict[str, Any]) -> bool | None:
    """Whether the run's writer is there; None where that cannot be told (a folder shared with another host).

    process: as `RunStarted.process` (`RunState.process`) has it.
    """
    locked = is_locked(folder.events_file)
    if locked:
        return True
    here = process.get("host") == platform.node()
    if here and (locked is None or process.get("successor")):
        # no locks on this file system, or the run was just handed over to a process that has not taken it up yet
        return process_lives(process.get("pid"))
    return False if here else None


def process_lives(pid: Any) -> bool:
    """Whether a process of that number runs here."""
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, under another user
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """A process that ended but whose parent has not asked how."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
