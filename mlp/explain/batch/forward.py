"""The steps of a batch's forward pass: F0, dropout's masks, F_i a, F_i h, each row's loss, their mean, the penalty."""

import numpy as np

from ...arrays import Array
from ..formulas import NUMPY_FORWARD, NUMPY_LOSS, activation_filled, loss_filled, signed, with_delta
from ..forward import shape_text
from ..meaning import Meaning
from ..numbers import Number, joined, products
from ..passes import activate
from ..step import Focus, Note, Operand, Step
from .inputs import in_the_data_s_unit, input_step, smoothed
from .passes import BatchPass
from .rows import of_row, operand_h, operand_kept

MOST_TERMS = 6  # rows whose part of a mean is written out; of more, the largest


def forward_steps(p: BatchPass, meaning: Meaning | None = None) -> list[Step]:
    """Everything up to what is to be made small. meaning: what inputs and outputs are in the data."""
    meaning = meaning or Meaning()
    steps = [input_step(p, meaning), *([smoothed(p)] if p.extras.label_smoothing else [])]
    for i in range(1, p.layers + 1):
        steps += [*([_dropped(p, i - 1)] if p.mask[i - 1] is not None else []), _sums(p, i), _activation(p, i)]
    steps[-1] = steps[-1].noted(*in_the_data_s_unit(p, meaning))
    return [*steps, _losses(p), _mean(p), *([_penalty(p)] if p.penalised else [])]


def _dropped(p: BatchPass, i: int) -> Step:
    mask, random, rate = p.mask[i], p.random[i], p.rate[i]
    assert mask is not None
    assert random is not None
    h, symbol = operand_h(p, i), "x" if i == 0 else "h"

    def evaluate(h: Array, random: Array, rate: Array) -> Array:
        return np.asarray(h * (random >= rate) / (1 - rate))

    def spell(focus: Focus, number: Number) -> str:
        r, k = focus
        drawn, p_text = number.text(random[r, k]), number.text(rate)
        what = f"drawn {drawn} {'≥' if mask[r, k] else '<'} {p_text}"
        factor = f"1/(1 − {p_text})" if mask[r, k] else "0"
        name = of_row("d", r, i, k + 1)
        of = of_row(symbol, r, k + 1) if i == 0 else of_row(symbol, r, i, k + 1)
        return f"{name} = {of}·{factor} = {number.text(p.kept[i][r, k])}   ({what})"

    dropped = float((mask == 0).mean())
    what = "inputs" if i == 0 else f"units of layer {i}"
    return Step(
        id=f"F{i} d",
        phase="F",
        layer=i,
        symbol=f"D_{i}",
        title=f"Dropout: some {what} are left out, others in each row",
        equation=f"D_{i} = H_{i} ⊙ M_{i},  M_{i} = [drawn ≥ p] / (1 − p)",
        numpy=f"mask{i} = (random{i} >= p{i}) / (1 - p{i}); kept{i} = h{i} * mask{i}",
        operands=(h, Operand("drawn", f"random{i}", random), Operand("p", f"p{i}", np.asarray(rate))),
        result=Operand(f"D_{i}", f"kept{i}", p.kept[i]),
        operation=evaluate,
        speller=spell,
        parts=(Operand(f"M_{i}", f"mask{i}", mask),),
        shapes=" ⊙ ".join(shape_text(h.shape, h.shape)) + f" → {shape_text(h.shape)[0]}",
        notes=(
            Note(
                "dropout",
                f"Here {100 * dropped:.0f} % are dropped, p is {100 * rate:g} %. What is kept counts 1/(1 − p) times, "
                "so that on average the next layer gets what it gets without dropout.",
            ),
        ),
    )


def _sums(p: BatchPass, i: int) -> Step:
    W, b, h = p.network.W[i], p.network.b[i], operand_kept(p, i - 1)
    scale = float((np.abs(h.value) @ np.abs(W).T + np.abs(b)).max())

    def spell(focus: Focus, number: Number) -> str:
        r, k = focus
        line = products(W[k], h.value[r], number, constant=b[k])
        return f"{of_row('a', r, i, k + 1)} = {line} = {number.text(p.a[i][r, k], scale)}"

    w, v, r, n = shape_text(W.T.shape, h.shape, p.a[i].shape, b.shape)
    return Step(
        id=f"F{i} a",
        phase="F",
        layer=i,
        symbol=f"A_{i}",
        title=f"Weighted sums into layer {i}, a row a sample",
        equation=f"A_{i} = {h.name} W_{i}ᵀ + b_{i}",
        numpy=f"a{i} = {h.key} @ W{i}.T + b{i}",
        operands=(h, Operand(f"W_{i}", f"W{i}", W), Operand(f"b_{i}", f"b{i}", b)),
        result=Operand(f"A_{i}", f"a{i}", p.a[i], scale),
        operation=lambda h, W, b: h @ W.T + b,
        speller=spell,
        shapes=f"{v}·{w} + {n} → {r}",
    )


def along_rows(text: str) -> str:
    """A NumPy line for one sample, as one for a row each."""
    return text.replace(".sum()", ".sum(axis=1)").replace(".mean()", ".mean(axis=1)").replace("len(y)", "y.shape[1]")


def _activation(p: BatchPass, i: int) -> Step:
    activation, a, h = p.network.activations[i - 1], p.a[i], operand_h(p, i)
    symbol = "ŷ" if i == p.layers else "h"

    def spell(focus: Focus, number: Number) -> str:
        r, k = focus
        name = of_row(symbol, r, k + 1) if i == p.layers else of_row(symbol, r, i, k + 1)
        return f"{name} = {activation_filled(activation, a[r], k, number)} = {number.text(h.value[r, k])}"

    softmax = activation.local is None
    numpy = "np.exp({a}) / np.exp({a}).sum(axis=1, keepdims=True)" if softmax else NUMPY_FORWARD[activation.name]
    shape = shape_text(a.shape)[0]
    return Step(
        id=f"F{i} h",
        phase="F",
        layer=i,
        symbol=h.name,
        title="The network's answers" if i == p.layers else f"What layer {i} passes on",
        equation=f"{h.name} = {activation.name}(A_{i}),  {signed(activation.formula)}",
        numpy=f"{h.key} = {numpy.format(a=f'a{i}')}",
        operands=(Operand(f"A_{i}", f"a{i}", a),),
        result=h,
        operation=lambda a: activate(activation, a),
        speller=spell,
        shapes=f"{shape} → {shape}",
    )


def _losses(p: BatchPass) -> Step:
    loss, yhat, last = p.loss, p.h[-1], p.layers
    stable = loss.from_logits if p.canonical else None
    operands = (operand_h(p, last), Operand("Y", "y", p.y), Operand(f"A_{last}", f"a{last}", p.a[last]))

    def evaluate(yhat: Array, y: Array, a: Array) -> Array:
        return stable(a, y) if stable else loss.values(yhat, y)

    def spell(focus: Focus, number: Number) -> str:
        (r,) = focus
        return f"{of_row('ℓ', r)} = {loss_filled(loss, yhat[r], p.y[r], number)} = {number.text(p.losses[r])}"

    return Step(
        id="L r",
        phase="L",
        layer=last,
        symbol="ℓ",
        title="Each row's loss",
        equation=f"ℓ = {signed(loss.formula)}" + ("   (ln: natural)" if "ln" in loss.formula else ""),
        numpy=f"losses = {along_rows(with_delta(NUMPY_LOSS[loss.name], loss))}",
        operands=operands if stable else operands[:2],
        result=Operand("ℓ", "losses", p.losses),
        operation=evaluate if stable else lambda yhat, y: loss.values(yhat, y),
        speller=spell,
        shapes=f"{shape_text(yhat.shape)[0]}, {shape_text(yhat.shape)[0]} → ({p.rows})",
    )


def mean_filled(p: BatchPass, terms: list[float], number: Number, scale: float = 0.0) -> str:
    """`(0.1 − 0.2 + 0.4)/3`: the mean of one number a row; the largest are written out where there are many."""
    terms = [float(value) for value in terms]
    order = sorted(range(len(terms)), key=lambda r: -abs(terms[r]))
    shown = sorted(order[: MOST_TERMS if len(terms) > MOST_TERMS + 2 else len(terms)])
    equal = p.equal
    parts = []
    for r in shown:
        share = "" if equal else f"{number.text(p.weight[r])}·"
        parts.append((terms[r] < 0, share + number.text(abs(terms[r]), scale)))
    text = joined(parts)
    if len(shown) < len(terms):
        rest = [r for r in range(len(terms)) if r not in shown]
        left = sum(terms[r] if equal else float(p.weight[r]) * terms[r] for r in rest)
        text += f" + [… {len(rest)} more = {number.text(left, scale)}]"
    return f"({text})/{len(terms)}" if equal else text


def _mean(p: BatchPass) -> Step:
    def spell(focus: Focus, number: Number) -> str:
        return f"L = {mean_filled(p, list(p.losses), number)} = {number.text(p.value)}"

    worst = int(p.losses.argmax())
    share = 100 * float(p.weight[worst] * p.losses[worst]) / p.value if p.value > 0 else 0.0
    notes: tuple[Note, ...] = ()
    if p.rows > 1 and np.isfinite(share) and p.value > 0:
        notes = (Note("batch", f"Row {worst + 1} alone makes {share:.0f} % of the mean: it is the most wrong."),)
    return Step(
        id="L",
        phase="L",
        layer=p.layers,
        symbol="L",
        title="The batch's loss: the mean over its rows",
        equation="L = (1/B) Σ_r ℓ^(r)" if p.equal else "L = Σ_r w_r ℓ^(r),  the weights of the rows sum to 1",
        numpy="L = weight @ losses",
        operands=(Operand("weight", "weight", p.weight), Operand("ℓ", "losses", p.losses)),
        result=Operand("L", "L", np.asarray(p.value)),
        operation=lambda weight, losses: weight @ losses,
        speller=spell,
        shapes=f"({p.rows}) → number",
        notes=notes,
    )


def _penalty(p: BatchPass) -> Step:
    l1, l2 = p.extras.l1, p.extras.l2
    weights = p.network.W[1:]
    sizes = sum(float(np.abs(W).sum()) for W in weights)
    squares = sum(float((W**2).sum()) for W in weights)
    terms, code, given = [], [], [Operand(f"W_{i}", f"W{i}", W) for i, W in enumerate(weights, 1)]
    if l1:
        terms.append("λ_1 Σ|w|")
        code.append(f"l1 * ({' + '.join(f'np.abs(W{i}).sum()' for i in range(1, p.layers + 1))})")
        given.append(Operand("λ_1", "l1", np.asarray(l1)))
    if l2:
        terms.append("½ λ_2 Σ w²")
        code.append(f"0.5 * l2 * ({' + '.join(f'(W{i}**2).sum()' for i in range(1, p.layers + 1))})")
        given.append(Operand("λ_2", "l2", np.asarray(l2)))

    def evaluate(value: Array, *rest: Array) -> Array:
        arrays = rest[: len(weights)]
        return np.asarray(
            value + l1 * sum(np.abs(W).sum() for W in arrays) + 0.5 * l2 * sum((W**2).sum() for W in arrays)
        )

    def spell(focus: Focus, number: Number) -> str:
        put = [number.text(p.value)]
        put += [f"{number.text(l1)}·{number.text(sizes)}"] if l1 else []
        put += [f"½·{number.text(l2)}·{number.text(squares)}"] if l2 else []
        return f"J = {' + '.join(put)} = {number.text(p.objective)}"

    return Step(
        id="J",
        phase="L",
        layer=p.layers,
        symbol="J",
        title="With the penalty on the weights' size",
        equation="J = " + " + ".join(["L", *terms]),
        numpy=f"J = L + {' + '.join(code)}",
        operands=(Operand("L", "L", np.asarray(p.value)), *given),
        result=Operand("J", "J", np.asarray(p.objective)),
        operation=evaluate,
        speller=spell,
        parts=(Operand("R(W)", "penalty", np.asarray(p.penalty)),),
        shapes="number",
        notes=(Note("penalty", "Weights alone are penalised; biases do not make a function bend more."),),
    )
