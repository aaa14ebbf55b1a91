"""An evaluation drawn in the terminal once, with Rich, or as JSON."""

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dnn_tui.experiments.beside import Beside, Importance, Worst
from dnn_tui.experiments.dependence import Dependence
from dnn_tui.experiments.evaluating import Report
from dnn_tui.experiments.judged import Chosen, Judged

from ..drawing.numbers import short
from ..drawing.visible import visible
from .console import Output, literal
from .judged import as_records, print_dependence, print_judged

MOST_CONFUSED = 12  # classes whose confusion matrix is drawn whole
MOST_COLUMNS = 30  # listed by importance
PAIRS = 10  # of confused classes named where there are more


@dataclass(frozen=True)
class More:
    """What was asked for beside the report: others on the same rows, columns by importance, rows most wrong, curves

    over all thresholds or residuals, what columns do to the answer, a threshold that was chosen.
    """

    beside: list[Beside] = field(default_factory=list)
    importance: list[Importance] = field(default_factory=list)
    worst: list[Worst] = field(default_factory=list)
    judged: Judged | None = None
    dependence: list[Dependence] = field(default_factory=list)
    chosen: Chosen | None = None


def print_report(report: Report, title: str, unit: str = "", more: More | None = None) -> None:
    """The report of some rows, in the terminal."""
    console = Output()
    figures = ", ".join(f"{name} {short(value)}" for name, value in report.metrics.items())
    console.print(f"[bold]{literal(title)}[/]  {report.rows:,} rows: {figures}")
    console.print()
    if report.targets:
        _print_targets(console, report, unit)
    else:
        _print_all_of_classes(console, report)
    if more:
        _print_more(console, more, report, unit)


def _print_more(console: Console, more: More, report: Report, unit: str) -> None:
    if more.chosen:
        console.print()
        name, said = literal(more.chosen.name), literal(more.chosen.said)
        console.print(f"[bold]threshold[/] {name} where P({name}) is above {more.chosen.threshold:.4g}, {said}")
        console.print("[dim]predict and export use it too (--threshold 0.5 takes it back)[/]")
    if more.judged:
        print_judged(console, more.judged, report.calibration, unit)
    for one in more.dependence:
        print_dependence(console, one, unit)
    if more.beside:
        console.print()
        _print_beside(console, more.beside, unit)
    if more.importance:
        console.print()
        _print_importance(console, more.importance)
    if more.worst:
        console.print()
        _print_worst(console, more.worst)


def _print_all_of_classes(console: Console, report: Report) -> None:
    _print_classes(console, report)
    if report.confusion is not None:
        console.print()
        _print_confusion(console, report)
    if report.calibration:
        console.print()
        _print_calibration(console, report)


def as_json(report: Report, about: dict[str, Any], more: More | None = None) -> str:
    """One object; what is not a number is null."""
    asked: dict[str, Any] = {}
    if more and more.beside:
        asked["beside"] = [asdict(one) for one in more.beside]
    if more and more.importance:
        asked["importance"] = [asdict(one) for one in more.importance]
    if more and more.worst:
        asked["worst"] = [asdict(one) for one in more.worst]
    if more:
        asked |= as_records(more.judged, more.dependence)
    if more and more.chosen:
        asked["threshold"] = asdict(more.chosen)
    record = {
        **about,
        "rows": report.rows,
        "metrics": report.metrics,
        "classes": {name: asdict(score) for name, score in report.classes.items()},
        "confusion": report.confusion.tolist() if report.confusion is not None else None,
        "calibration": [asdict(part) for part in report.calibration],
        "calibration_error": report.calibration_error,
        "targets": {name: asdict(score) for name, score in report.targets.items()},
        **asked,
    }
    return json.dumps(_plain(record), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(title, justify="left" if title in ("class", "target", "") else "right", no_wrap=True)
    return table


def _print_targets(console: Console, report: Report, unit: str) -> None:
    ending = f" ({literal(unit)})" if unit else ""
    table = _table("target", f"MAE{ending}", f"RMSE{ending}", "R²")
    for name, score in report.targets.items():
        table.add_row(literal(name), *(_figure(value) for value in (score.mae, score.rmse, score.r2)))
    console.print(table)


def _print_classes(console: Console, report: Report) -> None:
    table = _table("class", "precision", "recall", "F1", "AUC", "rows", "")
    fields = ("precision", "recall", "f1", "auc")
    for name, score in report.classes.items():
        bar = Text("█" * round(20 * np.nan_to_num(score.f1)), style="cyan")
        table.add_row(literal(name), *(_figure(getattr(score, field)) for field in fields), f"{score.rows:,}", bar)
    scores = [score for score in report.classes.values() if score.rows]
    means = (np.nanmean([getattr(score, field) for score in scores] or [math.nan]) for field in fields)
    table.add_row("mean", *(_figure(mean) for mean in means), f"{report.rows:,}", style="bold")
    console.print(table)


def _print_confusion(console: Console, report: Report) -> None:
    counts, names = report.confusion, [visible(name) for name in report.classes]
    if counts is None:
        return
    if len(names) <= MOST_CONFUSED:
        room = max(4, min(16, (console.width - 16) // len(names) - 2))
        heads, rows = [name[:room] for name in names], [name[:14] for name in names]
        if len(set(heads)) < len(names):  # cut, they would look alike
            heads = [str(k) for k in range(1, len(names) + 1)]
            rows = [f"{k} {name[:20]}" for k, name in zip(heads, names, strict=True)]
        table = _table("", *map(literal, heads))
        for i, name in enumerate(rows):
            cells = (
                Text(str(n), style="bold green" if i == j else "red" if n else "dim") for j, n in enumerate(counts[i])
            )
            table.add_row(literal(name), *cells)
        console.print("[bold]confusion[/] [dim](rows: true, columns: predicted)[/]")
        console.print(table)
    wrong = counts - np.diag(np.diag(counts))
    worst = np.argsort(-wrong, axis=None, kind="stable")[:PAIRS]
    pairs = [divmod(int(k), len(names)) for k in worst if wrong.flat[k]]
    if pairs and len(names) > 2:
        most = pairs[:3] if len(names) <= MOST_CONFUSED else pairs
        told = ", ".join(f"{names[i]} taken for {names[j]} {wrong[i, j]}×" for i, j in most)
        console.print(f"[dim]most confused: {literal(told)}[/]")


def _print_calibration(console: Console, report: Report) -> None:
    console.print(
        "[bold]calibration[/] [dim](of answers given with such a probability, so many were right; "
        f"expected error {report.calibration_error:.3f})[/]"
    )
    table = _table("probability", "right", "answers", "")
    for part in report.calibration:
        if part.rows:
            bar = Text("█" * round(20 * part.accuracy), style="cyan")
            table.add_row(f"{part.confidence:.1%}", f"{part.accuracy:.1%}", f"{part.rows:,}", bar)
    console.print(table)


def _print_beside(console: Console, others: list[Beside], unit: str) -> None:
    console.print("[bold]beside it[/] [dim](fitted to the same training rows; 95 % intervals over the rows judged)[/]")
    names = list(others[0].figures)
    table = _table("", *(f"{name} ({literal(unit)})" if name == "MAE" and unit else name for name in names))
    for one in others:
        cells = []
        for name in names:
            low, high = one.intervals[name]
            cells.append(f"{_figure(one.figures[name])} ({_figure(low)} to {_figure(high)})")
        table.add_row(literal(one.name), *cells)
    console.print(table)
    if len(others) < 3:
        console.print("[dim]a linear model and boosting need one more package: pip install 'dnn-tui[sklearn]'[/]")


def _print_importance(console: Console, found: list[Importance]) -> None:
    console.print("[bold]columns[/] [dim](how much the loss rises where a column is shuffled among the rows)[/]")
    table = _table("", "loss", "±", "")
    most = max(found[0].rise, 1e-12)
    for one in found[:MOST_COLUMNS]:
        bar = Text("█" * round(20 * max(0.0, one.rise) / most), style="cyan")
        table.add_row(literal(one.column), f"{one.rise:+.4f}", f"{one.deviation:.4f}", bar)
    console.print(table)
    if len(found) > MOST_COLUMNS:
        console.print(f"[dim]and {len(found) - MOST_COLUMNS:,} more columns, each below[/]")


def _print_worst(console: Console, found: list[Worst]) -> None:
    console.print("[bold]most wrong[/] [dim](rows of the data, from 1)[/]")
    sure = found[0].sure is not None
    table = _table("row", "true", "predicted", *(["P(true)"] if sure else []))
    for one in found:
        figures = [f"{one.sure:.4f}"] if one.sure is not None else []
        table.add_row(f"{one.row:,}", literal(one.true), literal(one.predicted), *figures)
    console.print(table)


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else short(value)
