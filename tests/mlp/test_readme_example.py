"""The example in README: what a reader copies runs, and learns."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_library_example_of_the_readme_runs_and_learns(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    assert len([line for line in example.splitlines() if line.strip()]) <= 12
    names: dict = {}
    exec(compile(example, "README.md", "exec"), names)
    assert names["event"].metrics["test"]["accuracy"] > 0.95
    assert "accuracy" in capsys.readouterr().out
    assert names["network"].predict(names["data"].test.x).argmax(axis=1).shape == names["data"].test.y.shape
