"""Options made from the table of settings: a command says where a group of them stands, and gets what was given."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperCommand

from dnn_tui.mlp.settings import NETWORK, SETTINGS, TRAINING, Setting, SettingError

NEGATED = ("shuffle", "calibrate")  # what is done unless it is refused, or may be
AT_ONCE = (NETWORK, TRAINING)  # groups whose values are read as a person means them, and refused before data is loaded
SHARES = ("share", "pixels", "degrees")  # units that say more than a number's symbol


@dataclass(frozen=True)
class Options:
    """Stands in a command's signature, `name: Annotated[dict[str, Any], Options(GROUP, …)] = None`, for the options

    of these groups; the command gets a dict of those that were given, by setting.
    """

    groups: tuple[str, ...]

    def __init__(self, *groups: str) -> None:
        object.__setattr__(self, "groups", groups)

    @property
    def settings(self) -> list[Setting]:
        return [entry for entry in SETTINGS.values() if entry.group in self.groups]


def parameter_name(entry: Setting) -> str:
    """The option's name inside the program: "--init-scale" is init_scale."""
    return entry.flag.removeprefix("--").replace("-", "_")


def metavar(entry: Setting) -> str:
    """What stands for a value in --help: η, N, NAME …"""
    if entry.names:
        return "NAME[,NAME…]" if entry.several else "NAME"
    if entry.kind is tuple:
        return "N,N…"
    if entry.unit in SHARES:
        return entry.unit.upper()
    return "N" if entry.symbol.isascii() else entry.symbol


def help_text(entry: Setting) -> str:
    """Its sentence, after what takes it and before the names it can have. Loads the registries, and so NumPy."""
    named, text = ", ".join(entry.choices), entry.sentence
    if named:
        head, _, rest = text.partition(";")
        text = f"{head.removesuffix('.')}: {named}" + (f";{rest}" if rest else ".")
    takers = ", ".join(entry.usual)
    if not takers or len(entry.usual) > 5:
        return text
    return f"Of {takers}: {text[0].lower() + text[1:] if text[1:2].islower() else text}"


class SettingsCommand(TyperCommand):
    """A command whose --help asks the registries which names there are, only when it is shown.

    own: settings of which the command says something else than the table.
    """

    own: tuple[str, ...] = ()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        by_parameter = {parameter_name(entry): entry for entry in SETTINGS.values() if entry.name not in self.own}
        for parameter in self.params:
            if parameter.name in by_parameter:
                parameter.help = help_text(by_parameter[parameter.name])  # type: ignore[attr-defined]
        super().format_help(ctx, formatter)


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with an option a setting where its parameters marked with `Options` stand."""
    signature = inspect.signature(command)
    marked: dict[str, Options] = {}
    shown: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        options = next((a for a in get_args(parameter.annotation) if isinstance(a, Options)), None)
        if options is None:
            shown.append(parameter)
            continue
        marked[parameter.name] = options
        shown += [_parameter(entry) for entry in options.settings]

    @wraps(command)
    def with_given(**given: Any) -> Any:
        for name, options in marked.items():
            values = {entry.name: given.pop(parameter_name(entry)) for entry in options.settings}
            given[name] = {key: value for key, value in values.items() if value is not None}
        return command(**given)

    with_given.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    with_given.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return with_given


def _parameter(entry: Setting) -> inspect.Parameter:
    return inspect.Parameter(
        parameter_name(entry), inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=_annotation(entry)
    )


def _annotation(entry: Setting) -> Any:
    texts: dict[str, Any] = {"help": entry.sentence, "rich_help_panel": entry.group}
    if entry.kind is bool:
        flags = entry.flag + (f"/--no-{entry.flag[2:]}" if entry.name in NEGATED else "")
        return Annotated[bool | None, typer.Option(flags, **texts)]
    texts["metavar"] = metavar(entry)
    if entry.kind is tuple or (entry.group in AT_ONCE and entry.kind is not str):
        texts["parser"] = reader(entry)
    return Annotated[entry.kind | None, typer.Option(entry.flag, **texts)]


def reader(entry: Setting) -> Callable[[str], Any]:
    """Reads an option's text as the setting does, for typer."""

    def read(text: str) -> Any:
        try:
            return entry.parse(text)
        except SettingError as error:
            raise typer.BadParameter(str(error)) from None

    return read
