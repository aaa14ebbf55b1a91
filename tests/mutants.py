"""What the tests notice: one small semantic change at a time, in a copy of the tree, and the tests that cover it.

    python tests/mutants.py [--size 100] [--seed 0] [--package mlp] [--budget 60] [--only mlp/loss.py:12]

Coverage is measured once a test file and kept under build/mutants; a test file that changed is measured again, and a
source file that changed keeps the coverage of the lines it still has. Each change is tried against the tests that
run its line (the quickest first), then against the other tests of their files, until --budget seconds of tests have
passed it. It stands in tests/ because it measures the tests; pytest does not collect it, and CI does not run it.

Why not mutmut or cosmic-ray: mutmut names functions by their path and finds none of ours, which stand at the root and
install under dnn_tui; cosmic-ray runs one fixed command for every change and knows no coverage.
"""

import argparse
import ast
import atexit
import contextlib
import difflib
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("datasets", "mlp", "runs", "experiments", "tui")
KEPT = ROOT / "build" / "mutants"

# a subprocess of a test counts as the test: Python imports this module at its start
SITE = """import os
if os.environ.get("MUTANTS_TEST"):
    import atexit, coverage
    measure = coverage.Coverage(os.environ["MUTANTS_DATA"], data_suffix=True, include=os.environ["MUTANTS_OF"].split(),
                                context=os.environ["MUTANTS_TEST"], config_file=False)
    measure.set_option("run:sigterm", True)
    measure.start()
    atexit.register(lambda: (measure.stop(), measure.save()))
"""

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "argmax": "argmin", "argmin": "argmax"}


@dataclass(frozen=True)
class Mutant:
    """One change: the characters `start:end` of a file become `after`."""

    path: str
    lines: range
    start: int
    end: int
    before: str
    after: str


def changed(node: ast.AST) -> Iterator[ast.AST | str]:
    """What could stand in a node's place and mean something slightly different."""
    match node:
        case ast.Compare(left, [op], [right]) if type(op) in COMPARED:
            yield ast.Compare(left, [COMPARED[type(op)]()], [right])
        case ast.BinOp(left, op, right) if type(op) in COMPUTED:
            yield ast.BinOp(left, COMPUTED[type(op)](), right)
        case ast.AugAssign(target, op, value) if type(op) in COMPUTED:
            yield ast.AugAssign(target, COMPUTED[type(op)](), value)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(float(value)):
            yield ast.Constant(value * 2 or 1.0)
        case ast.UnaryOp(ast.USub() | ast.Not(), value):
            yield value
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.If(test) | ast.While(test):
            yield ast.UnaryOp(ast.Not(), test)  # stands in the place of the test
        case ast.Break():
            yield "continue"
        case ast.Continue():
            yield "break"
        case ast.Expr(ast.Call() | ast.YieldFrom()) | ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield "pass"
        case ast.Return(value) if value and not isinstance(value, ast.Constant):
            yield "return None"
        case ast.Name(name) | ast.Attribute(_, name) if name in NAMES and isinstance(node.ctx, ast.Load):
            yield ast.Name(NAMES[name]) if isinstance(node, ast.Name) else ast.Attribute(node.value, NAMES[name])


def nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs: no annotation, decorator, message of an error, nor what only a type checker reads."""
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'"):
        return
    yield node
    for name, field in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list", "type_params"):
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, ast.AST):
                    yield from nodes(child)


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    offsets = [0]
    for line in text.encode().splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    data = text.encode()
    for node in nodes(ast.parse(text)):
        for other in changed(node):
            place = node.test if isinstance(node, ast.If | ast.While) else node
            start = offsets[place.lineno - 1] + place.col_offset
            end = offsets[place.end_lineno - 1] + place.end_col_offset
            after = other if isinstance(other, str) else ast.unparse(ast.fix_missing_locations(other))
            after = f"({after})" if isinstance(place, ast.expr) and not isinstance(place, ast.Name) else after
            lines = range(place.lineno, place.end_lineno + 1)
            yield Mutant(path, lines, start, end, data[start:end].decode(), after)


class Copy:
    """The tree in a temporary folder, with ../shared beside it; only there is anything ever changed."""

    def __init__(self) -> None:
        self.top = Path(tempfile.mkdtemp(prefix="mutants-")).resolve()
        atexit.register(shutil.rmtree, self.top, ignore_errors=True)
        self.tree = self.top / "tree"
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0"):
            if name and (ROOT / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.tree / name)
        if (shared := ROOT.parent / "shared").exists():
            (self.top / "shared").symlink_to(shared.resolve())
        (self.top / "path" / "dnn_tui").mkdir(parents=True)
        for name in PACKAGES:
            (self.top / "path" / "dnn_tui" / name).symlink_to(self.tree / name)
        (self.top / "path" / "sitecustomize.py").write_text(SITE)
        self._stamp = int(time.time())

    def pytest(self, words: list[str], seconds: float, measured: Path | None = None) -> tuple[int | None, str]:
        """Run pytest in a forked child, in which what is slow to import is there already: (exit code, its words).

        The exit code is None, or that of a signal, if so many seconds of processor (or five times of clock) were up.
        """
        said = self.top / "said"
        if not (child := os.fork()):
            os.setsid()
            # the processor's seconds, not the clock's: a busy machine must not pass for a test that noticed
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
            out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0), os.dup2(out, 1), os.dup2(out, 2)
            os.chdir(self.tree)
            temporary = self.top / "tmp"
            temporary.mkdir(exist_ok=True)
            os.environ |= {"PYTHONPATH": str(self.top / "path"), "TMPDIR": str(temporary)}
            tempfile.tempdir = None
            sys.path[:] = [str(self.top / "path"), *(p for p in sys.path if p != str(ROOT / "tests"))]
            plugins = [Measured(self, measured)] if measured else []
            import pytest

            code = pytest.main(["-p", "no:cacheprovider", "-p", "no:xdist", "-m", "", *words], plugins)
            for plugin in plugins:
                plugin.save()
            sys.stdout.flush()
            os._exit(code)
        until = time.monotonic() + 5 * seconds
        try:
            while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < until:
                time.sleep(0.02)
            code = os.waitstatus_to_exitcode(ended[1]) if ended[0] else None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # whatever a test left behind, too
            shutil.rmtree(self.top / "tmp", ignore_errors=True)
        if code is None:
            os.waitpid(child, 0)
        return code, said.read_text(errors="replace")

    def write(self, path: str, data: bytes) -> None:
        (self.tree / path).write_bytes(data)
        self._stamp += 2  # a compiled file is known by its time in whole seconds, and two changes may have one length
        os.utime(self.tree / path, (self._stamp, self._stamp))


class Measured:
    """A pytest plugin, in the child: which lines each test runs, and how long it takes."""

    def __init__(self, copy: Copy, result: Path) -> None:
        import coverage

        self.copy, self.result, self.seconds, self.failed = copy, result, defaultdict(float), set()
        self.data = copy.top / "measured" / "data"
        self.data.parent.mkdir(exist_ok=True)
        include = [f"{copy.tree}/{name}/*" for name in PACKAGES]
        os.environ |= {"MUTANTS_DATA": str(self.data), "MUTANTS_OF": " ".join(include)}
        self.coverage = coverage.Coverage(self.data, data_suffix=True, include=include, config_file=False)
        self.coverage.start()

    def pytest_runtest_setup(self, item) -> None:
        self.coverage.switch_context(item.nodeid)
        os.environ["MUTANTS_TEST"] = item.nodeid

    def pytest_runtest_logreport(self, report) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def save(self) -> None:
        import coverage

        self.coverage.stop()
        self.coverage.save()
        lines: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for file in self.data.parent.iterdir():
            part = coverage.CoverageData(file)
            part.read()
            for name in part.measured_files():
                for line, contexts in part.contexts_by_lineno(name).items():
                    for context in set(contexts) - self.failed:
                        lines[str(Path(name).relative_to(self.copy.tree))][context].add(line)
            file.unlink()
        seconds = {test: s for test, s in self.seconds.items() if test not in self.failed}
        sorted_lines = {path: {test: sorted(at) for test, at in by.items()} for path, by in lines.items()}
        self.result.write_text(json.dumps({"seconds": seconds, "failed": sorted(self.failed), "lines": sorted_lines}))


class Covered:
    """Which tests run a line, as kept under build/mutants."""

    def __init__(self, copy: Copy, only: list[str]) -> None:
        (KEPT / "sources").mkdir(parents=True, exist_ok=True)
        self.seconds: dict[str, float] = {}
        self.tests: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.whole: dict[str, set[str]] = defaultdict(set)  # the tests that run anything of a file
        for file in sorted(p.relative_to(copy.tree) for p in (copy.tree / "tests").rglob("test_*.py")):
            kept = KEPT / (str(file).replace("/", "-") + "." + _hash((copy.tree / file).read_bytes()) + ".json")
            if not kept.exists() and (not only or any(str(file).startswith(o) for o in only)):
                self._measure(copy, str(file), kept)
            if kept.exists():
                self._read(copy, json.loads(kept.read_text()))

    def _measure(self, copy: Copy, file: str, kept: Path) -> None:
        at = time.monotonic()
        code, said = copy.pytest(["-q", file], 600, kept)
        print(f"measured {file} in {time.monotonic() - at:.0f} s", flush=True)
        if not kept.exists():
            print(f"  no coverage of it: exit code {code}\n{said[-1500:]}")
            return
        known = json.loads(kept.read_text())
        if known["failed"]:
            print("  left out, as they fail or are skipped here: " + ", ".join(known["failed"]))
        known["sources"] = {}
        for path in known["lines"]:
            data = (copy.tree / path).read_bytes()
            known["sources"][path] = _hash(data)
            (KEPT / "sources" / _hash(data)).write_bytes(data)
        kept.write_text(json.dumps(known))

    def _read(self, copy: Copy, known: dict) -> None:
        self.seconds |= known["seconds"]
        for path, by_test in known["lines"].items():
            if not (copy.tree / path).exists():
                continue
            now = _lines_now((KEPT / "sources" / known["sources"][path]).read_text(), (copy.tree / path).read_text())
            for test, lines in by_test.items():
                for line in lines:
                    self.tests[path, now.get(line, 0)].add(test)
                self.whole[path].add(test)

    def of(self, mutant: Mutant) -> list[str]:
        """The tests that run a change, the quickest first; what runs at import alone concerns all of the file's."""
        found = set().union(*(self.tests.get((mutant.path, line), set()) for line in mutant.lines))
        if "" in found:  # run at import: by no test's own doing
            found |= self.whole[mutant.path]
        return sorted((t for t in found if t in self.seconds), key=self.seconds.__getitem__)

    def beside(self, tests: list[str]) -> list[str]:
        files = {test.split("::")[0] for test in tests}
        more = (t for t in self.seconds if t.split("::")[0] in files and t not in tests)
        return sorted(more, key=self.seconds.__getitem__)


_TRANSLATED: dict[tuple[str, str], dict[int, int]] = {}


def _lines_now(old: str, new: str) -> dict[int, int]:
    """The numbers that the lines of an older text have now."""
    if (old, new) not in _TRANSLATED:
        blocks = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), False).get_matching_blocks()
        _TRANSLATED[old, new] = {b.a + k + 1: b.b + k + 1 for b in blocks for k in range(b.size)}
    return _TRANSLATED[old, new]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def tried(copy: Copy, mutant: Mutant, covered: Covered, budget: float) -> str | None:
    """What noticed a change, or None if nothing did."""
    source = (copy.tree / mutant.path).read_bytes()
    direct = covered.of(mutant)
    quick = [t for t in direct if covered.seconds[t] < 1]
    rounds = [quick[:60], [*quick[60:], *(t for t in direct if covered.seconds[t] >= 1)], covered.beside(direct)]
    copy.write(mutant.path, source[: mutant.start] + mutant.after.encode() + source[mutant.end :])
    try:
        for tests in rounds:
            chosen, needed = [], 0.0
            for test in tests:
                needed += covered.seconds[test]
                if chosen and needed > budget:
                    break
                chosen.append(test)
            if not chosen:
                continue
            budget -= needed
            code, said = copy.pytest(["-x", "-q", "--tb=no", *chosen], 30 + 5 * needed)
            if code is None or code < 0:
                return f"no end: {len(chosen)} tests that take {needed:.0f} s"
            if code:
                failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
                return failed[0][:150] if failed else said.strip()[-150:].replace("\n", " ")
            if budget <= 0:
                break
    finally:
        copy.write(mutant.path, source)
    return None


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--size", type=int, default=100, help="how many changes, shared out among the packages")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--package", choices=PACKAGES, action="append", help="only these packages; may be repeated")
    ask.add_argument("--budget", type=float, default=60, help="seconds of tests to try a change on")
    ask.add_argument("--only", action="append", default=[], help="FILE or FILE:LINE: every change there, not a sample")
    ask.add_argument(
        "--measure", action="append", default=[], help="measure coverage of these test files alone, and end"
    )
    ask.add_argument("--kept", action="store_true", help="measure nothing: the coverage under build/mutants will do")
    asked = ask.parse_args()
    for name in ("coverage", "hypothesis", "numpy", "pytest", "rich", "textual", "typer"):
        __import__(name)  # once, for all children
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the copy goes
    copy = Copy()
    covered = Covered(copy, ["nothing"] if asked.kept else asked.measure)
    if asked.measure:
        return
    killed, total, survivors = defaultdict(int), defaultdict(int), []
    packages = asked.package or PACKAGES
    for k, package in enumerate(packages):
        found = []
        for file in sorted((copy.tree / package).rglob("*.py")):
            path = str(file.relative_to(copy.tree))
            found += [m for m in mutants_of(path, file.read_text()) if covered.of(m)]
        if asked.only:
            chosen = [m for m in found if m.path in asked.only or f"{m.path}:{m.lines[0]}" in asked.only]
        else:
            share = asked.size // len(packages) + (k < asked.size % len(packages))
            chosen = random.Random(f"{asked.seed} {package}").sample(found, min(share, len(found)))
        for mutant in chosen:
            at = time.monotonic()
            notice = tried(copy, mutant, covered, asked.budget)
            total[package] += 1
            killed[package] += notice is not None
            line = f"{mutant.path}:{mutant.lines[0]}  {' '.join(mutant.before.split())}  →  {mutant.after}"
            survivors += [] if notice else [line]
            print(
                f"{'killed  ' if notice else 'SURVIVED'} {line}  [{time.monotonic() - at:.0f} s] {notice or ''}",
                flush=True,
            )
    print("\nsurvivors:", *survivors, sep="\n  ")
    for package in total:
        share = 100 * killed[package] / total[package]
        print(f"{package:12} {killed[package]} of {total[package]} killed ({share:.0f} %)")


if __name__ == "__main__":
    main()
