"""`Look`: how a person looks at a subject: which step, which element, in which notation. A frozen value."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from dnn_tui.mlp.explain import Focus, Number, Operand, Step
from dnn_tui.mlp.explain.notation import pretty, renamed


@dataclass(frozen=True)
class Look:
    """at: the step's place; focus: the element (k, j), from 0; units: for a network, the unit in focus of each layer

    (then these say which element is); other: gradients on the nodes where values are usual, and the other way round;
    z_a: Ng's letters; hidden: neither the result nor its numbers are shown (quiz), but the choices are, if
    asked for; scroll: rows and columns that arrays too large to be
    shown are moved on, away from the focus; view: how a step's pictures stand to the diagram (`pictures.py`).
    """

    at: int = 0
    focus: tuple[int, int] = (0, 0)
    units: tuple[int, ...] = ()
    other: bool = False
    z_a: bool = False
    number: Number = field(default_factory=Number)
    hidden: bool = False
    choices: tuple[str, ...] = ()
    scroll: tuple[int, int] = (0, 0)
    view: int = 0

    def with_(self, **changes: Any) -> "Look":
        return replace(self, **changes)

    def say(self, text: str) -> str:
        """An equation as it is shown."""
        return one_cell(pretty(renamed(text, self.z_a)))

    def tell(self, text: str) -> str:
        """A sentence as it is shown: only letters with a subscript are renamed."""
        return one_cell(pretty(renamed(text, self.z_a, everywhere=False)))

    def element(self, step: Step) -> Focus:
        """The element in focus, inside the step's result."""
        if self.units:
            return step.focus(tuple(self.units[layer] for layer in layers_of(step)))
        return step.focus(self.focus)

    def element_of(self, step: Step, operand: Operand) -> Focus:
        """The element of one of a step's operands that goes with the one in focus, so that its part follows."""
        shape, here = operand.shape, self.element(step)
        match = re.fullmatch(r"([Wbah]|delta)(\d+)|(x)|(y|yhat|dyhat)", operand.key)
        if self.units and match is not None:
            layer = int(match[2]) if match[2] else 0 if match[3] else len(self.units) - 1
            here = (self.units[layer], self.units[layer - 1]) if match[1] == "W" else (self.units[layer],)
        elif len(shape) == 1 and len(here) == 2:
            here = here if shape == step.result.shape[:1] else here[1:]
        padded = (*here, *self.focus[len(here) :], 0, 0)
        return tuple(min(max(0, k), n - 1) for k, n in zip(padded, shape, strict=False))


def one_cell(text: str) -> str:
    """Letters with a hat of their own (a combining mark has no cell): m̂ is m^."""
    return text.replace("\u0302", "^")


def layers_of(step: Step) -> tuple[int, ...]:
    """Which layers the indices of a network step's result count the units of."""
    i, kind = step.layer, step.id.partition(" ")[2]
    if step.phase == "U" or kind == "W":
        return i, i - 1
    if step.phase == "B" and kind == "h":
        return (i - 1,)
    return () if step.phase in "LV" else (i,)


def moved(look: Look, step: Step, rows: int = 0, columns: int = 0) -> Look:
    """The focus moved by rows and columns, round the edges of the result; along a vector either way.

    Where a vector is made with the weights between two layers, the columns are those weights: the unit at their
    other end moves.
    """
    look = look.with_(scroll=(0, 0))
    shape, here = step.result.shape, list(look.element(step))
    if not shape:
        return look
    if look.units and columns and not rows and (end := _other_end(step)) is not None:
        units, size = list(look.units), next(o for o in step.operands if o.key[:1] == "W").shape
        units[end] = (units[end] + columns) % size[1 if step.phase == "F" else 0]
        return look.with_(units=tuple(units))
    if len(shape) == 1:
        rows, columns = rows + columns, 0
    here[0] = (here[0] + rows) % shape[0]
    if len(shape) == 2:
        here[1] = (here[1] + columns) % shape[1]
    if look.units:
        return focused(look, step, tuple(here))
    return look.with_(focus=(here[0], here[1] if len(shape) == 2 else look.focus[1]))


def focused(look: Look, step: Step, element: Focus) -> Look:
    """The focus on that element of a step's result."""
    if look.units:
        units = list(look.units)
        for layer, unit in zip(layers_of(step), element, strict=True):
            units[layer] = unit
        return look.with_(units=tuple(units))
    return look.with_(focus=(*element, 0, 0)[:2])


def _other_end(step: Step) -> int | None:
    """The layer at the other end of the weights that a vector step is made with; None where there are none."""
    if step.phase == "F" and step.id.endswith(" a"):
        return step.layer - 1
    return step.layer if step.phase == "B" and step.id.endswith(" h") else None


def by_layer(steps: list[Step], at: int, direction: int) -> int:
    """The place of the first step of the next (or this, or the one before) group: a layer in a phase."""

    def group(step: Step) -> tuple[str, int]:
        return step.phase, -1 if step.id == "B0" else step.layer  # B0 is of no layer: B_L comes after it

    if direction > 0:
        here = group(steps[at])
        return next((k for k in range(at + 1, len(steps)) if group(steps[k]) != here), len(steps) - 1)
    begin = at
    while begin > 0 and group(steps[begin - 1]) == group(steps[at]):
        begin -= 1
    if begin < at:
        return begin
    begin = max(0, at - 1)
    while begin > 0 and group(steps[begin - 1]) == group(steps[max(0, at - 1)]):
        begin -= 1
    return begin
