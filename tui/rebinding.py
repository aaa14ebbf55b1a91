"""Keys that a person chose instead of those of a table: read, checked against each other, put in. Pure functions."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from string import punctuation

from .key import Key

# what one calls an action that has a value; the others are called as they are in the table
NAMES = {
    "sample(-1)": "previous_row", "sample(1)": "next_row", "travel(-1)": "look_back", "travel(1)": "look_on",
    "cursor(-1)": "cursor_left", "cursor(1)": "cursor_right", "zoom(0.5)": "zoom_in", "zoom(2.0)": "zoom_out",
    "pan(-0.5)": "window_back", "pan(0.5)": "window_on", "go(1)": "next_step", "go(-1)": "previous_step",
    "layer(1)": "next_layer", "layer(-1)": "previous_layer", "lesson(1)": "next_lesson", "lesson(-1)": "lesson_before",
    "digits(1)": "more_digits", "digits(-1)": "fewer_digits", "open('learn')": "learn", "open('play')": "play",
    "open('train')": "train", "open('runs')": "runs",
}  # fmt: skip
WRITTEN = {
    "space": "Space", "enter": "Enter", "escape": "Esc", "tab": "Tab", "backspace": "Backspace", "delete": "Del",
    "left": "←", "right": "→", "up": "↑", "down": "↓", "home": "Home", "end": "End", "pageup": "PgUp",
    "pagedown": "PgDn", "insert": "Ins",
}  # fmt: skip
MODIFIERS = ("ctrl", "shift", "alt")
EVERYWHERE = ("app", "train", "search")  # scopes whose keys hold in the other scopes of their table too


def name_of(key: Key) -> str:
    """What a key of the table is called in config.toml: "stop", "previous_row"; of a panel's own, "log_back"."""
    name = NAMES.get(key.action) or re.sub(r"[^a-z0-9]+", "_", key.action.replace("-", "minus ").lower()).strip("_")
    return name if key.scope in EVERYWHERE else f"{key.scope}_{name}"


def rebound(table: Sequence[Key], chosen: Mapping[str, object]) -> tuple[tuple[Key, ...], list[str]]:
    """The table with the keys that were chosen by name, and a sentence for each that cannot be had.

    All are put in together, so that two can change places. Of two that would do the same where both hold, the chosen
    one stays as it was.
    """
    known: dict[str, int] = {}
    for k, key in enumerate(table):
        known.setdefault(name_of(key), k)
    keys, mistakes, changed = list(table), [], []
    for name, wanted in chosen.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            mistakes.append(f"There is no key {name!r}" + (f": did you mean {near[0]}?" if near else "."))
            continue
        parts = [normal(part) for part in wanted.replace(" ", "").split(",")] if isinstance(wanted, str) else [""]
        if not all(parts):
            mistakes.append(f"{wanted!r} is no key for {name}: write a character, or such as space, ctrl+s, f5.")
            continue
        at = known[name]
        keys[at] = replace(table[at], keys=",".join(parts), shown=written(parts[0]))
        changed.append(at)
    while clash := _clash(keys, changed):
        at, other = clash
        mistakes.append(f"{name_of(table[at])} cannot have the key {keys[at].shown}: {name_of(table[other])} has it.")
        keys[at] = table[at]
        changed.remove(at)
    return tuple(keys), mistakes


def _clash(keys: Sequence[Key], changed: Sequence[int]) -> tuple[int, int] | None:
    """A changed key that takes another's place, and that other."""
    for at in changed:
        mine = set(keys[at].keys.split(","))
        for other, key in enumerate(keys):
            together = key.scope == keys[at].scope or keys[at].scope in EVERYWHERE or key.scope in EVERYWHERE
            if other != at and together and mine & set(key.keys.split(",")):
                return at, other
    return None


def normal(text: str) -> str:
    """Textual's name of a key that a person wrote: "?" is question_mark, "Ctrl+S" ctrl+s; "" where it is none."""
    if len(text) == 1:
        if not text.isprintable() or text.isspace():
            return ""
        return text if text.isalnum() else _called(text)
    *before, last = text.split("+")
    if any(part.lower() not in MODIFIERS for part in before):
        return ""
    if len(last) == 1:
        last = last.lower() if last.isalnum() else _called(last)
    elif not _is_named(last := last.lower()):
        return ""
    return "+".join([*(part.lower() for part in before), last]) if last else ""


def _called(character: str) -> str:
    """Unicode's name as Textual writes it, with those that it calls otherwise."""
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return SHORTER.get(name, name)


SHORTER = {
    "hyphen_minus": "minus", "plus_sign": "plus", "solidus": "slash", "low_line": "underscore",
    "commercial_at": "at", "reverse_solidus": "backslash",
}  # fmt: skip
SIGNS = {_called(character): character for character in punctuation}


def _is_named(name: str) -> bool:
    return name in WRITTEN or name in SIGNS or bool(re.fullmatch(r"f([1-9]|1\d|2[0-4])", name))


def written(key: str) -> str:
    """How a key is shown: "Ctrl+S", "←", "?"."""
    *before, last = key.split("+")
    if len(last) == 1:
        shown = last.upper() if before else last
    else:
        shown = WRITTEN.get(last) or SIGNS.get(last) or last.upper()
    return "+".join([*(part.capitalize() for part in before), shown])
