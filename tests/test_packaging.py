"""What is installed is what is in the tree: a package missing from `packages` would vanish without a word."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("datasets", "experiments", "mlp", "runs", "tui")
SHIPPED = {".py", ".tcss", ".toml", ".gz", ".css", ".j2"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    tree = tmp_path_factory.mktemp("tree")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    build = "from setuptools import build_meta; print(build_meta.build_wheel('.'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=tree, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    (built,) = tree.glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel):
    tree = {
        f"dnn_tui/{path.relative_to(ROOT).as_posix()}"
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if (path.suffix in SHIPPED or path.name == "py.typed") and "__pycache__" not in path.parts
    }
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert inside == tree


def test_help_does_not_import_textual():
    code = "import sys; sys.argv=['dnn-tui','--help']; from dnn_tui.tui.cli import app; app(standalone_mode=False); "
    code += "print([m for m in ('textual', 'plotext', 'numpy', 'pooch') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=600, env={**os.environ, "COLUMNS": "80"}
    )
    assert done.stdout.strip().splitlines()[-1] == "[]", done.stdout + done.stderr
