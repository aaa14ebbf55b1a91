"""What a person has set for good: config.toml and the environment, judged. The environment is above the file.

A mistake is one sentence; what is wrong is left out, and the program starts without it. Nothing heavy is imported.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dnn_tui.runs.preferences import preferences_file, read_preferences

FPS = (0.1, 30.0)  # as --fps takes it
KEYS = ("theme", "fps", "runs", "keys", "options")
TABLES = ("train", "inspect", "door", "search")  # of keys: those of one's own stand in [keys], [keys.inspect] …
WITH_OPTIONS = ("train", "play", "watch", "inspect", "explain")  # commands whose options can have defaults of one's own
OPTION = re.compile(f"DNN_TUI_({'|'.join(WITH_OPTIONS).upper()})_([A-Z0-9_]+)")


@dataclass(frozen=True)
class Configuration:
    """theme: by name, "" for our own; fps: at most so many frames a second, None for the program's choice;

    keys: by table and the name of what they do; options: by command and option, what holds where it is not given;
    mistakes: what was left out, a sentence each.
    """

    theme: str = ""
    fps: float | None = None
    keys: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()


def configuration() -> Configuration:
    """Of this process: its file and its environment."""
    values, problem = read_preferences()
    found = judged(values, os.environ)
    return Configuration(
        found.theme, found.fps, found.keys, found.options, (*([problem] if problem else []), *found.mistakes)
    )


def chosen_keys(table: str) -> Mapping[str, object]:
    """The keys of one's own in a table, by the name of what they do."""
    return configuration().keys.get(table, {})


def judged(values: Mapping[str, Any], environ: Mapping[str, str]) -> Configuration:
    """What a file says, and the environment above it."""
    mistakes = [
        f"config.toml: there is no {key!r}: it may have {', '.join(KEYS)}." for key in values if key not in KEYS
    ]
    theme = environ.get("DNN_TUI_THEME") or values.get("theme", "")
    if not isinstance(theme, str):
        mistakes.append(f"config.toml: theme must be a name in quotes, not {theme!r}.")
        theme = ""
    if not isinstance(values.get("runs", ""), str):
        mistakes.append(f"config.toml: runs must be a folder in quotes, not {values['runs']!r}.")
    fps = _fps(values, environ, mistakes)
    keys = _keys(values.get("keys", {}), environ.get("DNN_TUI_KEYS", ""), mistakes)
    options = _options(values.get("options", {}), environ, mistakes)
    return Configuration(theme, fps, keys, options, tuple(mistakes))


def _fps(values: Mapping[str, Any], environ: Mapping[str, str], mistakes: list[str]) -> float | None:
    where, given = "config.toml: fps", values.get("fps")
    if environ.get("DNN_TUI_FPS"):
        where, given = "DNN_TUI_FPS", environ["DNN_TUI_FPS"]
    if given is None:
        return None
    try:
        fps = float("no") if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        fps = 0.0
    if FPS[0] <= fps <= FPS[1]:
        return fps
    mistakes.append(f"{where} must be a number from {FPS[0]:g} to {FPS[1]:g}, not {given!r}.")
    return None


def _keys(said: object, told: str, mistakes: list[str]) -> dict[str, dict[str, object]]:
    """By table. told: the environment's, as "stop=x; inspect.quiz=ctrl+q"."""
    found: dict[str, dict[str, object]] = {table: {} for table in TABLES}
    if not isinstance(said, Mapping):
        mistakes.append('config.toml: keys must be a table, as [keys] with lines such as stop = "x".')
        said = {}
    for name, key in said.items():
        if isinstance(key, Mapping) and name in TABLES:
            found[name] |= key
        elif isinstance(key, str):
            found["train"][name] = key
        else:
            tables = " and ".join(f"[keys.{table}]" for table in TABLES[1:])
            mistakes.append(f"config.toml: keys.{name} must be a key in quotes; further tables are {tables}.")
    for part in filter(None, map(str.strip, told.split(";"))):
        name, equals, key = part.partition("=")
        table, _, name = name.strip().rpartition(".")
        if not equals or (table or "train") not in TABLES:
            mistakes.append(f"DNN_TUI_KEYS: {part!r} gives no key: write it as stop=x; inspect.quiz=ctrl+q.")
        else:
            found[table or "train"][name] = key.strip() or "="
    return found


def _options(said: object, environ: Mapping[str, str], mistakes: list[str]) -> dict[str, dict[str, Any]]:
    """By command, and by the option without its dashes."""
    found: dict[str, dict[str, Any]] = {}
    for command, options in said.items() if isinstance(said, Mapping) else [("", said)]:
        if not isinstance(options, Mapping) or command not in WITH_OPTIONS:
            tables = ", ".join(f"[options.{name}]" for name in WITH_OPTIONS)
            mistakes.append(f"config.toml: {command or 'options'!r} is no table of options: there are {tables}.")
        else:
            found[command] = {name.replace("_", "-"): value for name, value in options.items()}
    for name, text in environ.items():
        if match := OPTION.fullmatch(name):
            command, option = (part.lower() for part in match.groups())
            found.setdefault(command, {})[option.replace("_", "-")] = text
    return found


# ---- writing


def keep_theme(name: str) -> str:
    """Write the theme into the file; "" or why it could not be kept, in one sentence."""
    file, (_, problem) = preferences_file(), read_preferences()
    if problem:
        return f"The theme was not kept: {problem}"
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        new = with_theme(text, name)
        if not new:
            return f'The theme was not kept: write theme = "{name}" into {file} yourself.'
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        fresh.write_text(new, encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        return f"The theme was not kept: {file} cannot be written: {error.strerror}."
    return ""


def with_theme(text: str, name: str) -> str:
    """The file's text with that theme, everything else as it stands; "" where that cannot be done line by line."""
    line = f'theme = "{name}"'
    lines = text.split("\n")
    top = next((k for k, one in enumerate(lines) if one.lstrip().startswith("[")), len(lines))
    at = next((k for k, one in enumerate(lines[:top]) if re.match(r"\s*theme\s*=", one)), None)
    if at is None:
        lines.insert(0, line)
    else:
        comment = re.search(r"\s+#[^\"']*$", lines[at])
        lines[at] = line + (comment.group() if comment else "")
    new = "\n".join(lines) if text else line + "\n"
    try:
        return new if tomllib.loads(new) == {**tomllib.loads(text), "theme": name} else ""
    except tomllib.TOMLDecodeError:
        return ""
