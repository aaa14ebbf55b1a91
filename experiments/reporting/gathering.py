"""All that a report says of one run: its configuration, log, checkpoint and, where they are still there, its data."""

import platform
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from dnn_tui.mlp.events import LayerStatistics
from dnn_tui.runs.config import RunError, read_toml
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.state import LogEntry, RunState
from dnn_tui.runs.summary import Summary, summarise

from ..as_command import training_command
from ..building import ShowProgress
from ..comparing import flat
from ..exporting import read_run
from . import charts
from .evaluation import Evaluated, Mistake, evaluated, mistake_of

MOST_ALERTS = 40  # lines of what happened; of more, the newest
NAMES = {"mae": "mean absolute error", "r2": "R²"}
TITLES = {"loss": "Loss", "accuracy": "Accuracy", "mae": "Mean absolute error", "r2": "R²"}
SPLITS = {"test": "test", "validation": "validation", "train": "training"}


@dataclass(frozen=True)
class Figure:
    """A number with its name; `metric` says how it is read."""

    name: str
    metric: str
    value: float


@dataclass(frozen=True)
class Figures:
    """A table: a metric a row, a column for training, validation and test rows, as far as there are such."""

    splits: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]


@dataclass(frozen=True)
class Layer:
    """One layer of weights: its units, and what its statistics were in the last picture that was taken."""

    number: int
    units: int
    figures: LayerStatistics


@dataclass(frozen=True)
class RunPart:
    """What the page says of one run. evaluation: a sentence where it could not be done; evaluated: where it could."""

    name: str
    state: RunState
    summary: Summary
    architecture: str
    headlines: tuple[Figure, ...]
    figures: Figures
    plots: tuple[charts.Drawn, ...]
    evaluated: Evaluated | None
    why_not: str
    logged_mistakes: tuple[Mistake, ...]
    layers: tuple[Layer, ...]
    events: tuple[LogEntry, ...]
    events_left_out: int
    steered: bool
    facts: tuple[tuple[str, str], ...]
    data: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    environment: tuple[tuple[str, str], ...]
    command: str


def gather(
    folder: RunFolder, checkpoint: str, most_mistakes: int, data_dir: str | None, progress: ShowProgress | None
) -> RunPart:
    """Everything there is to say of a run. Raises RunError where it never finished an epoch."""
    summary, state, record = summarise(folder), read_run(folder), read_toml(folder.config_file)
    if not len(state.epochs) or state.started is None:
        raise RunError(f"{folder.name} has not finished an epoch yet: there is nothing to report of it.")
    figures = _figures(state)
    found = evaluated(folder, checkpoint, most_mistakes, data_dir, progress)
    settings = flat({key: value for key, value in record.items() if isinstance(value, dict)})
    told = [entry for entry in state.log if entry.severity in ("warning", "error", "command")]
    return RunPart(
        name=folder.name,
        state=state,
        summary=summary,
        architecture=_architecture(state.started.network),
        headlines=_headlines(figures),
        figures=figures,
        plots=tuple(_curves(state)),
        evaluated=None if isinstance(found, str) else found,
        why_not=found if isinstance(found, str) else "",
        logged_mistakes=_logged(state, most_mistakes) if isinstance(found, str) else (),
        layers=_layers(state),
        events=tuple(told[-MOST_ALERTS:]),
        events_left_out=max(0, len(told) - MOST_ALERTS),
        steered=any(entry.severity == "command" for entry in told) or bool(state.starts),
        facts=tuple(_facts(summary, state)),
        data=tuple(_data(state)),
        settings=tuple((name, _plain(value)) for name, value in settings.items() if value not in ([], "", {})),
        environment=tuple(_environment(record, state, folder)),
        command=training_command(folder.config()),
    )


def curves_together(parts: list[RunPart]) -> list[charts.Drawn]:
    """A chart a metric with the curves of all runs: on the validation rows where a run has some."""
    names = list(dict.fromkeys(metric for part in parts for metric in part.state.epochs.metrics()))
    drawn = []
    for metric in names:
        lines = []
        for k, part in enumerate(parts):
            epochs, first = part.state.epochs, part.state.epochs[0].epoch
            validation, train = epochs.curve("validation", metric), epochs.curve("train", metric)
            if len(validation.values):
                lines.append(charts.of_curve(validation, first, part.name, f"s{k % 8}"))
                lines.append(charts.of_curve(train, first, "", f"s{k % 8} dashed thin"))
            elif len(train.values):
                lines.append(charts.of_curve(train, first, f"{part.name} (training)", f"s{k % 8} dashed"))
        drawn.append(charts.draw(TITLES.get(metric, metric), lines, may_be_log=metric == "loss"))
    return [chart for chart in drawn if chart]


def _curves(state: RunState) -> list[charts.Drawn]:
    epochs, first = state.epochs, state.epochs[0].epoch
    drawn = []
    for metric in epochs.metrics():
        lines = []
        if metric == "loss" and state.loss.count and state.steps_per_epoch:
            band = charts.of_steps(state.loss, state.steps_per_epoch, "each batch", "band")
            if state.marks:  # epochs were not always as long
                steps = np.rint(band.x * state.steps_per_epoch).astype(int)
                band = replace(band, x=np.array([state.epochs_by(step) for step in steps.tolist()]))
            lines.append(band)
        for k, (split, kind) in enumerate((("train", "s0"), ("validation", "s1 dashed"))):
            curve = epochs.curve(split, metric)
            if len(curve.values):
                lines.append(charts.of_curve(curve, first, ("training", "validation")[k], kind))
        drawn.append(charts.draw(TITLES.get(metric, metric), lines, may_be_log=metric == "loss"))
    rates = np.array([epoch.lr for epoch in epochs])
    if len(set(rates.tolist())) > 1:
        numbers = np.arange(len(rates)) + float(first)
        some = np.unique(np.linspace(0, len(rates) - 1, min(len(rates), charts.MOST_POINTS)).round().astype(int))
        drawn.append(
            charts.draw("Learning rate", [charts.of_points(numbers[some], rates[some], "η", "s2")], may_be_log=True)
        )
    return [chart for chart in drawn if chart]


def _headlines(figures: Figures) -> tuple[Figure, ...]:
    """What one asks first: the figures of the rows that decided least."""
    return tuple(
        Figure(f"{figures.splits[-1]} {NAMES.get(metric, metric)}", metric, values[-1])
        for metric, values in figures.rows
        if values[-1] is not None
    )


def _figures(state: RunState) -> Figures:
    """Of the run's end; of a run that has not ended, of its last epoch."""
    ended, last = state.ended.metrics if state.ended else {}, state.epochs[-1]
    known = {"train": last.train, "validation": last.validation, "test": {}} | {k: v for k, v in ended.items() if v}
    known = {split: metrics for split, metrics in known.items() if metrics}
    names = dict.fromkeys(name for metrics in known.values() for name in metrics)
    rows = tuple((name, tuple(metrics.get(name) for metrics in known.values())) for name in names)
    return Figures(
        tuple(SPLITS.get(split, split) for split in known), tuple(sorted(rows, key=lambda r: r[0] == "loss"))
    )


def _logged(state: RunState, most: int) -> tuple[Mistake, ...]:
    started = state.started
    assert started is not None
    classes = tuple(str(name) for name in started.dataset.get("classes", ())) or ("0", "1")
    shape = started.dataset.get("image_shape")
    since = state.data_since()
    kept = next((epoch.mistakes for epoch in reversed(state.epochs) if epoch.mistakes and epoch.step > since), ())
    return tuple(mistake_of(sample, classes, tuple(shape) if shape else None) for sample in kept[:most])


def _layers(state: RunState) -> tuple[Layer, ...]:
    """Of the last picture; one taken between two steps has no update to show, and then an earlier one has."""
    count = len(state.snapshots)
    if not count or state.started is None:
        return ()
    recent = [state.snapshots[k] for k in range(count - 1, max(-1, count - 5), -1)]
    recent = [s for s in recent if len(s.statistics) == len(recent[0].statistics)]  # the network may have been changed
    chosen = next((s for s in recent if any(layer.update_ratio for layer in s.statistics)), recent[0])
    units = [int(n) for n in state.started.network.get("sizes", ())][1:]
    return tuple(Layer(k, n, s) for k, (n, s) in enumerate(zip(units, chosen.statistics, strict=False), 1))


def _architecture(network: dict[str, Any]) -> str:
    names = list(network.get("activations", ()))
    hidden = "/".join(dict.fromkeys(names[:-1]))
    shape = "-".join(str(n) for n in network.get("sizes", ()))
    return " ".join(filter(None, [shape, " → ".join(filter(None, [hidden, *names[-1:]]))]))


def _facts(summary: Summary, state: RunState) -> list[tuple[str, str]]:
    assert state.started is not None
    ended = summary.ended.replace("_", " ") if summary.ended else summary.state
    best = state.best_epoch
    return [
        ("data", str(state.started.dataset.get("name", summary.data))),
        ("network", _architecture(state.started.network)),
        ("parameters", f"{state.started.network.get('parameters', 0):,}"),
        ("optimizer", f"{summary.optimizer}, learning rate {summary.lr:g}, batch {summary.batch_size}"),
        ("loss", str(state.started.training.get("formula") or state.started.training.get("loss", ""))),
        ("epochs", f"{summary.epochs:,} of {summary.epochs_wanted:,} ({summary.step:,} steps): {ended}"),
        *([("best epoch", f"{best.epoch:,}")] if best else []),
        ("training time", f"{summary.seconds:,.1f} s"),
    ]


def _data(state: RunState) -> list[tuple[str, str]]:
    assert state.started is not None
    data = state.started.dataset
    shape = data.get("image_shape")
    what = {"classes": "one of several classes", "binary": "yes or no", "regression": "numbers"}
    return [
        ("name", str(data.get("name", ""))),
        ("to predict", what.get(str(data.get("task")), str(data.get("task", "")))),
        ("rows", ", ".join(f"{int(data.get(k, 0)):,} {SPLITS[k]}" for k in ("train", "validation", "test"))),
        ("inputs", " × ".join(map(str, shape)) + " pixels" if shape else f"{int(data.get('features', 0)):,}"),
    ]


def _environment(record: dict[str, Any], state: RunState, folder: RunFolder) -> list[tuple[str, str]]:
    """Without the host's name and the person's: the page is made to be passed on."""
    created = record.get("created")
    return [
        ("begun", f"{created.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(created, datetime) else "unknown"),
        ("trained with", f"dnn-tui {record.get('version', '?')}, Python {state.process.get('python', '?')}"),
        ("engine", f"{folder.config().training.engine}, {folder.config().threads or 1} thread(s)"),
        (
            "reported with",
            f"dnn-tui {version('dnn-tui')}, Python {platform.python_version()}, NumPy {np.__version__},"
            f" {platform.system()} {platform.machine()}",
        ),
    ]


def _plain(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_plain, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
