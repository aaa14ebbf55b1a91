"""The training form: what it asks, the command it gives, what it says of the data; driven by keys; a real terminal."""

import shlex
from base64 import b64encode
from functools import cache

import pytest
import typer.main
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from terminal import DNN_TUI, Terminal
from textual.widgets import Input

from dnn_tui.mlp.settings import SETTINGS
from dnn_tui.tui.cli import app as program
from dnn_tui.tui.commands.data_options import DATA_OPTIONS
from dnn_tui.tui.commands.setting_options import NEGATED, parameter_name
from dnn_tui.tui.door.app import DoorApp
from dnn_tui.tui.door.fields import FIRST, command, field, fields, given, refusals, written
from dnn_tui.tui.door.form import Command, Names
from dnn_tui.tui.door.place import Place
from dnn_tui.tui.door.preview import Preview, Previewer
from dnn_tui.tui.door.previewed import previewed, table
from dnn_tui.tui.drawing.theme import FULL, NONE

PATIENTS = """name,age,sex,score,label
Ann,34,f,1.5,ill
Bob,51,m,2.5,well
Cid,29,m,0.3,ill
Dan,45,m,7.1,well
Eva,61,f,4.2,ill
Fay,38,f,3.9,well
Gus,72,m,,ill
Hal,55,m,2.2,well
Ida,47,f,6.6,ill
Jon,33,m,5.0,well
"""


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    for name in ("DNN_TUI_RUNS", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("DNN_TUI_DATA", raising=False)


@pytest.fixture
def patients(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text(PATIENTS, encoding="utf-8")
    return str(path)


# ---- what it asks


def test_it_asks_for_every_setting_and_every_data_option_once():
    names = [entry.name for entry in fields()]
    assert sorted(names) == sorted(["data", "recipe", *SETTINGS, *DATA_OPTIONS])
    assert names[2 : 2 + len(FIRST)] == list(FIRST)


@cache
def train_command():
    return typer.main.get_command(program).commands["train"]


def parsed(words):
    """What the command line itself reads: parameters by name."""
    return train_command().make_context("train", list(words[1:])).params


def texts_of(entry):
    """Texts that a field takes, drawn from its setting's range."""
    if entry.names and not entry.several:
        return st.sampled_from(entry.choices)
    if entry.kind is bool:
        return st.sampled_from(["yes", "no"])
    if entry.kind is tuple and entry.items is int:
        return st.lists(st.integers(1, 300), min_size=1, max_size=3).map(lambda sizes: ",".join(map(str, sizes)))
    if entry.several or entry.kind is tuple:
        return st.just("tanh" if entry.several else "1,2.5")
    low = max(entry.low, 0) + (0.25 if entry.closed == "neither" else 0)
    number = st.integers(1, 9) if entry.kind is int else st.floats(low, min(entry.high, 9) - 0.125)
    return number.map(str)


@settings(max_examples=10)
@examples(
    st.fixed_dictionaries({}, optional={name: texts_of(entry) for name, entry in SETTINGS.items()}),
    st.fixed_dictionaries({}, optional={
        "val": st.floats(0.01, 0.9).map(str), "target": st.just('label, "a, b"'), "drop": st.just("-x"),
        "samples": st.integers(10, 900).map(str), "noise": st.floats(0.01, 1).map(str), "unit": st.just("k€ --a"),
    }),
)  # fmt: skip
def test_the_command_line_reads_in_the_forms_command_what_the_form_does(chosen, data):
    values = {"data": "my own.csv", **chosen, **data}
    assert refusals(values) == {}
    read, ours = parsed(command(values)), given(values)
    assert read["data"] == "my own.csv"
    for name, value in ours.settings.items():
        theirs = read[parameter_name(SETTINGS[name])]
        if isinstance(value, bool) and theirs is None:
            assert value is False, name
            assert name not in NEGATED
        else:
            assert theirs == value or SETTINGS[name].parse(str(theirs)) == value, name
    wished = {
        name: list(value) if isinstance(value, tuple) else value for name in DATA_OPTIONS if (value := read[name])
    }
    wished = {("validation" if name == "val" else name): value for name, value in wished.items()}
    assert wished == ours.wished


def test_the_command_is_written_as_a_shell_reads_it():
    values = {"data": "my own.csv", "formula": "", "lr": " 0.01 ", "shuffle": "no", "nesterov": "no", "drop": "-x"}
    assert written(values) == "dnn-tui train 'my own.csv' --lr 0.01 --drop=-x --no-shuffle"
    assert shlex.split(written(values))[1:] == command(values)


@pytest.mark.parametrize(("name", "text", "says"), [
    ("lr", "fast", "'fast' is no learning rate: give a number above 0."),
    ("hidden", "8,,", "'8,,' is no list of layer sizes"),
    ("epochs", "0", "'0' is no number of epochs"),
    ("recipe", "overfi", "did you mean overfit?"),
    ("val", "1.5", "is no share of the rows"),
    ("noise", "-1", "-1 is out of range: give at least 0."),
    ("samples", "many", "'many' is no number."),
    ("optimizer", "adm", "There is no optimizer 'adm'"),
    ("nesterov", "perhaps", "'perhaps' is no nesterov: give yes or no."),
])  # fmt: skip
def test_what_is_wrong_with_a_field_is_said_in_one_sentence(name, text, says):
    found = refusals({"data": "digits", name: text})
    assert list(found) == [name]
    assert says in found[name]


def test_data_and_a_formula_are_not_taken_together():
    assert "instead of the data" in refusals({"data": "digits", "formula": "x1 > 0"})["formula"]


def test_about_a_field_the_setting_itself_says_what_it_does_and_may_be():
    assert field("lr").about == "η  The learning rate. A number above 0."


# ---- what it says of the data


def preview(**values) -> Preview:
    return Previewer().preview(values)


def test_of_digits_it_says_what_is_trained_with_what():
    found = preview(data="digits")
    assert found.problem == ""
    assert found.network == "64-128-64-10, 17,226 weights and biases"  # 65·128 + 129·64 + 65·10
    assert [name for name, _ in found.pictures] == list("0123456789")
    assert (found.usual["hidden"], found.usual["lr"]) == ("128,64", "0.002")
    assert "momentum" not in found.usual  # which adam does not have


def test_of_a_table_it_shows_rows_in_their_own_units_and_what_is_done_to_each_column(patients):
    found = preview(data=patients, target="label", drop="name")
    assert found.problem == ""
    assert found.header == ("age", "sex", "score", "label")
    rows = {row[0]: row for row in found.rows}
    lines = {line.split(",")[1]: line.split(",") for line in PATIENTS.split("\n")[1:-1]}
    for age, row in rows.items():
        _, _, sex, score, label = lines[age]
        assert row[1:] == (sex, score.removesuffix(".0") or "–", label)
    said = " ".join(found.done)
    assert "age: number" in said
    assert "sex: category" in said
    assert "1 missing" in said


@pytest.mark.parametrize(("values", "where", "says"), [
    ({"data": "moon"}, "data", "did you mean 'moons'?"),
    ({"formula": "sin(x1) >"}, "formula", "cannot be read"),
    ({}, "data", "Name the data"),
    ({"data": "digits", "momentum": "0.5"}, "", "The optimizer adam has no momentum"),
    ({"data": "digits", "noise": "0.1"}, "noise", "digits has no --noise"),
])  # fmt: skip
def test_what_train_would_refuse_is_refused_with_the_field_to_blame(values, where, says):
    found = preview(**values)
    assert says in found.problem
    assert found.where == where


def test_a_table_without_a_target_blames_the_target(patients):
    found = preview(data=patients)
    assert found.where == "target"
    assert "label" in found.problem


def test_data_that_is_not_here_yet_is_said_to_be_fetched_and_is_not():
    found = preview(data="mnist")
    assert found.problem == ""
    assert found.done == ("It is not here yet: training begins by fetching 12 MB.",)
    assert found.usual["hidden"] == "256,128"


def test_a_network_too_large_to_be_tried_out_is_not_built():
    found = preview(data="digits", hidden="100000,100000")
    assert found.network == "64-100000-100000-10, 10,007,600,010 weights and biases"


def test_a_recipe_brings_its_data_where_none_is_named():
    assert preview(recipe="overfit").usual["hidden"] == "128,128"


@pytest.mark.parametrize("width", [20, 40, 90])
def test_a_table_shows_as_many_columns_as_fit_and_the_answer_always(width):
    header = (*(f"column {k}" for k in range(9)), "label")
    text = table(header, [(*["1.5"] * 9, "ill")], width, FULL)
    lines = text.plain.split("\n")
    assert all(len(line) <= width for line in lines[:2])
    assert lines[0].endswith("label")
    assert lines[1].endswith("ill")
    shown = lines[0].count("column")
    assert lines[2] == ("" if shown == 9 else f"and {9 - shown} column{'s' if shown < 8 else ''} more")


@pytest.mark.parametrize("palette", [FULL, NONE], ids=["colour", "none"])
@pytest.mark.parametrize("data", ["digits", "circle", "iris", "diabetes"])
def test_every_kind_of_data_can_be_looked_at(data, palette):
    text = previewed(preview(data=data), 40, 20, palette).plain
    assert "Network" in text
    assert max(map(len, text.split("\n\n")[1].split("\n"))) <= 40


# ---- driven by keys


async def settled(pilot, until):
    for _ in range(300):
        await pilot.pause(0.02)
        if until():
            return
    raise AssertionError("it did not come to that")


async def type_into(pilot, name, text):
    box = pilot.app.screen.query_one(f"#{name}", Input)
    box.focus()
    box.value = text
    await pilot.pause()


def shown(app, name) -> str:
    return str(app.screen.query_one(f"#{name}").content)


async def test_two_keys_from_the_door_to_digits():
    app = DoorApp(Place(), ("train",))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t", "enter")
        await pilot.pause()
    assert app.chosen == ["train", "digits"]


@pytest.mark.slow
async def test_the_form_is_checked_as_one_types_and_leads_to_what_is_wrong(patients):
    app = DoorApp(Place(screen="train"), ("train",))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, lambda: app.screen.preview.usual)
        assert app.screen.query_one("#lr", Input).placeholder == "0.002"
        await type_into(pilot, "lr", "fast")
        await settled(pilot, lambda: "✗ lr: 'fast' is no learning rate" in shown(app, "about"))
        await pilot.press("enter", "enter")  # out of the field, then train: which leads to the field
        assert app.screen.focused.id == "lr"
        await type_into(pilot, "lr", "0.5")
        assert "dnn-tui train digits --lr 0.5" in shown(app, "command")
        await type_into(pilot, "data", patients)
        await settled(pilot, lambda: app.screen.preview.where == "target")
        await settled(pilot, lambda: len(app.screen.query("#target")))  # its group has unfolded
        await type_into(pilot, "target", "label")
        await settled(pilot, lambda: "sex: category" in " ".join(app.screen.preview.done))
        copied = []
        app.copy_to_clipboard = copied.append
        await pilot.press("ctrl+y")
        assert shlex.split(copied[0]) == ["dnn-tui", "train", patients, "--lr", "0.5", "--target", "label"]
        assert isinstance(app.screen.focused, Command)
        await pilot.press("y")
        assert copied[1:] == copied[:1]
        await pilot.press("enter")
        await pilot.pause()
    assert app.chosen == ["train", patients, "--lr", "0.5", "--target", "label"]
    assert app.place.form["lr"] == "0.5"  # it stands there when one comes back


async def test_headings_unfold_and_arrows_go_through_what_is_seen():
    app = DoorApp(Place(screen="train"), ("train",))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("up")
        assert app.screen.focused.group == "Augmentation of images"
        await pilot.press("space", "down", *"2", "up", "space")
        assert "--augment-shift 2" in shown(app, "command")
        await pilot.press("down")
        assert isinstance(app.screen.focused, Command)  # folded again: its fields are no stops
        await pilot.press("ctrl+r")
        assert shown(app, "command") == "$ dnn-tui train digits"


async def test_a_name_or_a_file_is_completed(tmp_path, patients):
    assert await Names(lambda: ("digits", "diabetes"), True).get_suggestion("di") == "digits"
    assert await Names(lambda: (), True).get_suggestion(f"{tmp_path}/pat") == patients
    assert await Names(lambda: (), False).get_suggestion(f"{tmp_path}/pat") is None


# ---- a real terminal


@pytest.mark.slow
def test_from_the_door_to_a_training_back_and_out_with_the_terminal_as_it_was(tmp_path):
    terminal = Terminal(DNN_TUI)
    try:
        terminal.wait_for("New here?", 60)
        terminal.press("t\r")
        terminal.wait_for("Space pause", 60)
        terminal.press("q")
        terminal.wait_for("Go back?", 60)
        terminal.press("y")
        terminal.wait_for("dnn-tui train digits", 60)
        terminal.press("y")
        terminal.wait_for("Copied.", 60)
        assert b"\x1b]52;c;" + b64encode(b"dnn-tui train digits") in terminal.written
        terminal.press("\x1b")
        terminal.wait_for("Latest runs", 60)
        terminal.press("q")
        assert terminal.wait(60) == 0
        terminal.assert_restored()
        assert len(list((tmp_path / "DNN_TUI_RUNS").iterdir())) == 1
    finally:
        terminal.close()
