"""`dnn-tui film`: the panels through a run, as a file to show to others."""

from pathlib import Path
from typing import Annotated

import typer

from . import options

HELP = """Film the panels through a run, without a terminal: an animated picture (.svg) or a recording (.cast).

The SVG loops in any browser and in a README, and loads nothing; the cast plays in asciinema. With --at, one moment.

[dim]Examples:[/dim]
  dnn-tui film newest -o film.svg
  dnn-tui film spiral -o spiral.cast --size 120x40 --seconds 30 --fps 10
  dnn-tui film digits -o curves.svg --panel curves --at 400
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("film", help=HELP)(film)


def film(
    run: options.OneRun = "newest",
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="A .svg or a .cast.")] = Path("film.svg"),
    size: Annotated[str, typer.Option(metavar="COLUMNSxROWS", help="Of the terminal that is not there.")] = "80x24",
    seconds: Annotated[float, typer.Option(min=1, max=600, metavar="N", help="How long it is.")] = 20.0,
    fps: Annotated[float, typer.Option(min=0.1, max=30, metavar="N", help="Frames a second.")] = 2.0,
    panel: Annotated[
        str | None, typer.Option(metavar="NAME", help="This one alone: curves, topology, confusion …")
    ] = None,
    at: Annotated[int | None, typer.Option(min=0, metavar="STEP", help="A still picture, of that step.")] = None,
    force: options.Force = False,
    runs_dir: options.RunsDir = None,
) -> None:
    from dnn_tui.runs.folder import find_run
    from dnn_tui.tui.filming.film import Film, size_of, write_film
    from dnn_tui.tui.printed.lines import say

    folder = find_run(options.runs_dir(runs_dir), run)
    frames = write_film(folder, out, Film(seconds, fps, size_of(size), at, panel), force)
    say(f"{out} written: {folder.name}, {'one moment' if at is not None else f'{frames} frames in {seconds:g} s'}.")
