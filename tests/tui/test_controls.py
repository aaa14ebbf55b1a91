"""Controls: what is listed, how values go up and down, what is asked for, and where a refusal is said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnn_tui.experiments.as_command import as_command
from dnn_tui.experiments.changing.changed import changed
from dnn_tui.mlp import TrainingConfig
from dnn_tui.mlp.events import Alert, RunStarted
from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
from dnn_tui.runs.state import RunState
from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.controls.columns import named_column
from dnn_tui.tui.controls.control import Control, control_of
from dnn_tui.tui.controls.lines import LESS, MORE, lines_of, span_at
from dnn_tui.tui.controls.listing import rows_of
from dnn_tui.tui.controls.stepping import next_number, next_of
from dnn_tui.tui.drawing.layout import Rectangle
from dnn_tui.tui.drawing.play_layout import arrange_play
from dnn_tui.tui.panels.bars import shortened
from dnn_tui.tui.panels.network_parts import alike
from dnn_tui.tui.sessions.answers import Answers
from dnn_tui.tui.sessions.moment import Look

CIRCLE = RunConfig(
    DatasetConfig("circle", 0.5, options={"noise": 0.1, "samples": 500}),
    NetworkConfig((4, 2), ("tanh", "relu")),
    TrainingConfig(optimizer="sgd", lr=0.03, batch_size=10, momentum=0.9),
)
TOLD = {"train": 250, "validation": 250}, {"activations": ["tanh", "relu", "sigmoid"]}
NAMES = ["topology", "curves", "surface", "confusion", "samples", "layers", "log", "controls"]


def rows(config=CIRCLE):
    return rows_of(config, *TOLD, False)


@pytest.mark.parametrize(
    ("key", "by", "asked"),
    [
        ("noise", 1, "noise=0.15"),
        ("noise", -2, "noise=0"),
        ("samples", 1, "samples=550"),
        ("train_share", 1, "validation=0.4"),
        ("lr", 1, "lr=0.1"),
        ("lr", -1, "lr=0.01"),
        ("l2", 1, "l2=0.0001"),
        ("l2", -1, ""),
        ("batch_size", 1, "batch_size=30"),
        ("momentum", 1, "momentum=1"),
        ("units 1", 1, "units layer=1 units=5"),
        ("activation 2", 1, "activation=tanh,leaky_relu"),
        ("optimizer", -1, None),
        ("data", 1, "data=xor"),
    ],
)
def test_each_step_asks_for_a_change_that_is_understood(key, by, asked):
    text = control_of(rows(), key).stepped(by)
    assert asked is None or text == asked
    if text:
        assert changed(CIRCLE, text) != CIRCLE


def test_a_button_or_switch_asks_for_a_change_that_is_understood():
    for row in rows():
        for control in row.controls:
            if control.kind in ("do", "switch") and control.change and control.change != "reset":
                assert changed(CIRCLE, control.change) != CIRCLE, control.key


def test_inputs_are_switched_one_by_one():
    on = changed(CIRCLE, control_of(rows(), "input x1^2").change)
    assert on.dataset.options["inputs"] == "x1,x2,x1^2"
    off = changed(on, control_of(rows(on), "input x1").change)
    assert off.dataset.options["inputs"] == "x2,x1^2"


def test_data_that_is_no_plane_has_no_such_inputs():
    iris = replace(CIRCLE, dataset=DatasetConfig("iris"))
    assert control_of(rows(iris), "inputs") is None
    assert control_of(rows(iris), "noise") is None
    assert control_of(rows(), "momentum").value == "0.9"
    assert control_of(rows(), "beta1") is None


def test_a_typed_value_becomes_the_change():
    assert control_of(rows(), "lr").asked(" 2e-3 ") == "lr=2e-3"
    assert control_of(rows(), "train_share").asked("0.75") == "validation=0.25"
    with pytest.raises(ValueError, match="could not"):
        control_of(rows(), "train_share").asked("most")


@given(st.floats(1e-6, 10), st.integers(-3, 3))
def test_steps_of_a_factor_stay_in_range_and_go_the_right_way(value, by):
    further = next_number(value, by, 0, 10, "log")
    assert 0 <= further <= 10
    assert (further - value) * by >= 0


def test_steps_go_over_round_numbers():
    up = [0.0]
    for _ in range(5):
        up.append(next_number(up[-1], 1, 0, 1, "log"))
    assert up == [0, 0.0001, 0.0003, 0.001, 0.003, 0.01]
    assert next_number(0.12, 1, 0, 0.5, step=0.05) == 0.15
    assert next_number(0.5, 1, 0, 0.5, step=0.05) == 0.5
    assert [next_of(("a", "b"), "b", 1), next_of(("a", "b"), "other", 1)] == ["a", "a"]


def test_a_click_on_an_arrow_is_told_from_one_on_the_value():
    control = Control("lr", "η", "0.03", "number", "")
    (line,) = lines_of([type(rows()[0])((control,))], 30, "lr", None, {})
    text = "".join(span.text for span in line)
    assert text.endswith("‹ 0.03 ›")
    assert span_at(line, 22).does == LESS
    assert span_at(line, 29).does == MORE
    assert span_at(line, 10).key == "lr"


@pytest.mark.parametrize("width", [18, 24, 36])
def test_no_line_is_wider_than_its_column(width):
    wrong = {"lr": "The learning rate must be above 0, not -1, and this sentence goes on for quite a while yet."}
    for editing in (None, "a value that is being typed and is much too long for its place"):
        for line in lines_of(rows(), width, "lr", editing, wrong):
            assert all(span.x >= 0 and span.end <= width for span in line)


@pytest.mark.parametrize("size", [(1, 1), (40, 12), (59, 20), (80, 24), (100, 30), (120, 40), (200, 60)])
@pytest.mark.parametrize("main", ["controls", "confusion", "surface"])
def test_panels_of_the_play_layout_fill_the_screen_and_do_not_overlap(size, main):
    places = arrange_play(*size, NAMES, main)
    taken = set()
    for x, y, width, height in places.values():
        cells = {(i, j) for i in range(x, x + width) for j in range(y, y + height)}
        assert not cells & taken
        taken |= cells
    assert max(taken, default=(0, 0)) < size
    if size[0] >= 60:
        assert main in places
        assert len(taken) >= size[0] * (size[1] - 1)  # a bar may be shorter than its row
        assert places["controls"].height > places["topology"].height
    assert isinstance(places.get("keys", Rectangle(0, 0, 0, 0)), Rectangle)


def test_the_command_of_a_state():
    assert as_command(CIRCLE) == (
        "dnn-tui play circle --noise 0.1 --samples 500 --val 0.5 --hidden 4,2 --activation tanh,relu --optimizer sgd"
        " --lr 0.03 --epochs 10 --pace 0 --momentum 0.9"
    )
    others = as_command(changed(CIRCLE, "regenerate seed=7; point x1=1 x2=-1 class=1; unpoint x1=2 x2=2"))
    assert " --points 1:-1=1 --points 2:2=gone --data-seed 7 " in others
    assert as_command(RunConfig(DatasetConfig("formula", options={"formula": "x1 > x2"}))).startswith(
        "dnn-tui play --formula 'x1 > x2'"
    )


class Changeable:
    """A session that says yes to everything; what it was asked for is kept."""

    title, readonly, local, error = "played", False, False, None

    def __init__(self):
        self.state, self.sent, self.answers = RunState(), [], Answers()
        self.begin(CIRCLE)

    def begin(self, config):
        data, network = TOLD
        told = {"name": "circle", "task": "binary", "features": 2, **data}
        self.state.apply(RunStarted(0.0, "r", told, network, {"epochs": 5}, {}, 0, config=config.to_dict()))

    def send(self, command):
        self.sent.append((command.name, command.value))

    def start(self):
        pass

    def close(self):
        pass


async def test_controls_are_used_by_keyboard_and_mouse_and_say_what_is_refused():
    session = Changeable()
    app = DnnApp(session, play=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        screen = app.screen
        panel = screen.get_panel("controls")
        assert session.sent == [("stay", 1)]
        assert app.focused is panel
        await pilot.press("down", "right")
        assert session.sent[-1] == ("change", "noise=0.15")
        await pilot.press("enter", "backspace", "backspace", "backspace", "4", "enter")  # 0.1 → 4
        assert session.sent[-1] == ("change", "noise=4")  # how much is too much, the data knows
        session.state.apply(Alert(0.0, 0, "refused", "info", "Not changed: The noise goes from 0 to 0.5, not 4."))
        screen.frame()
        assert "The noise goes from 0 to" in panel.text()
        panel.at = "lr"
        await pilot.press("enter", *["backspace"] * 4, "q", "enter")
        assert "'q' is no learning rate" in " ".join(panel.text().split())
        assert len(session.sent) == 3
        line = next(y for y, text in enumerate(panel.text().splitlines()) if "x₁²" in text)
        column = panel.text().splitlines()[line].index("x₁²")
        await pilot.click(panel, offset=(column + 1, line + 1))
        assert session.sent[-1] == ("change", "inputs=x1,x2,x1^2")
        await pilot.press("u", "U")
        assert [name for name, _ in session.sent[-2:]] == ["undo", "redo"]
        await pilot.press("y")
        shown = app.screen.query("Static")
        assert any("dnn-tui play circle --noise 0.1" in str(one.render()) for one in shown)
        await pilot.press("escape", "p")
        assert session.sent[-1] == ("stay", 0.0)
        assert screen.here == "topology"
        assert screen.look == Look()


def test_columns_of_a_table_are_switched_one_by_one():
    told = {"feature_names": ["sepal length", "sepal width", "petal length", "petal width"]}
    iris = replace(CIRCLE, dataset=DatasetConfig("iris"))

    def switch(config, names, key):
        return control_of(rows_of(config, {"feature_names": names}, TOLD[1], False), key)

    fewer = changed(iris, switch(iris, told["feature_names"], "column sepal width").change)
    assert fewer.dataset.options["drop"] == ["sepal width"]
    left = [name for name in told["feature_names"] if name != "sepal width"]
    assert not switch(fewer, left, "column sepal width").on
    again = changed(fewer, switch(fewer, left, "column sepal width").change)
    assert not again.dataset.options.get("drop")


async def test_points_come_and_go_by_clicks_and_by_the_cursor(make_session):
    session = make_session("plane")
    session.advance(2)
    session.state.started = replace(session.state.started, config=CIRCLE.to_dict())
    app = DnnApp(session, play=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.frame()
        surface = app.screen.get_panel("surface")
        lines = surface.text().splitlines()
        marks = ((y, x) for y, line in enumerate(lines[:-2]) for x, sign in enumerate(line) if sign in "•◦")
        y, x = next(mark for mark in marks if mark[1] > 6)
        await pilot.click(surface, offset=(x + 1, y + 1))
        assert session.sent[-1].value.startswith("unpoint x1=")
        await pilot.press("3", "c", "up", "a")
        text = session.sent[-1].value
        assert text.startswith("point x1=")
        assert text.endswith("class=0")
        await pilot.press("t", "g")
        assert app.screen.look.tests
        assert app.screen.look.discrete
        assert "×" in surface.text()
        at = dict(part.split("=") for part in text.split()[1:])
        low, high = session.state.snapshot.surface.x2
        assert low - 0.01 <= float(at["x2"]) <= high + 0.01  # it is told to four digits


def test_one_of_many_columns_is_chosen_by_its_name_and_switched():
    names = [f"gene {k} level" for k in range(40)]
    table = replace(CIRCLE, dataset=DatasetConfig("iris"))

    def found(config, names, key, column=""):
        return control_of(rows_of(config, {"feature_names": names}, TOLD[1], False, column), key)

    pick = found(table, names, "column")
    assert pick.choices == tuple(names)
    assert [named_column(pick.choices, typed) for typed in ("GENE 7 level", "gene 1", "9 lev", "", "none")] == [
        "gene 7 level", "gene 1 level", "gene 9 level", "", ""
    ]  # fmt: skip
    fewer = changed(table, found(table, names, "column it", "gene 17 level").change)
    assert fewer.dataset.options["drop"] == ["gene 17 level"]
    left = [name for name in names if name != "gene 17 level"]
    assert not found(fewer, left, "column it", "gene 17 level").on
    assert found(fewer, left, "left out").value == "gene 17 level"
    assert not changed(fewer, found(fewer, left, "column it", "gene 17 level").change).dataset.options.get("drop")


def asked_for(session):
    """The change that was asked for last."""
    return [command.value for command in session.sent if command.name == "change"][-1]


async def test_the_unit_looked_at_is_taken_out_by_its_key_and_by_a_click(make_session):
    session = make_session("plane")
    session.advance(2)
    session.state.started = replace(
        session.state.started, config=replace(CIRCLE, dataset=DatasetConfig("plane")).to_dict()
    )
    app = DnnApp(session, play=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.screen.frame()
        network = app.screen.get_panel("topology")
        await pilot.press("1", "right", "down", "x")
        assert asked_for(session) == "remove layer=1 unit=1"
        assert app.screen.look.unit == (1, 0)
        app.screen.frame()
        actions = network.text().splitlines()[-1]
        for word, asked in (
            ("−unit", "remove layer=1 unit=0"),
            ("+unit", "units layer=1 units=5"),
            ("freeze", "freeze layer=1"),
        ):
            await pilot.click(network, offset=(actions.index(word) + 2, network.outer_size.height - 2))
            assert asked_for(session) == asked


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (30, ["Network", "Curves", "Hidden space"]),
        (19, ["Network", "Curves", "Hidden"]),
        (9, ["Net", "Cur", "Hid"]),
        (8, ["", "", ""]),
    ],
)
def test_names_of_panels_are_cut_alike_before_they_go(room, shown):
    assert shortened(["Network", "Curves", "Hidden space"], room) == shown


def test_names_of_panels_never_take_more_than_there_is_nor_end_within_a_further_word():
    names = ["Network", "Curves", "Confusion", "Mistakes", "Layers", "Log", "Hidden space", "Controls"]
    for room in range(60):
        short = shortened(names, room)
        assert sum(map(len, short)) <= room, room
        assert short[6] in ("", "Hid", "Hidd", "Hidde", "Hidden", "Hidden space"), room


def test_captions_of_layers_are_all_long_or_all_short():
    texts = [("input 64", "64"), ("relu 128", "128"), ("softmax 10", "10")]
    assert alike(texts, [12, 12, 12], [4, 18, 40], 60) == ["input 64", "relu 128", "softmax 10"]
    assert alike(texts, [12, 12, 9], [4, 18, 40], 60) == ["64", "128", "10"]
