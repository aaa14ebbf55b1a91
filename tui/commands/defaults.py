"""Options that have defaults of one's own: those of config.toml and the environment, as Click takes them."""

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from typer.core import TyperCommand, TyperOption

Defaults = dict[str, dict[str, Any]]


def checked_defaults(program: Any, options: Mapping[str, Mapping[str, Any]]) -> tuple[Defaults, list[str]]:
    """By command and parameter the values that the command line would take, and a sentence for each of the others.

    program: as Click has it, with its `commands`.
    """
    found: Defaults = {}
    mistakes: list[str] = []
    commands: dict[str, TyperCommand] = getattr(program, "commands")  # noqa: B009 - only a group has it
    for command, chosen in options.items():
        known = {text.lstrip("-"): parameter for parameter in _options(commands[command]) for text in parameter.opts}
        for option, value in chosen.items():
            where = f"{option} of dnn-tui {command} (config.toml or environment)"
            if option not in known:
                near = difflib.get_close_matches(option, known, n=1)
                mistakes.append(f"There is no option {where}" + (f": did you mean {near[0]}?" if near else "."))
                continue
            parameter = known[option]
            taken = _as_typed(parameter, value)
            try:
                context = commands[command].context_class(commands[command])
                parameter.process_value(context, taken)
            except typer.BadParameter as error:
                mistakes.append(f"The option {where} is left out: {error.message}")
                continue
            found.setdefault(command, {})[parameter.name or option] = taken
    return found, mistakes


def by_hand(context: typer.Context, parameter: str) -> bool:
    """Whether an option was typed, and is none of these defaults."""
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def _options(command: "TyperCommand") -> list["TyperOption"]:
    return [parameter for parameter in command.params if parameter.param_type_name == "option"]  # type: ignore[misc]


def _as_typed(parameter: "TyperOption", value: Any) -> Any:
    """What one would type for a value of a TOML file: words, or a list of them for an option that may come again."""
    if parameter.is_flag:
        return value
    if isinstance(value, list):
        words = [str(one) for one in value]
        return words if parameter.multiple else ",".join(words)
    return [str(value)] if parameter.multiple else str(value)
