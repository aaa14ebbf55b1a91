"""`dnn-tui config`: what config.toml and the environment say, where each value is from, and what is wrong with it."""

from typing import Annotated

import typer

from ..printed.lines import say
from .defaults import checked_defaults


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("config")(config)


def config(
    context: typer.Context,
    path: Annotated[bool, typer.Option("--path", help="Only say where the file is, or would be.")] = False,
) -> None:
    """Show your configuration: what holds, where it is from, and in one sentence each what is wrong with it.

    The file is config.toml in your configuration folder; docs/configuration.md says what may stand in it.

    [dim]Examples:[/dim]
      dnn-tui config
      dnn-tui config --path
    """
    from dnn_tui.runs.preferences import preferences_file, read_preferences

    if path:
        say(preferences_file())
        return
    file = preferences_file()
    say(f"{file}{'' if file.exists() else ' (not there: everything is as the program chooses)'}")
    for name, value, origin in _held(read_preferences().values):
        say(f"  {name:<24} {value}  ({origin})")
    wrong = _mistakes(context.find_root().command)
    for sentence in wrong:
        say(f"✗ {sentence}")
    raise typer.Exit(2 if wrong else 0)


def _held(values: dict[str, object]) -> list[tuple[str, str, str]]:
    """(key, value, where it is from) of everything that holds."""
    import os

    from dnn_tui.runs.folder import default_runs_dir
    from dnn_tui.tui.configuration import configuration

    def origin(name: str, otherwise: str = "the program's") -> str:
        if os.environ.get(f"DNN_TUI_{name.upper()}"):
            return f"DNN_TUI_{name.upper()}"
        return "config.toml" if name in values else otherwise

    own = configuration()
    held = [
        ("theme", own.theme or "dnn", origin("theme")),
        ("fps", f"{own.fps:g}" if own.fps else "10, over SSH 4", origin("fps") if own.fps else "the program's"),
        ("runs", str(default_runs_dir()), origin("runs")),
    ]
    for table, chosen in own.keys.items():
        where = "keys" if table == "train" else f"keys.{table}"
        held += [(f"{where}.{name}", str(key), origin("keys")) for name, key in chosen.items()]
    for command, options in own.options.items():
        held += [
            (f"options.{command}.{name}", str(value), origin(f"{command}_{name.replace('-', '_')}", "config.toml"))
            for name, value in options.items()
        ]
    return [
        (name, value, "config.toml" if "." in name and said == "the program's" else said) for name, value, said in held
    ]


def _mistakes(program: object) -> list[str]:
    """Everything that is wrong, with what only a screen would find."""
    from textual.theme import BUILTIN_THEMES

    from dnn_tui.tui import keys
    from dnn_tui.tui.configuration import configuration
    from dnn_tui.tui.door import keys as door_keys
    from dnn_tui.tui.drawing.theme import DARK_THEME
    from dnn_tui.tui.inspect import keys as inspect_keys
    from dnn_tui.tui.terminal.themed import unknown_theme

    own = configuration()
    _, options = checked_defaults(program, own.options)
    theme = [unknown_theme(own.theme)] if own.theme and own.theme not in {*BUILTIN_THEMES, DARK_THEME.name} else []
    return [*own.mistakes, *options, *theme, *keys.MISTAKES, *inspect_keys.MISTAKES, *door_keys.MISTAKES]
