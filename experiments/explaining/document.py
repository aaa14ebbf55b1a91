"""Steps as a document: text, Markdown, LaTeX, JSON, a Python script or a notebook."""

import json
import textwrap
from typing import Any

import numpy as np

from dnn_tui.mlp.explain import Focus, Note, Number, Operand, Step
from dnn_tui.mlp.explain.notation import escaped, latex, pretty, renamed

from .batch_subject import BatchSubject
from .blocks import block, tier
from .network_subject import NetworkSubject
from .script import notebook, script
from .subject import InspectError, Subject

FORMATS = ("text", "markdown", "latex", "json", "python", "ipynb")
MOST_IN_JSON = 1000  # numbers of one array; of a larger one, its summary, unless a single step is asked for
WIDTH = 100
MOST_NAMES = 32  # of a vector's elements that are listed


def chosen_steps(subject: Subject, wanted: str | None) -> list[Step]:
    """All steps, or the one wanted. Raises InspectError."""
    if wanted is None:
        return subject.steps
    return [subject.step_named(wanted)]


def check_focus(step: Step, focus: Focus) -> None:
    """Raise InspectError where the step's result has no such element."""
    shape = step.result.shape
    if focus and not _has(step, focus):
        written = ",".join(str(k + 1) for k in focus)
        size = "×".join(str(n) for n in shape)
        what = f"its elements are counted from 1 to {size}" if shape else "it is a single number"
        raise InspectError(f"{step.id} has no element {written}: {what}.")


def _has(step: Step, focus: Focus) -> bool:
    shape = step.result.shape
    return len(focus) <= len(shape) and all(k < n for k, n in zip(focus, shape, strict=False))


@np.errstate(all="ignore")  # numbers that overflow are shown as they are
def document(
    subject: Subject,
    form: str = "text",
    step: str | None = None,
    focus: Focus = (),
    number: Number | None = None,
    z_a: bool = False,
) -> str:
    """The subject's steps (or one) in a format of FORMATS. focus: the element whose numbers are put in, from 0."""
    number, steps = number or Number(), chosen_steps(subject, step)
    if step is not None:
        check_focus(steps[0], focus)
    elif focus and not any(_has(one, focus) for one in steps):
        raise InspectError(f"No step has an element {','.join(str(k + 1) for k in focus)}.")
    if form == "json":
        return _json(subject, steps, focus, number, step is not None)
    if form in ("python", "ipynb"):
        if step is not None:  # a step needs those before it
            steps = subject.steps[: subject.steps.index(steps[0]) + 1]
        return (script if form == "python" else notebook)(subject, steps, z_a)
    write = {"text": _text, "markdown": _markdown, "latex": _latex}[form]
    return write(subject, steps, focus, number, z_a)


def heading(subject: Subject) -> str:
    """The title, with the sample where there are several."""
    name = subject.row.name if isinstance(subject, NetworkSubject) else ""
    name = subject.name if isinstance(subject, BatchSubject) else name
    if subject.kind == "graph" and len(subject.rows) > 1:
        name = f"sample {subject.at + 1}"
    return f"{subject.title} · {name}" if name else subject.title


def lines_of(step: Step, focus: Focus, number: Number, most: int = 4) -> list[str]:
    """The equation with numbers: of every element of a small result, else of the one in focus."""
    shape = step.result.shape
    most = MOST_NAMES if step.id == "F0" and step.names else most  # each input came about in its own way
    if step.id == "F0" and step.names and len(shape) == 2 and not focus and shape[1] <= most:
        return [step.substituted((0, k), number) for k in range(shape[1])]  # of a batch, as its first row shows it
    if focus or int(np.prod(shape)) > most or len(shape) != 1:
        return [step.substituted(focus, number)]
    lines = [step.substituted((k,), number) for k in range(shape[0])]
    return list(dict.fromkeys(lines))  # a calculation says the whole array at once


def _say(text: str, z_a: bool) -> str:
    return pretty(renamed(text, z_a))


def _note(note: Note, z_a: bool) -> str:
    return pretty(renamed(note.text, z_a, everywhere=False))


def _text(subject: Subject, steps: list[Step], focus: Focus, number: Number, z_a: bool) -> str:
    out = [heading(subject), "=" * len(heading(subject))]
    if subject.text and len(steps) > 1:
        out += ["", *textwrap.wrap(pretty(subject.text), WIDTH)]
    total = len(subject.steps)
    places = {id(step): k for k, step in enumerate(subject.steps, start=1)}
    for step in steps:
        out += ["", f"{step.id}   {places[id(step)]}/{total}   {pretty(step.title)}"]
        out.append(f"    {_say(step.equation, z_a)}")
        if step.shortcut:
            out.append(f"    shortcut: {_say(step.shortcut, z_a)}")
        out += [f"    {_say(line, z_a)}" for line in lines_of(step, focus, number)]
        if chain := chain_text(step):
            out.append(f"    {_say(chain, z_a)}")
        out.append(f"    shapes: {step.shapes}")
        for operand in (*step.parts, step.result):
            out += _labelled(_say(operand.name, z_a), block(operand, number))
        if named := _names(step):
            out += textwrap.wrap(named, WIDTH - 4, initial_indent=f"    {_places(step)}: ", subsequent_indent="      ")
        out.append(f"    NumPy: {renamed(step.numpy, z_a)}")
        for note in step.notes:
            mark = "!" if note.severity == "warning" else "·"
            out += textwrap.wrap(_note(note, z_a), WIDTH - 6, initial_indent=f"    {mark} ", subsequent_indent="      ")
    return "\n".join(out) + "\n"


def chain_text(step: Step) -> str:
    """How the result comes of what stands before it; "" where a step is no product of two."""
    if step.upstream is None or step.local is None:
        return ""
    up, local = step.upstream.name, step.local.name
    if step.phase != "U":
        return f"upstream {up} × local {local} → {step.symbol}"
    if step.symbol == "(w, b)":
        return f"before + ({local}) × {up} → {step.symbol}"
    plain = not any(part.key in ("v", "m") for part in step.parts)  # what remembers is more than a product
    return (
        f"gradient {up} × (−{local}) → {step.symbol}" if plain else f"gradient {up}, memory and {local} → {step.symbol}"
    )


def _places(step: Step) -> str:
    return "columns" if len(step.result.shape) == 2 else "elements"


def _names(step: Step) -> str:
    """What a vector's elements, or a batch's columns, are called, where that is not too much to say."""
    return ", ".join(f"{k} {name}" for k, name in enumerate(step.names, 1)) if len(step.names) <= MOST_NAMES else ""


def _labelled(name: str, lines: list[str]) -> list[str]:
    first, *rest = lines
    indent = " " * (len(name) + 7)
    return [f"    {name} = {first}", *(f"{indent}{line}" for line in rest)]


def _markdown(subject: Subject, steps: list[Step], focus: Focus, number: Number, z_a: bool) -> str:
    out = [f"# {heading(subject)}", ""]
    if subject.text and len(steps) > 1:
        out += [pretty(subject.text), ""]
    for step in steps:
        out += [f"## {step.id}: {pretty(step.title)}", "", f"**{_say(step.equation, z_a)}**", ""]
        out += [f"- {_say(line, z_a)}" for line in lines_of(step, focus, number)]
        if step.shortcut:
            out.append(f"- shortcut: {_say(step.shortcut, z_a)}")
        out += [f"- {_places(step)}: {named}"] if (named := _names(step)) else []
        out += [f"- shapes: {step.shapes}", "", "```"]
        for operand in (*step.parts, step.result):
            out += [line[4:] for line in _labelled(_say(operand.name, z_a), block(operand, number))]
        out += ["```", "", "```python", renamed(step.numpy, z_a), "```", ""]
        for note in step.notes:
            out += [f"> {'**Note.** ' if note.severity == 'warning' else ''}{_note(note, z_a)}", ""]
    return "\n".join(out)


def _latex(subject: Subject, steps: list[Step], focus: Focus, number: Number, z_a: bool) -> str:
    out = [r"\documentclass{article}", r"\usepackage{amsmath,amssymb}", r"\usepackage[a4paper,margin=2cm]{geometry}"]
    out += [r"\begin{document}", rf"\section*{{{escaped(heading(subject))}}}"]
    if subject.text and len(steps) > 1:
        out += ["", escaped(pretty(subject.text))]
    for step in steps:
        out += ["", rf"\subsection*{{{escaped(step.id)}: {escaped(pretty(step.title))}}}"]
        lines = [step.equation, *([step.shortcut] if step.shortcut else []), *lines_of(step, focus, number)]
        pieces = [piece for line in lines for piece in line.split(";  ")]
        rows = [row for piece in pieces for row in in_rows(renamed(piece, z_a))]
        body = " \\\\\n".join(f"  & {indent}{latex(row)}" for indent, row in rows)
        out += [r"\begin{align*}", body, r"\end{align*}"]
        value = step.result.value
        if value.ndim and tier(value.shape) == "full":
            figures = [[number.text(v, step.result.scale) for v in row] for row in np.atleast_2d(value)]
            inside = r" \\ ".join(" & ".join(map(latex, row)) for row in figures)
            name = latex(renamed(step.result.name, z_a))
            out.append(rf"\[ {name} = \begin{{bmatrix}} {inside} \end{{bmatrix}} \]")
        out += [f"{_places(step).capitalize()}: {escaped(named)}."] if (named := _names(step)) else []
        out += [escaped(_note(note, z_a)) for note in step.notes]
    return "\n".join([*out, r"\end{document}", ""])


def in_rows(line: str, most: int = 90) -> list[tuple[str, str]]:
    """A long line as rows that fit a page, all but the first indented: cut before = or a sign outside of brackets."""
    rows, depth, start, cut = [], 0, 0, 0
    for k, character in enumerate(line):
        depth += (character in "([⟪") - (character in ")]⟫")
        if k - start > most and cut > start:
            rows.append(line[start:cut])
            start = cut
        comma = line[k : k + 2] == ", " and "⟫" not in line[k:].partition("⟪")[0]  # none inside a name
        if comma or (depth == 0 and line[k : k + 3] in (" = ", " + ", " − ")):
            cut = k
    indents = ["", *[r"\quad "] * len(rows)]
    return list(zip(indents, [*rows, line[start:]], strict=True))


def _json(subject: Subject, steps: list[Step], focus: Focus, number: Number, whole: bool) -> str:
    record: dict[str, Any] = {
        "title": subject.title,
        "sample": subject.at + subject.first_row,
        "steps_in_all": len(subject.steps),
    }
    record["steps"] = [
        {
            "id": step.id,
            "phase": step.phase,
            "layer": step.layer,
            "symbol": step.symbol,
            "title": step.title,
            "equation": step.equation,
            "shortcut": step.shortcut or None,
            "substituted": [pretty(line) for line in lines_of(step, focus, number)],
            "shapes": step.shapes,
            "operands": [_array(operand, whole) for operand in step.operands],
            "upstream": step.upstream.name if step.upstream is not None else None,
            "local": _array(step.local, whole) if step.local is not None else None,
            "parts": [_array(operand, whole) for operand in step.parts],
            "result": _array(step.result, whole),
            "numpy": step.numpy,
            "names": list(step.names),
            "notes": [{"kind": n.kind, "severity": n.severity, "text": _bare(n.text)} for n in step.notes],
        }
        for step in steps
    ]
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _bare(text: str) -> str:
    """Without the signs around names of the data."""
    return text.replace("⟪", "").replace("⟫", "")


def _array(operand: Operand, whole: bool) -> dict[str, Any]:
    value = operand.value
    record: dict[str, Any] = {"name": operand.name, "shape": list(value.shape)}
    if whole or value.size <= MOST_IN_JSON:
        record["value"] = _plain(value.tolist())
        return record
    record["summary"] = {
        "norm": _plain(float(np.linalg.norm(value))),
        "min": _plain(float(value.min())),
        "mean": _plain(float(value.mean())),
        "max": _plain(float(value.max())),
        "zeros": float((value == 0).mean()),
    }
    return record


def _plain(value: Any) -> Any:
    """JSON has no infinity: what is not finite becomes text."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if np.isfinite(value) else str(value)
