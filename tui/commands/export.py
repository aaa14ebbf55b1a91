"""`dnn-tui export`: a trained network for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from . import options

HELP = """Export a run's network for other programs, preparation included: raw rows in, the answers of predict out.

TO says the format by its ending: .onnx, .py (NumPy alone), .h (C99), .safetensors (weights); or give --format,
and a file or folder: torch, keras and sklearn write a .py and a .safetensors beside it.

[dim]Examples:[/dim]
  dnn-tui export newest model.onnx
  dnn-tui export patients --best patients.h
  dnn-tui export digits digits-torch --format torch
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("export", help=HELP)(export)


def export(
    run: options.OneRun,
    to: Annotated[Path, typer.Argument(metavar="TO", help="The file to write, or a folder.")],
    best: Annotated[bool, typer.Option("--best/--last", help="The weights of the best epoch, or of the last.")] = False,
    format: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="onnx, numpy, c, safetensors, torch, keras or sklearn, if not by TO's end."),
    ] = None,
    force: options.Force = False,
    runs_dir: options.RunsDir = None,
) -> None:
    from dnn_tui.experiments.export.writing import export_run
    from dnn_tui.runs.folder import find_run
    from dnn_tui.tui.printed.lines import say

    folder = find_run(options.runs_dir(runs_dir), run)
    written = export_run(folder, to, format, "best" if best else "last", force)
    say(f"{' and '.join(map(str, written))} written: {folder.name}, {'best' if best else 'last'} epoch.")
