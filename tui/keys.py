"""The keys: one table that makes the bindings, the key bar, the `?` screen and the command palette."""

from dataclasses import dataclass

from textual.binding import Binding


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


TRAINING, PANELS, PROGRAM, SCROLLING = "Training", "Panels", "Program", "In the log"

KEYS = (
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


def bindings(scope: str) -> list[Binding]:
    """Textual's bindings of a scope."""
    return [
        Binding(key.keys, key.action, key.help, key_display=key.shown, show=False, priority=key.priority)
        for key in KEYS
        if key.scope == scope
    ]


def key_for(action: str) -> Key | None:
    """The table's entry for an action's name, without its arguments."""
    return next((key for key in KEYS if key.action.split("(")[0] == action), None)


def bar_entries(allowed, paused: bool, width: int) -> list[tuple[str, str, str]]:
    """(key, label, action) for a bar of `width` cells, most useful first kept; `allowed(Key)` says what can be done.

    Keys with the same label are one entry (`[ ] row`, which does the second).
    """
    entries: list[tuple[int, str, str, str]] = []
    for key in KEYS:
        if not key.label or not allowed(key):
            continue
        label = key.swapped if paused and key.swapped else key.label
        if entries and entries[-1][2] == label:
            rank, shown, _, _ = entries.pop()
            entries.append((rank, f"{shown} {key.shown}", label, key.action))
        else:
            entries.append((key.rank, key.shown, label, key.action))
    while entries and sum(len(e[1]) + len(e[2]) + 3 for e in entries) - 2 > width:
        entries.remove(max(entries, key=lambda e: e[0]))
    return [(shown, label, action) for _, shown, label, action in entries]
