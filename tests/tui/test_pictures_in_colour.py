"""Pictures in colour keep it: in the mistakes, beside the network, in inspect; read from the strips written."""

import numpy as np
import pytest
from rich.color import Color

from dnn_tui.datasets.dataset import Dataset, Split
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.subject import Row
from dnn_tui.mlp import Network, Trainer, TrainingConfig
from dnn_tui.mlp.events import EpochEnded
from dnn_tui.mlp.explain import Number, find_step
from dnn_tui.mlp.explain.step import Operand
from dnn_tui.runs.state import RunState
from dnn_tui.tui.drawing.canvas import picture
from dnn_tui.tui.drawing.grid import Grid
from dnn_tui.tui.drawing.theme import EIGHT_BIT, FULL, NONE, SIXTEEN, Ink
from dnn_tui.tui.inspect.blocks_grid import result_grid
from dnn_tui.tui.inspect.diagram import draw_network
from dnn_tui.tui.inspect.look import Look
from dnn_tui.tui.inspect.made_of import made_of
from dnn_tui.tui.panels.samples import SamplesPanel
from dnn_tui.tui.panels.topology import TopologyPanel
from dnn_tui.tui.sessions.moment import Moment

SHAPE = (16, 16, 3)
SIDE = 16
RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def plain(colour) -> np.ndarray:
    """A picture of one colour."""
    return np.broadcast_to(np.array(colour, float), SHAPE).copy()


def seen(grid: Grid, palette=FULL) -> np.ndarray:
    """The colours of a grid's half-block pixels as they are written, shape (2 height, width, 3), 0 to 255."""
    rows = []
    for y in range(grid.height):
        upper, lower = [], []
        for segment in grid.strip(y, palette):
            front, back = (list(c.get_truecolor()) for c in (segment.style.color, segment.style.bgcolor))
            for character in segment.text:
                upper.append(front if character == "▀" else back)
                lower.append(back)
        rows += [upper, lower]
    return np.array(rows)


def count(grid: Grid, colour, palette=FULL) -> int:
    """How many pixels have that colour."""
    return int((seen(grid, palette) == colour).all(axis=2).sum())


def run_of(pixels: np.ndarray) -> RunState:
    """A run over copies of one picture whose labels cannot be learnt, so that there are mistakes."""
    x = np.repeat(pixels.reshape(1, -1), 40, axis=0).astype(np.float32)
    part = Split(x, np.arange(40) % 4)
    data = Dataset("photographs", "classes", part, part, part, tuple(f"p{k}" for k in range(x.shape[1])),
                   class_names=tuple("abcd"), image_shape=SHAPE)  # fmt: skip
    state = RunState()
    for event in Trainer(Network([x.shape[1], 6, 4], "relu"), data, TrainingConfig(epochs=1, batch_size=20)).events():
        state.apply(event)
    assert any(isinstance(event, EpochEnded) and event.mistakes for event in state.epochs)
    return state


def drawn(cls, state: RunState, palette=FULL) -> Grid:
    panel = cls.__new__(cls)
    return panel.draw(panel.view(Moment(state), 100, 30), 100, 30, palette)


@pytest.mark.parametrize("cls", [SamplesPanel, TopologyPanel])
@pytest.mark.parametrize("colour", [RED, GREEN, BLUE, (1.0, 0.8, 0.0)])
def test_a_picture_has_its_colour_in_the_panels(cls, colour):
    grid = drawn(cls, run_of(plain(colour)))
    assert count(grid, np.array(colour) * 255) >= SIDE * SIDE


@pytest.mark.parametrize("cls", [SamplesPanel, TopologyPanel])
def test_a_grey_picture_of_three_channels_is_drawn_as_one_of_one_channel(cls):
    grey = np.linspace(0, 1, SIDE * SIDE).reshape(SIDE, SIDE)
    grid = drawn(cls, run_of(np.repeat(grey[..., None], 3, axis=2)))
    assert (grid.fg < Ink.CUBE).all()
    assert (grid.bg < Ink.CUBE).all()
    whole = picture(grey)
    assert any(
        (grid.bg[y : y + whole.height, x : x + whole.width] == whole.bg).all()
        for y in range(grid.height - whole.height + 1)
        for x in range(grid.width - whole.width + 1)
    )


def test_every_pixel_is_within_half_a_step_of_its_colour():
    rng = np.random.default_rng(0)
    pixels = rng.random((24, 30, 3))
    shown = seen(picture(pixels))
    coloured = ~(np.ptp(shown, axis=2) < 20)  # the ramp of greys is a little blue
    assert coloured.mean() > 0.9
    assert np.abs(shown - 255 * pixels)[coloured].max() <= 255 / 5 / 2 + 0.5


def test_256_colours_are_those_of_the_terminals_own_cube():
    assert (seen(picture(plain(RED)), EIGHT_BIT) == (255, 0, 0)).all()
    (segment,) = picture(plain(GREEN)).strip(0, EIGHT_BIT)
    assert segment.style.bgcolor.number == 46  # xterm: 16 + 36 red + 6 green + blue
    # more light is never shown as less
    ramp = np.linspace(0, 1, 11)[None, :, None] * np.array(RED)
    assert (np.diff(seen(picture(ramp), EIGHT_BIT)[0, :, 0]) >= 0).all()


@pytest.mark.parametrize(
    ("colour", "names"),
    [(RED, ("red", "bright_red")), (GREEN, ("green", "bright_green")), (BLUE, ("blue", "bright_blue"))],
)
def test_of_sixteen_colours_the_nearest_is_taken(colour, names):
    (segment,) = picture(plain(colour)).strip(0, SIXTEEN)
    back = segment.style.bgcolor
    assert back.number in {Color.parse(name).number for name in names}


@pytest.mark.parametrize("cls", [SamplesPanel, TopologyPanel])
def test_without_colour_a_picture_is_as_bright_as_it_looks(cls):
    """Of the three, green looks brightest and blue darkest (ITU-R BT.601: .587, .299, .114)."""
    inked = []
    for colour in (BLUE, RED, GREEN):
        grid = drawn(cls, run_of(plain(colour)), NONE)
        for y in range(grid.height):
            for segment in grid.strip(y, NONE):
                assert segment.style.color.is_default
                assert segment.style.bgcolor.is_default
        inked.append(max(" ░▒▓█".index(c) for line in grid.lines() for c in line if c in " ░▒▓█"))
    assert picture(plain(BLUE), mono=True).lines()[0] == "░" * SIDE
    assert picture(plain(RED), mono=True).lines()[0] == "░" * SIDE
    assert picture(plain(GREEN), mono=True).lines()[0] == "▓" * SIDE
    assert inked[0] <= inked[1] <= inked[2]


# ---- inspect


def subject_of(pixels: np.ndarray, weights: np.ndarray | None = None) -> NetworkSubject:
    """A network at a picture; weights: those of its first unit."""
    network = Network((pixels.size, 5, 2), "relu", "softmax", seed=0, dtype=np.float64)
    if weights is not None:
        network.W[1][0] = weights.ravel()
    row = Row("a photograph", pixels.ravel(), np.array([1.0, 0.0]))
    return NetworkSubject("photographs", rows=[row], network=network, loss="cross_entropy", image_shape=SHAPE)


def test_the_networks_picture_in_inspect_has_its_colour():
    for colour in (RED, (0.8, 0.2, 0.0)):
        subject = subject_of(plain(colour))
        grid = draw_network(subject.run, subject.steps[0], Look(), 100, 30, image=SHAPE)
        assert count(grid, np.array(colour) * 255) >= 100
    subject = subject_of(plain(RED))
    mono = draw_network(subject.run, subject.steps[0], Look(), 100, 30, mono=True, image=SHAPE)
    assert (mono.fg < Ink.CUBE).all()
    assert (mono.bg == 0).all() or (mono.bg[mono.bg > 0] == Ink.ACCENT).all()
    assert any("░" * 6 in line for line in mono.lines())


def test_the_input_in_inspect_is_a_picture_in_its_colour():
    x = find_step(subject_of(plain(RED)).steps, "F0").result
    assert count(result_grid(x, (0,), Number(), 60, 12, image=SHAPE), (255, 0, 0)) == SIDE * SIDE
    assert "drawn as the picture it is" in str(result_grid(x, (0,), Number(), 60, 12, image=SHAPE))
    # what a hidden layer of as many units says is no picture: its sign is
    h = Operand("h_1", "h_1", -plain(RED).ravel())
    grid = result_grid(h, (0,), Number(), 60, 12, image=SHAPE)
    assert (grid.bg < Ink.CUBE).all()
    assert (grid.bg[2 : 2 + SIDE // 2, :SIDE] == Ink.NEGATIVE + 5).all()


def test_weights_of_a_picture_in_colour_stay_signed_and_are_never_averaged():
    """Red and green weights cancel in the mean; the largest are the green ones, below 0."""
    rows = np.zeros((20, *SHAPE))
    rows[3, ..., 0], rows[3, ..., 1] = 0.5, -1.0
    grid = result_grid(Operand("W_1", "W_1", rows.reshape(20, -1)), (3, 0), Number(), 110, 14, image=SHAPE)
    assert "row 4 of 20, as the picture it weighs: its green" in str(grid)
    full = Ink.NEGATIVE + 5
    assert (grid.bg[2 : 2 + SIDE // 2, :SIDE] == full).all()


def test_below_a_sum_the_weights_of_the_strongest_colour_are_drawn_and_what_all_three_add():
    weights = np.zeros(SHAPE)
    weights[..., 0], weights[..., 2] = -0.25, 1.0
    subject = subject_of(plain(RED), weights)
    grid = made_of(find_step(subject.steps, "F1 a"), Look(units=(0, 0, 0)), 60, 20, SHAPE, False)
    top = next(y for y, line in enumerate(grid.lines()) if "row 1, blue" in line) + 1
    blue, adds = (grid.bg[top : top + SIDE // 2, left : left + SIDE] for left in (0, 24))
    assert (blue == Ink.POSITIVE + 5).all()
    assert (adds == Ink.NEGATIVE + 5).all()  # x is red alone, and red's weight is below 0
