"""Which columns of a table the network gets: a switch for each; of many, one switch for the column that was chosen."""

import re
from typing import Any

from dnn_tui.datasets.catalogue import ENTRIES
from dnn_tui.runs.config import RunConfig

from .control import Control, Row

MOST_COLUMNS = 16  # that are switched side by side
PICK = "pick"  # the command of a control that says which column the next one is for
CHOSEN = "column it"  # the switch for that one
SIGNS = re.compile(r"=| \(|: | missing$")
SEPARATING = ",;=\"'–"  # what a change could not tell from its own signs


def column_rows(config: RunConfig, data: dict[str, Any], chosen: str = "") -> tuple[Row, ...]:
    """The rows of a table's columns; none where the data has no columns to choose. chosen: among many, the one."""
    found = ENTRIES.get(config.dataset.name)
    if data.get("image_shape") or config.dataset.options.get("components") or (found and "drop" not in found.options):
        return ()
    dropped = [str(name) for name in config.dataset.options.get("drop", ())]
    # an input of several that one column became tells it before its own sign: "kind=red", "age (log)", "day: month sin"
    named = dict.fromkeys(SIGNS.split(str(name))[0] for name in data.get("feature_names", ()))
    known = [name for name in (*named, *dropped) if not set(name) & set(SEPARATING)]
    if len(known) < 2:
        return ()
    if len(known) <= MOST_COLUMNS:
        return Row(heading="Columns"), Row(tuple(_switch(f"column {name}", name, dropped) for name in known))
    chosen = chosen if chosen in known else known[0]
    pick = Control("column", "column", chosen, "choice", f"One of {len(known)} columns: ← and →, or type its name.",
                   command=PICK, choices=tuple(known), free=True)  # fmt: skip
    rest = Control("left out", "left out", ",".join(dropped), "text", "Columns that the network does not get, by name.",
                   "drop={}")  # fmt: skip
    return Row(heading="Columns"), Row((pick,)), Row((_switch(CHOSEN, chosen, dropped),)), Row((rest,))


def named_column(choices: tuple[str, ...], text: str) -> str:
    """The column that somebody means who types this: by its name, its beginning or a part of it; "" for none."""
    typed = text.strip().lower()
    tests = (lambda name: name == typed, lambda name: name.startswith(typed), lambda name: typed in name)
    return next((name for test in tests for name in choices if typed and test(name.lower())), "")


def _switch(key: str, name: str, dropped: list[str]) -> Control:
    out = [other for other in dropped if other != name] + ([name] if name not in dropped else [])
    return Control(key, "", name, "switch", f"Whether the network gets {name}.",
                   change=f"drop={','.join(out) or 'usual'}", on=name not in dropped)  # fmt: skip
