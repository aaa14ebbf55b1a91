"""The search screen with a person in front of it: keys, the mouse, what is asked of the search, a trial opened."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from searches import AXES, made_up

from dnn_tui.experiments.searching.importance import ImportanceError, answered, asked_of, importance_of
from dnn_tui.experiments.searching.state import Importance, SearchState, Trial
from dnn_tui.runs.config import RunError
from dnn_tui.tui.panels.search import SearchPanel
from dnn_tui.tui.panels.search.parallel import frame_of
from dnn_tui.tui.screens.help import HelpScreen
from dnn_tui.tui.screens.searching import SearchScreen, TrialScreen
from dnn_tui.tui.searching import SearchApp
from dnn_tui.tui.sessions.searched import SearchSession


class Followed:
    """A search whose state a test sets, and which notes what it is asked."""

    def __init__(self, state: SearchState) -> None:
        self.state, self.asked = state, list[str]()
        self.session = SearchSession(lambda: self.state, self.take)
        self.session.start = lambda: None

    def take(self, command: str) -> None:
        if command.startswith("narrow") and "x" in command:
            raise RunError("That is no range.")
        self.asked.append(command)


@pytest.fixture
def followed() -> Followed:
    known = tuple(Importance(axis.name, 0.1, 0.01) for axis in AXES)  # so that no process works it out
    return Followed(made_up(30, seed=5, importance=known))


@pytest.fixture(autouse=True)
def no_process(monkeypatch):
    monkeypatch.setattr(SearchScreen, "_keep_importance", lambda self: None)


def screen_of(app: SearchApp) -> SearchScreen:
    assert isinstance(app.screen, SearchScreen)
    return app.screen


async def test_keys_go_to_panels_select_trials_and_steer_the_search(followed):
    app = SearchApp(followed.session)
    async with app.run_test(size=(120, 40)) as pilot:
        screen, best = screen_of(app), followed.state.leaderboard()
        await pilot.press("down", "down")
        assert screen.sight.trial == best[2].number
        await pilot.press("b", "right", "5")
        assert (screen.sight.trial, screen.sight.setting, screen.here) == (None, 1, "contour")
        assert "hidden →" in screen.query_one("#contour").text()
        await pilot.press("6", "f")
        assert screen.query_one("#importance").has_focus
        assert set(screen.places) == {"importance", "keys"}
        await pilot.press("escape", "space")
        running = next(t.number for t in followed.state.trials if t.state == "running")
        screen.look(trial=running)
        await pilot.press("s", "S", "y", "a", "enter")
        assert followed.asked == ["pause", f"stop {running}", "stop", "add 10"]
        followed.state = replace(followed.state, paused=True)
        followed.session.poll()
        screen.frame_for_key()
        await pilot.press("space")
        assert followed.asked[-1] == "go"
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)


async def test_an_axis_is_brushed_by_keys_and_by_the_mouse_and_the_range_narrowed_to_it(followed):
    app = SearchApp(followed.session)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = screen_of(app)
        await pilot.press("3", "up", "shift+down", "down")
        (brush,) = screen.sight.brushes
        assert (brush.name, brush.low, brush.high) == ("lr", pytest.approx(0.65), pytest.approx(0.85))
        await pilot.press("r")
        assert app.screen.query_one("#answer").value == f"{1e-4 ** (1 - 0.65):.3g}..{1e-4 ** (1 - 0.85):.3g}"
        await pilot.press("end", "x", "enter")
        assert "That is no range." in str(app.screen.query_one("#wrong").render())
        await pilot.press("backspace", "enter")
        assert followed.asked == ["narrow lr 0.0398..0.251"]
        await pilot.press("backspace")
        assert screen.sight.brushes == ()
        panel = screen.query_one("#parallel")
        frame = frame_of(screen.state, *panel.content_size)
        x, y = frame.columns[1] + 1, 1  # inside the border
        await pilot.mouse_down(panel, offset=(x, y + frame.row(1.0)))
        await pilot.hover(panel, offset=(x, y + frame.row(0.5)))
        await pilot.mouse_up(panel, offset=(x, y + frame.row(0.5)))
        (brush,) = screen.sight.brushes
        assert (brush.name, brush.high) == ("hidden", 1.0)
        assert brush.low == pytest.approx(0.5, abs=0.05)
        await pilot.click(panel, offset=(x, y + frame.row(0.2)))
        assert screen.sight.brushes == ()


async def test_a_trial_opens_in_the_watch_screen_and_esc_comes_back(followed, make_session, tmp_path, monkeypatch):
    session = make_session("classes")
    session.advance_to_epoch(1)
    monkeypatch.setattr("dnn_tui.tui.screens.searching.WatchSession", lambda folder, readonly: session)
    best = followed.state.best
    folder = tmp_path / best.run
    folder.mkdir(parents=True)
    app = SearchApp(followed.session, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        assert isinstance(app.screen, SearchScreen)  # it has no run yet
        (folder / "events.jsonl").touch()
        await pilot.press("enter")
        assert isinstance(app.screen, TrialScreen)
        assert "q back" in app.screen.query_one("#keys").text()
        await pilot.press("f", "escape")
        assert isinstance(app.screen, TrialScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, SearchScreen)
        assert session.closed
        await pilot.press("enter", "q")
        assert isinstance(app.screen, SearchScreen)


async def test_what_is_only_looked_at_is_not_steered_and_nothing_new_draws_nothing(followed):
    session = SearchSession(lambda: followed.state)
    session.start = lambda: None
    app = SearchApp(session, Path("nowhere"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = screen_of(app)
        await pilot.press("space", "a", "S", "r")
        assert app.screen is screen
        assert "pause" not in screen.query_one("#keys").text()
        drawn = []
        panel = screen.query_one("#trials")
        panel.paint = lambda grid: drawn.append(grid)
        screen.frame()
        assert drawn == []
        followed.state = replace(followed.state, seconds=99.0)
        session.poll()
        screen.frame()
        assert len(drawn) == 1


async def test_panels_that_take_long_are_drawn_in_turn_where_one_is_first(followed, monkeypatch):
    app = SearchApp(followed.session)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = screen_of(app)
        monkeypatch.setattr(screen, "tick", lambda: None)
        monkeypatch.setattr("dnn_tui.tui.screens.searching.HOLD", 0.0009)
        order = []
        for panel in screen.query(SearchPanel):
            monkeypatch.setattr(panel, "paint", lambda grid, name=panel.NAME: (order.append(name), time.sleep(0.001)))
        screen.here = "parallel"
        await pilot.pause()
        followed.state = replace(followed.state, seconds=77.0)
        followed.session.poll()
        frames = 0
        while frames == 0 or screen._late:
            screen.frame()
            frames += 1
        assert frames >= 4
        assert order.index("parallel") < order.index("trials")
        assert {"trials", "course", "parallel", "slices"} <= set(order)


# ---- importance


def noisy(trials: int, seed: int) -> SearchState:
    """Scores that hang on lr alone, as far as they hang on anything."""
    state = made_up(trials, seed, AXES[:2] + AXES[5:6], ended=True)
    place = AXES[0].places([t.values["lr"] for t in state.trials])
    changed = [Trial(t.number, "complete", t.values, float(p)) for t, p in zip(state.trials, place, strict=True)]
    return replace(state, trials=tuple(changed))


def test_too_few_trials_are_refused_in_one_sentence():
    with pytest.raises(ImportanceError, match="needs 12 complete trials; there are 5"):
        importance_of(noisy(5, 1))


@pytest.mark.slow
def test_what_the_score_hangs_on_explains_nearly_all_of_its_variance():
    pytest.importorskip("optuna")
    pytest.importorskip("sklearn")
    first, *others = importance_of(noisy(30, 2))
    assert first.name == "lr"
    assert first.mean > 0.9
    assert max(one.mean for one in others) < 0.05


def test_the_question_and_the_answer_of_the_process_are_json():
    assert '"lr"' in asked_of(noisy(3, 1))
    assert answered('{"importance": [["lr", 0.5, 0.1]]}') == (Importance("lr", 0.5, 0.1),)
    with pytest.raises(ImportanceError, match="needs 12"):
        answered('{"refused": "Importance needs 12 complete trials; there are 3."}')
    with pytest.raises(ImportanceError, match="ended early"):
        answered("")
