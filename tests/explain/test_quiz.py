"""The quiz: what it hides, what it takes for an answer, the score, and a round in a seeded order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.quiz import Question, Score, question, round_of
from dnn_tui.mlp.explain import Number
from dnn_tui.tui.inspect.app import InspectApp
from dnn_tui.tui.inspect.widgets import KeyLine, Prompt


def subject(name="f6"):
    return subject_of(load_lesson(name))


def asked(name="f6", step="B2W", element=(1, 1), seed=0) -> Question:
    return question(subject(name).step_named(step), element, Number(), seed)


@pytest.mark.parametrize("name", lesson_names())
def test_any_step_of_any_lesson_can_be_asked_and_its_choices_differ(name):
    steps = subject(name).steps
    for at, element in round_of(steps, 3, 20):
        found = question(steps[at], element, Number(), 1)
        assert len(set(found.choices)) == len(found.choices) == 4
        assert found.choices[found.place] == Number().text(found.right)
        assert [found.judge(letter)[0] for letter in "abcd"].count(True) == 1


def test_a_number_is_right_within_half_a_per_cent_and_a_letter_where_it_stands_at_the_right_choice():
    found = asked()  # ∂L/∂w_222 = .184233 (LESSONS.md, F6)
    assert found.right == pytest.approx(0.184233, abs=1e-6)
    assert all(found.judge(text)[0] for text in ("0.1842", "0.185", "184233/1000000"))
    assert not any(found.judge(text)[0] for text in ("0.19", "-0.1842"))
    assert found.judge("abcd"[found.place] + ")") == (True, "0.1842")
    with pytest.raises(ValueError, match="not an expression"):
        found.judge("about a fifth")


def test_who_forgets_a_sign_finds_the_mistake_among_the_choices():
    assert "−0.1842" in asked().choices


@given(st.integers(0, 50))
def test_a_round_asks_every_step_but_the_input_once_and_its_seed_decides_the_order(seed):
    steps = subject("q1").steps
    found = round_of(steps, seed)
    assert sorted(at for at, _ in found) == list(range(1, len(steps)))
    assert round_of(steps, seed) == found
    assert all(step.focus(element) == element for step, element in ((steps[at], element) for at, element in found))


def test_another_seed_is_another_order():
    steps = subject().steps
    assert round_of(steps, 0) != round_of(steps, 1)


def test_the_score_counts():
    score = Score().counted(True).counted(False).counted(True)
    assert str(score) == "2 of 3 right"


def pane(app, name) -> str:
    return "\n".join(line.rstrip() for line in app.screen.query_one(f"#{name}")._grid.lines())


async def answer(pilot, text: str) -> None:
    pilot.app.screen.query_one(Prompt).query_one("Input").value = text
    await pilot.press("enter")
    await pilot.pause()


def said(app) -> str:
    return app.screen.query_one(KeyLine).message[0]


async def test_neither_the_result_nor_its_numbers_are_shown_until_it_is_answered():
    app = InspectApp(subject())
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen._answered_goto("B2 W")
        await pilot.pause()
        line, boxes = "0.2297·0.9478", "upstream"
        assert line in pane(app, "step")
        assert boxes in pane(app, "step")
        await pilot.press("q")
        await pilot.pause()
        shown = pane(app, "step")
        assert not [text for text in (line, boxes, "0.2177", "0.1842") if text in shown]
        assert "∂L/∂W₂ = δ₂ h₁ᵀ" in shown  # the rule stays, and what it is applied to
        assert "0.2297" in shown
        await answer(pilot, "-0.2177")
        assert said(app) == "right: −0.2177 (anything within ±0.001088 is)"
        assert line in pane(app, "step")


async def test_a_round_goes_on_by_Q_keeps_score_and_offers_choices():
    app = InspectApp(subject(), quiz=4)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        order = round_of(app.screen.subject.steps, 4)
        for place, (at, element) in enumerate(order[:2]):
            assert (app.screen.look.at, app.screen.look.element(app.screen.step)) == (at, element)
            await answer(pilot, "?")
            assert [line for line in pane(app, "step").splitlines() if line.startswith("d  ")]
            right = app.screen._question.place
            await answer(pilot, "abcd"[right if place else (right + 1) % 4])
            await pilot.press("Q")
            await pilot.pause()
        assert str(app.screen.score) == "1 of 2 right"
        await pilot.press("escape")
        await pilot.pause()
        assert not app.screen.look.hidden


def test_without_a_terminal_a_quiz_is_refused_and_no_answer_told(command_line):
    code, out, err = command_line("lesson", "p2", "--quiz", "7")
    assert code == 2
    assert out == ""
    assert "--worksheet" in err
