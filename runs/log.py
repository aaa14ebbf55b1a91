"""The event log: one JSON line an event, only ever appended to, and its reader that follows along."""

import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dnn_tui.mlp.events import Event, EventError, Progress, from_json, to_json

from .config import RunError


@dataclass(frozen=True)
class Place:
    """Where a line stands in the log, in bytes."""

    offset: int
    length: int


@dataclass(frozen=True)
class StoredSnapshot:
    """A snapshot that was passed over: what orders it, and where it can be read when somebody wants to see it."""

    time: float
    step: int
    epoch: int
    elapsed: float
    place: Place


def encode(event: Event) -> str:
    """The event as one line of JSON, without the line end."""
    return json.dumps(to_json(event), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def decode(line: bytes | str) -> Event:
    """The event of one line. Raises EventError or ValueError."""
    record = json.loads(line)
    if type(record) is dict and record.get("event") == "progress":  # by far the most lines, so the short way
        try:
            return Progress(
                float(record["time"]),
                record["step"],
                record["epoch"],
                float(record["elapsed"]),
                tuple(map(float, record["losses"])),
                float(record["lr"]),
                float(record["rate"]),
            )
        except (KeyError, TypeError) as error:
            raise EventError(f"malformed progress event: {error!r}") from None
    return from_json(record)


class LogWriter:
    """Appends whole lines, each handed to the operating system at once: a killed process loses none of them.

    What cannot be written (the disk is full) waits in memory, and goes out before anything that comes after it: a
    line that was cut short goes on where it stopped. `trouble` says why something waits, or "".
    The file is locked while it is written to, so that a run has one writer. Raises RunError.
    """

    MOST_WAITING = 32 << 20  # bytes; a disk that stays full must not fill the memory too

    def __init__(self, path: Path) -> None:
        self.trouble = ""
        self.dropped = 0  # events given up because too much was waiting
        self._waiting = b""
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise RunError(f"Cannot write {path}: {error.strerror}.") from None
        if not self._lock():
            os.close(self._fd)
            raise RunError(f"The run {path.parent.name} is being trained by another process just now.")
        self._end = self._without_half_line()

    def _lock(self) -> bool:
        for _ in range(20):  # a viewer that asks `is_locked` holds the lock for a moment
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.05)
            except OSError:  # a file system that knows no locks
                return True
            else:
                return True
        return False

    def _without_half_line(self) -> int:
        """The log's length, after a line that its killed writer left unfinished was taken off."""
        size, tail, step = os.fstat(self._fd).st_size, b"", 1 << 16
        start = size
        while start and b"\n" not in tail:
            start = max(0, start - step)
            tail = os.pread(self._fd, min(step, size - start), start)
        end = start + tail.rfind(b"\n") + 1
        if end < size:
            os.ftruncate(self._fd, end)
        return end

    def write(self, event: Event) -> Place | None:
        """Append the event, or keep it waiting: its place in the log either way. None where it was given up."""
        line = (encode(event) + "\n").encode()
        if self._waiting:
            self.flush()
        if len(self._waiting) + len(line) > self.MOST_WAITING:
            self.dropped += 1
            return None
        place = Place(self._end, len(line))
        self._end += len(line)
        self._waiting += line
        self.flush()
        return place

    def flush(self) -> None:
        """Hand over what waits."""
        try:
            while self._waiting:
                self._waiting = self._waiting[os.write(self._fd, self._waiting) :]
            self.trouble = "its folder was removed" if os.fstat(self._fd).st_nlink == 0 else ""
        except OSError as error:
            self.trouble = (error.strerror or str(error)).lower()

    def sync(self) -> None:
        """Wait until the disk has what was written: a checkpoint must never be ahead of its log."""
        try:
            os.fsync(self._fd)
        except OSError as error:
            self.trouble = (error.strerror or str(error)).lower()

    def close(self) -> None:
        """Write what waits, and let go of the file and its lock."""
        self.flush()
        os.close(self._fd)


def is_locked(path: Path) -> bool | None:
    """Whether a process has the log open for writing; None where that cannot be told."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    else:
        return False
    finally:
        os.close(fd)


_SNAPSHOT = re.compile(
    rb'\{"event":"snapshot","time":([\d.e+-]+),"step":(\d+),"epoch":(\d+),"elapsed":([\d.e+-]+),.*\}$', re.DOTALL
)


# the plain case, without NaN: everything else takes the long way through JSON
_PROGRESS = re.compile(
    rb'\{"event":"progress","time":([\d.e+-]+),"step":(\d+),"epoch":(\d+),"elapsed":([\d.e+-]+),'
    rb'"losses":\[([\d.,e+-]+)\],"lr":([\d.e+-]+),"rate":([\d.e+-]+)\}$'
)
MANY_LINES = 200  # in one reading: then stretches of Progress are read as one


class LineTail:
    """Reads the whole lines of a file from a place on, and then what is appended to it.

    A half-written line waits for its end. `restarted` says that the file shrank or was replaced: what was read
    before is no longer there, and reading began again at the start.
    """

    CHUNK = 1 << 22

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = offset  # of the first byte that was not given out yet
        self.restarted = False
        self._seen: tuple[int, int, int] | None = None  # the file as it was when nothing more could be read from it
        self._inode = 0

    def read_lines(self) -> list[bytes]:
        """The lines, without their ends, that were completed since the last call: some megabytes at most.

        An empty list means that there are no more for now. Nothing is opened while nothing changes.
        """
        self.restarted = False
        try:
            stat = self.path.stat()
            now = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
            if now == self._seen:
                return []
            if stat.st_size < self.offset or (self._inode and stat.st_ino != self._inode):
                self.offset, self.restarted = 0, True
            self._inode = stat.st_ino
            with self.path.open("rb") as file:
                file.seek(self.offset)
                data = file.read(self.CHUNK)
                while len(data) and b"\n" not in data and (more := file.read(self.CHUNK)):
                    data += more
        except FileNotFoundError:
            return []
        if self.offset + len(data) >= stat.st_size:
            self._seen = now
        whole = data.rfind(b"\n") + 1
        self.offset += whole
        return data[:whole].split(b"\n")[:-1]


class LogTail:
    """Reads a log from its start and then what is appended to it.

    A bad line is counted in `bad_lines` and passed over. With `lazy`, snapshots (most of a log's bytes) come as
    StoredSnapshot and are not decoded, and of a long log several lines of Progress come as one, which says the same.
    """

    def __init__(self, path: Path, lazy: bool = False) -> None:
        self.lazy = lazy
        self.bad_lines = 0
        self.restarted = False  # as LineTail's
        self._lines = LineTail(path)
        self._waiting: list[tuple[bytes, ...]] = []  # the parts of Progress lines to be read as one

    def read(self) -> list[Event | StoredSnapshot]:
        """The events that were completed since the last call (at most some megabytes of them; call again)."""
        events: list[Event | StoredSnapshot] = []
        self.restarted = False
        while not events:  # a stretch of nothing but bad lines is not the end
            lines = self._lines.read_lines()
            if self._lines.restarted:
                self.bad_lines, self.restarted = 0, True
            if not lines:
                break
            offset = self._lines.offset - sum(map(len, lines)) - len(lines)
            together = max(1, len(lines) // MANY_LINES) if self.lazy else 1
            for line in lines:
                try:
                    self._take(line, offset, events, together)
                except (EventError, ValueError):
                    self.bad_lines += bool(line.strip())
                offset += len(line) + 1
            self._flush(events)
        return events

    def _take(self, line: bytes, offset: int, events: list[Event | StoredSnapshot], together: int) -> None:
        """Append what the line at `offset` says; of Progress, up to `together` lines become one event."""
        if self.lazy and (found := _PROGRESS.match(line)):
            parts, waiting = found.groups(), self._waiting
            if waiting and int(waiting[-1][1]) + parts[4].count(b",") + 1 != int(parts[1]):
                self._flush(events)  # a line between them was lost
                waiting = self._waiting
            waiting.append(parts)
            if len(waiting) >= together:
                self._flush(events)
            return
        if self.lazy and (found := _SNAPSHOT.match(line)):
            at, step, epoch, elapsed = found.groups()
            if together == 1:
                self._flush(events)
            place = Place(offset, len(line) + 1)
            events.append(StoredSnapshot(float(at), int(step), int(epoch), float(elapsed), place))
            return
        self._flush(events)
        events.append(decode(line))

    def _flush(self, events: list[Event | StoredSnapshot]) -> None:
        if self._waiting:
            at, step, epoch, elapsed, _, lr, rate = self._waiting[-1]
            losses = tuple(np.fromstring(b",".join(parts[4] for parts in self._waiting), sep=",").tolist())
            self._waiting = []
            events.append(Progress(float(at), int(step), int(epoch), float(elapsed), losses, float(lr), float(rate)))

    def read_all(self) -> Iterator[Event | StoredSnapshot]:
        """Everything up to the log's end."""
        while batch := self.read():
            yield from batch


def read_place(path: Path, place: Place) -> Event:
    """The event at a place of the log. Raises EventError, ValueError or OSError."""
    with path.open("rb") as file:
        file.seek(place.offset)
        return decode(file.read(place.length))


def read_log(path: Path) -> tuple[list[Event], int]:
    """All events of a log, and how many of its lines were bad."""
    tail = LogTail(path)
    events = [event for event in tail.read_all() if not isinstance(event, StoredSnapshot)]  # it is not lazy
    return events, tail.bad_lines
