"""Names for arrays, and lists of them by layer. Shapes stand in the docstrings, where a reader looks for them."""

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

import numpy as np

#: Any NumPy array; in `mlp` float32 or float64, the network's own, where nothing else is said.
Array = np.ndarray
#: f(a, b, out) or f(a, out): elementwise, writes into the last.
Unary = Callable[[Array, Array], None]
Elementwise = Callable[[Array, Array, Array], None]

T = TypeVar("T")


def by_layer(of_layers: Iterable[T], of_input: T | None = None) -> list[T]:
    """[None, of layer 1, … of layer L]: a list whose index is the layer, as in W_i.

    The input has no W, and `W[0]` is None. The type says nothing of that: no formula has a W_0, and each of the many
    lines with a W[i] would else have to ask first.
    """
    return [cast(T, of_input), *of_layers]
