"""Which tests run a line, measured once a test file and kept under build/mutants."""

import difflib
import hashlib
import json
import os
import time
from collections import defaultdict
from pathlib import Path

from mutation.changes import Mutant
from mutation.tree import PACKAGES, ROOT, Copy

KEPT = ROOT / "build" / "mutants"


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
        self._passed: dict[str, bool] = {}
        self.tests: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.whole: dict[str, set[str]] = defaultdict(set)  # the tests that run anything of a file
        for file in sorted(p.relative_to(copy.tree) for p in (copy.tree / "tests").rglob("test_*.py")):
            kept = KEPT / (str(file).replace("/", "-") + "." + _hash((copy.tree / file).read_bytes()) + ".json")
            if not kept.exists() and (not only or any(str(file).startswith(o) for o in only)):
                self._measure(copy, str(file), kept)
            kept = max(KEPT.glob(str(file).replace("/", "-") + ".*"), key=os.path.getmtime, default=kept)
            if kept.exists():
                self._read(copy, json.loads(kept.read_text()))

    def _measure(self, copy: Copy, file: str, kept: Path) -> None:
        at, result = time.monotonic(), copy.top / "measured.json"
        result.unlink(missing_ok=True)
        code, said = copy.pytest([file], 600, lambda: Measured(copy, result))
        print(f"measured {file} in {time.monotonic() - at:.0f} s", flush=True)
        if not result.exists():
            print(f"  no coverage of it: exit code {code}\n{said[-1500:]}")
            return
        known = json.loads(result.read_text())
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
        """The tests that run a change, the quickest first; what runs at import concerns all of the file's."""
        found = set().union(*(self.tests.get((mutant.path, line), set()) for line in mutant.lines))
        if mutant.imported and found:
            found |= self.whole[mutant.path]
        return sorted((t for t in found if t in self.seconds), key=self.seconds.__getitem__)

    def passes(self, copy: Copy, test: str) -> bool:
        """Whether a test passes alone and without any change; asked once."""
        if test not in self._passed:
            self._passed[test] = copy.pytest(["--tb=no", test], 30 + 5 * self.seconds[test])[0] == 0
        if not self._passed[test]:
            self.seconds.pop(test, None)
        return self._passed[test]

    def beside(self, tests: list[str]) -> list[str]:
        """The other tests of their files."""
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
