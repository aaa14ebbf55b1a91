"""The inspect screen, driven by keys: lessons and a digits network, through all steps, small and large."""

from pathlib import Path

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.document import FORMATS, document
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.subject import Row
from dnn_tui.experiments.explaining.targets import network_subject
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.tui.inspect.app import InspectApp
from dnn_tui.tui.inspect.card import card
from dnn_tui.tui.inspect.diagram import draw_network
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.step_view import draw_step
from dnn_tui.tui.inspect.widgets import CardWindow, JumpWindow, KeyLine, KeysWindow, Prompt

SIZES = [(80, 24), pytest.param((120, 40), marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def trained():
    """A digits network after one epoch, with Adam's state: 64-32-16-10."""
    data = datasets.load("digits")
    network = Network((64, 32, 16, 10), "relu", "softmax", seed=0)
    trainer = Trainer(network, data, TrainingConfig(optimizer="adam", lr=0.01, epochs=1))
    for _ in trainer.events():
        pass
    return trainer, data


def subject(name):
    return subject_of(load_lesson(name))


def digits(trained):
    trainer, data = trained
    return network_subject("digits", trainer.network, data, "cross_entropy", trainer.optimizer, 0.01)


def text(app, pane):
    return "\n".join(line.rstrip() for line in app.screen.query_one(f"#{pane}")._grid.lines())


def message(app):
    return text(app, "keyline").strip()


async def typed(pilot, letters: str) -> None:
    """Type over what the prompt suggests."""
    field = pilot.app.screen.query_one(Prompt).query_one("Input")
    field.value = ""
    field.insert_text_at_cursor(letters)
    await pilot.press("enter")
    await pilot.pause()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in lesson_names() if not name.startswith(("f7", "c3", "p5"))])
async def test_every_step_of_a_lesson_shows_its_id_its_equation_and_its_result(name):
    app = InspectApp(subject(name))
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((80, 24), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.screen.size == size
            app.screen.action_first()
            for place, step in enumerate(app.screen.subject.steps, start=1):
                shown = text(app, "step")
                assert f"{place}/{len(app.screen.subject.steps)}" in shown
                value = app.screen.look.number.text(step.element((0, 0)), step.result.scale)
                assert value in shown, step.id
                assert f"numpy {step.numpy.split(' ')[0]}" in shown
                app.screen.action_go(1)
            await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_a_trained_digits_network_is_stepped_through_by_keys(trained, size):
    app = InspectApp(digits(trained))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        seen = []
        for _ in range(7 * 3 + 3):
            seen.append(app.screen.step.id)
            assert text(app, "step").splitlines()[0].split("  ")[1].startswith(f"{len(seen)}/24")
            assert text(app, "diagram").strip()
            await pilot.press("right")
        assert seen[0] == "F0"
        assert seen[-1] == "V"
        assert len(set(seen)) == 24
        await pilot.press("right")
        assert app.screen.step.id == "V"
        await pilot.press("home")
        assert app.screen.step.id == "F0"


async def test_the_digits_gradients_shown_are_what_the_check_confirms(trained):
    app = InspectApp(digits(trained))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("c")
        await pilot.pause()
        assert message(app).startswith("✓ ")
        assert "gradients checked" in text(app, "heading")
        await pilot.press("right_square_bracket")
        assert "checked" not in text(app, "heading")


async def test_only_what_is_on_the_screen_is_formatted(trained, monkeypatch):
    from dnn_tui.mlp.explain.numbers import Number

    calls = []
    real = Number.text
    monkeypatch.setattr(Number, "text", lambda self, *args: calls.append(1) or real(self, *args))
    data = trained[1]
    big = Network((64, 512, 256, 10), seed=0)  # 166,000 parameters
    app = InspectApp(network_subject("big", big, data, "cross_entropy", None, 0.1))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        calls.clear()
        app.screen._answered_goto("B2W")
        await pilot.pause()
        assert 0 < len(calls) < 500


async def test_the_step_of_the_lecture_with_its_numbers_at_80x24():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon")
        await typed(pilot, "b2 w")
        await pilot.press("down", "tab")
        shown = text(app, "step")
        assert "9/17" in shown
        assert "0.1769·0]·0.8022 = 0.2297·0.8022 = 0.1842" in shown
        assert "shapes (2) ⊗ (4) → (2×4)" in shown
        for role in ("upstream", "local", "downstream", "×", "∂L/∂w₂₂₂"):
            assert role in shown
        await pilot.press("t", "minus")
        assert "0.184" in text(app, "step")
        await pilot.press("z")
        assert "∂L/∂W₂ = δ₂ a₁ᵀ" in text(app, "step")


async def test_an_edit_recomputes_everything_flags_what_changed_and_can_be_undone():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen._answered_goto("L")
        before = text(app, "step")
        await pilot.press("e")
        await typed(pilot, "w222 = 1/3")
        assert app.screen.subject.network.W[2][1, 1] == pytest.approx(1 / 3)
        assert text(app, "step") != before
        app.screen._answered_goto("F2a")
        lines = [line for line in text(app, "step").splitlines() if line.startswith(("⎡", "⎣"))]
        assert "*" not in lines[0]  # a_21 does not depend on w_222
        assert "*" in lines[1]
        await pilot.press("u")
        app.screen._answered_goto("L")
        assert text(app, "step") == before
        await pilot.press("u")
        assert message(app) == "nothing to take back"


@pytest.mark.parametrize(
    ("typed_text", "says"),
    [
        ("w999 = 1", "no layer 9"),
        ("x9 = 1", "x is 4: x9 is outside"),
        ("w222 = banana", "banana"),
        ("loss = best", "no loss 'best'"),
        ("lr = -1", "above 0"),
        ("g1 = softmax", "softmax"),
        ("hello = 1", "nothing to edit"),
    ],
)
async def test_an_edit_that_cannot_be_is_refused_in_a_sentence_and_changes_nothing(typed_text, says):
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(120, 40)) as pilot:
        loss = app.screen.subject.run.value
        await pilot.press("e")
        await typed(pilot, typed_text)
        assert says in message(app)
        assert app.screen.subject.run.value == loss


async def test_a_value_alone_is_for_what_the_prompt_asked():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen._answered_goto("F0")
        await pilot.press("down", "e")
        await typed(pilot, "7")
        assert app.screen.subject.row.x.tolist() == [2, 7, 3, 3]
        await pilot.press("r")
        assert app.screen.subject.row.x.tolist() == [2, 5, 3, 3]


async def test_apply_once_and_many_times_gives_the_lectures_losses():
    app = InspectApp(subject("q1"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("a")
        await pilot.pause()
        assert "L 0.6982 → 0.6114" in message(app)
        assert app.screen.subject.run.value == pytest.approx(0.611388, abs=1e-6)
        await pilot.press("A")
        await typed(pilot, "3")
        assert app.screen.subject.run.value == pytest.approx(0.429257, abs=1e-6)
        await pilot.press("r")
        assert app.screen.subject.run.value == pytest.approx(0.698160, abs=1e-6)


async def test_a_quiz_hides_the_result_and_judges_the_answer():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen._answered_goto("F1a")
        await pilot.press("q")
        await pilot.pause()
        assert "2.9" not in text(app, "step")
        assert "2.9" not in text(app, "diagram")
        await typed(pilot, "2.8")
        assert message(app) == "not 2.8: it is 2.9"
        await pilot.press("q")
        await typed(pilot, "29/10")
        assert message(app).startswith("right: 2.9")
        assert "2.9" in text(app, "step")


async def test_the_weight_card_tells_value_gradient_difference_and_paths():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen._answered_goto("B1W")
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, CardWindow)
        card = "\n".join(app.screen.lines)
        assert card.startswith("w₁₂₁ = −0.3")
        assert "∂L/∂w₁₂₁ = −0.04373" in card
        assert "✓" in card
        assert "2 paths" in card
        await pilot.press("escape")
        assert not isinstance(app.screen, CardWindow)


async def test_the_list_of_steps_goes_to_the_one_chosen():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j")
        await pilot.pause()
        assert isinstance(app.screen, JumpWindow)
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        assert app.screen.step.id == "F1 h"
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, KeysWindow)


async def test_shift_and_an_arrow_go_a_layer_on_and_back():
    app = InspectApp(subject("q1"))
    async with app.run_test(size=(80, 24)) as pilot:
        ids = [app.screen.step.id]
        for _ in range(6):
            await pilot.press("shift+right")
            ids.append(app.screen.step.id)
        assert ids == ["F0", "F1 a", "F2 a", "F3 a", "L", "B0", "B3 a"]
        await pilot.press("right", "shift+left", "shift+left")
        assert app.screen.step.id == "B0"


async def test_the_next_misclassified_and_the_worst_sample(trained):
    app = InspectApp(digits(trained))
    async with app.run_test(size=(120, 40)) as pilot:
        subject = app.screen.subject
        await pilot.press("m")
        p = subject.run
        assert p.h[-1].argmax() != p.y.argmax()
        await pilot.press("l")
        worst = subject.run.value
        for k in range(0, len(subject.rows), 7):
            subject.choose(k)
            assert subject.run.value <= worst + 1e-6


async def test_export_writes_every_step_and_never_over_a_file(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        await typed(pilot, "pass.md")
        assert "∂L/∂W₂ = δ₂ h₁ᵀ" in (tmp_path / "pass.md").read_text()
        await pilot.press("x")
        await typed(pilot, "pass.md")
        assert "already there" in message(app)
        await pilot.press("x")
        await typed(pilot, "pass.pdf")
        assert "should end with" in message(app)


async def test_play_goes_on_by_itself_only_when_asked_and_stops_at_the_end():
    app = InspectApp(subject("c1"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        assert app.screen._playing is not None
        for _ in range(10):
            app.screen._play_on()
        assert app.screen._playing is None
        assert app.screen.step.id == "B z"


@pytest.mark.parametrize("name", ["f7", "p5", "c3"])
async def test_a_descent_is_walked_with_its_error_drawn(name):
    app = InspectApp(subject(name))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for _ in range(4):
            await pilot.press("shift+right")
        assert "error" in text(app, "diagram")
        assert "error" in text(app, "step")
        await pilot.press("end")
        assert app.screen.look.at == len(app.screen.subject.steps) - 1


@pytest.mark.slow
@pytest.mark.parametrize("size", [(60, 18), (40, 12), (200, 60), (20, 5)])
async def test_any_size_is_drawn(size, trained):
    for one in (subject("f6"), subject("f8-chain"), subject("s2"), subject("f7"), digits(trained)):
        app = InspectApp(one)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for _ in range(10):
                app.screen.action_go(1)
            await pilot.pause()


async def test_the_key_bar_shows_only_what_is_of_use_here():
    app = InspectApp(subject("c1"))
    async with app.run_test(size=(200, 40)) as pilot:
        await pilot.pause()
        bar = text(app, "keyline")
        assert "edit" in bar
        assert "apply" not in bar
        await pilot.press("a", "c", "enter")
        assert app.screen.query_one(KeyLine).message is None


async def test_at_80_columns_keys_without_room_for_their_label_stand_by_themselves():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        words = text(app, "keyline").split()
        assert {"q", "qQ"} & set(words)
        assert {"c", "u", "Enter", "a"} <= set(words)
        assert words[:2] == ["→←", "step"]


async def test_without_colour_the_screen_still_tells(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.palette.mono
        app.screen._answered_goto("B2W")
        await pilot.press("down", "tab")
        assert "−0.2177" in text(app, "step")
        assert "▸ 0.1842◂" in text(app, "step")  # the focus is told without colour
        assert "▸" in text(app, "diagram")


async def test_the_live_network_is_never_changed(trained):
    trainer, _ = trained
    before = trainer.network.theta.copy()
    app = InspectApp(digits(trained))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a", "a")
        app.screen._answered_edit("W1[1,1] = 9")
        await pilot.pause()
    np.testing.assert_array_equal(trainer.network.theta, before)


async def test_a_unit_in_focus_stays_so_from_step_to_step():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen._answered_goto("F1h")
        await pilot.press("down", "down")
        app.screen._answered_goto("B2W")  # rows are units of layer 2, columns of layer 1
        assert app.screen.look.element(app.screen.step) == (0, 2)
        app.screen._answered_goto("B1W")
        assert app.screen.look.element(app.screen.step) == (2, 0)


async def test_a_picture_begins_with_its_brightest_pixel_in_focus(trained):
    app = InspectApp(digits(trained))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("right_square_bracket")
        app.screen._answered_goto("B1W")
        x = app.screen.subject.row.x
        assert x[app.screen.look.element(app.screen.step)[1]] == x.max()


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("fill", [np.nan, np.inf, 1e200])
@pytest.mark.parametrize("sizes", [(4, 3, 2), (64, 100, 10)])
def test_a_network_that_blew_up_is_shown_as_it_is(fill, sizes):
    network = Network(sizes, "relu", "softmax", seed=0, dtype=np.float64)
    network.W[1][0, 0] = fill
    row = Row("r", np.ones(sizes[0]), np.eye(sizes[-1])[0])
    subject = NetworkSubject("blown up", rows=[row], network=network, loss="cross_entropy", optimizer="adam")
    for at, step in enumerate(subject.steps):
        for mono in (False, True):
            look = Look(at, units=(0, 0, 0))
            assert draw_step(subject.steps, look, 70, 36, mono).lines()
            assert draw_network(subject.run, step, look, 40, 30, mono).lines()
    for form in FORMATS:
        assert document(subject, form)
    assert subject.check()
    warned = {note.kind for step in subject.steps for note in step.notes if note.severity == "warning"}
    assert np.isfinite(fill) or "not finite" in warned


@pytest.mark.slow
async def test_a_deep_network_shows_the_layers_around_the_step():
    sizes = (3, *[4] * 11, 2)
    network = Network(sizes, "tanh", "softmax", seed=0)
    row = Row("r", np.ones(3), np.array([1.0, 0.0]))
    app = InspectApp(NetworkSubject("deep", rows=[row], network=network, loss="cross_entropy"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for wanted, caption in (("F1a", "h₁"), ("B7W", "h₇"), ("B12 a", "ŷ")):
            app.screen._answered_goto(wanted)
            assert caption in text(app, "diagram").splitlines()[0]
        for _ in range(7 * 12 + 3):
            app.screen.action_go(1)


def test_the_card_tells_what_the_other_rows_want_of_a_weight(trained):
    subject = digits(trained)
    each = subject.spread(2, "W", (3, 5), most=20)
    for k in (0, 7, 19):
        subject.choose(k)
        assert each[k] == pytest.approx(subject.run.network.dW[2][3, 5], rel=1e-9, abs=1e-12)
    lines = "\n".join(card(subject, 2, "W", (3, 5), Look(units=(0, 0, 0, 0))))
    assert "over 144 rows" in lines


async def test_a_lessons_text_is_read_whole_at_a_key():
    app = InspectApp(subject("f6"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end", "i")
        await pilot.pause()
        words = " ".join(app.screen.lines[1:]).split()
        assert words == app.screen_stack[-2].look.tell(app.screen_stack[-2].subject.text).split()
        await pilot.press("escape", "right")
        assert not isinstance(app.screen, CardWindow)
