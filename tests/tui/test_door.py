"""The door: its pictures and lines as pure functions, its screens driven by keys, and one real terminal."""

import json
import math
import subprocess
import sys
from dataclasses import replace

import pytest
from terminal import DNN_TUI, Terminal

from dnn_tui.runs.folder import RunFolder
from dnn_tui.runs.sketch import evenly, loss_sketch
from dnn_tui.tui.door import keys, pictures
from dnn_tui.tui.door.app import DoorApp, open_door
from dnn_tui.tui.door.learn import Line, read_lessons
from dnn_tui.tui.door.place import Place
from dnn_tui.tui.door.recent import BARS, RunLine, spark, texts
from dnn_tui.tui.door.start import Card, first_time
from dnn_tui.tui.drawing.theme import FULL, NONE

COMMANDS = ("train", "watch", "inspect", "lesson", "tour")


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("DNN_TUI_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


# ---- pure


@pytest.mark.parametrize("palette", [FULL, NONE], ids=["colour", "none"])
@pytest.mark.parametrize("picture", ["learn", "play", "train", "runs"])
@pytest.mark.parametrize("size", [(13, 3), (16, 5), (30, 10), (60, 20)])
def test_a_picture_fills_its_card_and_no_more(picture, size, palette):
    width, height = size
    cells = getattr(pictures, picture)(width, height, palette)
    assert [len(row) for row in cells] == [width] * height
    assert any(cell.sign.strip() for row in cells for cell in row)


def test_the_name_is_made_of_two_pixels_a_cell():
    """The d of `dnn`: a stem over the whole height, and a bowl over the lower four of its six pixels."""
    rows = ["".join(cell.sign for cell in row[:4]) for row in pictures.name()]
    assert rows == ["   █", "▄▀▀█", "▀▄▄█"]


def test_a_sparkline_runs_from_its_lowest_to_its_highest():
    assert spark([3.0, 2.0, 1.0]) == "█▅▁"
    assert spark([0.5] * 4) == "▁▁▁▁"
    assert spark([]) == ""
    many = spark([float(k) for k in range(100)], 8)
    assert (many[0], many[-1], len(many)) == (BARS[0], BARS[-1], 8)


def test_the_losses_of_a_log_are_taken_evenly_and_what_is_no_number_is_left_out(tmp_path):
    lines = [json.dumps({"event": "epoch_ended", "validation": {"loss": 100.0 - k}}, separators=(",", ":"))
             for k in range(41)]  # fmt: skip
    lines.insert(1, '{"event":"progress","losses":[1]}')
    lines.append('{"event":"epoch_ended","validation":{"loss":NaN}}')
    (tmp_path / "events.jsonl").write_text("\n".join(lines) + "\n{half", encoding="utf-8")
    found = loss_sketch(RunFolder(tmp_path), 4)
    assert found == [100.0, 86.0, 73.0]  # epochs 0, 14 and 27 of 41; the last one's loss is no number
    assert loss_sketch(RunFolder(tmp_path / "nowhere")) == []
    assert [math.isfinite(loss) for loss in found] == [True] * 3
    assert evenly([b"a", b"b"], 4) == [b"a", b"b"]


LINE = RunLine("20261121-215013-digits-128-64", "finished", "digits", "64-128-64-10", "acc 97.9 %", "12/30", "3 h",
               (3.0, 2.0, 1.0))  # fmt: skip


@pytest.mark.parametrize("width", range(24, 120, 5))
def test_a_runs_line_is_as_wide_as_it_may_be_and_keeps_name_and_figure(width):
    (text,) = texts([LINE], width, FULL)
    assert text.cell_len <= width
    assert text.plain.startswith("✓ digit")
    assert "97.9 %" in text.plain
    assert ("64-128-64-10" in text.plain) == (width >= 2 + 13 + 12 + 18 + 7 + 8 + 14 + 5)


def test_a_name_that_begins_with_no_time_is_shown_whole():
    assert LINE.title == "digits-128-64"
    assert RunLine("my-own-run", *[""] * 6, ()).title == "my-own-run"


def test_control_characters_of_a_runs_data_are_signs():
    line = RunLine("20261121-215013-x", "live", "a\x1b[31m", "2-1", "–", "0/1", "1 s", ())
    assert "\x1b" not in texts([line], 100, FULL)[0].plain


def test_every_lecture_stands_before_its_lessons():
    lines = read_lessons()
    assert lines[0].words == ["tour", "000"]
    deck = ""
    for line in lines:
        deck = line.deck if not line.name else deck
        assert line.deck == deck
    assert Line("000", "f6-backprop", "").words == ["lesson", "f6-backprop"]
    assert sum(1 for line in lines if line.name) >= 49


def test_the_key_bar_leaves_out_the_least_useful_first():
    wide = [label for _, label, _ in keys.bar(("list", "runs", "app"), 100)]
    narrow = [label for _, label, _ in keys.bar(("list", "runs", "app"), 30)]
    assert {"choose", "open", "go on", "inspect", "mark", "back", "help"} == set(wide)
    assert "mark" not in narrow
    assert "back" in narrow
    assert keys.bar(("app",), 100, back="leave")[0][:2] == ("Esc", "leave")


def test_the_hint_is_for_the_first_time_only(tmp_path):
    assert [first_time(tmp_path / "here") for _ in range(3)] == [True, False, False]
    (tmp_path / "file").write_text("")
    assert first_time(tmp_path / "file") is False  # it cannot be remembered: then nobody is told every time


# ---- the loop


def test_what_is_chosen_runs_and_leads_back_until_the_door_is_left(monkeypatch):
    chosen, seen, ran = [["lesson", "f3"], ["train", "nothing"], None], [], []

    async def shown(app):
        app.place.screen = "learn"
        seen.append((app.place.said, app.place.wrong))
        app.chosen = chosen.pop(0)
        return 0

    def run(words):
        from dnn_tui.tui.terminal.back import leads_back

        ran.append((list(words), leads_back()))
        return (0, "") if words[0] == "lesson" else (2, "There is no data set 'nothing'.")

    monkeypatch.setattr("dnn_tui.tui.door.app.run_with_signals", shown)
    assert open_door(run, COMMANDS) == 0
    assert ran == [(["lesson", "f3"], True), (["train", "nothing"], True)]
    assert seen == [("", False), ("", False), ("There is no data set 'nothing'.", True)]


@pytest.mark.parametrize("code", [129, 130, 143])
def test_a_signal_to_what_was_opened_ends_the_program(monkeypatch, code):
    async def shown(app):
        app.chosen = ["watch", "x"]
        return 0

    monkeypatch.setattr("dnn_tui.tui.door.app.run_with_signals", shown)
    assert open_door(lambda words: (code, ""), COMMANDS) == code


# ---- driven by keys


async def settled(pilot, until):
    for _ in range(200):
        await pilot.pause(0.02)
        if until():
            return
    raise AssertionError("it did not come to that")


async def test_doors_are_gone_through_by_key_by_arrows_and_by_mouse():
    app = DoorApp(Place(), COMMANDS)
    async with app.run_test(size=(80, 24)) as pilot:
        assert [card.door.name for card in app.screen.query(Card)] == ["learn", "train", "runs"]  # no play here
        await pilot.press("right", "right")
        assert app.screen.focused.id == "runs"
        await pilot.press("enter")
        await pilot.pause()
        assert type(app.screen).__name__ == "RunsScreen"
        await pilot.press("escape")
        await pilot.click("#learn")
        await settled(pilot, lambda: getattr(app.screen, "lines", ()))
        await pilot.press("down", "down", "enter")
        await pilot.pause()
    assert app.chosen == ["lesson", "f2-tables"]
    assert app.place.screen == "learn"


@pytest.mark.parametrize(("size", "below"), [((80, 24), False), ((69, 24), True), ((120, 19), True), ((30, 8), True)])
async def test_where_there_is_little_room_the_doors_stand_below_each_other_all_of_them(size, below):
    app = DoorApp(Place(), (*COMMANDS, "play"))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        cards = list(app.screen.query(Card))
        assert len({card.region.x for card in cards}) == (1 if below else 4)
        assert all(card.region.height >= 1 and card.region.bottom <= size[1] - 1 for card in cards)
        if below:
            await pilot.press("down", "down", "enter")
            await pilot.pause()
            assert type(app.screen).__name__ == "FormScreen"


async def test_coming_back_the_lesson_that_was_open_is_in_focus_and_escape_leaves():
    app = DoorApp(Place(screen="learn", lesson="f2-tables"), COMMANDS)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, lambda: app.screen.query_one("#list").highlighted == 2)
        await pilot.press("escape", "escape")
    assert app.chosen is None
    assert app.return_value == 0


async def test_runs_that_go_on_are_read_again_until_they_end(monkeypatch):
    reads = []

    def read_lines(folder, most, tell):
        reads.append(most)
        over = len(reads) > 2
        tell(replace(LINE, state="finished" if over else "live", done=f"{len(reads)}/3"))
        return 1

    monkeypatch.setattr("dnn_tui.tui.door.reading.read_lines", read_lines)
    monkeypatch.setattr("dnn_tui.tui.door.reading.AGAIN", 0.05)
    app = DoorApp(Place(screen="runs"), COMMANDS)
    async with app.run_test(size=(100, 24)) as pilot:
        await settled(pilot, lambda: [line.state for line in app.screen.lines] == ["finished"])
        await pilot.press("space")
        assert app.place.marked == [LINE.name]
        done = len(reads)
        await pilot.pause(0.2)
        assert len(reads) <= done + 1  # the start screen, behind, may have had one to come
        await pilot.press("enter")
        await pilot.pause()
    assert app.chosen == ["watch", LINE.name]


async def test_play_is_a_door_where_the_program_has_it():
    app = DoorApp(Place(), (*COMMANDS, "play"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("p")
        await pilot.pause()
    assert app.chosen == ["play"]


def test_the_start_screen_is_drawn_without_numpy():
    code = """if True:
        import asyncio, sys
        from dnn_tui.tui import cli
        from dnn_tui.tui.door import reading
        from dnn_tui.tui.door.app import DoorApp
        from dnn_tui.tui.door.place import Place

        async def look():
            app = DoorApp(Place(), ("play",))
            async with app.run_test(size=(80, 24)) as pilot:
                await pilot.pause()
                return app.export_screenshot()

        reading.read_lines = lambda *_: 0  # runs are read beside it, by what loads NumPy
        print("Learn" in asyncio.run(look()), [name for name in ("numpy", "plotext", "numba") if name in sys.modules])
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "True []"


# ---- a real terminal


@pytest.mark.slow
def test_from_the_door_to_a_lesson_and_back_and_out_with_the_terminal_as_it_was(tmp_path):
    terminal = Terminal(DNN_TUI)
    try:
        assert "New here?" in terminal.wait_for("New here?")
        terminal.press("l")
        terminal.wait_for("f3-rent")
        terminal.press("\x1b[B\r")
        terminal.wait_for("Pixels from 0")
        terminal.wait_for("step")
        terminal.press("\x1b")
        terminal.wait_for("Learn  the lectures")
        terminal.press("qq")
        assert terminal.wait(60) == 0
        terminal.assert_restored()
    finally:
        terminal.close()
