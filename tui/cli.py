"""`dnn-tui`: the commands. Each lives in a module of its own and imports what is heavy only when it runs."""

import sys
from importlib import import_module

import typer

COMMANDS = (
    "train",
    "recipes",
    "watch",
    "runs",
    "relay",
    "data",
    "evaluate",
    "lessons",
)  # modules of tui/commands, in the order `--help` shows them

app = typer.Typer(
    name="dnn-tui",
    help="Train a multilayer perceptron in the terminal and see inside it while it learns.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name in COMMANDS:
    import_module(f".commands.{name}", __package__).register(app)


@app.callback()
def _root() -> None:
    """Train a multilayer perceptron in the terminal and see inside it while it learns."""


def main() -> None:
    """The console entry point. What is wrong with the input is said in one sentence, with exit code 2."""
    try:
        app()
    except ValueError as error:
        # the packages' own errors (DataError, NetworkError, TrainingError, RunError …) carry a sentence for the
        # user; any other ValueError is a bug and keeps its traceback
        if not type(error).__module__.startswith("dnn_tui."):
            raise
        print(f"dnn-tui: {error}", file=sys.stderr)
        raise SystemExit(2) from None
