"""Runs and explained passes as a notebook shows them: small self-contained HTML, in the notebook's own colours."""

from html import escape

import numpy as np

from dnn_tui.mlp.explain import Number, Step
from dnn_tui.mlp.explain.notation import pretty
from dnn_tui.mlp.notebook import TABLE, row

from .explaining.blocks import block
from .explaining.document import lines_of

WIDTH, HEIGHT = 480, 140  # of the curves, in pixels
SHOWN = 240  # points of a curve


def run_html(title: str, facts: str, loss: np.ndarray, epochs: dict[str, np.ndarray], ended: dict[str, object]) -> str:
    """loss: of every step. epochs: the metrics by name, a value an epoch. ended: the metrics at the end, by split."""
    curves = [("loss of each batch", loss, ".35")]
    curves += [(name, epochs[name], "1") for name in ("train_loss", "validation_loss") if name in epochs]
    rows = [row("", *_metric_names(ended), head=True)]
    for split, metrics in ended.items():
        values = metrics if isinstance(metrics, dict) else {}
        rows.append(row(escape(split), *(f"{values.get(name, float('nan')):.4g}" for name in _metric_names(ended))))
    table = f"{TABLE}{''.join(rows)}</table>" if ended else ""
    return f"<div><b>{escape(title)}</b><br>{escape(facts)}<br>{_svg(curves)}{table}</div>"


def _metric_names(ended: dict[str, object]) -> list[str]:
    return list(dict.fromkeys(name for values in ended.values() if isinstance(values, dict) for name in values))


def _svg(curves: list[tuple[str, np.ndarray, str]]) -> str:
    """Curves over the run, each over its whole width; the ordinate is logarithmic where all is above 0."""
    known = np.concatenate([values[np.isfinite(values)] for _, values, _ in curves])
    if known.size < 2 or known.min() == known.max():
        return ""
    logarithmic = bool(known.min() > 0)
    low, high = (float(f(np.log(known) if logarithmic else known)) for f in (np.min, np.max))
    lines = []
    for name, values, opacity in curves:
        chosen = np.unique(np.linspace(0, len(values) - 1, SHOWN).astype(int)) if len(values) else np.empty(0, int)
        with np.errstate(all="ignore"):
            heights = np.log(values[chosen]) if logarithmic else values[chosen]
        x = (chosen + 0.5) / max(1, len(values)) * WIDTH
        y = HEIGHT * (1 - (heights - low) / (high - low))
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True) if np.isfinite(b))
        dashes = ' stroke-dasharray="4 3"' if name == "validation_loss" else ""
        said = escape(name.replace("_", " "))
        lines.append(f'<polyline points="{points}" opacity="{opacity}"{dashes}><title>{said}</title></polyline>')
    told = f"{known.max():.3g} … {known.min():.3g}{', logarithmic' if logarithmic else ''}"
    names = ", ".join(name.replace("_", " ") + (" (dashed)" if name.startswith("val") else "") for name, _, _ in curves)
    picture = f'<svg viewBox="0 -2 {WIDTH} {HEIGHT + 4}" width="{WIDTH}" fill="none" stroke="currentColor" role="img">'
    return f"{picture}{''.join(lines)}</svg><br><small>{names}; from {told}</small>"


def pass_html(title: str, steps: list[Step]) -> str:
    """The steps, folded: title and equation, and within the numbers."""
    number, parts = Number(), []
    for step in steps:
        inside = [pretty(line) for line in lines_of(step, (), number)]
        for operand in (*step.parts, step.result):
            first, *rest = block(operand, number)
            inside += [f"{pretty(operand.name)} = {first}", *(f"    {line}" for line in rest)]
        inside += [f"NumPy: {step.numpy}", *(f"· {pretty(note.text)}" for note in step.notes)]
        summary = f"<b>{escape(step.id)}</b> {escape(pretty(step.title))}: {escape(pretty(step.equation))}"
        text = escape("\n".join(inside))
        parts.append(f'<details><summary>{summary}</summary><pre style="margin:.3em 1.5em">{text}</pre></details>')
    return f"<div><b>{escape(title)}</b>{''.join(parts)}</div>"
