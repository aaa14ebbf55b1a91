"""The steps as a Python script or a notebook that computes every number again, with NumPy alone."""

import base64
import json
from typing import Any

import numpy as np

from dnn_tui.mlp.explain import Operand, Step
from dnn_tui.mlp.explain.notation import pretty, renamed

from .batch_subject import BatchSubject
from .network_subject import NetworkSubject
from .small import DescentSubject, GraphSubject, TableSubject
from .subject import Subject

WRITTEN = 1000  # numbers of an array that are written out; more are packed
CHECKED = 64  # numbers of a result that are compared one by one; of more, their norm


def given(subject: Subject) -> dict[str, np.ndarray]:
    """What the steps' NumPy lines start from, by the letters they use for it."""
    if isinstance(subject, GraphSubject):
        return {name: np.asarray(float(value)) for name, value in subject.values.items()}
    if isinstance(subject, TableSubject):
        return {name: np.asarray(value, float) for name, value in subject.values.items()}
    if isinstance(subject, DescentSubject):
        return {"X": subject.descent.X, "Y": subject.descent.Y}
    assert isinstance(subject, NetworkSubject | BatchSubject)
    network = subject.run.network
    found = {operand.key: operand.value for operand in subject.steps[0].operands}  # x, or what it is made of
    if isinstance(subject, BatchSubject):
        found |= _of_batch(subject)
    else:
        found["y"] = subject.run.y
    for i in range(1, network.layers + 1):
        found |= {f"W{i}": network.W[i], f"b{i}": network.b[i]}
    for step in subject.steps:
        if step.phase == "U":
            found |= _of_update(subject, step)
    return found


def _of_batch(subject: BatchSubject) -> dict[str, np.ndarray]:
    """The targets, each row's weight in the mean, the settings, and what dropout's masks are drawn from."""
    run, extras = subject.run, subject.extras
    found = {"given" if extras.label_smoothing else "y": run.given, "weight": run.weight}
    names = {"label_smoothing": "smoothing", "l1": "l1", "l2": "l2", "clip_norm": "clip_norm", "max_norm": "max_norm"}
    used = extras.used()
    found |= {name: np.asarray(used[key]) for key, name in names.items() if key in used}
    for i, random in enumerate(run.random):
        if random is not None:
            found |= {f"random{i}": random, f"p{i}": np.asarray(run.rate[i])}
    return found


def _of_update(subject: NetworkSubject | BatchSubject, step: Step) -> dict[str, np.ndarray]:
    """η, the rule's settings, and the optimizer's state for one layer's weights and biases."""
    found, i = {}, step.layer
    layer = subject.run.network
    at = sum(layer.W[k].size + layer.b[k].size for k in range(1, i))
    parts = {f"W{i}": (at, layer.W[i]), f"b{i}": (at + layer.W[i].size, layer.b[i])}
    for name, value in subject.optimizer.shown().items():
        if value.size == layer.parameters:
            for part, (begin, like) in parts.items():
                found[f"{name}_{part}"] = value.ravel()[begin : begin + like.size].reshape(like.shape)
    afterwards = {operand.key: operand.value for operand in (*step.operands, *step.parts)}
    for operand in step.operands:
        if not operand.shape:  # t, η and the settings
            found[operand.key] = operand.value
        elif operand.key.endswith("_after"):  # an update that has no rule here: only what it led to is known
            found |= {f"{part}_after": afterwards[f"{part}_after"] for part in parts}
    return found


def script(subject: Subject, steps: list[Step], z_a: bool = False) -> str:
    """The steps as a script, each with its result to compare; it ends in an error where a number differs."""
    out = [f'"""{subject.title}: every number once more, with NumPy alone."""', "", *_beginning(subject)]
    for step in steps:
        out += ["", f"# {step.id}: {pretty(step.title)}", *_code(step, z_a), *_check(step, z_a)]
    return "\n".join([*out, "", f'print("{len(steps)} steps, every result as dnn-tui shows it")', ""])


def notebook(subject: Subject, steps: list[Step], z_a: bool = False) -> str:
    """The same as a Jupyter notebook (nbformat 4): a heading and a cell a step, its result shown and compared."""
    intro = f"# {subject.title}\n\n{pretty(subject.text)}".strip()
    cells = [_markdown(intro, "title"), _cell("\n".join(_beginning(subject)), "given")]
    for place, step in enumerate(steps):
        equation = pretty(renamed(step.equation, z_a))
        notes = "".join(f"\n\n> {pretty(renamed(note.text, z_a, everywhere=False))}" for note in step.notes)
        cells.append(_markdown(f"## {step.id}: {pretty(step.title)}\n\n{equation}{notes}", f"text-{place}"))
        code = [*_code(step, z_a), *_check(step, z_a), renamed(step.result.key, z_a)]
        cells.append(_cell("\n".join(code), f"step-{place}"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    record = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _beginning(subject: Subject) -> list[str]:
    lines = [f"{name} = {_array(value)}" for name, value in given(subject).items()]
    imports = ["import base64"] * any("base64" in line for line in lines) + ["import math", "", "import numpy as np"]
    return [*imports, "", "# what is given", *lines]


def _array(value: np.ndarray) -> str:
    """A float64 array as Python, to the last bit."""
    value = np.asarray(value, float)
    if value.size > WRITTEN:
        packed = base64.b64encode(np.ascontiguousarray(value, "<f8").tobytes()).decode()
        return f'np.frombuffer(base64.b64decode("{packed}"), "<f8").reshape{value.shape}'
    text = repr(value.tolist())
    bare = np.isfinite(value).all()
    text = text if bare else text.replace("nan", "math.nan").replace("inf", "math.inf")
    return f"np.array({text})" if value.ndim else text


def _code(step: Step, z_a: bool) -> list[str]:
    return [renamed(line, z_a) for line in (step.numpy, step.numpy_too) if line]


def _check(step: Step, z_a: bool) -> list[str]:
    """The line that compares a result with ours."""
    result: Operand = step.result
    name, value = renamed(result.key, z_a), np.asarray(result.value, float)
    scale = max(result.scale, float(np.abs(value[np.isfinite(value)]).max(initial=0.0)))
    if value.size > CHECKED:
        name, value = f"np.linalg.norm({name})", np.asarray(np.linalg.norm(value))
    return [f"np.testing.assert_allclose({name}, {_array(value)}, rtol=1e-9, atol={1e-12 * scale + 1e-300:.3g})"]


def _markdown(text: str, name: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _cell(code: str, name: str) -> dict[str, Any]:
    empty: dict[str, Any] = {"execution_count": None, "metadata": {}, "outputs": []}
    return {"cell_type": "code", "id": name, "source": code, **empty}
