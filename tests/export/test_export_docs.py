"""The examples in docs/export.md run, and say what the program says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(python|c)\n(.*?)```", PAGE, re.DOTALL)
ROW = "sepal length cm,sepal width cm,petal length cm,petal width cm\n5.1,3.5,1.4,0.2\n"


@pytest.fixture
def iris(command_line, tmp_path):
    """A trained network exported as the page says, and what `predict` says of the page's flower."""
    assert command_line("train", "iris", "--headless", "--epochs", "4")[0] == 0
    for name in ("iris.py", "iris.h", "iris.onnx"):
        if name.endswith("onnx"):
            pytest.importorskip("onnxruntime")
            pytest.importorskip("onnx")
        assert command_line("export", "newest", tmp_path / name)[0] == 0
    (tmp_path / "rows.csv").write_text(ROW)
    return command_line("predict", "newest", tmp_path / "rows.csv")[1].splitlines()[1].split(",")


def test_the_page_has_an_example_in_each_language():
    assert [language for language, _ in EXAMPLES] == ["python", "python", "c", "python"]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "source"), EXAMPLES[:3], ids=["onnx", "python", "c"])
def test_the_examples_say_what_predict_says(language, source, iris, tmp_path):
    if language == "c":
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler")
        (tmp_path / "main.c").write_text(source)
        subprocess.run([compiler, "-std=c99", "main.c", "-o", "main", "-lm"], cwd=tmp_path, check=True, timeout=600)
        words = [tmp_path / "main"]
    else:
        words = [sys.executable, "-c", source]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == iris[1]
    shown = max(float(number) for number in re.findall(r"\d\.\d*", done.stdout))
    assert shown == pytest.approx(float(iris[2]), abs=6e-4)  # printed to three digits


@pytest.mark.slow
def test_what_pytorch_saves_is_imported_as_the_page_says(command_line, tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    source = EXAMPLES[3][1]
    subprocess.run([sys.executable, "-c", source], check=True, timeout=600)
    words = re.search(r"# then: dnn-tui (.*)", source)[1].split()
    assert command_line(*words)[0] == 0
    code, out, err = command_line("eval", "--json")
    assert (code, err) == (0, "")
    assert '"accuracy"' in out
