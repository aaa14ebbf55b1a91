"""The examples in README: what a reader copies runs, and learns."""

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)


def test_the_library_example_of_the_readme_runs_and_learns(capsys):
    example = examples()[0]
    assert len([line for line in example.splitlines() if line.strip()]) <= 12
    names: dict = {}
    exec(compile(example, "README.md", "exec"), names)
    assert names["event"].metrics["test"]["accuracy"] > 0.95
    assert "accuracy" in capsys.readouterr().out
    assert names["network"].predict(names["data"].test.x).argmax(axis=1).shape == names["data"].test.y.shape


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_estimator_and_the_opened_run_of_the_readme_learn_and_agree(monkeypatch, tmp_path, capsys):
    pytest.importorskip("sklearn")
    pytest.importorskip("pandas")
    monkeypatch.setenv("DNN_TUI_RUNS", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    _, estimator, opened = examples()
    for example in (estimator, opened):
        exec(compile(example, "README.md", "exec"), names)
    assert names["classifier"].score(names["x_test"], names["y_test"]) > 0.95
    wanted = names["classifier"].predict(names["x_test"])
    assert names["run"].predict(names["x_test"]).tolist() == [str(label) for label in wanted]
    assert (tmp_path / "mine.py").exists()
    assert (tmp_path / "mine.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "ln" in capsys.readouterr().out
