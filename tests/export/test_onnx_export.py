"""An exported graph says of raw rows what `dnn-tui predict` says, whoever runs it."""

import json

import numpy as np
import pytest
from exported_kinds import KINDS, made

from dnn_tui.experiments.export.writing import export_run
from dnn_tui.mlp.activations import ACTIVATIONS, HIDDEN

onnx = pytest.importorskip("onnx")


def in_onnxruntime(path):
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda raw: dict(zip([o.name for o in session.get_outputs()], session.run(None, raw), strict=True))


def in_the_reference_evaluator(path):
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(str(path))
    return lambda raw: dict(zip(evaluator.output_names, evaluator.run(None, raw), strict=True))


@pytest.fixture(params=[in_onnxruntime, in_the_reference_evaluator], ids=["onnxruntime", "reference"])
def runtime(request):
    return request.param


def check(run, graph, raw):
    """The graph's answers are the program's own, to 1e-6 (of a target: of its spread)."""
    said = graph(raw)
    if run.expected.scores is None:
        values = np.stack(list(said.values()), axis=1)
        record = json.loads(run.folder.preparation_file.read_text())
        spread = np.array([scale for _, scale in record["target_scale"]])
        np.testing.assert_allclose(values / spread, run.expected.predicted / spread, rtol=1e-6, atol=1e-6)
        return
    labels, scores = said.values()
    relative = 0 if run.expected.probable else 1e-6  # of scores that go beyond 1
    np.testing.assert_allclose(scores, run.expected.scores, rtol=relative, atol=1e-6)
    assert list(labels) == [run.names[k] for k in run.expected.predicted]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_raw_rows_of_every_kind_of_data_get_the_programs_own_answers(kind, runtime, tmp_path):
    run = made(kind, tmp_path)
    (path,) = export_run(run.folder, tmp_path / "model.onnx")
    onnx.checker.check_model(str(path), full_check=True)
    check(run, runtime(path), run.raw)


@pytest.mark.parametrize("activation", [*HIDDEN, "step"])
def test_every_activation_is_the_programs_own(activation, runtime, tmp_path):
    assert activation in ACTIVATIONS
    run = made("mixed", tmp_path, hidden=(6, 6), activations=(activation, activation))
    (path,) = export_run(run.folder, tmp_path / "model.onnx")
    check(run, runtime(path), run.raw)


@pytest.mark.parametrize(
    ("kind", "output"), [("mixed", "identity"), ("many", "sigmoid"), ("many", "identity"), ("regression", "sigmoid")]
)
def test_outputs_other_than_the_tasks_own_are_exported_too(kind, output, runtime, tmp_path):
    run = made(kind, tmp_path, output=output)
    (path,) = export_run(run.folder, tmp_path / "model.onnx")
    check(run, runtime(path), run.raw)


def test_a_network_in_float64_stays_one(runtime, tmp_path):
    run = made("mixed", tmp_path, dtype=np.float64)
    (path,) = export_run(run.folder, tmp_path / "model.onnx")
    said = runtime(path)(run.raw)
    np.testing.assert_allclose(said["probabilities"], run.expected.scores, rtol=0, atol=1e-12)


def test_a_single_row_is_a_batch_too(runtime, tmp_path):
    run = made("mixed", tmp_path)
    (path,) = export_run(run.folder, tmp_path / "model.onnx")
    said = runtime(path)({name: values[:1] for name, values in run.raw.items()})
    np.testing.assert_allclose(said["probabilities"], run.expected.scores[:1], atol=1e-6)


def test_inputs_and_outputs_have_the_names_and_types_of_the_columns(tmp_path):
    run = made("mixed", tmp_path)
    (path,) = export_run(run.folder, tmp_path / "model.onnx")
    graph = onnx.load(str(path)).graph
    kinds = {value.name: onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type) for value in graph.input}
    assert kinds == {"age": "DOUBLE", "home town": "STRING", "dose": "DOUBLE", "smoker": "STRING"}
    assert [value.name for value in graph.output] == ["label", "probabilities"]


def test_the_file_says_which_run_and_data_it_is_of(tmp_path):
    run = made("mixed", tmp_path)
    (path,) = export_run(run.folder, tmp_path / "model.onnx", checkpoint="best")
    model = onnx.load(str(path))
    said = {entry.key: entry.value for entry in model.metadata_props}
    assert said["run"] == run.folder.name
    assert said["checkpoint"] == "best"
    assert said["data"] == "data.csv"  # not where on the exporter's disk it lay
    assert str(tmp_path) not in path.read_bytes().decode("latin-1")
    assert said["classes"] == "no, yes"
    assert model.producer_name == "dnn-tui"
