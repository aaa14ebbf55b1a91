"""Text from outside made safe to show: characters that steer a terminal, or hide in a line, become visible signs.

A column's name, a class, a file's name, a run's log or another host may hold anything. What a terminal would obey
(C0, DEL, C1) and what changes how a line reads without being seen (bidirectional overrides, zero-width and other
format characters, line separators, halves of surrogate pairs) is replaced one for one, so that lengths, columns and
the places of styles stay what they were.
"""

import unicodedata
from functools import lru_cache

UNSEEN = "\N{REPLACEMENT CHARACTER}"  # for what has no picture of its own
STEERS_OR_HIDES = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # Unicode's general categories


def visible(text: str, keep: str = "") -> str:
    """The text with its control and format characters as signs of one cell each: ESC is ␛, a line end ␊, others �.

    keep: control characters that stay, as the line ends of a text of several lines. The result is as long as `text`.
    """
    if text.isprintable():  # true of almost every text, and quick
        return text
    return "".join(character if character in keep else _sign(character) for character in text)


@lru_cache(4096)
def _sign(character: str) -> str:
    if character < " ":
        return chr(0x2400 + ord(character))  # Unicode has a picture of each
    if character == "\x7f":
        return "\N{SYMBOL FOR DELETE}"
    return UNSEEN if unicodedata.category(character) in STEERS_OR_HIDES else character
