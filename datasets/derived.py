"""Inputs computed from a point's two coordinates: x1, x2, x1^2, x1*x2, sin(x1) … any formula of them.

A network without hidden layers learns a circle when it is given the squares: which inputs there are is a choice of
its own, as in TensorFlow Playground.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .dataset import DataError
from .expression import OPERATORS, POINTWISE, ExpressionError, Language, compute, names_in, parse

MOST = 32  # inputs
LONGEST = 60  # characters of one of them
LARGEST = 1e15  # value of one: its square must fit float32
NAMES = ("x1", "x2")
USUAL = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")  # the Playground's, in its order
LANGUAGE = Language(
    operators=frozenset(OPERATORS) - {"@"},
    functions={name: taken for name, (_, taken) in POINTWISE.items()},
    constants={"pi": np.pi, "e": np.e},
    caret=True,
    unreadable="The input {text!r} cannot be read: {reason}.",
    forbidden="An input cannot have {part!r}: use x1, x2, numbers, + - * / ^ and "
    f"{', '.join(POINTWISE)}, as in {', '.join(USUAL)}.",
    miscounted="In an input, {name} takes {taken} value(s), not {given}.",
)
_SHORT = {"x1x2": "x1*x2", **{f"{f} {x}": f"{f}({x})" for f in ("sin", "cos") for x in NAMES}}


def read_inputs(text: str | Sequence[str]) -> tuple[str, ...]:
    """The formulas in "x1, x2, x1^2", one an input, without blanks. Raises DataError."""
    parts = _split(text) if isinstance(text, str) else [str(part) for part in text]
    formulas = tuple(_SHORT.get(part.strip(), re.sub(r"\s+", "", part)) for part in parts)
    if not formulas or not all(formulas):
        raise DataError(f"Which inputs? Give one or more, such as {','.join(USUAL)}.")
    if len(formulas) > MOST:
        raise DataError(f"There can be at most {MOST} inputs, not {len(formulas)}.")
    if len(set(formulas)) < len(formulas):
        twice = next(f for k, f in enumerate(formulas) if f in formulas[:k])
        raise DataError(f"The input {twice} is there twice.")
    for formula in formulas:
        computed(formula, dict.fromkeys(NAMES, np.ones(1)))
    return formulas


def _split(text: str) -> list[str]:
    """At the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def computed(formula: str, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """What a formula says at each row, (n,) float64. Raises DataError where it cannot be read or uses other names."""
    if len(formula) > LONGEST:
        raise DataError(f"An input has at most {LONGEST} characters: {formula[:20]}… has {len(formula)}.")
    try:
        node = parse(formula, LANGUAGE)
    except ExpressionError as error:
        raise DataError(str(error)) from None
    for name in names_in(node):
        if name not in columns:
            raise DataError(f"The input {formula} has {name!r}: it is made of {' and '.join(columns)}.")
    rows = len(next(iter(columns.values())))
    return np.broadcast_to(np.asarray(compute(node, columns), float), rows)


def sources(formula: str, columns: Sequence[str]) -> list[str]:
    """The columns that a formula is made of; [] where it is no formula of these."""
    try:
        names = names_in(parse(formula, LANGUAGE))
    except ExpressionError:
        return []
    return names if names and all(name in columns for name in names) else []


@dataclass(frozen=True, eq=False)
class Plane:
    """Where a data set's inputs are computed from two coordinates. formulas: one an input.

    points: from a split's name to the coordinates of its rows, (n, 2) float32.
    """

    formulas: tuple[str, ...]
    points: dict[str, np.ndarray]
    names: tuple[str, str] = ("x1", "x2")

    def inputs(self, points: np.ndarray) -> np.ndarray:
        """The inputs (n, n_0) float32 at points (n, 2); where one of them has no value there, 0."""
        columns = {name: points[:, k].astype(float) for k, name in enumerate(self.names)}
        x = np.stack([computed(formula, columns) for formula in self.formulas], axis=1)
        return np.where(np.abs(x) < LARGEST, x, 0).astype(np.float32)

    def check(self) -> None:
        """Raises DataError where an input has no finite, moderate value at a row of the data."""
        columns = {name: np.concatenate([p[:, k] for p in self.points.values()]) for k, name in enumerate(self.names)}
        for formula in self.formulas:
            values = computed(formula, {name: column.astype(float) for name, column in columns.items()})
            if not (np.abs(values) < LARGEST).all():
                raise DataError(f"The input {formula} has no finite value at some rows: choose another.")
