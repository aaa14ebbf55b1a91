"""A calculation on named arrays, line by line, as `Step`s: tables, losses of given answers, counting."""

from collections.abc import Iterable, Mapping

import numpy as np

from dnn_tui.datasets.expression import ExpressionError, evaluate, names_in, parse, written
from dnn_tui.mlp.explain.numbers import Number
from dnn_tui.mlp.explain.step import Focus, Operand, Step

SPELLED = 8  # numbers of an array that are written out in a line; of a larger one, its shape


def explain_calculation(values: Mapping[str, np.ndarray], rows: Iterable[tuple[str, str, str]]) -> list[Step]:
    """One step a row (name, expression, what it says); later rows may use earlier names. Raises ExpressionError."""
    known = {name: np.asarray(value, float) for name, value in values.items()}
    steps = []
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
        return number.factor(float(value))
    if value.size > most:
        return f"({'×'.join(str(n) for n in value.shape)})"
    if value.ndim == 1:
        return f"[{', '.join(number.text(v) for v in value)}]"
    return f"[{'; '.join(array_text(row, number, most).strip('[]') for row in value)}]"


def _step(name: str, expression: str, says: str, known: dict[str, np.ndarray], place: int) -> Step:
    node = parse(expression)
    used = names_in(node)
    value = evaluate(node, known)
    inputs = {key: known[key] for key in used}
    result = Operand(name, name, value)
    equation = f"{name} = {written(node)}"

    def spell(focus: Focus, number: Number) -> str:
        def leaf(key: str) -> str:
            return array_text(inputs[key], number) if inputs[key].size <= SPELLED else key

        line = f"{name} = {written(node, leaf)}"
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
        numpy=f"{name} = {expression}",
        operands=tuple(Operand(key, key, inputs[key]) for key in used),
        result=result,
        operation=lambda *arrays: evaluate(node, dict(zip(used, arrays, strict=True))),
        speller=spell,
        shapes=", ".join("×".join(map(str, inputs[key].shape)) or "number" for key in used)
        + f" → {'×'.join(map(str, value.shape)) or 'number'}",
    )
