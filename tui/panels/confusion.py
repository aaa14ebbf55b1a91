"""Confusion: which class is taken for which. Rows are true classes, columns what the network said.

The diagonal (recognised) and the rest (mistaken) have colours and scales of their own: on one scale the
diagonal of a good network would leave the few mistakes, the interesting part, all alike.
"""

from dataclasses import dataclass

import numpy as np

from dnn_tui.mlp.events import EpochEnded

from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure, percent
from ..drawing.theme import LEVELS, Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, after_an_epoch, waiting


@dataclass(frozen=True)
class ConfusionView:
    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    split: str
    epoch: int


@dataclass(frozen=True)
class ErrorsView:
    """For regression: rows of (figure in words, training, validation, test, figure in short)."""

    rows: tuple[tuple[str, str, str, str, str], ...]
    sample: str


class ConfusionPanel(Panel[ConfusionView | ErrorsView | str]):
    NAME, TITLE = "confusion", "Confusion"
    SLOW_SECONDS = 2.0
    HELP = "True classes in rows, predicted ones in columns, after the last epoch; recall is the share recognised."

    @classmethod
    def title(cls, moment: Moment) -> str:
        return "Errors" if moment.task == "regression" else cls.TITLE

    def view(self, moment: Moment, width: int, height: int) -> ConfusionView | ErrorsView | str:
        epoch = moment.epoch
        if epoch is None or not (epoch.confusion or moment.task == "regression"):
            return after_an_epoch(moment)
        if moment.task == "regression":
            return errors(moment, epoch)
        split = "validation" if epoch.validation else "training"
        return ConfusionView(moment.classes, epoch.confusion, split, epoch.epoch)

    def draw(self, view: ConfusionView | ErrorsView | str, width: int, height: int, palette: Palette) -> Grid:
        if isinstance(view, str):
            return waiting(width, height, view)
        if isinstance(view, ErrorsView):
            return draw_errors(view, width, height)
        return draw_confusion(view, width, height, palette.mono)


def worst(counts: np.ndarray, classes: tuple[str, ...]) -> str:
    """The most frequent confusion in words."""
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.sum():
        return "no mistakes"
    i, j = np.unravel_index(wrong.argmax(), wrong.shape)
    times = int(wrong[i, j])
    return f"{classes[i]} taken for {classes[j]}: {times} time{'s' if times != 1 else ''}"


def draw_confusion(view: ConfusionView, width: int, height: int, mono: bool = False) -> Grid:
    """Heat map with counts where they fit; of many classes, those with most mistakes."""
    grid = Grid(width, height)
    counts = np.array(view.counts)
    total, right = int(counts.sum()), int(np.trace(counts))
    classes = tuple(view.classes) + tuple(str(k) for k in range(len(view.classes), len(counts)))
    sentence = worst(counts, classes)
    if height < 4 or width < 14:
        grid.put(0, 0, fit(sentence, width))
        if height > 1:
            grid.put(0, 1, fit(f"{percent(right / total if total else 0)} right", width), Ink.DIM)
        return grid

    label = min(max(len(name) for name in classes), 10, max(2, width // 5))
    digits = len(str(int(counts.max())))
    recall_width = 7 if width >= label + 10 + digits * len(counts) else 0
    room = width - label - 3 - recall_width
    names = max(len(name) for name in classes) + 1
    step = max(1, min(4, (height - 2) // len(counts)))
    all_fit = room >= digits * len(counts) and height >= len(counts) + 2
    cell = max(digits, min(room // len(counts), max(digits + 3, 4 * (step - 1), min(names, 12))))
    step = min(step, max(1, cell // 2))
    head = 2 if height >= step * len(counts) + 3 else 1
    if not all_fit:
        cell, step, head = max(digits + 1, min(names, 6)), 1, 1
    shown = np.arange(len(counts))
    most = len(counts) if all_fit else max(1, min(room // cell, height - head - 2))
    if most < len(counts):
        wrong = counts - np.diag(np.diag(counts))
        shown = np.sort(np.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")[:most])
    order: list[int] = shown.tolist()
    left, top = label + 3, head

    if head == 2:
        grid.put(0, 0, fit("true ↓  predicted →", width), Ink.DIM)
    for c, j in enumerate(order):
        grid.put_right(left + (c + 1) * cell - _aside(cell, digits), head - 1, fit(classes[j], cell), Ink.TEXT)
    if recall_width:
        grid.put_right(left + len(shown) * cell + recall_width, head - 1, "recall", Ink.DIM)
    rows_total = counts.sum(axis=1)
    errors_most = max(5, int((counts - np.diag(np.diag(counts))).max()))  # one mistake is no alarm
    for r, i in enumerate(order):
        y = top + r * step + (step - 1) // 2
        grid.put_right(label, y, fit(classes[i], label), Ink.TEXT)
        grid.put(label + 1, y, "│", Ink.FAINT)
        for c, j in enumerate(order):
            place = (left + c * cell, top + r * step, cell, step)
            _cell(grid, counts, i, j, place, rows_total[i], errors_most, mono, digits)
        if recall_width:
            recall = percent(counts[i, i] / rows_total[i], 0) if rows_total[i] else "–"
            grid.put_right(left + len(shown) * cell + recall_width, y, recall, Ink.DIM)
    y = min(height - 1, top + len(shown) * step + (1 if height > top + len(shown) * step + 2 else 0))
    hidden = len(counts) - len(shown)
    share = percent(right / total if total else 0)
    tails = [f"{share} of {total:,} {view.split} rows right, epoch {view.epoch}", f"{share} right, epoch {view.epoch}"]
    if hidden:
        tails = [f"the {len(shown)} most confused of {len(counts)} classes"]
    x = grid.put(0, y, fit(sentence, width), Ink.GOOD if sentence == "no mistakes" else Ink.WRONG + LEVELS - 1)
    if y + 1 < height:  # a line of its own
        x, y = -2, y + 1
    tail = next((t for t in tails if x + 2 + len(t) <= width), "")
    grid.put(x + 2, y, tail, Ink.DIM)
    return grid


def _aside(cell: int, digits: int) -> int:
    """Cells kept free to the right of a count, so that it stands near the middle."""
    return (cell - digits) // 2


def _cell(
    grid: Grid,
    counts: np.ndarray,
    i: int,
    j: int,
    place: tuple[int, int, int, int],
    row_total: int,
    errors_most: int,
    mono: bool,
    digits: int,
) -> None:
    count, (x, y, cell, step) = int(counts[i, j]), place
    if i == j:
        level = round((LEVELS - 1) * count / row_total) if row_total else 0
        behind = Ink.RIGHT + level
    else:
        # the square root keeps a single mistake visible beside forty
        level = max(1, round((LEVELS - 1) * (count / errors_most) ** 0.5)) if count else 0
        behind = Ink.WRONG + level
    behind = 0 if mono or (i != j and not count) else behind
    ink = Ink.FAINT if not count else Ink.DARK if level >= 6 and not mono else Ink.TITLE
    for row in range(step):
        grid.put(x, y + row, " " * cell, ink, behind)
    ink = Ink.FAINT if mono and i != j and not count else ink
    y += (step - 1) // 2
    grid.put_right(x + cell - _aside(cell, digits), y, fit(str(count) if count else "·", cell), ink, behind)


# ---- regression


def errors(moment: Moment, epoch: EpochEnded) -> ErrorsView:
    """How far predictions are off, in the target's own unit."""
    ended = moment.state.ended
    unit = str(moment.dataset.get("unit") or "")
    test = ended.metrics.get("test", {}) if ended and moment.live else {}
    names = {"mae": f"mean absolute error{f' in {unit}' if unit else ''}", "r2": "R² (1 perfect, 0 the mean)"}
    short = {"mae": f"MAE{f' {unit}' if unit else ''}", "r2": "R²", "loss": "loss"}
    rows = []
    for key in ("mae", "r2", "loss"):
        if key in epoch.train:
            train, validation, tested = (figure(part.get(key)) for part in (epoch.train, epoch.validation, test))
            rows.append((names.get(key, key), train, validation, tested, short[key]))
    sample = moment.snapshot.sample if moment.snapshot else None
    words = f"row {sample.index}: true {figure(sample.label)}, predicted {figure(sample.predicted)}" if sample else ""
    return ErrorsView(tuple(rows), words)


def draw_errors(view: ErrorsView, width: int, height: int) -> Grid:
    grid = Grid(width, height)
    has_test = any(row[3] != "–" for row in view.rows)
    columns = [("train", Ink.TRAIN), ("validation", Ink.VALIDATION)] + ([("test", Ink.TITLE)] if has_test else [])
    name = max(8, min(max(len(row[0]) for row in view.rows), width - 12 * len(columns)))
    whole = all(len(row[0]) <= name for row in view.rows)
    for k, (title, ink) in enumerate(columns):
        grid.put_right(name + 12 * (k + 1), 0, title, ink)
    for y, row in enumerate(view.rows, 1):
        grid.put(0, y, fit(row[0] if whole else row[4], name), Ink.DIM)
        for k, (_, ink) in enumerate(columns):
            grid.put_right(name + 12 * (k + 1), y, row[k + 1], ink)
    if view.sample and height > len(view.rows) + 2:
        grid.put(0, len(view.rows) + 2, fit(view.sample, width), Ink.TEXT)
    return grid
