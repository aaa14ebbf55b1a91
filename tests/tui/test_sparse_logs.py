"""Logs that leave things out, of another program perhaps: every panel shows what there is."""

from dataclasses import replace

import numpy as np
import pytest

from dnn_tui.mlp.events import EpochEnded, LayerView, Sample
from dnn_tui.runs.state import RunState
from dnn_tui.tui.drawing.theme import FULL
from dnn_tui.tui.panels import PANELS, StatusPanel
from dnn_tui.tui.panels.curves import CurvesPanel
from dnn_tui.tui.panels.samples import SamplesPanel
from dnn_tui.tui.panels.scrubber import Scrubber
from dnn_tui.tui.panels.topology import TopologyView, draw_topology
from dnn_tui.tui.sessions.moment import Look, Moment

PARTS = ("dataset", "network", "training")


def view_of(cls, moment: Moment, width: int = 100, height: int = 30):
    """What a panel would draw of a moment, and the panel."""
    panel = cls.__new__(cls)
    panel.back = 0
    return panel.view(moment, width, height), panel


def shown(cls, state: RunState, width: int = 100, height: int = 30, look: Look | None = None) -> str:
    view, panel = view_of(cls, Moment(state, look or Look()), width, height)
    return str(panel.draw(view, width, height, FULL))


OTHERS = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("images", "plane", "table", "regression")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["groups", *OTHERS])
@pytest.mark.parametrize("null", [False, True], ids=["missing", "null"])
def test_every_panel_survives_a_start_that_leaves_any_one_thing_out(kind, null, make_session):
    start, *events = make_session(kind, epochs=2).trainer.events()
    drawn = {}  # views that were drawn and had something to see: an equal one has the same picture
    left_out = [(part, None) for part in PARTS] + [(part, key) for part in PARTS for key in getattr(start, part)]
    for part, key in left_out:
        rest = {name: value for name, value in getattr(start, part).items() if key is not None and name != key}
        if null and key is not None:
            rest[key] = None
        state = RunState()
        for event in (replace(start, **{part: rest}), *events):
            state.apply(event)
        assert state.eta is None
        assert 0 <= state.fraction <= 1
        for look in (Look(), Look(at=3, axis="seconds")):
            for cls in (*PANELS, StatusPanel, Scrubber):
                if cls is Scrubber or cls.fits(Moment(state, look)):
                    view, panel = view_of(cls, Moment(state, look))
                    if view not in drawn.setdefault(cls, []):
                        assert str(panel.draw(view, 100, 30, FULL)).strip(), (cls, part, key)
                        drawn[cls].append(view)


@pytest.fixture
def own_metrics(make_session) -> RunState:
    state = RunState()
    for event in make_session("images", epochs=3).trainer.events():
        if isinstance(event, EpochEnded):
            figures = {"perplexity": 20.0 - event.epoch, "bleu": 0.1 * event.epoch}
            event = replace(event, train=figures, validation=figures, confusion=(), mistakes=())
        state.apply(event)
    return state


def test_metrics_with_names_of_their_own_have_charts(own_metrics):
    state = own_metrics
    assert "perplexity" in shown(CurvesPanel, state, 100, 40)
    assert "bleu" in shown(CurvesPanel, state, 100, 40)
    # where there is room for two charts, a key turns to the others
    assert "bleu" not in shown(CurvesPanel, state, 60, 14)
    assert "bleu" in shown(CurvesPanel, state, 60, 14, Look(metric=1))
    assert shown(StatusPanel, state, 120, 4)


def test_of_a_log_without_confusion_nobody_says_that_all_rows_are_right(own_metrics):
    text = shown(SamplesPanel, own_metrics)
    assert "right" not in text
    assert "says nothing" in text


def ten_classes(sizes=(64, 32, 10)) -> TopologyView:
    rng, layers = np.random.default_rng(0), []
    for k, size in enumerate(sizes):
        before = sizes[k - 1] if k else 0
        weights = tuple(map(tuple, rng.normal(size=(size, before)).tolist())) if k else ()
        layers.append(LayerView(size, tuple(range(size)), tuple(rng.random(size).tolist()), weights))
    sample = Sample(0, 3.0, 3.0, tuple((np.ones(10) / 10).tolist()), pixels="")
    return TopologyView(
        tuple(layers), ("relu", "softmax"), (1.0, 1.0), sample, "classes", tuple("zyxwvutsrq"), (), None
    )


@pytest.mark.parametrize("size", [(46, 16), (60, 30), (78, 18), (78, 22), (100, 24), (198, 58)])
def test_ten_outputs_are_all_shown_where_there_are_ten_rows(size):
    text = str(draw_topology(ten_classes(), *size))
    lines = [line.rstrip() for line in text.split("\n")]
    for name in "zyxwvutsrq":
        assert any(f" {name} " in f"{line} " for line in lines), name


def test_outputs_without_room_are_named():
    text = str(draw_topology(ten_classes(), 78, 9))
    assert "without" in text or "more:" in text
