"""Steering a search: a line each in its `control` file, from any viewer; who carries the search on reads along."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from .folder import SearchError, SearchFolder
from .space import SpaceError, read_space

COMMANDS = "pause, go, stop, stop TRIAL, add N, narrow NAME a..b"
MOST_ADDED = 10_000


@dataclass(frozen=True)
class Steer:
    """One command. number: of the trial (stop), or of trials (add); name and range: of narrow."""

    word: str
    number: int | None = None
    name: str = ""
    range: str = ""


def parse_steer(text: str) -> Steer:
    """The command of one line. Raises SearchError."""
    match text.split():
        case ["pause" | "go" | "stop" as word]:
            return Steer(word)
        case ["stop" | "add" as word, number] if number.isascii() and number.isdigit():
            if word == "add" and not 1 <= int(number) <= MOST_ADDED:
                raise SearchError(f"{number} trials cannot be added: give a number from 1 to {MOST_ADDED:,}.")
            return Steer(word, int(number))
        case ["narrow", name, span]:
            return Steer("narrow", name=name, range=span)
    raise SearchError(f"A search cannot be asked to {text.strip()!r}: use {COMMANDS}.")


def steer(folder: SearchFolder, command: str) -> None:
    """Append a command for who carries the search on. Raises SearchError and SpaceError, and then appends nothing."""
    wish = parse_steer(command)
    if wish.word == "narrow":
        try:
            read_space(folder.plan().space).narrowed(wish.name, wish.range)
        except SpaceError as error:
            raise SearchError(str(error)) from None
    if not folder.lives:
        raise SearchError(f"Nobody carries {folder.name} on: begin again with `dnn-tui search --resume {folder.name}`.")
    try:
        fd = os.open(folder.control_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(fd, (" ".join(command.split()) + "\n").encode())  # one write: lines of several viewers do not mix
        finally:
            os.close(fd)
    except OSError as error:
        raise SearchError(f"Cannot steer {folder.name}: {error.strerror}.") from None


class Heard:
    """Reads what is asked from now on; what was asked of a process before is past."""

    def __init__(self, folder: SearchFolder) -> None:
        self._path = folder.control_file
        try:
            self._offset = self._path.stat().st_size
        except OSError:
            self._offset = 0

    def read(self) -> Iterator[Steer]:
        """The commands since the last call; what is none is passed over."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except OSError:
            return
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        for line in data[:whole].decode(errors="replace").splitlines():
            try:
                yield parse_steer(line)
            except SearchError:
                continue
