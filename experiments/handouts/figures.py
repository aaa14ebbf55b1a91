"""Pictures as lines, circles, boxes and labels: data that the templates write as SVG or as TikZ."""

from dataclasses import dataclass, field

import numpy as np

from dnn_tui.mlp.explain import Number

SHORTEST = 2.0  # units of a line's part: less could not be seen


@dataclass(frozen=True)
class Path:
    """A line through points; kind: "edge", "faint", "axis", "s0" … "s5", "s0 dashed"."""

    points: tuple[tuple[float, float], ...]
    kind: str = "edge"


@dataclass(frozen=True)
class Circle:
    """kind: "unit", "dot", "lit"."""

    x: float
    y: float
    r: float
    kind: str = "unit"


@dataclass(frozen=True)
class Box:
    """shade: 0 … 8, of a field; a box of its own has none (-1)."""

    x: float
    y: float
    width: float
    height: float
    shade: int = -1


@dataclass(frozen=True)
class Label:
    """anchor: "start", "middle" or "end" at x; the text is in the notation of equations where math."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    math: bool = False
    small: bool = False


@dataclass
class Figure:
    """What is drawn, in order, on width × height units; y grows downwards."""

    title: str
    width: float
    height: float
    paths: list[Path] = field(default_factory=list)
    circles: list[Circle] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def line(self, *points: tuple[float, float], kind: str = "edge") -> None:
        """Add a line through points."""
        self.paths.append(Path(points, kind))

    def label(
        self, x: float, y: float, text: str, anchor: str = "middle", math: bool = False, small: bool = False
    ) -> None:
        """Add a label."""
        self.labels.append(Label(x, y, text, anchor, math, small))


@dataclass(frozen=True)
class Axes:
    """Values low … high in a box of a figure, y upwards."""

    figure: Figure
    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place of a point."""
        (x0, x1), (y0, y1) = self.x, self.y
        across = self.left + (x - x0) / ((x1 - x0) or 1) * (self.right - self.left)
        return round(across, 1), round(self.bottom - (y - y0) / ((y1 - y0) or 1) * (self.bottom - self.top), 1)

    def frame(self, x_name: str, y_name: str) -> None:
        """The axes with their ends' values and names."""
        figure = self.figure
        figure.line((self.left, self.top), (self.left, self.bottom), (self.right, self.bottom), kind="axis")
        text = Number(3).text
        for x, anchor in ((self.x[0], "start"), (self.x[1], "end")):
            figure.label(self.at(x, self.y[0])[0], self.bottom + 14, text(x, self.x[1] - self.x[0]), anchor, small=True)
        for y in self.y:
            figure.label(self.left - 4, self.at(self.x[0], y)[1] + 4, text(y, self.y[1] - self.y[0]), "end", small=True)
        figure.label((self.left + self.right) / 2, self.bottom + 14, x_name, small=True)
        figure.label(self.left + 4, self.top - 4, y_name, "start", small=True)

    def curve(self, xs: np.ndarray, ys: np.ndarray, kind: str) -> None:
        """A curve, those parts of it that lie inside."""
        inside: list[tuple[float, float]] = []
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            if np.isfinite(y) and self.y[0] <= y <= self.y[1] and self.x[0] <= x <= self.x[1]:
                place = self.at(x, y)
                if not inside or abs(place[0] - inside[-1][0]) + abs(place[1] - inside[-1][1]) >= SHORTEST:
                    inside.append(place)
            elif len(inside) > 1:
                self.figure.line(*inside, kind=kind)
                inside = []
        if len(inside) > 1:
            self.figure.line(*inside, kind=kind)
