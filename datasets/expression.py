"""Arithmetic written by a person, read through a whitelist: numbers, names, + − * / **, a few functions.

Python's own grammar parses the text; nothing is ever evaluated but the nodes named here. Indices count from 1,
as the lectures' subscripts do: `p[2]` is p_2.
"""

import ast
import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


class ExpressionError(ValueError):
    """An expression that cannot be read or computed: one sentence for the user."""


@dataclass(frozen=True)
class Node:
    """kind: "number", "name", "call" (op names an operator or a function), "list" or "index"."""

    kind: str
    op: str = ""
    value: float = 0.0
    inputs: tuple["Node", ...] = ()


def _softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


FUNCTIONS = {
    "exp": np.exp,
    "ln": np.log,
    "log": np.log,
    "log10": np.log10,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 0.5 * (1 + np.tanh(0.5 * np.asarray(z))),
    "softmax": _softmax,
    "log_softmax": lambda z: np.log(_softmax(z)),
    "sum": np.sum,
    "mean": np.mean,
    "std": np.std,
    "max": np.max,
    "min": np.min,
    "argmax": lambda z: np.argmax(z) + 1.0,
}
OPERATORS = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "@": np.matmul,
    "neg": np.negative,
}
_BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
}


def parse(text: str) -> Node:
    """The tree of an expression. Raises ExpressionError."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:
        reason = getattr(error, "msg", None) or error
        raise ExpressionError(f"“{text}” is not an expression: {reason}.") from None
    return _node(tree.body, text)


def _node(tree: ast.expr, text: str) -> Node:
    match tree:
        case ast.Constant(value=bool() | str() | bytes() | complex() | None):
            pass
        case ast.Constant(value=value) if isinstance(value, int | float):
            return Node("number", value=float(value))
        case ast.Name(id=name):
            return Node("name", name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Node("call", "neg", inputs=(_node(operand, text),))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _node(operand, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Node("call", _BINARY[type(op)], inputs=(_node(left, text), _node(right, text)))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if args:
            if name not in FUNCTIONS:
                close = difflib.get_close_matches(name, FUNCTIONS, 1)
                hint = f" Did you mean {close[0]}?" if close else f" There are {', '.join(FUNCTIONS)}."
                raise ExpressionError(f"“{text}” calls {name}, which is no function here.{hint}")
            return Node("call", name, inputs=tuple(_node(arg, text) for arg in args))
        case ast.Subscript(value=value, slice=index):
            parts = index.elts if isinstance(index, ast.Tuple) else [index]
            return Node("index", inputs=(_node(value, text), *(_node(part, text) for part in parts)))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return Node("list", inputs=tuple(_node(item, text) for item in items))
    raise ExpressionError(
        f"“{text}” uses {ast.unparse(tree)!r}; an expression has numbers, names, + - * / **, lists and functions."
    )


def names_in(node: Node) -> list[str]:
    """The names an expression uses, each once, in order."""
    found = [node.op] if node.kind == "name" else []
    for part in node.inputs:
        found += [name for name in names_in(part) if name not in found]
    return found


def evaluate(node: Node, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Its value in float64, names taken from `values`. Raises ExpressionError for an unknown name or a bad shape."""
    with np.errstate(all="ignore"):  # ln 0 is −∞ and is shown as such
        try:
            return np.asarray(_value(node, values), float)
        except (IndexError, TypeError, np.exceptions.AxisError) as error:
            raise ExpressionError(f"It cannot be computed: {error}.") from None
        except ValueError as error:
            if isinstance(error, ExpressionError):
                raise
            raise ExpressionError(f"It cannot be computed: {error}.") from None


def _value(node: Node, values: Mapping[str, np.ndarray]):
    if node.kind == "number":
        return np.float64(node.value)
    if node.kind == "name":
        if node.op not in values:
            raise ExpressionError(f"{node.op} is not known; there are {', '.join(values) or 'no values'}.")
        return np.asarray(values[node.op], float)
    inputs = [_value(part, values) for part in node.inputs]
    if node.kind == "list":
        return np.array(inputs, float)
    if node.kind == "index":
        array, *indices = inputs
        for k in indices:
            if k != int(k) or not 1 <= k <= len(array):
                raise ExpressionError(f"There is no element {k:g} of {len(array)}; they count from 1.")
            array = array[int(k) - 1]
        return array
    function = OPERATORS.get(node.op) or FUNCTIONS[node.op]
    return function(*inputs)


def number(text: str) -> float:
    """What a person types for a number: "0.5", "-2", "1/3", "sqrt(2)/2". Raises ExpressionError."""
    plain = text.strip().replace("−", "-").replace(",", ".") if text.count(",") == 1 else text.replace("−", "-")
    value = evaluate(parse(plain), {})
    if value.shape != () or not np.isfinite(value):
        raise ExpressionError(f"“{text}” is no finite number.")
    return float(value)


_TEXT = {"neg": "−{0}", "**": "{0}^{1}", "/": "{0} / {1}", "*": "{0}·{1}", "+": "{0} + {1}", "-": "{0} − {1}"}
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 2, "**": 4}


def written(node: Node, leaf=None) -> str:
    """The expression as the lectures write it; leaf(name) gives the text for a name (default: the name)."""
    if node.kind == "number":
        return f"{node.value:g}".replace("-", "−")
    if node.kind == "name":
        return leaf(node.op) if leaf else node.op
    inputs = [written(part, leaf) for part in node.inputs]
    if node.kind == "list":
        return f"[{', '.join(inputs)}]"
    if node.kind == "index":
        return f"{inputs[0]}_{{{','.join(inputs[1:])}}}"
    if node.op not in _TEXT:
        return f"{node.op} {inputs[0]}" if node.op == "ln" and not node.inputs[0].inputs else _call(node.op, inputs)
    mine = _BINDING.get(node.op, 0)
    wrapped = []
    for place, (part, text) in enumerate(zip(node.inputs, inputs, strict=True)):
        theirs = _BINDING.get(part.op, 9) if part.kind == "call" else 9
        tight = theirs < mine or (theirs == mine and (place == 1 or node.op in ("**", "neg")))
        wrapped.append(f"({text})" if tight or (place and text.startswith("−")) else text)
    return _TEXT[node.op].format(*wrapped)


def _call(name: str, inputs: list[str]) -> str:
    return f"{name}({', '.join(inputs)})"
