"""`i` on the train screen: pause, look into the pass of the row shown, and come back."""

import numpy as np

from dnn_tui.runs.state import RunState
from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.inspect.live import subject_of_session
from dnn_tui.tui.screens.inspect import InspectScreen
from dnn_tui.tui.screens.train import TrainScreen
from dnn_tui.tui.sessions.answers import Answers


async def until(pilot, condition) -> None:
    for _ in range(200):
        if condition():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not happen")


async def test_i_pauses_and_opens_the_row_shown_and_escape_comes_back(make_session):
    session = make_session("images")
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: session.sent)
        assert [command.name for command in session.sent] == ["pause"]
        session.advance_to_pause()
        await until(pilot, lambda: isinstance(app.screen, InspectScreen))
        subject = app.screen.subject
        assert subject.at == session.state.snapshot.sample.index
        trainer = session.trainer
        expected = trainer.network.predict(np.stack([subject.row.x]))
        np.testing.assert_allclose(subject.run.h[-1], expected[0], rtol=1e-4, atol=1e-6)
        theta = trainer.network.theta.copy()
        await pilot.press("end", "a")
        np.testing.assert_array_equal(trainer.network.theta, theta)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, TrainScreen)


async def test_a_finished_run_is_inspected_without_a_pause(make_session):
    session = make_session("groups", epochs=1)
    session.finish()
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, InspectScreen))
        assert session.sent == []


class Elsewhere:
    """A run on another host: no trainer and no folder here."""

    state, title, readonly, local, error, answers = RunState(), "there", True, False, None, Answers()

    def start(self): ...

    def close(self): ...


async def test_a_run_on_another_host_is_refused_in_a_sentence():
    app = DnnApp(Elsewhere())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: any("another host" in entry.text for entry in app.session.state.log))
        assert isinstance(app.screen, TrainScreen)


async def test_a_recorded_run_is_inspected_from_its_last_checkpoint(tmp_path):
    from dnn_tui.experiments.building import build_trainer, load_data
    from dnn_tui.mlp import TrainingConfig
    from dnn_tui.runs.config import DatasetConfig, NetworkConfig, RunConfig
    from dnn_tui.runs.folder import create_run
    from dnn_tui.runs.recorder import recorded
    from dnn_tui.tui.sessions.watched import WatchSession

    config = RunConfig(
        DatasetConfig("digits"), NetworkConfig((12,), ("tanh",)), TrainingConfig(optimizer="adam", lr=0.01, epochs=1)
    )
    trainer = build_trainer(config, load_data(config))
    folder = create_run(config, tmp_path)
    for _ in recorded(trainer, folder):
        pass
    subject = await subject_of_session(WatchSession(folder))
    np.testing.assert_allclose(subject.network.theta, trainer.network.theta, rtol=1e-6)
    np.testing.assert_allclose(subject.optimizer.m, trainer.optimizer.m, rtol=1e-6)
    assert int(subject.optimizer.t[0]) == int(trainer.optimizer.t[0])
    assert subject.lr == 0.01


async def test_what_a_run_does_beyond_a_plain_pass_is_said(make_session):
    session = make_session("images", epochs=1, l2=0.01, optimizer="adamw", weight_decay=0.1)
    session.finish()
    subject = await subject_of_session(session)
    notes = {step.id: [note.text for note in step.notes if note.kind == "left out"] for step in subject.steps}
    assert notes["L"] == [
        "This run also has an L2 penalty (0.01); one row's pass is explained without; a batch (b) has them."
    ]
    update = next(step for step in subject.steps if step.id == "U1")
    assert "λ θ" in update.equation
    np.testing.assert_allclose(update.evaluate(), update.result.value, rtol=1e-9)
