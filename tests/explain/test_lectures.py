"""docs/lectures.md: all of the decks' systems, examples and pictures, and each command of it does what it says."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import typer.main

from dnn_tui.datasets.lessons import DECKS, lesson_names, load_lesson
from dnn_tui.tui.cli import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "lectures.md").read_text(encoding="utf-8")
FETCHED = ("data mnist", "data cifar-10")  # data that is no part of the package
BRIEFLY = ("--headless", "--epochs", "1", "--quiet", "--seed", "0")


def lectures():
    spec = importlib.util.spec_from_file_location("docs_lectures", DOCS / "lectures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


KNOWN = typer.main.get_command(app).commands
ROWS = lectures().rows()
TOLD = dict(sorted({command for row in ROWS for command in row.commands}))  # a command: a part of what it prints


def test_the_page_has_every_row_of_the_five_decks():
    counts = {deck: sum(row.deck == deck for row in ROWS) for deck in DECKS}
    # as they were gone through: 35, 24, 15, 13 and 14 systems, examples and pictures
    assert [counts[deck] for deck in ("000", "001", "002", "003", "004")] == [35, 24, 15, 13, 14]
    assert TEXT.count("\n| ") == sum(counts.values()) + 5  # and a heading each
    assert all(row.commands for row in ROWS)


def test_every_lesson_of_a_deck_is_on_the_page_and_every_command():
    assert set(re.findall(r"`dnn-tui ([^`]+)`", TEXT)) == set(TOLD)
    words = {word for command in TOLD for word in command.split()}
    for name in lesson_names():
        if load_lesson(name).deck in DECKS:
            assert {name, name.split("-")[0]} & words, name


@pytest.mark.slow
@pytest.mark.parametrize("line", TOLD)
def test_a_command_of_the_page_exists_with_its_options(line):
    name, *words = shlex.split(line)
    KNOWN[name].make_context(name, words)  # raises where an option or a value is not taken


@pytest.mark.slow
@pytest.mark.parametrize("line", TOLD)
def test_a_command_of_the_page_does_what_it_is_there_for(command_line, line):
    name, *words = shlex.split(line)
    if name == "train":
        words = [*words, *BRIEFLY]
    elif name == "inspect":
        name = "explain"  # the same steps; there is no terminal here
    elif line in FETCHED:
        code, _, said = command_line(name, *words, "--offline")
        assert code == 0 or "fetch" in said or "offline" in said
        return
    code, text, said = command_line(name, *words)
    assert code == 0, said
    assert TOLD[line] in text  # from LESSONS.md, or the slide's own words
    assert text.strip() or name == "train"
