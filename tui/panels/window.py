"""Which steps of a run the curves show, and along which axis: what a moment's look asks for."""

from dataclasses import replace

import numpy as np

from ..drawing.axis import Axis, axis_end
from ..sessions.moment import Moment


def axis_of(moment: Moment) -> Axis:
    """The axis that the look asks for."""
    state, per_epoch = moment.state, moment.state.steps_per_epoch or 1
    if moment.look.axis == "step":
        return Axis("step", (0.0, 1.0), (0.0, 1.0))
    if moment.look.axis == "seconds":
        return Axis("seconds", *state.epochs.clock(state.step, state.elapsed))
    if not state.marks:
        return Axis("epoch", (0.0, float(per_epoch)), (0.0, 1.0))
    # a change may have made epochs longer or shorter: straight lines between the changes, and on to the planned end
    places = [0, *(step for step, _ in state.marks if step), state.step]
    left = max(1.0, state.total_epochs - state.epochs_by(state.step))
    steps = [*places, state.step + left * per_epoch]
    epochs = [0.0, *(state.epochs_by(step) for step in places[1:]), state.epochs_by(state.step) + left]
    return Axis("epoch", np.array(steps, float), np.maximum.accumulate(epochs))


def window(moment: Moment) -> tuple[float, float]:
    """The steps (first, last) that are seen: the whole run, or `span` steps up to `right` (or to the newest)."""
    look, state = moment.look, moment.state
    if look.span is None:
        if look.axis == "seconds":
            return 0.0, float(max(1, state.step))
        end = axis_end(state.epochs_by(state.step), state.total_epochs)
        return 0.0, float(axis_of(replace(moment, look=replace(look, axis="epoch"))).steps_at(end))
    right = float(max(1, state.step)) if look.right is None else look.right
    return max(0.0, right - look.span), max(right, min(look.span, 1.0))


def zoomed(moment: Moment, factor: float) -> dict[str, float | None]:
    """Changes of the look that show `factor` times as many steps, the cursor (or the newest step) staying in place."""
    first, last = window(moment)
    newest = float(max(1, moment.state.step))
    fixed = newest if moment.look.at is None else float(moment.look.at)
    span = max(8.0, (min(last, newest) - first) * factor)
    if span >= newest:
        return {"span": None, "right": None}
    following = moment.look.right is None and moment.look.at is None
    share = (min(last, newest) - fixed) / max(1.0, min(last, newest) - first)
    right = min(newest, max(span, fixed + share * span))
    return {"span": span, "right": None if following else right}


def panned(moment: Moment, share: float) -> dict[str, float | None]:
    """Changes of the look that move the window by a share of its width; at the newest step it follows again."""
    if moment.look.span is None:
        return {}
    first, last = window(moment)
    right = last + share * (last - first)
    if right >= moment.state.step:
        return {"right": None}
    return {"right": max(moment.look.span, right)}
