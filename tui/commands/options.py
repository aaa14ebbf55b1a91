"""What several commands take: a run, where runs are kept; and values that are read, or refused in one sentence."""

import os
from pathlib import Path
from typing import Annotated

import typer

from .completing import complete_run

RUN = typer.Argument(
    metavar="RUN", autocompletion=complete_run, help="A run's name, a part of it, or its folder; or newest."
)
OneRun = Annotated[str, RUN]
RunsDir = Annotated[
    Path | None, typer.Option("--runs-dir", help="Where runs are kept (else DNN_TUI_RUNS, else the user's data).")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]


def fraction(value: float | None) -> float | None:
    if value is not None and not 0 <= value < 1:
        raise typer.BadParameter(f"{value:g} is no share of the rows: give a number from 0 to below 1, such as 0.15.")
    return value


def runs_dir(value: Path | None) -> Path:
    from dnn_tui.runs.folder import default_runs_dir

    return value if value is not None else default_runs_dir()


def default_threads() -> int:
    """One thread of the matrix library: on networks this size more are seldom faster, and often much slower."""
    return min(1, os.cpu_count() or 1)
