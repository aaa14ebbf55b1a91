"""What the pages that are written for people have in common: templates, and that no text on them steers anything."""

import unicodedata
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

PAGES = Path(__file__).parent / "reporting" / "templates"  # of the report's page: its style is every page's
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # what follows them reads backwards


def html_templates(*folders: Path) -> Environment:
    """Templates of web pages, from these folders, else the report's: every text in them is escaped and made visible."""
    return Environment(
        loader=FileSystemLoader([*folders, PAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def plain_templates(*folders: Path, tex: bool = False) -> Environment:
    """Templates of plain text. tex: its own braces and percent signs are kept, and <% … %>, << … >> are ours."""
    signs = {"block_start_string": "<%", "block_end_string": "%>", "variable_start_string": "<<",
             "variable_end_string": ">>", "comment_start_string": "<#", "comment_end_string": "#>"}  # fmt: skip
    return Environment(
        loader=FileSystemLoader([*folders]),
        autoescape=False,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **(signs if tex else {}),  # type: ignore[arg-type]
    )


def shown(value: Any) -> Any:
    """Every text on its way into a page: what would steer the browser or turn the line is shown as a sign."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return value if value.isascii() and value.isprintable() else "".join(map(_sign, value))


def _sign(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    if character < " ":
        return chr(0x2400 + ord(character))
    kind = unicodedata.category(character)
    return "�" if character in TURNING or kind in ("Cc", "Cs", "Cn", "Co") else character
