"""The prompt of the inspect screen: the line of keys makes room for it, and comes back whatever is answered."""

import pytest

from dnn_tui.datasets.lessons import load_lesson
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.tui.inspect.app import InspectApp
from dnn_tui.tui.inspect.widgets import KeyLine, Prompt


@pytest.mark.parametrize("answer", ["enter", "escape"])
async def test_a_prompt_stands_in_the_place_of_the_keys_and_gives_it_back(answer):
    app = InspectApp(subject_of(load_lesson("f6-backprop")))
    async with app.run_test(size=(80, 24)) as pilot:
        keys, prompt = app.screen.query_one(KeyLine), app.screen.query_one(Prompt)
        assert (keys.display, prompt.display) == (True, False)
        app.screen.action_goto()
        await pilot.pause()
        assert (keys.display, prompt.display) == (False, True)
        await pilot.press(answer)
        await pilot.pause()
        assert (keys.display, prompt.display) == (True, False)
