"""The train screen, driven by keys, on a session that the test steps by hand."""

import time

import pytest

from dnn_tui.mlp.events import Alert
from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.keys import KEYS
from dnn_tui.tui.panels import Panel
from dnn_tui.tui.screens.help import HelpScreen
from dnn_tui.tui.screens.quit import QuitScreen
from dnn_tui.tui.screens.train import TrainScreen

SIZES = [(20, 6), (40, 12), (60, 18), (80, 24), (120, 40), (200, 60), (60, 60), (200, 20), (10, 3), (3, 2)]
KINDS = ("images", "plane", "groups", "table", "regression")


async def settle(pilot) -> None:
    """Until a new layout is made and what it brought in is drawn: each takes a turn of the event loop."""
    for _ in range(12):
        await pilot.pause()


def seen(app) -> list[Panel]:
    return [panel for panel in app.screen.query(Panel) if panel.display]


def whole_and_inside(app, size) -> None:
    """Whether some panel is seen, and each has its place inside the terminal and a title that is not cut."""
    width, height = size
    assert app.screen.size == size
    assert seen(app), size
    for panel in seen(app):
        region = panel.region
        assert region.right <= width, (panel, size)
        assert region.bottom <= height, (panel, size)
        if panel.has_class("boxed") and panel.NAME != "status" and width >= 20:
            assert len(f"{panel.border_title}") <= region.width - 4, (panel, size)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
async def test_any_size_shows_panels_with_whole_titles_inside_the_terminal(make_session, kind):
    session = make_session(kind)
    session.advance_to_epoch(2)
    app = DnnApp(session)
    async with app.run_test(size=SIZES[-1]) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            app.screen.frame(force=True)
            await settle(pilot)
            whole_and_inside(app, size)


@pytest.mark.parametrize("size", [(20, 6), (80, 24)])
async def test_so_does_a_terminal_that_has_its_size_from_the_start(make_session, size):
    session = make_session()
    session.advance_to_epoch(2)
    app = DnnApp(session)
    async with app.run_test(size=size) as pilot:
        app.screen.frame(force=True)
        await settle(pilot)
        whole_and_inside(app, size)


async def test_once_the_run_begins_every_panel_stands_where_it_belongs(make_session):
    session = make_session()  # nothing is known of the run yet when the screen opens
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        session.advance_to_epoch(1)
        app.screen.frame()
        await settle(pilot)
        for panel in seen(app):
            assert tuple(panel.region) == tuple(app.screen.places[panel.NAME]), panel
        assert app.screen.get_panel("topology").region.x == 0


@pytest.mark.parametrize(("key", "command"), [("space", "pause"), ("n", "step"), ("s", "stop")])
async def test_keys_steer_the_run(make_session, key, command):
    session = make_session()
    session.advance(4)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        assert [c.name for c in session.sent] == [command]


async def test_space_resumes_what_is_paused(make_session):
    session = make_session()
    session.advance(3)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        session.advance_to_pause()
        app.screen.frame()
        await pilot.press("space")
        assert [c.name for c in session.sent] == ["pause", "resume"]


@pytest.mark.slow
@pytest.mark.parametrize("size", [pytest.param((120, 40), marks=pytest.mark.slow), (80, 24), (20, 6)])
async def test_growing_and_shrinking_keeps_every_panel_inside(make_session, size):
    session = make_session("plane")
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=size) as pilot:
        for width, height in ((20, 6), (200, 60), (37, 11), (120, 40), size):
            await pilot.resize_terminal(width, height)
            await settle(pilot)
            for panel in seen(app):
                assert panel.region.right <= width
                assert panel.region.bottom <= height


async def test_numbers_and_tab_go_to_panels_and_bring_hidden_ones_in(make_session):
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        assert not app.screen.get_panel("log").display
        await pilot.press("6")
        assert app.screen.get_panel("log").display
        assert app.focused.NAME == "log"
        await pilot.press("tab")
        assert app.focused.NAME == "hidden"
        await pilot.press("tab")
        assert app.focused.NAME == "topology"
        await pilot.press("shift+tab", "shift+tab")
        assert app.focused.NAME == "log"


@pytest.mark.parametrize("key", ["f", "enter"])
async def test_full_screen_and_back(make_session, key):
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3", key)
        assert [panel.NAME for panel in seen(app)] == ["confusion", "keys"]
        assert app.screen.get_panel("confusion").region.width == 120
        await pilot.press("escape")
        assert len(seen(app)) > 5


async def test_quitting_asks_while_training_and_not_after(make_session):
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
        assert isinstance(app.screen, QuitScreen)
        await pilot.press("n")
        assert isinstance(app.screen, TrainScreen)
        await pilot.press("ctrl+c")
        assert isinstance(app.screen, QuitScreen)
        await pilot.press("ctrl+c")
    assert app.return_value == 130


async def test_quitting_a_finished_run_does_not_ask(make_session):
    session = make_session()
    session.finish()
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
    assert app.return_value == 0


async def test_the_help_screen_names_every_key_and_panel(make_session):
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(100, 140)) as pilot:
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.pause()
        text = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        for key in KEYS:
            if not key.action.startswith("panel("):
                assert key.help[:20] in text
        assert "Confusion." in text
        await pilot.press("escape")
        assert isinstance(app.screen, TrainScreen)


async def test_a_viewer_that_may_not_steer_is_not_offered_to(make_session):
    session = make_session()
    session.readonly = True
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("space", "n", "s")
        assert session.sent == []
        assert "pause" not in app.screen.get_panel("keys").text()
        assert "quit" in app.screen.get_panel("keys").text()


async def test_pace_goes_down_and_up_to_full_speed_again(make_session):
    session = make_session()
    session.advance(3)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("minus")
        assert session.sent[-1].value == 1000
        session.state.pace = 1000.0
        await pilot.press("minus")
        assert session.sent[-1].value == 300
        session.state.pace = 1000.0
        await pilot.press("plus")
        assert session.sent[-1].value == 0


async def test_a_frame_without_news_draws_nothing(make_session, monkeypatch):
    session = make_session()
    session.advance_to_epoch(2)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.frame(force=True)
        await settle(pilot)
        painted = []
        monkeypatch.setattr(Panel, "refresh", lambda self, *regions, **more: painted.append(self))
        for _ in range(5):
            app.screen.frame()
            app.screen.frame(force=True)  # even if looked at again, equal views are not painted
        assert painted == []


async def test_only_rows_that_changed_are_painted(make_session, monkeypatch):
    session = make_session()
    session.advance_to_epoch(2)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.frame(force=True)
        await settle(pilot)
        regions = []
        monkeypatch.setattr(Panel, "refresh", lambda self, *some, **more: regions.extend((self.NAME, r) for r in some))
        session.state.lr = 0.5
        session.state.version += 1
        app.screen.frame()
        assert [(name, region.y, region.height) for name, region in regions] == [("status", 1, 1)]


async def test_an_alert_raises_a_banner_with_layer_and_step(make_session):
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        assert not app.screen.get_panel("banner").display
        session.state.apply(Alert(0.0, 77, "nonfinite_loss", "error", "The loss is nan.", 2))
        app.screen.frame()
        await settle(pilot)
        assert "step 77, layer 2" in app.screen.get_panel("banner").text()
        assert app.screen.get_panel("status").region.y == 1


async def test_what_python_prints_goes_to_the_log(make_session):
    session = make_session()
    session.advance(2)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        print("a stray line")
        await pilot.pause()
        assert session.state.log[-1].text == "a stray line"
        assert session.state.log[-1].severity == "output"


async def test_the_log_scrolls_and_follows_again(make_session):
    session = make_session()
    session.advance(2)
    for k in range(60):
        session.state.say(f"line number {k}")
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("6", "f")
        await settle(pilot)
        log = app.screen.get_panel("log")
        assert "line number 59" in log.text()
        await pilot.press("pageup", "pageup", "up")
        assert "line number 59" not in log.text()
        assert "newer" in log.text()
        await pilot.press("end")
        assert "line number 59" in log.text()


async def test_clicks_on_tabs_and_keys_do_what_they_say(make_session):
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        tabs, bar = app.screen.get_panel("tabs"), app.screen.get_panel("keys")
        await pilot.click(tabs, offset=(tabs.text().index("Mistakes"), 0))
        assert app.screen.here == "samples"
        await pilot.click(bar, offset=(bar.text().index("pause"), 0))
        assert session.sent[-1].name == "pause"


async def test_no_color_means_no_colour_and_is_still_readable(make_session, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.palette.mono
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                for colour in (segment.style.color, segment.style.bgcolor):
                    assert colour is None or colour.is_default, segment


async def test_looking_back_moves_every_panel_and_end_follows_again(make_session):
    session = make_session()
    session.advance_to_epoch(3)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.frame(force=True)
        await pilot.press("home")
        await settle(pilot)
        screen = app.screen
        assert screen.get_panel("scrubber").display
        assert "after the first epoch" in screen.get_panel("confusion").text()
        first = session.state.epochs[0]
        while screen.look.at < first.step:
            await pilot.press("full_stop")
        assert f"epoch {first.epoch}" in screen.get_panel("confusion").text()
        assert f"row {session.state.snapshots[session.state.snapshots.at_step(first.step)].sample.index}:" in (
            screen.get_panel("topology").text()
        )
        assert f"step {first.step}" in screen.get_panel("curves").text()
        await pilot.press("end")
        assert screen.look.at is None
        assert "epoch 3" in screen.get_panel("confusion").text()
        await pilot.press("comma")
        assert screen.look.at < session.state.step


async def test_curves_are_read_by_keyboard(make_session):
    session = make_session()
    session.advance_to_epoch(4)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        screen = app.screen
        await pilot.press("left")
        assert screen.look.at < session.state.step
        await pilot.press("up", "up")
        assert screen.look.span < session.state.step
        await pilot.press("0", "l", "x", "m")
        assert (screen.look.span, screen.look.log_y, screen.look.axis) == (None, True, "step")
        assert screen.look.half_life == 10
        assert "smoothed" in screen.get_panel("curves").text() or "~" in screen.get_panel("curves").text()
        await pilot.press("b")
        assert screen.look.at == session.state.best_epoch.step


async def test_over_a_slow_line_the_network_waits_unless_somebody_looks(make_session, monkeypatch):
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    clock = [100.0]
    monkeypatch.setattr("dnn_tui.tui.panels.panel.monotonic", lambda: clock[0])
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.frame(force=True)
        network = app.screen.get_panel("topology")
        before = network.text()
        session.advance_to_epoch(2)
        app.screen.frame()
        assert network.text() == before
        clock[0] += 5
        app.screen.frame()  # nothing new happened, but it was put off
        after = network.text()
        assert after != before
        await pilot.pause()
        app.pacer.answered(time.monotonic())  # a terminal does, once it has drawn the tabs
        await pilot.press("home")
        app.screen.frame()  # the key's own frame waits until the line has had time for it
        assert network.text() not in (before, after)


async def test_the_palette_keeps_textuals_screenshot_and_theme_and_the_screenshot_is_written(
    make_session, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Downloads").mkdir()
    session = make_session()
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Screenshot", "Theme"} <= set(titles)
        assert len(titles) == len(set(titles))
        await pilot.press("ctrl+p", *"screenshot")
        await pilot.pause(0.3)
        await pilot.press("enter", "enter")
        for _ in range(100):
            if found := [file for file in (tmp_path / "Downloads").glob("*.svg") if file.stat().st_size]:
                break
            await pilot.pause(0.05)
    assert found[0].read_text(encoding="utf-8").startswith("<svg")
