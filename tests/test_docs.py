"""README and docs say what the program does: its commands, options, keys and files."""

import importlib.util
import re
from pathlib import Path

import pytest
import typer.main

from dnn_tui.tui.cli import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`dnn-tui ([^`]+)`", README)))


@pytest.mark.parametrize("name", ["keys", "lectures", "settings"])
def test_a_page_is_the_one_the_programs_own_table_makes(name):
    spec = importlib.util.spec_from_file_location("docs_pages", ROOT / "docs" / "pages.py")
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    assert pages.file(name).read_text(encoding="utf-8") == pages.page(name), "run: python docs/pages.py"


def test_readme_links_to_files_that_are_there():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_in_the_readme_exists_with_its_options(line):
    words = line.split()
    commands = typer.main.get_command(app).commands
    if words[0].startswith("-"):
        return
    assert words[0] in commands
    known = {option for parameter in commands[words[0]].params for option in parameter.opts}
    assert {word.split("=")[0] for word in words if word.startswith("--")} - {"--help"} <= known
