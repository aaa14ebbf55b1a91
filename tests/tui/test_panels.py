"""What each panel says of a run: state in, cells out, no terminal."""

import time
from dataclasses import replace

import numpy as np
import pytest

from dnn_tui import datasets
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.events import Alert, LayerStatistics, Progress, Sample, Snapshot
from dnn_tui.runs.state import RunState
from dnn_tui.tui.drawing.axis import axis_end
from dnn_tui.tui.drawing.theme import FULL, NONE, SIXTEEN, Ink
from dnn_tui.tui.panels import PANELS
from dnn_tui.tui.panels.banner import loudest
from dnn_tui.tui.panels.confusion import ConfusionView, draw_confusion, worst
from dnn_tui.tui.panels.curves import CurvesPanel
from dnn_tui.tui.panels.samples import caption, tiles
from dnn_tui.tui.panels.statistics import hint
from dnn_tui.tui.panels.status import StatusPanel, architecture
from dnn_tui.tui.panels.topology import chosen, node_rows
from dnn_tui.tui.sessions.moment import Look, Moment

KINDS = ("images", "plane", "groups", "table", "regression")
SIZES = [(1, 1), (6, 2), (18, 2), (18, 4), (36, 10), (46, 16), (68, 16), (118, 38), (198, 58)]


def panel(cls):
    """A panel outside any app: only its pure half is used."""
    return cls.__new__(cls)


def text_of(cls, state: RunState, width: int = 100, height: int = 30, look: Look | None = None) -> str:
    moment = Moment(state, look or Look())
    if cls.__name__ == "LogPanel":
        it = panel(cls)
        it.back = 0
        return str(it.draw(it.view(moment, width, height), width, height, FULL))
    return str(panel(cls).draw(panel(cls).view(moment, width, height), width, height, FULL))


def by_name(name: str):
    return next(cls for cls in PANELS if name == cls.NAME)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_panel_draws_at_any_size_and_moment_in_every_palette(make_session, kind):
    session = make_session(kind)
    moments = []
    for step in (
        lambda: None,
        lambda: session.advance(1),
        lambda: session.advance(1),
        lambda: session.advance_to_epoch(2),
    ):
        step()
        for cls in (*PANELS, StatusPanel):
            it = panel(cls)
            it.back = 0
            moment = Moment(session.state)
            if session.state.started and not cls.fits(moment):
                continue
            for width, height in SIZES:
                for palette in (FULL, SIXTEEN, NONE):
                    view = it.view(moment, width, height)
                    grid = it.draw(view, width, height, palette)
                    assert grid.chars.shape == (height, width)
                    moments.append(grid)
    assert moments


@pytest.mark.parametrize("kind", KINDS)
def test_a_view_compares_equal_until_something_happens(make_session, kind):
    session = make_session(kind)
    session.advance_to_epoch(2)
    for cls in (*PANELS, StatusPanel):
        it = panel(cls)
        it.back = 0
        assert it.view(Moment(session.state), 60, 20) == it.view(Moment(session.state), 60, 20), cls


def test_status_says_what_is_trained_and_how_far_it_is(make_session):
    session = make_session("images")
    session.advance_to_epoch(2)
    text = text_of(StatusPanel, session.state, 160, 3)
    for part in ("images", "64-24-12-4 relu → softmax", "1,912 parameters", "adam", "epoch 2/4", "50 %", "val loss"):
        assert part in text, part
    # 64·24+24 + 24·12+12 + 12·4+4
    assert session.trainer.network.parameters == 1912


def test_status_of_a_finished_run_shows_the_test_figures_and_what_to_do_next(make_session):
    session = make_session("images")
    session.finish()
    text = text_of(StatusPanel, session.state, 160, 3)
    assert "■ finished" in text
    assert "test accuracy" in text
    assert "q quits" in text


def test_an_architecture_reads_like_in_a_paper():
    network = {"sizes": [784, 128, 64, 10], "activations": ["relu", "relu", "softmax"]}
    assert architecture(network) == "784-128-64-10 relu → softmax"
    assert architecture({"sizes": [2, 1], "activations": ["sigmoid"]}) == "2-1 sigmoid"
    assert architecture({"sizes": [2, 3, 4, 1], "activations": ["relu", "tanh", "identity"]}).endswith(
        "relu/tanh → identity"
    )


def test_the_network_shows_its_answer_beside_the_label(make_session):
    session = make_session("images")
    session.advance_to_epoch(4)
    sample = session.state.snapshot.sample
    text = text_of(by_name("topology"), session.state)
    said, true = "abcd"[int(sample.predicted)], "abcd"[int(sample.label)]
    assert f"true {true}, predicted {said}" in text
    assert ("✓" if said == true else "✗") in text
    assert "… " in text  # 64 inputs are not all drawn
    for caption_ in ("input 64", "relu 24", "relu 12", "softmax 4", "‖W₁‖"):
        assert caption_ in text, caption_


def test_positive_weights_are_unbroken_and_negative_ones_dashed(make_session):
    session = make_session("plane")
    session.advance(3)
    layers = session.state.snapshot.layers
    view = panel(by_name("topology")).view(Moment(session.state), 60, 20)
    last = layers[-1]

    def dots(sign: float) -> int:
        weights = tuple(tuple(sign for _ in row) for row in last.W)
        changed = (*layers[:-1], replace(last, W=weights))
        grid = panel(by_name("topology")).draw(replace(view, layers=changed), 60, 20, FULL)
        base = Ink.POSITIVE if sign > 0 else Ink.NEGATIVE
        cells = (grid.fg == base + 5) & (grid.chars >= 0x2800) & (grid.chars < 0x2900)
        return int(np.unpackbits((grid.chars[cells] - 0x2800).astype(np.uint8)).sum())

    assert 0 < dots(-1.0) < 0.8 * dots(1.0)


def test_outputs_that_matter_are_among_the_nodes_shown():
    assert chosen(10, 4, wanted=(1, 8)).tolist().count(1) == 1
    assert {1, 8} <= set(chosen(10, 4, wanted=(1, 8)).tolist())
    assert len(chosen(10, 4, wanted=(1, 8))) == 4
    assert chosen(3, 9).tolist() == [0, 1, 2]


def test_nodes_are_equally_far_apart_and_inside():
    for count in range(1, 17):
        for rows in range(count, 40):
            ys = node_rows(count, 5, rows)
            assert min(ys) >= 5
            assert max(ys) < 5 + rows
            assert len(set(np.diff(ys).tolist())) <= 1


def test_curves_name_each_number_and_keep_a_spike(make_session):
    session = make_session("images")
    session.advance_to_epoch(3)
    state = session.state
    text = text_of(CurvesPanel, state, 80, 24)
    for part in ("loss", "accuracy", "● train", "○ validation", "batch", "epoch"):
        assert part in text, part
    assert "▲" not in text
    spiked = [0.1] * 500
    spiked[250] = 900.0
    state.apply(Progress(0.0, state.step + 500, 3, 1.0, tuple(spiked), 0.01, 100.0))
    assert "▲" in text_of(CurvesPanel, state, 80, 24)


def test_the_epoch_axis_grows_in_steps_up_to_the_end():
    assert [axis_end(now, 20) for now in (0, 0.5, 1.5, 4.2, 9, 11, 20)] == [1, 1, 2, 5, 10, 20, 20]


CONFUSED = np.array([[5, 0, 1], [0, 7, 0], [0, 3, 4]])


def test_the_worst_confusion_is_said_in_words():
    assert worst(CONFUSED, ("cat", "dog", "owl")) == "owl taken for dog: 3 times"
    assert worst(np.eye(3, dtype=int), ("cat", "dog", "owl")) == "no mistakes"


def test_the_matrix_has_counts_axes_and_recall():
    view = ConfusionView(("cat", "dog", "owl"), tuple(map(tuple, CONFUSED.tolist())), "validation", 2)
    text = str(draw_confusion(view, 80, 12))
    assert "true ↓  predicted →" in text
    # recall of owl: 4 of 7
    assert next(line for line in text.splitlines() if line.strip().startswith("owl")).split()[-5:] == [
        "·",
        "3",
        "4",
        "57",
        "%",
    ]
    assert "80.0 % of 20 validation rows right, epoch 2" in text


def test_of_many_classes_the_most_confused_are_shown():
    counts = np.eye(60, dtype=int) * 9
    counts[41, 7] = 5
    view = ConfusionView(tuple(f"k{n}" for n in range(60)), tuple(map(tuple, counts.tolist())), "validation", 1)
    text = str(draw_confusion(view, 40, 12))
    assert "k41 taken for k7: 5 times" in text
    assert "most confused of 60" in text


def test_mistakes_say_what_was_true_and_what_was_said():
    sample = Sample(3, 9.0, 4.0, (0.02, 0.98))
    assert caption(sample, tuple("0123456789"), 40) == ["true 9, said 4 (98 %)", ""]
    assert caption(sample, tuple("0123456789"), 12) == ["true 9", "said 4 98%"]


def test_pictures_are_as_large_as_four_of_them_can_be():
    assert tiles(80, 24, (8, 8)) == (4, 2, 16, 8)
    assert tiles(32, 12, (28, 28))[2:] == (14, 7)
    assert tiles(3, 2, (28, 28)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (LayerStatistics("relu", 1, 1, 1e-3, 0, 1), "healthy"),
        (LayerStatistics("relu", 1, 1, 0.2, 0, 1), "smaller learning rate"),
        (LayerStatistics("relu", 1, 1, 1e-6, 0, 1), "hardly moves"),
        (LayerStatistics("relu", 1, 1, 1e-3, 0, 1, dead=0.5), "8 of 16 units are dead"),
        (LayerStatistics("tanh", 1, 1, 1e-3, 0, 1, saturated=0.9), "saturated"),
    ],
)
def test_layers_are_judged_in_words(row, word):
    assert word in hint(row, 16)[0]


def test_a_surface_has_its_axes_its_points_and_a_legend(make_session):
    session = make_session("plane")
    session.advance(3)
    text = text_of(by_name("surface"), session.state, 50, 20)
    for part in ("x₁", "x₂", "◦ no", "• yes", "P(yes)"):
        assert part in text, part
    assert text.count("•") + text.count("◦") > 20


def test_panels_that_say_nothing_of_a_run_are_not_offered(make_session):
    offered = {}
    for kind in KINDS:
        session = make_session(kind)
        session.advance(1)
        offered[kind] = [cls.NAME for cls in PANELS if cls.fits(Moment(session.state))]
    assert "surface" in offered["plane"]
    assert "surface" in offered["groups"]
    assert "surface" not in offered["images"]
    assert "samples" not in offered["regression"]


def test_a_regression_shows_errors_in_the_targets_unit(make_session):
    session = make_session("regression")
    session.advance_to_epoch(2)
    text = text_of(by_name("confusion"), session.state, 80, 10)
    assert "mean absolute error in k€" in text
    assert "R²" in text
    assert by_name("confusion").title(Moment(session.state)) == "Errors"


def test_the_banner_names_layer_and_step():
    state = RunState()
    assert loudest(Moment(state)) == ""
    state.apply(Alert(0.0, 12, "slow", "warning", "The run is slow."))
    assert loudest(Moment(state)) == ""
    state.apply(Alert(0.0, 120, "nonfinite_loss", "error", "The loss is nan.", 2))
    assert loudest(Moment(state)) == "step 120, layer 2: The loss is nan."


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_a_run_that_diverges_says_so(make_session):
    session = make_session("regression", lr=1e6, optimizer="sgd")
    session.finish()
    text = text_of(StatusPanel, session.state, 120, 3)
    assert "✗ diverged" in text
    assert "layer" in loudest(Moment(session.state))


def test_a_run_that_ended_before_its_first_epoch_promises_none(make_session):
    session = make_session("images", lr=1e30, optimizer="sgd")
    session.finish()
    assert session.state.ended.reason == "diverged"
    assert not session.state.epochs
    for name in ("confusion", "samples"):
        assert "the run ended before its first epoch did" in text_of(by_name(name), session.state)
    first = text_of(by_name("layers"), session.state).splitlines()[1]
    assert first.split()[:5] == ["1", "relu", "24", first.split()[3], "–"]  # no gradient was seen: it is not 0


def test_inputs_of_a_table_carry_their_columns_names(make_session):
    session = make_session("regression")
    session.advance(2)
    assert "x₁" in text_of(by_name("topology"), session.state)
    session.state.started.dataset["feature_names"] = ["area", "bedrooms", "壁", "x4", "distance to the next station"]
    text = text_of(by_name("topology"), session.state)
    for name in ("area ", "bedrooms ", "壁 ", "x₄ ", "distance to the nex… "):
        assert name in text
    assert "dista… " in text_of(by_name("topology"), session.state, 46, 14)


def test_the_log_tells_events_and_captured_output(make_session):
    session = make_session("images")
    session.advance_to_epoch(1)
    session.state.say("warning from C code")
    text = text_of(by_name("log"), session.state)
    assert "epoch 1" in text
    assert "│ warning from C code" in text


def test_what_was_said_before_the_start_stands_at_its_time(make_session):
    session = make_session("images")
    session.state.say("Pixel values were divided by 16.", "info", time.time() - 5)
    session.advance(1)
    text = text_of(by_name("log"), session.state)
    assert "0.0 s · Pixel values" in text


def test_an_earlier_moment_shows_what_was_known_then(make_session):
    session = make_session("images")
    session.advance_to_epoch(3)
    first = session.state.epochs[0]
    moment = Moment(session.state, Look(at=first.step))
    assert moment.epoch is first
    assert moment.snapshot.step == first.step
    assert Moment(session.state, Look(at=first.step - 1)).epoch is None
    assert "epoch 2" not in text_of(by_name("log"), session.state, look=Look(at=first.step))


def test_the_errors_of_a_narrow_panel_have_short_names(make_session):
    session = make_session("regression")
    session.advance_to_epoch(1)
    assert "mean absolute error in k€" in text_of(by_name("confusion"), session.state, 60, 10)
    narrow = text_of(by_name("confusion"), session.state, 36, 10)
    assert "MAE k€" in narrow
    assert "…" not in narrow.splitlines()[1]


def test_the_surface_s_axes_carry_the_columns_names(make_session):
    session = make_session("plane")
    session.advance(2)
    assert "x₁" in text_of(by_name("surface"), session.state)
    session.state.started.dataset["feature_names"] = ["lectures attended", "project hours"]
    text = text_of(by_name("surface"), session.state, 120, 30)
    assert "lectures attended" in text
    assert "project hours" in text
    text_of(by_name("surface"), session.state, 24, 12)
    assert "x₂" in text_of(by_name("surface"), session.state, 40, 16)  # where the name has no room


def test_the_surface_of_a_regression_speaks_in_the_target_s_unit():
    data = datasets.load("house-rent")  # rents 12, 14 and 15
    trainer = Trainer(Network([2, 2, 1], "tanh", "identity"), data, TrainingConfig(batch_size=0, epochs=1))
    surface = next(event for event in trainer.events() if isinstance(event, Snapshot)).surface
    assert (surface.low, surface.high) == pytest.approx((12, 15), abs=1e-5)
    assert sorted(label for _, _, label in surface.points) == pytest.approx([12, 14, 15], abs=1e-5)
