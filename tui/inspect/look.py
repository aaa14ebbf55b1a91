"""`Look`: how a person looks at a subject: which step, which element, in which notation. A frozen value."""

from dataclasses import dataclass, field, replace
from typing import Any

from dnn_tui.mlp.explain import Focus, Number, Step
from dnn_tui.mlp.explain.notation import pretty, renamed


@dataclass(frozen=True)
class Look:
    """at: the step's place; focus: the element (k, j), from 0; units: for a network, the unit in focus of each layer

    (then these say which element is); other: gradients on the nodes where values are usual, and the other way round;
    z_a: Ng's letters; hidden: the result is not shown (quiz).
    """

    at: int = 0
    focus: tuple[int, int] = (0, 0)
    units: tuple[int, ...] = ()
    other: bool = False
    z_a: bool = False
    number: Number = field(default_factory=Number)
    hidden: bool = False

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
    """The focus moved by rows and columns, round the edges of the result; along a vector either way."""
    shape, here = step.result.shape, list(look.element(step))
    if not shape:
        return look
    if len(shape) == 1:
        rows, columns = rows + columns, 0
    here[0] = (here[0] + rows) % shape[0]
    if len(shape) == 2:
        here[1] = (here[1] + columns) % shape[1]
    if look.units:
        units = list(look.units)
        for layer, unit in zip(layers_of(step), here, strict=True):
            units[layer] = unit
        return look.with_(units=tuple(units))
    return look.with_(focus=(here[0], here[1] if len(shape) == 2 else look.focus[1]))


def by_layer(steps: list[Step], at: int, direction: int) -> int:
    """The place of the first step of the next (or this, or the one before) group: a layer in a phase."""

    def group(step: Step) -> tuple[str, int]:
        return step.phase, step.layer

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
