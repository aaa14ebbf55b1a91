"""The steps of the backward pass: B0, then B_i a, B_i W, B_i b and (i > 1) B_i h, from the last layer to the first."""

import numpy as np

from ..arrays import Array
from .formulas import (
    NUMPY_LOCAL,
    NUMPY_LOSS_GRADIENT,
    derivative_filled,
    loss_gradient,
    loss_gradient_filled,
    shortcut,
    signed,
    with_delta,
)
from .forward import h_name, operand_h, shape_text
from .notation import indexed
from .numbers import Number, products
from .passes import Pass, local_derivative
from .step import Focus, Operand, Step


def operand_delta(p: Pass, i: int) -> Operand:
    """δ_i of a pass as an operand, (n_i,), with the size of the terms it was summed from."""
    return Operand(f"δ_{i}", f"delta{i}", p.delta[i], float(p.noise["delta"][i].max()))


def operand_dh(p: Pass, i: int) -> Operand:
    """∂L/∂h_i, called ∂L/∂ŷ in the last layer."""
    last = i == p.layers
    name, key = ("∂L/∂ŷ", "dyhat") if last else (f"∂L/∂h_{i}", f"dh{i}")
    return Operand(name, key, p.dh[i], float(p.noise["dh"][i].max()))


def gradient_scale(p: Pass, i: int) -> float:
    """What ∂L/∂W_i is measured by: below 1e-12 of it there is only rounding."""
    return float(p.noise["delta"][i].max() * np.abs(p.h[i - 1]).max())


def backward_steps(p: Pass) -> list[Step]:
    """B0 and, from layer L down to 1, `B_i a`, `B_i W`, `B_i b` and, for i > 1, `B_i h`."""
    steps = [_dyhat(p)]
    for i in range(p.layers, 0, -1):
        softmax = p.network.activations[i - 1].local is None
        steps.append(_delta_through_jacobian(p, i) if softmax else _delta(p, i))
        steps += [_dW(p, i), _db(p, i)]
        if i > 1:
            steps.append(_dh(p, i))
    return steps


def _dyhat(p: Pass) -> Step:
    loss, yhat, result = p.loss, p.h[-1], operand_dh(p, p.layers)
    text = loss_gradient(loss) or f"∂({signed(loss.formula)})/∂ŷ_k"

    def evaluate(yhat: Array, y: Array) -> Array:
        out: Array = np.empty((1, len(y)))
        loss.gradient(yhat[None].copy(), y[None], out)
        gradient: Array = out[0]
        return gradient

    def spell(focus: Focus, number: Number) -> str:
        (k,) = focus
        line = loss_gradient_filled(loss, yhat[k], p.y[k], len(yhat), number)
        return f"∂L/∂{h_name(p, p.layers, k)} = {line} = {number.text(p.dh[-1][k], result.scale)}"

    shape = shape_text(yhat.shape)[0]
    return Step(
        id="B0",
        phase="B",
        layer=p.layers,
        symbol="∂L/∂ŷ",
        title="Backwards: how L changes with the answer",
        equation=f"∂L/∂ŷ_k = {text}",
        numpy=f"dyhat = {with_delta(NUMPY_LOSS_GRADIENT.get(loss.name, loss.name + '_gradient(yhat, y)'), loss)}",
        operands=(operand_h(p, p.layers), Operand("y", "y", p.y)),
        result=result,
        operation=evaluate,
        speller=spell,
        local=result,
        upstream=Operand("∂L/∂L", "one", np.asarray(1.0)),
        shapes=f"{shape}, {shape} → {shape}",
    )


def _delta(p: Pass, i: int) -> Step:
    activation, a, h, result = p.network.activations[i - 1], p.a[i], p.h[i], operand_delta(p, i)
    upstream = operand_dh(p, i)
    local = Operand(f"g'(a_{i})", f"g{i}", local_derivative(activation, a, h))

    def spell(focus: Focus, number: Number) -> str:
        (k,) = focus
        derivative = derivative_filled(activation, a[k], h[k], number)
        return (
            f"{indexed('δ', i, k + 1)} = {number.text(upstream.value[k], upstream.scale)}·[{derivative}]"
            f" = {number.text(upstream.value[k], upstream.scale)}·{number.factor(local.value[k])}"
            f" = {number.text(result.value[k], result.scale)}"
        )

    prime = NUMPY_LOCAL.get(activation.name, activation.name + "_prime({a})").format(a=f"a{i}", h=operand_h(p, i).key)
    shape = shape_text(a.shape)[0]
    return Step(
        id=f"B{i} a",
        phase="B",
        layer=i,
        symbol=f"δ_{i}",
        title=f"Back through {activation.name} of layer {i}",
        equation=f"δ_{i} = ∂L/∂a_{i} = {upstream.name} ⊙ g'(a_{i}),  g' = {signed(activation.derivative)}",
        numpy=f"delta{i} = {upstream.key} * {prime}",
        operands=(upstream, Operand(f"a_{i}", f"a{i}", a), operand_h(p, i)),
        result=result,
        operation=lambda upstream, a, h: upstream * local_derivative(activation, a, h),
        speller=spell,
        upstream=upstream,
        local=local,
        shortcut=shortcut(p.loss, len(p.y), i) if i == p.layers and p.canonical else "",
        shapes=f"{shape} ⊙ {shape} → {shape}",
    )


def _delta_through_jacobian(p: Pass, i: int) -> Step:
    upstream, result, yhat = operand_dh(p, i), operand_delta(p, i), operand_h(p, i)
    J = local_derivative(p.network.activations[i - 1], p.a[i], p.h[i])

    def spell(focus: Focus, number: Number) -> str:
        (k,) = focus
        line = products(J[k], upstream.value, number)
        return f"{indexed('δ', i, k + 1)} = {line} = {number.text(result.value[k], result.scale)}"

    n = len(J)
    return Step(
        id=f"B{i} a",
        phase="B",
        layer=i,
        symbol=f"δ_{i}",
        title="Back through softmax: all depends on all",
        equation=f"δ_{i} = ∂L/∂a_{i} = Jᵀ ∂L/∂ŷ,  J = diag(ŷ) − ŷ ŷᵀ",
        numpy=f"delta{i} = (np.diag(yhat) - np.outer(yhat, yhat)) @ dyhat",
        operands=(upstream, yhat),
        result=result,
        operation=lambda upstream, yhat: (np.diag(yhat) - np.outer(yhat, yhat)) @ upstream,
        speller=spell,
        upstream=upstream,
        local=Operand("J", "J", J),
        shortcut=shortcut(p.loss, len(p.y), i) if p.canonical else "",
        shapes=f"({n}×{n})·({n}) → ({n})",
    )


def _dW(p: Pass, i: int) -> Step:
    delta, h = operand_delta(p, i), operand_h(p, i - 1)
    scale = gradient_scale(p, i)
    result = Operand(f"∂L/∂W_{i}", f"dW{i}", p.network.dW[i], scale)

    def spell(focus: Focus, number: Number) -> str:
        k, j = focus
        return (
            f"∂L/∂{indexed('w', i, k + 1, j + 1)} = {indexed('δ', i, k + 1)}·{h_name(p, i - 1, j)}"
            f" = {_delta_expanded(p, i, k, h.value[j], number)}{number.text(delta.value[k], delta.scale)}"
            f"·{number.factor(h.value[j])} = {number.text(result.value[k, j], scale)}"
        )

    u, v, r = shape_text(delta.shape, h.shape, result.shape)
    return Step(
        id=f"B{i} W",
        phase="B",
        layer=i,
        symbol=f"∂L/∂W_{i}",
        title=f"Gradient of W_{i}: where each weight should go",
        equation=f"∂L/∂W_{i} = δ_{i} h_{i - 1}ᵀ",
        numpy=f"dW{i} = np.outer(delta{i}, h{i - 1})",
        operands=(delta, h),
        result=result,
        operation=np.outer,
        speller=spell,
        upstream=delta,
        local=h,
        shapes=f"{u} ⊗ {v} → {r}",
    )


def _delta_expanded(p: Pass, i: int, k: int, h: float, number: Number) -> str:
    """For a small softmax layer, δ's own sum of products: the whole path in one line."""
    if i != p.layers or p.network.activations[-1].local is not None or len(p.y) > 4:
        return ""
    J = local_derivative(p.network.activations[-1], p.a[i], p.h[i])
    return f"[{products(J[k], p.dh[-1], number)}]·{number.factor(h)} = "


def _db(p: Pass, i: int) -> Step:
    delta = operand_delta(p, i)

    def spell(focus: Focus, number: Number) -> str:
        (k,) = focus
        value = number.text(delta.value[k], delta.scale)
        return f"∂L/∂{indexed('b', i, k + 1)} = {indexed('δ', i, k + 1)}·1 = {value}"

    shape = shape_text(delta.shape)[0]
    return Step(
        id=f"B{i} b",
        phase="B",
        layer=i,
        symbol=f"∂L/∂b_{i}",
        title=f"Gradient of b_{i}: a weight on a constant 1",
        equation=f"∂L/∂b_{i} = δ_{i}",
        numpy=f"db{i} = delta{i}",
        operands=(delta,),
        result=Operand(f"∂L/∂b_{i}", f"db{i}", p.network.db[i], delta.scale),
        operation=lambda delta: delta,
        speller=spell,
        upstream=delta,
        local=Operand("∂a/∂b", "one", np.asarray(1.0)),
        shapes=f"{shape} → {shape}",
    )


def _dh(p: Pass, i: int) -> Step:
    delta, W, result = operand_delta(p, i), p.network.W[i], operand_dh(p, i - 1)

    def spell(focus: Focus, number: Number) -> str:
        (j,) = focus
        line = products(W[:, j], delta.value, number)
        return f"∂L/∂{indexed('h', i - 1, j + 1)} = {line} = {number.text(result.value[j], result.scale)}"

    n, m = W.shape
    return Step(
        id=f"B{i} h",
        phase="B",
        layer=i,
        symbol=f"∂L/∂h_{i - 1}",
        title=f"Back through W_{i}: the paths' shares add up",
        equation=f"∂L/∂h_{i - 1} = W_{i}ᵀ δ_{i}",
        numpy=f"dh{i - 1} = W{i}.T @ delta{i}",
        operands=(Operand(f"W_{i}", f"W{i}", W), delta),
        result=result,
        operation=lambda W, delta: W.T @ delta,
        speller=spell,
        upstream=delta,
        local=Operand(f"W_{i}", f"W{i}", W),
        shapes=f"({m}×{n})·({n}) → ({m})",
    )
