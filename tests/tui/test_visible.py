"""What comes from outside is shown, and steers nothing: the function, and that everything printed goes through it."""

import ast
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from dnn_tui.tui.drawing.grid import Grid, fit
from dnn_tui.tui.drawing.visible import visible
from dnn_tui.tui.printed.console import Output, literal

ROOT = Path(__file__).resolve().parent.parent.parent
ANY = st.text(st.characters(codec=None))  # halves of surrogate pairs as well: file names have them
DANGEROUS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def dangerous(text: str) -> list[str]:
    return [character for character in text if unicodedata.category(character) in DANGEROUS]


@given(ANY)
def test_nothing_that_steers_or_hides_is_left_and_every_character_keeps_its_place(text):
    seen = visible(text)
    assert dangerous(seen) == []
    assert len(seen) == len(text)
    assert visible(seen) == seen
    kept = [(a, b) for a, b in zip(text, seen, strict=True) if unicodedata.category(a) not in DANGEROUS]
    assert all(a == b for a, b in kept)
    seen.encode("utf-8")


@given(ANY)
def test_the_line_ends_of_a_text_of_several_lines_stay(text):
    assert visible(text, keep="\n") == "\n".join(visible(line) for line in text.split("\n"))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\x1b]0;title\x07", "a␛]0;title␇"),
        ("two\r\nlines\tand\x7f", "two␍␊lines␉and␡"),
        ("\x9b31m", "�31m"),
        ("user\u202enimda", "user�nimda"),
        ("a\u200bb\ufeff\u2066", "a�b��"),
        ("file\udcff", "file�"),
        ("Größe ∂L/∂W 猫 👍 e\u0301", "Größe ∂L/∂W 猫 👍 e\u0301"),
    ],
)
def test_signs(text, seen):
    assert visible(text) == seen


@given(ANY, st.integers(0, 12))
def test_a_grid_holds_no_control_character_whatever_is_put_there(text, width):
    grid = Grid(12, 3)
    grid.put(0, 0, text)
    grid.put_right(12, 1, fit(text, width))
    grid.put_centre(0, 12, 2, text)
    assert dangerous("".join(grid.lines())) == []


def test_a_control_character_takes_one_cell_and_what_is_right_aligned_stays_so():
    grid = Grid(8, 1)
    grid.put_right(8, 0, "a\x1bb")
    assert grid.lines() == ["     a␛b"]
    assert fit("\x1b" * 9, 4) == "␛␛␛…"


@given(ANY)
def test_richs_console_prints_visible_text_however_it_is_given(text):
    import io

    out = io.StringIO()
    console = Output(file=out)
    table = Table("head")
    table.add_row(Text(text))
    table.add_row(literal(text))
    for renderable in (table, Text(text), literal(text)):
        console.print(renderable)
    assert dangerous(out.getvalue().replace("\n", "")) == []


@pytest.mark.parametrize("file", sorted((ROOT / "tui").rglob("*.py")), ids=lambda f: str(f.relative_to(ROOT)))
def test_only_two_files_write_to_the_terminal(file):
    """All others print through them, so that nothing can be forgotten."""
    if file.relative_to(ROOT).as_posix() in ("tui/printed/lines.py", "tui/printed/console.py"):
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("print", "typer.echo", "typer.secho", "Console", "traceback.print_exception"), (
                f"line {node.lineno}: {called} prints what it is given as it is; use printed.lines or printed.console"
            )
