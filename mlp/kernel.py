"""Which kernel computes the matrix products: OpenBLAS has one for each kind of processor, and it decides last bits."""

from functools import cache


@cache
def loaded_kernel() -> str:
    """The kernel of NumPy's OpenBLAS in this process, such as "Haswell" or "SkylakeX"; "" with another library."""
    import numpy  # noqa: F401 (its library is looked for)
    from threadpoolctl import threadpool_info

    found = [info for info in threadpool_info() if info.get("internal_api") == "openblas"]
    own = [info for info in found if "numpy" in info["filepath"]] or found  # SciPy brings one of its own
    return str(own[0]["architecture"]) if own else ""
