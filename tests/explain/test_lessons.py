"""Lessons: every printed number is reproduced, and a file that is wrong is told by its line."""

import re
from pathlib import Path

import numpy as np
import pytest

from dnn_tui.datasets.lessons import LessonError, lesson_names, load_lesson
from dnn_tui.experiments.explaining.lessons import check_lesson, subject_of
from dnn_tui.mlp.explain import find_step

FIXTURES = {*(f"F{k}" for k in range(1, 10)), "P1", "P2", "P3", "P4", "Q1", "Q2", "S1", "S2", "S3", "S4"} | {
    *(f"C{k}" for k in range(1, 5))
}

LONG = {"f7-descent": pytest.mark.slow}  # a walk of many steps
LESSONS = [pytest.param(name, marks=LONG.get(name, ())) for name in lesson_names()]


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_every_number_a_lesson_prints_is_ours_too(name):
    lesson = load_lesson(name)
    results = check_lesson(lesson)
    assert results
    assert [(result.label, result.ours) for result in results if not result.ok] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", lesson_names())
def test_every_step_of_a_lesson_can_be_computed_again(name):
    subject = subject_of(load_lesson(name))
    steps = subject.steps
    assert len({step.id for step in steps}) == len(steps)
    for step in steps[:60]:
        np.testing.assert_allclose(step.evaluate(), step.result.value, rtol=1e-9, atol=1e-12)
        assert step.substituted()


def test_every_fixture_of_the_lectures_has_a_lesson():
    assert {load_lesson(name).fixture for name in lesson_names()} >= FIXTURES


def test_a_lesson_is_found_by_its_name_and_by_its_fixture():
    assert load_lesson("F6").name == load_lesson("f6-backprop").name == "f6-backprop"
    with pytest.raises(LessonError, match="Did you mean f6-backprop"):
        load_lesson("f6-backprob")


def test_a_wrong_printed_number_is_noticed(tmp_path):
    lesson = edited(tmp_path, "c1-chain", "value = 3\n", "value = 4\n")
    assert [result.ok for result in check_lesson(lesson)].count(False) == 2  # q = 3 and ∂f/∂z = 3


def test_the_erratum_of_a_slide_is_said_at_its_step_and_its_sample():
    subject = subject_of(load_lesson("f5"))
    assert "−0.09" in find_step(subject.steps, "F1 a").notes[-1].text
    subject.choose(1)
    assert all(note.kind != "erratum" for note in find_step(subject.steps, "F1 a").notes)


def edited(tmp_path, name, old, new):
    """A lesson of one's own: a built-in one with some text replaced."""
    text = load_lesson(name).source.path.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "my.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load_lesson(str(path))


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "message"),
    [
        ("f6-backprop", "[network]", "[network", "[network", "Expected"),
        ("f6-backprop", 'kind = "network"', 'kind = "net"', "kind", "kind is “net”"),
        ("f6-backprop", "sizes =", "sises =", "sises", "“sises” is not known here. Did you mean “sizes”"),
        ("f6-backprop", "0.3, -0.5]]", "0.3]]", "W = [", "W_2 has rows of different lengths"),
        ("f6-backprop", "sizes = [4, 4, 2]", "sizes = [4, 3, 2]", "W = [", "W_1 is 4×4, but should be 3×4"),
        ("f6-backprop", "x = [2, 5, 3, 3]", "x = [2, 5, 3]", "x = ", "x has 3 numbers, but the network has 4"),
        ("f6-backprop", 'loss = "cross_entropy"\nlr', 'loss = "CE"\nlr', 'loss = "CE"', "“CE” is not known"),
        ("f6-backprop", 'step = "F1 a"\nvalue', 'step = "F9 a"\nvalue', "value = [2.9", "There is no step “F9 a”"),
        ("f6-backprop", "x = [2, 5, 3, 3]", 'x = [2, 5, "no", 3]', "x = ", "should hold numbers, not 'no'"),
        ("s4-two-classes", "softmax(a)", "sofmax(a)", 'expression = "sof', "Did you mean softmax"),
        ("s4-two-classes", "softmax(a)", "open('x').read()", 'expression = "open', "an expression has numbers"),
        ("s4-two-classes", "(a[1] - a[2])", "(a[1] - a[3])", 'expression = "sigmoid(a[1]', "There is no element 3"),
        ("c1-chain", "y = 5", "yy = 5", "[[samples]]", "There is no value for y"),
        ("c1-chain", 'title = "f', 'titel = "f', "titel", "“titel” is not known here. Did you mean “title”"),
    ],
)
def test_a_lesson_with_a_mistake_names_the_line(tmp_path, name, old, new, line, message):
    with pytest.raises(LessonError, match=re.escape(message)) as caught:
        check_lesson(edited(tmp_path, name, old, new))
    number = int(re.match(r"my\.toml, line (\d+): ", str(caught.value))[1])
    assert (tmp_path / "my.toml").read_text(encoding="utf-8").splitlines()[number - 1].startswith(line)
    assert "\n" not in str(caught.value)


def test_fractions_are_numbers_in_a_lesson(tmp_path):
    lesson = edited(tmp_path, "f6-backprop", "x = [2, 5, 3, 3]", 'x = ["1/3", 5, 3, "-3/2"]')
    np.testing.assert_allclose(lesson.body.samples[0].x, [1 / 3, 5, 3, -1.5])


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(LessonError, match="no lesson file nowhere"):
        load_lesson("nowhere.toml")


def test_the_lesson_in_the_handbook_is_a_lesson(tmp_path):
    handbook = (Path(__file__).resolve().parents[2] / "docs" / "lessons.md").read_text(encoding="utf-8")
    path = tmp_path / "my.toml"
    path.write_text(re.search(r"```toml\n(.*?)```", handbook, re.S)[1], encoding="utf-8")
    assert [result.ok for result in check_lesson(load_lesson(str(path)))] == [True]
