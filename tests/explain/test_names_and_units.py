"""Classes, inputs and targets have their own names and units wherever a pass is explained; F0 is how x was made."""

import json
import re

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.batch_subject import batches_of
from dnn_tui.experiments.explaining.document import document
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.targets import dataset_subject, open_target
from dnn_tui.mlp import Network
from dnn_tui.mlp.explain import Number, explain, run_pass
from dnn_tui.mlp.explain.meaning import raw_values
from dnn_tui.mlp.explain.notation import latex, pretty, renamed
from dnn_tui.mlp.losses import LOSSES
from dnn_tui.tui.inspect.card import card
from dnn_tui.tui.inspect.diagram import draw_network, fitted
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.step_view import draw_step


def subject_of_data(name, tmp_path, **options):
    return open_target(name, tmp_path, offline=True, **options)


def test_hours_are_scaled_before_they_are_an_input(tmp_path):
    """The eight students' hours have mean 41.75 and deviation 39.7: (12 - 41.75) / 39.7 = -0.749."""
    hours = np.array([12, 22, 115, 31, 0, 5, 92, 57])
    assert (hours.mean(), round(hours.std(), 1)) == (41.75, 39.7)
    step = subject_of_data("student-exam", tmp_path).step_named("F0")
    assert pretty(step.substituted((0,))) == "study hours: 12 → x₁ = (12 − 41.75)/39.7 = −0.7494"
    assert step.element((0,)) == pytest.approx((12 - hours.mean()) / hours.std(), rel=1e-6)
    assert step.operands[0].value.tolist() == [12, 6, 78]  # what stood in the table, to the digit
    np.testing.assert_array_equal(step.evaluate(), step.result.value)


@pytest.mark.parametrize("name", ["student-exam", "iris", "wine", "digits", "diabetes", "spiral", "phones"])
@pytest.mark.parametrize("row", [0, 3])
def test_the_script_makes_x_of_what_stood_in_the_data(name, row, tmp_path):
    subject = subject_of_data(name, tmp_path)
    subject.choose(row)
    assert len(subject.steps) == 7 * subject.network.layers + 3
    code = document(subject, "python")
    assert ("raw = " in code) == (name not in ("spiral",))
    names: dict = {}
    exec(compile(code, "script", "exec"), names)  # our own text, in a test
    np.testing.assert_array_equal(names["h0"], np.asarray(subject.row.x, float))


def test_raw_values_are_those_of_the_file(tmp_path):
    """Against the iris table as it is read, whatever single precision made of it in between."""
    subject = subject_of_data("iris", tmp_path)
    table = datasets.load("iris", offline=True)
    for k in (0, 5, 11):
        subject.choose(k)
        raw = subject.step_named("F0").operands[0].value
        assert all(len(f"{v:.12g}") <= 3 for v in raw)  # one decimal in every cell of the file
        place = int(table.validation.rows[k])
        assert f"validation row {k} (row {place} of the data, class " in subject.row.name


def test_categories_are_indicators_and_missing_numbers_say_so(tmp_path):
    rows = ["species,weight,big"]
    for k in range(40):
        rows.append(f"{('cat', 'dog', 'horse')[k % 3]},{'' if k % 7 == 3 else 3 + k},{('no', 'yes')[k % 2]}")
    path = tmp_path / "animals.csv"
    path.write_text("\n".join(rows) + "\n")
    subject = open_target(str(path), tmp_path, wished={"target": ("big",)})
    texts, missing = set(), set()
    for k in range(len(subject.rows)):
        subject.choose(k)
        step = subject.step_named("F0")
        lines = [pretty(step.substituted((j,))) for j in range(step.result.value.size)]
        texts |= set(lines[:3])
        missing |= {line for line in lines if "missing" in line}
    assert "species = cat → x₁ = 1" in texts
    assert "species = cat → x₁ = 0" in texts
    assert "weight missing → x₅ = 1" in missing
    assert "weight: missing, taken as the mean → x₄ = 0" in missing


def test_a_regression_is_answered_in_its_own_unit(tmp_path):
    subject = subject_of_data("student-exam", tmp_path)
    exam = np.array([93, 68, 95, 75, 51, 60, 89, 97])
    yhat = float(subject.run.h[-1][0])
    (note,) = [note for note in subject.step_named("F2h").notes if note.kind == "unit"]
    text = pretty(note.text)
    assert text.endswith(f"= {Number(4).text(yhat * exam.std() + exam.mean())} %, the target is 93 %.")
    assert "exam % = ŷ·scale + offset = " in text


def test_the_largest_output_is_called_by_its_class(tmp_path):
    subject = subject_of_data("digits", tmp_path)
    for k in range(20):
        subject.choose(k)
        p = subject.run
        answer, target = int(p.h[-1].argmax()), int(p.y.argmax())
        (note,) = [note for note in subject.step_named("L").notes if note.kind in ("right", "wrong")]
        text = pretty(note.text)
        assert f"largest output is “{answer}” (ŷ" in text  # the classes of digits are called 0 to 9
        assert (note.kind == "right") == (answer == target)
        assert note.kind == "right" or f"the target is “{target}”" in text


def test_a_yes_no_question_says_its_answer(tmp_path):
    subject = subject_of_data("phones", tmp_path)
    for k in range(4):
        subject.choose(k)
        (note,) = [note for note in subject.step_named("L").notes if note.kind in ("right", "wrong")]
        answer = int(subject.run.h[-1][0] > 0.5)
        assert f"says “like = {answer}”" in pretty(note.text)


@pytest.mark.parametrize("form", ["text", "markdown", "latex"])
def test_names_stand_in_every_format(form, tmp_path):
    text = document(subject_of_data("iris", tmp_path), form)
    for name in ("petal width", "versicolor"):
        assert text.count(name) >= 2
    assert "⟪" not in text
    record = json.loads(document(subject_of_data("iris", tmp_path), "json"))
    assert record["steps"][0]["names"][0].startswith("sepal length")
    assert "⟪" not in json.dumps([[step["notes"], step["substituted"]] for step in record["steps"]], ensure_ascii=False)


def test_a_lesson_s_declared_names_are_used():
    subject = subject_of(load_lesson("f3"))
    assert pretty(subject.step_named("F0").substituted((0,))) == "area = x₁ = 850"
    assert pretty(subject.step_named("F2h").substituted((0,))).startswith("rent: ŷ₁ = ")
    assert pretty(subject.step_named("B1W").substituted((1, 0))).startswith("from area: ∂L/∂w₁₂₁ = ")
    assert "area" in next(note.text for note in subject.step_named("F0").notes if note.kind == "unscaled input")


def test_letters_of_a_name_are_no_symbols():
    text = "⟪a_1 in h_2 & a^b⟫: a_1 = h_0"
    assert renamed(text, True) == "⟪a_1 in h_2 & a^b⟫: z_1 = a_0"
    assert pretty(text) == "a_1 in h_2 & a^b: a₁ = h₀"
    assert latex(text).startswith(r"\text{a\_1 in h\_2 \& a\^{}b}")


def test_the_names_stand_beside_the_numbers_of_the_screen(tmp_path):
    subject = subject_of_data("iris", tmp_path)
    at = [step.id for step in subject.steps].index(f"F{subject.network.layers} h")
    lines = draw_step(subject.steps, Look(at, units=(0,) * (subject.network.layers + 1)), 70, 36).lines()
    for name, value in zip(("setosa", "versicolor", "virginica"), subject.run.h[-1], strict=True):
        assert any(re.match(rf"{name}\s+[⎡⎢⎣] {Number().text(value)}", line) for line in lines)


def test_data_without_columns_has_its_names_alone():
    data = datasets.load("iris", offline=True)
    subject = dataset_subject(data, hidden=(3,))
    network = Network((4, 3, 3), seed=0)
    assert subject.network.sizes == network.sizes
    assert subject.meaning.inputs[0].name == data.feature_names[0]
    assert [one.name for one in subject.meaning.outputs] == list(data.class_names)


@pytest.mark.parametrize("width", [32, 46, 72])
def test_the_units_of_the_diagram_are_called_by_their_classes_and_features(width, tmp_path):
    subject = subject_of_data("iris", tmp_path)
    for at, step in enumerate(subject.steps):
        look = Look(at, units=(1, 0, 2))
        text = "\n".join(draw_network(subject.run, step, look, width, 34).lines())
        assert "virginica" in text or step.phase in "LV" or step.id == "B2 h" or (step.layer < 2 and width < 46), (
            step.id
        )
        assert "sepal wi" in text or step.layer != 1 or step.phase in "LV" or step.id[2:] in (" h", " a", " b"), step.id


def test_the_ten_outputs_of_digits_are_labelled_at_any_width(tmp_path):
    subject = subject_of_data("digits", tmp_path)
    step = subject.step_named("F3h")
    for width, height in ((32, 22), (46, 36), (72, 54)):
        grid = draw_network(subject.run, step, Look(7, units=(0, 0, 0, 0)), width, height, False, (8, 8))
        labels = [line.rstrip()[-1] for line in grid.lines()[2:] if re.search(r"\d +\d *$", line)]
        assert labels == list("0123456789")


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(4, 3), (4, 16, 3), (5, 12, 8, 2), (3, 9, 9, 9, 4)])
def test_a_figure_under_a_layer_is_whole_or_not_there(sizes):
    """Every number in the two rows below the units reads as the norm, or the share, of some layer."""
    network = Network(sizes, "tanh", seed=1, dtype=np.float64)
    steps = explain(network, np.linspace(-1, 1, sizes[0]), np.eye(sizes[-1])[0], "cross_entropy")
    p = run_pass(network, np.linspace(-1, 1, sizes[0]), np.eye(sizes[-1])[0], LOSSES["cross_entropy"])
    layers = range(1, p.layers + 1)
    norms = [np.linalg.norm(p.delta[i]) for i in layers]
    shares = [np.linalg.norm(p.network.dW[i]) / np.linalg.norm(p.network.W[i]) for i in layers]
    seen = 0
    for width in range(14, 80):
        lines = draw_network(p, steps[-1], Look(len(steps) - 1, units=(0,) * len(sizes)), width, 30).lines()
        for row, wanted in ((28, norms), (27, shares)):
            found = re.sub(r"[δ∇W]?[₀-₉]|[‖δ∇W/]", " ", lines[row]).split()
            texts = {Number(digits).text(value) for value in wanted for digits in (2, 3)}
            assert set(found) <= texts, (width, lines[row])
            seen += len(found)
    assert seen > 100


@pytest.mark.parametrize("width", range(1, 9))
def test_a_number_on_a_unit_is_never_cut(width):
    for value in (0.0, 1.0, -0.07119, 123.456, -1.2e-7, 0.99996, -12345.678, 3e-300):
        text = fitted(value, Number(), width)
        assert len(text) <= width
        if text != "•":
            read = float(text.replace("−", "-"))
            assert read == pytest.approx(value, rel=0.5)


def test_a_weight_s_card_says_what_is_at_its_ends():
    subject = subject_of(load_lesson("f3"))
    look = Look(units=(0, 0, 0))
    assert card(subject, 1, "W", (0, 1), look)[0] == "w₁₁₂ = 0.25   from bedrooms"
    assert card(subject, 2, "W", (0, 0), look)[0].endswith("   to rent")
    assert card(subject, 1, "b", (0,), look)[0] == "b₁₁ = 0"


def test_a_batch_is_made_of_what_stood_in_the_data(tmp_path):
    """Three students with all their hours: scaled by the means and deviations of the eight in the lecture's table."""
    table = np.array([[12, 6, 78], [22, 6.5, 24], [115, 4, 100], [31, 9, 67], [0, 10, 58], [5, 8, 78], [92, 6, 82],
                      [57, 8, 91]])  # fmt: skip
    batch = batches_of(subject_of_data("student-exam", tmp_path), "3")
    step = batch.step_named("F0")
    assert [operand.name for operand in step.operands] == ["raw", "offset", "scale"]
    raw, offset, scale = (operand.value for operand in step.operands)
    assert {tuple(row) for row in raw.tolist()} <= {tuple(row) for row in table.tolist()}
    np.testing.assert_allclose(offset, table.mean(axis=0))
    np.testing.assert_allclose(scale, table.std(axis=0))
    np.testing.assert_allclose(step.result.value, (raw - table.mean(axis=0)) / table.std(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(step.evaluate(), step.result.value)
    r = raw[:, 0].tolist().index(12)
    assert pretty(step.substituted((r, 0))).endswith("= (12 − 41.75)/39.7 = −0.7494")
    text = document(batch, "text", "F0")
    assert "quiz %: " in text
    assert "columns: 1 study hours, 2 sleep hours, 3 quiz %" in text
    grid = str(draw_step(batch.steps, Look(0), 60, 30))
    assert " study hours  sleep hours  quiz %" in grid


def test_a_batch_of_a_regression_is_answered_in_its_own_unit(tmp_path):
    exam = np.array([93, 68, 95, 75, 51, 60, 89, 97])
    batch = batches_of(subject_of_data("student-exam", tmp_path), "2")
    (note,) = [note for note in batch.step_named("F2h").notes if note.kind == "unit"]
    answers = [Number(4).text(float(v) * exam.std() + exam.mean()) for v in batch.run.h[-1][:, 0]]
    first, second = (round(float(v) * exam.std() + exam.mean()) for v in batch.run.y[:, 0])
    said = f"row 1 {answers[0]} %, target {first} %; row 2 {answers[1]} %, target {second} %"
    assert pretty(note.text).endswith(f"exam % (ŷ·scale + offset): {said}.")
    assert {first, second} <= set(exam)


def test_raw_values_of_a_batch_of_pictures_are_whole_numbers():
    pixels = np.random.default_rng(0).integers(0, 17, (3, 64)).astype(float)  # as digits has them
    x = (pixels / 16).astype(np.float32).astype(float)
    np.testing.assert_array_equal(raw_values(x, np.zeros(64), np.full(64, 16.0)), pixels)
