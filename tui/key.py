"""`Key`: one entry of a key table; and the table in words, by groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Key:
    """One thing a person can do.

    keys: Textual's names; shown: how the key is written; label: short, for the key bar ("": not in the bar);
    help: a sentence, for `?` and the palette; scope: "app", "train" or the name of a panel;
    needs: "control" where a run must be steered, "end" where it must still run; group: heading on the `?` screen;
    rank: those with a high one leave the bar first where it is narrow; swapped: the label while paused.
    """

    keys: str
    action: str
    shown: str
    help: str
    group: str
    scope: str = "train"
    label: str = ""
    needs: str = ""
    rank: int = 5
    swapped: str = ""
    palette: bool = True
    priority: bool = False


def in_words(keys: Iterable[Key]) -> Table:
    """A row a key under the heading of its group; keys that go to a panel by number share one."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True, min_width=9)
    table.add_column()
    for group, members in groupby(keys, key=lambda key: key.group):
        table.add_row("", Text(group, style="bold underline"))
        numbers: list[str] = []
        for key in members:
            if not key.action.startswith("panel("):
                table.add_row(Text(key.shown, style="bold"), key.help)
            else:
                numbers.append(key.shown)
        if numbers:
            table.add_row(Text(f"{numbers[0]} – {numbers[-1]}", style="bold"), "Go to the panel of that number")
    return table
