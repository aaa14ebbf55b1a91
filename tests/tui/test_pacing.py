"""Frames wait for the terminal, so that a key never waits for frames."""

import os

import pytest
from terminal import DNN_TUI, Terminal

from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.panels import Panel
from dnn_tui.tui.terminal.pacing import CURSOR_QUERY, MODE_QUERY, Pacer


def test_the_next_frame_waits_until_the_terminal_has_drawn_the_last():
    pacer = Pacer(remote=True)
    assert pacer.may_paint(0.0)
    assert pacer.painted(0.0)
    assert not pacer.may_paint(3.0)  # a very slow line
    assert not pacer.may_paint(3.0, at_once=True)
    pacer.answered(3.0)
    assert pacer.may_paint(3.1)


def test_over_ssh_there_are_at_most_four_frames_a_second_however_fast_the_line():
    pacer, now, frames = Pacer(remote=True), 0.0, 0
    while now < 10.0:
        if pacer.may_paint(now):
            pacer.painted(now)
            pacer.answered(now)
            frames += 1
        now += pacer.tick
    assert frames == pytest.approx(40, abs=1)


def test_a_key_is_answered_between_two_frames():
    pacer = Pacer(remote=True)
    pacer.painted(0.0)
    pacer.answered(0.0)
    assert not pacer.may_paint(0.1)
    assert pacer.may_paint(0.1, at_once=True)


def test_a_terminal_that_never_answers_gets_a_slow_fixed_rate():
    pacer, now, frames = Pacer(remote=True), 0.0, []
    while now < 40.0:
        if pacer.may_paint(now):
            pacer.painted(now)
            frames.append(now)
        now += pacer.tick
    late = [frame for frame in frames if frame > 20.0]
    assert len(late) == pytest.approx(20, abs=2)


def test_one_lost_answer_is_forgiven():
    pacer = Pacer(remote=True)
    pacer.painted(0.0)
    assert pacer.may_paint(5.0)
    assert pacer.painted(5.0)  # asked again
    pacer.answered(5.1)
    assert pacer.may_paint(5.3)


def test_the_person_s_own_rate_is_above_all_else():
    pacer, now, frames = Pacer(remote=True, fps=20), 0.0, 0
    while now < 1.0:
        if pacer.may_paint(now):
            pacer.painted(now)
            pacer.answered(now)
            frames += 1
        now += 0.01
    assert frames == pytest.approx(20, abs=1)


def test_here_a_key_waits_for_nothing():
    pacer = Pacer(remote=False)
    pacer.painted(0.0)
    assert pacer.may_paint(0.001, at_once=True)


def test_after_the_end_nothing_is_asked_any_more():
    pacer = Pacer(remote=True)
    pacer.answered(0.0)
    pacer.painted(0.0)
    assert pacer.finish()  # an answer is still to come
    pacer.answered(0.0)
    assert not pacer.finish()
    assert not pacer.may_paint(100.0)


def test_how_fast_the_line_is_follows_from_the_answers_and_bounds_a_frame():
    pacer = Pacer(remote=True)
    assert pacer.allowance() == float("inf")
    pacer.painted(10.0, size=10_000)
    pacer.answered(10.5)  # 20 kB/s
    assert pacer.allowance() == pytest.approx(20_000 * 0.08)
    pacer.painted(20.0, size=1_600)
    pacer.answered(20.01)
    assert pacer.allowance() > 10_000


def test_no_more_than_eight_kilobytes_a_second_go_to_a_small_screen():
    pacer, now, sent = Pacer(remote=True), 0.0, 0
    while now < 20.0:
        if pacer.may_paint(now):
            pacer.painted(now, size=10_000)
            pacer.answered(now + 0.001)
            sent += 10_000
        now += pacer.tick
    assert sent / 20 == pytest.approx(8_000, rel=0.1)


async def test_what_one_frame_has_no_room_for_comes_with_the_next(make_session):
    session = make_session()
    session.advance(2)
    app = DnnApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.screen.frame(force=True)
        await pilot.pause()
        app.pacer = Pacer(remote=True)
        app.pacer.painted(0.0, size=2_000)
        app.pacer.answered(1.0)  # a very slow line
        session.advance_to_epoch(2)
        waiting = []
        for _ in range(40):
            app.screen.frame()
            await pilot.pause()
            waiting.append(sum(len(panel._waiting) for panel in app.screen.query(Panel) if panel.display))
            if not waiting[-1]:
                break
        assert waiting[0] > 5
        assert waiting == sorted(waiting, reverse=True)
        assert waiting[-1] == 0


@pytest.fixture
def ssh_screen(tmp_path):
    env = {"DNN_TUI_RUNS": str(tmp_path / "runs"), "SSH_CONNECTION": "10.0.0.1 22 10.0.0.2 22"}
    words = ["train", "digits", "--epochs", "3000", "--hidden", "8", "--pace", "300", "--engine", "numpy"]
    screen = Terminal(DNN_TUI, *words, env=env)
    yield screen
    screen.close()


@pytest.mark.slow
def test_in_an_ssh_session_a_frame_comes_only_for_an_answer(ssh_screen):
    query = CURSOR_QUERY.encode()
    ssh_screen.read(0.1)
    while query not in ssh_screen.written:
        ssh_screen.read(0.1)
    while ssh_screen.read(0.5):  # the rest of the frame
        pass
    before = len(ssh_screen.written)
    ssh_screen.read(2.0)  # no answer: no frame, though it trains on
    assert len(ssh_screen.written) - before < 200
    os.write(ssh_screen.master, b"\x1b[24;80R")
    while query not in ssh_screen.written[before:]:
        ssh_screen.read(0.1)
    ssh_screen.read(1.0)
    assert ssh_screen.written[before:].count(query) == 1
    assert len(ssh_screen.written) - before > 200


@pytest.mark.slow
def test_a_paused_run_writes_nothing(ssh_screen):
    answers = {CURSOR_QUERY.encode(): b"\x1b[24;80R", MODE_QUERY.encode(): b"\x1b[?2026;2$y"}

    def read(seconds: float) -> bytes:
        got = b""
        for _ in range(int(seconds / 0.1)):
            new = ssh_screen.read(0.1)
            for query, answer in answers.items():
                os.write(ssh_screen.master, answer * new.count(query))
            got += new
        return got

    def shows(text: str) -> bool:
        return any(read(0.5) and text in ssh_screen.text for _ in range(120)) or text in ssh_screen.text

    assert shows("training"), ssh_screen.text  # before that a key has nobody to hear it
    ssh_screen.press(" ")
    assert shows("paused"), ssh_screen.text
    for _ in range(10):  # the rows that had no room yet come first
        if not read(2.0):
            return
    raise AssertionError(f"still written to: {read(1.0)!r}")
