"""A run on another host: its log comes through the user's own ssh, and is drawn here.

The lines go to a file here and are read from there as any log is: `WatchSession` does not know the difference.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dnn_tui.mlp import Command
from dnn_tui.runs import control
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.relay import PROTOCOL

from .watched import READONLY, WatchSession

NOT_FOUND, SSH_FAILED = 127, 255  # exit codes of a shell and of ssh
LONGEST_WAIT = 30.0  # seconds between two attempts to connect again


class RemoteError(ValueError):
    """A host that cannot be reached, or has no fitting dnn-tui: one sentence for the user."""


@dataclass(frozen=True)
class Remote:
    """HOST:RUN as it is given; run "" is the newest. program: dnn-tui's name there, with arguments."""

    host: str
    run: str = ""
    program: str = "dnn-tui"
    runs_dir: str | None = None

    def command(self, after: int, readonly: bool, again: bool) -> list[str]:
        """The ssh command that relays the run from byte `after` of its log on."""
        there = [self.program, "relay", *([shlex.quote(self.run)] if self.run else []), "--after", str(after)]
        if readonly:
            there.append("--readonly")
        if self.runs_dir:
            there += ["--runs-dir", shlex.quote(self.runs_dir)]
        alive = ("-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "ConnectTimeout=10")
        # JSON lines shrink to a tenth; nobody can answer a question for a password once the panels are drawn
        more = ("-o", "Compression=yes", *(("-o", "BatchMode=yes") if again else ()))
        return [*shlex.split(os.environ.get("DNN_TUI_SSH", "ssh")), "-T", *alive, *more, self.host, " ".join(there)]


def parse_remote(text: str | None) -> tuple[str, str] | None:
    """(host, run) of HOST: or HOST:RUN; None if it is no such thing."""
    text = text or ""
    found = re.fullmatch(r"([^\s:/][^\s:/]*):(\S*)", text)
    if found is None or Path(text).exists():
        return None
    host, run = found.groups()
    if host.startswith("-"):  # ssh would take it for an option
        raise RemoteError(f"{host!r} is no host.")
    return host, run


class Connection:
    """One ssh process and the relay behind it, once it has said who it is. Raises RemoteError."""

    def __init__(self, remote: Remote, after: int, readonly: bool, again: bool = False) -> None:
        command = remote.command(after, readonly, again)
        self.remote = remote
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process that writes it
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=again
            )
        except OSError as error:
            raise RemoteError(f"Cannot run {command[0]}: {error.strerror}; watching a host needs ssh.") from None
        # both are pipes, as asked for above
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        try:
            self.hello = self._handshake()
        except BaseException:
            self.close()
            raise

    def _handshake(self) -> dict[str, Any]:
        for line in self._from:  # a login script may print something first
            if not line.startswith(b'{"relay":'):
                continue
            hello: dict[str, Any] = json.loads(line)
            if hello["relay"] != PROTOCOL:
                raise RemoteError(
                    f"dnn-tui on {self.remote.host} is version {hello.get('version')}, which does not understand this "
                    f"one: install the same version on both."
                )
            return hello
        raise RemoteError(self._why_not())

    def _why_not(self) -> str:
        host, program = self.remote.host, self.remote.program
        code = self._process.wait()
        self._errors.seek(0)
        said = [line.strip() for line in self._errors.read().decode(errors="replace").splitlines() if line.strip()]
        last = said[-1] if said else f"ssh ended with code {code}"
        if code == SSH_FAILED:
            return f"Cannot reach {host}: {last.removeprefix('ssh: ')}."
        if code == NOT_FOUND:
            return f"There is no {program} on {host}: install it there, or say where it is with --remote-command."
        if any("No such command" in line for line in said):
            return f"dnn-tui on {host} is too old to be watched from here: install the same version on both."
        return f"{host}: {last.removeprefix('dnn-tui: ')}"

    def __iter__(self) -> Iterator[bytes]:
        """Lines as they come, until the connection ends."""
        return iter(self._from)

    def send(self, line: bytes) -> None:
        """Raises OSError when the connection is gone."""
        self._to.write(line)
        self._to.flush()

    def end(self) -> None:
        """Break the connection off; whoever reads from it finds its end."""
        self._process.terminate()

    def close(self) -> None:
        """End it, and let go of its files. Nobody may be reading."""
        self.end()
        self._process.wait()
        self._from.close()
        self._errors.close()
        with suppress(OSError):  # what was not sent yet has no reader
            self._to.close()


class RemoteSession(WatchSession):
    """Follows a run on another host; after a drop it connects again and goes on where it was. Raises RemoteError."""

    def __init__(self, remote: Remote, readonly: bool = False) -> None:
        self._connection = Connection(remote, 0, readonly)
        hello = self._connection.hello
        self._remote = Remote(remote.host, str(hello["run"]), remote.program, remote.runs_dir)
        self._wanted_readonly = readonly
        self._folder = tempfile.mkdtemp(prefix="dnn-tui-")
        super().__init__(RunFolder(Path(self._folder)), bool(hello["readonly"]))
        self.title = f"{remote.host}:{hello['run']}" + READONLY * self.readonly
        self._after = 0  # how far the far log has been taken in
        self._there = True  # whether the writer lives, as the relay tells
        self._pump = threading.Thread(target=self._run_pump, name="relay", daemon=True)

    def start(self) -> None:
        super().start()
        self._pump.start()

    def close(self) -> None:
        self._closing.set()
        self._connection.end()
        super().close()
        self._pump.join(1.0)  # it may be connecting again just now: not worth waiting for
        if not self._pump.is_alive():
            self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # ---- what differs from a run of this host

    def _writer_lives(self) -> bool:
        return self._there

    def _ask(self, command: Command) -> None:
        control.check(command)
        record = {"command": command.name, "value": command.value, "by": command.by}
        try:
            self._connection.send(json.dumps(record).encode() + b"\n")
        except (OSError, ValueError):
            self.state.say(f"{self._remote.host} cannot be reached now: {command.name} was not sent.", "error")

    # ---- the line

    def _run_pump(self) -> None:
        try:
            while not self._closing.is_set():
                self._take_lines()
                if not self._closing.is_set():
                    self._connect_again()
        except BaseException as error:
            self.error = error
            self.state.say(f"{type(error).__name__}: {error}", "error")

    def _take_lines(self) -> None:
        batch: list[bytes] = []  # of a half-sent batch nothing is kept: it comes again, whole
        for line in self._connection:
            if not line.startswith(b'{"relay":'):
                batch.append(line)
                continue
            try:
                record = json.loads(line)
            except ValueError:  # the line broke off
                return
            match record["relay"]:
                case "at":
                    # a new writer has begun: told here, before the relay's own word comes, or the run that was
                    # just resumed would be taken for dead once more
                    self._there |= any(kept.startswith(b'{"event":"run_started"') for kept in batch)
                    self._keep(batch)
                    batch, self._after = [], record["offset"]
                case "restart":
                    self._after = 0
                    self.folder.events_file.unlink(missing_ok=True)
                case "writer":
                    self._there = bool(record["lives"])
                case "refused":
                    self.state.say(str(record["why"]), "error")

    def _keep(self, lines: list[bytes]) -> None:
        with self.folder.events_file.open("ab") as file:
            file.writelines(lines)

    def _connect_again(self) -> None:
        self._connection.close()
        host, wait, why = self._remote.host, 1.0, ""
        self.state.say(f"The connection to {host} was lost; trying again.", "warning")
        while not self._closing.wait(wait):
            try:
                self._connection = Connection(self._remote, self._after, self._wanted_readonly, again=True)
            except RemoteError as error:
                if str(error) != why:
                    why = str(error)
                    self.state.say(why, "warning")
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                self.state.say(f"Connected to {host} again; nothing was missed.", "info")
                return
