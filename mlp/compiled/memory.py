"""Views into arrays that count no references.

Numba counts the references to an array with atomic additions, at every slice. Threads that slice the same arrays then
wait for each other's caches: at four threads longer than a small step takes. A view made from an address counts none;
whoever makes one keeps the array alive (`CompiledSteps` does, for as long as a call lasts).
"""

import numba
from numba.core import cgutils, types
from numba.extending import intrinsic

from .jit import compiled


@intrinsic
def _pointer(typing_context, address):
    """The address, an integer, as a pointer."""

    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


@compiled
def matrix(address, at, rows, columns, like):
    """The (rows, columns) array that begins `at` elements after the address; of the same type as the array `like`."""
    return numba.carray(_pointer(address + at * like.itemsize), (rows, columns), like.dtype)


@compiled
def vector(address, at, size, like):
    """The (size,) array that begins `at` elements after the address; of the same type as the array `like`."""
    return numba.carray(_pointer(address + at * like.itemsize), (size,), like.dtype)
