"""Relaying a run: its log goes out as it is, line by line, commands come in. What `watch HOST:RUN` talks to.

Out, besides the log's own lines, whose objects have the key "event":

    {"relay": 1, "version": …, "run": …, "readonly": …}   once, first: the protocol's number, and who speaks
    {"relay": "at", "offset": N}        what was sent so far reaches to byte N of the log: `--after N` goes on there
    {"relay": "restart"}                the log was replaced: forget what was sent
    {"relay": "writer", "lives": …}     the trainer's process was found gone, or is there again
    {"relay": "refused", "why": …}      a command could not be passed on

In: lines as in `control.jsonl`. The end of the input ends the relay.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any, BinaryIO

from dnn_tui.mlp.events import EventError, RunEnded, RunStarted

from . import control
from .config import RunError
from .folder import RunFolder
from .liveness import writer_lives
from .log import LineTail, decode

PROTOCOL = 1
POLL_SECONDS = 0.05
MOST_SNAPSHOTS = 100  # of what is past when a viewer comes: each is some kilobytes, and the line may be slow
BATCH = 1 << 16  # bytes
SNAPSHOT = b'{"event":"snapshot"'
STARTED = b'{"event":"run_started"'


class Relay:
    """Serves one viewer of one run."""

    def __init__(self, folder: RunFolder, output: BinaryIO, after: int = 0, readonly: bool = False) -> None:
        self.folder, self.readonly = folder, readonly or not control.is_writable(folder)
        self._output = output
        self._tail = LineTail(folder.events_file, after)
        self._process: dict[str, Any] = {}
        self._lives = True
        self._ended = False
        self._closing = threading.Event()

    def serve(self, commands: Iterable[bytes]) -> None:
        """Relay until `commands` ends. Raises BrokenPipeError when the viewer has gone away."""
        self._say(relay=PROTOCOL, version=version("dnn-tui"), run=self.folder.name, readonly=self.readonly)
        listener = threading.Thread(target=self._listen, args=(commands,), name="commands", daemon=True)
        listener.start()
        self._send_past()
        checked_at = 0.0
        while not self._closing.wait(POLL_SECONDS):
            self._send(self._tail.read_lines())
            if time.monotonic() - checked_at >= 1.0:
                checked_at = time.monotonic()
                self._look_after_the_writer()

    def _send_past(self) -> None:
        """What is in the log already, with only some of its snapshots."""
        begin = self._tail.offset
        count = 0
        if self.folder.events_file.exists():
            with self.folder.events_file.open("rb") as file:
                file.seek(begin)
                count = sum(line.startswith(SNAPSHOT) for line in file)
        every, seen, begun = max(1, -(-count // MOST_SNAPSHOTS)), 0, False

        def keep(line: bytes) -> bool:
            nonlocal seen, begun
            if not line.startswith(SNAPSHOT):
                begun |= line.startswith(STARTED)
                return True
            seen += 1
            first, begun = begun, False  # of a start or a change: it alone has the rows that are drawn
            return first or (count - seen) % every == 0  # the newest is among them

        while self._send(self._tail.read_lines(), keep):
            pass

    def _send(self, lines: list[bytes], keep: Callable[[bytes], bool] = lambda line: True) -> bool:
        """Send lines just read, in batches that a slow line has through in a few seconds; whether there were any."""
        if self._tail.restarted:
            self._say(relay="restart")
        offset = self._tail.offset - sum(map(len, lines)) - len(lines)
        batch, size = [], 0
        for k, line in enumerate(lines, 1):
            offset += len(line) + 1
            self._look_at(line)
            if keep(line):
                batch.append(line)
                size += len(line)
            if size >= BATCH or k == len(lines):
                self._output.write(b"".join(line + b"\n" for line in batch))
                self._say(relay="at", offset=offset)
                batch, size = [], 0
        return bool(lines)

    def _look_at(self, line: bytes) -> None:
        """Learn from the log who writes it."""
        try:
            if line.startswith(STARTED) and isinstance(event := decode(line), RunStarted):
                self._process, self._ended = event.process, False
                if not self._lives:  # said first, or the viewer would lose the run again
                    self._lives = True
                    self._say(relay="writer", lives=True)
            elif line.startswith(b'{"event":"run_ended"') and isinstance(decode(line), RunEnded):
                self._ended = True
            elif found := re.search(rb'"command":"detach","value":(\d+)', line):
                self._process = {**self._process, "pid": int(found.group(1)), "successor": True}
        except (EventError, ValueError):
            return  # the viewer counts bad lines

    def _look_after_the_writer(self) -> None:
        lives = self._ended or not self._process or writer_lives(self.folder, self._process) is not False
        if lives != self._lives:
            self._send(self._tail.read_lines())  # what it said last may have come just now
            self._lives = lives
            if not self._ended:
                self._say(relay="writer", lives=lives)

    def _listen(self, commands: Iterable[bytes]) -> None:
        for line in commands:
            try:
                if self.readonly:
                    raise RunError("This run can only be watched from here.")
                control.ask(self.folder, control.parse(line))
            except RunError as error:
                self._say(relay="refused", why=str(error))
        self._closing.set()

    def _say(self, **record: Any) -> None:
        self._output.write(json.dumps(record).encode() + b"\n")
        self._output.flush()
