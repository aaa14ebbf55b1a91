"""A threshold that was chosen, and answers kept within the training rows' range, go into every export."""

import importlib.util
import json

import numpy as np
import pytest
from exported_kinds import SETTLED, made

from dnn_tui.experiments.export.writing import export_run
from dnn_tui.experiments.importing.into_run import import_network


@pytest.fixture(scope="module", params=SETTLED)
def run(request, tmp_path_factory):
    """A yes/no question with a threshold, and three targets within bounds: each moves many answers."""
    plain, settled = (
        made(request.param, tmp_path_factory.mktemp("settled"), activations=("tanh", "tanh"), answers=answers)
        for answers in (None, SETTLED[request.param])
    )
    assert (plain.expected.predicted != settled.expected.predicted).mean() > 0.05
    return settled


def check(run, said):
    """Classes and scores, or targets to a millionth of their spread."""
    if run.expected.scores is None:
        spread = np.array([scale for _, scale in json.loads(run.folder.preparation_file.read_text())["target_scale"]])
        np.testing.assert_allclose(said / spread, run.expected.predicted / spread, rtol=1e-6, atol=2e-6)
        for k, (low, high) in enumerate(SETTLED["several"]["within"]):
            assert (said[:, k].min(), said[:, k].max()) == (low, high)
        return
    labels, scores = said
    np.testing.assert_allclose(scores, run.expected.scores, atol=1e-6)
    assert list(labels) == [run.names[k] for k in run.expected.predicted]
    assert list(labels) == [
        run.names[int(score > SETTLED["mixed"]["threshold"])] for score in run.expected.scores[:, 1]
    ]


@pytest.mark.parametrize("format", ["numpy", pytest.param("sklearn", marks=pytest.mark.slow)])
def test_in_python(run, format, tmp_path):
    pytest.importorskip("sklearn" if format == "sklearn" else "numpy")
    path = export_run(run.folder, tmp_path / "model.py", format)[0]
    spec = importlib.util.spec_from_file_location("model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    check(run, module.predict(run.raw))


def test_in_onnx(run, tmp_path):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    (path,) = export_run(run.folder, tmp_path / "model.onnx")
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    said = session.run(None, run.raw)
    check(run, said if run.names else np.stack(said, axis=1))


def test_an_export_taken_in_again_still_has_them(run, tmp_path):
    pytest.importorskip("onnx")
    (path,) = export_run(run.folder, tmp_path / "model.onnx")
    folder = import_network(path, tmp_path / "runs")
    wanted = SETTLED["mixed" if run.names else "several"]
    assert {key: folder.preparation()[key] for key in wanted} == wanted
