"""A function of x1, x2 … that a person types, read through the project's one whitelist and computed with NumPy.

`datasets/expression.py` reads and computes it; here stands which of its words a formula has, and what they mean.
"""

import re
from dataclasses import replace

import numpy as np

from ..catalogue import Entry
from ..dataset import DataError, Dataset, Request
from ..expression import COMPARISONS, LOGIC, OPERATORS, POINTWISE, ExpressionError, Language, compute, names_in, parse
from ..splitting import stream
from .playground import generator_options, points_dataset

LONGEST = 200  # characters: enough for any formula a person types, too few to nest deeply
MOST_INPUTS = 9
LARGEST = 1e15  # of a number to learn: its square must fit float32
EXTENT = 2.0  # points are drawn from the square -2 … 2
FUNCTIONS = POINTWISE
LANGUAGE = Language(
    operators=frozenset((*OPERATORS, *COMPARISONS, *LOGIC)) - {"@"},
    functions={name: taken for name, (_, taken) in FUNCTIONS.items()},
    constants={"pi": np.pi, "e": np.e},
    caret=True,
    unreadable="The formula {text!r} cannot be read: {reason}.",
    forbidden="The formula cannot have {part!r}: use x1, x2 …, numbers, + - * / ** %, comparisons, and, or, not, "
    f"{', '.join(FUNCTIONS)}.",
    miscounted="In the formula, {name} takes {taken} value(s), not {given}.",
)


class Formula:
    """A parsed formula. inputs: how many of x1, x2 … it reads, at least two; one where it is a function of x alone.

    yes_no: whether it is a comparison. A curve may be written with what it gives: y = sin(3*x).

    Called with points (n, inputs) float64 it gives (n,) bool or float64. Raises DataError.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        if not self.text or len(self.text) > LONGEST:
            raise DataError(f"A formula has 1 to {LONGEST} characters, such as sin(3*x1) > x2.")
        try:
            self._node = parse(re.sub(r"^y\s*=(?!=)", "", self.text).strip(), LANGUAGE)
        except ExpressionError as error:
            raise DataError(str(error)) from None
        self._names = names_in(self._node)
        if "x" in self._names and len(self._names) > 1:
            raise DataError("A formula is of x alone, or of x1, x2 …: it cannot have both.")
        self.inputs = 1 if "x" in self._names else max([2, *map(_place, self._names)])
        self.yes_no = self(np.zeros((1, self.inputs))).dtype == bool

    def __call__(self, points: np.ndarray) -> np.ndarray:
        columns = {name: points[:, _place(name) - 1] for name in self._names}
        return np.broadcast_to(compute(self._node, columns), len(points))


def _place(name: str) -> int:
    """k of xk. Raises DataError where it is none of them."""
    if name == "x":
        return 1
    if name[:1] == "x" and name[1:].isdecimal() and 1 <= int(name[1:]) <= MOST_INPUTS:
        return int(name[1:])
    raise DataError(f"The formula has {name!r}: its inputs are called x1, x2 … x{MOST_INPUTS}, or x alone.")


def load(entry: Entry, request: Request) -> Dataset:
    """Points drawn evenly from -2 … 2 and what the formula says there; noise flips labels or shakes numbers.

    Points where the formula has no finite value are drawn anew. Raises DataError.
    """
    if not request.options.get("formula"):
        raise DataError('Which formula? Give --formula, such as --formula "sin(3*x1) > x2".')
    formula = Formula(str(request.options["formula"]))
    samples, noise = generator_options(entry, request)
    rng = stream(request.seed, "generate")
    points = rng.uniform(-EXTENT, EXTENT, (4 * samples, formula.inputs))
    values = formula(points)
    finite = np.flatnonzero(np.isfinite(values))[:samples]
    if len(finite) < samples:
        raise DataError(f"The formula {formula.text!r} has a finite value at too few points between -2 and 2.")
    points, values = points[finite], values[finite]
    if values.min() == values.max():
        raise DataError(f"The formula {formula.text!r} is {values[0]} everywhere between -2 and 2: nothing to learn.")
    if formula.yes_no:
        y = (values ^ (rng.random(samples) < noise)).astype(np.int64)
    else:
        if np.abs(values).max() > LARGEST:
            raise DataError(f"The formula {formula.text!r} reaches values too large to learn.")
        y = values + noise * values.std() * rng.standard_normal(samples)
    data = points_dataset(f"formula {formula.text}", points, y, request)
    told = f"{samples:,} points with coordinates from -2 to 2, labelled by {formula.text}."
    return replace(
        data, options={"formula": formula.text, "samples": samples, "noise": noise, **data.options}, report=(told,)
    )
