"""Textual's pilot without its clock, without reading the same style sheets anew for every application, and without
what ended applications leave behind.

Imported before any application is. Nothing that a test sees changes but how soon it sees it.
"""

import asyncio
from collections.abc import Hashable
from functools import lru_cache, partial

import textual._wait
from rich.style import Style
from textual._context import active_app
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

ENOUGH = 20  # what begins something whenever it is laid out would never come to rest


async def nothing_left(min_sleep: float = 0, max_sleep: float = 0) -> None:
    """Until no message is under way and the screen is laid out: then only a key, a timer or a thread begins anything.

    Textual's own takes an application for idle when the process has slept for most of a fiftieth of a second: too early
    on a busy machine, up to a second late beside a thread that trains, and two fiftieths a key on a quiet one.
    """
    loop = asyncio.get_running_loop()
    app = active_app.get()
    for _ in range(ENOUGH):
        await asyncio.sleep(0)
        while loop._ready:
            await asyncio.sleep(0)
        app.screen._on_timer_update()  # what Textual does sixty times a second
        if not loop._ready:
            break


textual._wait.wait_for_idle = nothing_left

_parse_rules = Stylesheet._parse_rules
_parsed: dict[Hashable, list[RuleSet]] = {}


def parse_once(self, *words, **named) -> list[RuleSet]:
    """A style sheet's rules, which follow from its text and the theme's variables: the same for every application."""
    key = (words, tuple(named.items()), tuple(self._variables.items()))
    if key not in _parsed:
        _parsed[key] = _parse_rules(self, *words, **named)
    return _parsed[key]


Stylesheet._parse_rules = parse_once

_inner_outer = lru_cache(1024)(partial(StylesCache.get_inner_outer.__wrapped__, None))


def inner_outer(self, base_background: Color, background: Color) -> tuple[Style, Style]:
    """Of colours alone. Textual remembers it with the widget's own cache: a thousand widgets of applications that have
    ended are kept with all their lines, and each full look of the garbage collector takes half a second.
    """
    return _inner_outer(base_background, background)


StylesCache.get_inner_outer = inner_outer
