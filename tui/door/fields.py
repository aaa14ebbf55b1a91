"""What the training form asks, made from the table of settings and that of the data options: pure functions.

Nothing is said here a second time: what a field may be, and what is wrong with what stands in it, the tables say.
"""

import csv
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

import typer
from typer.models import OptionInfo

from dnn_tui.mlp.settings import GROUPS, SETTINGS, Setting, SettingError

from ..commands.data_options import DATA_OPTIONS, wishes
from ..commands.setting_options import NEGATED

DATA, RECIPE = "data", "recipe"
FIRST = ("hidden", "activation", "optimizer", "lr", "batch_size", "epochs", "seed")  # the settings that matter first
ABOVE, OF_DATA = "", "More about the data"  # groups: what is asked first, and the options of the data
YES = ("yes", "on", "true", "1")


@dataclass(frozen=True)
class Field:
    """One thing the form asks. name: what it is called; flag: its option, "" for the argument; group: its heading;

    about: what it does, and what it may be; choices: the names it can be, asked only when wanted; refusal: from a
    text that is not empty to what is wrong with it, "" if nothing is; words: its part of the command.
    """

    name: str
    flag: str
    group: str
    about: str
    choices: Callable[[], Iterable[str]]
    refusal: Callable[[str], str]
    words: Callable[[str], list[str]]
    value: Callable[[str], Any]
    of_settings: bool = False

    @property
    def label(self) -> str:
        """What stands before it."""
        return self.flag.removeprefix("--") or self.name


@cache
def fields() -> tuple[Field, ...]:
    """All of them, in the order of the form."""
    first = [_of_setting(SETTINGS[name], ABOVE) for name in FIRST]
    data = [_of_option(name, annotation) for name, annotation in DATA_OPTIONS.items()]
    others = sorted(
        (entry for entry in SETTINGS.values() if entry.name not in FIRST), key=lambda entry: GROUPS.index(entry.group)
    )
    return (_data(), _recipe(), *first, *data, *(_of_setting(entry, entry.group) for entry in others))


def field(name: str) -> Field:
    """The field of that name."""
    return next(entry for entry in fields() if entry.name == name)


def refusals(values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field: one sentence each. Empty fields are never wrong."""
    found = {}
    for entry in fields():
        text = values.get(entry.name, "").strip()
        if text and (sentence := entry.refusal(text)):
            found[entry.name] = sentence
    if values.get(DATA, "").strip() and values.get("formula", "").strip():
        found.setdefault("formula", "It is instead of the data: leave one of the two empty.")
    return found


def command(values: Mapping[str, str]) -> list[str]:
    """The command that the form gives, after `dnn-tui`: only what was filled in."""
    words = ["train"]
    for entry in fields():
        if text := values.get(entry.name, "").strip():
            words += entry.words(text)
    return words


def written(values: Mapping[str, str]) -> str:
    """The command as one types it."""
    return shlex.join(["dnn-tui", *command(values)])


@dataclass(frozen=True)
class Given:
    """What was filled in, read: `datasets.load`'s options, and values of settings by name."""

    data: str
    recipe: str
    wished: dict[str, Any]
    settings: dict[str, Any]


def given(values: Mapping[str, str]) -> Given:
    """The values of all fields that are filled in, where nothing is wrong with them."""
    filled = {entry: text for entry in fields() if (text := values.get(entry.name, "").strip())}
    read = {entry: entry.value(text) for entry, text in filled.items() if entry.name not in (DATA, RECIPE)}
    return Given(
        values.get(DATA, "").strip(),
        values.get(RECIPE, "").strip(),
        wishes({entry.name: value for entry, value in read.items() if not entry.of_settings}),
        {entry.name: value for entry, value in read.items() if entry.of_settings},
    )


# ---- where they come from


def _nothing() -> tuple[str, ...]:
    return ()


def _data() -> Field:
    def names() -> Iterable[str]:
        from dnn_tui.datasets.catalogue import ENTRIES

        return ENTRIES

    about = "What is learned: a data set (dnn-tui data), or a file or folder of your own."
    return Field(DATA, "", ABOVE, about, names, lambda text: "", lambda text: [text], str)


def _recipe() -> Field:
    def names() -> Iterable[str]:
        from dnn_tui.experiments.recipes import recipe_names

        return recipe_names()

    def refusal(text: str) -> str:
        from dnn_tui.experiments.recipes import RecipeError, recipe

        try:
            recipe(text)
        except RecipeError as error:
            return str(error)
        return ""

    about = "A way to train by name; what is filled in below changes it."
    return Field(RECIPE, "--recipe", ABOVE, about, names, refusal, lambda text: ["--recipe", text], str)


def _of_setting(entry: Setting, group: str) -> Field:
    def refusal(text: str) -> str:
        try:
            entry.parse(text)
        except SettingError as error:
            return str(error)
        return ""

    def words(text: str) -> list[str]:
        if entry.kind is not bool:
            return _option(entry.flag, text)
        if refusal(text):
            return []
        if entry.parse(text):
            return [entry.flag]
        return [f"--no-{entry.flag[2:]}"] if entry.name in NEGATED else []

    symbol = "" if entry.symbol.isascii() else f"{entry.symbol}  "
    may_be = f"{entry.range[0].upper()}{entry.range[1:]}."
    return Field(
        entry.name, entry.flag, group, f"{symbol}{entry.sentence} {may_be}", lambda: entry.choices, refusal, words,
        entry.parse, of_settings=True,
    )  # fmt: skip


def _of_option(name: str, annotation: Any) -> Field:
    """From an entry of the table of data options: a type, and Typer's record of the option."""
    kind, option = get_args(annotation)
    kinds = [of for of in (*get_args(kind), kind) if of in (bool, int, float, str)]
    item, several = (kinds[0] if kinds else str), "list" in str(kind)
    declared = [text for text in option.param_decls or () if text.startswith("--")]
    flag = declared[0].split("/")[0] if declared else "--" + name.replace("_", "-")

    def value(text: str) -> Any:
        return _read(option, item, several, text)

    def refusal(text: str) -> str:
        try:
            value(text)
        except (typer.BadParameter, ValueError) as error:
            return str(getattr(error, "message", "")) or f"{text!r} is no number."
        return ""

    def words(text: str) -> list[str]:
        if item is bool:
            return [flag] if value(text) else []
        return [word for part in (value(text) if several else [text]) for word in _option(flag, part)]

    about = str(option.help or "").replace("; again for more", "").replace("; again for several outputs", "")
    return Field(name, flag, OF_DATA, about + " Several with commas." * several, _nothing, refusal, words, value)


def _read(option: OptionInfo, kind: type, several: bool, text: str) -> Any:
    """The value as the command line reads it. Raises typer.BadParameter, or ValueError where it is no number."""
    if several:
        return [part.strip() for part in next(csv.reader([text], skipinitialspace=True)) if part.strip()]
    if kind is bool:
        return text.lower() in YES
    value = option.parser(text) if option.parser else kind(text)
    if kind in (int, float):
        low, high = option.min, option.max
        if (low is not None and value < low) or (high is not None and value > high):
            limits = [f"{word} {end:g}" for word, end in (("at least", low), ("at most", high)) if end is not None]
            raise typer.BadParameter(f"{text} is out of range: give {' and '.join(limits)}.")
    return option.callback(value) if option.callback else value


def _option(flag: str, text: str) -> list[str]:
    """A flag and its value; joined where the value would be taken for a flag."""
    return [f"{flag}={text}"] if text.startswith("-") else [flag, text]
