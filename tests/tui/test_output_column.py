"""The output column in the real layout, at real sizes: ten classes are all there, or those left out are named."""

import numpy as np
import pytest

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.tui.app import DnnApp
from dnn_tui.tui.panels.topology import plan
from dnn_tui.tui.sessions.moment import Moment

LETTERS = tuple("zyxwvutsrq")
WORDS = ("aubergine", "bean", "cabbage", "daikon", "endive", "fennel", "garlic", "horseradish", "kale", "leek")


@pytest.fixture
def ten_classes(make_session):
    """A stepped session on pictures of ten classes, by the classes' names."""

    def session(names=LETTERS):
        rng = np.random.default_rng(0)
        part = Split(rng.random((100, 784)).astype(np.float32), np.arange(100) % 10)
        columns = tuple(f"p{k}" for k in range(784))
        data = Dataset("ten", "classes", part, part, part, columns, class_names=names, image_shape=(28, 28))
        stepped = make_session("groups")
        trainer = Trainer(Network([784, 64, 32, 10], "relu"), data, TrainingConfig(epochs=2, batch_size=50))
        return type(stepped)(trainer)

    return session


async def network_panel(session, size):
    """The network's panel as the train screen draws it: its lines, and the rows its nodes may take."""
    session.advance_to_epoch(1)
    app = DnnApp(session)
    async with app.run_test(size=size) as pilot:
        for _ in range(4):
            await pilot.pause()
        app.screen.frame(force=True)
        for _ in range(4):
            await pilot.pause()
        panel = app.screen.get_panel("topology")
        if not panel.display:
            return [], 0
        width, height = panel.content_size
        view = panel.view(Moment(session.state), width, height)
        return panel.text().split("\n"), plan(view, width, height).rows


def shown(lines, names) -> list[str]:
    """The classes whose output has a line of its own: the node, its name, its percentage."""
    return [name for name in names if any(f" {name} " in f"{line} " and "%" in line for line in lines[1:])]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_all_ten_outputs_are_there_at_every_usual_size(ten_classes, size):
    lines, rows = await network_panel(ten_classes(), size)
    assert rows >= 10
    assert shown(lines, LETTERS) == list(LETTERS)
    assert "without" not in "\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (80, 21), (80, 18), (80, 16), (100, 20), (120, 22), (60, 18)],
                         ids=lambda size: f"{size[0]}x{size[1]}")  # fmt: skip
async def test_outputs_without_a_row_are_named_as_far_as_the_width_goes(ten_classes, size):
    lines, rows = await network_panel(ten_classes(WORDS), size)
    assert lines, "the network is the panel that is always there"
    text = "\n".join(lines)
    there = [name for name in WORDS if any(f" {name[:4]}" in line and "without" not in line for line in lines[1:])]
    if rows >= 10:
        assert there == list(WORDS)
        return
    missing = [name for name in WORDS if name not in there]
    assert missing
    (line,) = (line for line in lines if "without" in line)
    named = [name for name in missing if name in line]
    assert named == missing[: len(named)]
    assert named
    assert len(named) == len(missing) or f"… {len(missing) - len(named)} more" in text
