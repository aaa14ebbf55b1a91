"""Option values that need more than a type: read, or refused in one sentence."""

import os
from pathlib import Path

import typer


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
