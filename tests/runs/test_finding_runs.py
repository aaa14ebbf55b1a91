"""Naming a run: what its folder is called, and how it is found again."""

import pytest

from dnn_tui.mlp import TrainingConfig
from dnn_tui.runs.config import DatasetConfig, RunConfig, RunError
from dnn_tui.runs.folder import create_run, find_run


def create(where, data: str, name: str | None = None):
    return create_run(RunConfig(DatasetConfig(data), training=TrainingConfig()), where, name)


def test_a_run_s_name_is_plain_whatever_the_data_is_called(tmp_path):
    assert create(tmp_path, "/data/My Tàble.csv", "naïve / 2").name.endswith("-my-table-naive-2")
    assert create(tmp_path, "表.csv", "表").name.endswith("-run-run")


def test_a_run_is_found_by_a_part_of_its_name_its_folder_or_as_the_newest(tmp_path):
    first, second = create(tmp_path, "digits", "first"), create(tmp_path, "digits", "second")
    assert find_run(tmp_path, "first") == find_run(tmp_path, str(first.path)) == first
    assert find_run(tmp_path) == find_run(tmp_path, "newest") == second
    with pytest.raises(RunError, match="names 2 runs"):
        find_run(tmp_path, "digits")
