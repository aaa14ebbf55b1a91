"""A data set printed once: what it is, its classes or targets, its inputs, some of its rows."""

import json as json_module
import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dnn_tui.datasets import Dataset
from dnn_tui.datasets.summary import InputSummary, class_counts, input_summaries, raw_rows

from ..drawing.numbers import short
from ..drawing.visible import visible
from .console import Output, literal
from .data_pictures import pictures
from .figures import print_figure
from .lines import say_exactly

SPARKS = " ▁▂▃▄▅▆▇█"
MOST_INPUTS = 30
MOST_CLASSES = 20
SAMPLE_ROWS = 5


def print_dataset(data: Dataset, every: bool, json: bool) -> None:
    """One data set: what it is, what was done to it, its classes, its inputs, some of its rows."""
    if json:
        say_exactly(json_module.dumps(_record(data, input_summaries(data)), ensure_ascii=False))
        return
    data = _shown_names(data)
    summaries, console = input_summaries(data), Output()
    parts = ", ".join(
        f"{len(part):,} {name}"
        for name, part in (("training", data.train), ("validation", data.validation), ("test", data.test))
    )
    console.print(f"[bold]{literal(data.name)}[/]  {data.task}, {data.n_features:,} inputs; rows: {parts}")
    if data.source:
        console.print(f"[dim]{literal(data.source)}{f'; licence: {literal(data.licence)}' if data.licence else ''}[/]")
    for sentence in data.report:
        console.print(f"[dim]·[/] {literal(sentence)}")
    console.print()
    if data.task == "regression":
        _print_targets(console, data)
    else:
        _print_classes(console, data)
    console.print()
    if data.image_shape:
        console.print(pictures(console, data))
    else:
        _print_inputs(console, data, summaries, every)
        console.print()
        if data.n_features == 2 and data.columns[0].kind == data.columns[1].kind == "number":
            _print_plane(console, data)
        else:
            _print_rows(console, data)


def _shown_names(data: Dataset) -> Dataset:
    """The data set with every name as it is shown: what is laid out has the width that is seen."""
    return replace(
        data,
        feature_names=tuple(map(visible, data.feature_names)),
        class_names=tuple(map(visible, data.class_names)),
        target_names=tuple(map(visible, data.target_names)),
        target_unit=visible(data.target_unit),
        columns=tuple(replace(column, name=visible(column.name)) for column in data.columns),
    )


def _record(data: Dataset, summaries: list[InputSummary]) -> dict[str, Any]:
    def plain(value: object) -> object:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return {
        "name": data.name,
        "task": data.task,
        "classes": list(data.class_names),
        "targets": list(data.target_names),
        "source": data.source,
        "licence": data.licence,
        "rows": {name: len(getattr(data, name)) for name in ("train", "validation", "test")},
        "class_counts": {name: counts.tolist() for name, counts in class_counts(data).items()},
        "report": list(data.report),
        "inputs": [{key: plain(value) for key, value in asdict(summary).items()} for summary in summaries],
    }


# ---- classes and targets


def _print_classes(console: Console, data: Dataset) -> None:
    counts = class_counts(data)
    total = np.sum(list(counts.values()), axis=0)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("class", "rows", "bar", "share"):
        heading = title if title in ("class", "rows") else ""
        table.add_column(heading, justify="right" if title in ("rows", "share") else "left", no_wrap=True)
    for name in counts:
        table.add_column(name, justify="right")
    order = np.argsort(-total, kind="stable")[:MOST_CLASSES] if len(total) > MOST_CLASSES else range(len(total))
    for k in order:
        share = total[k] / max(1, total.sum())
        bar = Text("█" * max(1, round(24 * total[k] / total.max())) if total[k] else "", style="cyan")
        table.add_row(
            literal(data.class_names[k]),
            f"{total[k]:,}",
            bar,
            f"{share:.1%}",
            *(f"{part[k]:,}" for part in counts.values()),
        )
    console.print(table)
    if len(total) > MOST_CLASSES:
        console.print(f"[dim]… {len(total) - MOST_CLASSES:,} smaller classes more[/]")


def _print_targets(console: Console, data: Dataset) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("target", "low", "mean", "high", "deviation", "spread"):
        table.add_column(title, justify="left" if title in ("target", "spread") else "right", no_wrap=True)
    for k, name in enumerate(data.target_names):
        offset, scale = data.target_scale[k]
        y = data.train.y[:, k].astype(float) * scale + offset
        unit = f" ({data.target_unit})" if data.target_unit else ""
        figures = (short(value) for value in (y.min(), y.mean(), y.max(), y.std()))
        table.add_row(literal(name + unit), *figures, Text(_spark(np.histogram(y, 24)[0].tolist()), style="cyan"))
    console.print(table)


# ---- inputs


def _print_inputs(console: Console, data: Dataset, summaries: list[InputSummary], every: bool) -> None:
    relation = "η" if data.task == "classes" else "corr."
    shown = summaries
    if len(summaries) > MOST_INPUTS and not every:
        strongest = sorted(summaries, key=lambda s: -abs(np.nan_to_num(s.relation)))[:MOST_INPUTS]
        shown = [summary for summary in summaries if summary in strongest]
    figures = [[short(value) for value in (s.low, s.mean, s.high)] for s in shown]
    wide = sum(max(4, *map(len, column)) for column in zip(*figures, strict=True)) + 25  # all but names and bars
    longest = max(cell_len(summary.name) for summary in shown)
    bars = console.width - wide - 12 >= min(longest, 20)  # they give way first, then the names; never a number
    table = Table(box=None, pad_edge=False, header_style="bold")
    room = console.width - wide - 12 * bars
    table.add_column("input", no_wrap=True, overflow="ellipsis", max_width=max(8, min(30, room)))
    for title in ("low", "mean", "high"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("spread", no_wrap=True)
    table.add_column(relation, justify="right", no_wrap=True)
    if bars:
        table.add_column("", no_wrap=True)
    for summary, row in zip(shown, figures, strict=True):
        strength = "" if math.isnan(summary.relation) else f"{summary.relation:+.2f}".replace("-", "−")
        if data.task == "classes":
            strength = strength.lstrip("+")
        bar = Text(
            "█" * round(10 * abs(np.nan_to_num(summary.relation))), style="red" if summary.relation < 0 else "green"
        )
        spread = Text(_spark(summary.histogram), style="cyan")
        table.add_row(literal(summary.name), *row, spread, strength, *([bar] if bars else []))
    console.print(table)
    if len(shown) < len(summaries):
        console.print(f"[dim]the {len(shown)} strongest of {len(summaries):,} inputs; --all shows every one[/]")
    goes_with = "the classes" if data.task == "classes" else data.target_names[0]
    console.print(f"[dim]over the training rows; {relation} says how the input goes with {literal(goes_with)}[/]")


def _spark(counts: Sequence[int]) -> str:
    """Counts as bars; what is there at all is seen."""
    most = max(1, max(counts))
    return "".join(SPARKS[0 if not count else max(1, math.ceil(count / most * 8))] for count in counts)


def row_figures(data: Dataset, rows: Sequence[int]) -> np.ndarray:
    """These training rows in their own units, as text, shape (rows, inputs); – where something is missing."""
    raw = raw_rows(data, data.train, np.array(rows))
    figures: np.ndarray = np.vectorize(short, otypes=[object])(raw, 5)
    for k, column in enumerate(data.columns):
        if column.kind == "missing":  # the number beside it is not the row's, but what was put in its place
            absent, of = raw[:, k] > 0.5, column.name.removesuffix(" missing")
            figures[np.ix_(absent, np.array([other.name == of for other in data.columns]))] = "–"
    return figures


def _print_rows(console: Console, data: Dataset) -> None:
    rows = range(min(SAMPLE_ROWS, len(data.train)))
    figures = row_figures(data, rows)
    answers = [answer(data, i) for i in rows]
    target = " ".join(data.target_names)
    room = console.width - 8 - max(map(cell_len, [target, *answers]))  # beside the row's number and the answer
    shown: list[int] = []
    for k, column in enumerate(data.columns):
        widest = max(map(cell_len, [*figures[:, k], data.feature_names[k]]))
        if column.kind == "number" and len(shown) < 8 and (room := room - 2 - min(widest, 14)) >= 0:
            shown.append(k)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("row", justify="right")
    for k in shown:
        table.add_column(
            literal(data.feature_names[k]), justify="right", no_wrap=True, overflow="ellipsis", max_width=14
        )
    table.add_column(literal(target), style="bold", no_wrap=True)
    for i in rows:
        number = data.train.rows[i] + 1 if data.train.rows is not None else i + 1
        table.add_row(str(number), *figures[i, shown], literal(answers[i]))
    console.print("[italic]some training rows[/]")  # a table's own title is wrapped where the table is narrow
    console.print(table)


def answer(data: Dataset, row: int) -> str:
    """What is right for a training row: its class, or its numbers in their own units."""
    if data.task != "regression":
        return str(data.class_names[data.train.y[row]])
    values = (data.train.y[row, k] * scale + offset for k, (offset, scale) in enumerate(data.target_scale))
    return ", ".join(short(value) for value in values)


def _print_plane(console: Console, data: Dataset) -> None:
    """Points of the plane; in regression, above and below the middle."""
    import plotext

    raw = raw_rows(data, data.train, np.arange(min(len(data.train), 1000)))
    y = data.train.y[: len(raw)].reshape(len(raw), -1)[:, 0]
    names = data.class_names
    if data.task == "regression":
        middle = float(np.median(y))
        y, names = (y > middle).astype(int), ("below the median", "above it")
    plotext.clear_figure()
    for k, name in enumerate(names):
        inside = raw[y == k]
        plotext.scatter(inside[:, 0].tolist(), inside[:, 1].tolist(), label=name, marker="●" if k else "·")
    plotext.plotsize(min(64, console.width), 24)
    plotext.theme("pro")
    plotext.xlabel(data.feature_names[0])
    plotext.ylabel(data.feature_names[1])
    print_figure(console)
