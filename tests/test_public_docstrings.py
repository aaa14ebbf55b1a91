"""What can be used from Python says what it is: every public class, function, method and property has a docstring.

A method may leave it to another class of the package that says it of the same name: a base class, or a protocol.
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


def test_every_public_method_and_property_is_said_by_its_class_or_by_one_that_it_follows():
    silent, seen = [], 0
    for name in PACKAGES:
        methods = [
            (file, owner, node)
            for file in sorted((ROOT / name).rglob("*.py"))
            for owner in ast.parse(file.read_text(encoding="utf-8")).body
            if isinstance(owner, ast.ClassDef) and not owner.name.startswith("_")
            for node in owner.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        seen += len(methods)
        told = {node.name for _, _, node in methods if ast.get_docstring(node)}
        silent += [f"{file.name}: {owner.name}.{node.name}" for file, owner, node in methods if node.name not in told]
    assert seen > 200
    assert not silent
