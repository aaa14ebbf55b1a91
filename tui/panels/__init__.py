"""One panel a file: each asks the moment for a small view and draws it."""

from typing import Any

from .confusion import ConfusionPanel
from .controls import ControlsPanel
from .curves import CurvesPanel
from .fit import FitPanel
from .hidden import HiddenPanel
from .log import LogPanel
from .panel import Panel
from .runs import RunsPanel
from .samples import SamplesPanel
from .statistics import StatisticsPanel
from .status import StatusPanel
from .surface import SurfacePanel
from .topology import TopologyPanel

# in the order of the number keys
PANELS: tuple[type[Panel[Any]], ...] = (
    TopologyPanel,
    CurvesPanel,
    RunsPanel,
    SurfacePanel,
    FitPanel,
    ConfusionPanel,
    SamplesPanel,
    StatisticsPanel,
    LogPanel,
    HiddenPanel,
    ControlsPanel,
)

__all__ = ["PANELS", "Panel", "StatusPanel"]
