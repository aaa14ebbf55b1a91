"""Searches that were never run: states as a search would leave them, made from a seed."""

import numpy as np

from dnn_tui.experiments.searching.state import Axis, SearchState, Trial

AXES = (
    Axis("lr", 1e-4, 1.0, log=True),
    Axis("hidden", 32, 512, log=True, integer=True),
    Axis("layers", 1, 3, integer=True),
    Axis("units_2", 16, 256, log=True, integer=True),
    Axis("dropout", 0.0, 0.5),
    Axis("activation", choices=("relu", "tanh", "gelu")),
    Axis("batch_size", 8, 512, log=True, integer=True),
    Axis("momentum", 0.0, 0.99),
)


def made_up(trials: int = 40, seed: int = 0, axes: tuple[Axis, ...] = AXES, epochs: int = 20, **more) -> SearchState:
    """A search of so many trials: lr matters most, hidden a little, the rest hardly; some are pruned, one diverged.

    The last two still run, unless `more` says that it has ended.
    """
    rng = np.random.default_rng(seed)
    return SearchState(
        "digits-search", "digits", axes, tuple(_trial(k, trials, rng, axes, epochs, more) for k in range(trials)),
        asked=more.pop("asked", trials + 5), workers=2, seconds=2.0 * trials, **more,
    )  # fmt: skip


def _trial(k: int, trials: int, rng: np.random.Generator, axes, epochs: int, more) -> Trial:
    values = {axis.name: axis.value_at(float(rng.random())) for axis in axes}
    if "units_2" in values and values.get("layers", 2) == 1:
        values["units_2"] = None
    place = {axis.name: float(axis.places([values[axis.name]])[0]) for axis in axes}
    floor = 0.08 + 1.6 * (place.get("lr", 0.6) - 0.6) ** 2 + 0.15 * (1 - place.get("hidden", 1.0)) + 0.02 * rng.random()
    curve = floor + (2.3 - floor) * np.exp(-np.arange(1, epochs + 1) / (1.5 + 4 * rng.random()))
    scores = tuple(np.round(curve * (1 + 0.02 * rng.standard_normal(epochs)), 5).tolist())
    state = "complete"
    if k >= trials - 2 and not more.get("ended"):
        state, scores = "running", scores[: epochs // 2]
    elif place.get("lr", 0.0) > 0.96:
        state, scores = "diverged", (*scores[:1], float("inf"))
    elif floor > 0.3 and rng.random() < 0.8:
        state, scores = "pruned", scores[: 2 + int(rng.integers(epochs // 4 or 1))]
    finite = [s for s in scores if np.isfinite(s)]
    score = None if state == "diverged" else min(finite, default=None)
    seconds = len(scores) * 0.15
    return Trial(
        k, state, values, score, scores, None if score is None else round(1 - score / 3, 4), seconds,
        len(scores) * 40, f"digits-search/trial-{k:03d}", 2.0 * k,
    )  # fmt: skip
