"""docs/keys.md, from the program's own key tables; docs/pages.py writes it."""

from collections.abc import Iterable
from itertools import groupby

from dnn_tui.tui.door.keys import TABLE as DOOR_KEYS
from dnn_tui.tui.inspect.keys import TABLE as INSPECT_KEYS
from dnn_tui.tui.keys import TABLE, Key
from dnn_tui.tui.panels.search.keys import TABLE as SEARCH_KEYS
from dnn_tui.tui.rebinding import name_of


def page() -> str:
    """The page's Markdown."""
    return "\n".join(
        [
            "# Keys",
            "",
            "Written by `docs/pages.py` from the key tables in `tui/keys.py`, `tui/inspect/keys.py`,",
            "`tui/door/keys.py` and `tui/panels/search/keys.py`, which also make the key bar, the `?` screens and the",
            "command palette. By the name in the last column [config.toml](configuration.md) gives it another key.",
            "",
            "## While training or watching",
            *tables(TABLE),
            "",
            "## In the inspect view",
            *tables(INSPECT_KEYS),
            "",
            "## At the door",
            *tables(DOOR_KEYS),
            "",
            "## On a search",
            *tables(SEARCH_KEYS),
            "",
        ]
    )


def tables(keys: Iterable[Key]) -> Iterable[str]:
    """A table a group, in the order of the key table."""
    for group, members in groupby(keys, key=lambda key: key.group):
        yield from ("", f"### {group}", "", "| key | | in config.toml |", "|---|---|---|")
        shared = list(members)
        numbers = [key.shown for key in shared if key.action.startswith("panel(")]  # several entries, one line
        for key in shared:
            if key.action.startswith("panel("):
                if key.shown == numbers[0]:
                    yield f"| `{numbers[0]}` – `{numbers[-1]}` | Go to the panel of that number | `panel_1` … |"
                continue
            yield f"| `{key.shown}` | {key.help} | `{name_of(key)}` |"
