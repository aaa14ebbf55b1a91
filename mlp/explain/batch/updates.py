"""The steps of a batch after the backward pass: penalties, clipping, the update, max-norm, and what it did to J."""

import numpy as np

from ...arrays import Array
from ...network import Network
from ...optimizers import Optimizer
from ...regularization import Regularizer
from ..forward import shape_text
from ..notation import indexed
from ..numbers import NOISE, Number
from ..step import Focus, Note, Operand, Step
from ..updates import stepped, update, verdict
from .backward import gradient_scale
from .forward import forward_steps
from .passes import BatchPass


def update_steps(p: BatchPass, optimizer: Optimizer, lr: float) -> list[Step]:
    """What happens between the mean gradient and the new weights, and V. The optimizer's state is copied."""
    before, after = stepped(p.network, optimizer, lr)
    layers = range(1, p.layers + 1)
    steps = [step for i in p.learned for step in _penalties(p, i)]
    if p.extras.clip_norm:
        steps.append(_clip(p))
    scales = [(gradient_scale(p, i), float(p.noise["delta"][i].max())) for i in layers]
    of = "J" if p.penalised else "L"
    steps += [update(p.network, i, optimizer, before, after, lr, scale, of) for i, scale in enumerate(scales, 1)]
    if p.extras.max_norm:
        free = after.copy()
        Regularizer(after, max_norm=p.extras.max_norm, frozen=p.extras.frozen).constrain()
        steps += [_shortened(p, i, free.W[i], after.W[i]) for i in p.learned]
    return [*steps, _verdict(p, after)]


def _penalties(p: BatchPass, i: int) -> list[Step]:
    """`R_i 2` and `R_i 1`: what each penalty adds to ∂L/∂W_i, one after the other."""
    steps: list[Step] = []
    gradient, W = p.mean.dW[i], p.network.W[i]
    scale = gradient_scale(p, i)
    kinds = (
        ("2", p.extras.l2, "λ_2", "l2", f"λ_2 W_{i}", f"l2 * W{i}", lambda W: W),
        ("1", p.extras.l1, "λ_1", "l1", f"λ_1 sign(W_{i})", f"l1 * np.sign(W{i})", np.sign),
    )
    symbol = f"∂J/∂W_{i}"
    for number_of, amount, name, key, added, code, derivative in kinds:
        if amount:
            before = Operand(symbol if steps else f"∂L/∂W_{i}", f"dW{i}", gradient, scale)
            gradient = gradient + amount * derivative(W)
            operands = (before, Operand(name, key, np.asarray(amount)), Operand(f"W_{i}", f"W{i}", W))
            steps.append(_penalised(i, number_of, operands, Operand(symbol, f"dW{i}", gradient, scale), added, code))
    return steps


def _penalised(i: int, kind: str, operands: tuple[Operand, ...], result: Operand, added: str, code: str) -> Step:
    before, amount, W = operands
    squares = kind == "2"

    def evaluate(gradient: Array, amount: Array, W: Array) -> Array:
        return np.asarray(gradient + amount * (W if squares else np.sign(W)))

    def spell(focus: Focus, number: Number) -> str:
        k, j = focus
        w = W.value[k, j] if squares else np.sign(W.value[k, j])
        put = f"{number.text(before.value[k, j], before.scale)} + {number.text(float(amount.value))}·{number.factor(w)}"
        return f"∂J/∂{indexed('w', i, k + 1, j + 1)} = {put} = {number.text(result.value[k, j], result.scale)}"

    shape = shape_text(W.shape)[0]
    why = (
        "L2 pulls every weight towards 0, the more the larger it is: with plain descent each step first shrinks the "
        "weights by the factor 1 − η λ."
        if squares
        else "L1 pulls every weight towards 0 with the same force, however small it is: many end at 0. |w| has no "
        "derivative at 0; 0 is taken there."
    )
    return Step(
        id=f"R{i} {kind}",
        phase="R",
        layer=i,
        symbol=result.name,
        title=f"The L{kind} penalty's own pull on W_{i}",
        equation=f"∂J/∂W_{i} = {before.name} + {added}",
        numpy=f"dW{i} = dW{i} + {code}",
        operands=operands,
        result=result,
        operation=evaluate,
        speller=spell,
        shapes=f"{shape} + {shape} → {shape}",
        notes=(Note("penalty", why),),
    )


def _clip(p: BatchPass) -> Step:
    longest, layers = p.extras.clip_norm, p.learned
    before = p.network.grad / p.clip
    length = float(np.sqrt((before**2).sum()))
    squares = " + ".join(f"(dW{i}**2).sum() + (db{i}**2).sum()" for i in layers)
    shorter = [f"dW{i}, db{i} = clip * dW{i}, clip * db{i}" for i in layers]
    symbol = "J" if p.penalised else "L"

    def evaluate(gradient: Array, longest: Array) -> Array:
        size = np.sqrt((gradient**2).sum())
        return np.asarray(min(1.0, longest / (size + 1e-6)) if size > longest else 1.0)

    def spell(focus: Focus, number: Number) -> str:
        put = f"‖∇{symbol}‖ = {number.text(length)} {'>' if p.clip < 1 else '≤'} {number.text(longest)}"
        made = f"{number.text(longest)}/{number.text(length)} = " if p.clip < 1 else ""
        return f"factor = {made}{number.text(p.clip)}   ({put})"

    changed = p.clip < 1
    return Step(
        id="C",
        phase="C",
        layer=1,
        symbol="factor",
        title="Clipping: the whole gradient is made no longer than c",
        equation=f"∇ ← ∇ · min(1, c / ‖∇{symbol}‖),  over all layers together",
        numpy=f"norm = np.sqrt({squares}); clip = min(1.0, clip_norm / (norm + 1e-6)) if norm > clip_norm else 1.0",
        numpy_too="; ".join(shorter),
        operands=(Operand(f"∇{symbol}", "grad", before), Operand("c", "clip_norm", np.asarray(longest))),
        result=Operand("factor", "clip", np.asarray(p.clip)),
        operation=evaluate,
        speller=spell,
        parts=(Operand(f"‖∇{symbol}‖", "norm", np.asarray(length)),),
        shapes="number",
        notes=(
            Note(
                "clipping",
                "Its direction stays: every number of it is multiplied by the same factor (1e-6 is added to the "
                "length, as torch does)."
                if changed
                else "It is short enough: nothing is changed here.",
            ),
        ),
    )


def _shortened(p: BatchPass, i: int, W: Array, shorter: Array) -> Step:
    longest = p.extras.max_norm
    lengths = np.sqrt((W**2).sum(axis=1))

    def evaluate(W: Array, longest: Array) -> Array:
        return np.asarray(W * np.minimum(1.0, longest / np.sqrt((W**2).sum(axis=1, keepdims=True))))

    def spell(focus: Focus, number: Number) -> str:
        k, j = focus
        factor = min(1.0, longest / lengths[k]) if lengths[k] else 1.0
        put = f"{number.text(W[k, j])}·min(1, {number.text(longest)}/{number.text(lengths[k])})"
        end = f"{number.text(W[k, j])}·{number.text(factor)} = {number.text(shorter[k, j])}"
        return f"{indexed('w', i, k + 1, j + 1)} ← {put} = {end}"

    too_long = int((lengths > longest).sum())
    shape = shape_text(W.shape)[0]
    name = f"W{i}_after"
    return Step(
        id=f"N{i}",
        phase="N",
        layer=i,
        symbol=f"W_{i}",
        title=f"Max-norm: no unit of layer {i} has longer weights than c",
        equation=f"row of W_{i} ← row · min(1, c / ‖row‖)",
        numpy=f"{name} = {name} * np.minimum(1.0, max_norm / np.sqrt(({name}**2).sum(axis=1, keepdims=True)))",
        operands=(Operand(f"W_{i} stepped", name, W), Operand("c", "max_norm", np.asarray(longest))),
        result=Operand(f"W_{i} after", name, shorter),
        operation=evaluate,
        speller=spell,
        parts=(Operand("‖row‖", "lengths", lengths),),
        shapes=f"{shape} → {shape}",
        notes=(Note("penalty", f"{too_long} of {len(W)} units had weights longer than {longest:g}."),),
    )


def _forward_again(p: BatchPass) -> str:
    """The forward pass as Python with the weights after the update, and the same masks."""
    again = []
    for step in forward_steps(p):
        if step.id in ("F0", "F y") or step.id.endswith(" d"):
            line = f"kept{step.layer} = h{step.layer} * mask{step.layer}" if step.id.endswith(" d") else ""
        else:
            line = step.numpy
        for i in range(1, p.layers + 1):
            line = line.replace(f"W{i}.T", f"W{i}_after.T").replace(f"+ b{i}", f"+ b{i}_after")
            line = line.replace(f"(W{i}**2)", f"(W{i}_after**2)").replace(f"np.abs(W{i})", f"np.abs(W{i}_after)")
        line = line.replace("L = ", "L_after = ", 1) if step.id == "L" else line
        line = line.replace("J = L ", "J_after = L_after ", 1) if step.id == "J" else line
        again += [line] if line else []
    return "; ".join(again)


def _verdict(p: BatchPass, after: Network) -> Step:
    value, symbol = p.loss_with(after.theta), "J" if p.penalised else "L"
    gradient, moved = p.network.grad / p.clip, after.theta - p.network.theta
    same = " and the same units dropped" if any(mask is not None for mask in p.mask) else ""
    step = verdict(
        p.layers,
        symbol,
        f"What the update did: the same rows{same}, forward again",
        _forward_again(p),
        (p.objective, value),
        (gradient, moved),
        Operand("Ŷ after", "yhat_after", p.answers_with(after)),
    )
    return step.noted(_kept_promise(p, float(gradient @ moved), value - p.objective))


def _kept_promise(p: BatchPass, promised: float, actual: float) -> Note:
    if promised == 0:
        return Note("promise", "The gradient is zero: there is nothing to learn from this batch.")
    if not np.isfinite(actual) or actual > 0 > promised:
        return Note(
            "promise",
            "The loss of these rows rose: the step was so long that the slope at its start says nothing about its end. "
            "Lower the learning rate.",
            "warning",
        )
    if abs(actual) < NOISE * abs(p.objective):
        return Note("promise", "The step is too short for the loss to change in its first twelve digits.")
    if promised > 0:
        return Note("promise", "The step goes uphill on this batch, and said so: it follows earlier gradients too.")
    return Note("promise", "This holds for these rows together; a row that pulled against the mean may be worse off.")
