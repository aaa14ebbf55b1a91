"""Runs as lines of a list: name, figure, a sparkline of the loss, how far, in which state, how long ago."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from ..drawing.numbers import percent, short
from ..drawing.theme import Ink, Palette
from ..drawing.visible import visible
from .pictures import in_ink

if TYPE_CHECKING:
    from dnn_tui.runs.summary import Summary

BARS = "▁▂▃▄▅▆▇█"
SPARK = 16  # cells of a sparkline
SIGNS = {
    "live": ("●", Ink.GOOD), "detached": ("●", Ink.GOOD), "paused": ("‖", Ink.WARN), "finished": ("✓", Ink.DIM),
    "crashed": ("✗", Ink.BAD), "empty": ("·", Ink.FAINT),
}  # fmt: skip
SHORT = {"accuracy": "acc", "r2": "R²", "mae": "MAE"}


@dataclass(frozen=True)
class RunLine:
    """What a line shows of a run."""

    name: str
    state: str
    data: str
    network: str
    figure: str  # of the best epoch
    done: str  # epochs
    age: str
    losses: tuple[float, ...]

    @property
    def title(self) -> str:
        """Its name without the time it begins with, which the age says."""
        date, _, rest = self.name.partition("-")
        time, _, slug = rest.partition("-")
        return slug if slug and (date + time).isdigit() else self.name


def spark(values: Sequence[float], width: int = SPARK) -> str:
    """The values as bars from the lowest to the highest, one a cell; all the same: the lowest bar."""
    if not values:
        return ""
    shown = values
    if len(values) > width:
        shown = [values[round(k * (len(values) - 1) / (width - 1))] for k in range(width)]
    low, high = min(shown), max(shown)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((value - low) * scale)] for value in shown)


def line_of(summary: "Summary", losses: Sequence[float], age: str) -> RunLine:
    """A run's line from what its log says."""
    figure = "–"
    if summary.best is not None:
        value = percent(summary.best) if summary.headline == "accuracy" else short(summary.best)
        figure = f"{SHORT.get(summary.headline, summary.headline)} {value}"
    return RunLine(
        summary.name, summary.state, Path(summary.data).name, summary.architecture, figure,
        f"{summary.epochs}/{summary.epochs_wanted}", age, tuple(losses),
    )  # fmt: skip


def read_lines(runs_dir: Path, most: int, tell: Callable[[RunLine], None]) -> int:
    """Tell the lines of the newest runs, newest first; how many runs there are in all."""
    from dnn_tui.runs.folder import list_runs
    from dnn_tui.runs.sketch import loss_sketch
    from dnn_tui.runs.summary import age, summaries

    folders = list_runs(runs_dir)
    for folder in folders[:most]:
        for summary in summaries([folder]):
            tell(line_of(summary, loss_sketch(folder, SPARK), age(summary.created)))
    return len(folders)


def texts(lines: Iterable[RunLine], width: int, palette: Palette, marked: Sequence[str] = ()) -> list[Text]:
    """The lines in columns, cut to `width` cells: the network leaves first, then the data, epochs and sparkline."""
    rows = [[visible(cell) for cell in _cells(line)] for line in lines]
    if not rows:
        return []
    names, columns = [row[0] for row in rows], list(zip(*(row[1:] for row in rows), strict=True))
    sizes = [max(map(cell_len, column)) for column in columns]
    sizes[SPARKS] = SPARK if sizes[SPARKS] else 0
    longest = min(max(map(cell_len, names)), 34)
    for gone in (NETWORK, DATA, EPOCHS, SPARKS, AGE):
        if 2 + longest + sum(size + 2 for size in sizes if size) > width:
            sizes[gone] = 0
    room = max(8, min(max(map(cell_len, names)), width - 2 - sum(size + 2 for size in sizes if size)))
    found = []
    for line, name, cells in zip(lines, names, (row[1:] for row in rows), strict=True):
        sign, ink = ("◆", Ink.ACCENT) if line.name in marked else SIGNS.get(line.state, ("·", Ink.DIM))
        text = Text(no_wrap=True, end="").append(f"{sign} ", in_ink(palette, ink))
        text.append(_fit(name, room), in_ink(palette, Ink.TEXT))
        for k, (cell, size) in enumerate(zip(cells, sizes, strict=True)):
            if size:
                gap = " " * (size - cell_len(cell))
                text.append("  " + (cell + gap if k in LEFT else gap + cell), in_ink(palette, INKS.get(k, Ink.DIM)))
        found.append(text)
    return found


FIGURE, SPARKS, EPOCHS, DATA, NETWORK, AGE = range(6)
LEFT = (FIGURE, SPARKS, DATA, NETWORK)
INKS = {FIGURE: Ink.TEXT, SPARKS: Ink.TRAIN}


def _cells(line: RunLine) -> list[str]:
    return [line.title, line.figure, spark(line.losses), line.done, line.data, line.network, line.age]


def _fit(text: str, width: int) -> str:
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
