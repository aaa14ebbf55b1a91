"""`dnn-tui explain`, `lessons` and `lesson`, as a user types them."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from dnn_tui.tui.cli import app


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments), catch_exceptions=True)


def test_lessons_are_listed_by_lecture_with_what_they_teach():
    text = run("lessons").stdout
    assert text.index("f6-backprop") < text.index("001  MIT") < text.index("q1-symmetry") < text.index("c1-chain")
    assert "why weights start at random" in text


@pytest.mark.slow
def test_lessons_check_reproduces_every_number_and_says_so():
    done = run("lessons", "--check")
    assert done.exit_code == 0
    assert done.stdout.strip().endswith("0 wrong")


def test_a_lesson_of_ones_own_with_a_wrong_number_ends_with_exit_code_1(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text(
        'title = "t"\nkind = "graph"\nteaches = "x"\ntext = "x"\n[graph]\ngates = ["f = x * x"]\n'
        '[[samples]]\nx = 3\n[[printed]]\nstep = "F f"\nvalue = 8\n'
    )
    done = run("lesson", str(path), "--check")
    assert done.exit_code == 1
    assert "printed 8" in done.stdout
    assert "ours 9" in done.stdout


@pytest.mark.parametrize("spelled", ["B2 W", "B2W", "b_2_w"])
def test_one_step_is_found_however_it_is_spelled(spelled):
    text = run("explain", "f6", "--step", spelled, "--element", "2,2").stdout
    assert "∂L/∂w₂₂₂ = δ₂₂·h₁₂ = [−0.1769·(−1.298) + 0.1769·0]·0.8022 = 0.2297·0.8022 = 0.1842" in text
    assert "11/17" not in text
    assert "9/17" in text


def test_json_holds_every_step_with_its_arrays():
    record = json.loads(run("explain", "q1", "--format", "json").stdout)
    assert [step["id"] for step in record["steps"]][:3] == ["F0", "F1 a", "F1 h"]
    assert len(record["steps"]) == 7 * 3 + 3
    step = next(step for step in record["steps"] if step["id"] == "B3 W")
    np.testing.assert_allclose(step["result"]["value"][1], [0.258077, 0.259332, 0.260587], atol=1e-6)
    by_name = {operand["name"]: np.array(operand["value"]) for operand in step["operands"]}
    np.testing.assert_allclose(np.outer(by_name["δ_3"], by_name["h_2"]), step["result"]["value"], rtol=1e-12)


@pytest.mark.parametrize("form", ["text", "markdown", "latex"])
def test_a_handout_has_every_step(form):
    text = run("explain", "f5", "--sample", "2", "--format", form).stdout
    for step in ("F0", "B2 W", "U1", "V"):
        assert step in text
    assert "s2" in text


def test_latex_is_balanced():
    text = run("explain", "f6", "--format", "latex").stdout
    assert text.count(r"\begin{") == text.count(r"\end{")
    assert text.count("{") == text.count("}")
    assert not set(text) & set("δŷ∂·²−")


def test_a_data_set_is_explained_with_a_fresh_network():
    text = run("explain", "digits", "--step", "F1a", "--sample", "3").stdout
    assert "(128×64)·(64) + (128) → (128)" in text
    assert "more = " in text
    assert "row 3" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("explain", "f6", "--step", "B7W"), "no step “B7W”"),
        (("explain", "f66"), "no lesson, no data set and no run"),
        (("explain", "f6", "--sample", "9"), "no sample 9"),
        (("lesson", "nowhere.toml"), "no lesson file"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(arguments, message, tmp_path):
    done = run(*arguments, *(["--runs-dir", str(tmp_path)] if arguments[0] == "explain" else []))
    assert message in str(done.exception)
    assert type(done.exception).__module__.startswith("dnn_tui.")


def test_a_run_is_explained_from_its_last_checkpoint(tmp_path):
    trained = run("train", "digits", "--headless", "--epochs", "1", "--hidden", "8", "--runs-dir", str(tmp_path))
    assert trained.exit_code == 0, trained.output
    text = run("explain", "--runs-dir", str(tmp_path), "--sample", "2").stdout
    assert "row 2" in text
    assert "The update of layer 1 by adam" in text
    (folder,) = tmp_path.iterdir()
    record = json.loads(
        run("explain", folder.name, "--runs-dir", str(tmp_path), "--step", "U2", "--format", "json").stdout
    )
    step = record["steps"][0]
    operands = {operand["name"]: operand["value"] for operand in step["operands"]}
    assert operands["t"] > 40  # Adam's own step count, from the checkpoint: one epoch of 1,437 rows by 32
    assert np.abs(operands["m"]).max() > 0


def test_without_a_run_the_sentence_says_what_to_name(tmp_path):
    done = run("explain", "--runs-dir", str(tmp_path))
    assert "There is no run yet" in str(done.exception)


def test_lesson_without_a_name_lists_them():
    assert run("lesson").stdout == run("lessons").stdout


def test_inspect_without_a_terminal_points_to_explain():
    done = run("inspect", "f6")
    assert "dnn-tui explain" in str(done.exception)


def test_an_element_that_is_not_there_is_refused_in_one_sentence(command_line):
    code, out, said = command_line("explain", "f6", "--step", "B2W", "--element", "3,9")
    assert (code, out) == (2, "")
    assert said == "dnn-tui: B2 W has no element 3,9: its elements are counted from 1 to 2×4.\n"
    assert command_line("explain", "f6", "--step", "L", "--element", "1")[0] == 2
    assert command_line("explain", "f6", "--step", "B2W", "--element", "2,4")[0] == 0


def test_json_numbers_samples_as_the_command_line_does(command_line):
    import json

    code, out, _ = command_line("explain", "f6", "--sample", "1", "--format", "json")
    assert code == 0
    assert json.loads(out)["sample"] == 1
    assert json.loads(command_line("explain", "iris", "--sample", "7", "--format", "json")[1])["sample"] == 7
