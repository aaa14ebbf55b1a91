"""`dnn-tui`: the commands. Each lives in a module of its own and imports what is heavy only when it runs."""

from importlib import import_module
from typing import Annotated

import typer

from .drawing.visible import visible
from .printed.lines import say

COMMANDS = (
    "train",
    "recipes",
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
)  # modules of tui/commands, in the order `--help` shows them
ABORTED, REFUSED, INTERRUPTED = 1, 2, 130  # exit codes: no answer to a question; wrong input; Ctrl+C (128 + SIGINT)
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
    if context.invoked_subcommand is None:
        context.get_help()  # rich prints it
        raise typer.Exit


def main() -> None:
    """The console entry point. What is wrong with the input is said in one sentence, with exit code 2."""
    try:
        code = app(standalone_mode=False)
    except USAGE_ERROR as error:
        from typer.rich_utils import rich_format_error

        error.message = visible(error.message)  # type: ignore[attr-defined]
        rich_format_error(error)  # type: ignore[arg-type]
        code = REFUSED
    except typer.Abort as error:
        # a question was left without an answer: with Ctrl+C, or because the input ended
        interrupted = isinstance(error.__context__, KeyboardInterrupt)
        say("" if interrupted else "Aborted: there was no answer.", err=True)
        code = INTERRUPTED if interrupted else ABORTED
    except ValueError as error:
        # the packages' own errors (DataError, NetworkError, TrainingError, RunError …) carry a sentence for the
        # user; any other ValueError is a bug and keeps its traceback
        if not type(error).__module__.startswith("dnn_tui."):
            raise
        say(f"dnn-tui: {visible(str(error))}", err=True)
        code = REFUSED
    raise SystemExit(code or 0)
