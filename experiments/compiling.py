"""The engine compiled by another process while NumPy's trains: nobody waits for the first use.

Numba keeps what it compiled on the disk, and what it kept is loaded in about a second; whether it has, is written down
in the user's cache. `python -m dnn_tui.experiments.compiling float32` is that other process.
"""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np
import platformdirs

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.threads import rehearsal
from dnn_tui.runs.folder import replace_private

from .kernels import processor


def is_compiled(dtype: np.dtype) -> bool:
    """Whether the compiled engine was compiled on this machine, for numbers of this type; False where unknown."""
    return _mark(dtype).exists()


def note_compiled(dtype: np.dtype) -> None:
    """Write down that it was."""
    with suppress(OSError):  # then it is found out again
        _mark(dtype).parent.mkdir(parents=True, exist_ok=True)
        replace_private(_mark(dtype), b"")


def compile_elsewhere(dtype: np.dtype, then: Callable[[], object]) -> threading.Thread:
    """Start the process that compiles, and call `then`, from another thread, when it is done."""

    def wait() -> None:
        with suppress(OSError):
            command = [sys.executable, "-m", "dnn_tui.experiments.compiling", dtype.name]
            nothing = subprocess.DEVNULL
            # a session of its own: it ends what it has begun, for the next time, even if this one is interrupted
            done = subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
            if done.returncode == 0:
                then()

    waiting = threading.Thread(target=wait, name="compiling", daemon=True)
    waiting.start()
    return waiting


def main() -> None:
    """Compile every part of the engine, on two rows; what it is called with decides the type, not the size."""
    os.nice(5)
    dtype = np.dtype(sys.argv[1])
    rows = Split(np.zeros((2, 2), dtype), np.array([0, 1]))
    data = Dataset("none", "classes", rows, rows, rows, ("a", "b"), ("0", "1"))
    config = TrainingConfig(batch_size=2, engine="compiled")
    rehearsal(Trainer(Network((2, 2, 2), "relu", "softmax", dtype=dtype.type), data, config))(1)
    note_compiled(dtype)


def _mark(dtype: np.dtype) -> Path:
    """A file that is there where this program, by these versions and on this processor, was compiled."""
    from dnn_tui.mlp.compiled import jit

    told = [jit.SOURCES.hexdigest(), jit.__file__, sys.version, dtype.name, processor()[0]]
    told += [version(package) for package in ("numba", "llvmlite", "numpy", "scipy")]
    name = hashlib.sha256("\n".join(told).encode()).hexdigest()[:24]
    return platformdirs.user_cache_path("dnn-tui") / "compiled" / name


if __name__ == "__main__":
    main()
