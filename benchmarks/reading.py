"""Tables of a million rows, and of five hundred columns: processor time to read them, beside pandas'.

    python benchmarks/reading.py

Each is written as CSV to a temporary folder: numbers, with a column each of whole numbers and of words, and some cells
missing. Read by turns, the fastest of three: by `pandas.read_csv`, by ours with pyarrow, and by ours without.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from dnn_tui.datasets.tables import arrow_text
from dnn_tui.datasets.tables.reading import read_table

SHAPES = ((1_000_000, 20), (40_000, 500))
WITH_ARROW = arrow_text.LARGE


def main() -> None:
    """Measure and print a line a shape."""
    with tempfile.TemporaryDirectory() as folder:
        for rows, columns in SHAPES:
            file = write(Path(folder) / "table.csv", rows, columns)
            seconds = {"pandas": [], "with pyarrow": [], "without": []}
            for _ in range(3):
                seconds["pandas"].append(taken(pd.read_csv, file))
                for way, large in (("with pyarrow", WITH_ARROW), ("without", 10**18)):
                    arrow_text.LARGE = large
                    seconds[way].append(taken(read_table, file))
            best = {way: min(values) for way, values in seconds.items()}
            ratios = ", ".join(f"{way} {best[way] / best['pandas']:.1f}" for way in list(best)[1:])
            print(f"{rows:,} × {columns}: pandas {best['pandas']:.2f} s; ÷ pandas {ratios}", flush=True)


def write(file: Path, rows: int, columns: int) -> Path:
    """A table as CSV."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(rows, columns)).round(5), columns=[f"c{k}" for k in range(columns)])
    table["c3"], table["c4"] = rng.integers(0, 9, rows), rng.choice(["red", "blue", "green"], rows)
    table.loc[rng.random(rows) < 0.05, "c5"] = np.nan
    table.to_csv(file, index=False)
    return file


def taken(read: Callable[[Path], object], file: Path) -> float:
    """Seconds of processor time, of all threads."""
    begin = time.process_time()
    read(file)
    return time.process_time() - begin


if __name__ == "__main__":
    main()
