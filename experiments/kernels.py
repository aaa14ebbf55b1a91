"""The fastest of OpenBLAS's kernels on this machine: tried once, kept, and asked for before NumPy is loaded.

OpenBLAS carries a matrix product for each kind of processor and takes one by the processor's name, untried: an AMD
processor with AVX-512 may get the AVX2 one, which is half as fast. The environment variable OPENBLAS_CORETYPE asks for
another; it is read as the library is loaded, so nothing here imports NumPy, and child processes, SciPy's OpenBLAS too,
follow. Only kernels whose instructions the processor says it has are tried, in a process of their own.
"""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import platformdirs

from dnn_tui.runs.folder import replace_private

VARIABLE = "OPENBLAS_CORETYPE"
#: Kernels worth trying and what a processor must have for them, as /proc/cpuinfo calls it; those between differ little.
NEEDS = {
    "SkylakeX": {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"},
    "Haswell": {"avx2", "fma"},
}
CLEARLY = 1.1  # times as fast as OpenBLAS's own choice another must be
PATIENCE = 20.0  # seconds for a trial, of which it needs a fifth of one

Trial = Callable[[str], tuple[str, float]]  # what is asked for, "" for nothing → the kernel it led to, and its seconds


def use_fastest_kernel() -> str:
    """Let NumPy, SciPy and their processes compute with OpenBLAS's fastest kernel; call it before NumPy is imported.

    The first time on a machine this takes half a second; after that what was found is read from the user's cache. What
    is set as OPENBLAS_CORETYPE already stays. Gives what was asked for, "" where OpenBLAS's own choice stands.
    """
    if "numpy" in sys.modules:
        warnings.warn("NumPy is loaded already, with its kernel: call use_fastest_kernel() before.", stacklevel=2)
    return choose()


def choose() -> str:
    """The same without a word where NumPy is loaded already."""
    if VARIABLE in os.environ or "numpy" in sys.modules:
        return ""
    named = usable()
    if not named:
        return ""
    chosen = _kept(_key(processor()[0]), lambda: fastest(named, _tried))
    if chosen in named:
        os.environ[VARIABLE] = chosen
        return chosen
    return ""


def usable() -> list[str]:
    """The kernels worth trying whose instructions this processor says it has."""
    flags = processor()[1]
    return [name for name, needs in NEEDS.items() if needs <= flags]


def use_again(kernel: str) -> None:
    """Ask for the kernel that a run was begun with, where this processor has it and nothing else was set."""
    if not kernel:  # a run of before this was written down
        choose()
    elif VARIABLE not in os.environ and kernel in usable():
        os.environ[VARIABLE] = kernel


def fastest(named: list[str], trial: Trial) -> str:
    """The kernel that is clearly faster than OpenBLAS's own choice; "" where none is."""
    own, seconds = trial("")
    if not own:  # another library, or none that could be tried
        return ""
    tried = {name: trial(name) for name in named if name != own}
    quicker = {name: took for name, (kernel, took) in tried.items() if kernel == name and CLEARLY * took < seconds}
    return min(quicker, key=lambda name: quicker[name], default="")


def _tried(name: str) -> tuple[str, float]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", **({VARIABLE: name} if name else {})}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dnn_tui.experiments.kernel_trial"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
        )
        found = json.loads(done.stdout)
        return str(found["kernel"]), float(found["seconds"])
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return "", float("inf")  # an instruction that the processor has not, or no child: not to be used


def processor() -> tuple[str, set[str]]:
    """The processor's name and what it can do; ("", nothing) where the system does not tell."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")[0]
    except OSError:
        return "", set()
    said = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}
    told = ("vendor_id", "cpu family", "model", "model name", "stepping")
    return " ".join(said.get(key, "") for key in told), set(said.get("flags", "").split())


def _key(model: str) -> str:
    """What was tried where: the processor, NumPy, and its OpenBLAS by its file's name, which tells its contents."""
    spec = find_spec("numpy")
    beside = Path(spec.origin).parent.with_name("numpy.libs") if spec and spec.origin else Path()
    libraries = sorted(path.name for path in beside.glob("*openblas*"))
    return " | ".join([model, f"numpy {version('numpy')}", *libraries])


def _kept(key: str, find: Callable[[], str]) -> str:
    """What was found under this key before; else found now, and kept where that can be."""
    file = platformdirs.user_cache_path("dnn-tui") / "kernels.json"
    try:
        known: dict[str, Any] = dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        known = {}
    if isinstance(known.get(key), str):
        return str(known[key])
    found = find()
    with suppress(OSError):  # tried again the next time
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_private(file, json.dumps({**known, key: found}, indent=1).encode())
    return found
