"""Banner: one loud line for what must not be missed."""

from dataclasses import dataclass

from ..drawing.grid import Grid, fit
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel


@dataclass(frozen=True)
class BannerView:
    text: str


def loudest(moment: Moment) -> str:
    """What went wrong, with layer and step; "" if nothing did, or if it is over."""
    state, mended = moment.state, set()
    if state.lost:
        return state.lost
    for alert in reversed(state.alerts):
        if alert.severity == "info":
            mended.add(alert.kind)  # "recorded again" ends what "not recorded" began
        lasting = alert.severity == "error" and alert.kind not in mended
        silent = alert.kind == "stalled" and alert.time >= state.updated  # nothing was heard since
        if lasting or silent:
            place = f"step {alert.step:,}" + (f", layer {alert.layer}" if alert.layer else "")
            return f"{place}: {alert.message}"
    if state.ended and state.ended.reason == "error":
        return state.ended.message or "the run ended with an error"
    return ""


class Banner(Panel[BannerView], can_focus=False):
    NAME = "banner"

    def view(self, moment: Moment, width: int, height: int) -> BannerView:
        return BannerView(loudest(moment))

    def draw(self, view: BannerView, width: int, height: int, palette: Palette) -> Grid:
        grid = Grid(width, height)
        for y in range(height):
            grid.put(0, y, " " * width, Ink.DARK, Ink.BAD)
        sign = "[✗]" if palette.mono else "✗"
        grid.put(1, 0, fit(f"{sign} {view.text}", width - 2), Ink.DARK, Ink.BAD)
        return grid
