"""`dnn-tui watch`: the same panels on a run of another process, live or finished."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import options
from .completing import complete_run_or_search

if TYPE_CHECKING:
    from dnn_tui.experiments.searching.folder import SearchFolder
    from dnn_tui.tui.sessions.session import Session


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("watch")(watch)


def watch(
    run: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN…",
            autocompletion=complete_run_or_search,
            help="A run's or search's name, a part of it, its folder, or HOST:RUN; several: overlaid.",
        ),
    ] = None,
    runs_dir: options.RunsDir = None,
    readonly: Annotated[bool, typer.Option("--readonly", help="Only look: no key steers the run.")] = False,
    remote_command: Annotated[
        str, typer.Option(metavar="COMMAND", envvar="DNN_TUI_REMOTE", help="What dnn-tui is called on HOST.")
    ] = "dnn-tui",
    quiet: Annotated[bool, typer.Option("--quiet", help="No bell and no title.")] = False,
    fps: Annotated[
        float | None, typer.Option(min=0.1, max=30, metavar="N", help="At most N frames a second (10; over SSH 4).")
    ] = None,
) -> None:
    """Watch a run or search of another process, or look at a finished one. Without RUN: the newest.

    HOST: and HOST:RUN watch a run on another host through ssh (DNN_TUI_SSH names another ssh, with arguments).
    Several runs are drawn on the same axes, the first one in all panels.

    [dim]Examples:[/dim]
      dnn-tui watch
      dnn-tui watch mnist --readonly
      dnn-tui watch gpu-box:
      dnn-tui watch me@gpu-box:mnist-128-64
      dnn-tui watch digits-64 digits-16
    """
    from dnn_tui.tui.sessions.overlaid import OverlaySession
    from dnn_tui.tui.terminal.required import require_terminal

    names = [*run] if run else [None]
    if len(names) == 1 and (search := _search(names[0], options.runs_dir(runs_dir))) is not None:
        from .search import show_search

        require_terminal("`dnn-tui search show` prints a search")
        raise typer.Exit(show_search(search, readonly, quiet, fps))
    sessions = [_session(name, runs_dir, readonly, remote_command) for name in names]
    require_terminal("`dnn-tui runs show` prints a run")
    session: Session = sessions[0] if len(sessions) == 1 else OverlaySession(sessions)
    from dnn_tui.tui.app import run_app

    raise typer.Exit(run_app(session, quiet, fps))


def _search(name: str | None, runs_dir: Path) -> "SearchFolder | None":
    """The search that is meant: one that is called so or stands there, or where no run is called so at all; without a

    name, one that is newer than the newest run.
    """
    from dnn_tui.experiments.searching.folder import SearchError, find_search
    from dnn_tui.runs.config import RunError
    from dnn_tui.runs.folder import find_run

    try:
        search = find_search(runs_dir, name)
    except SearchError:
        return None
    if name in (search.name, str(search.path)) or (name and (Path(name) / "search.toml").is_file()):
        return search
    try:
        run = find_run(runs_dir, name)
    except RunError:
        return search
    newest = name in (None, "", "newest") and search.created > run.config_file.stat().st_mtime
    return search if newest else None


def _session(name: str | None, runs_dir: Path | None, readonly: bool, remote_command: str) -> "Session":
    """The session of one run, here or on another host."""
    from dnn_tui.runs.folder import find_run
    from dnn_tui.tui.sessions.remote import Remote, RemoteSession, parse_remote
    from dnn_tui.tui.sessions.watched import WatchSession

    far = parse_remote(name)
    if far:
        return RemoteSession(Remote(*far, remote_command, str(runs_dir) if runs_dir else None), readonly)
    return WatchSession(find_run(options.runs_dir(runs_dir), name), readonly)
