"""Samples: the most confident mistakes of the last epoch, as pictures or as rows."""

from dataclasses import dataclass

from dnn_tui.mlp.events import Sample

from ..drawing.canvas import picture, resample
from ..drawing.grid import Grid, fit
from ..drawing.numbers import figure, percent
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel, after_an_epoch, waiting


@dataclass(frozen=True)
class SamplesView:
    mistakes: tuple[Sample, ...]
    wrong: int
    total: int
    classes: tuple[str, ...]
    image_shape: tuple[int, ...] | None


class SamplesPanel(Panel[SamplesView | str]):
    NAME, TITLE = "samples", "Mistakes"
    SLOW_SECONDS = 2.0
    HELP = "The validation rows that the network is most wrongly sure of, after the last epoch."

    @staticmethod
    def fits(moment: Moment) -> bool:
        return moment.task != "regression"

    def view(self, moment: Moment, width: int, height: int) -> SamplesView | str:
        epoch = moment.epoch
        if epoch is None:
            return after_an_epoch(moment)
        total = sum(map(sum, epoch.confusion))
        wrong = total - sum(row[k] for k, row in enumerate(epoch.confusion))
        return SamplesView(epoch.mistakes, wrong, total, moment.classes, moment.image_shape)

    def draw(self, view: SamplesView | str, width: int, height: int, palette: Palette) -> Grid:
        if isinstance(view, str):
            return waiting(width, height, view)
        if not view.mistakes:
            if view.wrong:
                return waiting(width, height, f"{view.wrong} mistakes, none kept to be shown")
            if not view.total:
                return waiting(width, height, "the log says nothing of single rows")
            return waiting(width, height, f"none: all {view.total:,} rows are right")
        return draw_samples(view, width, height, palette.mono)


def sure(sample: Sample) -> float:
    """The probability that the network gave its answer."""
    if len(sample.output) == 1:
        return sample.output[0] if sample.predicted else 1 - sample.output[0]
    return max(sample.output, default=0.0)


def caption(sample: Sample, classes: tuple[str, ...], width: int) -> list[str]:
    """true 9, said 4 (98 %), on one line or two."""

    def name(k: float) -> str:
        return classes[int(k)] if int(k) < len(classes) else str(int(k))

    whole = f"true {name(sample.label)}, said {name(sample.predicted)} ({percent(sure(sample), 0)})"
    if len(whole) <= width:
        return [whole, ""]
    return [f"true {name(sample.label)}", f"said {name(sample.predicted)} {percent(sure(sample), 0).replace(' ', '')}"]


def tiles(width: int, height: int, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """(columns, rows, picture width, picture height) that show most pictures at the largest scale with 4 or more;
    (0, 0, 0, 0) if not one fits. A tile has two caption lines."""
    best = (0, 0, 0, 0)
    for scale in (2, 1, 0.5):
        w, h = round(shape[1] * scale), round(shape[0] * scale / 2)
        if min(w, h) < 3:
            continue
        columns, rows = (width + 2) // (max(w, 12) + 2), height // (h + 2)
        if columns * rows >= 4:
            return columns, rows, w, h
        if columns * rows > best[0] * best[1]:
            best = (columns, rows, w, h)
    return best


def draw_samples(view: SamplesView, width: int, height: int, mono: bool = False) -> Grid:
    grid = Grid(width, height)
    footer = f"the surest of {view.wrong:,} wrong in {view.total:,}"
    shape = view.image_shape
    columns, rows, w, h = tiles(width, height - 1, shape) if shape else (0, 0, 0, 0)
    if not shape or not columns:
        for y, sample in enumerate(view.mistakes[: max(0, height - 1)]):
            said = " ".join(filter(None, caption(sample, view.classes, width)))
            x = grid.put(0, y, said, Ink.TEXT)
            values = " ".join(figure(v, 3) for v in sample.x[:12])
            grid.put(x + 2, y, fit(f"x = {values}", width - x - 2) if values else "", Ink.DIM)
        if height:
            grid.put(0, height - 1, fit(footer, width), Ink.DIM)
        return grid
    tile = max(w, 12) + 2
    if columns * tile - 2 < width:  # spread what is left over
        tile = min(tile + 4, (width + 2) // columns)
    for k, sample in enumerate(view.mistakes[: columns * rows]):
        x, y = (k % columns) * tile, (k // columns) * (h + 2)
        image = sample.image(shape) / 255
        grid.paste(picture(resample(image, 2 * h, w), mono), x, y)
        for line, text in enumerate(caption(sample, view.classes, tile - 2)):
            grid.put(x, y + h + line, fit(text, tile - 1), Ink.BAD if line else Ink.TEXT)
    grid.put(0, height - 1, fit(footer, width), Ink.DIM)
    return grid
