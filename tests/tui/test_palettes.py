"""Each palette says the same in its own colours: eight runs, ten classes, ramps that grow."""

import pytest
from rich.color import Color, ColorSystem

from dnn_tui.tui.drawing.theme import EIGHT_BIT, FULL, GROUPS, LEVELS, NONE, SIXTEEN, STEPS, Ink, ramp

COLOURED = (FULL, EIGHT_BIT, SIXTEEN)
#: Inks with a hue and light enough for the cube of 256 colours to have it: there Rich finds the nearest one, too.
CLEAR = [
    Ink.TITLE, Ink.ACCENT, Ink.GOOD, Ink.WARN, Ink.BAD, Ink.TRAIN, Ink.VALIDATION, Ink.BATCH, Ink.CURSOR,
    *(Ink.GROUP + k for k in range(GROUPS) if k not in (5, 9)), *(Ink.RUN + k for k in range(8) if k != 5),
]  # fmt: skip


def light(palette, ink) -> float:
    """Relative luminance as the eye weighs it (ITU-R BT.709), 0 to 255."""
    red, green, blue = Color.parse(palette.colours[ink].split()[0]).get_truecolor()
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", COLOURED, ids=lambda palette: palette.name)
def test_eight_runs_have_eight_colours_which_are_those_of_the_first_classes(palette):
    runs = [palette.colours[Ink.RUN + k] for k in range(8)]
    assert len(set(runs)) == 8
    assert runs == [palette.colours[Ink.GROUP + k] for k in range(8)]
    assert len({palette.colours[Ink.GROUP + k] for k in range(GROUPS)}) == GROUPS


@pytest.mark.parametrize("ink", CLEAR)
def test_of_256_colours_a_clear_one_is_the_nearest(ink):
    nearest = Color.parse(FULL.colours[ink].split()[0]).downgrade(ColorSystem.EIGHT_BIT)
    assert EIGHT_BIT.style(ink).color.number == nearest.number


@pytest.mark.parametrize("palette", [FULL, EIGHT_BIT], ids=lambda palette: palette.name)
@pytest.mark.parametrize(
    ("first", "levels"),
    [(Ink.POSITIVE, STEPS), (Ink.NEGATIVE, STEPS), (Ink.ACTIVE, STEPS), (Ink.GREY, LEVELS), (Ink.RIGHT, LEVELS)],
)
def test_a_ramp_gets_lighter_from_end_to_end(palette, first, levels):
    lights = [light(palette, first + level) for level in range(levels)]
    assert lights == sorted(lights)
    assert lights[-1] > lights[0] + 90


@pytest.mark.parametrize("palette", [FULL, EIGHT_BIT], ids=lambda palette: palette.name)
def test_a_decision_is_darkest_where_it_is_undecided(palette):
    lights = [light(palette, Ink.PLANE + level) for level in range(LEVELS)]
    assert lights[: LEVELS // 2 + 1] == sorted(lights[: LEVELS // 2 + 1], reverse=True)
    assert lights[LEVELS // 2 :] == sorted(lights[LEVELS // 2 :])
    assert lights[LEVELS // 2 - 1] == pytest.approx(lights[LEVELS // 2 + 1], abs=5)  # neither answer is preferred


def test_a_ramp_of_three_colours_has_the_middle_one_in_its_middle():
    """By hand: from black over #808080 to white in five, each halfway between its neighbours."""
    assert [c.lower() for c in ramp(("#000000", "#808080", "#ffffff"), 5)][::2] == ["#000000", "#808080", "#ffffff"]
    quarter, three = (Color.parse(c).get_truecolor().red for c in ramp(("#000000", "#808080", "#ffffff"), 5)[1::2])
    assert (quarter, three) == (pytest.approx(0x40, abs=1), pytest.approx(0xC0, abs=1))


def test_without_colours_only_bold_and_dim_are_left():
    assert NONE.mono
    assert {word.split()[0] for word in NONE.colours.values()} == {"default"}
    assert not any(palette.mono for palette in COLOURED)
    small, large = (NONE.style(Ink.POSITIVE + level) for level in (0, STEPS - 1))
    assert (small.dim, large.dim) == (True, None)
