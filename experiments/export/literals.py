"""Texts, names and numbers as C and Python write them."""

import json
import keyword
import re
from collections.abc import Iterable

import numpy as np

WORDS = """auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while"""
C_WORDS = frozenset(WORDS.split())


def c_text(text: str) -> str:
    """A C string literal: UTF-8, with every byte that could mean something else as three octal digits."""
    plain = b"".join(bytes([byte]) for byte in range(32, 127) if chr(byte) not in '"\\?')
    return '"' + "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in text.encode()) + '"'


def one_line(text: str) -> str:
    """A text that can stand in a comment or a docstring of either language."""
    plain = json.dumps(" ".join(text.split()), ensure_ascii=False)[1:-1]
    return plain.replace("\\", "/").replace("*/", "* /").replace("/*", "/ *").replace('"', "'")


def identifiers(names: Iterable[str]) -> list[str]:
    """A C identifier for each name, no two alike."""
    found: list[str] = []
    for name in names:
        base = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower() or "column"
        if base[0].isdigit() or base in C_WORDS or keyword.iskeyword(base):
            base = f"c_{base}"
        chosen, count = base, 2
        while chosen in found:
            chosen, count = f"{base}_{count}", count + 1
        found.append(chosen)
    return found


def number_texts(values: np.ndarray) -> list[str]:
    """The shortest decimal of each value that reads back as the same float, always with a point or an exponent."""
    return [str(value) for value in values.ravel()]
