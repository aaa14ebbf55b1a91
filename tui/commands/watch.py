"""`dnn-tui watch`: the same panels on a run of another process, live or finished."""

from pathlib import Path
from typing import Annotated

import typer

from . import options


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("watch")(watch)


def watch(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="A run's name, a part of it, or its folder.")] = None,
    runs_dir: Annotated[
        Path | None, typer.Option(help="Where runs are kept (else DNN_TUI_RUNS, else the user's data).")
    ] = None,
    readonly: Annotated[bool, typer.Option("--readonly", help="Only look: no key steers the run.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No bell and no title.")] = False,
) -> None:
    """Watch a run that another process trains, or look at a finished one. Without RUN: the newest."""
    from dnn_tui.runs.folder import find_run
    from dnn_tui.tui.terminal import require_terminal

    folder = find_run(options.runs_dir(runs_dir), run)
    require_terminal()
    from dnn_tui.tui.app import run_app
    from dnn_tui.tui.session import WatchSession

    raise typer.Exit(run_app(WatchSession(folder, readonly), quiet))
