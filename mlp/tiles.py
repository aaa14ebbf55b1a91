"""Unit pictures: each unit's activation over the plane of the two coordinates, while somebody looks at them.

A viewer asks for tiles of a size and asks again before its lease ends; when nobody has asked for a while, none are
made, and a run that nobody looks at costs and records nothing of this.
"""

import base64
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .backprop import Workspace, forward
from .events import Tiles, UnitPlane
from .network import Network
from .plane import Plane

LEASE = 30.0  # seconds that a viewer's wish holds
LARGEST = 40  # pixels of a tile's side
LARGE_ROWS, LARGE_COLUMNS = 40, 80  # of the one unit that is looked at
MIDDLE = 127  # the level of 0, of levels 0 … 254
BEYOND = 0.02  # share of the places whose activation may be beyond the scale


class TilesError(ValueError):
    """A wish for tiles that says nothing: one sentence."""


@dataclass(frozen=True)
class Wish:
    """What a viewer wants: tiles of side × side pixels, and one unit large (layer, unit), or none."""

    side: int
    unit: tuple[int, int] | None = None

    @classmethod
    def parse(cls, text: str | float | None) -> "Wish":
        """Of "12" or "12 2.3": twelve pixels, and unit 3 of layer 2 large; 0: none any more. Raises TilesError."""
        side, _, unit = str(text).partition(" ")
        try:
            layer, _, number = unit.partition(".")
            wish = cls(int(float(side)), (int(layer), int(number)) if unit else None)
        except (ValueError, OverflowError):
            wish = cls(-1)
        if not 0 <= wish.side <= LARGEST or (wish.unit and min(wish.unit) < 0):
            raise TilesError(f"{text} is no wish for tiles: give their side, from 0 to {LARGEST} pixels, as 12 or"
                             " 12 2.3 for unit 3 of layer 2 as well.")  # fmt: skip
        return wish


class Lookers:
    """Who looks at tiles now, and what they want."""

    def __init__(self) -> None:
        self._wishes: dict[str, tuple[float, Wish]] = {}

    def ask(self, by: str, wish: Wish) -> bool:
        """Take up a viewer's wish; whether it differs from what that viewer had."""
        had = self._wishes.pop(by, None)
        if wish.side:
            self._wishes[by] = time.monotonic() + LEASE, wish
        return (had[1] if had else Wish(0)) != wish

    def wanted(self) -> tuple[int, tuple[tuple[int, int], ...]]:
        """The largest side that is wanted (0: nobody looks), and the units that are wanted large."""
        now = time.monotonic()
        self._wishes = {by: (end, wish) for by, (end, wish) in self._wishes.items() if end > now}
        wishes = [wish for _, wish in self._wishes.values()]
        units = dict.fromkeys(wish.unit for wish in wishes if wish.unit)
        return max((wish.side for wish in wishes), default=0), tuple(units)


class Tiler:
    """Makes the tiles of one network."""

    def __init__(self, network: Network, plane: Plane, units: Sequence[Array], task: str) -> None:
        self.network, self.plane, self.units = network, plane, units
        self.binary = task == "binary"
        self._workspaces: dict[int, tuple[Workspace, Array]] = {}
        self._scale = 0.0

    def tiles(self, side: int, large: Sequence[tuple[int, int]] = ()) -> Tiles:
        """The tiles of the units that are shown, `side` × `side` pixels each, and some units large."""
        h = self._over(side, side)
        scale = self._settled([h[i][:, shown] for i, shown in enumerate(self.units) if i])  # what `_signed` needs
        layers = tuple(encoded(self._signed(h, i)[:, shown].T, scale) for i, shown in enumerate(self.units))
        sizes = self.network.sizes
        units = [(i, k) for i, k in large if i < len(sizes) and k < sizes[i]]
        wide = self._over(LARGE_ROWS, LARGE_COLUMNS) if units else []
        planes = tuple(
            UnitPlane(i, k, LARGE_ROWS, LARGE_COLUMNS, encoded(self._signed(wide, i)[:, k], scale)) for i, k in units
        )
        return Tiles(side, scale, layers, planes)

    def _over(self, rows: int, columns: int) -> list[Array]:
        """Every layer's activations over the plane, (places, n_i)."""
        places = rows * columns
        if places not in self._workspaces:
            if len(self._workspaces) > 3:
                self._workspaces.clear()
            inputs = self.plane.grid(rows, columns).astype(self.network.dtype)
            self._workspaces[places] = Workspace(self.network, places), inputs
        workspace, inputs = self._workspaces[places]
        workspace.h[0][...] = inputs
        forward(self.network, workspace)
        return workspace.h

    def _signed(self, h: list[Array], i: int) -> Array:
        """A layer's activations as they are shown: inputs and shares fill the scale, whatever it is.

        An answer of yes or no is neutral at ½, a share of several answers at 0; an input at its own 0.
        """
        if i == 0:
            reach = np.abs(h[0]).max(axis=0)
            return np.asarray(h[0] / np.where(reach > 0, reach, 1) * self._scale)
        if i < self.network.layers or self.network.activations[-1].name not in ("sigmoid", "softmax"):
            return h[i]
        return np.asarray((2 * h[i] - 1 if self.binary else h[i]) * self._scale)

    def _settled(self, activations: list[Array]) -> float:
        """What the ends of the scale stand for: nearly all activations are within; round, and slow to change."""
        values = np.abs(np.concatenate([layer.ravel() for layer in activations]))
        values = values[np.isfinite(values)]
        reach = float(np.quantile(values, 1 - BEYOND)) if len(values) else 1.0
        if not self._scale or not self._scale / 4 <= reach <= self._scale * 1.05:
            self._scale = round_up(max(reach, 1e-6))
        return self._scale


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20 …; what is hardly beyond one is taken for it."""
    unit = 10.0 ** math.floor(math.log10(value))
    return next(float(f"{unit * step:.3g}") for step in (1, 2, 5, 10) if value <= unit * step * 1.02)


def encoded(values: Array, scale: float) -> str:
    """Activations as base64 of uint8: 0 is -scale or less, MIDDLE is 0, 2 MIDDLE is scale or more."""
    levels = np.nan_to_num(np.clip(values / scale, -1, 1)) * MIDDLE + MIDDLE
    return base64.b64encode(levels.round().astype(np.uint8).tobytes()).decode()
