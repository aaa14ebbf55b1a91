"""What can be used from Python says what it is: every public class and function of a module has a docstring.

Methods and properties are exempt where their class's docstring or their name says it all.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mlp", "datasets", "runs", "experiments")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def test_every_public_class_and_function_has_a_docstring():
    silent, seen = [], 0
    for name in PACKAGES:
        for file in sorted((ROOT / name).rglob("*.py")):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, Definition) and not node.name.startswith("_"):
                    seen += 1
                    if not ast.get_docstring(node):
                        silent.append(f"{file.relative_to(ROOT)}: {node.name}")
    assert seen > 300  # the packages were found at all
    assert not silent
