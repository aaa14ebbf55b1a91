"""The door's keys: one table that makes the bindings, the key bar, the `?` window and docs/keys.md."""

from collections.abc import Iterable
from functools import partial

from ..bindings import bindings_of
from ..configuration import chosen_keys
from ..key import Key
from ..rebinding import rebound

DOORS, LISTS, FORM, PROGRAM = "The doors", "Lessons and runs", "The training form", "Program"

TABLE = (
    Key("l", "open('learn')", "l", "Learn: the lectures' examples, number by number", DOORS, scope="start"),
    Key("p", "open('play')", "p", "Play: change everything while it learns", DOORS, scope="start"),
    Key("t", "open('train')", "t", "Train: data, a recipe, settings; Enter then begins", DOORS,
        scope="start"),
    Key("r", "open('runs')", "r", "Runs: what was recorded", DOORS, scope="start"),
    Key("left", "turn(-1)", "←", "The door to the left", DOORS, scope="start", label="choose", rank=2),
    Key("right", "turn(1)", "→", "The door to the right", DOORS, scope="start", label="choose", rank=2),
    Key("up", "turn_row(-1)", "↑", "Up", DOORS, scope="start", label="choose", rank=2),
    Key("down", "turn_row(1)", "↓", "Down, to the latest runs", DOORS, scope="start", label="choose", rank=2),
    Key("enter", "enter", "Enter", "Open it", DOORS, scope="start", label="open", rank=1),

    Key("up,k", "move(-1)", "↑", "Up", LISTS, scope="list", label="choose", rank=2),
    Key("down,j", "move(1)", "↓", "Down", LISTS, scope="list", label="choose", rank=2),
    Key("enter", "enter", "Enter", "Open it: a lesson, a lecture from its first lesson, or a run to watch", LISTS,
        scope="list", label="open", rank=1),
    Key("g", "go_on", "g", "Go on with this run, from its last checkpoint", LISTS, scope="runs", label="go on", rank=4),
    Key("i", "inspect", "i", "Look into one pass of this run, number by number", LISTS, scope="runs",
        label="inspect", rank=5),
    Key("space", "mark", "Space", "Mark this run: Enter then shows all that are marked, on the same axes", LISTS,
        scope="runs", label="mark", rank=6),

    Key("enter", "enter", "Enter", "Train, as the command says (in a field: leave it)", FORM, scope="form",
        label="train", rank=1),
    Key("up", "field(-1)", "↑", "The field before", FORM, scope="form", label="field", rank=2),
    Key("down", "field(1)", "↓", "The field after; Tab does the same", FORM, scope="form", label="field", rank=2),
    Key("space", "fold", "Space", "On a heading: show its settings, or hide them", FORM, scope="form"),
    Key("pageup", "look(-1)", "PgUp", "The data: further up", FORM, scope="form"),
    Key("pagedown", "look(1)", "PgDn", "The data: further down", FORM, scope="form", label="data", rank=5),
    Key("y", "copy", "y", "Copy the command (in a field: Ctrl+Y)", FORM, scope="form", label="copy", rank=4),
    Key("ctrl+y", "copy", "Ctrl+Y", "Copy the command", FORM, scope="form", priority=True),
    Key("ctrl+t", "begin", "Ctrl+T", "Train, from any field", FORM, scope="form", priority=True),
    Key("ctrl+r", "clear", "Ctrl+R", "Begin the form again", FORM, scope="form", label="clear", rank=6),

    Key("escape,q", "go_back", "Esc", "Back; at the start: leave", PROGRAM, scope="app", label="back", rank=0),
    Key("question_mark", "help", "?", "What the keys do", PROGRAM, scope="app", label="help", rank=3),
    Key("ctrl+p", "command_palette", "Ctrl+P", "Colours and a screenshot, by name", PROGRAM, scope="app",
        palette=False),
    Key("ctrl+c", "interrupt", "Ctrl+C", "Leave the program", PROGRAM, scope="app", palette=False, priority=True),
)  # fmt: skip
KEYS, MISTAKES = rebound(TABLE, chosen_keys("door"))


bindings = partial(bindings_of, KEYS)


def bar(scopes: Iterable[str], width: int, back: str = "back") -> list[tuple[str, str, str]]:
    """(keys, label, action) for a bar of `width` cells, the least useful left out. back: what Esc does here."""
    wanted, entries = set(scopes), dict[str, tuple[int, str, str]]()
    for key in KEYS:
        if not key.label or key.scope not in wanted:
            continue
        label = back if key.action == "go_back" else key.label
        rank, shown, action = entries.get(label, (key.rank, "", key.action))
        entries[label] = rank, f"{shown}{key.shown}", action
    while entries and sum(len(shown) + len(label) + 3 for label, (_, shown, _) in entries.items()) - 2 > width:
        del entries[max(entries, key=lambda label: entries[label][0])]
    return [(shown, label, action) for label, (_, shown, action) in entries.items()]
