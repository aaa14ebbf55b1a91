"""`Key`: one entry of a key table."""

from dataclasses import dataclass


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
