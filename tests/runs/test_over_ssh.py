"""Watching and steering through a real sshd on the loopback, with keys and configuration of its own."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import warm
from recorded import call, state_of, wait_until
from terminal import Terminal

from dnn_tui.mlp import Command
from dnn_tui.runs.folder import RunFolder, find_run
from dnn_tui.runs.liveness import process_lives
from dnn_tui.runs.relay import PROTOCOL
from dnn_tui.runs.state import RunState
from dnn_tui.tui.sessions.remote import Remote, RemoteError, RemoteSession, parse_remote

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))
SLOW = ("digits", "--epochs", "2000", "--pace", "200", "--hidden", "8", "--engine", "numpy")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not SSHD or not shutil.which("ssh"), reason="needs sshd and ssh (packages openssh-server and openssh-client)"
    ),
]


class Server:
    """An sshd that can be stopped and started; `ssh` is the command that reaches it as host `box`."""

    def __init__(self, where: Path) -> None:
        self.where = where
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", where / key], check=True)
        shutil.copy(where / "user.pub", where / "authorized_keys")
        host_key = (where / "host.pub").read_text(encoding="utf-8")
        (where / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {host_key}", encoding="utf-8")
        (where / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {where}/host\nPidFile none\n"
            f"AuthorizedKeysFile {where}/authorized_keys\nStrictModes no\nPasswordAuthentication no\n"
            "PermitRootLogin yes\nUsePAM no\nPermitUserEnvironment no\n",
            encoding="utf-8",
        )
        (where / "ssh_config").write_text(
            f"Host box\n  HostName 127.0.0.1\n  Port {self.port}\n  User {getpass.getuser()}\n"
            f"  IdentityFile {where}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {where}/known_hosts\n"
            f"Host nowhere\n  HostName 127.0.0.1\n  Port {self.port}\n  IdentityFile {where}/host\n"
            f"  IdentitiesOnly yes\n  UserKnownHostsFile {where}/known_hosts\n  BatchMode yes\n",
            encoding="utf-8",
        )
        self.ssh = f"ssh -F {where}/ssh_config"
        self.start()

    def start(self) -> None:
        Path("/run/sshd").mkdir(parents=True, exist_ok=True) if os.getuid() == 0 else None
        self.process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", self.where / "sshd_config"], stderr=(self.where / "sshd.log").open("ab")
        )
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.where / "sshd.log").read_text(encoding="utf-8"))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def server(tmp_path, monkeypatch):
    server = Server(tmp_path)
    monkeypatch.setenv("DNN_TUI_SSH", server.ssh)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield server
    server.stop()


@pytest.fixture
def run(tmp_path):
    """A slow run in the background, stopped at the end."""
    runs_dir = tmp_path / "runs"
    train(runs_dir, *SLOW, "--detach")
    folder = find_run(runs_dir)
    yield folder
    pid = state_of(folder).process.get("pid")
    if process_lives(pid):
        os.kill(pid, signal.SIGKILL)


def train(runs_dir: Path, *arguments: str) -> None:
    done = warm.run([DNN_TUI, "train", *arguments, "--runs-dir", runs_dir], os.environ)
    assert done.returncode == 0, done.stderr


def remote(folder: RunFolder, run: str = "", **changes) -> Remote:
    return Remote(**{"host": "box", "run": run, "program": DNN_TUI, "runs_dir": str(folder.path.parent), **changes})


def curve(state: RunState) -> list[float]:
    return state.loss.columns(0, state.loss.count, state.loss.count)[0].tolist()


def test_a_viewer_elsewhere_sees_steers_and_loses_nothing_when_the_line_drops(server, run):
    session = RemoteSession(remote(run))
    try:
        session.start()
        state = session.state
        wait_until(lambda: state.step > 20)
        assert state.status == "training"
        assert session.title == f"box:{run.name}"
        session.send(Command("set_lr", 0.125, "keyboard"))
        wait_until(lambda: state.lr == 0.125)

        server.stop()  # nobody answers for a while, and the line is cut
        session._connection.end()
        wait_until(lambda: any("was lost" in entry.text for entry in state.log))
        step = state.step
        session.send(Command("stop", None, "keyboard"))  # cannot be sent, and says so
        wait_until(lambda: any("stop was not sent" in entry.text for entry in state.log))
        time.sleep(1.0)
        server.start()
        wait_until(lambda: state.step > step + 50)
        assert any("nothing was missed" in entry.text for entry in state.log)

        session.send(Command("stop", None, "keyboard"))
        wait_until(lambda: state.ended)
        there = state_of(run)
        assert state.ended == there.ended
        assert curve(state) == curve(there)
        assert state.epochs == there.epochs
        assert state.loss.nonfinite == []
        by = [entry.text for entry in there.log if entry.severity == "command"]
        assert len(by) == 2
        assert f"@{there.process['host']}:{os.getpid()})" in by[0]
    finally:
        session.close()
    assert session.error is None
    assert not session.folder.path.exists()


def test_a_trainer_that_is_killed_there_is_told_here(server, run):
    session = RemoteSession(remote(run))
    try:
        session.start()
        wait_until(lambda: session.state.step > 5)
        os.kill(session.state.process["pid"], signal.SIGKILL)
        wait_until(lambda: session.state.lost)
        assert session.state.status == "crashed"
        train(run.path.parent, "--resume", run.name, "--detach")
        wait_until(lambda: session.state.starts and session.state.status == "training")
    finally:
        session.close()


def test_the_panels_of_a_run_elsewhere(server, run):
    arguments = ("--runs-dir", str(run.path.parent), "--remote-command", DNN_TUI)
    screen = Terminal(DNN_TUI, "watch", "box:", *arguments)
    try:
        screen.wait_for("training")
        screen.press(" ")
        screen.wait_for("paused")
        wait_until(lambda: state_of(run).paused)
        screen.press("q")
        assert screen.wait() == 0
        screen.assert_restored()
    finally:
        screen.close()


def test_readonly_takes_no_commands_at_either_end(server, run):
    session = RemoteSession(remote(run), readonly=True)
    try:
        session.start()
        wait_until(lambda: session.state.step > 5)
        session.send(Command("stop"))
        session._connection.send(b'{"command": "stop"}\n')
        wait_until(lambda: any("can only be watched" in entry.text for entry in session.state.log))
        assert not run.control_file.exists()
    finally:
        session.close()


def test_training_inside_an_ssh_session_outlives_it(server, tmp_path):
    runs_dir = tmp_path / "runs"
    command = f"TERM=xterm-256color {DNN_TUI} train {' '.join(SLOW)} --runs-dir {runs_dir}"
    screen = Terminal(*server.ssh.split(), "-tt", "box", command)
    pid = None
    try:
        screen.wait_for("training")
        folder = find_run(runs_dir)
        pid = state_of(folder).process["pid"]
        screen.process.kill()  # the laptop is closed
        state = wait_until(lambda: (s := state_of(folder)).detached and s)
        wait_until(lambda: state_of(folder).step > state.step + 50)
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: state_of(folder).ended)
        assert state_of(folder).ended.reason == "stopped"
    finally:
        screen.close()
        if pid and process_lives(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"host": "nowhere"}, r"Cannot reach nowhere: .*Permission denied"),
        ({"host": "no-such-host.invalid"}, r"Cannot reach no-such-host.invalid: .*resolve"),
        ({"program": "dnn-tui-elsewhere"}, r"There is no dnn-tui-elsewhere on box: install it there"),
        ({"run": "unheard-of"}, r"box: No run in .* is called 'unheard-of'"),
        ({"program": f"{DNN_TUI} runs"}, r"too old"),
    ],
)
def test_what_keeps_a_run_elsewhere_from_being_watched_is_one_sentence(changes, said, server, tmp_path):
    assert call(tmp_path / "runs", "train", "xor", "--headless", "--epochs", "1").returncode == 0
    with pytest.raises(RemoteError, match=said) as refused:
        RemoteSession(remote(find_run(tmp_path / "runs"), **changes))
    assert "\n" not in str(refused.value)


def test_another_version_of_the_protocol_is_refused(server, tmp_path):
    stranger = tmp_path / "stranger"
    stranger.write_text(f'#!/bin/sh\necho \'{{"relay": {PROTOCOL + 1}, "version": "9.9"}}\'\n', encoding="utf-8")
    stranger.chmod(0o755)
    with pytest.raises(RemoteError, match=r"dnn-tui on box is version 9\.9.*same version on both"):
        RemoteSession(Remote("box", program=str(stranger)))


def test_what_a_login_script_prints_is_passed_over(server, run, tmp_path):
    noisy = tmp_path / "noisy"
    noisy.write_text(f'#!/bin/sh\necho "Welcome to box"\necho\nexec {DNN_TUI} "$@"\n', encoding="utf-8")
    noisy.chmod(0o755)
    session = RemoteSession(remote(run, program=str(noisy)))
    assert session.title == f"box:{run.name}"
    session.start()
    session.close()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("box:", ("box", "")),
        ("ada@box:20261121-digits", ("ada@box", "20261121-digits")),
        ("20261121-digits", None),
        ("runs/20261121-digits:1", None),
        (None, None),
    ],
)
def test_host_and_run_are_told_from_a_run_of_this_host(text, meant):
    assert parse_remote(text) == meant


def test_a_host_that_ssh_would_take_for_an_option_is_refused():
    with pytest.raises(RemoteError, match="is no host"):
        parse_remote("-oProxyCommand=x:run")


def test_a_played_run_is_seen_and_changed_from_elsewhere_and_here_alike(server, tmp_path):
    runs_dir = tmp_path / "runs"
    quick = ("--pace", "100", "--engine", "numpy", "--threads", "1", "--quiet", "--runs-dir", str(runs_dir))
    here = Terminal(DNN_TUI, "play", "circle", "--hidden", "4", *quick)
    there = None
    try:
        here.wait_for("training")
        folder = find_run(runs_dir)
        there = Terminal(DNN_TUI, "watch", "box:", "--runs-dir", str(runs_dir), "--remote-command", DNN_TUI)
        there.wait_for("training")
        there.press("p")  # the same screen, steered through the line
        there.wait_for("train share")
        there.press("\x1b[B")
        there.press("\x1b[C")
        there.wait_for("‹ 0.05 ›")
        here.wait_for(lambda text: "0.05  │" in text and "noise usual" in text)
        here.press("\x1b[B")
        here.press("\x1b[C")
        there.wait_for("‹ 0.1 ›")
        there.press("u")
        wait_until(lambda: state_of(folder).marks[-1][1] == "undo: noise 0.1 → 0.05")
        asked = [entry.text for entry in state_of(folder).log if "noise=" in entry.text]
        assert len(asked) == 3  # with the one that was taken back
        assert "@" in asked[0]
        there.press("q")
        assert there.wait() == 0
    finally:
        here.close()
        if there is not None:
            there.close()
