"""Steps with the data's own names: of the output a unit is, of the input a weight comes from."""

from dataclasses import replace

from .numbers import Number
from .passes import Pass
from .step import Focus, Step


def named(p: Pass, step: Step) -> Step:
    """The same step, its elements called what they are in the data; a step of hidden units alone is as it was."""
    meaning, kind = p.meaning, step.id.partition(" ")[2]
    if step.id == "F0":
        return replace(step, names=tuple(one.name for one in meaning.inputs))
    if step.phase in "LV" or (step.phase == "B" and kind == "h"):
        return step
    to_outputs = step.layer == p.layers and bool(meaning.outputs)
    weights = step.phase == "U" or kind == "W"
    from_inputs = weights and step.layer == 1 and bool(meaning.inputs)
    if not to_outputs and not from_inputs:
        return step
    spell = step.speller

    def spelled(focus: Focus, number: Number) -> str:
        into = meaning.output(focus[0]) if to_outputs else ""
        out_of = meaning.input(focus[1]) if from_inputs else ""
        name = f"{out_of} → {into}" if into and out_of else into or f"from {out_of}"
        return f"{name}: {spell(focus, number)}"

    names = () if weights else tuple(one.name for one in meaning.outputs)
    return replace(step, speller=spelled, names=names)
