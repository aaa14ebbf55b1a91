"""`Step`: one line of an explanation, with everything needed to show it, check it and compute it again."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from .numbers import Number

_TWICE = re.compile(r"= ([^=;]+) = \1(?=;|$)")
Focus = tuple[int, ...]  # the element looked at: (k,) of a vector, (k, j) of a matrix, () of a number
Speller = Callable[[Focus, Number], str]
Operation = Callable[..., np.ndarray]


@dataclass(frozen=True, eq=False)
class Operand:
    """A named array. key is its name in the NumPy line; scale, the size of what was added up to get it:

    values below 1e-12 · scale are rounding noise and are shown as 0.
    """

    name: str
    key: str
    value: np.ndarray
    scale: float = 0.0

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its value: () for a number."""
        return self.value.shape


@dataclass(frozen=True)
class Note:
    """One thing worth knowing here. kind names the detector; severity is "note" or "warning"."""

    kind: str
    text: str
    severity: str = "note"


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a forward or backward pass.

    phase: F forward, L loss, B backward, U update, V what the update did. layer: 0 is the input.
    equation: in the notation of `notation.py`. numpy: Python that computes `result`, under its key, where the lines
    of the steps before it have run; numpy_too: what a script needs besides, which no line shows (an update's biases).
    upstream × local = result, where the chain rule says so; else None.
    parts: intermediate results worth seeing (the Jacobian's product, Adam's m̂ …).
    shortcut: an equation that gets the same result in one go, where there is one.
    names: what the elements of a vector, or the columns of a batch's inputs, are called in the data, where they are.
    """

    id: str
    phase: str
    layer: int
    symbol: str
    title: str
    equation: str
    numpy: str
    operands: tuple[Operand, ...]
    result: Operand
    operation: Operation = field(repr=False)
    speller: Speller = field(repr=False)
    upstream: Operand | None = None
    local: Operand | None = None
    parts: tuple[Operand, ...] = ()
    shapes: str = ""
    shortcut: str = ""
    notes: tuple[Note, ...] = ()
    numpy_too: str = ""
    names: tuple[str, ...] = ()

    @np.errstate(all="ignore")  # what overflows is shown as it is
    def evaluate(self) -> np.ndarray:
        """The result, computed again from the operands alone by the step's own formula."""
        return np.asarray(self.operation(*(operand.value for operand in self.operands)))

    @np.errstate(all="ignore")
    def substituted(self, focus: Focus = (), number: Number | None = None) -> str:
        """The equation of one element of the result with its numbers, ending in "= result"."""
        line = self.speller(self.focus(focus), number or Number())
        return _TWICE.sub(r"= \1", line)  # "ŷ = 11.5 = 11.5": nothing was done to it

    def focus(self, focus: Focus) -> Focus:
        """`focus` clipped to the result's shape, missing indices 0."""
        shape = self.result.shape
        padded = (*focus, *(0,) * len(shape))
        return tuple(min(max(0, k), n - 1) for k, n in zip(padded, shape, strict=False))

    def element(self, focus: Focus = ()) -> float:
        """The result's element in focus (clipped to its shape), as a number."""
        return float(self.result.value[self.focus(focus)])

    def noted(self, *notes: Note) -> "Step":
        """The same step with more notes."""
        return replace(self, notes=self.notes + notes)


def find_step(steps: list[Step], wanted: str) -> Step | None:
    """The step with that id, written with or without spaces and underscores: "B2 W", "b2w", "B_2_W"."""
    plain = _plain(wanted)
    return next((step for step in steps if _plain(step.id) == plain), None)


def _plain(text: str) -> str:
    return text.replace(" ", "").replace("_", "").lower()
