"""The copy of the tree in which things are changed, and pytest in a child of this process there."""

import atexit
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("datasets", "mlp", "runs", "experiments", "tui")

# a subprocess of a test counts as the test: Python imports this module at its start
SITE = """import os
if os.environ.get("MUTANTS_TEST"):
    import atexit, coverage
    measure = coverage.Coverage(os.environ["MUTANTS_DATA"], data_suffix=True, include=os.environ["MUTANTS_OF"].split(),
                                context=os.environ["MUTANTS_TEST"], config_file=False)
    measure.set_option("run:sigterm", True)
    measure.start()
    atexit.register(lambda: (measure.stop(), measure.save()))
"""


class Copy:
    """The tree in a temporary folder, with ../shared beside it; only there is anything ever changed."""

    def __init__(self) -> None:
        self.top = Path(tempfile.mkdtemp(prefix="mutants-")).resolve()
        atexit.register(shutil.rmtree, self.top, ignore_errors=True)
        self.tree = self.top / "tree"
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0"):
            if name and (ROOT / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)
        if (shared := ROOT.parent / "shared").exists():
            (self.top / "shared").symlink_to(shared.resolve())
        (self.top / "path" / "dnn_tui").mkdir(parents=True)
        for name in PACKAGES:
            (self.top / "path" / "dnn_tui" / name).symlink_to(self.tree / name)
        (self.top / "path" / "sitecustomize.py").write_text(SITE)
        self._stamp = int(time.time())

    def pytest(
        self, words: list[str], seconds: float, watching: Callable[[], Any] | None = None
    ) -> tuple[int | None, str]:
        """Run pytest in a forked child, in which what is slow to import is there already: (exit code, its words).

        `watching` makes a plugin there, which may save what it saw. The exit code is None, or that of a signal, if so
        many seconds of processor (or five times as many of clock) were up.
        """
        said = self.top / "said"
        if not (child := os.fork()):
            os.setsid()
            # the processor's seconds, not the clock's: a busy machine must not pass for a test that noticed
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
            out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0), os.dup2(out, 1), os.dup2(out, 2)
            os.chdir(self.tree)
            temporary = self.top / "tmp"
            temporary.mkdir(exist_ok=True)
            os.environ |= {"PYTHONPATH": str(self.top / "path"), "TMPDIR": str(temporary)}
            tempfile.tempdir = None
            sys.path[:] = [str(self.top / "path"), *(p for p in sys.path if p != str(ROOT / "tests"))]
            plugins = [watching()] if watching else []
            import pytest

            code = pytest.main(["-p", "no:cacheprovider", "-p", "no:xdist", "-m", "", *words], plugins)
            for plugin in plugins:
                plugin.save()
            sys.stdout.flush()
            os._exit(code)
        until = time.monotonic() + 5 * seconds
        try:
            while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < until:
                time.sleep(0.02)
            code = os.waitstatus_to_exitcode(ended[1]) if ended[0] else None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # whatever a test left behind, too
            shutil.rmtree(self.top / "tmp", ignore_errors=True)
        if code is None:
            os.waitpid(child, 0)
        return code, said.read_text(errors="replace")

    def write(self, path: str, data: bytes) -> None:
        (self.tree / path).write_bytes(data)
        self._stamp += 2  # a compiled file is known by its time in whole seconds, and two changes may have one length
        os.utime(self.tree / path, (self._stamp, self._stamp))
