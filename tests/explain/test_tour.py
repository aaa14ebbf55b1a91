"""A tour through a lecture's lessons: their order, and the keys for the next one and the one before."""

import pytest

from dnn_tui.datasets.lessons import LessonError, load_lesson
from dnn_tui.experiments.explaining.tour import tour_from, tour_of
from dnn_tui.tui.inspect.app import InspectApp


def heading(app) -> str:
    return "\n".join(app.screen.query_one("#heading")._grid.lines())


def test_a_tour_has_the_decks_lessons_by_their_numbers():
    names = tour_of("0").names
    assert {load_lesson(name).deck for name in names} == {"000"}
    numbers = [int(name.split("-")[0][1:]) for name in names]
    assert numbers == sorted(numbers)
    assert numbers[0] == 1


def test_a_lesson_knows_its_place():
    tour = tour_from("f9")
    assert tour.names[tour.at] == "f9-losses"
    assert tour.moved(1).names[tour.at + 1].startswith("f10")
    assert tour_of("004").moved(-1) is None


def test_an_unknown_deck_is_one_sentence():
    with pytest.raises(LessonError, match="There is no deck 'x': there are 000"):
        tour_of("x")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_keys_lead_through_the_lecture_and_stop_at_its_ends(size):
    tour = tour_of("002")
    app = InspectApp(tour.subject(), tour)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert load_lesson(tour.names[0]).title in heading(app)
        await pilot.press("B")
        await pilot.pause()
        assert load_lesson(tour.names[0]).title in heading(app)
        for name in tour.names[1:]:
            await pilot.press("N")
            await pilot.pause()
            assert load_lesson(name).title[:60] in heading(app)
        await pilot.press("N")
        await pilot.pause()
        assert load_lesson(tour.names[-1]).title[:60] in heading(app)
        assert len(app.screen_stack) == 2  # lessons replace one another
        if size[0] >= 120:
            assert f"lesson {len(tour.names)} of {len(tour.names)}" in heading(app)


def test_without_a_terminal_the_lessons_are_listed(command_line):
    code, text, _ = command_line("tour", "003")
    assert code == 0
    assert [line.split()[1].rstrip(":") for line in text.splitlines()] == list(tour_of("003").names)
    assert command_line("tour", "9")[0] == 2
