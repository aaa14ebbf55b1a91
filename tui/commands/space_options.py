"""The options of `search` that may vary: those of `train`, each as a text that says a range, a list or a value."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from dnn_tui.mlp.settings import NETWORK, SETTINGS, Setting

from .setting_options import SettingsCommand, parameter_name

FIXED = ("seed",)  # the search's own, an option by itself
LEFT_OUT = ("pace",)  # trials go at full speed
LAYERS = "layers"


class SpaceCommand(SettingsCommand):
    """The command, which says itself what its own settings do."""

    own = FIXED


def with_space(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with an option a setting; its parameter `space` gets the texts that were given, by setting."""
    signature = inspect.signature(command)
    own = [parameter for parameter in signature.parameters.values() if parameter.name != "space"]
    entries = [entry for entry in SETTINGS.values() if entry.name not in (*FIXED, *LEFT_OUT)]
    layers = inspect.Parameter(LAYERS, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=LAYERS_OPTION)
    added = [_parameter(entry) for entry in entries]
    added.insert(1, layers)
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own] + added

    @wraps(command)
    def with_texts(**given: Any) -> Any:
        texts = {entry.name: given.pop(parameter_name(entry)) for entry in entries}
        texts[LAYERS] = given.pop(LAYERS)
        return command(**given, space={name: text for name, text in texts.items() if text is not None})

    with_texts.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_texts.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_texts


LAYERS_OPTION = Annotated[
    str | None,
    typer.Option(
        "--layers", metavar="A..B", rich_help_panel=NETWORK, help="How many hidden layers, each with units of its own."
    ),
]


def _parameter(entry: Setting) -> inspect.Parameter:
    annotation = Annotated[
        str | None,
        typer.Option(entry.flag, metavar=_metavar(entry), help=entry.sentence, rich_help_panel=entry.group),
    ]
    return inspect.Parameter(parameter_name(entry), inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _metavar(entry: Setting) -> str:
    if entry.kind is bool:
        return "yes|no|yes,no"
    if entry.names:
        return "NAME[,NAME…]"
    if entry.kind is tuple and entry.name != "hidden":
        return "N,N…"
    return "A..B|N[,N…]"
