"""Completion in the shell: data sets, recipes, lessons, runs and files, without loading anything heavy."""

import os
import subprocess
import sys

import pytest
from terminal import DNN_TUI

from dnn_tui import datasets
from dnn_tui.datasets import lessons
from dnn_tui.experiments import recipes
from dnn_tui.runs.folder import list_runs
from dnn_tui.tui.commands import completing


@pytest.fixture
def runs(tmp_path):
    for name in ("20261121-215011-xor-8", "20261121-215013-digits-128-64", "20261120-101010-xor-8-8"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.toml").write_text("", encoding="utf-8")
    return [run.name for run in list_runs(tmp_path)]


def test_the_names_are_those_that_the_program_knows():
    assert sorted(completing.lesson_names()) == sorted(lessons.lesson_names())
    assert [name for name, _ in completing.data_names()] == [entry.name for entry in datasets.catalogue()]
    assert completing.recipe_names() == recipes.recipe_names()
    assert set(completing.DECKS) == {lessons.load_lesson(name).deck for name in lessons.lesson_names()}


def test_what_begins_so_is_offered():
    assert completing.complete_recipe("over") == ["overfit"]
    assert [name for name, _ in completing.begun(completing.data_names(), "mo")] == ["moons"]
    assert completing.complete_lesson("f6") == ["f6-backprop"]


def test_a_run_is_offered_by_its_whole_name_or_by_a_part_that_is_enough(runs):
    assert completing.begun_runs(runs, "20261120") == ["20261120-101010-xor-8-8"]
    assert completing.begun_runs(runs, "dig") == ["digits-128-64"]
    assert completing.begun_runs(runs, "xor") == ["xor-8-8"]  # xor-8 would name two runs
    assert completing.begun_runs(runs, "nothing") == []
    assert len(completing.begun_runs(runs, "")) == 3


def test_files_are_offered_and_folders_lead_on(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data.csv").write_text("", encoding="utf-8")
    (tmp_path / "mine.toml").write_text("", encoding="utf-8")
    assert completing.files(f"{tmp_path}/da") == [f"{tmp_path}/data/", f"{tmp_path}/data.csv"]
    assert completing.files(f"{tmp_path}/", ".toml") == [f"{tmp_path}/data/", f"{tmp_path}/mine.toml"]
    assert completing.files(f"{tmp_path}/nowhere/x") == []


@pytest.mark.slow
@pytest.mark.parametrize(("line", "word", "offered"), [
    ("train sp", "2", ["spiral"]), ("train --recipe over", "3", ["overfit"]), ("lesson f6", "2", ["f6-backprop"]),
    ("tour 00", "2", ["000", "001", "002", "003", "004"]),
])  # fmt: skip
def test_a_shell_gets_the_words(line, word, offered, tmp_path):
    told = {"_DNN_TUI_COMPLETE": "complete_bash", "COMP_WORDS": f"dnn-tui {line}", "COMP_CWORD": word}
    (tmp_path / "broken.toml").write_text("no toml", encoding="utf-8")
    told["DNN_TUI_CONFIG"] = str(tmp_path / "broken.toml")  # what is wrong there is no word to complete to
    done = subprocess.run(
        [DNN_TUI], env={**os.environ, **told}, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == offered
    assert done.stderr == ""


def test_completing_loads_neither_numpy_nor_textual():
    code = (
        "import sys\nfrom dnn_tui.tui import cli\nfrom dnn_tui.tui.commands import completing as c\n"
        "c.lesson_names(), c.data_names(), c.recipe_names(), c.files('')\n"
        "from dnn_tui.runs.folder import list_runs\n"
        "print([name for name in ('numpy', 'textual', 'plotext', 'pooch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
