"""Where TensorBoard's files may be written: into a folder that is new or empty, and never beside another run's."""

import pytest

from dnn_tui.experiments.exporting import write_tensorboard
from dnn_tui.runs.config import DatasetConfig, RunConfig, RunError
from dnn_tui.runs.folder import create_run
from dnn_tui.runs.recorder import recorded
from dnn_tui.runs.state import RunState


def test_an_empty_folder_is_as_good_as_none_and_a_full_one_is_left_alone(trainer, tmp_path):
    pytest.importorskip("tensorboardX")
    folder, state = create_run(RunConfig(DatasetConfig("blobs")), tmp_path / "runs"), RunState()
    for event in recorded(trainer, folder):
        state.apply(event)
    (tmp_path / "board" / folder.name).mkdir(parents=True)
    write_tensorboard(tmp_path / "board", folder, state)
    written = list((tmp_path / "board" / folder.name).iterdir())
    assert written
    assert all(file.stat().st_size for file in written)
    with pytest.raises(RunError, match="is not empty"):
        write_tensorboard(tmp_path / "board", folder, state)
    assert list((tmp_path / "board" / folder.name).iterdir()) == written
    write_tensorboard(tmp_path / "another", folder, state)
    assert any((tmp_path / "another" / folder.name).iterdir())
