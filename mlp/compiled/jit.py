"""How everything here is compiled: without the GIL, kept on disk, with fused multiply-adds.

Nothing else of IEEE arithmetic is given up (NaN and infinity are what training watches for), but in sums, whose terms
may be taken in any order.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core import event

SETTINGS = {"nogil": True, "cache": True, "error_model": "numpy"}
#: Numba looks at a function's own file to see whether what it kept is stale, not at the files of those it calls.
SOURCES = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))))

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """For one thread, which its caller gives it."""
    return _compile(function, {"contract"})


def compiled_sum(function: Callable[P, R]) -> Callable[P, R]:
    """The same for sums, whose terms are taken in any order."""
    return _compile(function, {"contract", "reassoc"})


def compiled_parallel(function: Callable[P, R]) -> Callable[P, R]:
    """With threads of its own; kept on disk under a name that changes with any file of this package."""
    function.__qualname__ += "_" + SOURCES.hexdigest()[:12]
    return _compile(function, {"contract"}, parallel=True)


@contextmanager
def announced(say: Callable[[], object]) -> Iterator[None]:
    """Inside it `say` is called, once, as soon as anything is compiled that was not found on disk."""
    said = False

    class Listener(event.Listener):  # type: ignore[misc]  # Numba is not followed into
        def on_start(self, _: Any) -> None:
            nonlocal said
            if not said:
                said = True
                say()

        def on_end(self, _: Any) -> None:
            pass  # Numba asks for it

    with event.install_listener("numba:compile", Listener()):
        yield


def _compile(function: Callable[P, R], fastmath: set[str], parallel: bool = False) -> Callable[P, R]:
    """Numba says nothing of types: what it makes of a function takes and returns what the function does."""
    result: Callable[P, R] = numba.njit(fastmath=fastmath, parallel=parallel, **SETTINGS)(function)
    return result
