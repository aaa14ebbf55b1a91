"""Where panels go, and what keys do: tables and integers."""

from itertools import combinations

import pytest

from dnn_tui.tui import keys
from dnn_tui.tui.drawing.layout import arrange, hidden

NAMES = ["topology", "curves", "surface", "confusion", "layers", "log"]
SIZES = [
    (w, h) for w in (1, 5, 20, 40, 60, 80, 100, 120, 160, 200, 300) for h in (1, 3, 4, 6, 10, 18, 24, 30, 40, 60, 90)
]


@pytest.mark.parametrize("names", [NAMES, NAMES[:2], [n for n in NAMES if n != "surface"] + ["samples"]])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_panels_never_overlap_nor_leave_the_terminal(size, names):
    for main in names:
        places = arrange(*size, names, main)
        for place in places.values():
            assert place.x >= 0
            assert place.y >= 0
            assert place.width > 0
            assert place.height > 0
            assert place.x + place.width <= size[0]
            assert place.y + place.height <= size[1]
        for a, b in combinations(places.values(), 2):
            apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            assert apart, places


@pytest.mark.parametrize("size", [(20, 6), (80, 24), (120, 40), (200, 60)])
def test_the_panel_asked_for_is_always_seen_and_full_shows_it_alone(size):
    for main in NAMES:
        assert main in arrange(*size, NAMES, main)
        assert set(arrange(*size, NAMES, main, full=main)) == {main, "keys"}


def test_a_hint_at_hidden_panels_is_there_exactly_when_some_are_hidden():
    small, large = arrange(80, 24, NAMES, "topology"), arrange(200, 60, NAMES, "topology")
    assert hidden(small, NAMES)
    assert "tabs" in small
    assert not hidden(large, NAMES)
    assert "tabs" not in large


def test_each_key_is_bound_once_in_its_scope_and_explained():
    for scope in {key.scope for key in keys.KEYS}:
        names = [name for key in keys.KEYS if key.scope == scope for name in key.keys.split(",")]
        assert len(names) == len(set(names)), scope
    app = {name for key in keys.KEYS if key.scope == "app" for name in key.keys.split(",")}
    train = {name for key in keys.KEYS if key.scope == "train" for name in key.keys.split(",")}
    assert not app & train
    assert all(key.help for key in keys.KEYS)


def bar(allowed=lambda key: True, paused: bool = False, width: int = 200) -> list[str]:
    return [label for _, label in keys.bar_entries(allowed, paused, width)]


@pytest.mark.parametrize("width", [1, 20, 40, 80, 120])
def test_the_key_bar_fits_and_keeps_quit_to_the_last(width):
    entries = keys.bar_entries(lambda key: True, False, width)
    text = "  ".join(" ".join([*(key.shown for key in group), label]) for group, label in entries)
    assert len(text) <= width
    if width >= 10:
        assert "quit" in bar(width=width)


def test_the_key_bar_says_go_on_while_paused_and_hides_what_cannot_be_done():
    assert "go on" in bar(paused=True)
    assert "pause" not in bar(paused=True)
    watching = bar(lambda key: key.needs != "control")
    assert "pause" not in watching
    assert "quit" in watching
