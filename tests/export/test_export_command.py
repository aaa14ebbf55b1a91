"""`dnn-tui export` on the command line: a run that was really trained, and all that can be wrong."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from exported_kinds import made

from dnn_tui.experiments.export.writing import FORMATS, write_all
from dnn_tui.runs.checkpoint import FORMAT, load_checkpoint, save_checkpoint
from dnn_tui.runs.config import RunError

HERE = {"onnx": "onnx"}  # what a format needs to be written


def files(place):
    return {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}


@pytest.fixture
def run(tmp_path):
    """A run in the folder that the command line looks in."""
    return made("mixed", tmp_path)


def test_a_trained_network_says_the_same_outside(command_line, tmp_path):
    rng = np.random.default_rng(0)
    rows = [(age, town, "yes" if age + 20 * (town == "Rom") > 60 else "no")
            for age, town in zip(rng.integers(20, 90, 200), rng.choice(["Rom", "Ulm"], 200), strict=True)]  # fmt: skip
    data = tmp_path / "people.csv"
    data.write_text("age,town,ill\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows))
    assert command_line("train", data, "--target", "ill", "--headless", "--epochs", "3")[0] == 0
    code, out, err = command_line("export", "newest", tmp_path / "ill.py", "--best")
    assert (code, err) == (0, "")
    assert "ill.py written" in out
    inside = list(csv.reader(io.StringIO(command_line("predict", "newest", data, "--checkpoint", "best")[1])))
    done = subprocess.run(
        [sys.executable, tmp_path / "ill.py", data], capture_output=True, text=True, timeout=600, check=True
    )
    outside = list(csv.reader(io.StringIO(done.stdout)))
    assert [row[:2] for row in outside] == [row[:2] for row in inside]
    assert len({row[1] for row in outside[1:]}) == 2
    figures = [np.array([row[2:5] for row in table[1:]], float) for table in (inside, outside)]
    np.testing.assert_allclose(*figures, atol=2e-6)


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_there_is_overwritten_only_with_force(command_line, run, tmp_path, format):
    if format in HERE:
        pytest.importorskip(HERE[format])
    (tmp_path / "out").mkdir()
    words = ["export", run.folder.name, tmp_path / "out", "--format", format]
    if format == "sklearn":
        code, _, err = command_line(*words)
        assert (code, "one activation for all hidden layers" in err) == (2, True)
        return
    assert command_line(*words)[0] == 0
    before = files(tmp_path)
    code, out, err = command_line(*words)
    assert (code, out) == (2, "")
    assert "exists already: choose another name, or --force" in err
    assert files(tmp_path) == before
    code, out, _ = command_line(*words, "--force", "--best")  # the best weights are others here
    assert code == 0
    assert files(tmp_path).keys() == before.keys()
    assert files(tmp_path) != before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["mixed", "model.xyz"], "does not say in what format: end it in .onnx (onnx)"),
        (["mixed", "model"], "does not say in what format"),
        (["mixed", "model.py", "--format", "tflite"], "There is no format 'tflite': use one of onnx, numpy"),
        (["mixed", "model.h", "--format", "numpy"], "does not fit the format numpy: call it model.py"),
        (["mixed", "my-model.py"], "cannot be imported by Python"),
        (["mixed", "nowhere/deep/model.h"], "Cannot write nowhere/deep"),
        (["mixed", "stands/model.h"], "Cannot write stands/model.h: Not a directory."),
        (["nosuchrun", "model.h"], "No run in"),
    ],
)
def test_what_does_not_fit_is_one_sentence(command_line, run, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    words[0] = run.folder.name if words[0] == "mixed" else words[0]
    (tmp_path / "stands").write_text("a file, no folder")
    before = files(tmp_path)
    code, out, err = command_line("export", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert files(tmp_path) == before


def test_a_run_without_a_checkpoint_has_nothing_to_export(command_line, run, tmp_path):
    run.folder.checkpoint_file("last").unlink()
    code, _, err = command_line("export", run.folder.name, tmp_path / "model.h")
    assert code == 2
    assert "has no last checkpoint, so there is no network to export" in err
    assert not (tmp_path / "model.h").exists()


@pytest.mark.parametrize(("epoch", "order", "refused"), [(0, None, True), (1, [1, 0], True), (1, None, False)])
def test_a_run_that_never_finished_an_epoch_is_not_exported(command_line, run, tmp_path, epoch, order, refused):
    from dnn_tui.runs.checkpoint import load_network

    path = run.folder.checkpoint_file("last")
    save_checkpoint(path, load_network(path), {"order": order}, step=5, epoch=epoch)
    code, _, err = command_line("export", run.folder.name, tmp_path / "model.h")
    assert code == (2 if refused else 0)
    assert ("never finished an epoch" in err) is refused


def test_a_checkpoint_of_another_version_is_refused(command_line, run, tmp_path):
    from safetensors.numpy import save_file

    path = run.folder.checkpoint_file("last")
    arrays, facts = load_checkpoint(path)
    assert facts["format"] == FORMAT
    save_file(arrays, path, metadata={"dnn-tui": json.dumps({**facts, "format": FORMAT + 1})})
    code, _, err = command_line("export", run.folder.name, tmp_path / "model.h")
    assert code == 2
    assert "was written by another version of dnn-tui (checkpoint format 2, this one reads 1)" in err
    assert not (tmp_path / "model.h").exists()


def test_a_preparation_of_another_network_is_refused(command_line, run, tmp_path):
    record = run.folder.preparation()
    record["features"].pop()
    run.folder.preparation_file.write_text(json.dumps(record))
    code, _, err = command_line("export", run.folder.name, tmp_path / "model.h")
    assert code == 2
    assert "its preparation.json is not of this network" in err


def test_a_missing_package_is_named(command_line, run, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "onnx" or "export.onnx" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnx", None)
    code, _, err = command_line("export", run.folder.name, tmp_path / "model.onnx")
    assert code == 2
    assert "pip install 'dnn-tui[onnx]'" in err
    assert not (tmp_path / "model.onnx").exists()


def test_of_several_files_none_appears_where_one_cannot_be_written(tmp_path):
    (tmp_path / "model.safetensors").mkdir()
    with pytest.raises(RunError, match="Cannot write"):
        write_all({tmp_path / "model.py": b"1", tmp_path / "model.safetensors": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


def test_every_activation_is_in_every_format_and_one_that_is_not_is_refused(command_line, run, tmp_path, monkeypatch):
    from dnn_tui.experiments.export import c_format, keras_format, numpy_format, torch_format
    from dnn_tui.mlp.activations import ACTIVATIONS

    tables = [c_format.SOURCES, keras_format.ACTIVATIONS, numpy_format.FUNCTIONS, torch_format.MODULES]
    assert [set(table) for table in tables] == [set(ACTIVATIONS)] * 4
    monkeypatch.delitem(numpy_format.FUNCTIONS, "tanh")
    code, _, err = command_line("export", run.folder.name, tmp_path / "model.py")
    assert code == 2
    assert "This format has no tanh activation yet: use another --format." in err
    assert not (tmp_path / "model.py").exists()
