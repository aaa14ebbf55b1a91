"""What a run holds is its owner's alone, whatever the umask says."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from recorded import state_of, wait_until
from terminal import DNN_TUI

from dnn_tui.runs import control
from dnn_tui.runs.folder import RunFolder, find_run


@pytest.mark.slow
def test_every_file_of_a_run_is_readable_by_its_owner_alone_even_under_umask_0(tmp_path):
    env = {**os.environ, "DNN_TUI_RUNS": str(tmp_path / "runs"), "OMP_NUM_THREADS": "1"}
    words = ("train", "xor", "--epochs", "3", "--engine", "numpy", "--detach")
    done = subprocess.run([DNN_TUI, *words], env=env, umask=0, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    folder = find_run(tmp_path / "runs")
    control.ask(folder, control.parse('{"command": "checkpoint"}'))
    wait_until(lambda: state_of(folder).ended)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "runs").rglob("*")}
    names = {path.name for path in modes}
    assert names >= {"run.toml", "preparation.json", "events.jsonl", "last.safetensors", "best.safetensors"}
    assert {path: oct(mode) for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_who_may_read_a_run_watches_it_read_only(tmp_path):
    """Asked as that user: the folder is opened to reading, and no command can be left in it."""
    env = {**os.environ, "DNN_TUI_RUNS": str(tmp_path / "runs"), "OMP_NUM_THREADS": "1"}
    words = ("train", "xor", "--epochs", "1", "--engine", "numpy", "--headless")
    subprocess.run([DNN_TUI, *words], env=env, capture_output=True, timeout=600, check=True)
    folder = find_run(tmp_path / "runs")
    for path in [*folder.path.rglob("*"), folder.path, folder.path.parent, *tmp_path.parents, tmp_path]:
        if path != Path("/") and path.is_relative_to("/tmp") and path != Path("/tmp"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    told = as_nobody(lambda: f"{control.is_writable(folder)} {state_of(folder).ended.reason} {refused(folder)}")
    assert told == "False completed True"


def refused(folder: RunFolder) -> bool:
    """Whether a watching session keeps a command to itself and says so."""
    from dnn_tui.mlp import Command
    from dnn_tui.tui.sessions.watched import WatchSession

    session = WatchSession(folder)
    session.poll()
    before = folder.control_file.exists()
    session.send(Command("pause"))
    return session.readonly and "read" in session.title and folder.control_file.exists() == before


def as_nobody(tell) -> str:
    """What `tell` says in a child process that belongs to user 65534."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            answer = tell()
        except BaseException as error:
            answer = repr(error)
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8") as answer:
        return answer.read()
