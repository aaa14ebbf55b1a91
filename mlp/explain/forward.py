"""The steps of the forward pass: F0, F_i a, F_i h, L."""

from dataclasses import replace

import numpy as np

from ..arrays import Array
from .formulas import NUMPY_FORWARD, NUMPY_LOSS, activation_filled, loss_filled, signed, with_delta
from .meaning import raw_values, scaled_input, single, spelled_input
from .notation import indexed
from .numbers import Number, products
from .passes import Pass, activate
from .step import Focus, Operand, Step


def operand_h(p: Pass, i: int) -> Operand:
    """h_i, called ŷ in the last layer."""
    last = i == p.layers
    return Operand("ŷ" if last else f"h_{i}", "yhat" if last else f"h{i}", p.h[i])


def h_name(p: Pass, i: int, k: int) -> str:
    """The name of unit k (from 0) of layer i: "h_{12}", or "ŷ_{2}" in the last."""
    return indexed("ŷ", k + 1) if i == p.layers else indexed("h", i, k + 1)


def shape_text(*shapes: tuple[int, ...]) -> list[str]:
    """Each shape as text: "(3×2)" of a matrix, "number" of ()."""
    return ["(" + "×".join(str(n) for n in shape) + ")" if shape else "number" for shape in shapes]


def forward_steps(p: Pass) -> list[Step]:
    """F0, then `F_i a` and `F_i h` for i = 1 … L, and L the loss."""
    steps = [_input(p)]
    for i in range(1, p.layers + 1):
        steps += [_preactivation(p, i), _activation(p, i)]
    return [*steps, _loss(p)]


def _input(p: Pass) -> Step:
    x, meaning = Operand("x", "x", p.h[0].copy()), p.meaning
    raw = x.value

    def spell(focus: Focus, number: Number) -> str:
        (k,) = focus
        symbol = f"x_{{{k + 1}}}"
        if k < len(meaning.inputs):
            return spelled_input(meaning, p.h[0], raw, k, symbol, number)
        return f"{indexed('h', 0, k + 1)} = {symbol} = {number.text(p.h[0][k])}"

    plain = Step(
        id="F0",
        phase="F",
        layer=0,
        symbol="h_0",
        title="The input",
        equation="h_0 = x",
        numpy="h0 = x",
        operands=(x,),
        result=operand_h(p, 0),
        operation=lambda x: x,
        speller=spell,
        shapes=shape_text(x.shape)[0],
    )
    if not meaning.scaled:
        return plain
    offset = np.array([one.offset for one in meaning.inputs])
    scale = np.array([one.scale for one in meaning.inputs])
    raw, as_single = raw_values(x.value, offset, scale), single(x.value)
    made = "(raw - offset) / scale"
    return replace(
        plain,
        equation="h_0 = x = (raw − offset) / scale",
        numpy=f"x = {f'np.float32({made}).astype(float)' if as_single else made}; h0 = x",
        operands=(Operand("raw", "raw", raw), Operand("offset", "offset", offset), Operand("scale", "scale", scale)),
        operation=lambda raw, offset, scale: scaled_input(raw, offset, scale, as_single),
    )


def _preactivation(p: Pass, i: int) -> Step:
    W, b, h = p.network.W[i], p.network.b[i], operand_h(p, i - 1)
    scale = float((np.abs(W) @ np.abs(h.value) + np.abs(b)).max())

    def spell(focus: Focus, number: Number) -> str:
        (k,) = focus
        line = products(W[k], h.value, number, constant=b[k])
        return f"{indexed('a', i, k + 1)} = {line} = {number.text(p.a[i][k], scale)}"

    w, v, r = shape_text(W.shape, h.shape, b.shape)
    return Step(
        id=f"F{i} a",
        phase="F",
        layer=i,
        symbol=f"a_{i}",
        title=f"Weighted sums into layer {i}",
        equation=f"a_{i} = W_{i} h_{i - 1} + b_{i}",
        numpy=f"a{i} = W{i} @ h{i - 1} + b{i}",
        operands=(Operand(f"W_{i}", f"W{i}", W), h, Operand(f"b_{i}", f"b{i}", b)),
        result=Operand(f"a_{i}", f"a{i}", p.a[i], scale),
        operation=lambda W, h, b: W @ h + b,
        speller=spell,
        shapes=f"{w}·{v} + {r} → {r}",
    )


def _activation(p: Pass, i: int) -> Step:
    activation, a, h = p.network.activations[i - 1], p.a[i], operand_h(p, i)
    last = i == p.layers

    def spell(focus: Focus, number: Number) -> str:
        (k,) = focus
        return f"{h_name(p, i, k)} = {activation_filled(activation, a, k, number)} = {number.text(h.value[k])}"

    shape = shape_text(a.shape)[0]
    numpy = NUMPY_FORWARD.get(activation.name, activation.name + "({a})").format(a=f"a{i}")
    return Step(
        id=f"F{i} h",
        phase="F",
        layer=i,
        symbol=h.name,
        title="The network's answer" if last else f"What layer {i} passes on",
        equation=f"{h.name} = {activation.name}(a_{i}),  {signed(activation.formula)}",
        numpy=f"{h.key} = {numpy}",
        operands=(Operand(f"a_{i}", f"a{i}", a),),
        result=h,
        operation=lambda a: activate(activation, a),
        speller=spell,
        shapes=f"{shape} → {shape}",
    )


def _loss(p: Pass) -> Step:
    yhat, loss, last = operand_h(p, p.layers), p.loss, p.layers
    stable = loss.from_logits if p.canonical else None
    # where ŷ has rounded to 0 or 1 its logarithm is lost; the engine computes the loss from a_L then, and so do we
    operands = (yhat, Operand("y", "y", p.y), Operand(f"a_{last}", f"a{last}", p.a[last]))

    def evaluate(yhat: Array, y: Array, a: Array) -> Array:
        values: Array = stable(a[None], y[None]) if stable else loss.values(yhat[None], y[None])
        value: Array = values[0]
        return value

    def spell(focus: Focus, number: Number) -> str:
        return f"L = {loss_filled(loss, yhat.value, p.y, number)} = {number.text(p.value)}"

    k = shape_text(yhat.shape)[0]
    return Step(
        id="L",
        phase="L",
        layer=last,
        symbol="L",
        title="The loss: how wrong the answer is",
        equation=f"L = {signed(loss.formula)}" + ("   (ln: natural)" if "ln" in loss.formula else ""),
        numpy=f"L = {with_delta(NUMPY_LOSS.get(loss.name, loss.name + '(yhat, y)'), loss)}",
        operands=operands if stable else operands[:2],
        result=Operand("L", "L", np.asarray(p.value)),
        operation=evaluate if stable else lambda yhat, y: loss.values(yhat[None], y[None])[0],
        speller=spell,
        shapes=f"{k}, {k} → number",
    )
