"""One set of data options: every command that loads data takes the same ones and means the same by them."""

import json

import pytest

from dnn_tui.tui.commands.data_options import DATA_OPTIONS

COMMANDS = ("train", "data", "inspect", "explain")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_every_data_option(command):
    import typer.main

    from dnn_tui.tui.cli import app

    taken = {name for parameter in typer.main.get_command(app).commands[command].params for name in parameter.opts}
    assert {f"--{name.replace('_', '-')}" for name in [*DATA_OPTIONS, "data_dir", "offline"]} <= taken


def test_a_rule_of_vline_is_shown_and_explained(command_line):
    code, strict, _ = command_line("data", "vline", "--rule", "strict", "--json")
    assert code == 0
    assert strict != command_line("data", "vline", "--rule", "any", "--json")[1]
    assert command_line("explain", "vline", "--rule", "strict", "--step", "L")[0] == 0


def test_a_table_is_explained_with_a_network_of_ones_own(command_line, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("a,b,c,label\n" + "\n".join(f"{k % 7},{k % 3},{k % 5},{'yn'[k % 2]}" for k in range(40)))
    words = ("explain", table, "--target", "label", "--drop", "c", "--hidden", "5,3", "--activation", "tanh,sigmoid")
    code, out, said = command_line(*words, "--format", "json")
    assert code == 0, said
    shapes = {step["id"]: step["result"]["shape"] for step in json.loads(out)["steps"]}
    assert (shapes["F0"], shapes["F1 h"], shapes["F2 h"]) == ([2], [5], [3])


def test_the_share_for_validation_is_the_same_in_data_and_train(command_line):
    told = json.loads(command_line("data", "iris", "--val", "0.5", "--json")[1])
    _, out, _ = command_line("train", "iris", "--val", "0.5", "--headless", "--json", "--epochs", "1")
    started = json.loads(out.splitlines()[0])
    assert started["dataset"]["validation"] == told["rows"]["validation"] > 40


def test_data_options_on_a_lesson_are_refused_in_one_sentence(command_line):
    code, _, said = command_line("explain", "f6", "--target", "x")
    assert code == 2
    assert said == "dnn-tui: Options of the data and of its network go with a data set, not with a lesson or a run.\n"
