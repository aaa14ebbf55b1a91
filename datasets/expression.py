"""Arithmetic written by a person, read through one whitelist: numbers, names, operators, a few functions.

Python's own grammar parses the text; nothing is ever evaluated but the nodes named here. An entrance says which of
them it lets through: `LESSON` for calculations on arrays, `generated/formula.py` for functions of x1, x2 ….
Indices count from 1, as the lectures' subscripts do: `p[2]` is p_2.
"""

import ast
import difflib
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

DEEPEST = 200  # levels of nesting: far below where Python's own stack ends


class ExpressionError(ValueError):
    """An expression that cannot be read or computed: one sentence for the user."""


@dataclass(frozen=True)
class Node:
    """kind: "number", "name", "call" (op names an operator or a function), "compare" (op names one or more, between

    the inputs), "list" or "index".
    """

    kind: str
    op: str = ""
    value: float = 0.0
    inputs: tuple["Node", ...] = ()


def _softmax(z: Any) -> Any:
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _log_softmax(z: Any) -> Any:
    """Not the logarithm of a softmax, whose small shares are 0."""
    z = z - np.max(z, axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def _reshape(z: Any, rows: Any, columns: Any) -> Any:
    """The same numbers in the same order, row after row; -1 for as many as it takes."""
    sizes = [float(size) for size in (rows, columns)]
    if not all(size.is_integer() for size in sizes):
        raise ExpressionError("reshape takes whole numbers of rows and columns, or -1 for as many as it takes.")
    return np.reshape(z, [int(size) for size in sizes])


#: Functions of numbers, and of arrays element by element: the function and how many values it takes.
POINTWISE: dict[str, tuple[np.ufunc, int]] = {
    **{name: (getattr(np, name), 1) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "abs", "sign")},
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
    "hypot": (np.hypot, 2),
}
#: Functions of one array (but for `reshape`); those of one number that NumPy has not are among them.
OF_ARRAYS: dict[str, Callable[..., Any]] = {
    "ln": np.log,
    "log10": np.log10,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(0.5 * np.asarray(z))),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "sum": np.sum,
    "mean": np.mean,
    "std": np.std,
    "max": np.max,
    "min": np.min,
    "argmax": lambda z: np.argmax(z) + 1.0,
    # along one dimension, counted from 0 as PyTorch does: what dim names is what disappears
    "sum_dim0": lambda z: np.sum(z, axis=0),
    "sum_dim1": lambda z: np.sum(z, axis=1),
    "mean_dim0": lambda z: np.mean(z, axis=0),
    "mean_dim1": lambda z: np.mean(z, axis=1),
    "softmax_dim0": lambda z: np.transpose(_softmax(np.transpose(z))),
    "softmax_dim1": _softmax,
    "cat_dim0": lambda z: np.concatenate(z, axis=0),
    "cat_dim1": lambda z: np.concatenate(z, axis=1),
    "transpose": np.transpose,
    "flatten": np.ravel,
    "reshape": _reshape,
    "dim": lambda z: np.float64(np.ndim(z)),
    "shape": lambda z: np.array(np.shape(z), float),
}
OPERATORS = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "@": np.matmul,
    "%": np.mod,
    "neg": np.negative,
    "pos": np.positive,
}
COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
LOGIC = {"and": np.logical_and, "or": np.logical_or, "not": np.logical_not}
_WRITTEN: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@", ast.Mod: "%",
    ast.USub: "neg", ast.UAdd: "pos", ast.Not: "not", ast.And: "and", ast.Or: "or",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


@dataclass(frozen=True)
class Language:
    """What an entrance lets through, and its sentences for what it does not.

    operators: by their names here. functions: how many values each takes. constants: names that are numbers.
    arrays: whether there are lists and indices. caret: whether ^ is a power, as it is to whoever is no programmer.
    """

    operators: frozenset[str]
    functions: Mapping[str, int]
    unreadable: str
    forbidden: str
    miscounted: str
    unknown_function: str = ""
    constants: Mapping[str, float] = field(default_factory=dict)
    arrays: bool = False
    caret: bool = False


LESSON = Language(
    operators=frozenset(("+", "-", "*", "/", "**", "@", "neg", "pos")),
    functions=dict.fromkeys(("exp", "ln", "log", "log10", "sin", "cos", "tanh", "sqrt", "abs", *OF_ARRAYS), 1)
    | {"reshape": 3},
    arrays=True,
    unreadable="“{text}” is not an expression: {reason}.",
    forbidden="“{text}” uses {part!r}; an expression has numbers, names, + - * / **, lists and functions.",
    miscounted="“{text}” gives {name} {given} values; it takes {taken}.",
    unknown_function="“{text}” calls {name}, which is no function here.",
)


def parse(text: str, language: Language = LESSON) -> Node:
    """The tree of an expression. Raises ExpressionError."""
    read = text.strip().replace("^", "**") if language.caret else text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a person's text, not about this program
            tree = ast.parse(read, mode="eval")
        return _Reader(text, language).node(tree.body, 1)
    except ExpressionError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or (isinstance(error, ValueError) and str(error)) or _DEEP
        raise ExpressionError(language.unreadable.format(text=text, reason=reason)) from None


_DEEP = "it is nested too deeply"


@dataclass(frozen=True)
class _Reader:
    """Python's tree into ours, or a refusal at the first node that the language does not have."""

    text: str
    language: Language

    def node(self, tree: ast.expr, depth: int) -> Node:
        if depth > DEEPEST:
            raise ExpressionError(self.language.unreadable.format(text=self.text, reason=_DEEP))

        def inside(*parts: ast.expr) -> tuple[Node, ...]:
            return tuple(self.node(part, depth + 1) for part in parts)

        match tree:
            case ast.Constant(value=bool() | str() | bytes() | complex() | None):
                pass
            case ast.Constant(value=int() | float() as value):
                return Node("number", value=_number(value))
            case ast.Name(id=name) if name in self.language.constants:
                return Node("number", value=self.language.constants[name])
            case ast.Name(id=name):
                return Node("name", name)
            case ast.UnaryOp(op=op, operand=operand) if self._has(op):
                (node,) = inside(operand)
                # +x is x; of a yes or no it makes a number
                return node if isinstance(op, ast.UAdd) and not _is_truth(node) else _call(_WRITTEN[type(op)], (node,))
            case ast.BinOp(left=left, op=op, right=right) if self._has(op):
                return _call(_WRITTEN[type(op)], inside(left, right))
            case ast.BoolOp(op=op, values=values) if self._has(op):
                return _call(_WRITTEN[type(op)], inside(*values))
            case ast.Compare(left=left, ops=ops, comparators=others) if all(map(self._has, ops)):
                return Node("compare", " ".join(_WRITTEN[type(op)] for op in ops), inputs=inside(left, *others))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if self._knows(name, args):
                return _call(name, inside(*args))
            case ast.Subscript(value=value, slice=index) if self.language.arrays:
                return Node("index", inputs=inside(value, *(index.elts if isinstance(index, ast.Tuple) else [index])))
            case ast.List(elts=items) | ast.Tuple(elts=items) if self.language.arrays:
                return Node("list", inputs=inside(*items))
        raise ExpressionError(self.language.forbidden.format(text=self.text, part=ast.unparse(tree)))

    def _has(self, op: ast.AST) -> bool:
        return _WRITTEN.get(type(op)) in self.language.operators

    def _knows(self, name: str, args: list[ast.expr]) -> bool:
        """Whether it is a function, given as many values as it takes. Raises ExpressionError where it is not."""
        functions = self.language.functions
        if name not in functions:
            if not self.language.unknown_function or not args:
                return False
            close = difflib.get_close_matches(name, functions, 1)
            hint = f" Did you mean {close[0]}?" if close else f" There are {', '.join(functions)}."
            raise ExpressionError(self.language.unknown_function.format(text=self.text, name=name) + hint)
        if any(isinstance(arg, ast.Starred) for arg in args):
            return False
        if len(args) != functions[name]:
            taken = functions[name]
            told = self.language.miscounted.format(text=self.text, name=name, taken=taken, given=len(args))
            raise ExpressionError(told)
        return True


def _call(op: str, inputs: tuple[Node, ...]) -> Node:
    return Node("call", op, inputs=inputs)


def _number(value: float) -> float:
    """As a float, never Python's int: 9**9**9 is then infinite at once and not computed for years."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _is_truth(node: Node) -> bool:
    """Whether its value is a yes or no."""
    return node.kind == "compare" or node.op in LOGIC


def names_in(node: Node) -> list[str]:
    """The names an expression uses, each once, in order."""
    found = [node.op] if node.kind == "name" else []
    for part in node.inputs:
        found += [name for name in names_in(part) if name not in found]
    return found


def evaluate(node: Node, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Its value in float64, names taken from `values`. Raises ExpressionError for an unknown name or a bad shape."""
    return np.asarray(compute(node, values), float)


def compute(node: Node, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Its value, float64, or bool where it is a comparison or made of them. Raises ExpressionError as `evaluate`."""
    with np.errstate(all="ignore"):  # ln 0 is −∞ and is shown as such
        try:
            return np.asarray(_value(node, values))
        except ExpressionError:
            raise
        except (IndexError, TypeError, ValueError) as error:
            raise ExpressionError(f"It cannot be computed: {error}.") from None


def _value(node: Node, values: Mapping[str, np.ndarray]) -> Any:
    if node.kind == "number":
        return np.float64(node.value)
    if node.kind == "name":
        if node.op not in values:
            raise ExpressionError(f"{node.op} is not known; there are {', '.join(values) or 'no values'}.")
        return np.asarray(values[node.op], float)
    inputs = [_value(part, values) for part in node.inputs]
    if node.op in LOGIC:
        result, *others = [np.asarray(part) != 0 for part in inputs]
        if node.op == "not":
            return np.logical_not(result)
        for part in others:
            result = LOGIC[node.op](result, part)
        return result
    numbers = [np.asarray(part, float) for part in inputs] if any(map(_is_truth, node.inputs)) else inputs
    if node.kind == "compare":
        result = np.bool_(True)
        for op, a, b in zip(node.op.split(), numbers, numbers[1:], strict=False):
            result = np.logical_and(result, COMPARISONS[op](a, b))
        return result
    if node.kind == "list":
        return np.array(numbers, float)
    if node.kind == "index":
        return _element(*numbers)
    return _function(node.op, len(numbers))(*numbers)


def _element(array: Any, *indices: Any) -> Any:
    for k in indices:
        if k != int(k) or not 1 <= k <= len(array):
            raise ExpressionError(f"There is no element {k:g} of {len(array)}; they count from 1.")
        array = array[int(k) - 1]
    return array


def _function(op: str, count: int) -> Callable[..., Any]:
    if op in OPERATORS:
        return OPERATORS[op]
    pointwise, taken = POINTWISE.get(op, (None, 0))
    return pointwise if pointwise is not None and taken == count else OF_ARRAYS[op]


def number(text: str) -> float:
    """What a person types for a number: "0.5", "-2", "1/3", "sqrt(2)/2". Raises ExpressionError."""
    plain = text.strip().replace("−", "-").replace(",", ".") if text.count(",") == 1 else text.replace("−", "-")
    node = parse(plain)
    if names_in(node):
        raise ExpressionError(f"“{text}” is no number: write it as 0.5, -2 or 1/3.")
    value = evaluate(node, {})
    if value.shape != () or not np.isfinite(value):
        raise ExpressionError(f"“{text}” is no finite number.")
    return float(value)


_TEXT = {"neg": "−{0}", "**": "{0}^{1}", "/": "{0} / {1}", "*": "{0}·{1}", "+": "{0} + {1}", "-": "{0} − {1}"}
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 2, "**": 4}


def written(node: Node, leaf: Callable[[str], str] | None = None) -> str:
    """The expression as the lectures write it; leaf(name) gives the text for a name (default: the name)."""
    if node.kind == "number":
        whole = node.value == round(node.value, 0) and abs(node.value) < 1e11  # 1000000, not 1e+06
        return (f"{node.value:.0f}" if whole else f"{node.value:g}").replace("-", "−")
    if node.kind == "name":
        return leaf(node.op) if leaf else node.op
    if node.kind == "index" and node.inputs[0].kind == "index":  # W[2][3] is w_{2,3}
        inner = node.inputs[0]
        return written(Node("index", inputs=(*inner.inputs, *node.inputs[1:])), leaf)
    inputs = [written(part, leaf) for part in node.inputs]
    if node.kind == "list":
        return f"[{', '.join(inputs)}]"
    if node.kind == "index":
        return f"{inputs[0]}_{{{','.join(inputs[1:])}}}"
    if node.op == "ln" and not node.inputs[0].inputs:
        return f"ln ({inputs[0]})" if inputs[0].startswith("−") else f"ln {inputs[0]}"
    if node.op not in _TEXT:
        return f"{node.op}({', '.join(inputs)})"
    mine = _BINDING.get(node.op, 0)
    binds = node.inputs[-1].kind != "call" or _BINDING.get(node.inputs[-1].op, 9) > mine
    if node.op == "+" and inputs[1].startswith("−") and binds:
        return f"{inputs[0]} − {inputs[1][1:]}"  # 1 + (−2) as one writes it
    wrapped = []
    for place, (part, text) in enumerate(zip(node.inputs, inputs, strict=True)):
        theirs = _BINDING.get(part.op, 9) if part.kind == "call" else 9
        tight = theirs < mine or (theirs == mine and (place == 1 or node.op in ("**", "neg")))
        signed = text.startswith("−") and (place or node.op in ("**", "neg"))
        wrapped.append(f"({text})" if tight or signed else text)
    return _TEXT[node.op].format(*wrapped)
