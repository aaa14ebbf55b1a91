"""Steps with the data's own names: of the output a unit is, of the input a weight comes from."""

from dataclasses import replace

from .meaning import Meaning
from .numbers import Number
from .step import Focus, Step


def named(meaning: Meaning, layers: int, step: Step, of_rows: bool = False) -> Step:
    """The same step, its elements called what they are in the data; a step of hidden units alone is as it was.

    layers: L. of_rows: it is of a batch, and where it has not lost its rows in a mean, its second index is the unit.
    """
    kind = step.id.partition(" ")[2]
    if step.id == "F0":
        return step if of_rows else replace(step, names=tuple(one.name for one in meaning.inputs))
    if step.phase in "LVSC" or (step.phase == "B" and kind == "h") or kind in ("d", "y"):
        return step
    to_outputs = step.layer == layers and bool(meaning.outputs)
    weights = step.phase in "URN" or kind == "W"
    from_inputs = weights and step.layer == 1 and bool(meaning.inputs)
    if not to_outputs and not from_inputs:
        return step
    spell = step.speller
    unit = 1 if of_rows and len(step.result.shape) == 2 and not weights else 0

    def spelled(focus: Focus, number: Number) -> str:
        into = meaning.output(focus[unit]) if to_outputs else ""
        out_of = meaning.input(focus[1]) if from_inputs else ""
        name = f"{out_of} → {into}" if into and out_of else into or f"from {out_of}"
        return f"{name}: {spell(focus, number)}"

    names = () if weights or unit else tuple(one.name for one in meaning.outputs)
    return replace(step, speller=spelled, names=names)
