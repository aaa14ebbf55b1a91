"""Recorded runs as they are printed: a table of many, the facts of one, several beside each other."""

from pathlib import Path

from rich.table import Table
from rich.text import Text

from dnn_tui.experiments.comparing import Comparison, best_of
from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.state import RunState
from dnn_tui.runs.summary import Summary, age

from ..drawing.numbers import short
from ..drawing.visible import visible
from .console import Output, literal

STATE_STYLES = {"live": "bold green", "detached": "green", "paused": "yellow", "crashed": "bold red", "empty": "dim"}
SHORT = {"accuracy": "acc", "r2": "R²"}
GIVE_WAY = ("data", "size", "network", "age")  # where it is narrow: a run's name tells most of them
MOST_LINES = 10  # of what happened in a run


def print_table(found: list[Summary]) -> None:
    """A line a run."""
    columns = {
        "run": [Text(visible(summary.name)) for summary in found],
        "data": [Text(visible(Path(summary.data).name)) for summary in found],
        "network": [Text(visible(summary.architecture)) for summary in found],
        "best": [Text(visible(_best_in_short(summary))) for summary in found],
        "epochs": [Text(f"{summary.epochs}/{summary.epochs_wanted}") for summary in found],
        "state": [Text(visible(_state_words(summary)), _style(summary)) for summary in found],
        "age": [Text(age(summary.created)) for summary in found],
        "size": [Text(size_in_words(summary.size)) for summary in found],
    }
    console = Output()
    widths = {name: max(len(name), *(cell.cell_len for cell in cells)) for name, cells in columns.items()}
    for name in GIVE_WAY:
        if sum(widths.values()) + 2 * (len(widths) - 1) > console.width:
            del columns[name], widths[name]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        right = name in ("best", "epochs", "age", "size")
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for row in zip(*columns.values(), strict=True):
        table.add_row(*row)
    console.print(table)


def print_run(folder: RunFolder, summary: Summary, state: RunState) -> None:
    """A run's facts, its loss, and what was worth telling of it."""
    from .headless import plot_losses  # which the list of runs need not wait for

    console = Output()
    console.print(f"[bold]{literal(summary.name)}[/]  [{_style(summary)}]{literal(_state_words(summary))}[/]")
    facts = Table.grid(padding=(0, 2))
    for name, value in facts_of(folder, summary, state).items():
        facts.add_row(f"[dim]{literal(name)}[/]", literal(value))
    console.print(facts)
    plot_losses(state, console)
    for entry in [entry for entry in state.log if entry.severity in ("warning", "error", "command")][-MOST_LINES:]:
        console.print(f"[dim]step {entry.step}:[/] {literal(entry.text)}")


def print_comparison(comparison: Comparison) -> None:
    """Runs beside each other: where their configurations differ, and their figures, the best of each in bold."""
    found, differences, figures = comparison.summaries, comparison.differences, comparison.figures
    console = Output()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    names = [visible(summary.name) for summary in found]
    if sum(map(len, names)) + 2 * len(names) + max(map(len, [*differences, *figures, ""])) > console.width:
        for number, name in enumerate(names, 1):
            console.print(f"[bold]{number}[/]  {literal(name)}")
        console.print()
        names = [str(number) for number in range(1, len(names) + 1)]
    for name in names:
        table.add_column(literal(name), overflow="fold")
    for key, values in differences.items():
        table.add_row(f"[dim]{literal(key)}[/]", *("–" if value is None else literal(value) for value in values))
    if not differences:
        table.add_row("[dim]configuration[/]", *["the same" for _ in found])
    table.add_section()
    for key, values in figures.items():
        best = best_of(key, values)
        table.add_row(
            literal(key), *("–" if v is None else f"[bold]{short(v)}[/]" if v == best else short(v) for v in values)
        )
    console.print(table)


def _best_in_short(summary: Summary) -> str:
    if summary.best is None:
        return "–"
    return f"{SHORT.get(summary.headline, summary.headline)} {short(summary.best)}"


def _style(summary: Summary) -> str:
    return STATE_STYLES.get(summary.state, "none")


def facts_of(folder: RunFolder, summary: Summary, state: RunState) -> dict[str, str]:
    """What is known of a run, by name."""
    activations = (state.started.network.get("activations") or ()) if state.started else ()
    facts = {
        "data": summary.data,
        "network": f"{summary.architecture}  {', '.join(activations)}",
        "training": f"{summary.optimizer}, learning rate {summary.lr:g}, batch size {summary.batch_size or 'all'}",
        "seed": str(summary.seed),
        "epochs": f"{summary.epochs} of {summary.epochs_wanted}, {summary.step:,} steps in {summary.seconds:.3g} s",
    }
    if summary.best is not None:
        facts["best"] = f"{summary.headline} {short(summary.best)} in epoch {summary.best_epoch}"
    for name, metrics in summary.metrics.items():
        facts[name] = ", ".join(f"{key} {short(value)}" for key, value in metrics.items())
    if state.starts:
        facts["resumed"] = "from step " + ", ".join(f"{step:,}" for step in state.starts)
    return {**facts, "folder": str(folder.path)}


def _state_words(summary: Summary) -> str:
    ended = "early stop" if summary.ended == "early_stopping" else summary.ended
    return ended if summary.state == "finished" and ended != "completed" else summary.state


def size_in_words(count: float) -> str:
    """Bytes as "1.2 MB"."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
