"""The event log: one JSON line an event, only ever appended to, and its reader that follows along."""

import json
from pathlib import Path

from dnn_tui.mlp.events import Event, EventError, from_json, to_json


def encode(event: Event) -> str:
    """The event as one line of JSON, without the line end."""
    return json.dumps(to_json(event), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class LogWriter:
    """Appends whole lines, each handed to the operating system at once: a killed process loses none of them."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", newline="\n")

    def write(self, event: Event) -> None:
        self._file.write(encode(event) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class LogTail:
    """Reads a log from its start and then what is appended to it.

    A half-written line waits for its end. A bad line is counted in `bad_lines` and passed over.
    """

    CHUNK = 1 << 22

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bad_lines = 0
        self.restarted = False  # the file shrank: what was read before is no longer there
        self._offset = 0
        self._half = b""

    def read(self) -> list[Event]:
        """The events that were completed since the last call (at most some megabytes of them; call again)."""
        self.restarted = False
        try:
            size = self.path.stat().st_size
            if size < self._offset:
                self._offset, self._half, self.bad_lines, self.restarted = 0, b"", 0, True
            if size == self._offset:
                return []
            with self.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(self.CHUNK)
        except FileNotFoundError:
            return []
        self._offset += len(data)
        *lines, self._half = (self._half + data).split(b"\n")
        events = []
        for line in lines:
            if not line.strip():
                continue
            try:
                events.append(from_json(json.loads(line)))
            except (EventError, ValueError):
                self.bad_lines += 1
        return events


def read_log(path: Path) -> tuple[list[Event], int]:
    """All events of a log, and how many of its lines were bad."""
    tail, events = LogTail(path), []
    while batch := tail.read():
        events += batch
    return events, tail.bad_lines
