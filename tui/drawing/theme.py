"""Colours: one table of inks, in full colour, in 256 and in sixteen, and in none.

A drawing says *what* a cell is (an ink), never which colour it has; a palette says how that looks.
Every ramp has few levels on purpose: each change of colour in a row costs an escape sequence.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import product
from typing import TypeVar

from rich.color import Color, ColorSystem
from rich.style import Style
from textual.color import Color as Blend
from textual.theme import Theme

Colour = TypeVar("Colour", int, str)  # of 256, or by name


class Ink(IntEnum):
    """What a cell is. A ramp (`POSITIVE` …) is its first ink; add the level."""

    NONE = 0  # as a background: the panel's own
    TEXT = 1
    DIM = 2
    FAINT = 3
    TITLE = 4
    ACCENT = 5
    GOOD = 6
    WARN = 7
    BAD = 8
    TRAIN = 9
    VALIDATION = 10
    BATCH = 11
    CURSOR = 12
    DARK = 13  # text on a bright background
    POSITIVE = 16  # ramps of STEPS levels: the sign and size of a weight
    NEGATIVE = 24
    ACTIVE = 32  # a unit's activation
    GREY = 40  # ramps of LEVELS levels: images
    RIGHT = 50  # share of a class that was recognised
    WRONG = 60  # share of a class that was mistaken
    PLANE = 70  # a decision surface from one answer (0) over undecided to the other (LEVELS - 1)
    GROUP = 80  # ten classes, bright
    REGION = 90  # ten classes, as backgrounds
    RUN = 100  # eight runs on the same axes
    CUBE = 256  # pixels in colour: SIDE³ inks, the blue level counting fastest


STEPS = 6  # levels of a signed ramp
LEVELS = 9  # levels of a picture
SIDE = 6  # levels of red, of green and of blue in a picture in colour: as many as a 256-colour terminal has
GROUPS = 10

BACKGROUND = "#10141c"
TEXT = "#d5dde8"
POINTS = ("#5ab0ff", "#ff9d47")  # positive and negative; a yes and a no
CLASSES = (
    "#5ab0ff", "#ff9d47", "#4fd6a8", "#ff7eb6", "#c3a6ff", "#ffe066", "#7fdfff", "#ff8a80", "#b7e07a", "#d0d7e2",
)  # fmt: skip
NAMED = {
    Ink.NONE: BACKGROUND,
    Ink.TEXT: TEXT,
    Ink.DIM: "#8794a6",
    Ink.FAINT: "#465264",
    Ink.TITLE: "#ffffff bold",
    Ink.ACCENT: "#ffd75f",
    Ink.GOOD: "#5fd787",
    Ink.WARN: "#ffb454",
    Ink.BAD: "#ff6b6b",
    Ink.TRAIN: "#4fd6be",
    Ink.VALIDATION: "#ff7eb6",
    Ink.BATCH: "#2c5f63",
    Ink.CURSOR: "#ffd75f",
    Ink.DARK: "#0b0e14",
}
# first ink: (levels, the colours it runs through)
RAMPS = {
    Ink.POSITIVE: (STEPS, ("#1c2f47", "#2f6fae", "#6cbcff")),
    Ink.NEGATIVE: (STEPS, ("#45301f", "#b0662a", "#ffa552")),
    Ink.ACTIVE: (STEPS, ("#465264", "#a89a6a", "#fff1b8")),
    Ink.GREY: (LEVELS, ("#05070a", "#7d8794", "#ffffff")),
    Ink.RIGHT: (LEVELS, ("#141a22", "#17604f", "#3ddc97")),
    Ink.WRONG: (LEVELS, ("#141a22", "#7a2f3a", "#ff6b6b")),
    Ink.PLANE: (LEVELS, ("#9a5a22", "#20252e", "#27639f")),
}


@dataclass(eq=False)
class Palette:
    """How inks look. `mono` tells drawings to use shades and signs in place of colours."""

    name: str
    colours: dict[int, str]
    mono: bool = False
    _styles: dict[tuple[int, int], Style] = field(default_factory=dict)

    def style(self, ink: int, background: int = 0) -> Style:
        """The Rich style of an ink on a background ink."""
        key = (int(ink), int(background))
        if key not in self._styles:
            front, *attributes = self.colours.get(key[0], self.colours[Ink.TEXT]).split()
            back = self.colours.get(key[1], self.colours[Ink.NONE]).split()[0]
            self._styles[key] = Style(
                color=Color.parse(front),
                bgcolor=Color.parse(back),
                bold="bold" in attributes or None,
                dim="dim" in attributes or None,
                reverse="reverse" in attributes or None,
            )
        return self._styles[key]


def ramp(stops: tuple[str, ...], levels: int) -> list[str]:
    """`levels` colours evenly along the line through `stops`."""
    colours, parts = [Blend.parse(stop) for stop in stops], len(stops) - 1
    result = []
    for level in range(levels):
        position = level / (levels - 1) * parts
        part = min(int(position), parts - 1)
        result.append(colours[part].blend(colours[part + 1], position - part).hex)
    return result


def _cube() -> list[str]:
    """The colours of a picture's pixels: all triples of evenly spaced red, green and blue, in the order of their inks.

    Few levels, as in every ramp: a photograph changes its colour at nearly every pixel.
    """
    even = [round(255 * level / (SIDE - 1)) for level in range(SIDE)]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(even, repeat=3)]


def _full() -> Palette:
    colours = {int(ink): colour for ink, colour in NAMED.items()}
    for first, (levels, stops) in RAMPS.items():
        colours |= {first + level: colour for level, colour in enumerate(ramp(stops, levels))}
    for k, colour in enumerate(CLASSES):
        colours[Ink.GROUP + k] = colour
        colours[Ink.REGION + k] = Blend.parse(BACKGROUND).blend(Blend.parse(colour), 0.4).hex
        if k < 8:
            colours[Ink.RUN + k] = colour
    colours |= {Ink.CUBE + k: colour for k, colour in enumerate(_cube())}
    return Palette("full", colours)


def _eight_bit() -> Palette:
    """The same look in xterm's 256 colours, chosen by hand: the nearest ones to dark ramps are purple and maroon.

    The background is 16, to which Rich takes the theme's.
    """
    named = {
        Ink.NONE: 16, Ink.TEXT: 253, Ink.DIM: 245, Ink.FAINT: 239, Ink.TITLE: 231, Ink.ACCENT: 221, Ink.GOOD: 78,
        Ink.WARN: 215, Ink.BAD: 203, Ink.TRAIN: 79, Ink.VALIDATION: 211, Ink.BATCH: 23, Ink.CURSOR: 221, Ink.DARK: 16,
    }  # fmt: skip
    levels = {
        Ink.POSITIVE: (235, 24, 25, 31, 32, 75),
        Ink.NEGATIVE: (235, 94, 94, 130, 172, 215),
        Ink.ACTIVE: (239, 241, 143, 144, 186, 230),
        Ink.GREY: (233, 235, 237, 240, 243, 246, 249, 252, 231),
        Ink.RIGHT: (234, 22, 22, 23, 29, 29, 35, 42, 78),
        Ink.WRONG: (234, 52, 52, 88, 88, 124, 131, 167, 203),
        Ink.PLANE: (130, 94, 58, 236, 234, 236, 23, 24, 25),
        Ink.CUBE: range(16, 16 + SIDE**3),  # its own cube, level for level
    }
    group = (75, 215, 79, 211, 183, 227, 117, 210, 150, 252)
    region = (24, 94, 23, 89, 60, 100, 31, 95, 64, 240)
    colours = _by_ink(named, levels, group, region)
    words = {ink: f"color({number})" for ink, number in colours.items()}
    words[Ink.TITLE] += " bold"
    return Palette("eight_bit", words)


def _sixteen() -> Palette:
    """The terminal's own colours, whatever they are: safe on a light background too."""
    named = {
        Ink.NONE: "default", Ink.TEXT: "default", Ink.DIM: "default dim", Ink.FAINT: "bright_black",
        Ink.TITLE: "default bold", Ink.ACCENT: "yellow", Ink.GOOD: "green", Ink.WARN: "yellow", Ink.BAD: "red",
        Ink.TRAIN: "cyan", Ink.VALIDATION: "magenta", Ink.BATCH: "bright_black", Ink.CURSOR: "yellow",
        Ink.DARK: "black",
    }  # fmt: skip
    levels = {
        Ink.POSITIVE: ("bright_black", "blue", "blue", "blue", "bright_blue", "bright_blue"),
        Ink.NEGATIVE: ("bright_black", "red", "red", "red", "bright_red", "bright_red"),
        Ink.ACTIVE: ("bright_black", "bright_black", "yellow", "yellow", "bright_yellow", "bright_yellow"),
        Ink.GREY: ("black",) * 2 + ("bright_black",) * 3 + ("white",) * 2 + ("bright_white",) * 2,
        Ink.RIGHT: ("default",) * 3 + ("green",) * 4 + ("bright_green",) * 2,
        Ink.WRONG: ("default",) * 3 + ("red",) * 4 + ("bright_red",) * 2,
        Ink.PLANE: ("red",) * 2 + ("bright_red",) * 2 + ("default",) + ("bright_blue",) * 2 + ("blue",) * 2,
        Ink.CUBE: [f"color({Color.parse(colour).downgrade(ColorSystem.STANDARD).number})" for colour in _cube()],
    }
    group = ("bright_blue", "bright_red", "bright_green", "bright_magenta", "bright_yellow", "bright_cyan",
             "white", "cyan", "magenta", "yellow")  # fmt: skip
    region = ("blue", "red", "green", "magenta", "yellow", "cyan", "white", "bright_black", "blue", "red")
    return Palette("sixteen", _by_ink(named, levels, group, region))


def _by_ink(
    named: Mapping[Ink, Colour],
    levels: Mapping[Ink, Sequence[Colour]],
    group: Sequence[Colour],
    region: Sequence[Colour],
) -> dict[int, Colour]:
    """The colour of every ink: of those with a name, of the levels of each ramp, and of the classes and runs."""
    colours = {int(ink): colour for ink, colour in named.items()}
    for first, ramp in levels.items():
        colours |= {first + level: colour for level, colour in enumerate(ramp)}
    for k in range(GROUPS):
        colours[Ink.GROUP + k], colours[Ink.REGION + k] = group[k], region[k]
        if k < 8:
            colours[Ink.RUN + k] = group[k]
    return colours


def _none() -> Palette:
    """No colour at all: bold and dim, and drawings that use shades and signs."""
    colours = {ink: "default" for ink in range(128)}
    colours |= {Ink.DIM: "default dim", Ink.FAINT: "default dim", Ink.TITLE: "default bold"}
    colours |= {Ink.ACCENT: "default bold", Ink.BAD: "default bold", Ink.BATCH: "default dim"}
    colours |= {ramp + level: "default dim" for ramp in (Ink.POSITIVE, Ink.NEGATIVE, Ink.ACTIVE) for level in (0, 1, 2)}
    return Palette("none", colours, mono=True)


FULL, EIGHT_BIT, SIXTEEN, NONE = _full(), _eight_bit(), _sixteen(), _none()

DARK_THEME = Theme(
    name="dnn",
    primary="#4fd6be",
    secondary="#6cbcff",
    accent="#ffd75f",
    warning="#ffb454",
    error="#ff6b6b",
    success="#5fd787",
    foreground=TEXT,
    background=BACKGROUND,
    surface="#161b25",
    panel="#1b2230",
    dark=True,
)
ANSI_THEMES = ("ansi-dark", "ansi-light")


def palette_of(theme: str, no_color: bool, color_system: str | None = "truecolor") -> Palette:
    """The palette that goes with a Textual theme's name, NO_COLOR, and Rich's name for what the terminal can do."""
    if no_color:
        return NONE
    if theme in ANSI_THEMES:
        return SIXTEEN
    return EIGHT_BIT if color_system == "256" else FULL


def first_theme(environ: Mapping[str, str] = os.environ, chosen: str = "") -> str:
    """The theme to begin with: the terminal's own colours where colour is unwanted or scarce; else chosen, or ours."""
    scarce = environ.get("TERM", "") in ("linux", "vt100", "vt220", "xterm-16color", "ansi", "dumb")
    return ANSI_THEMES[0] if "NO_COLOR" in environ or scarce else chosen or DARK_THEME.name
