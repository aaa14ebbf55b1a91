"""What the relay sends: the log's own lines, only some old pictures, and where they end."""

import io
import json
import os
import threading
import time
from dataclasses import replace

import pytest

from dnn_tui.mlp.events import RunStarted, Snapshot
from dnn_tui.runs.config import DatasetConfig, RunConfig
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.log import encode, read_log
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.relay import MOST_SNAPSHOTS, Relay


@pytest.fixture
def folder(trainer, tmp_path):
    """A finished run with 250 more snapshots than it took."""
    folder = create_run(RunConfig(DatasetConfig("blobs")), tmp_path)
    events = list(recorded(trainer, folder))
    snapshot = next(event for event in events if isinstance(event, Snapshot))
    with folder.events_file.open("a", encoding="utf-8") as file:
        file.writelines(encode(snapshot) + "\n" for _ in range(250))
    return folder


class Viewer:
    """Runs a relay in a thread and takes what it sends."""

    def __init__(self, folder, after: int = 0) -> None:
        self.output = io.BytesIO()
        reading, self.commands = os.pipe()
        self._thread = threading.Thread(
            target=Relay(folder, self.output, after).serve, args=(os.fdopen(reading, "rb"),), daemon=True
        )
        self._thread.start()

    def wait_for(self, text: str) -> list[bytes]:
        until = time.monotonic() + 300
        while text.encode() not in self.output.getvalue():
            assert time.monotonic() < until, text
            time.sleep(0.02)
        return self.output.getvalue().splitlines()

    def leave(self) -> None:
        os.close(self.commands)
        self._thread.join(300)
        assert not self._thread.is_alive()


def at(offset: int) -> str:
    return json.dumps({"relay": "at", "offset": offset})


def test_every_event_is_sent_as_it_stands_but_only_some_of_the_old_pictures(folder):
    log = folder.events_file.read_bytes()
    viewer = Viewer(folder)
    sent = [line for line in viewer.wait_for(at(len(log))) if not line.startswith(b'{"relay":')]
    viewer.leave()
    lines = log.splitlines()
    pictures = [line for line in sent if b'"snapshot"' in line]
    assert [line for line in sent if line not in pictures] == [line for line in lines if b'"snapshot"' not in line]
    assert MOST_SNAPSHOTS / 2 < len(pictures) <= MOST_SNAPSHOTS
    assert sent[-1] == lines[-1]


def test_the_first_picture_after_a_change_is_always_sent_since_it_alone_has_the_rows(folder):
    events = read_log(folder.events_file)[0]
    start = next(event for event in events if isinstance(event, RunStarted))
    last = next(event for event in reversed(events) if isinstance(event, Snapshot))
    for rank in range(5):  # at every place among those of which one in three is sent
        with folder.events_file.open("a", encoding="utf-8") as file:
            file.write(encode(replace(start, step=last.step, change=f"change {rank}")) + "\n")
            file.writelines(encode(replace(last, elapsed=1e6 + rank + k / 10)) + "\n" for k in range(4))
    viewer = Viewer(folder)
    sent = viewer.wait_for(at(len(folder.events_file.read_bytes())))
    viewer.leave()
    elapsed = [json.loads(line).get("elapsed", 0) for line in sent]
    assert {1e6 + rank for rank in range(5)} <= set(elapsed)
    assert not {1e6 + rank + k / 10 for rank in range(5) for k in (1, 2, 3)} <= set(elapsed)


def test_a_change_is_passed_on_as_it_was_typed_and_what_is_none_is_refused(folder):
    viewer = Viewer(folder)
    for value in ("formula=sin(3*x1) > x2; hidden=8,8", 3):
        os.write(viewer.commands, json.dumps({"command": "change", "value": value, "by": "far"}).encode() + b"\n")
    refused = next(json.loads(line) for line in viewer.wait_for('{"relay": "refused"') if b'"refused"' in line)
    viewer.leave()
    (asked,) = folder.control_file.read_text(encoding="utf-8").splitlines()
    assert json.loads(asked)["value"] == "formula=sin(3*x1) > x2; hidden=8,8"
    assert refused["why"] == "change needs a text that says what to change, such as hidden=8,8."


def test_it_goes_on_after_a_place_and_with_what_is_appended(folder):
    log = folder.events_file.read_bytes()
    first = log.index(b"\n") + 1
    viewer = Viewer(folder, after=first)
    sent = viewer.wait_for(at(len(log)))
    assert json.loads(sent[0])["relay"] == 1
    later = [line for line in log.splitlines()[1:] if b'"snapshot"' not in line]
    assert [line for line in sent if b'"snapshot"' not in line and b'{"relay"' not in line] == later
    with folder.events_file.open("ab") as file:
        file.write(b'{"event":"alert"}\n{"event":"half')
    assert viewer.wait_for(at(len(log) + 18))[-2] == b'{"event":"alert"}'
    viewer.leave()


def test_a_log_that_was_replaced_is_sent_from_its_start(folder):
    log = folder.events_file.read_bytes()
    viewer = Viewer(folder, after=len(log) + 1_000)
    sent = viewer.wait_for(at(len(log)))
    assert json.loads(sent[1]) == {"relay": "restart"}
    assert sent[2] == log.splitlines()[0]
    viewer.leave()


def test_commands_go_to_the_control_file_and_nonsense_is_answered(folder):
    viewer = Viewer(folder)
    os.write(viewer.commands, b'nonsense\n{"command": "set_lr", "value": 0.5, "by": "ada@laptop:1"}\n')
    viewer.wait_for('"refused"')
    viewer.leave()
    (line,) = folder.control_file.read_text(encoding="utf-8").splitlines()
    record = json.loads(line)
    assert (record["command"], record["value"], record["by"]) == ("set_lr", 0.5, "ada@laptop:1")
