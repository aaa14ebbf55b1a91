"""`dnn-tui`: the commands. Each lives in a module of its own and imports what is heavy only when it runs."""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command

from .commands.defaults import checked_defaults
from .configuration import configuration
from .drawing.visible import visible
from .printed.lines import say
from .terminal.exits import INTERRUPTED

COMMANDS = (
    "train",
    "play",
    "recipes",
    "search",
    "watch",
    "runs",
    "relay",
    "data",
    "evaluate",
    "export",
    "importing",
    "report",
    "film",
    "lessons",
    "config",
)  # modules of tui/commands, in the order `--help` shows them
ABORTED, REFUSED = 1, 2  # exit codes: no answer to a question; wrong input
USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]  # of all that is wrong with a command line

app = typer.Typer(
    name="dnn-tui",
    help="Train a multilayer perceptron in the terminal and see inside it while it learns.",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name in COMMANDS:
    import_module(f".commands.{name}", __package__).register(app)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"dnn-tui {version('dnn-tui')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Train a multilayer perceptron in the terminal and see inside it while it learns."""
    if context.invoked_subcommand is not None:
        return
    from .terminal.required import can_draw

    if not can_draw():
        context.get_help()  # rich prints it
        raise typer.Exit
    from .door.app import open_door

    run = partial(attempt, defaults=context.default_map)
    raise typer.Exit(open_door(run, [command.name for command in app.registered_commands if command.name]))


def attempt(words: Sequence[str] | None = None, defaults: Mapping[str, Any] | None = None) -> tuple[int, str]:
    """Run a command line, else this process's own: its exit code, and in one sentence what is wrong, or "".

    defaults: of options that are not given, by command.
    """
    try:
        return app(words, standalone_mode=False, default_map=defaults) or 0, ""
    except USAGE_ERROR as error:
        error.message = visible(error.message)  # type: ignore[attr-defined]
        if words is not None:
            return REFUSED, error.format_message()  # type: ignore[attr-defined]
        from typer.rich_utils import rich_format_error

        rich_format_error(error)  # type: ignore[arg-type]
        return REFUSED, ""
    except typer.Abort as error:
        # a question was left without an answer: with Ctrl+C, or because the input ended
        if isinstance(error.__context__, KeyboardInterrupt):
            say("", err=True)
            return INTERRUPTED, ""
        return ABORTED, "Aborted: there was no answer."
    except ValueError as error:
        # the packages' own errors (DataError, NetworkError, TrainingError, RunError …) carry a sentence for the
        # user; any other ValueError is a bug and keeps its traceback
        if not type(error).__module__.startswith("dnn_tui."):
            raise
        return REFUSED, visible(str(error))


def main() -> None:
    """The console entry point. What is wrong with the input is said in one sentence, with exit code 2.

    What is wrong with config.toml is said as well, and left out.
    """
    own = configuration()
    defaults, wrong = checked_defaults(get_command(app), own.options) if own.options else ({}, [])
    if "_DNN_TUI_COMPLETE" not in os.environ and sys.argv[1:2] != ["config"]:  # the shell reads; it says so itself
        for mistake in (*own.mistakes, *wrong):
            say(f"dnn-tui: {mistake}", err=True)
    code, sentence = attempt(defaults=defaults or None)
    if sentence:
        say(f"dnn-tui: {sentence}", err=True)
    raise SystemExit(code)
