"""docs/settings.md, from the table of settings in `mlp/settings.py`; docs/pages.py writes it."""

from collections.abc import Iterable
from itertools import groupby

from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.settings import SETTINGS, Setting
from dnn_tui.runs.config import NetworkConfig

INTRODUCTION = """# Settings

Written by `docs/pages.py` from the table in `mlp/settings.py`, which also makes the options of `dnn-tui train`, checks
recipes and refuses what cannot be. A setting's name is its field in `TrainingConfig`, its key in a recipe, and, with
dashes, its option. Data sets and recipes choose their own; the defaults here hold where nothing else is said.
""".splitlines()


def page() -> str:
    """The page's Markdown."""
    lines = [*INTRODUCTION]
    for group, members in groupby(SETTINGS.values(), key=lambda entry: entry.group):
        lines += ["", f"## {group}", "", "| option | symbol | what it does | what it may be | default | mostly |"]
        lines += ["|---|---|---|---|---|---|", *(row(entry) for entry in members)]
    lines += ["", *taken(), ""]
    return "\n".join(lines)


def row(entry: Setting) -> str:
    """A setting as a line of the table."""
    does = f"{entry.sentence} {entry.note}".strip()
    if entry.live:
        does += " Can be changed while training."
    cells = (f"`{entry.flag}`", entry.symbol, does, entry.range, default(entry), mostly(entry))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def default(entry: Setting) -> str:
    """What holds where nothing is chosen, a usual value for each that takes it."""
    defaults = {**vars(NetworkConfig()), **vars(TrainingConfig())}
    value = defaults.get(entry.name)
    if entry.of and (value is None or entry.name == "lr"):
        return ", ".join(f"{name} {text(usual)}" for name, usual in entry.usual.items())
    if entry.of:
        return f"{text(value)} ({', '.join(entry.usual)})"
    return "" if value is None or value == () else text(value)


def text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def mostly(entry: Setting) -> str:
    """Where its values mostly lie."""
    if entry.span is None:
        return ""
    low, high = (f"{end:g}" for end in entry.span)
    return f"{low} … {high}{', by factors' if entry.scale == 'log' else ''}"


def taken() -> Iterable[str]:
    """A line for each optimizer and schedule: the settings that it takes."""
    for of in ("optimizer", "schedule"):
        yield from (f"## What each {of} takes", "", f"| {of} | settings |", "|---|---|")
        for name in SETTINGS[of].choices:
            own = [f"`{entry.name}`" for entry in SETTINGS.values() if name in entry.usual]
            yield f"| {name} | {', '.join(own)} |"
        yield ""
