"""A changed run seen by others: each moment with the network and the data it had, live, from disk and by steering."""

import numpy as np
import pytest
from playing import CIRCLE, Driven, started, with_training
from recorded import wait_until

from dnn_tui.mlp import Command
from dnn_tui.mlp.events import Alert, RunStarted
from dnn_tui.runs import control
from dnn_tui.runs.config import RunError
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.state import RunState
from dnn_tui.tui.drawing.theme import FULL
from dnn_tui.tui.panels import PANELS, StatusPanel
from dnn_tui.tui.panels.surface import rows_of
from dnn_tui.tui.panels.window import axis_of, window
from dnn_tui.tui.sessions.moment import Look, Moment
from dnn_tui.tui.sessions.trained import TrainingSession
from dnn_tui.tui.sessions.watched import WatchSession


@pytest.fixture(scope="module")
def state() -> RunState:
    """34 training rows: batches of 8 are 5 steps an epoch, of 17 are 2. Iris has 96: 6 an epoch."""
    driven = Driven(started()).steps(20)
    driven.change("hidden=5; batch_size=17")
    driven.steps(4)
    driven.change("data=iris")
    driven.steps(6)
    state = RunState()
    for event in driven.said:
        state.apply(event)
    return state


def test_each_moment_has_the_network_and_the_data_it_had(state):
    seen = [Moment(state, Look(at=step)) for step in (19, 20, 23, 24, 30)]
    assert [m.network["sizes"] for m in seen] == [[2, 4, 3, 1], [2, 5, 1], [2, 5, 1], [4, 5, 3], [4, 5, 3]]
    assert [m.dataset["name"] for m in seen] == ["circle", "circle", "circle", "iris", "iris"]
    assert [len(m.snapshot.layers) for m in seen] == [4, 3, 3, 3, 3]
    assert [layer.size for layer in seen[3].snapshot.layers] == [4, 5, 3]


def test_what_was_said_of_a_network_is_not_said_again_for_a_change_of_a_rate():
    driven = Driven(started(with_training(epochs=50))).steps(1)
    driven.change("activation=sigmoid; lr=9")
    driven.steps(25)
    for rate in (8, 7, 6):
        driven.change(f"lr={rate}")
        driven.steps(6)
    kinds = [(event.kind, event.layer) for event in driven.said if isinstance(event, Alert)]
    assert kinds
    assert len(kinds) == len(set(kinds))


def test_marks_say_what_was_changed_and_nothing_was_taken_back(state):
    assert state.marks == [(20, "4-3 → 5; B 8 → 17"), (24, "circle → iris")]
    assert state.loss.count == 30
    assert state.starts == []
    assert state.began == state.stretches[0].time < state.stretches[-1].time
    assert not any("Resumed" in entry.text for entry in state.log)


def test_epochs_are_counted_by_the_steps_they_had(state):
    per_epoch = [start.training["steps_per_epoch"] for start in state.stretches]
    rows = [start.dataset["train"] for start in state.stretches]
    assert per_epoch == [-(-rows[0] // 8), -(-rows[1] // 17), -(-rows[2] // 17)]
    first = 20 / per_epoch[0]
    assert state.epochs_by(20) == pytest.approx(first, abs=0.05)
    assert state.epochs_by(22) == pytest.approx(state.epochs_by(20) + 2 / per_epoch[1])
    assert Moment(state, Look(at=10)).epoch_number == 9 // per_epoch[0] + 1
    assert 0 < state.fraction < 0.05


def test_figures_of_other_data_are_not_shown_beside_it(state):
    assert Moment(state, Look(at=23)).epoch.step <= 23
    assert Moment(state, Look(at=24)).epoch is None
    assert Moment(state, Look()).epoch.step == 30


def test_nothing_breaks_between_a_change_and_the_first_picture_after_it():
    driven, state, seen = Driven(started()).steps(7), RunState(), 0
    driven.change("data=iris; hidden=2,2,2")
    driven.change("data=vline; hidden=none")
    for event in driven.said:
        state.apply(event)
        if isinstance(event, RunStarted):
            seen += 1
            moment = Moment(state)
            assert moment.snapshot is None
            for cls in (*PANELS, StatusPanel):
                panel = cls()
                panel.draw(panel.view(moment, 78, 20), 78, 20, FULL)
    assert seen == 3


@pytest.mark.parametrize("size", [(38, 10), (78, 20), (118, 38)])
def test_every_panel_draws_every_moment_of_a_changed_run(state, size):
    for step in (None, 0, 12, 19, 20, 23, 24, 26, 30):
        moment = Moment(state, Look(at=step))
        for cls in (*PANELS, StatusPanel):
            panel = cls()
            view = panel.view(moment, *size)  # also of panels that do not fit this moment: the screen may be late
            assert panel.draw(view, *size, FULL).chars.shape == size[::-1], (cls.NAME, step)


def test_the_epoch_axis_goes_through_every_change(state):
    axis = axis_of(Moment(state))
    for step in (0, 20, 24, 30):
        assert float(axis.at(step)) == pytest.approx(state.epochs_by(step) if step else 0)
    first, last = window(Moment(state))
    assert first == 0
    assert last >= 30


def test_a_watcher_sees_a_change_and_makes_one(tmp_path):
    trainer = started()
    folder = create_run(CIRCLE, tmp_path)
    session, watching = TrainingSession(trainer, folder), WatchSession(folder)
    trainer.send(Command("pace", 50))
    trainer.send(Command("stay", 1))
    session.start()
    watching.start()
    try:
        wait_until(lambda: watching.state.started, 20)
        watching.send(Command("change", "activation=relu"))
        wait_until(lambda: watching.state.marks, 20)
        assert [text for _, text in watching.state.marks] == ["tanh → relu"]
        assert any(control.who().partition(":")[0] in entry.text for entry in watching.state.log)
        watching.send(Command("change", "hidden=0"))
        watching.send(Command("change", "hidden=-1"))
        wait_until(lambda: any(alert.kind == "refused" for alert in watching.state.alerts), 20)
        assert session.error is None
    finally:
        session.close()
        watching.close()
    assert folder.config().network.activations == ()


@pytest.mark.parametrize("value", [None, 3.0, "", "  ", "x" * 5000, "hidden=1\nhidden=2"])
def test_what_is_no_text_is_no_change(value):
    with pytest.raises(RunError, match=r"change"):
        control.check(Command("change", value))


def test_a_change_goes_through_the_control_file_as_it_was_typed(tmp_path):
    folder = create_run(CIRCLE, tmp_path)
    tail = control.ControlTail(folder.control_file)
    control.ask(folder, Command("change", "formula=sin(3*x1) > x2; lr=0.1", "me"))
    control.ask(folder, Command("undo", None, "me"))
    assert tail.read() == [Command("change", "formula=sin(3*x1) > x2; lr=0.1", "me"), Command("undo", None, "me")]


def test_a_weight_set_by_hand_leaves_the_rows_of_the_data_there_are():
    """They are sent with the first picture after each start: looked for there, never with that of other data."""
    driven, state = Driven(started()), RunState()
    driven.change("data=xor")
    driven.steps(2).change("weight layer=1 row=0 column=0 value=0.5")
    driven.steps(1)
    for event in driven.said:
        state.apply(event)
    x = driven.trainer.data.train.x
    points = np.array(rows_of(Moment(state))[0])[:, :2]
    far = np.abs(points[:, None] - x[None]).max(axis=2).min(axis=1)
    assert len(points) == len(x)
    assert far.max() < 0.01  # they are told to three figures
