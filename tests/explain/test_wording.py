"""How steps are worded: what is said follows from what is computed, and nothing is said twice."""

import pytest
import typer.main

from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.document import chain_text, document
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.subject import InspectError
from dnn_tui.mlp.explain import Number, products
from dnn_tui.mlp.explain.notation import pretty
from dnn_tui.tui.cli import app
from dnn_tui.tui.commands.data_options import DATA_OPTIONS
from dnn_tui.tui.inspect.boxes import boxes
from dnn_tui.tui.inspect.look import Look, by_layer

SHORT = [name for name in lesson_names() if name != "f7-descent"]


def steps(name: str, **changes):
    subject = subject_of(load_lesson(name))
    for key, value in changes.items():
        subject.edit(key, value)
    return {step.id: step for step in subject.steps}


@pytest.mark.parametrize(
    ("optimizer", "says"),
    [("sgd", "gradient ∂L/∂W_1 × (−η) → ΔW_1"), ("adam", "gradient ∂L/∂W_1, memory and η → ΔW_1")],
)
def test_an_update_is_a_product_only_where_nothing_is_remembered(optimizer, says):
    assert chain_text(steps("f6", optimizer=optimizer)["U1"]) == says


def test_a_softmax_takes_all_of_its_row():
    p = steps("s2-softmax-table")["p"]
    assert p.substituted((1, 2)) == "p_{2,3} = e^8 / (e^4 + e^2 + e^8) = 0.9796"
    found, _ = boxes(p, Look(focus=(1, 2)))
    assert (found[0].name, found[0].value) == ("scores row 2", "[4, 2, 8]")
    assert found[1].value == "0.9796"
    answer = steps("f6")["F2 h"]
    found, _ = boxes(answer, Look())
    assert found[0].value == "[1.657, 0.4472]"


def test_a_step_of_descent_tells_its_error_in_full_and_one_gradient_of_its_own():
    step = steps("c3-batch-or-sgd")["batch 1"]
    assert "error = 1/(2n) Σ (ŷ − y)²" in step.equation
    assert step.upstream.name == "∂error/∂(w, b)"
    assert [part.name for part in step.parts] == ["error", "∂error/∂(w, b) of the next update"]
    assert chain_text(step) == "before + (−η) × ∂error/∂(w, b) → (w, b)"


@pytest.mark.parametrize(
    ("lesson", "step", "line"),
    [
        ("f3-rent", "F2 h", "⟪rent⟫: ŷ_{1} = 11.5"),
        ("c1-chain", "F q", "q = −2 + 5 = 3"),
        ("c1-chain", "F f", "f = 3·(−4) = −12"),
        ("f8-chain", "F p", "p = exp(−1) = 0.3679"),
        ("f8-chain", "F q", "q = −1"),
        ("s3-shapes", "parameters", "parameters = 4·5 + 5 = 25"),
        ("q2-patterns", "binary5", "binary5 = 2^25 = 33554432"),  # LESSONS.md, Q2
        ("c4-counts", "up_to_3", "up_to_3 = (2500 + 1)·(2500 + 2)·(2500 + 3) / 6 = 2610421251"),  # C4
    ],
)
def test_leftovers_are_gone(lesson, step, line):
    assert steps(lesson)[step].substituted() == line


def test_a_negative_term_of_a_sum_is_subtracted():
    line = steps("p12-three-fits")["over"].substituted()
    assert "(−" not in line
    assert " − 10.72·" in line


def test_a_power_is_derived_as_one_writes_it():
    assert "∂n/∂x = 2·x" in steps("f8-chain")["B x"].equation


@pytest.mark.parametrize("text", ["tanh_of_1", "up_to_2"])
def test_a_name_with_a_number_at_its_end_keeps_it(text):
    assert pretty(f"{text} = W_2") == f"{text} = W₂"


@pytest.mark.slow
@pytest.mark.parametrize("name", SHORT)
def test_no_lesson_says_a_number_twice_or_puts_parentheses_where_none_are_needed(name):
    whole = document(subject_of(load_lesson(name)))
    text = "\n".join(line for line in whole.splitlines() if not line.startswith("    NumPy:"))
    assert "exp((−" not in text
    for line in text.splitlines():
        pieces = line.split(" = ")
        assert not (len(pieces) > 2 and pieces[-1] == pieces[-2]), line
        assert "shapes:  →" not in line
        assert "1e+0" not in line


def test_what_is_left_out_of_a_sum_stands_in_brackets():
    assert products([1.0] * 10, range(10), Number(), constant=-0.5).endswith("1·9 + [… 5 more = 10] − 0.5")


# ---- of the commands


def test_an_element_that_no_step_has_is_an_error_and_one_that_some_have_is_not(command_line):
    code, _, said = command_line("explain", "f6", "--element", "3,9")
    assert (code, said.strip()) == (2, "dnn-tui: No step has an element 3,9.")
    code, _, said = command_line("explain", "f6", "--step", "B2W", "--element", "3,9")
    assert (code, "counted from 1 to 2×4" in said) == (2, True)
    assert command_line("explain", "f6", "--element", "4,4")[0] == 0  # W_1 has it


def test_what_is_no_number_is_said_so(command_line):
    code, _, said = command_line("explain", "c1", "--set", "x=tanh")
    assert (code, said.strip()) == (2, "dnn-tui: “tanh” is no number: write it as 0.5, -2 or 1/3.")


def test_inspect_and_explain_take_every_option_of_the_data_that_train_takes():
    commands = typer.main.get_command(app).commands
    options = {name: {p.name for p in commands[name].params} for name in ("train", "data", "inspect", "explain")}
    of_data = set(DATA_OPTIONS) | {"data_dir", "offline", "seed"}
    assert of_data <= options["train"]
    for name in ("data", "inspect", "explain"):
        assert of_data <= options[name]


def test_a_seed_is_of_the_split_and_of_the_new_network(command_line):
    words = ("explain", "iris", "--step", "F1a", "--format", "json")
    texts = [command_line(*words, *seed)[1] for seed in ((), ("--seed", 0), ("--seed", 1))]
    assert texts[0] == texts[1] != texts[2]


def test_next_wrong_answer_is_refused_where_answers_are_quantities():
    with pytest.raises(InspectError, match="quantities, not classes"):
        subject_of(load_lesson("f3")).harder(0)


def test_the_next_layer_after_B0_is_the_last_one():
    found = subject_of(load_lesson("q1")).steps
    ids = [step.id for step in found]
    assert found[by_layer(found, ids.index("B0"), 1)].id == "B3 a"
    assert found[by_layer(found, ids.index("B3 a"), 1)].id == "B2 a"
