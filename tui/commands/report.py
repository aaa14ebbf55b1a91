"""`dnn-tui report`: a run, or several compared, as one page to show to others."""

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .completing import complete_run

HELP = """Write a run, or several compared, as one web page to show to others.

Curves, confusion, every class, calibration, mistakes, layers, configuration and how to repeat it, in one file that
loads nothing from anywhere.

[dim]Examples:[/dim]
  dnn-tui report
  dnn-tui report digits -o digits.html --best
  dnn-tui report overfit regularized -o compared.html
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("report", help=HELP)(report)


def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN…",
            autocompletion=complete_run,
            help="A run's name, a part of it, its folder, or newest; several: compared.",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The page to write.")] = Path("report.html"),
    best: Annotated[
        bool, typer.Option("--best/--last", help="Evaluate the weights of the best epoch, or of the last.")
    ] = False,
    force: options.Force = False,
    data_dir: Annotated[Path | None, typer.Option(help="Where data files lie.")] = None,
    runs_dir: options.RunsDir = None,
) -> None:
    from dnn_tui.experiments.reporting.page import write_report
    from dnn_tui.runs.folder import find_run
    from dnn_tui.tui.printed.headless import download_progress
    from dnn_tui.tui.printed.lines import say

    folders = [find_run(options.runs_dir(runs_dir), run) for run in runs or ["newest"]]
    where = str(data_dir.resolve()) if data_dir else None
    with download_progress() as progress:
        written = write_report(folders, out, "best" if best else "last", force, where, progress)
    say(f"{written} written: {', '.join(folder.name for folder in folders)}.")
