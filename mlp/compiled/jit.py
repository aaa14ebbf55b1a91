"""How everything here is compiled: without the GIL, kept on disk, with fused multiply-adds.

Nothing else of IEEE arithmetic is given up (NaN and infinity are what training watches for), but in sums, whose terms
may be taken in any order.
"""

import hashlib
from pathlib import Path

import numba

SETTINGS = {"nogil": True, "cache": True, "error_model": "numpy"}
#: Numba looks at a function's own file to see whether what it kept is stale, not at the files of those it calls.
SOURCES = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))))

compiled = numba.njit(fastmath={"contract"}, **SETTINGS)
compiled_sum = numba.njit(fastmath={"contract", "reassoc"}, **SETTINGS)


def compiled_parallel(function):
    """With threads of its own; kept on disk under a name that changes with any file of this package."""
    function.__qualname__ += "_" + SOURCES.hexdigest()[:12]
    return numba.njit(fastmath={"contract"}, parallel=True, **SETTINGS)(function)
