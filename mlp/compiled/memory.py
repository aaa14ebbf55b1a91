"""Views into arrays that count no references.

Numba counts the references to an array with atomic additions, at every slice. Threads that slice the same arrays then
wait for each other's caches: at four threads longer than a small step takes. A view made from an address counts none;
whoever makes one keeps the array alive (`CompiledSteps` does, for as long as a call lasts).
"""

from collections.abc import Callable
from typing import Any

import numba
from numba.core import cgutils, types
from numba.extending import intrinsic

from ..arrays import Array
from .jit import compiled


@intrinsic  # type: ignore[untyped-decorator]  # Numba has no types
def _pointer(typing_context: Any, address: Any) -> tuple[Any, Callable[..., Any]]:
    """The address, an integer, as a pointer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


@compiled
def matrix(address: int, at: int, rows: int, columns: int, like: Array) -> Array:
    """The (rows, columns) array that begins `at` elements after the address; of the same type as the array `like`."""
    view: Array = numba.carray(_pointer(address + at * like.itemsize), (rows, columns), like.dtype)
    return view


@compiled
def vector(address: int, at: int, size: int, like: Array) -> Array:
    """The (size,) array that begins `at` elements after the address; of the same type as the array `like`."""
    view: Array = numba.carray(_pointer(address + at * like.itemsize), (size,), like.dtype)
    return view
