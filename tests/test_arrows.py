"""DESIGN's arrows: tui → runs → mlp, tui → datasets, and no other."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "mlp": {"mlp"},
    "datasets": {"datasets"},
    "runs": {"runs", "mlp"},
    "tui": {"tui", "runs", "mlp", "datasets"},
}


def imported_packages(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("dnn_tui.")}
    return found


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_a_package_imports_only_what_the_design_allows(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    for file in files:
        assert imported_packages(file) <= ALLOWED[package], file


@pytest.mark.parametrize("package", ["mlp", "datasets"])
def test_the_core_packages_know_no_terminal(package):
    for file in sorted((ROOT / package).rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for stranger in ("textual", "typer", "plotext"):
            assert f"import {stranger}" not in text, file
            assert f"from {stranger}" not in text, file
