"""Detectors: each looks at one step and says, in a sentence, what is worth knowing about it. Nothing else."""

import numpy as np

from .meaning import marked
from .numbers import NOISE, Number
from .passes import Pass, local_derivative
from .step import Note, Step

SATURATED = 0.01  # g' below this passes less than a hundredth of the gradient
UNSCALED = 50.0  # inputs this many times larger than 1 make the gradients lopsided

_text = Number(3).text


def notes(p: Pass, step: Step) -> tuple[Note, ...]:
    """What the detectors say of `step`, the most important first."""
    found = []
    for detector in _DETECTORS.get(step.phase, ()):
        note = detector(p, step)
        if note is not None:
            found.append(note)
    return tuple(sorted(found, key=lambda note: note.severity != "warning"))


def _units(mask: np.ndarray) -> str:
    """ "unit 2", "units 1, 3", "all 4 units", "57 of 128 units" """
    which = np.flatnonzero(mask) + 1
    if len(which) == len(mask) and len(mask) > 1:
        return f"all {len(mask)} units"
    if len(which) <= 6:
        return f"unit{'s' if len(which) > 1 else ''} " + ", ".join(str(k) for k in which)
    return f"{len(which)} of {len(mask)} units"


def _is(mask: np.ndarray) -> str:
    return "is" if mask.sum() == 1 else "are"


def unscaled_input(p: Pass, step: Step) -> Note | None:
    """An input far larger than 1: the gradients of its weights are that much larger too."""
    if step.id not in ("F0", "B1 W"):
        return None
    size = np.abs(p.h[0])
    largest = size.max()
    if largest < UNSCALED:
        return None
    worst = int(size.argmax()) + 1
    called = f" ({p.meaning.input(worst - 1)})" if p.meaning.inputs else ""
    return Note(
        "unscaled input",
        f"x_{worst}{called} is {_text(largest)}, far larger than 1. A weight's gradient is δ times its input, so "
        f"the weights of x_{worst} get gradients that much larger: no single learning rate suits all. "
        "Scale the inputs first.",
        "warning",
    )


def not_finite(p: Pass, step: Step) -> Note | None:
    """A result that is infinite or no number."""
    value = step.result.value
    lost = int(value.size - np.isfinite(value).sum())
    if not lost:
        return None
    what = f"{lost} of {value.size} numbers here are" if value.size > 1 else "This number is"
    return Note(
        "not finite", f"{what} no longer finite: the numbers grew too large. Lower the learning rate.", "warning"
    )


def saturation(p: Pass, step: Step) -> Note | None:
    """Units of sigmoid or tanh whose derivative is all but 0 here."""
    i = step.layer
    if step.phase not in "FB" or not step.id.endswith((" h", " a")) or step.id[0] + step.id[-1] not in ("Fh", "Ba"):
        return None
    activation = p.network.activations[i - 1]
    if activation.name not in ("sigmoid", "tanh"):
        return None
    slope = local_derivative(activation, p.a[i], p.h[i])
    flat = slope < SATURATED
    if flat.any():
        return Note(
            "saturation",
            f"{_units(flat).capitalize()} of layer {i} {_is(flat)} saturated: g' is only {_text(slope.min())}, "
            "so almost no gradient gets through.",
            "warning",
        )
    if activation.name == "sigmoid" and step.phase == "B":
        return Note(
            "saturation",
            "sigmoid's slope is never above ¼: each sigmoid layer passes back a quarter of the gradient at most.",
        )
    return None


def dead_relu(p: Pass, step: Step) -> Note | None:
    """ReLU units that this sample leaves at 0."""
    i = step.layer
    if step.id not in (f"F{i} h", f"B{i} a") or i == 0 or p.network.activations[i - 1].name != "relu":
        return None
    off = p.a[i] <= 0
    if not off.any():
        return None
    kink = " At exactly a = 0 the slope is taken as 0." if (p.a[i] == 0).any() else ""
    if off.all():
        return Note(
            "dead ReLU",
            f"All of layer {i} is off (a_{i} ≤ 0): nothing before it learns from this sample.{kink}",
            "warning",
        )
    return Note(
        "dead ReLU",
        f"{_units(off).capitalize()} of layer {i} {_is(off)} off (a_{i} ≤ 0): "
        f"h is 0 there and no gradient passes.{kink}",
    )


def linear_collapse(p: Pass, step: Step) -> Note | None:
    """Layers without a nonlinearity between them, which are one layer."""
    hidden = p.network.activations[:-1]
    if step.id != f"F{p.layers} a" or p.layers < 2 or any(g.name != "identity" for g in hidden):
        return None
    W, b = p.network.W[1], p.network.b[1]
    for i in range(2, p.layers + 1):
        W, b = p.network.W[i] @ W, p.network.W[i] @ b + p.network.b[i]
    chain = " ".join(f"W_{i}" for i in range(p.layers, 0, -1))
    shown = ""
    if W.size <= 12:
        rows = "; ".join(" ".join(_text(v) for v in row) for row in W)
        shown = f" Here W_eff = [{rows}], b_eff = [{' '.join(_text(v) for v in b)}]."
    return Note(
        "linear collapse",
        f"No hidden layer bends anything, so all {p.layers} layers are one linear map, W_eff = {chain}.{shown}",
        "warning",
    )


def confident_and_wrong(p: Pass, step: Step) -> Note | None:
    """Whether the largest of a softmax's outputs is the right one, and how sure each of the two is."""
    yhat = p.h[-1]
    if step.id != "L":
        return None
    if len(yhat) == 1 and len(p.meaning.classes) == 2 and p.network.activations[-1].name == "sigmoid":
        answer, target = (p.meaning.classes[int(value > 0.5)] for value in (yhat[0], p.y[0]))
        side = f"ŷ is {_text(yhat[0])}, {'above' if yhat[0] > 0.5 else 'not above'} ½, which says “{marked(answer)}”"
        if answer == target:
            return Note("right", f"Right: {side}.")
        return Note("wrong", f"Wrong: {side}; the target is “{marked(target)}”.")
    if len(yhat) < 2 or p.network.activations[-1].name != "softmax":
        return None
    k, true = int(yhat.argmax()), int(p.y.argmax())
    if k == true:
        return Note("right", f"The largest output is {_class(p, k)}, the right one, with {_text(100 * yhat[k])} %.")
    return Note(
        "wrong",
        f"Wrong: the largest output is {_class(p, k)} with {_text(100 * yhat[k])} %; the target is {_class(p, true)} "
        f"({_text(100 * yhat[true])} %).",
    )


def _class(p: Pass, k: int) -> str:
    """An output by the name of its class, and where it stands."""
    return f"“{p.meaning.output(k)}” (ŷ_{{{k + 1}}})" if p.meaning.outputs else f"ŷ_{{{k + 1}}}"


def in_the_data_s_unit(p: Pass, step: Step) -> Note | None:
    """The answer and the target of a regression, as they stand in the data."""
    if step.id not in (f"F{p.layers} h", "L") or not p.meaning.measured:
        return None
    said, text = [], Number(4).text
    for k, one in enumerate(p.meaning.outputs):
        answer, target = (float(value) * one.scale + one.offset for value in (p.h[-1][k], p.y[k]))
        unit = f" {marked(one.unit)}" if one.unit else ""
        made = f"ŷ_{{{k + 1}}}" if len(p.meaning.outputs) > 1 else "ŷ"
        if (one.offset, one.scale) != (0.0, 1.0):
            sign = "−" if one.offset < 0 else "+"
            made += f"·scale + offset = {text(p.h[-1][k])}·{text(one.scale)} {sign} {text(abs(one.offset))}"
        said.append(f"{marked(one.name)} = {made} = {text(answer)}{unit}, the target is {text(target)}{unit}")
    return Note("unit", f"In the data's own unit: {'; '.join(said)}.")


def symmetry(p: Pass, step: Step) -> Note | None:
    """∂L/∂h_{i-1} = W_iᵀ δ_i is zero (in all or some units) although δ_i is not."""
    i = step.layer
    if step.id != f"B{i} h":
        return None
    W, delta, dh = p.network.W[i], p.delta[i], p.dh[i - 1]
    if not np.abs(delta).max() > NOISE * p.noise["delta"][i].max():
        return None  # nothing came down to here: no path cancels
    zero = np.abs(dh) <= NOISE * p.noise["dh"][i - 1]
    zero &= p.noise["dh"][i - 1] > 0
    if not zero.any():
        return _copies(p, i)
    why = f" (those columns of W_{i} hold equal numbers, and the δ sum to 0)"
    if not (np.ptp(W[:, zero], axis=0) == 0).all():
        why = ""
    if zero.all():
        return Note(
            "zero gradient",
            f"The paths cancel exactly{why}: ∂L/∂h_{i - 1} is 0, so no weight before W_{i} changes on this step. "
            "Random initial weights break the symmetry.",
            "warning",
        )
    return Note(
        "zero gradient", f"For {_units(zero)} of layer {i - 1} the paths cancel exactly{why}: the gradient is 0."
    )


def _copies(p: Pass, i: int) -> Note | None:
    """Units of layer i-1 with the same weights in and out get the same gradient and stay copies."""
    if i < 2 or p.network.sizes[i - 1] < 2:
        return None
    into = np.column_stack([p.network.W[i - 1], p.network.b[i - 1], p.network.W[i].T])
    if not (into == into[0]).all():
        return None
    return Note(
        "zero gradient",
        f"All units of layer {i - 1} have the same weights in and out: they get the same gradient and stay copies "
        "of one another. Random initial weights break the symmetry.",
        "warning",
    )


def vanishing(p: Pass, step: Step) -> Note | None:
    """A δ_i far smaller than δ_L."""
    i = step.layer
    if step.id != f"B{i} a" or i == p.layers:
        return None
    here, last = float(np.linalg.norm(p.delta[i])), float(np.linalg.norm(p.delta[-1]))
    if not 0 < here < 1e-3 * last or (np.abs(p.delta[i]) <= NOISE * p.noise["delta"][i]).all():
        return None
    return Note(
        "vanishing gradient",
        f"‖δ_{i}‖ is {_text(here)}, ‖δ_{p.layers}‖ was {_text(last)}: little of the error arrives here.",
        "warning",
    )


def exploding(p: Pass, step: Step) -> Note | None:
    """An update longer than the weights; else, how long it is."""
    i = step.layer
    weights, moved = float(np.linalg.norm(p.network.W[i])), float(np.linalg.norm(step.result.value))
    if moved > weights > 0:
        return Note(
            "exploding update",
            f"The step is larger than the weights: ‖ΔW_{i}‖ = {_text(moved)}, ‖W_{i}‖ = {_text(weights)}. "
            "Lower the learning rate.",
            "warning",
        )
    if weights > 0 and moved > 0:
        return Note("update", f"W_{i} moves by {_text(100 * moved / weights)} % of its length ‖W_{i}‖.")
    return None


def broken_promise(p: Pass, step: Step) -> Note | None:
    """A loss that did not change as the gradient promised."""
    actual = float(step.result.value)
    if not np.isfinite(actual):
        return None
    promised = next(float(part.value) for part in step.parts if part.name == "promised")
    if promised == 0:
        return Note("promise", "The gradient is zero: there is nothing to learn from this sample.")
    if abs(actual) < NOISE * abs(p.value):
        return Note("promise", "The step is too short for the loss to change in its first twelve digits.")
    if promised > 0:
        return Note(
            "promise",
            "The step goes uphill on this sample, and said so: it follows what the optimizer remembers of earlier "
            "gradients (its momentum, its running means), not this gradient alone.",
        )
    if actual > 0:
        return Note(
            "promise",
            "The loss rose: the step was so long that the slope at its start says nothing about its end. "
            "Lower the learning rate.",
            "warning",
        )
    if promised < 0 and actual / promised < 0.5:
        return Note(
            "promise", "Less than half of the promise was kept: the slope changed a lot along this step (it was long)."
        )
    return Note("promise", "A short step keeps what the gradient promises; a longer one less and less. Try another η.")


_DETECTORS = {
    "F": (not_finite, unscaled_input, linear_collapse, saturation, dead_relu, in_the_data_s_unit),
    "L": (not_finite, confident_and_wrong, in_the_data_s_unit),
    "B": (not_finite, symmetry, unscaled_input, vanishing, saturation, dead_relu),
    "U": (not_finite, exploding),
    "V": (not_finite, broken_promise),
}
