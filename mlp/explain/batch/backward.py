"""The steps of a batch's backward pass: each row's own gradient, their mean for each layer, and each row's share."""

import numpy as np

from ...arrays import Array
from ..formulas import (
    NUMPY_LOCAL,
    NUMPY_LOSS_GRADIENT,
    derivative_filled,
    loss_gradient,
    loss_gradient_filled,
    shortcut,
    signed,
    with_delta,
)
from ..forward import shape_text
from ..notation import indexed
from ..numbers import Number, products
from ..passes import local_derivative
from ..step import Focus, Note, Operand, Step
from .forward import along_rows, mean_filled
from .passes import BatchPass
from .rows import of_row, operand_h, operand_kept


def operand_delta(p: BatchPass, i: int) -> Operand:
    """δ_i of each row, (B, n_i)."""
    return Operand(f"δ_{i}", f"delta{i}", p.delta[i], float(p.noise["delta"][i].max()))


def operand_dh(p: BatchPass, i: int) -> Operand:
    """∂ℓ/∂H_i of each row, called ∂ℓ/∂Ŷ in the last layer."""
    name, key = ("∂ℓ/∂Ŷ", "dyhat") if i == p.layers else (f"∂ℓ/∂H_{i}", f"dh{i}")
    return Operand(name, key, p.dh[i], float(p.noise["dh"][i].max()))


def gradient_scale(p: BatchPass, i: int) -> float:
    """What ∂L/∂W_i is measured by: below 1e-12 of it there is only rounding."""
    return float(p.noise["delta"][i].max() * np.abs(p.kept[i - 1]).max())


def backward_steps(p: BatchPass) -> list[Step]:
    """B0; from layer L down to 1 the rows' δ, the mean gradients, and what goes further down; then the shares."""
    steps = [_dyhat(p)]
    for i in range(p.layers, 0, -1):
        steps += [_delta(p, i), _dW(p, i), _db(p, i)]
        if i > 1:
            steps += [_below(p, i), *([_unmasked(p, i - 1)] if p.mask[i - 1] is not None else [])]
    return [*steps, _shares(p)]


def _dyhat(p: BatchPass) -> Step:
    loss, yhat, result = p.loss, p.h[-1], operand_dh(p, p.layers)

    def evaluate(yhat: Array, y: Array) -> Array:
        out = np.empty_like(y)
        loss.gradient(yhat.copy(), y, out)
        return out

    def spell(focus: Focus, number: Number) -> str:
        r, k = focus
        line = loss_gradient_filled(loss, yhat[r, k], p.y[r, k], yhat.shape[1], number)
        return f"∂ℓ/∂{of_row('ŷ', r, k + 1)} = {line} = {number.text(p.dh[-1][r, k], result.scale)}"

    shape = shape_text(yhat.shape)[0]
    return Step(
        id="B0",
        phase="B",
        layer=p.layers,
        symbol="∂ℓ/∂Ŷ",
        title="Backwards: how each row's loss changes with its answer",
        equation=f"∂ℓ/∂ŷ_k = {loss_gradient(loss)}",
        numpy=f"dyhat = {along_rows(with_delta(NUMPY_LOSS_GRADIENT[loss.name], loss))}",
        operands=(operand_h(p, p.layers), Operand("Y", "y", p.y)),
        result=result,
        operation=evaluate,
        speller=spell,
        shapes=f"{shape}, {shape} → {shape}",
    )


def _delta(p: BatchPass, i: int) -> Step:
    activation, a, h, upstream, result = (
        *(p.network.activations[i - 1], p.a[i], p.h[i]),
        *(operand_dh(p, i), operand_delta(p, i)),
    )
    softmax = activation.local is None
    slope = None if softmax else local_derivative(activation, a, h)

    def spell(focus: Focus, number: Number) -> str:
        r, k = focus
        name, end = of_row("δ", r, i, k + 1), number.text(result.value[r, k], result.scale)
        if slope is None:
            J = np.diag(h[r]) - np.outer(h[r], h[r])
            return f"{name} = {products(J[k], upstream.value[r], number)} = {end}"
        up = number.text(upstream.value[r, k], upstream.scale)
        put = derivative_filled(activation, a[r, k], h[r, k], number)
        return f"{name} = {up}·[{put}] = {up}·{number.factor(slope[r, k])} = {end}"

    def evaluate(upstream: Array, a: Array, h: Array) -> Array:
        if softmax:
            return np.asarray(h * (upstream - (h * upstream).sum(axis=1, keepdims=True)))
        return np.asarray(upstream * local_derivative(activation, a, h))

    key = operand_h(p, i).key
    if softmax:
        numpy = f"delta{i} = yhat * (dyhat - (yhat * dyhat).sum(axis=1, keepdims=True))"
        equation = f"δ_{i}^(r) = Jᵀ ∂ℓ/∂ŷ^(r),  J = diag(ŷ) − ŷ ŷᵀ of that row"
    else:
        numpy = f"delta{i} = {upstream.key} * {NUMPY_LOCAL[activation.name].format(a=f'a{i}', h=key)}"
        equation = f"δ_{i} = ∂ℓ/∂A_{i} = {upstream.name} ⊙ g'(A_{i}),  g' = {signed(activation.derivative)}"
    shape = shape_text(a.shape)[0]
    return Step(
        id=f"B{i} a",
        phase="B",
        layer=i,
        symbol=f"δ_{i}",
        title=f"Back through {activation.name} of layer {i}, each row by itself",
        equation=equation,
        numpy=numpy,
        operands=(upstream, Operand(f"A_{i}", f"a{i}", a), operand_h(p, i)),
        result=result,
        operation=evaluate,
        speller=spell,
        upstream=None if slope is None else upstream,
        local=None if slope is None else Operand(f"g'(A_{i})", f"g{i}", slope),
        shortcut=shortcut(p.loss, p.y.shape[1], i, "Ŷ", "Y") if i == p.layers and p.canonical else "",
        shapes=f"{shape} → {shape}",
    )


def _of_rows(p: BatchPass) -> str:
    return "(1/B) Σ_r" if p.equal else "Σ_r w_r"


def _disagreement(p: BatchPass, i: int) -> Note | None:
    """How many weights some rows would have larger and others smaller."""
    delta, h = p.delta[i], p.kept[i - 1]
    if p.rows < 2 or delta.shape[0] * delta.shape[1] * h.shape[1] > 4_000_000:
        return None
    votes = delta[:, :, None] * h[:, None, :]
    divided = int(((votes > 0).any(axis=0) & (votes < 0).any(axis=0)).sum())
    return Note(
        "votes",
        f"Each row votes for how every weight should move; the gradient is the mean of the votes. Of {votes[0].size} "
        f"weights of this layer the rows disagree about the direction of {divided}.",
    )


def _dW(p: BatchPass, i: int) -> Step:
    delta, h, scale = operand_delta(p, i), operand_kept(p, i - 1), gradient_scale(p, i)
    result = Operand(f"∂L/∂W_{i}", f"dW{i}", p.mean.dW[i], scale)
    letter = "d" if p.mask[i - 1] is not None else "x" if i == 1 else "h"

    def spell(focus: Focus, number: Number) -> str:
        k, j = focus
        votes = [float(v) for v in delta.value[:, k] * h.value[:, j]]
        first = f"{number.text(delta.value[0, k], delta.scale)}·{number.factor(h.value[0, j])}"
        of = of_row(letter, 0, j + 1) if letter == "x" else of_row(letter, 0, i - 1, j + 1)
        vote = f"row 1's vote: {of_row('δ', 0, i, k + 1)}·{of} = {first} = {number.text(votes[0], scale)}"
        mean = f"∂L/∂{indexed('w', i, k + 1, j + 1)} = {mean_filled(p, votes, number, scale)}"
        return f"{vote};  {mean} = {number.text(result.value[k, j], scale)}"

    u, v, r = shape_text(delta.value.T.shape, h.shape, result.shape)
    note = _disagreement(p, i)
    return Step(
        id=f"B{i} W",
        phase="B",
        layer=i,
        symbol=f"∂L/∂W_{i}",
        title=f"Gradient of W_{i}: the mean of the rows' votes",
        equation=f"∂L/∂W_{i} = {_of_rows(p)} δ_{i}^(r) {'x' if letter == 'x' else f'{letter}_{i - 1}'}^(r)ᵀ",
        numpy=f"dW{i} = (weight[:, None] * delta{i}).T @ {h.key}",
        operands=(Operand("weight", "weight", p.weight), delta, h),
        result=result,
        operation=lambda weight, delta, h: (weight[:, None] * delta).T @ h,
        speller=spell,
        shapes=f"{u}·{v} → {r}",
        notes=(note,) if note is not None else (),
    )


def _db(p: BatchPass, i: int) -> Step:
    delta = operand_delta(p, i)

    def spell(focus: Focus, number: Number) -> str:
        (k,) = focus
        mean = mean_filled(p, list(delta.value[:, k]), number, delta.scale)
        return f"∂L/∂{indexed('b', i, k + 1)} = {mean} = {number.text(p.mean.db[i][k], delta.scale)}"

    return Step(
        id=f"B{i} b",
        phase="B",
        layer=i,
        symbol=f"∂L/∂b_{i}",
        title=f"Gradient of b_{i}: the mean of the rows' δ",
        equation=f"∂L/∂b_{i} = {_of_rows(p)} δ_{i}^(r)",
        numpy=f"db{i} = weight @ delta{i}",
        operands=(Operand("weight", "weight", p.weight), delta),
        result=Operand(f"∂L/∂b_{i}", f"db{i}", p.mean.db[i], delta.scale),
        operation=lambda weight, delta: weight @ delta,
        speller=spell,
        shapes=" → ".join(shape_text(delta.shape, p.mean.db[i].shape)),
    )


def _below(p: BatchPass, i: int) -> Step:
    """∂ℓ/∂H_{i-1}, or ∂ℓ/∂D_{i-1} where units of it were dropped."""
    delta, W, masked = operand_delta(p, i), p.network.W[i], p.mask[i - 1] is not None
    scale = float(p.noise["dh"][i - 1].max())
    result = Operand(f"∂ℓ/∂D_{i - 1}", f"dkept{i - 1}", p.dkept[i - 1], scale) if masked else operand_dh(p, i - 1)

    def spell(focus: Focus, number: Number) -> str:
        r, j = focus
        line = products(W[:, j], delta.value[r], number)
        name = of_row("d" if masked else "h", r, i - 1, j + 1)
        return f"∂ℓ/∂{name} = {line} = {number.text(result.value[r, j], result.scale)}"

    u, w, v = shape_text(delta.shape, W.shape, result.shape)
    return Step(
        id=f"B{i} h",
        phase="B",
        layer=i,
        symbol=result.name,
        title=f"Back through W_{i}, each row by itself",
        equation=f"{result.name} = δ_{i} W_{i}",
        numpy=f"{result.key} = delta{i} @ W{i}",
        operands=(delta, Operand(f"W_{i}", f"W{i}", W)),
        result=result,
        operation=lambda delta, W: delta @ W,
        speller=spell,
        upstream=delta,
        local=Operand(f"W_{i}", f"W{i}", W),
        shapes=f"{u}·{w} → {v}",
    )


def _unmasked(p: BatchPass, i: int) -> Step:
    mask, result = p.mask[i], operand_dh(p, i)
    assert mask is not None
    upstream = Operand(f"∂ℓ/∂D_{i}", f"dkept{i}", p.dkept[i], result.scale)

    def spell(focus: Focus, number: Number) -> str:
        r, k = focus
        put = f"{number.text(upstream.value[r, k], upstream.scale)}·{number.text(mask[r, k])}"
        return f"∂ℓ/∂{of_row('h', r, i, k + 1)} = {put} = {number.text(result.value[r, k], result.scale)}"

    shape = shape_text(mask.shape)[0]
    return Step(
        id=f"B{i} d",
        phase="B",
        layer=i,
        symbol=result.name,
        title="Back through dropout: what was left out learns nothing from this row",
        equation=f"∂ℓ/∂H_{i} = ∂ℓ/∂D_{i} ⊙ M_{i}",
        numpy=f"dh{i} = dkept{i} * mask{i}",
        operands=(upstream, Operand(f"M_{i}", f"mask{i}", mask)),
        result=result,
        operation=lambda upstream, mask: upstream * mask,
        speller=spell,
        upstream=upstream,
        local=Operand(f"M_{i}", f"mask{i}", mask),
        shapes=f"{shape} ⊙ {shape} → {shape}",
    )


def shares(p: BatchPass) -> Array:
    """What each row adds to ‖∇L‖², as a share: (B,), summing to 1; all 0 where the gradient is."""
    pull = np.zeros(p.rows)
    for i in range(1, p.layers + 1):
        pull += ((p.delta[i] @ p.mean.dW[i]) * p.kept[i - 1]).sum(axis=1) + p.delta[i] @ p.mean.db[i]
    whole = float(p.weight @ pull)
    return np.asarray(p.weight * pull / (whole or 1.0))


def _shares(p: BatchPass) -> Step:
    each, last = shares(p), p.layers
    pull = " + ".join(
        f"((delta{i} @ dW{i}) * {operand_kept(p, i - 1).key}).sum(axis=1) + delta{i} @ db{i}"
        for i in range(1, last + 1)
    )
    squared = float((p.mean.grad**2).sum())

    def spell(focus: Focus, number: Number) -> str:
        (r,) = focus
        inner = each[r] * squared / p.weight[r]
        weight = f"1/{p.rows}" if p.equal else number.text(p.weight[r])
        put = f"{weight}·{number.factor(inner)} / {number.text(squared)}"
        return f"share^({r + 1}) = {put} = {number.text(each[r])}"

    operands = []
    for i in range(1, last + 1):
        operands += [operand_delta(p, i), operand_kept(p, i - 1)]
        operands += [Operand(f"∂L/∂W_{i}", f"dW{i}", p.mean.dW[i]), Operand(f"∂L/∂b_{i}", f"db{i}", p.mean.db[i])]

    def evaluate(weight: Array, *arrays: Array) -> Array:
        total = np.zeros(len(weight))
        for k in range(0, len(arrays), 4):
            delta, h, dW, db = arrays[k : k + 4]
            total += ((delta @ dW) * h).sum(axis=1) + delta @ db
        return np.asarray(weight * total / (float(weight @ total) or 1.0))

    return Step(
        id="S",
        phase="S",
        layer=1,
        symbol="share",
        title="Each row's share of the gradient",
        equation="share^(r) = w_r ∇ℓ^(r)·∇L / ‖∇L‖²,  all shares sum to 1",
        numpy=f"pull = {pull}; share = weight * pull / (weight @ pull or 1.0)",
        operands=(Operand("weight", "weight", p.weight), *operands),
        result=Operand("share", "share", each),
        operation=evaluate,
        speller=spell,
        shapes=f"({p.rows})",
        notes=(_against(each),),
    )


def _against(each: Array) -> Note:
    against = int((each < 0).sum())
    if not each.any():
        return Note("votes", "The votes cancel exactly: the batch's gradient is 0, though a row's own may not be.")
    if not against:
        return Note("votes", "No row pulls against the mean: a plain step down L lowers the loss of each.")
    rows = f"{against} of {len(each)} rows pull" if against > 1 else f"1 of {len(each)} rows pulls"
    return Note("votes", f"{rows} against the mean (a share below 0): a plain step down L raises their loss.")
