"""`dnn-tui import`: networks of other programs become runs, bit for bit; what is no MLP is refused by its operator."""

import io
import itertools
import json

import numpy as np
import pytest
from exported_kinds import KINDS, made
from safetensors.numpy import save_file

from dnn_tui.experiments.export.writing import export_run
from dnn_tui.experiments.importing.into_run import import_network
from dnn_tui.mlp.activations import HIDDEN
from dnn_tui.runs.checkpoint import load_network
from dnn_tui.runs.config import RunError

onnx = pytest.importorskip("onnx")
from onnx import helper, numpy_helper  # noqa: E402


def network_of(folder):
    return load_network(folder.checkpoint_file("last"))


def same(one, other):
    assert one.sizes == other.sizes
    assert [g.name for g in one.activations] == [g.name for g in other.activations]
    assert one.dtype == other.dtype
    assert one.theta.tobytes() == other.theta.tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".onnx", ".safetensors"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_exported_comes_back_bit_for_bit(suffix, kind, tmp_path):
    run = made(kind, tmp_path)
    (path,) = export_run(run.folder, tmp_path / f"model{suffix}")
    folder = import_network(path, tmp_path / "back")
    same(network_of(folder), network_of(run.folder))
    assert folder.preparation() == run.folder.preparation()


@pytest.mark.parametrize("suffix", [".onnx", ".safetensors"])
@pytest.mark.parametrize("name", [*HIDDEN, "step"])
def test_activations_and_float64_come_back_too(suffix, name, tmp_path):
    run = made("mixed", tmp_path, hidden=(6, 6), activations=(name, name), dtype=np.float64)
    (path,) = export_run(run.folder, tmp_path / f"model{suffix}")
    same(network_of(import_network(path, tmp_path / "back")), network_of(run.folder))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".onnx", ".safetensors"])
def test_an_imported_run_is_evaluated_predicted_explained_exported_and_trained_on(command_line, tmp_path, suffix):
    assert command_line("train", "iris", "--headless", "--epochs", "5")[0] == 0
    path = tmp_path / f"iris{suffix}"
    assert command_line("export", "newest", path)[0] == 0
    figures = json.loads(command_line("eval", "newest", "--json")[1])
    (tmp_path / "row.csv").write_text(
        "sepal length cm,sepal width cm,petal length cm,petal width cm,species\n5.1,3.5,1.4,0.2,setosa\n"
    )
    answers = command_line("predict", "newest", tmp_path / "row.csv")[1]
    step = ("--sample", "3", "--step", "F1a")
    explained = command_line("explain", "newest", *step)[1]
    code, out, err = command_line("import", path, "--name", "back")
    assert (code, err) == (0, "")
    assert "imported as the run" in out
    again = json.loads(command_line("eval", "back", "--json")[1])
    assert again["metrics"] == figures["metrics"]
    assert again["confusion"] == figures["confusion"]
    given = json.loads(command_line("eval", "back", "--data", tmp_path / "row.csv", "--json")[1])
    assert given["metrics"]["accuracy"] in (0, 1)
    assert command_line("predict", "back", tmp_path / "row.csv")[1] == answers
    assert (
        explained.splitlines()[2:]
        == command_line("explain", "back", "--sample", "3", "--step", "F1a")[1].splitlines()[2:]
    )
    assert "4-16-3" in command_line("runs")[1]
    assert command_line("export", "back", tmp_path / "again.py")[0] == 0
    code, _, err = command_line("train", "back", "--resume", "--headless", "--epochs", "2")
    assert (code, err) == (0, "")


def sequential(torch, *modules):
    torch.manual_seed(0)
    return torch.nn.Sequential(*modules)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sequential_of_pytorch_computes_the_same_here(tmp_path, dtype):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file as save

    nn = torch.nn
    model = sequential(torch, nn.Linear(3, 12), nn.GELU(), nn.Linear(12, 5, bias=False), nn.GELU(), nn.Linear(5, 4))
    model = model.to(getattr(torch, np.dtype(dtype).name))
    save(model.state_dict(), tmp_path / "mlp.safetensors")  # 0.weight, 0.bias, 2.weight, 4.weight, 4.bias
    folder = import_network(tmp_path / "mlp.safetensors", tmp_path, activations=("gelu",), output="softmax")
    x = np.random.default_rng(1).normal(0, 2, (50, 3)).astype(dtype)
    theirs = torch.softmax(model(torch.from_numpy(x)), dim=1).detach().numpy()
    np.testing.assert_allclose(network_of(folder).predict(x), theirs, atol=1e-6)
    assert folder.preparation()["class_names"] == ["0", "1", "2", "3"]


def graph(nodes, constants, inputs=("x",), outputs=("y",), width=3):
    """An ONNX model of nodes."""
    kind = onnx.TensorProto.FLOAT
    made_graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(name, kind, [None, width]) for name in inputs],
        [helper.make_tensor_value_info(name, kind, [None, None]) for name in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    return helper.make_model(made_graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def weights(seed=0):
    rng = np.random.default_rng(seed)
    arrays = {"A": (3, 5), "a": 5, "B": (5, 2), "c": 2}
    return {name: rng.normal(0, 1, shape).astype(np.float32) for name, shape in arrays.items()}


def imported(model, tmp_path, **more):
    onnx.save(model, str(tmp_path / "mlp.onnx"))
    return network_of(import_network(tmp_path / "mlp.onnx", tmp_path / "runs", **more))


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), [output], name=f"the {output}", **attributes)


def layers(*between, last="q", end=()):
    """MatMul and Add, what stands between, then Gemm: of `p` to `q`."""
    first = [node("MatMul", "x A", "m"), node("Add", "m a", "p")]
    return [*first, *between, node("Gemm", f"{last} B c", "y"), *end]


SPELLINGS = {
    "silu": [node("Sigmoid", "p", "s"), node("Mul", "p s", "q")],
    "gelu": [
        node("Div", "p root", "d"), node("Erf", "d", "e"), node("Add", "e one", "f"), node("Mul", "p f", "g"),
        node("Mul", "g half", "q"),
    ],
    "step": [node("GreaterOrEqual", "p zero", "s"), node("Cast", "s", "q", to=onnx.TensorProto.FLOAT)],
    "relu": [node("Max", "p zero", "q")],
    "leaky_relu": [node("LeakyRelu", "p", "q", alpha=0.01)],
    "tanh": [node("Dropout", "p", "d"), node("Tanh", "d", "q")],
}  # fmt: skip
NUMBERS = {"root": np.float32(2**0.5), "one": np.float32(1), "half": np.float32(0.5), "zero": np.float32(0)}


@pytest.mark.parametrize("activation", SPELLINGS)
def test_an_activation_is_known_by_what_it_computes(activation, tmp_path):
    arrays = weights()
    network = imported(graph(layers(*SPELLINGS[activation]), {**arrays, **NUMBERS}), tmp_path)
    assert [g.name for g in network.activations] == [activation, "identity"]
    np.testing.assert_array_equal(network.W[1], arrays["A"].T)
    np.testing.assert_array_equal(network.b[1], arrays["a"])
    np.testing.assert_array_equal(network.b[2], arrays["c"])
    x = np.random.default_rng(2).normal(0, 1, (40, 3)).astype(np.float32)
    from onnx.reference import ReferenceEvaluator

    theirs = ReferenceEvaluator(str(tmp_path / "mlp.onnx")).run(None, {"x": x})[0]
    np.testing.assert_allclose(network.predict(x), theirs, rtol=1e-5, atol=1e-5)


def test_flattened_pictures_and_softmax_are_taken(tmp_path):
    nodes = [node("Flatten", "x", "f"), node("Gemm", "f A a", "p"), node("Relu", "p", "q"), node("Gemm", "q B c", "r")]
    model = graph([*nodes, node("Softmax", "r", "y", axis=-1)], weights())
    folder_network = imported(model, tmp_path, classes=("cat", "dog"))
    assert [g.name for g in folder_network.activations] == ["relu", "softmax"]


@pytest.mark.slow
def test_pytorchs_own_export_is_read(tmp_path):
    torch = pytest.importorskip("torch")
    nn = torch.nn
    model = sequential(torch, nn.Flatten(), nn.Linear(6, 8), nn.SiLU(), nn.Linear(8, 3), nn.Softmax(dim=1)).eval()
    file = io.BytesIO()
    try:
        torch.onnx.export(model, (torch.zeros(1, 2, 3),), file, dynamo=False)
    except Exception as error:  # its exporter needs packages that come and go with its versions
        pytest.skip(f"torch.onnx: {error}")
    (tmp_path / "mlp.onnx").write_bytes(file.getvalue())
    network = network_of(import_network(tmp_path / "mlp.onnx", tmp_path / "runs"))
    x = np.random.default_rng(0).normal(0, 1, (20, 6)).astype(np.float32)
    theirs = model(torch.from_numpy(x.reshape(20, 2, 3))).detach().numpy()
    np.testing.assert_allclose(network.predict(x), theirs, atol=1e-6)


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([node("Conv", "x A", "y")], r"its operator Conv \(the y\) does not fit"),
        ([node("Relu", "x", "q"), node("Gemm", "q B c", "y")], r"its operator Relu \(the q\) does not fit"),
        (layers(node("LeakyRelu", "p", "q", alpha=0.2)), "LeakyRelu after layer 1 begins an activation that is none"),
        (layers(node("Add", "p a", "r"), node("Relu", "r", "q")), "Add after layer 1 begins an activation"),
        (layers(node("LayerNormalization", "p a", "q")), "its operator LayerNormalization"),
        (layers(node("Relu", "p", "q"), end=[node("ArgMax", "y", "z")]), "its operator ArgMax"),
        (layers(node("Add", "p x", "q")), r"its operator Add \(the q\) does not fit"),
        ([node("Identity", "x", "y")], "it has no layer"),
    ],
)
def test_what_is_no_mlp_is_refused_by_its_first_operator_that_does_not_fit(tmp_path, nodes, message):
    with pytest.raises(RunError, match=message):
        imported(graph(nodes, weights(), outputs=[nodes[-1].output[0]]), tmp_path)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"conv.weight": (2, 3)}, "its tensor 'conv.weight' is none of N.weight"),
        ({"0.weight": (4, 3), "1.weight": (4,)}, r"its tensor '1.weight' is of shape \(4,\)"),
        ({"0.weight": (4, 3), "2.weight": (2, 5)}, "2.weight takes 5 inputs, but 0.weight gives 4"),
        ({"0.weight": (4, 3), "0.bias": (5,)}, r"0.weight has 4 units, but its bias is of shape \(5,\)"),
        ({"0.bias": (5,)}, "its tensor '0.bias' has no weight beside it"),
        ({}, "it has no tensors"),
    ],
)
def test_tensors_that_are_no_chain_of_layers_are_refused_by_name(tmp_path, arrays, message):
    save_file({name: np.zeros(shape, np.float32) for name, shape in arrays.items()}, tmp_path / "m.safetensors")
    with pytest.raises(RunError, match=message):
        import_network(tmp_path / "m.safetensors", tmp_path / "runs", activations=("relu",), output="identity")
    assert not (tmp_path / "runs").exists()


def test_numbers_in_names_are_ordered_as_numbers(tmp_path):
    sizes = [3, *range(4, 16)]
    shapes = [(m, n) for n, m in itertools.pairwise(sizes)]
    arrays = {f"{2 * k}.weight": np.full(shape, k, np.float32) for k, shape in enumerate(shapes)}
    save_file(arrays, tmp_path / "m.safetensors")
    folder = import_network(tmp_path / "m.safetensors", tmp_path, activations=("tanh",), output="identity")
    assert network_of(folder).sizes == tuple(sizes)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.onnx"], "There is no file nowhere.onnx"),
        (["model.pkl"], "is neither .onnx nor .safetensors"),
        (["broken.onnx"], "cannot be read as ONNX"),
        (["broken.safetensors"], "cannot be read as safetensors"),
        (["m.safetensors"], "does not say its activations: give --activation"),
        (["m.safetensors", "--activation", "relu"], "does not say its output: give --output"),
        (["m.safetensors", "--activation", "relu,tanh", "--output", "softmax"], "2 activations for 1 hidden layers"),
        (["m.safetensors", "--activation", "swish", "--output", "softmax"], "Unknown hidden layer activation 'swish'"),
        (["m.safetensors", "--activation", "relu", "--data", "iris"], "iris has 4 inputs and asks for 3 outputs, but"),
        (["m.safetensors", "--activation", "relu", "--output", "softmax", "--classes", "a"], "tells 2 classes apart"),
    ],
)
def test_what_does_not_fit_is_one_sentence(command_line, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    arrays = {"0.weight": np.ones((5, 3)), "2.weight": np.ones((2, 5))}
    save_file({name: array.astype(np.float32) for name, array in arrays.items()}, tmp_path / "m.safetensors")
    for name in ("broken.onnx", "broken.safetensors", "model.pkl"):
        (tmp_path / name).write_bytes(b"\x80\x04nothing that anybody reads")
    code, out, err = command_line("import", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


def test_a_network_imported_without_data_is_evaluated_on_a_file_and_says_what_inspecting_needs(command_line, tmp_path):
    save_file({"0.weight": np.array([[1, 0], [0, 1]], np.float32)}, tmp_path / "m.safetensors")
    words = ["import", tmp_path / "m.safetensors", "--output", "softmax", "--classes", "left,right"]
    assert command_line(*words)[0] == 0
    (tmp_path / "rows.csv").write_text("x1,x2,y\n3,1,left\n1,2,right\n5,0,right\n")
    record = json.loads(command_line("eval", "newest", "--data", tmp_path / "rows.csv", "--json")[1])
    assert record["metrics"]["accuracy"] == pytest.approx(2 / 3)
    for command in (["explain", "newest"], ["eval", "newest"]):
        code, _, err = command_line(*command)
        assert code == 2
        assert "imported without data: import it again with --data" in err
    assert command_line("runs")[0] == 0
