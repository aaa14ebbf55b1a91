"""docs/lectures.md: every system, example and picture of the five lecture decks, with the command that shows it.

The rows are in lectures.txt, one a line. docs/pages.py writes the page; tests/explain/test_lectures.py runs every
command and looks for what stands behind its arrow.
"""

from pathlib import Path
from typing import NamedTuple

from dnn_tui.datasets.lessons import DECKS


class Row(NamedTuple):
    """commands: each without `dnn-tui`, and a part of what it prints ("": nothing is looked for)."""

    deck: str
    slide: str
    what: str
    commands: tuple[tuple[str, str], ...]
    note: str


def rows() -> list[Row]:
    """The rows of lectures.txt."""
    found = []
    for line in Path(__file__).with_name("lectures.txt").read_text(encoding="utf-8").splitlines()[1:]:
        deck, slide, what, commands, note = (cell.strip() for cell in f"{line} ".split(" |"))
        parts = [tuple(part.strip() for part in one.partition("=>")[::2]) for one in commands.split(" ; ")]
        found.append(Row(deck, slide, what, tuple(parts), note))
    return found


def page() -> str:
    """The page's Markdown."""
    table = rows()
    out = [
        "# The lectures",
        "",
        f"The {len(table)} systems, examples and pictures of the five decks, and what shows each. Written by",
        "`docs/pages.py` from `docs/lectures.txt`; a test runs every command. `lesson` opens a lesson in the terminal,",
        "and prints its steps where there is none; `explain` always prints. `P` is the layout for a class, `Q` a quiz;",
        "`--html`, `--md`, `--tex` and `--worksheet` put a lesson on paper.",
    ]
    for deck, says in DECKS.items():
        if not (of_deck := [row for row in table if row.deck == deck]):
            continue  # "own": lessons of one's own
        slides = any(row.slide for row in of_deck)
        head = (
            ["| slide | what | commands | |", "|---|---|---|---|"]
            if slides
            else ["| what | commands | |", "|---|---|---|"]
        )
        out += ["", f"## {deck}: {says}", "", *head]
        for row in of_deck:
            said = "<br>".join(f"`dnn-tui {command}`" for command, _ in row.commands)
            cells = [*([row.slide] if slides else []), row.what, said, row.note]
            out.append(f"| {' | '.join(cells)} |".replace("|  |", "| |"))
    return "\n".join([*out, ""])
