"""The keys: one table that makes the bindings, the key bar, the `?` screen and the command palette."""

from collections.abc import Callable, Iterable
from functools import partial

from .bindings import bindings_of
from .configuration import chosen_keys
from .key import Key as Key
from .rebinding import rebound

TRAINING, PANELS, PROGRAM = "Training", "Panels", "Program"
LOOKING, READING, SCROLLING = "Looking back", "In the curves", "In the log"
NETWORK, CONTROLS, SURFACE = "In the network", "In the controls", "In the surface"
HIDDEN = "In the hidden space"

TABLE = (
    Key("space", "toggle_pause", "Space", "Pause, or go on", TRAINING, label="pause", swapped="go on",
        needs="control", rank=1),
    Key("n", "step", "n", "Take one step, then pause", TRAINING, label="step", needs="control", rank=3),
    Key("s", "stop", "s", "Stop here and keep what was learned", TRAINING, label="stop", needs="control", rank=4),
    Key("plus,equals_sign", "faster", "+", "Faster", TRAINING, label="faster", needs="control", rank=7),
    Key("minus", "slower", "-", "Slower: fewer steps a second, to watch them", TRAINING, label="slower",
        needs="control", rank=7),
    Key("r", "ask_lr", "r", "Change the learning rate", TRAINING, needs="control"),
    Key("e", "ask_epochs", "e", "Train for more epochs, or fewer", TRAINING, needs="control"),
    Key("i", "inspect", "i", "Pause, and look into one pass, number by number", TRAINING, label="inspect", rank=5),
    Key("w", "checkpoint", "w", "Write a checkpoint now", TRAINING, needs="control"),
    Key("d", "detach", "d", "Go on training in the background, and leave", TRAINING, scope="app", label="detach",
        needs="end", rank=6),
    Key("left_square_bracket", "sample(-1)", "[", "Show the previous row of data", TRAINING, label="row",
        needs="control", rank=8),
    Key("right_square_bracket", "sample(1)", "]", "Show the next row of data", TRAINING, label="row",
        needs="control", rank=8),
    Key("tab", "next_panel", "Tab", "Go to the next panel", PANELS, palette=False),
    Key("shift+tab", "previous_panel", "Shift+Tab", "Go to the previous panel", PANELS, palette=False),
    Key("f,enter", "full", "f", "Show this panel alone (Enter does the same), or all again", PANELS, label="full",
        rank=5),
    Key("escape", "back", "Esc", "Back to all panels", PANELS, palette=False),
    *(
        Key(str(k), f"panel({k})", str(k), f"Go to panel {k}", PANELS, palette=False)
        for k in range(1, 10)
    ),
    Key("p", "play", "p", "Play: the controls, the network, the surface and the curves on one screen, or all panels",
        TRAINING, label="play", needs="control", rank=4),
    Key("u", "undo", "u", "Take the last change back", TRAINING, needs="control"),
    Key("U", "redo", "U", "Make it again", TRAINING, needs="control"),
    Key("y", "share", "y", "Show, and copy, the command and the address that give this state", TRAINING),
    Key("comma", "travel(-1)", ",", "Look at the picture before", LOOKING, label="look back", rank=7),
    Key("full_stop", "travel(1)", ".", "Look at the picture after", LOOKING, label="look back", rank=7),
    Key("home", "first", "Home", "Look at the first picture", LOOKING),
    Key("end", "follow", "End", "Follow the newest again", LOOKING),
    Key("left", "cursor(-1)", "←", "Cursor to the left; all panels show that step", READING, scope="curves"),
    Key("right", "cursor(1)", "→", "Cursor to the right", READING, scope="curves"),
    Key("up", "zoom(0.5)", "↑", "Zoom in, at the cursor", READING, scope="curves"),
    Key("down", "zoom(2.0)", "↓", "Zoom out", READING, scope="curves"),
    Key("shift+left", "pan(-0.5)", "Shift+←", "Move the window back", READING, scope="curves"),
    Key("shift+right", "pan(0.5)", "Shift+→", "Move the window on; at the end it follows", READING, scope="curves"),
    Key("0", "fit", "0", "The whole run", READING, scope="curves"),
    Key("l", "log_y", "l", "Logarithmic or linear loss", READING, scope="curves"),
    Key("m", "smooth", "m", "Smooth the batch loss: over 10, 100, 1000 steps, or not", READING, scope="curves"),
    Key("x", "axis", "x", "Axis of epochs, steps or seconds", READING, scope="curves"),
    Key("v", "metric", "v", "The next metric beside the loss", READING, scope="curves"),
    Key("b", "best", "b", "Cursor to the best epoch", READING, scope="curves"),
    Key("left", "unit(-1, 0)", "←", "Look at a unit of the layer before", NETWORK, scope="topology", palette=False),
    Key("right", "unit(1, 0)", "→", "Look at a unit of the layer after", NETWORK, scope="topology", palette=False),
    Key("up", "unit(0, -1)", "↑", "Look at the unit above", NETWORK, scope="topology", palette=False),
    Key("down", "unit(0, 1)", "↓", "Look at the unit below", NETWORK, scope="topology", palette=False),
    Key("shift+up", "edge(-1)", "Shift+↑", "Of its weights, the one above", NETWORK, scope="topology", palette=False),
    Key("shift+down", "edge(1)", "Shift+↓", "Of its weights, the one below; then its bias", NETWORK, scope="topology",
        palette=False),
    Key("e", "edit", "e", "A new value for the weight looked at, or for the bias", NETWORK, scope="topology",
        needs="control"),
    Key("z", "freeze", "z", "Freeze the layer: the weights into it stay; or let it learn again", NETWORK,
        scope="topology", needs="control"),
    Key("a", "units(1)", "a", "One unit more in this layer", NETWORK, scope="topology", needs="control"),
    Key("x", "units(-1)", "x", "Take out the unit looked at; nobody looks: the layer's last", NETWORK,
        scope="topology", needs="control"),
    Key("A", "layers(1)", "A", "One layer more, behind this one", NETWORK, scope="topology", needs="control"),
    Key("X", "layers(-1)", "X", "Without this layer", NETWORK, scope="topology", needs="control"),
    Key("t", "tiles", "t", "Units as pictures over the plane, or as circles", NETWORK, scope="topology"),
    Key("up", "row(-1)", "↑", "The control above", CONTROLS, scope="controls", palette=False),
    Key("down", "row(1)", "↓", "The control below", CONTROLS, scope="controls", palette=False),
    Key("left", "turn(-1)", "←", "A smaller value, the choice before, the button to the left", CONTROLS,
        scope="controls", palette=False),
    Key("right", "turn(1)", "→", "A larger value, the choice after, the button to the right", CONTROLS,
        scope="controls", palette=False),
    Key("enter", "choose", "Enter", "Type a value, or press the button", CONTROLS, scope="controls", palette=False),
    Key("backspace,delete", "usual", "⌫", "The value that it has where nothing is chosen", CONTROLS,
        scope="controls", palette=False),
    *(
        Key(key, f"place({columns}, {rows})", shown, f"Move the cursor {where}", SURFACE, scope="surface",
            palette=False)
        for key, columns, rows, shown, where in (
            ("left", -1, 0, "←", "to the left"), ("right", 1, 0, "→", "to the right"),
            ("up", 0, -1, "↑", "up"), ("down", 0, 1, "↓", "down"))
    ),
    Key("a", "point", "a", "Add a training point at the cursor (or click)", SURFACE, scope="surface", needs="control"),
    Key("x", "unpoint", "x", "Take the nearest training point away (or click on it)", SURFACE, scope="surface",
        needs="control"),
    Key("c", "label", "c", "The class of the next point", SURFACE, scope="surface"),
    Key("t", "tests", "t", "Show the rows that are not trained on, or not", SURFACE, scope="surface"),
    Key("g", "discrete", "g", "Only which answer, or how sure it is", SURFACE, scope="surface"),
    Key("right", "unit_on(0, 1)", "→", "Along →, the next unit; then the plane is that of two units", HIDDEN,
        scope="hidden", palette=False),
    Key("left", "unit_on(0, -1)", "←", "Along →, the unit before", HIDDEN, scope="hidden", palette=False),
    Key("up", "unit_on(1, 1)", "↑", "Along ↑, the next unit", HIDDEN, scope="hidden", palette=False),
    Key("down", "unit_on(1, -1)", "↓", "Along ↑, the unit before", HIDDEN, scope="hidden", palette=False),
    Key("c", "components", "c", "The plane of the two principal components again", HIDDEN, scope="hidden"),
    Key("up,k", "back", "↑", "Scroll back", SCROLLING, scope="log", palette=False),
    Key("down,j", "forth", "↓", "Scroll on", SCROLLING, scope="log", palette=False),
    Key("pageup", "back(0.9)", "PgUp", "Scroll back a page", SCROLLING, scope="log", palette=False),
    Key("pagedown", "forth(0.9)", "PgDn", "Scroll on a page", SCROLLING, scope="log", palette=False),
    Key("end", "newest", "End", "The newest line, and follow", SCROLLING, scope="log", palette=False),
    Key("question_mark", "help", "?", "What the keys do", PROGRAM, scope="app", label="help", rank=2),
    Key("ctrl+p", "command_palette", "Ctrl+P", "All commands by name", PROGRAM, scope="app", palette=False),
    Key("q", "leave", "q", "Quit (asks while training)", PROGRAM, scope="app", label="quit", rank=0),
    Key("ctrl+c", "interrupt", "Ctrl+C", "Quit (asks while training; twice: at once)", PROGRAM, scope="app",
        palette=False, priority=True),
)  # fmt: skip
KEYS, MISTAKES = rebound(TABLE, chosen_keys("train"))  # with the keys of one's own: config.toml


bindings = partial(bindings_of, KEYS)


def key_for(action: str) -> Key | None:
    """The table's entry for an action's name, without its arguments."""
    return next((key for key in KEYS if key.action.split("(")[0] == action), None)


def bar_entries(
    allowed: Callable[[Key], bool], paused: bool, width: int, table: Iterable[Key] | None = None
) -> list[tuple[list[Key], str]]:
    """(keys, label) for a bar of `width` cells, the most useful kept; `allowed(Key)` says what can be done.

    table: of keys, else that of the screen of a run. Neighbours with the same label are one entry: `[ ] row`.
    """
    entries: list[tuple[list[Key], str]] = []
    for key in KEYS if table is None else table:
        if not key.label or not allowed(key):
            continue
        label = key.swapped if paused and key.swapped else key.label
        if entries and entries[-1][1] == label:
            entries[-1][0].append(key)
        else:
            entries.append(([key], label))
    while entries and sum(sum(len(k.shown) + 1 for k in e[0]) + len(e[1]) + 2 for e in entries) - 2 > width:
        entries.remove(max(entries, key=lambda entry: entry[0][0].rank))
    return entries
