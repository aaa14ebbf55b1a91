"""Working through large arrays a little at a time."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from .arrays import Array

STRIP = 4096  # elements: a few float64 temporaries of this size stay in a core's first cache

F = TypeVar("F", bound=Callable[..., None])


def in_strips(function: F) -> F:
    """Let an elementwise function(*arrays) see at most STRIP elements at a time, the same part of every array.

    Its temporaries then stay in cache, and small whatever the batch. All arrays have one shape; the last, which is
    written to, is C-contiguous.
    """

    @wraps(function)
    def strip_by_strip(*arrays: Array) -> None:
        size = arrays[-1].size
        if size <= STRIP:
            function(*arrays)
            return
        flat = [array.reshape(-1) for array in arrays]
        for start in range(0, size, STRIP):
            function(*(array[start : start + STRIP] for array in flat))

    return cast(F, strip_by_strip)
