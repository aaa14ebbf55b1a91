"""`dnn-tui runs`: what was recorded, listed, shown, compared, exported and removed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..drawing.numbers import short
from ..drawing.visible import visible
from ..printed.lines import say, say_exactly
from . import options
from .completing import complete_run

if TYPE_CHECKING:
    from dnn_tui.runs.folder import RunFolder
    from dnn_tui.runs.state import RunState
    from dnn_tui.runs.summary import Summary

STATE_STYLES = {"live": "bold green", "detached": "green", "paused": "yellow", "crashed": "bold red", "empty": "dim"}
SHORT = {"accuracy": "acc", "r2": "R²"}
GIVE_WAY = ("data", "size", "network", "age")  # where it is narrow: a run's name tells most of them
HELP = """List recorded runs; show, compare, export or remove them.

Without a command, the list, the newest first.

[dim]Examples:[/dim]
  dnn-tui runs
  dnn-tui runs --sort best
  dnn-tui runs show
  dnn-tui runs rm digits-128-64
"""
SORTS = ("age", "name", "data", "best", "epochs", "state", "size")

AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]
Run = Annotated[str | None, options.RUN]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(invoke_without_command=True, rich_markup_mode="rich")
    group.callback()(list_all)
    group.command("show")(show)
    group.command("compare")(compare)
    group.command("export")(export)
    group.command("rm")(remove)
    app.add_typer(group, name="runs", help=HELP)


def list_all(
    context: typer.Context,
    sort: Annotated[str, typer.Option(metavar="|".join(SORTS), help="What to order by.")] = "age",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    json: AsJson = False,
    runs_dir: options.RunsDir = None,
) -> None:
    """List recorded runs, newest first."""
    if context.invoked_subcommand:
        return
    from dnn_tui.experiments.searching.folder import list_searches
    from dnn_tui.runs.folder import list_runs
    from dnn_tui.runs.summary import summaries

    if sort not in SORTS:
        raise typer.BadParameter(f"use one of {', '.join(SORTS)}.", param_hint="--sort")
    where = options.runs_dir(runs_dir)
    unread: dict[str, str] = {}
    found = _sorted(list(summaries(list_runs(where), unread)), sort, reverse)
    for name, why in unread.items():
        say(f"dnn-tui: {name} cannot be read: {why}", err=True)
    searches = [] if json else list_searches(where)
    if json:
        _print_json([summary.as_dict() for summary in found])
    elif not (found or unread or searches):
        say(f"There are no runs in {where} yet: start one with `dnn-tui train digits`.")
    if found and not json:
        _print_table(found)
    for search in searches:
        runs = sum(1 for _ in search.path.glob("*/run.toml"))
        going = ", going on" if search.lives else ""
        say(f"{search.name}: a search, {runs} runs{going} (dnn-tui search show {search.name})")


def show(
    run: Run = None,
    json: AsJson = False,
    runs_dir: options.RunsDir = None,
) -> None:
    """Show one run: its configuration, figures and loss curve. Without RUN: the newest."""
    from dnn_tui.experiments.exporting import as_record, read_run
    from dnn_tui.runs.folder import find_run
    from dnn_tui.runs.summary import summarise

    folder = find_run(options.runs_dir(runs_dir), run)
    summary, state = summarise(folder), read_run(folder)
    if json:
        _print_json(as_record(folder, summary, state, losses=False))
        return
    from rich.table import Table

    from dnn_tui.tui.printed.console import Output, literal
    from dnn_tui.tui.printed.headless import plot_losses

    console = Output()
    console.print(f"[bold]{literal(summary.name)}[/]  [{_style(summary)}]{literal(_state_words(summary))}[/]")
    facts = Table.grid(padding=(0, 2))
    for name, value in _facts(folder, summary, state).items():
        facts.add_row(f"[dim]{literal(name)}[/]", literal(value))
    console.print(facts)
    plot_losses(state, console)
    for entry in [entry for entry in state.log if entry.severity in ("warning", "error", "command")][-10:]:
        console.print(f"[dim]step {entry.step}:[/] {literal(entry.text)}")


def compare(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN RUN…", autocompletion=complete_run, help="Two runs or more.")
    ],
    json: AsJson = False,
    runs_dir: options.RunsDir = None,
) -> None:
    """Compare runs: where their configurations differ, and their best figures.

    RUN is a run's name, a part of it, its folder, or newest.

    [dim]Examples:[/dim]
      dnn-tui runs compare overfit regularized
      dnn-tui runs compare newest digits-first --json
    """
    from dnn_tui.experiments.comparing import best_of
    from dnn_tui.experiments.comparing import compare as compare_runs
    from dnn_tui.runs.config import RunError
    from dnn_tui.runs.folder import find_run

    if len(runs) < 2:
        raise RunError("Name two runs or more to compare.")
    comparison = compare_runs([find_run(options.runs_dir(runs_dir), run) for run in runs])
    found, differences, figures = comparison.summaries, comparison.differences, comparison.figures
    if json:
        record = {"runs": [s.as_dict() for s in found], "differences": differences, "figures": figures}
        _print_json(record)
        return
    from rich.table import Table

    from dnn_tui.tui.printed.console import Output, literal

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


def export(
    run: Run = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="A line an epoch (- is standard output).")] = None,
    steps: Annotated[bool, typer.Option("--steps", help="With --csv: a line a step instead.")] = False,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Everything but the pictures.")] = None,
    tensorboard: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Event files for TensorBoard (needs dnn-tui\\[tensorboard]).")
    ] = None,
    runs_dir: options.RunsDir = None,
) -> None:
    """Write a run's figures for other programs. Without RUN: the newest.

    What one of the options names is written, and several may be given.

    [dim]Examples:[/dim]
      dnn-tui runs export --csv -
      dnn-tui runs export digits --csv digits.csv --json digits.json
      dnn-tui runs export digits --tensorboard logs
    """
    from dnn_tui.experiments import exporting
    from dnn_tui.runs.folder import find_run

    if not (csv or json or tensorboard):
        raise typer.BadParameter("choose --csv, --json or --tensorboard.")
    for option, to in (("--csv", csv), ("--json", json), ("--tensorboard", tensorboard)):
        if str(to).startswith("--"):  # the next option, taken for a file
            raise typer.BadParameter(f"name what to write, not {to}.", param_hint=option)
    folder = find_run(options.runs_dir(runs_dir), run)
    state = exporting.read_run(folder)
    if csv:
        exporting.write_csv(csv, state, steps)
    if json:
        exporting.write_json(json, folder, state)
    if tensorboard:
        exporting.write_tensorboard(tensorboard, folder, state)


def remove(
    runs: Annotated[list[str], typer.Argument(metavar="RUN…", autocompletion=complete_run, help="The runs to remove.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    runs_dir: options.RunsDir = None,
) -> None:
    """Remove runs from the disk, after asking."""
    import shutil

    from dnn_tui.runs.config import RunError
    from dnn_tui.runs.folder import find_run
    from dnn_tui.runs.summary import summaries

    folders = [find_run(options.runs_dir(runs_dir), run) for run in runs]
    found = {summary.name: summary for summary in summaries(folders)}
    for name, known in found.items():
        if known.state in ("live", "paused", "detached"):
            raise RunError(f"{name} is being trained: stop it first.")
    for folder in folders:
        what = f"{folder.name} (it cannot be read)"
        if summary := found.get(folder.name):
            what = f"{folder.name} ({summary.epochs} epoch{'s' if summary.epochs != 1 else ''}, {_size(summary.size)})"
        if not yes and not typer.confirm(visible(f"Remove {what}?"), default=False):
            say("Kept.")
            continue
        try:
            shutil.rmtree(folder.path)
        except OSError as error:
            raise RunError(f"Cannot remove {folder.path}: {error.strerror}.") from None
        say(f"Removed {folder.name}.")


# ---- how it is printed


def _print_table(found: list["Summary"]) -> None:
    from rich.table import Table
    from rich.text import Text

    from dnn_tui.runs.summary import age
    from dnn_tui.tui.printed.console import Output

    columns = {
        "run": [Text(visible(summary.name)) for summary in found],
        "data": [Text(visible(Path(summary.data).name)) for summary in found],
        "network": [Text(visible(summary.architecture)) for summary in found],
        "best": [Text(visible(_best_in_short(summary))) for summary in found],
        "epochs": [Text(f"{summary.epochs}/{summary.epochs_wanted}") for summary in found],
        "state": [Text(visible(_state_words(summary)), _style(summary)) for summary in found],
        "age": [Text(age(summary.created)) for summary in found],
        "size": [Text(_size(summary.size)) for summary in found],
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


def _best_in_short(summary: "Summary") -> str:
    if summary.best is None:
        return "–"
    return f"{SHORT.get(summary.headline, summary.headline)} {short(summary.best)}"


def _style(summary: "Summary") -> str:
    return STATE_STYLES.get(summary.state, "none")


def _facts(folder: "RunFolder", summary: "Summary", state: "RunState") -> dict[str, str]:
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


def _state_words(summary: "Summary") -> str:
    ended = "early stop" if summary.ended == "early_stopping" else summary.ended
    return ended if summary.state == "finished" and ended != "completed" else summary.state


def _sorted(found: list["Summary"], by: str, reverse: bool) -> list["Summary"]:
    """Newest, largest and best first; names from A."""
    from dnn_tui.runs.summary import HIGHER_IS_BETTER

    def goodness(summary: "Summary") -> float:
        if summary.best is None or summary.best != summary.best:
            return float("inf")
        return -summary.best if summary.headline in HIGHER_IS_BETTER else summary.best

    keys: dict[str, Callable[[Summary], Any]] = {
        "age": lambda s: -s.created,
        "name": lambda s: s.name,
        "data": lambda s: (s.data, goodness(s)),
        "best": goodness,
        "epochs": lambda s: -s.epochs,
        "state": lambda s: s.state,
        "size": lambda s: -s.size,
    }
    return sorted(found, key=keys[by], reverse=reverse)


def _print_json(value: Any) -> None:
    from dnn_tui.experiments.exporting import to_text

    say_exactly(to_text(value))


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
