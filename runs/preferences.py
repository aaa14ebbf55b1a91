"""The user's config.toml: where it lies, and what stands in it. What each key means is for those who use it."""

import os
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs


class Preferences(NamedTuple):
    """A file's keys, {} where there is no file or none that can be read, and then why not, in one sentence."""

    values: dict[str, Any]
    problem: str = ""


def preferences_file() -> Path:
    """`DNN_TUI_CONFIG`, else config.toml in the user's configuration folder."""
    chosen = os.environ.get("DNN_TUI_CONFIG")
    return Path(chosen).expanduser() if chosen else platformdirs.user_config_path("dnn-tui") / "config.toml"


def read_preferences() -> Preferences:
    """What stands in the file. It never fails: the program starts without."""
    file = preferences_file()
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Preferences({})
    except (OSError, UnicodeDecodeError) as error:
        return Preferences({}, f"{file} cannot be read: {getattr(error, 'strerror', '') or 'it is not UTF-8'}.")
    try:
        return Preferences(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        return Preferences({}, f"{file} is no TOML, so nothing in it counts: {error}.")


def preferred_runs_dir() -> Path | None:
    """The folder that the file says runs are kept in; None where it says none."""
    folder = read_preferences().values.get("runs")
    return Path(folder).expanduser() if isinstance(folder, str) and folder else None
