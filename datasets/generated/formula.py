"""A function of x1, x2 … that a person types, read by a small grammar of our own and computed with NumPy.

The text is parsed with `ast` and only the nodes listed here are understood: nothing in it is executed.
"""

import ast
import warnings
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..catalogue import Entry
from ..dataset import DataError, Dataset, Request
from ..splitting import stream
from .playground import generator_options, points_dataset

LONGEST = 200  # characters: enough for any formula a person types, too few to nest deeply
MOST_INPUTS = 9
LARGEST = 1e15  # of a number to learn: its square must fit float32
EXTENT = 2.0  # points are drawn from the square -2 … 2
CONSTANTS = {"pi": np.pi, "e": np.e}
FUNCTIONS: dict[str, tuple[Callable, int]] = {
    **{name: (getattr(np, name), 1) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs", "sign")},
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
    "hypot": (np.hypot, 2),
}  # fmt: skip
OPERATORS = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power,
    ast.Mod: np.mod, ast.USub: np.negative, ast.UAdd: np.positive, ast.Not: np.logical_not,
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
    ast.Eq: np.equal, ast.NotEq: np.not_equal, ast.And: np.logical_and, ast.Or: np.logical_or,
}  # fmt: skip


class Formula:
    """A parsed formula. inputs: how many of x1, x2 … it reads. yes_no: whether it is a comparison.

    Called with points (n, inputs) float64 it gives (n,) bool or float64. Raises DataError.
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        if not self.text or len(self.text) > LONGEST:
            raise DataError(f"A formula has 1 to {LONGEST} characters, such as sin(3*x1) > x2.")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about a person's text, not about this program
                # ^ is a power to whoever is no programmer
                self._tree = ast.parse(self.text.replace("^", "**"), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            reason = getattr(error, "msg", None) or "it is nested too deeply"
            raise DataError(f"The formula {self.text!r} cannot be read: {reason}.") from None
        self.inputs = max(2, self._check(self._tree))
        self.yes_no = self(np.zeros((1, self.inputs))).dtype == bool

    def __call__(self, points: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            result = self._compute(self._tree, points)
        return np.broadcast_to(result, len(points))

    def _check(self, node: ast.AST) -> int:
        """The highest k of the xk in it. Raises DataError at the first thing that is not understood."""
        match node:
            case ast.Constant(value=bool() | str() | bytes() | complex() | None):
                pass
            case ast.Constant(value=int() | float()):
                return 0
            case ast.Name(id=name):
                return self._input(name)
            case ast.BinOp(op=op) | ast.UnaryOp(op=op) | ast.BoolOp(op=op) if type(op) in OPERATORS:
                parts = [child for child in ast.iter_child_nodes(node) if child is not op]
                return max(map(self._check, parts))
            case ast.Compare(ops=ops) if all(type(op) in OPERATORS for op in ops):
                return max(map(self._check, [node.left, *node.comparators]))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                if len(args) != FUNCTIONS[name][1]:
                    raise DataError(f"In the formula, {name} takes {FUNCTIONS[name][1]} value(s), not {len(args)}.")
                return max(map(self._check, args))
        part = ast.unparse(node)
        raise DataError(
            f"The formula cannot have {part!r}: use x1, x2 …, numbers, + - * / ** %, comparisons, and, or, not, "
            f"{', '.join(FUNCTIONS)}."
        )

    def _input(self, name: str) -> int:
        if name in CONSTANTS:
            return 0
        if name[:1] == "x" and name[1:].isdecimal() and 1 <= int(name[1:]) <= MOST_INPUTS:
            return int(name[1:])
        raise DataError(f"The formula has {name!r}: its inputs are called x1, x2 … x{MOST_INPUTS}.")

    def _compute(self, node: ast.AST, points: np.ndarray):
        match node:
            case ast.Constant(value=value):
                # NumPy's float, never Python's int: 9**9**9 is then infinite at once and not computed for years
                return np.float64(min(value, 1e308))
            case ast.Name(id=name):
                return np.float64(CONSTANTS[name]) if name in CONSTANTS else points[:, int(name[1:]) - 1]
            case ast.BinOp(left=left, op=op, right=right):
                operands = (self._number(left, points), self._number(right, points))
                return OPERATORS[type(op)](*operands)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return np.logical_not(self._truth(operand, points))
            case ast.UnaryOp(op=op, operand=operand):
                return OPERATORS[type(op)](self._number(operand, points))
            case ast.BoolOp(op=op, values=values):
                result = self._truth(values[0], points)
                for value in values[1:]:
                    result = OPERATORS[type(op)](result, self._truth(value, points))
                return result
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                operands = [self._number(part, points) for part in (left, *comparators)]
                result = np.bool_(True)
                for op, a, b in zip(ops, operands, operands[1:], strict=False):
                    result = np.logical_and(result, OPERATORS[type(op)](a, b))
                return result
            case ast.Call(func=ast.Name(id=name), args=args):
                return FUNCTIONS[name][0](*(self._number(arg, points) for arg in args))
        raise DataError(f"The formula cannot have {ast.unparse(node)!r}.")  # _check lets nothing else through

    def _number(self, node: ast.AST, points: np.ndarray):
        return np.asarray(self._compute(node, points), np.float64)

    def _truth(self, node: ast.AST, points: np.ndarray):
        value = np.asarray(self._compute(node, points))
        return value if value.dtype == bool else value != 0


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
    return replace(data, options={"formula": formula.text, "samples": samples, "noise": noise}, report=(told,))
