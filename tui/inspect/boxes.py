"""The three boxes of a step: upstream × local = downstream, or input → function → output. Pure functions."""

from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.calculation import array_text
from dnn_tui.mlp.explain import Focus, Number, Operand, Step
from dnn_tui.mlp.explain.notation import indexed

from ..drawing.grid import fit
from .look import Look

HIDDEN = "?"


@dataclass(frozen=True)
class Box:
    """role: what it is in the chain rule; name: its symbol; value: its number (or few numbers)."""

    role: str
    name: str
    value: str


def boxes(step: Step, look: Look) -> tuple[list[Box], list[str]]:
    """The boxes for the element in focus and the signs between them (one less than boxes)."""
    focus, number = look.element(step), look.number
    value = step.result.value[focus]
    answer = Box("downstream", element_name(step.result.name, focus), number.text(value, step.result.scale))
    if look.hidden:
        answer = Box(answer.role, answer.name, HIDDEN)
    if step.symbol == "(w, b)" and step.upstream is not None:
        return _descent(step, step.upstream, focus, look)
    if step.operands and step.operands[0].key == "weight" and len(focus) == 2:
        return _of_batch(step, answer, focus, number)
    if step.upstream is not None and step.local is not None:
        up, down = _chain(step.upstream, step.local, step.result.shape, focus)
        sign = "→" if step.phase == "U" and up.value.size == 1 and step.parts and len(step.parts) > 3 else "×"
        roles = ("gradient", "−η" if sign == "×" else "η", "step") if step.phase == "U" else None
        first = Box("upstream", up.name, _few(up, number))
        second = Box("local", down.name, _few(down, number))
        if roles:
            eta = -step.local.value if sign == "×" and step.local.name == "η" else step.local.value
            first = Box(roles[0], up.name, first.value)
            second = Box(roles[1] if step.local.name == "η" else "local", "η", number.text(float(eta)))
            answer = Box(roles[2], answer.name, answer.value)
        return [first, second, answer], [sign, "="]
    if step.id.endswith(" a") and step.phase == "F" and len(step.operands) == 3:  # a = W h + b, and no line of a table
        W, h, b = (step.operands[1], step.operands[0], step.operands[2]) if len(focus) == 2 else step.operands
        k = focus[-1]
        row = Box("weights in", f"{W.name} row {k + 1}", array_text(W.value[k], number, 4))
        before = Box("from before", h.name, array_text(h.value, number, 4))
        if len(focus) == 2:  # a batch: the row's own
            before = Box("from before", f"{h.name} row {focus[0] + 1}", array_text(h.value[focus[0]], number, 4))
        bias = Box("bias", element_name(b.name, (k,)), number.text(b.value[k]))
        return [row, before, bias, Box("sum", answer.name, answer.value)], ["·", "+", "="]
    if step.operands and len(step.operands) <= 3:
        inputs = [Box("input", *_piece(operand, focus, step, number)) for operand in step.operands]
        return [*inputs, Box("output", answer.name, answer.value)], [*["," for _ in inputs[1:]], "→"]
    return [], []


def _of_batch(step: Step, answer: Box, focus: Focus, number: Number) -> tuple[list[Box], list[str]]:
    """A weight's mean gradient: the rows' δ times what they passed on, a vote each."""
    _, delta, h = step.operands
    k, j = focus
    first = Box("rows' errors", f"{delta.name} column {k + 1}", array_text(delta.value[:, k], number, 4))
    second = Box("rows' inputs", f"{h.name} column {j + 1}", array_text(h.value[:, j], number, 4))
    return [first, second, Box("mean vote", answer.name, answer.value)], ["·", "→"]


def _descent(step: Step, slope: Operand, focus: Focus, look: Look) -> tuple[list[Box], list[str]]:
    """One update of a walk: before + (−η) × slope = after; by an optimizer with a state, before + Δ = after."""
    (k,), number, n = focus, look.number, step.result.value.size
    name = "b" if k == n - 1 else "w" if n == 2 else f"w_{k + 1}"
    before, lr = (next(o.value for o in step.operands if o.key == key) for key in ("theta_before", "lr"))
    after = HIDDEN if look.hidden else number.text(step.result.value[k])
    if step.local is None:
        moved = next(part.value for part in step.parts if part.key == "step")
        shift = HIDDEN if look.hidden else number.text(moved[k])
        ends = Box("before", name, number.text(before[k])), Box("after", name, after)
        return [ends[0], Box("the rule's step", f"Δ{name}", shift), ends[1]], ["+", "="]
    return [
        Box("before", name, number.text(before[k])),
        Box("", "−η", number.text(-float(lr))),
        Box("slope", f"∂error/∂{name}", number.text(slope.value[k])),
        Box("after", name, after),
    ], ["+", "×", "="]


def _chain(up: Operand, local: Operand, shape: tuple[int, ...], focus: Focus) -> tuple[Operand, Operand]:
    """What of upstream and local this element is made of."""
    if len(shape) == 2 and up.value.ndim == 1:  # ∂L/∂W = δ hᵀ
        return _one(up, (focus[0],)), _one(local, (focus[1],))
    if len(shape) == 2 and up.shape[:1] == shape[:1] and local.shape == (up.shape[-1], shape[1]) and up.shape != shape:
        up = Operand(f"{up.name} row {focus[0] + 1}", up.key, up.value[focus[0]], up.scale)  # a batch: δ W
        return up, Operand(f"{local.name} column {focus[1] + 1}", local.key, local.value[:, focus[1]])
    if local.value.ndim == 2 and len(shape) == 1:
        if local.shape[0] == up.value.size and local.name != "J":  # Wᵀ δ: a column of W
            column = Operand(f"{local.name} column {focus[0] + 1}", local.key, local.value[:, focus[0]])
            return up, column
        return up, Operand(f"{local.name} row {focus[0] + 1}", local.key, local.value[focus[0]])
    return _one(up, focus), _one(local, focus)


def _one(operand: Operand, focus: Focus) -> Operand:
    """The element of an operand that goes with an element of the result (a number goes with each)."""
    if operand.value.ndim == 0 or operand.value.ndim != len(focus):
        return operand
    return Operand(element_name(operand.name, focus), operand.key, np.asarray(operand.value[focus]), operand.scale)


def _piece(operand: Operand, focus: Focus, step: Step, number: Number) -> tuple[str, str]:
    if "softmax" in step.equation and operand.shape == step.result.shape and operand.value.ndim:
        if operand.value.ndim == 1:  # each of its numbers depends on all
            return operand.name, array_text(operand.value, number, 4)
        column = "softmax_dim0" in step.equation
        part = operand.value[:, focus[1]] if column else operand.value[focus[0]]
        where = f"column {focus[1] + 1}" if column else f"row {focus[0] + 1}"
        return f"{operand.name} {where}", array_text(part, number, 4)
    if operand.shape == step.result.shape and operand.value.ndim:
        return element_name(operand.name, focus), number.text(operand.value[focus], operand.scale)
    if operand.value.ndim == 1 and operand.shape == step.result.shape[1:]:  # a number for each column
        return element_name(operand.name, focus[1:]), number.text(operand.value[focus[1]], operand.scale)
    return operand.name, array_text(operand.value, number, 4)


def _few(operand: Operand, number: Number) -> str:
    """A number, or a short list of them."""
    if operand.value.size == 1:
        return number.text(float(operand.value.ravel()[0]), operand.scale)
    return array_text(operand.value, number, 4)


def element_name(name: str, focus: Focus) -> str:
    """The name of one element: "∂L/∂W_2" at (1, 1) is "∂L/∂w_{222}"; "δ_2" at (0,) is "δ_{21}"."""
    if not focus:
        return name
    head, mark, layer = name.rpartition("_")
    if len(focus) == 2 and not head.endswith("W"):  # a row of a batch and a unit
        return f"{name}[{','.join(str(k + 1) for k in focus)}]"
    if mark and layer.isdigit():
        head = head[:-1] + "w" if head.endswith("W") else head
        return indexed(head, int(layer), *(k + 1 for k in focus))
    if name.endswith(("ŷ", "x", "y")):
        return indexed(name, *(k + 1 for k in focus))
    if name.endswith(")") and "_" in name:  # g'(a_1)
        inner = name[name.index("(") + 1 : -1]
        return f"{name[: name.index('(')]}({element_name(inner, focus)})"
    return f"{name}[{','.join(str(k + 1) for k in focus)}]"


def framed(found: list[Box], signs: list[str], look: Look, width: int, between: int = 3) -> list[list[tuple[str, str]]]:
    """The boxes as four rows of (text, kind) spans; kind: frame, role, name, value or sign. Empty if too wide.

    between: cells from one box to the next.
    """
    if not found:
        return []
    inner = []
    for box in found:
        inner.append(max(cell_len(look.say(box.name)), cell_len(box.value), cell_len(box.role)) + 2)
    if sum(inner) + 2 * len(found) + between * len(signs) > width:
        return []
    rows: list[list[tuple[str, str]]] = [[], [], [], []]
    for place, (box, size) in enumerate(zip(found, inner, strict=True)):
        if place:
            for row, text in zip(rows, ("", "", signs[place - 1], ""), strict=True):
                row.append((text.center(between), "sign"))
        rows[0].append((f"╭{fit(f' {box.role} ' if box.role else '', size).center(size, '─')}╮", "frame"))
        rows[1] += [("│", "frame"), (_centred(look.say(box.name), size), "name"), ("│", "frame")]
        rows[2] += [("│", "frame"), (_centred(box.value, size), "value"), ("│", "frame")]
        rows[3].append((f"╰{'─' * size}╯", "frame"))
    return rows


def _centred(text: str, width: int) -> str:
    spare = width - cell_len(text)
    return " " * (spare // 2) + text + " " * (spare - spare // 2)


def one_line(found: list[Box], signs: list[str], look: Look) -> str:
    """The boxes in one line of text, where there is no room for frames."""
    if not found:
        return ""
    pieces = []
    for place, box in enumerate(found):
        pieces.append(look.say(box.name))
        if place < len(signs):
            pieces.append(signs[place])
    return " ".join(pieces)
