"""How a network errs, drawn into a report: curves over all thresholds, residuals, and what columns do to the answer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from dnn_tui.experiments.dependence import Dependence
from dnn_tui.experiments.judged import QUANTILES, Judged, Residuals
from dnn_tui.mlp.curves import ThresholdCurves
from dnn_tui.mlp.scores import CalibrationBin

from ..drawing.numbers import short
from ..drawing.visible import visible
from .console import literal
from .figures import print_figure

MOST_LINES = 6  # in one plot
MOST_POINTS = 200  # of a curve or a cloud: what a terminal can show, and what JSON is given
WIDTH, HEIGHT = 72, 17
SHADES = " ░▒▓█"
Lines = Sequence[tuple[str, np.ndarray, np.ndarray]]


def print_judged(console: Console, judged: Judged, calibration: Sequence[CalibrationBin], unit: str) -> None:
    """Of classes ROC, precision–recall and calibration; of numbers the residuals."""
    for name, target in judged.targets.items():
        console.print()
        _print_residuals(console, name, target, unit)
    if not judged.classes:
        return
    classes = {name: one for name, one in judged.classes.items() if not np.isnan(one.auc)}
    shown = sorted(classes.items(), key=lambda pair: pair[1].auc)[:MOST_LINES]
    console.print()
    if shown:
        _print_curves(console, shown, len(classes))
    else:
        console.print("[dim]All rows judged are of one class: there are no curves of them.[/]")
    bins = [part for part in calibration if part.rows]
    if len(bins) > 1:
        console.print()
        console.print("[bold]calibration[/] [dim](below the diagonal: too sure)[/]")
        x, y = np.array([part.confidence for part in bins]), np.array([part.accuracy for part in bins])
        _plot(console, [("right", x, y), ("", *_diagonal())], "probability given", "share right", unit_square=True)


def _print_curves(console: Console, shown: Sequence[tuple[str, ThresholdCurves]], count: int) -> None:
    if count > len(shown):
        console.print(f"[dim]Drawn are the {len(shown)} classes of the least area below the ROC curve.[/]")
        console.print()
    console.print("[bold]ROC[/] [dim](each class against the rest; the diagonal is chance)[/]")
    lines = [(f"{name} {one.auc:.3f}", one.false_rate, one.hit_rate) for name, one in shown]
    _plot(console, [*lines, ("", *_diagonal())], "share of the others called it", "share found", unit_square=True)
    console.print()
    console.print("[bold]precision–recall[/] [dim](with the average precision)[/]")
    lines = [(f"{name} {one.average_precision:.3f}", one.recall, one.precision) for name, one in shown]
    _plot(console, lines, "recall", "precision", unit_square=True)


def print_dependence(console: Console, found: Dependence, unit: str) -> None:
    """One column as lines or bars, two as a map."""
    console.print()
    names = " and ".join(literal(level.column) for level in found.levels)
    console.print(f"[bold]depending on {names}[/] [dim](mean answer of {found.rows:,} rows, all else as it is)[/]")
    ending = f" ({visible(unit)})" if unit and not found.probable else ""
    named = [f"P({name})" if found.probable else name + ending for name in map(visible, found.outputs)]
    if len(found.levels) == 2:
        for name, means in zip(named, found.means, strict=True):
            _print_map(console, found, name, means)
    elif found.levels[0].names or len(found.levels[0].values) < 3:
        _print_bars(console, found, named)
    else:
        spread = np.argsort(-np.ptp(found.means, axis=1), kind="stable")[:MOST_LINES]
        lines = [(named[k], found.levels[0].values, found.means[k]) for k in sorted(spread)]
        said = found.levels[0].said if found.levels[0].dates else None
        _plot(console, lines, visible(found.levels[0].column), "", said=said)


def as_records(judged: Judged | None, dependence: Sequence[Dependence]) -> dict[str, Any]:
    """The same for scripts; long curves by some of their points."""
    told: dict[str, Any] = {}
    if judged and judged.classes:
        told["curves"] = {name: _curve_record(one) for name, one in judged.classes.items()}
    if judged and judged.targets:
        told["residuals"] = {name: _residual_record(one) for name, one in judged.targets.items()}
    if dependence:
        told["dependence"] = [
            {
                "columns": [level.column for level in one.levels],
                "values": [level.said if level.names or level.dates else level.values.tolist() for level in one.levels],
                "outputs": list(one.outputs),
                "means": one.means.tolist(),
                "rows": one.rows,
            }
            for one in dependence
        ]
    return told


def _curve_record(one: ThresholdCurves) -> dict[str, Any]:
    ends, inner = _some(one.hit_rate), _some(one.recall)
    return {
        "auc": one.auc,
        "average_precision": one.average_precision,
        "roc": np.column_stack([one.false_rate, one.hit_rate])[ends].tolist(),
        "precision_recall": np.column_stack([one.recall, one.precision])[inner].tolist(),
    }


def _residual_record(one: Residuals) -> dict[str, Any]:
    return {
        "mean": one.mean,
        "deviation": one.deviation,
        "quantiles": dict(zip(map(str, QUANTILES), one.quantiles, strict=True)),
        "slope": one.slope,
        "edges": one.edges.tolist(),
        "counts": one.counts.tolist(),
    }


def _some(values: np.ndarray) -> np.ndarray:
    """The places of so many of the values, the first and the last among them."""
    return np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_POINTS)).round().astype(int))


def _diagonal() -> tuple[np.ndarray, np.ndarray]:
    return np.array([0.0, 1.0]), np.array([0.0, 1.0])


def _plot(
    console: Console,
    lines: Lines,
    x_name: str,
    y_name: str,
    unit_square: bool = False,
    said: Sequence[str] | None = None,
) -> None:
    """said: the values of x as a person says them, where they are no plain numbers."""
    import plotext

    plotext.clear_figure()
    for name, x, y in lines:
        known = np.isfinite(x) & np.isfinite(y)
        some = _some(x[known])
        if known.any():
            label = visible(name) or None
            plotext.plot(x[known][some].tolist(), y[known][some].tolist(), label=label, color=None if name else "gray")
    if unit_square:
        plotext.xlim(0, 1)
        plotext.ylim(0, 1)
    if said:
        at = [round(k * (len(said) - 1) / 3) for k in range(4)]
        plotext.xticks([float(lines[0][1][k]) for k in at], [said[k] for k in at])
    plotext.plotsize(min(WIDTH, console.width), HEIGHT)
    plotext.theme("clear")
    plotext.xlabel(x_name)
    if y_name:
        plotext.ylabel(y_name)
    print_figure(console)


def _print_residuals(console: Console, name: str, one: Residuals, unit: str) -> None:
    import plotext

    ending = f" {literal(unit)}" if unit else ""
    console.print(f"[bold]residuals of {literal(name)}[/] [dim](true less predicted{ending and f', in{ending}'})[/]")
    low, quarter, middle, three, high = (short(value) for value in one.quantiles)
    console.print(
        f"mean {short(one.mean)}, deviation {short(one.deviation)}; half of them from {quarter} to {three}, "
        f"nine of ten from {low} to {high}, the middle one {middle}"
    )
    if not np.isnan(one.slope):
        console.print(f"true answers rise by {short(one.slope)} where those predicted rise by 1")
    some = np.random.default_rng(0).permutation(len(one.residual))[:MOST_POINTS]
    plotext.clear_figure()
    plotext.scatter(one.predicted[some].tolist(), one.residual[some].tolist(), marker="dot")
    plotext.horizontal_line(0, color="gray")
    plotext.plotsize(min(WIDTH, console.width), HEIGHT)
    plotext.theme("clear")
    plotext.xlabel("predicted")
    plotext.ylabel("residual")
    print_figure(console)
    table = Table(box=None, pad_edge=False, show_header=False)
    for edges, count in zip(zip(one.edges, one.edges[1:], strict=False), one.counts, strict=True):
        bar = Text("█" * round(30 * count / max(1, int(one.counts.max()))), style="cyan")
        table.add_row(Text(f"{short(edges[0])} … {short(edges[1])}", justify="right"), f"{count:,}", bar)
    console.print(table)


def _print_bars(console: Console, found: Dependence, named: Sequence[str]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(literal(found.levels[0].column))
    for name in named[:MOST_LINES]:
        table.add_column(literal(name), justify="right", no_wrap=True)
    table.add_column("")
    first, low = found.means[0], found.means[0].min()
    width = max(float(np.ptp(first)), 1e-12)
    for k, said in enumerate(found.levels[0].said):
        bar = Text("█" * (1 + round(19 * (first[k] - low) / width)), style="cyan")
        table.add_row(literal(said), *(short(means[k]) for means in found.means[:MOST_LINES]), bar)
    console.print(table)


def _print_map(console: Console, found: Dependence, name: str, means: np.ndarray) -> None:
    """The first column across, the second upwards; lighter is more, or in a pipe darker."""
    low, high = float(means.min()), float(means.max())
    share = (means - low) / ((high - low) or 1.0)
    across, up = (level.said for level in found.levels)
    room = max(len(text[:16]) for text in up)
    cell = max(1, min(3, (console.width - room - 1) // max(1, len(across))))
    console.print(f"{literal(name)}: from {short(low)} (dark) to {short(high)} (bright)" if console.is_terminal else
                  f"{literal(name)}: from {short(low)} (blank) to {short(high)} (█)")  # fmt: skip
    for row in reversed(range(len(up))):
        line = Text(visible(up[row])[:16].rjust(room) + " ", style="dim")
        for value in share[:, row]:
            if console.is_terminal and not console.no_color:
                red, green, blue = (int(a + value * (b - a)) for a, b in ((20, 250), (24, 230), (80, 120)))
                line.append(" " * cell, Style.parse(f"on rgb({red},{green},{blue})"))
            else:
                line.append(SHADES[min(len(SHADES) - 1, int(value * len(SHADES)))] * cell, Style.null())
        console.print(line, no_wrap=True)
    ends = visible(across[0]), visible(across[-1])
    wide = cell * len(across)
    axis = ends[0] + ends[1].rjust(wide - len(ends[0])) if sum(map(len, ends)) < wide else f"{ends[0]} … {ends[1]}"
    console.print(Text(" " * (room + 1) + axis, style="dim"))
    column = [visible(level.column) for level in found.levels]
    console.print(Text(f"{' ' * (room + 1)}{column[0]} across, {column[1]} upwards", style="dim"))
