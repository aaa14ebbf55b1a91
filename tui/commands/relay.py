"""`dnn-tui relay`: the far end of `dnn-tui watch HOST:RUN`."""

from typing import Annotated

import typer

from . import options
from .completing import complete_run


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("relay")(relay)


def relay(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", autocompletion=complete_run, help="A run's name, a part of it, or its folder."),
    ] = None,
    after: Annotated[int, typer.Option(min=0, metavar="BYTES", help="Go on after this place of the log.")] = 0,
    readonly: Annotated[bool, typer.Option("--readonly", help="Take no commands.")] = False,
    runs_dir: options.RunsDir = None,
) -> None:
    """Write a run's events to standard output and take commands from standard input (what `watch HOST:` starts)."""
    import os
    import sys

    from dnn_tui.runs.folder import find_run
    from dnn_tui.runs.relay import Relay

    folder = find_run(options.runs_dir(runs_dir), run)
    try:
        Relay(folder, sys.stdout.buffer, after, readonly).serve(sys.stdin.buffer)
    except BrokenPipeError:  # the viewer has gone away; so does the relay, without a word
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
