"""A batch beside the data it comes from: F0, how each input was made of what stood there; the targets, smoothed; the

answers in the data's own unit.
"""

from dataclasses import replace

import numpy as np

from ..forward import shape_text
from ..meaning import Meaning, marked, raw_values, scaled_input, single, spelled_input
from ..numbers import Number
from ..step import Focus, Note, Operand, Step
from .passes import BatchPass
from .rows import of_row, operand_h

MOST_TOLD = 4  # rows whose answers are told in the data's own unit


def input_step(p: BatchPass, meaning: Meaning) -> Step:
    """F0: X, of raw values where these were scaled."""
    x = Operand("X", "x", p.h[0].copy())
    offset = np.array([one.offset for one in meaning.inputs])
    scale = np.array([one.scale for one in meaning.inputs])
    raw = raw_values(x.value, offset, scale) if meaning.scaled else x.value

    def spell(focus: Focus, number: Number) -> str:
        r, k = focus
        symbol = of_row("x", r, k + 1)
        if k < len(meaning.inputs):
            return spelled_input(meaning, x.value[r], raw[r], k, symbol, number)
        return f"{of_row('h', r, 0, k + 1)} = {symbol} = {number.text(x.value[r, k])}"

    plain = Step(
        id="F0",
        phase="F",
        layer=0,
        symbol="H_0",
        title=f"The inputs of {p.rows} rows, one below another",
        equation="H_0 = X",
        numpy="h0 = x",
        operands=(x,),
        result=operand_h(p, 0),
        operation=lambda x: x,
        speller=spell,
        shapes=shape_text(x.shape)[0],
        names=tuple(one.name for one in meaning.inputs),
        notes=(
            Note(
                "batch",
                "A row of the batch is a sample; the raised number in brackets says which. All go through the same "
                "weights, and none knows of another until their losses are averaged.",
            ),
        ),
    )
    if not meaning.scaled:
        return plain
    as_single, made = single(x.value), "(raw - offset) / scale"
    given = Operand("raw", "raw", raw)
    return replace(
        plain,
        equation="H_0 = X = (raw − offset) / scale, each column by its own",
        numpy=f"x = {f'np.float32({made}).astype(float)' if as_single else made}; h0 = x",
        operands=(given, Operand("offset", "offset", offset), Operand("scale", "scale", scale)),
        parts=(given,),
        operation=lambda raw, offset, scale: scaled_input(raw, offset, scale, as_single),
    )


def smoothed(p: BatchPass) -> Step:
    """The targets with some of their weight on every class."""
    epsilon, classes = p.extras.label_smoothing, max(2, p.y.shape[1])

    def spell(focus: Focus, number: Number) -> str:
        r, k = focus
        put = f"(1 − {number.text(epsilon)})·{number.text(p.given[r, k])} + {number.text(epsilon)}/{classes}"
        return f"{of_row('y', r, k + 1)} ← {put} = {number.text(p.y[r, k])}"

    return Step(
        id="F y",
        phase="F",
        layer=0,
        symbol="Y",
        title="The targets, smoothed: no answer is wholly sure",
        equation="Y ← (1 − ε) Y + ε / K",
        numpy=f"y = (1 - smoothing) * given + smoothing / {classes}",
        operands=(Operand("Y", "given", p.given), Operand("ε", "smoothing", np.asarray(epsilon))),
        result=Operand("Y", "y", p.y),
        operation=lambda y, epsilon: (1 - epsilon) * y + epsilon / classes,
        speller=spell,
        shapes=" → ".join(shape_text(p.y.shape, p.y.shape)),
    )


def in_the_data_s_unit(p: BatchPass, meaning: Meaning) -> tuple[Note, ...]:
    """The first rows' answers and targets of a regression, as they stand in the data; of other tasks nothing."""
    if not meaning.measured:
        return ()
    said, text = [], Number(4).text
    for k, one in enumerate(meaning.outputs):
        unit = f" {marked(one.unit)}" if one.unit else ""
        answers, targets = (values[:, k] * one.scale + one.offset for values in (p.h[-1], p.y))
        rows = [
            f"row {r + 1} {text(answers[r])}{unit}, target {text(targets[r])}{unit}"
            for r in range(min(p.rows, MOST_TOLD))
        ]
        made = "" if (one.offset, one.scale) == (0.0, 1.0) else " (ŷ·scale + offset)"
        said.append(f"{marked(one.name)}{made}: {'; '.join(rows)}{' …' if p.rows > MOST_TOLD else ''}")
    return (Note("unit", f"In the data's own unit: {'. '.join(said)}."),)
