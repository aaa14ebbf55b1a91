"""`dnn-tui runs`: what was recorded, listed, shown, compared, exported and removed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..drawing.visible import visible
from ..printed.lines import say, say_exactly
from . import options
from .completing import complete_run

if TYPE_CHECKING:
    from dnn_tui.runs.summary import Summary

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
        from dnn_tui.tui.printed.runs import print_table

        print_table(found)
    for search in searches:
        going = ", going on" if search.lives else ""
        say(f"{search.name}: a search, {search.runs} runs{going} (dnn-tui search show {search.name})")


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
    from dnn_tui.tui.printed.runs import print_run

    print_run(folder, summary, state)


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
    from dnn_tui.experiments.comparing import compare as compare_runs
    from dnn_tui.runs.config import RunError
    from dnn_tui.runs.folder import find_run

    if len(runs) < 2:
        raise RunError("Name two runs or more to compare.")
    comparison = compare_runs([find_run(options.runs_dir(runs_dir), run) for run in runs])
    if json:
        runs_told = [summary.as_dict() for summary in comparison.summaries]
        _print_json({"runs": runs_told, "differences": comparison.differences, "figures": comparison.figures})
        return
    from dnn_tui.tui.printed.runs import print_comparison

    print_comparison(comparison)


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

    from dnn_tui.experiments.searching.folder import list_searches
    from dnn_tui.runs.config import RunError
    from dnn_tui.runs.folder import RunFolder, find_run
    from dnn_tui.runs.summary import summaries
    from dnn_tui.tui.printed.runs import size_in_words

    where = options.runs_dir(runs_dir)
    searches = {search.name: search for search in list_searches(where)}
    if busy := next((name for name in runs if name in searches and searches[name].lives), None):
        raise RunError(f"{busy} is being searched: stop it first.")
    folders = [RunFolder(searches[run].path) if run in searches else find_run(where, run) for run in runs]
    found = {summary.name: summary for summary in summaries(folders)}
    for name, known in found.items():
        if known.state in ("live", "paused", "detached"):
            raise RunError(f"{name} is being trained: stop it first.")
    for folder in folders:
        what = f"{folder.name} (it cannot be read)"
        if folder.name in searches:
            what = f"{folder.name} (a search of {searches[folder.name].runs} runs)"
        if summary := found.get(folder.name):
            epochs = f"{summary.epochs} epoch{'s' if summary.epochs != 1 else ''}"
            what = f"{folder.name} ({epochs}, {size_in_words(summary.size)})"
        if not yes and not typer.confirm(visible(f"Remove {what}?"), default=False):
            say("Kept.")
            continue
        try:
            shutil.rmtree(folder.path)
        except OSError as error:
            raise RunError(f"Cannot remove {folder.path}: {error.strerror}.") from None
        say(f"Removed {folder.name}.")


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
