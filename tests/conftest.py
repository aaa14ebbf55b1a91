"""Fixtures that many tests share."""

import fcntl
import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# before NumPy is imported, and for the processes that tests start: beside each other, spinning threads of the matrix
# library take six times the processor's time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

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
def compiled_once(tmp_path_factory):
    """The compiled engine is in Numba's cache, in both types: of several workers one compiles, the others wait."""
    from numpy import float32, float64

    from dnn_tui import datasets
    from dnn_tui.mlp import Network, Trainer, TrainingConfig

    data = datasets.load("xor")
    with (tmp_path_factory.getbasetemp().parent / "compiling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
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
