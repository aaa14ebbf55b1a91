"""docs/architecture.md says how to add things: each example is done in a copy of the tree, and its test run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("datasets", "experiments", "mlp", "runs", "tui")
SECTIONS = dict(re.findall(r"^### … (an? [^\n]+)\n(.*?)(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL))
BLOCK = re.compile(r"```(?:python|toml)\n# (\S+?)(?:, (before|after): ([^\n]+))?\n(.*?)```", re.DOTALL)


def put(tree: Path, file: str, where: str, anchor: str, code: str) -> None:
    """A block's code into its place: a new file, or before or after the line that begins with the anchor."""
    path = tree / file
    if not where:
        path.write_text(code, encoding="utf-8")
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [k for k, line in enumerate(lines) if line.startswith(anchor)]
    assert len(found) == 1, f"{file} has {len(found)} lines that begin with {anchor!r}"
    at = found[0] + (where == "after")
    path.write_text("".join([*lines[:at], code, *lines[at:]]), encoding="utf-8")


def test_all_eight_things_are_told():
    kinds = ["an activation", "an optimizer", "a loss", "a data set", "a reader", "a panel", "a lesson", "a command"]
    assert list(SECTIONS) == kinds


@pytest.mark.slow
@pytest.mark.parametrize("kind", SECTIONS)
def test_what_the_page_tells_to_add_works(kind, tmp_path):
    if kind == "an activation":
        pytest.importorskip("torch", reason="its example's witness is PyTorch")
    blocks = BLOCK.findall(SECTIONS[kind])
    assert len(blocks) == SECTIONS[kind].count("```") // 2
    assert len({file for file, *_ in blocks if not file.startswith("tests/")}) <= 2
    tree = tmp_path / "dnn_tui"
    (tmp_path / "tests").mkdir()
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file, where, anchor, code in blocks:
        put(tmp_path if file.startswith("tests/") else tree, file, where, anchor, code)
    # the copy goes before the installed package: a plain folder on the path comes first
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "DNN_TUI_RUNS": str(tmp_path / "runs")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # importing them takes longer than the test
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "tests/test_added.py"]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
