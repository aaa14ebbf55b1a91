"""What can be done to the unit looked at, in a row below the network: each with its key, and clicked as well."""

from dataclasses import dataclass

from .. import keys
from ..drawing.grid import Grid
from ..drawing.theme import Ink

SAYS = {
    "units(1)": "unit more", "units(-1)": "take it out", "layers(1)": "layer behind", "layers(-1)": "layer away",
    "freeze": "freeze", "edit": "edit",
}  # fmt: skip
SHORT = {
    "units(1)": "+unit", "units(-1)": "−unit", "layers(1)": "+layer", "layers(-1)": "−layer", "freeze": "freeze",
    "edit": "edit",
}  # fmt: skip
SHORTEST = {**SHORT, "units(-1)": "−", "layers(-1)": "−"}
OF_INPUTS, OF_OUTPUTS = ("layers(1)",), ("layers(1)", "freeze", "edit")


@dataclass(frozen=True)
class Place:
    """Where an action stands in the row: its first column, the one after it, and the action."""

    begin: int
    end: int
    action: str


def offered(layer: int, last: int) -> tuple[str, ...]:
    """The actions that a unit of this layer has, of a network whose output is layer `last`."""
    return OF_INPUTS if layer == 0 else OF_OUTPUTS if layer == last else tuple(SAYS)


def draw_actions(grid: Grid, actions: tuple[str, ...], frozen: bool) -> tuple[Place, ...]:
    """Write them into the grid's last row, in the words that fit; where they stand."""
    shown = {key.action: key.shown for key in keys.KEYS if key.scope == "topology"}
    for words, gap in ((SAYS, "  "), (SHORT, "  "), (SHORT, " "), (SHORTEST, " ")):
        texts = [(shown[action], words[action]) for action in actions]
        texts = [(key, "thaw" if frozen and word == "freeze" else word) for key, word in texts]
        if sum(len(key) + 1 + len(word) + len(gap) for key, word in texts) - len(gap) <= grid.width:
            break
    y, x, places = grid.height - 1, 0, []
    grid.put(0, y, " " * grid.width, behind=0)  # the scale that stood here has colours behind it
    for action, (key, word) in zip(actions, texts, strict=True):
        begin = x
        x = grid.put(grid.put(x, y, key, Ink.ACCENT) + 1, y, word, Ink.DIM)
        places.append(Place(begin, x, action))
        x += len(gap)
    return tuple(places)
