"""The left-hand picture of a batch: its rows, each with its loss and what it votes for. Pure functions."""

import numpy as np
from rich.cells import cell_len

from dnn_tui.experiments.explaining.batch_subject import BatchSubject
from dnn_tui.mlp.explain import Step
from dnn_tui.mlp.explain.batch import BatchPass, shares
from dnn_tui.mlp.explain.notation import indexed

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink
from .look import Look
from .numbers_grid import bar_of
from .part import window

BAR = 18  # cells of a bar at most


def draw_batch(subject: BatchSubject, step: Step, look: Look, width: int, height: int) -> Grid:
    """A line a row: its loss, and its vote on the weight in focus, else its share of the whole gradient."""
    grid, p = Grid(width, height), subject.run
    if width < 20 or height < 4:
        return grid
    title, votes = voted(p, step, look)
    here = row_in_focus(p, step, look)
    known = {"losses": _reached(subject, "L r", look), "votes": _reached(subject, _source(step), look)}
    rows = window(p.rows, here or 0, height - 4)
    number = look.number.text
    losses = [number(v) if known["losses"] else "·" for v in p.losses]
    samples = [row.name for row in subject.samples]
    said = [number(v, _size(votes)) if known["votes"] else samples[r] for r, v in enumerate(votes)]
    names = [str(k + 1) for k in range(p.rows)]
    first = max(len(names[-1]), 4) + 2
    second = first + max(cell_len("loss"), *map(cell_len, losses)) + 2
    third = second + max(cell_len(look.say(title)) if width > 60 else 4, *map(cell_len, said)) + 1
    bar = min(BAR, width - third)
    grid.put(0, 0, "row", Ink.DIM)
    grid.put(first, 0, "loss", Ink.DIM)
    grid.put(second, 0, fit(look.say(title) if known["votes"] else "sample", width - second), Ink.TITLE)
    top = float(np.abs(votes[np.isfinite(votes)]).max(initial=0.0)) or 1.0
    for y, r in enumerate(rows, 1):
        mark, ink = ("▸", Ink.ACCENT) if r == here else (" ", Ink.TEXT)
        grid.put(0, y, f"{mark}{names[r]}", ink)
        grid.put(first, y, losses[r], Ink.TEXT)
        grid.put(second, y, fit(said[r], width - second), Ink.TITLE if r == here else Ink.TEXT)
        if known["votes"] and bar >= 5:
            bar_of(grid, third, y, float(votes[r]) / top, bar)
    y = len(rows) + 1
    if len(rows) < p.rows:
        grid.put(0, y, f"rows {rows[0] + 1}–{rows[-1] + 1} of {p.rows}", Ink.WARN)
        y += 1
    if known["losses"]:
        grid.put(0, y, "mean", Ink.DIM)
        grid.put(first, y, fit(number(p.value), max(0, second - first - 1)), Ink.ACCENT)
    if known["votes"]:
        whole = _source(step) == "S"
        total = f"sum {number(votes.sum())}" if whole else number(float(p.weight @ votes), _size(votes))
        grid.put(second, y, total, Ink.ACCENT)
    if known["votes"]:
        grid.put(0, height - 1, fit("left of │: below 0", width), Ink.FAINT)
    return grid


def _size(votes: np.ndarray) -> float:
    return float(np.abs(votes).max(initial=0.0))


def _source(step: Step) -> str:
    """The step that votes come from: the layer's own gradient where one of its weights is in focus, else the shares."""
    kind = step.id.partition(" ")[2]
    weights = (step.phase == "B" and kind in ("W", "b")) or step.phase in "RUN"
    return f"B{step.layer} {'b' if kind == 'b' else 'W'}" if weights else "S"


def voted(p: BatchPass, step: Step, look: Look) -> tuple[str, np.ndarray]:
    """What the rows vote on at this step, and their votes, (B,)."""
    source, i, focus = _source(step), step.layer, look.element(step)
    if source == "S":
        return "share of ∇L", shares(p)
    if source.endswith("b"):
        return f"vote on {indexed('b', i, focus[0] + 1)}", p.delta[i][:, focus[0]]
    k, j = focus
    return f"vote on {indexed('w', i, k + 1, j + 1)}", p.delta[i][:, k] * p.kept[i - 1][:, j]


def row_in_focus(p: BatchPass, step: Step, look: Look) -> int | None:
    """The row that the element in focus belongs to; None where the step has lost them in a mean."""
    kind = step.id.partition(" ")[2]
    of_rows = step.phase in "FS" or step.id in ("L r", "B0") or (step.phase == "B" and kind in ("a", "h", "d"))
    return look.element(step)[0] if of_rows and step.result.shape else None


def _reached(subject: BatchSubject, wanted: str, look: Look) -> bool:
    """Whether that step lies behind: what comes later is not told before."""
    hidden = look.hidden and subject.steps[look.at].id == wanted
    return not hidden and wanted in {step.id for step in subject.steps[: look.at + 1]}
