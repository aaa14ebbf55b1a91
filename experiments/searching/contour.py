"""The score over two settings: what the trials nearby came to, as a picture. Pure."""

from dataclasses import dataclass

import numpy as np

from .state import Axis, SearchState

WIDTH = 0.09  # of the kernel, as a share of an axis: a few trials reach each place, and a valley stays one
NEAR = 0.05  # of one trial's full weight: where all of them together weigh less, nothing was tried nearby


@dataclass(frozen=True)
class Contour:
    """x, y: the two settings; scores: shape (rows, columns), the highest y first, NaN where nothing was tried nearby;

    places: of the trials, shape (points, 2), x and y from 0 to 1; rows: theirs in `SearchState.trials`.
    """

    x: Axis
    y: Axis
    scores: np.ndarray
    places: np.ndarray
    rows: np.ndarray


def contour_of(state: SearchState, x: str, y: str, rows: int, columns: int, log: bool = False) -> Contour:
    """The mean of the scores around each place, weighted by a Gaussian of the distance (Nadaraya 1964; Watson 1964).

    ŝ(p) = Σ_k K(p − p_k) s_k / Σ_k K(p − p_k), distances along the axes as they are drawn. log: the mean of the
    logarithms, so that one trial that went far off does not colour all around it.
    """
    names = [axis.name for axis in state.axes]
    pair = [names.index(x), names.index(y)]
    places = state.parallel[:, pair]
    known = np.isfinite(places).all(axis=1) & np.isfinite(state.scores) & (~np.array(log) | (state.scores > 0))
    kept = np.flatnonzero(known)
    places, scores = places[kept], state.scores[kept]
    if log:
        scores = np.log(scores)
    # a Gaussian of two distances is a product of two: sums over the trials are one product of matrices
    across = _kernel((np.arange(columns) + 0.5) / columns, places[:, 0])
    up = _kernel(1 - (np.arange(rows) + 0.5) / rows, places[:, 1])
    weight = up @ across.T
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (up * scores) @ across.T / weight
    mean = np.exp(mean) if log else mean
    return Contour(state.axes[pair[0]], state.axes[pair[1]], np.where(weight >= NEAR, mean, np.nan), places, kept)


def _kernel(at: np.ndarray, places: np.ndarray) -> np.ndarray:
    """exp(−d²/2w²) of each place to each trial, shape (at, trials)."""
    distance = (at[:, None] - places).astype(np.float32) / np.float32(WIDTH)  # half the time, and enough for a colour
    return np.asarray(np.exp(-0.5 * distance**2))
