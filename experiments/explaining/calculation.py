"""A calculation on named arrays, line by line, as `Step`s: tables, losses of given answers, counting."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from dnn_tui.datasets.expression import OPERATORS, ExpressionError, Node, evaluate, names_in, parse, written
from dnn_tui.mlp.explain.numbers import Number
from dnn_tui.mlp.explain.step import Focus, Operand, Step

SPELLED = 8  # numbers of an array that are written out in a line; of a larger one, its shape


def explain_calculation(values: Mapping[str, np.ndarray], rows: Iterable[tuple[str, str, str]]) -> list[Step]:
    """One step a row (name, expression, what it says); later rows may use earlier names. Raises ExpressionError."""
    known = {name: np.asarray(value, float) for name, value in values.items()}
    steps: list[Step] = []
    for name, expression, says in rows:
        if name in known:
            raise ExpressionError(f"{name} is given twice.")
        steps.append(_step(name, expression, says, known, len(steps) + 1))
        known[name] = steps[-1].result.value
    return steps


def array_text(value: np.ndarray, number: Number, most: int = SPELLED) -> str:
    """A small array in one line; a large one as its shape."""
    value = np.asarray(value)
    if value.ndim == 0:
        return number.text(float(value))
    if value.size > most:
        return f"({'×'.join(str(n) for n in value.shape)})"
    if value.ndim == 1:
        return f"[{', '.join(number.text(v) for v in value)}]"
    return f"[{'; '.join(array_text(row, number, most).strip('[]') for row in value)}]"


_FUNCTIONS = {
    "ln": "np.log({0})",
    "relu": "np.maximum({0}, 0)",
    "sigmoid": "1 / (1 + np.exp(-{0}))",
    "softmax": "np.exp({0}) / np.exp({0}).sum(axis=-1, keepdims=True)",
    "log_softmax": "np.log(np.exp({0}) / np.exp({0}).sum(axis=-1, keepdims=True))",
    "argmax": "np.argmax({0}) + 1",
    **{f"{name}_dim{axis}": f"np.{name}({{0}}, axis={axis})" for name in ("sum", "mean") for axis in (0, 1)},
    **{f"cat_dim{axis}": f"np.concatenate({{0}}, axis={axis})" for axis in (0, 1)},
    "softmax_dim0": "np.exp({0}) / np.exp({0}).sum(axis=0, keepdims=True)",
    "softmax_dim1": "np.exp({0}) / np.exp({0}).sum(axis=1, keepdims=True)",
    "flatten": "np.ravel({0})",
    "reshape": "np.reshape({0}, ({1}, {2}))",
    "dim": "np.ndim({0})",
    "shape": "np.array(np.shape({0}))",
}


def numpy_text(node: Node) -> str:
    """An expression as Python: its functions are NumPy's, and its indices count from 0."""
    if node.kind == "number":
        return f"{node.value:g}" if node.value == float(f"{node.value:g}") else repr(node.value)
    if node.kind == "name":
        return node.op
    inputs = [numpy_text(part) for part in node.inputs]
    if node.kind == "list":
        return f"np.array([{', '.join(inputs)}])"
    if node.kind == "index":
        indices = [
            f"{part.value - 1:g}" if part.kind == "number" else f"int({text}) - 1"
            for part, text in zip(node.inputs[1:], inputs[1:], strict=True)
        ]
        return f"{_tight(node.inputs[0], inputs[0])}[{', '.join(indices)}]"
    if node.op == "neg":
        return f"-{_tight(node.inputs[0], inputs[0])}"
    if node.op in OPERATORS:
        left, right = (_tight(part, text) for part, text in zip(node.inputs, inputs, strict=True))
        if node.op == "**" and left.isdigit():
            left += ".0"  # 256**9 is more than NumPy's integers hold
        return f"{left} {node.op} {right}"
    template = _FUNCTIONS.get(node.op, f"np.{node.op}({{0}})")
    if "-{0}" in template:
        inputs = [_tight(part, text) for part, text in zip(node.inputs, inputs, strict=True)]
    return template.format(*inputs) if "{1}" in template else template.format(", ".join(inputs))


def _tight(part: Node, text: str) -> str:
    """A part that binds loosely, in parentheses."""
    loose = part.kind == "call" and (part.op in OPERATORS or part.op in ("sigmoid", "softmax", "argmax"))
    return f"({text})" if loose or text.startswith("-") else text


def _step(name: str, expression: str, says: str, known: dict[str, np.ndarray], place: int) -> Step:
    node = parse(expression)
    used = names_in(node)
    value = evaluate(node, known)
    inputs = {key: known[key] for key in used}
    result = Operand(name, name, value)
    equation = f"{name} = {written(node)}"

    put, picked = _picked(node, inputs)

    def spell(focus: Focus, number: Number) -> str:
        def leaf(key: str) -> str:
            if key in picked:
                return number.text(picked[key])
            return array_text(inputs[key], number) if inputs[key].size <= SPELLED else key

        if (share := _share(node, inputs, focus, number)) is not None:
            place = ",".join(str(k + 1) for k in focus)
            return f"{name}_{{{place}}} = {share} = {number.text(value[focus])}"
        line = f"{name} = {written(put, leaf)}"
        if value.size <= SPELLED:
            return f"{line} = {array_text(value, number)}"
        place = ",".join(str(k + 1) for k in focus)
        line = "" if line == equation else f"{line};  "  # an array that is too large to be written out
        return f"{line}{name}_{{{place}}} = {number.text(value[focus])}"

    return Step(
        id=name,
        phase="F",
        layer=place,
        symbol=name,
        title=says or f"Compute {name}",
        equation=equation,
        numpy=f"{name} = {numpy_text(node)}",
        operands=tuple(Operand(key, key, inputs[key]) for key in used),
        result=result,
        operation=lambda *arrays: evaluate(node, dict(zip(used, arrays, strict=True))),
        speller=spell,
        shapes=_shapes([inputs[key].shape for key in used], value.shape),
    )


def _shapes(given: list[tuple[int, ...]], made: tuple[int, ...]) -> str:
    said = [("×".join(map(str, shape)) or "number") for shape in (*given, made)]
    return f"{', '.join(said[:-1])} → {said[-1]}" if given else said[-1]


def _picked(node: Node, inputs: Mapping[str, np.ndarray]) -> tuple[Node, dict[str, float]]:
    """The expression with each X_{2} of numbers known as a name of its own, and what those names stand for."""
    if node.kind == "index" and all(part.kind == "number" for part in node.inputs[1:]):
        value = evaluate(node, inputs) if set(names_in(node)) <= set(inputs) else None
        if value is not None and np.ndim(value) == 0:
            return Node("name", written(node)), {written(node): float(value)}
    parts: list[Node] = []
    picked: dict[str, float] = {}
    for part in node.inputs:
        made, found = _picked(part, inputs)
        parts.append(made)
        picked |= found
    return replace(node, inputs=tuple(parts)), picked


def _share(node: Node, inputs: Mapping[str, np.ndarray], focus: Focus, number: Number) -> str | None:
    """One element of a softmax over the rows (or columns) of a table, from all of its row; None of anything else."""
    softmax = node.kind == "call" and node.op.removeprefix("log_") in ("softmax", "softmax_dim0", "softmax_dim1")
    if not softmax or node.inputs[0].kind != "name" or len(focus) != 2:
        return None
    table = inputs[node.inputs[0].op]
    row = table[:, focus[1]] if node.op.endswith("dim0") else table[focus[0]]
    own = table[focus]
    if len(row) > SPELLED:
        return None
    whole = " + ".join(f"e^{number.text(v)}" for v in row)
    share = f"e^{number.text(own)} / ({whole})"
    return f"ln({share})" if node.op.startswith("log_") else share
