"""The train screen, driven by keys, on a session that the test steps by hand."""

import pytest

from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.panels import Panel

SIZES = [(20, 6), (40, 12), (60, 18), (80, 24), (120, 40), (200, 60), (60, 60), (200, 20), (10, 3), (3, 2)]
KINDS = ("images", "plane", "groups", "table", "regression")


def seen(app) -> list[Panel]:
    return [panel for panel in app.screen.query(Panel) if panel.display]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("kind", KINDS)
async def test_any_size_shows_panels_with_whole_titles_inside_the_terminal(make_session, kind, size):
    session = make_session(kind)
    session.advance_to_epoch(2)
    app = DnnApp(session)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.screen.frame(force=True)
        await pilot.pause()
        width, height = size
        assert seen(app)
        for panel in seen(app):
            region = panel.region
            assert region.right <= width, panel
            assert region.bottom <= height, panel
            if panel.has_class("boxed") and panel.NAME != "status" and width >= 20:
                assert len(f"{panel.border_title}") <= region.width - 4, panel


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
