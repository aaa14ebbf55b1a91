"""The activation of the unit in focus, drawn: g, g′, and the unit's own point on both. Pure functions."""

import numpy as np

from dnn_tui.experiments.explaining.curve import ActivationCurve
from dnn_tui.mlp.explain import Step

from ..drawing.function import Spot, draw_function
from ..drawing.grid import Grid
from ..drawing.plot import Chart, Line, Scale, span
from ..drawing.theme import Ink
from .look import Look


def draw_activation(curve: ActivationCurve, step: Step, look: Look, width: int, height: int) -> Grid:
    """The curve of a step through an activation. Nothing of the unit itself while its result is hidden."""
    text = look.number.text
    own, at, slope_at = curve.here
    low, high = span(np.concatenate([curve.g, curve.slope]))
    x = tuple(curve.s.tolist())

    def line(name: str, y: np.ndarray, ink: int, dashed: bool = False) -> Line:
        return Line(name, x, tuple(y.tolist()), ink, "", dashed)

    lines = [line("g′", curve.slope, Ink.VALIDATION, True)]
    if curve.bias:
        lines.append(line("g without b", curve.unshifted, Ink.FAINT, True))
    lines.append(line(f"g = {curve.activation}", curve.g, Ink.TRAIN))
    sums = "w·x" if step.layer == 1 else look.say(f"w·h_{step.layer - 1}")
    middle = -curve.bias if curve.bias else None
    chart = Chart("", "", Scale(x[0], x[-1]), Scale(low, high), tuple(lines), x_name=sums, cursor=middle)
    entries = [("┊", "a = 0", Ink.CURSOR)] if curve.bias else []
    back = step.phase == "B"  # the slope is what counts on the way back
    if look.hidden:
        return draw_function(chart, (), width, height, entries=entries)
    figures = f"{look.say(curve.h)} {text(at)}, g′ {text(slope_at)}"
    total = text(own + curve.bias)
    shift = f"{text(own)} {'+' if curve.bias > 0 else '−'} {text(abs(curve.bias))} = " if curve.bias else ""
    said = (f"● {look.say(curve.a)} = {shift}{total}: {figures}", f"● {look.say(curve.a)} {total}: {figures}", figures)
    spots = [Spot(own, slope_at, "●", Ink.VALIDATION), Spot(own, at, "●", Ink.ACCENT)]
    if back:
        spots.reverse()
    if len(curve.others):
        entries.append(("•", "the other rows", Ink.TEXT))
    others = [Spot(float(s), float(slope if back else g), "•", Ink.TEXT) for s, g, slope in curve.others]
    return draw_function(chart, [*others, *spots], width, height, said, entries)
