"""Steering from outside: viewers append commands to `control.jsonl`, the trainer's process reads them from there."""

import getpass
import json
import math
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dnn_tui.mlp import Command
from dnn_tui.mlp.tiles import TilesError, Wish

from .config import RunError
from .folder import RunFolder

# what may be asked from outside, and whether it needs a value
COMMANDS = {
    "pause": False,
    "resume": False,
    "step": False,
    "stop": False,
    "checkpoint": False,
    "set_lr": True,
    "pace": True,
    "sample": True,
    "prolong": True,
    "tiles": True,
    "stay": True,
    "change": True,
    "undo": False,
    "redo": False,
}
LONGEST = 4000  # characters of a change
POLL_SECONDS = 0.05


def who() -> str:
    """This process, as the log names who asked for something: user@host:pid."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user number without a name
        user = str(os.getuid())
    return f"{user}@{platform.node()}:{os.getpid()}"


def is_writable(folder: RunFolder) -> bool:
    """Whether this user may steer the run."""
    file = folder.control_file
    return os.access(file, os.W_OK) if file.exists() else os.access(folder.path, os.W_OK)


def check(command: Command) -> None:
    """Raise RunError unless a trainer would understand the command."""
    if command.name not in COMMANDS:
        raise RunError(f"A run cannot be asked to {command.name!r}: use one of {', '.join(COMMANDS)}.")
    if not COMMANDS[command.name]:
        return
    value = command.value
    if command.name == "tiles":
        try:
            Wish.parse(value)
        except TilesError as error:
            raise RunError(str(error)) from None
        return
    if command.name == "change":
        if not isinstance(value, str) or not value.strip():
            raise RunError("change needs a text that says what to change, such as hidden=8,8.")
        if len(value) > LONGEST or not value.isprintable():
            raise RunError(f"A change is one line of at most {LONGEST:,} characters.")
        return
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise RunError(f"{command.name} needs a number.")
    if command.name == "set_lr" and not value > 0:
        raise RunError(f"{value:g} is no learning rate: give a number above 0.")
    if command.name == "prolong" and not (value >= 1 and value == int(value)):
        raise RunError(f"{value:g} is no number of epochs: give a whole number from 1.")


def ask(folder: RunFolder, command: Command) -> None:
    """Append a command for the run's trainer. Raises RunError."""
    check(command)
    record = {"time": time.time(), "command": command.name, "value": command.value, "by": command.by or who()}
    try:
        fd = os.open(folder.control_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(fd, (json.dumps(record) + "\n").encode())  # one write: lines of several viewers do not mix
        finally:
            os.close(fd)
    except OSError as error:
        raise RunError(f"Cannot steer {folder.name}: {error.strerror}.") from None


def parse(line: bytes | str) -> Command:
    """The command of one line. Raises RunError."""
    try:
        record = json.loads(line)
        command = Command(record["command"], record.get("value"), str(record.get("by", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RunError(f"No command: {str(line)[:60]}") from None
    check(command)
    return command


class ControlTail:
    """Reads what is asked from now on; what was asked of an earlier process of the run is past."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._offset = path.stat().st_size
        except OSError:
            self._offset = 0

    def read(self) -> list[Command]:
        """The commands asked since the last call; what is no command is passed over."""
        try:
            size = self.path.stat().st_size
            if size <= self._offset:
                self._offset = size
                return []
            with self.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except OSError:
            return []
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        commands = []
        for line in data[:whole].splitlines():
            try:
                commands.append(parse(line))
            except RunError:
                continue  # somebody's typing error must not end the training
        return commands


@contextmanager
def listening(folder: RunFolder, send: Callable[[Command], None]) -> Iterator[None]:
    """While inside, hand every command asked through the folder to `send`, from a thread."""
    tail, closing = ControlTail(folder.control_file), threading.Event()

    def listen() -> None:
        while not closing.wait(POLL_SECONDS):
            for command in tail.read():
                send(command)

    thread = threading.Thread(target=listen, name="control", daemon=True)
    thread.start()
    try:
        yield
    finally:
        closing.set()
        thread.join()
