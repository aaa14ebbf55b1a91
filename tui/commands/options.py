"""Option values that need more than a type: read, or refused in one sentence."""

import math
import os
from pathlib import Path

import typer


def hidden_sizes(text: str) -> tuple[int, ...]:
    """ "128,64" → (128, 64); "none" → no hidden layer."""
    if text.strip().lower() in ("none", "0", ""):
        return ()
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a list of layer sizes such as 128,64 (or none).") from None
    if min(sizes) < 1 or max(sizes) > 100_000:
        raise typer.BadParameter(f"{text!r}: each layer needs 1 to 100,000 units.")
    return sizes


def batch_size(text: str) -> int:
    """ "32" → 32; "all" → 0, which is all training rows."""
    if text.strip().lower() == "all":
        return 0
    try:
        rows = int(text)
    except ValueError:
        rows = 0
    if rows < 1:
        raise typer.BadParameter(f"{text!r} is no batch size: give a whole number from 1, or all.")
    return rows


def learning_rate(value: float | None) -> float | None:
    if value is not None and not (value > 0 and math.isfinite(value)):
        raise typer.BadParameter(f"{value:g} is no learning rate: give a number above 0.")
    return value


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
