"""The search screen's keys: one table that makes the bindings, the key bar, the `?` screen and docs/keys.md."""

from functools import partial

from ...bindings import bindings_of
from ...configuration import chosen_keys
from ...key import Key
from ...rebinding import rebound

STEERING, LOOKING, PANELS, BRUSHES, PROGRAM = (
    "The search", "Looking", "Panels", "In the parallel coordinates", "Program",
)  # fmt: skip

TABLE = (
    Key("space", "toggle_pause", "Space", "Pause: trials that run go on, and no new one begins; or go on", STEERING,
        scope="search", label="pause", swapped="go on", needs="control", rank=2),
    Key("enter", "open", "Enter", "Open the trial that is selected, as `watch` does; Esc comes back", STEERING,
        scope="search", label="open", needs="trial", rank=1),
    Key("s", "stop_trial", "s", "Stop the trial that is selected", STEERING, scope="search", label="stop",
        needs="running", rank=3),
    Key("S", "stop_all", "S", "Stop the search: the trials that run, and those that wait (asks)", STEERING,
        scope="search", label="stop all", needs="control", rank=6),
    Key("a", "add", "a", "Add trials", STEERING, scope="search", label="add", needs="control", rank=4),
    Key("r", "narrow", "r", "Narrow the range of the setting looked at, for trials that are still to come", STEERING,
        scope="search", label="range", needs="control", rank=5),
    Key("i", "importance", "i", "Work out which settings matter, from the trials so far", STEERING, scope="search",
        rank=8, label="importance"),

    Key("j", "select(1)", "j", "Select the next trial of the list", LOOKING, scope="search"),
    Key("k", "select(-1)", "k", "Select the trial before", LOOKING, scope="search"),
    Key("b", "best", "b", "Select the best trial", LOOKING, scope="search"),
    Key("left", "setting(-1)", "←", "The setting before: its column, axis, slice", LOOKING, scope="search",
        label="setting", rank=7, palette=False),
    Key("right", "setting(1)", "→", "The setting after", LOOKING, scope="search", label="setting", rank=7,
        palette=False),
    Key("o", "order", "o", "The list by score, by number or by seconds", LOOKING, scope="search"),
    Key("l", "log", "l", "Logarithmic or linear loss", LOOKING, scope="search"),
    Key("x", "by", "x", "The best so far over trials or over seconds", LOOKING, scope="search"),
    Key("plus,equals_sign", "share(1)", "+", "More of the best are bright", LOOKING, scope="search"),
    Key("minus", "share(-1)", "-", "Fewer of them", LOOKING, scope="search"),
    Key("c", "clear", "c", "Without brushes", LOOKING, scope="search"),
    Key("up", "select(-1)", "↑", "The trial above", LOOKING, scope="trials", palette=False),
    Key("down", "select(1)", "↓", "The trial below", LOOKING, scope="trials", palette=False),
    Key("pageup", "page(-1)", "PgUp", "A page up", LOOKING, scope="trials", palette=False),
    Key("pagedown", "page(1)", "PgDn", "A page down", LOOKING, scope="trials", palette=False),
    Key("home", "ends(-1)", "Home", "The first of the list", LOOKING, scope="trials", palette=False),
    Key("end", "ends(1)", "End", "The last of the list", LOOKING, scope="trials", palette=False),
    Key("up", "other(-1)", "↑", "In the contour: another setting upwards", LOOKING, scope="contour", palette=False),
    Key("down", "other(1)", "↓", "In the contour: the next setting upwards", LOOKING, scope="contour", palette=False),

    Key("up", "brush(1, 0)", "↑", "Brush the upper part of the axis, or move its brush up", BRUSHES, scope="parallel",
        palette=False),
    Key("down", "brush(-1, 0)", "↓", "Brush the lower part of the axis, or move its brush down", BRUSHES,
        scope="parallel", palette=False),
    Key("shift+up", "brush(0, 1)", "Shift+↑", "A wider brush", BRUSHES, scope="parallel", palette=False),
    Key("shift+down", "brush(0, -1)", "Shift+↓", "A narrower brush", BRUSHES, scope="parallel", palette=False),
    Key("g", "around", "g", "Brush the range that the bright trials have (the mouse: drag along an axis)", BRUSHES,
        scope="parallel"),
    Key("backspace,delete", "unbrush", "⌫", "This axis without its brush (the mouse: click on it)", BRUSHES,
        scope="parallel", palette=False),

    Key("tab", "next_panel", "Tab", "Go to the next panel", PANELS, scope="search", palette=False),
    Key("shift+tab", "previous_panel", "Shift+Tab", "Go to the previous panel", PANELS, scope="search",
        palette=False),
    Key("f", "full", "f", "Show this panel alone, or all again", PANELS, scope="search", label="full", rank=6),
    Key("escape", "back", "Esc", "Back to all panels", PANELS, scope="search", palette=False),
    *(
        Key(str(k), f"panel({k})", str(k), f"Go to panel {k}", PANELS, scope="search", palette=False)
        for k in range(1, 7)
    ),

    Key("question_mark", "help", "?", "What the keys do", PROGRAM, scope="app", label="help", rank=2),
    Key("ctrl+p", "command_palette", "Ctrl+P", "All commands by name", PROGRAM, scope="app", palette=False),
    Key("q", "leave", "q", "Leave this screen; the search goes on", PROGRAM, scope="app", label="quit", rank=0),
    Key("ctrl+c", "interrupt", "Ctrl+C", "Leave this screen", PROGRAM, scope="app", palette=False, priority=True),
)  # fmt: skip
KEYS, MISTAKES = rebound(TABLE, chosen_keys("search"))


bindings = partial(bindings_of, KEYS)
