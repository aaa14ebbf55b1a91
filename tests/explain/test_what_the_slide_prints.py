"""“The slide prints …” stands only where the slide prints it, in its own digits, and not after an edit."""

import re

import numpy as np
import pytest

from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.mlp.explain import find_step


@pytest.fixture(scope="module")
def decks(request) -> dict[str, set[str]]:
    """The numbers that each deck's text has, as written there."""
    folder = request.config.rootpath.parent / "shared" / "decks"
    if not folder.is_dir():
        pytest.skip("../shared/decks is not here")
    found = {}
    for path in folder.glob("*.txt"):
        text = path.read_text(encoding="utf-8").replace("0 .", "0.")  # one deck writes 0 .46
        numbers = {number.rstrip(".,") for number in re.findall(r"\d[\d,]*\.?\d*", text)}
        found[path.name[:3]] = numbers | {part for number in numbers for part in number.split(",")}
    return found


def written(value: float) -> set[str]:
    """The ways to write a number: 0.9, 0.90, 12, 1,200."""
    value = abs(value)
    forms = {f"{value:.{digits}f}" for digits in range(8) if abs(round(value, digits) - value) < 1e-12}
    return forms | ({f"{int(value):,}"} if value == int(value) else set())


@pytest.mark.parametrize("name", lesson_names())
def test_every_number_marked_as_printed_is_in_the_deck(name, decks):
    lesson = load_lesson(name)
    for printed in lesson.printed:
        if printed.source == "seed" and lesson.deck in decks:
            missing = [v for v in np.ravel(printed.value).tolist() if not written(v) & decks[lesson.deck]]
            assert missing == [], printed.step or printed.quantity


def notes(subject, step: str) -> list[str]:
    return [note.text for note in find_step(subject.steps, step).notes if note.kind in ("printed", "erratum")]


def test_its_digits_are_the_slides_own():
    subject = subject_of(load_lesson("f5-softmax"))
    assert "The slide prints 1.2729." in notes(subject, "L")


def test_after_an_edit_it_is_marked_and_after_an_undo_it_stands_again():
    subject = subject_of(load_lesson("f6"))
    plain = "The slide prints [1.66, 0.45]."
    assert plain in notes(subject, "F2a")
    subject.edit("w222", "-1")
    assert plain not in notes(subject, "F2a")
    assert f"Before your change: {plain}" in notes(subject, "F2a")
    subject.undo()
    assert plain in notes(subject, "F2a")
    subject.apply()
    assert plain not in notes(subject, "F2a")
    subject.restore()
    assert plain in notes(subject, "F2a")


def test_a_number_printed_for_another_loss_is_shown_with_that_loss():
    subject = subject_of(load_lesson("f6"))
    assert not any("0.1058" in note for note in notes(subject, "L"))
    assert any("log to base 10" in note for note in notes(subject, "L"))
    subject.edit("loss", "squared_error")
    assert "The slide prints 0.1058." in notes(subject, "L")
    assert not any("log to base 10" in note for note in notes(subject, "L"))


def test_a_circuit_and_a_table_know_an_edit_too():
    circuit, table = subject_of(load_lesson("c1")), subject_of(load_lesson("s2"))
    circuit.edit("x", "3")
    assert all(note.startswith("Before") for note in notes(circuit, "F q"))
    first = table.steps[0].id
    key = table.fields()[0].key
    table.edit(key, "7")
    assert all(note.startswith(("Before", "On the slide")) for note in notes(table, first))


def test_explain_can_change_something_first(command_line):
    code, text, _ = command_line("explain", "f6", "--set", "loss=squared_error", "--step", "L")
    assert code == 0
    assert "0.1055" in text  # LESSONS.md: .105491
    code, _, error = command_line("explain", "f6", "--set", "loss")
    assert code == 2
    assert "sets nothing" in error
    assert command_line("explain", "f6", "--set", "w999=1")[0] == 2
