"""Fixtures that many tests share."""

import fcntl
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
import quick_pilots  # noqa: F401
from hypothesis import settings

# before NumPy is imported, and for the processes that tests start: beside each other, spinning threads of the matrix
# library take six times the processor's time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# no test outlives the machine: what is written need not be on its disk before it goes on
os.fsync = lambda descriptor: None
# no test reads the configuration of who runs it, or writes into it
os.environ["DNN_TUI_CONFIG"] = os.path.join(tempfile.gettempdir(), f"dnn-tui-tests-{os.getpid()}", "config.toml")

# anything random takes a seed: the same examples in every run, on machines of any speed
settings.register_profile("seeded", derandomize=True, deadline=None)
settings.load_profile("seeded")

SLOW_AS_A_WHOLE = re.compile(r"^pytestmark = (\[\s*)?pytest\.mark\.slow\b", re.MULTILINE)


def pytest_ignore_collect(collection_path, config):
    """Files that are slow as a whole are not even imported for `-m "not slow"`: importing Numba, PyTorch and
    scikit-learn, in every worker, would take as long as many tests do.
    """
    if config.option.markexpr == "not slow" and collection_path.suffix == ".py":
        return bool(SLOW_AS_A_WHOLE.search(collection_path.read_text(encoding="utf-8"))) or None
    return None


SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; the test is skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("../shared/data is not here")
    return SHARED / "data"


@pytest.fixture(scope="session")
def torch():
    """PyTorch, the witness of many numbers: imported for the tests that ask it, which are skipped without it."""
    return pytest.importorskip("torch")


def pytest_collection_finish():
    """What is imported and collected by now stays to the end, and an application makes a hundred thousand objects: the
    garbage collector looks less often, and not through what stays. It took a third of the time of the screens' tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 20)


KEPT = Path(__file__).resolve().parent.parent / "mlp" / "compiled" / "__pycache__"  # where Numba looks and writes


def pytest_collection_modifyitems(items):
    """First what compiles, last what needs it compiled: another worker has something else to do meanwhile."""

    def place(item):
        if "compiled_cold" in item.fixturenames:
            return 0
        chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
        named = any(isinstance(value, str) and value == "compiled" for value in chosen)  # others may be arrays
        return 2 if named or "compiled_once" in item.fixturenames else 1

    items.sort(key=place)


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory) -> Path:
    """A folder that all workers of this session share, and no other session."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def compiling(session_folder):
    """A lock: of several workers one compiles, the others wait."""

    @contextmanager
    def locked():
        with (session_folder / "compiling").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    return locked


@pytest.fixture(scope="session")
def compiled_cold(session_folder, compiling):
    """What became of a command where nothing was compiled yet, and of the same command once more.

    What the first has compiled is kept for the other tests, where they have nothing yet.
    """
    place = session_folder / "cold"
    words = ["train", "xor", "--headless", "--epochs", "1", "--engine", "compiled", "--runs-dir", str(place / "runs")]
    with compiling():
        if not (place / "outcomes").exists():
            environment = {**os.environ, "NUMBA_CACHE_DIR": str(place / "numba"), "COLUMNS": "120"}
            command = [str(Path(sys.executable).with_name("dnn-tui")), *words]
            done = [
                subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment) for _ in range(2)
            ]
            if not any(KEPT.glob("*.nbi")):
                KEPT.mkdir(exist_ok=True)
                for file in (place / "numba").glob("*/*.nb?"):
                    shutil.copy(file, KEPT)
            (place / "outcomes").write_text(json.dumps([(each.returncode, each.stderr) for each in done]))
    return json.loads((place / "outcomes").read_text())


@pytest.fixture(scope="session")
def compiled_once(compiling, request):
    """The compiled engine is in Numba's cache, in both types."""
    if not any(KEPT.glob("*.nbi")):
        request.getfixturevalue("compiled_cold")
    from numpy import float32, float64

    from dnn_tui import datasets
    from dnn_tui.mlp import Network, Trainer, TrainingConfig

    data = datasets.load("xor")
    with compiling():
        for dtype in (float32, float64):
            network = Network((2, 2, 1), "tanh", "sigmoid", dtype=dtype)
            next(Trainer(network, data, TrainingConfig(engine="compiled")).advance(1))


@pytest.fixture
def command_line(monkeypatch, capsys, tmp_path):
    """Run `dnn-tui WORDS…` in this process, its runs and cache in tmp_path: (exit code, stdout, stderr)."""
    from dnn_tui.tui import cli

    monkeypatch.setenv("DNN_TUI_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("DNN_TUI_DATA", raising=False)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["dnn-tui", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code or 0, *capsys.readouterr()

    return run
