"""What `runs show` and `runs compare` choose to print: the last events, the better figure, sizes in short."""

import pytest

from dnn_tui.experiments.comparing import best_of
from dnn_tui.mlp.events import CommandApplied
from dnn_tui.runs.config import DatasetConfig, RunConfig
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.log import LogWriter
from dnn_tui.runs.recorder import recorded
from dnn_tui.tui.printed.runs import size_in_words


def test_show_prints_the_last_ten_things_that_were_done_or_went_wrong(command_line, trainer, tmp_path):
    folder = create_run(RunConfig(DatasetConfig("blobs")), tmp_path / "runs")
    for _ in recorded(trainer, folder):
        pass
    writer = LogWriter(folder.events_file)
    for k in range(13):
        writer.write(CommandApplied(0.0, 100 + k, "set_lr", 0.5 + k))
    writer.close()
    code, out, _ = command_line("runs", "show", "newest")
    assert code == 0
    shown = [line.strip() for line in out.splitlines() if "set_lr" in line]
    assert shown == [f"step {100 + k}: set_lr {0.5 + k}" for k in range(3, 13)]


@pytest.mark.parametrize(
    ("key", "values", "best"),
    [
        ("test accuracy", [0.5, None, 0.9], 0.9),
        ("best r2", [-1.0, 0.2], 0.2),
        ("test loss", [0.5, 0.1, None], 0.1),
        ("validation mae", [3.0, 4.0], 3.0),
        ("test accuracy", [0.5, None], None),
    ],
)
def test_the_best_of_compared_runs_is_the_highest_accuracy_and_the_lowest_error(key, values, best):
    assert best_of(key, values) == best


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"), (9, "9 B"), (999, "999 B"), (1_000, "1.0 kB"), (9_940, "9.9 kB"), (10_000, "10 kB"),
        (999_000, "999 kB"), (1_000_000, "1.0 MB"), (25_300_000, "25 MB"), (3_200_000_000, "3.2 GB"),
    ],
)  # fmt: skip
def test_sizes_have_two_digits_or_more_in_powers_of_a_thousand(count, text):
    assert size_in_words(count) == text
