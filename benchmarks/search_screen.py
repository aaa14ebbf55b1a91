"""What a frame of the search screen costs: `python benchmarks/search_screen.py [TRIALS]`.

Milliseconds of this thread's processor time (other programs do not count), median and least, of drawing all the panels
that a terminal of that size shows and making their rows into strips: after new results (what is worked out once for
each state was, by the thread that reads it), after a key that selects another trial, and of each panel alone after new
results. Aim: 10 ms with 1,000 trials; where all take more, the screen draws some panels with the next frame.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
import numpy as np
from searches import made_up

from dnn_tui.experiments.searching.state import Importance, SearchState
from dnn_tui.tui.drawing.grid import Grid
from dnn_tui.tui.drawing.layout import Rectangle
from dnn_tui.tui.drawing.search_layout import arrange_search
from dnn_tui.tui.drawing.theme import FULL
from dnn_tui.tui.panels.search import PANELS, SearchPanel
from dnn_tui.tui.panels.search.panel import Sight
from dnn_tui.tui.sessions.searched import prepare

TIMES = 40


class Drawn:
    """The panels of a terminal of one size."""

    def __init__(self, state: SearchState, panels: list[tuple[SearchPanel, Rectangle]]) -> None:
        self.state, self.panels = state, panels
        self.grids: dict[str, Grid] = {}

    def draw(self, sight: Sight) -> None:
        """All of them, and the rows that changed as strips."""
        for panel, place in self.panels:
            grid = panel.draw(self.state, sight, place.width - 2, place.height - 2, FULL)
            grid.strips(grid.rows_unlike(self.grids.get(panel.NAME)).tolist(), FULL)
            self.grids[panel.NAME] = grid

    def renew(self) -> None:
        """The same search as a new state: nothing is kept from the one before."""
        self.state = replace(self.state)
        prepare(self.state)

    def measure(self, key: bool) -> str:
        """After a key, or after new results."""
        taken = []
        for k in range(TIMES):
            if not key:
                self.renew()
                self.grids.clear()
            began = time.thread_time()
            self.draw(Sight(trial=k if key else 3))
            taken.append(1e3 * (time.thread_time() - began))
        return f"{np.median(taken):5.1f} (least {min(taken):4.1f}) ms"


def timed(do: Callable[[], None]) -> float:
    """Milliseconds."""
    began = time.thread_time()
    do()
    return 1e3 * (time.thread_time() - began)


def main(trials: int) -> None:
    """Print a row a size and panel."""
    state = made_up(trials, seed=1)
    names = [axis.name for axis in state.axes]
    state = replace(state, importance=tuple(Importance(n, 0.5 / (k + 1), 0.05) for k, n in enumerate(names)))
    once = np.median([timed(Drawn(state, []).renew) for _ in range(TIMES)])
    print(f"{trials} trials, {len(names)} settings; worked out once a state, in the reading thread: {once:.1f} ms")
    for width, height in ((80, 24), (120, 40), (200, 60)):
        places = arrange_search(width, height, [panel.NAME for panel in PANELS], "parallel", "parallel")
        panels = [(panel(), places[panel.NAME]) for panel in PANELS if panel.NAME in places]
        drawn = Drawn(state, panels)
        print(f"{width}x{height}: after new results {drawn.measure(key=False)}, after a key {drawn.measure(key=True)}")
        for one in panels:
            print(f"    {one[0].NAME:<11} {Drawn(state, [one]).measure(key=False)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
