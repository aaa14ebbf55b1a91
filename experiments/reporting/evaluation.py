"""The part of a report that needs the data: how good the trained network is, and the rows it is most wrong about."""

from dataclasses import dataclass, field, replace

import numpy as np

from dnn_tui.datasets import DataError, Dataset
from dnn_tui.datasets.tables.preparation import Preparation
from dnn_tui.mlp import NetworkError
from dnn_tui.mlp.events import Sample
from dnn_tui.mlp.snapshot import as_pixels
from dnn_tui.runs.checkpoint import config_at, load_network
from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import RunFolder

from ..building import ShowProgress, load_data
from ..evaluating import Answers, Report, answer, check_unchanged, report, settled
from . import charts
from .pictures import data_uri

MOST_CLASSES = 30  # whose confusion matrix is shown whole
MOST_PAIRS = 20  # of confused classes named where there are more
MOST_ROWS = 60  # of the table of classes: of more, the worst
MOST_COLUMNS = 6  # of a row of a table that is shown
MOST_POINTS = 600  # of a plot of predicted against true values
LEVELS = 8  # shades of a confusion matrix


@dataclass(frozen=True)
class Mistake:
    """A row the network is wrong about. sure: how probable it found its answer; error: of a regression, else NaN."""

    row: int
    true: str
    said: str
    sure: float = float("nan")
    error: float = float("nan")
    picture: str = ""  # the address of the image
    values: tuple[tuple[str, float], ...] = ()  # of a table: (column, raw value)


@dataclass(frozen=True)
class Cell:
    """One count of the confusion matrix and its CSS class: r1 … r8 recognised, w1 … w8 mistaken, "" none."""

    count: int
    kind: str


@dataclass(frozen=True)
class Evaluated:
    """checkpoint: last or best; part: which rows. pairs: (true, said, how often), of many classes, the worst first."""

    checkpoint: str
    part: str
    report: Report
    unit: str = ""
    confusion: tuple[tuple[Cell, ...], ...] = ()
    pairs: tuple[tuple[str, str, int], ...] = ()
    classes_shown: tuple[str, ...] = ()
    wrong: int = 0
    mistakes: tuple[Mistake, ...] = ()
    plots: tuple[charts.Drawn, ...] = field(default=())


def evaluated(
    folder: RunFolder, checkpoint: str, most_mistakes: int, data_dir: str | None, progress: ShowProgress | None
) -> Evaluated | str:
    """As `dnn-tui eval` does it: on the test rows, else the validation rows, else those trained on.

    Where it cannot be done any more, one sentence that says why.
    """
    try:
        config, network = config_at(folder, checkpoint), load_network(folder.checkpoint_file(checkpoint))
        if data_dir:
            config = replace(config, dataset=replace(config.dataset, data_dir=data_dir))
        data = load_data(config, progress)
        check_unchanged(folder, checkpoint, data)
        part = next(name for name in ("test", "validation", "train") if len(getattr(data, name)))
        rows, preparation = getattr(data, part), settled(folder, data)
        figures = report(network, config, preparation, rows.x, rows.y)
        answers = answer(network, preparation, rows.x)
    except (DataError, RunError, NetworkError) as error:
        return str(error)
    found = Evaluated(checkpoint, part, figures, str(config.dataset.options.get("unit", "") or data.target_unit))
    if figures.confusion is None or answers.scores is None:
        offset, scale = np.array(preparation.target_scale).T
        true = rows.y * scale + offset
        return replace(
            found,
            plots=tuple(_true_and_said(name, true[:, k], answers.predicted[:, k], found.unit)
                        for k, name in enumerate(preparation.targets)),
            mistakes=_largest_errors(data, part, true, answers, scale, most_mistakes),
        )  # fmt: skip
    names = preparation.class_names
    return replace(
        found,
        confusion=_cells(figures.confusion) if len(names) <= MOST_CLASSES else (),
        pairs=_pairs(figures.confusion, names),
        classes_shown=_worst_classes(figures),
        wrong=int(figures.confusion.sum() - np.trace(figures.confusion)),
        mistakes=_surest_mistakes(data, part, answers, preparation, most_mistakes),
        plots=_calibration(figures),
    )


def mistake_of(sample: Sample, classes: tuple[str, ...], image_shape: tuple[int, ...] | None) -> Mistake:
    """A mistake that the run's log has kept."""

    def name(k: float) -> str:
        return classes[int(k)] if int(k) < len(classes) else str(int(k))

    if len(sample.output) == 1:
        sure = sample.output[0] if sample.predicted else 1 - sample.output[0]
    else:
        sure = max(sample.output, default=float("nan"))
    picture = data_uri(sample.image(image_shape)) if image_shape and sample.pixels else ""
    return Mistake(sample.index, name(sample.label), name(sample.predicted), sure, picture=picture)


def _surest_mistakes(
    data: Dataset, part: str, answers: Answers, preparation: Preparation, most: int
) -> tuple[Mistake, ...]:
    rows = getattr(data, part)
    assert answers.scores is not None
    sure = answers.scores.max(axis=1)
    wrong = np.flatnonzero(answers.predicted != rows.y)
    names = preparation.class_names
    return tuple(
        Mistake(
            _row(data, part, k),
            names[rows.y[k]],
            names[answers.predicted[k]],
            float(sure[k]) if answers.probable else float("nan"),
            picture=_picture(data, rows.x[k]),
            values=_values(data, rows.x[k]),
        )
        for k in wrong[np.argsort(-sure[wrong], kind="stable")][:most]
    )


def _largest_errors(
    data: Dataset, part: str, true: np.ndarray, answers: Answers, scale: np.ndarray, most: int
) -> tuple[Mistake, ...]:
    rows = getattr(data, part)
    error = answers.predicted - true
    order = np.argsort(-((error / scale) ** 2).sum(axis=1), kind="stable")[: min(most, 10)]
    return tuple(
        Mistake(
            _row(data, part, k),
            ", ".join(f"{value:.4g}" for value in true[k]),
            ", ".join(f"{value:.4g}" for value in answers.predicted[k]),
            error=float(error[k, 0]) if error.shape[1] == 1 else float("nan"),
            values=_values(data, rows.x[k]),
        )
        for k in order
    )


def _row(data: Dataset, part: str, k: int) -> int:
    rows = getattr(data, part).rows
    return int(rows[k] if rows is not None else k) + 1


def _picture(data: Dataset, x: np.ndarray) -> str:
    if data.image_shape is None:
        return ""
    return data_uri(Sample(0, 0, 0, pixels=as_pixels(x)).image(data.image_shape))


def _values(data: Dataset, x: np.ndarray) -> tuple[tuple[str, float], ...]:
    """The first numbers of a row as its source has them."""
    if data.image_shape is not None:
        return ()
    numbers = [(k, column) for k, column in enumerate(data.columns) if column.kind == "number"]
    return tuple((column.name, float(x[k]) * column.scale + column.offset) for k, column in numbers[:MOST_COLUMNS])


def _cells(counts: np.ndarray) -> tuple[tuple[Cell, ...], ...]:
    """Recognised and mistaken on scales of their own: on one scale the few mistakes would all look alike."""
    wrong = counts - np.diag(np.diag(counts))
    most, totals = max(5, int(wrong.max())), counts.sum(axis=1)

    def cell(i: int, j: int) -> Cell:
        count = int(counts[i, j])
        if not count:
            return Cell(0, "")
        share = count / totals[i] if i == j else (count / most) ** 0.5
        return Cell(count, f"{'r' if i == j else 'w'}{max(1, round(LEVELS * share))}")

    return tuple(tuple(cell(i, j) for j in range(len(counts))) for i in range(len(counts)))


def _pairs(counts: np.ndarray, names: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    found = [(int(k) // len(counts), int(k) % len(counts)) for k in order]
    return tuple((names[i], names[j], int(wrong[i, j])) for i, j in found if wrong[i, j])


def _worst_classes(figures: Report) -> tuple[str, ...]:
    names = list(figures.classes)
    if len(names) <= MOST_ROWS:
        return tuple(names)
    return tuple(sorted(names, key=lambda name: np.nan_to_num(figures.classes[name].f1))[:MOST_ROWS])


def _calibration(figures: Report) -> tuple[charts.Drawn, ...]:
    bins = [part for part in figures.calibration if part.rows]
    confidence, right = [part.confidence for part in bins], [part.accuracy for part in bins]
    drawn = charts.draw(
        "Calibration",
        [
            charts.of_points((0, 1), (0, 1), "as sure as right", "faint dashed"),
            charts.of_points(confidence, right, "share that is right", "s0"),
            charts.of_points(confidence, right, "", "s0 dots"),
        ],
        "how sure the network is",
        x_range=(0.0, 1.0),
        y_range=(0.0, 1.0),
    )
    return (drawn,) if bins and drawn else ()


def _true_and_said(name: str, true: np.ndarray, said: np.ndarray, unit: str) -> charts.Drawn:
    some = slice(None, None, max(1, -(-len(true) // MOST_POINTS)))
    ends = (float(min(true.min(), said.min())), float(max(true.max(), said.max())))
    drawn = charts.draw(
        f"{name}: predicted against true" + (f", in {unit}" if unit else ""),
        [
            charts.of_points(ends, ends, "right", "faint dashed"),
            charts.of_points(true[some], said[some], "a row each", "s0 dots"),
        ],
        "true value",
    )
    assert drawn is not None  # a part that has rows has values
    return drawn
