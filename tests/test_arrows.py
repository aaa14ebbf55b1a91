"""DESIGN's arrows, held: who may import whom between the rooms, inside `tui`, and that no import goes in a circle.

Every import counts, wherever it stands: at a file's top, inside a function, or only for the type checker.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "mlp": {"mlp"},
    "datasets": {"datasets"},
    "runs": {"runs", "mlp"},
    "experiments": {"experiments", "runs", "mlp", "datasets"},
    "tui": {"tui", "experiments", "runs", "mlp", "datasets"},
}


def module_of(file: Path) -> str:
    parts = ("dnn_tui", *file.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(file): file for package in ALLOWED for file in sorted((ROOT / package).rglob("*.py"))}


def imports_of(module: str) -> set[str]:
    """The project's modules that a module names in its imports; `from package import name` counts as the module

    `package.name` where there is one, else as the package itself.
    """
    file, found = FILES[module], set()
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            inside = {f"{source}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else source for name in inside}
    return found & set(FILES)


@cache
def imports() -> dict[str, set[str]]:
    """Those of every module."""
    return {module: imports_of(module) for module in FILES}


def strangers(modules: list[str], allowed: tuple[str, ...]) -> list[str]:
    """What the modules import outside the allowed packages, as "module → module"."""
    inside = tuple(f"dnn_tui.{name}" for name in allowed)
    return [
        f"{module} → {other}"
        for module in modules
        for other in sorted(imports()[module])
        if not any(other == name or other.startswith(name + ".") for name in inside)
    ]


def within(*packages: str) -> list[str]:
    found = [m for m in FILES if any((m + ".").startswith(f"dnn_tui.{package}.") for package in packages)]
    assert found, packages
    return found


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_a_package_imports_only_what_the_design_allows(package):
    assert strangers(within(package), tuple(ALLOWED[package])) == []


@pytest.mark.parametrize("package", ["mlp", "datasets", "runs", "experiments"])
def test_only_the_terminal_knows_the_terminal(package):
    for module in within(package):
        text = FILES[module].read_text(encoding="utf-8")
        for stranger in ("textual", "typer", "plotext", "rich"):
            assert f"import {stranger}" not in text, module
            assert f"from {stranger}" not in text, module


def test_drawing_knows_cells_and_nothing_of_a_run():
    assert strangers(within("tui.drawing"), ("tui.drawing",)) == []


def test_panels_know_no_commands_and_no_screens():
    found = strangers(within("tui.panels"), ("tui.panels",))
    assert [name for name in found if "tui.commands" in name or "tui.screens" in name] == []


def test_no_import_goes_in_a_circle():
    assert [sorted(circle) for circle in circles(imports())] == []


def test_a_circle_would_be_found():
    assert [sorted(c) for c in circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})] == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """The strongly connected parts of more than one node (Kosaraju's two walks; Aho, Hopcroft & Ullman 1983)."""
    order: list[str] = []
    seen: set[str] = set()

    def walk(node: str, edges: dict[str, set[str]], into: list[str]) -> None:
        waiting = [(node, iter(sorted(edges[node])))]
        seen.add(node)
        while waiting:
            at, others = waiting[-1]
            following = next((other for other in others if other not in seen), None)
            if following is None:
                into.append(at)
                waiting.pop()
            else:
                seen.add(following)
                waiting.append((following, iter(sorted(edges[following]))))

    for node in sorted(graph):
        if node not in seen:
            walk(node, graph, order)
    backwards: dict[str, set[str]] = {node: set() for node in graph}
    for node, others in graph.items():
        for other in others:
            backwards[other].add(node)
    seen.clear()
    found = []
    for node in reversed(order):
        if node not in seen:
            part: list[str] = []
            walk(node, backwards, part)
            found.append(set(part))
    return [part for part in found if len(part) > 1 or part & graph[min(part)]]
