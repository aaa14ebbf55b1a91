"""`explain --format python` and `ipynb`: what they write runs, and ends with every number as shown."""

import json
import subprocess
import sys

import numpy as np
import pytest

from dnn_tui.datasets.lessons import lesson_names, load_lesson
from dnn_tui.experiments.explaining.document import document
from dnn_tui.experiments.explaining.lessons import subject_of
from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.subject import Row
from dnn_tui.mlp import Network
from dnn_tui.mlp.optimizers import OPTIMIZERS, make_optimizer


def run(code: str) -> dict:
    names: dict = {}
    exec(compile(code, "script", "exec"), names)  # our own text, in a test
    return names


@pytest.mark.slow
@pytest.mark.parametrize("name", lesson_names())
def test_every_lessons_script_reproduces_every_number_of_every_sample(name):
    subject = subject_of(load_lesson(name))
    for k in range(len(subject.rows)):
        subject.choose(k)
        code = document(subject, "python")
        assert code.count("assert_allclose") == len(subject.steps)
        names = run(code)
        last = subject.steps[-1]
        np.testing.assert_allclose(names[last.result.key], last.result.value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_optimizer_with_a_past_is_reproduced(optimizer):
    network = Network((3, 4, 2), "gelu", seed=3, dtype=np.float64)
    past = make_optimizer(optimizer, network.parameters, network.dtype)
    for k in range(3):
        past.step(network.theta, np.cos(np.arange(network.parameters) + k), 0.01)
    row = Row("a row", np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.0]))
    subject = NetworkSubject("A network", rows=[row], network=network, optimizer=past, lr=0.01)
    names = run(document(subject, "python"))
    subject.apply()
    np.testing.assert_allclose(names["W2_after"], subject.network.W[2], rtol=1e-12)
    np.testing.assert_allclose(names["b1_after"], subject.network.b[1], rtol=1e-12)
    np.testing.assert_allclose(names["L_after"], subject.run.value, rtol=1e-12)


def test_an_edit_is_in_the_script():
    subject = subject_of(load_lesson("f6"))
    subject.edit("loss", "squared_error")
    subject.edit("w222", "-1")
    assert run(document(subject, "python"))["W2"][1, 1] == -1


def test_one_step_comes_with_those_it_needs():
    names = run(document(subject_of(load_lesson("f6")), "python", "B2W"))
    assert names["dW2"][1, 1] == pytest.approx(0.184233, abs=1e-6)  # LESSONS.md, F6
    assert "dh1" not in names


def test_the_command_writes_a_script_that_python_runs(command_line, tmp_path):
    code, text, _ = command_line("explain", "digits", "--sample", 3, "--format", "python")
    assert code == 0
    (tmp_path / "pass.py").write_text(text)
    done = subprocess.run([sys.executable, str(tmp_path / "pass.py")], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("every result as dnn-tui shows it\n")


def test_a_notebook_holds_a_heading_and_a_cell_a_step_and_its_cells_run():
    subject = subject_of(load_lesson("p1"))
    book = json.loads(document(subject, "ipynb"))
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert len(code) == len(subject.steps) + 1
    assert sum(cell["cell_type"] == "markdown" for cell in book["cells"]) == len(subject.steps) + 1
    assert run("\n".join(code))["L"] == pytest.approx(0.0024757, abs=1e-6)  # -ln(1 - .0024726)


def test_a_notebook_is_of_the_published_format():
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbformat.validate(nbformat.reads(document(subject_of(load_lesson("f6")), "ipynb"), as_version=4))
