"""What the tests notice: one small semantic change at a time, in a copy of the tree, and the tests that cover it.

    python tests/mutants.py [--size 100] [--seed 0] [--package mlp] [--budget 60] [--only mlp/losses.py:12]

Coverage is measured once a test file and kept under build/mutants; a test file that changed is measured again, and a
source file that changed keeps the coverage of the lines it still has. Each change is tried against the tests that
run its line (the quickest first), then against the other tests of their files, for --budget seconds of tests. Noticed
means that a test fails which passes without the change, or that the tests find no end. A change that is noticed by
none of them survived; if tests that run it were left over, it is not judged. It stands in tests/ because it measures
the tests; pytest does not collect it, and CI does not run it.

Why not mutmut or cosmic-ray: mutmut names functions by their path and finds none of ours, which stand at the root and
install under dnn_tui; cosmic-ray runs one fixed command for every change and knows no coverage.
"""

import argparse
import random
import signal
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

from mutation.changes import Mutant, mutants_of
from mutation.covered import Covered
from mutation.tree import PACKAGES, Copy

EQUIVALENT = tomllib.loads((Path(__file__).parent / "mutation" / "equivalent.toml").read_text()).get("mutant", [])
MISSING = 4  # pytest's exit code where a test is not there
OUTCOMES = ("killed", "SURVIVED", "not judged", "equivalent")


def _names(line: str, test: str) -> bool:
    """Whether a line of pytest's summary is about a test: that it failed, is not there, or its file cannot be read."""
    about = f"{line} - ".startswith((f"FAILED {test} - ", f"ERROR {test} - ")) or line.endswith(
        "/" + test.partition("[")[0]
    )
    return about or test.split("::")[0] in line.split()


def tried(copy: Copy, mutant: Mutant, covered: Covered, budget: float) -> tuple[str, str]:
    """Which of the outcomes a change has, and what noticed it."""
    source = (copy.tree / mutant.path).read_bytes()
    text = source.decode().splitlines()[mutant.lines[0] - 1]
    if any(e["path"] == mutant.path and e["line"] in text and e["after"] == mutant.after for e in EQUIVALENT):
        return "equivalent", ""
    direct = covered.of(mutant)
    quick = [t for t in direct if covered.seconds[t] < 1]
    rounds = [quick[:60], [*quick[60:], *(t for t in direct if covered.seconds[t] >= 1)], covered.beside(direct)]
    left_over = set(direct)
    for tests in rounds:
        chosen, needed = [], 0.0
        for test in tests:
            if chosen and needed + covered.seconds[test] > budget:
                break
            chosen.append(test)
            needed += covered.seconds[test]
        left_over -= set(chosen)
        while chosen:
            copy.write(mutant.path, source[: mutant.start] + mutant.after.encode() + source[mutant.end :])
            code, said = copy.pytest(["-x", "--tb=no", *chosen], 30 + 5 * needed)
            copy.write(mutant.path, source)
            if code is None or code < 0:
                return "killed", f"no end: {len(chosen)} tests that take {needed:.0f} s"
            if not code:
                break
            failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
            blamed = [test for test in chosen if any(_names(line, test) for line in failed)]
            good = [test for test in blamed if covered.passes(copy, test)]
            if good == blamed or (good and code != MISSING):
                return "killed", (failed or [said.strip()[-150:].replace("\n", " ")])[0][:150]
            chosen = [test for test in chosen if test in good or test not in blamed]  # others fail anyway, or are gone
        budget -= needed
        if budget <= 0:
            break
    return ("not judged", f"{len(left_over)} tests left over") if left_over else ("SURVIVED", "")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--size", type=int, default=100, help="how many changes, shared out among the packages")
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--package", choices=PACKAGES, action="append", help="only these packages; may be repeated")
    ask.add_argument("--budget", type=float, default=60, help="seconds of tests to try a change on")
    ask.add_argument("--only", action="append", default=[], help="FILE or FILE:LINE: every change there, not a sample")
    ask.add_argument("--measure", action="append", default=[], help="measure coverage of these test files, and end")
    ask.add_argument("--kept", action="store_true", help="measure nothing: the coverage under build/mutants will do")
    asked = ask.parse_args()
    for name in ("coverage", "hypothesis", "numpy", "pytest", "rich", "textual", "typer"):
        __import__(name)  # once, for all children
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the copy goes
    copy = Copy()
    covered = Covered(copy, ["nothing"] if asked.kept else asked.measure)
    if asked.measure:
        return
    count: dict[str, Counter[str]] = {}
    lived = []
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
        count[package] = Counter()
        for mutant in chosen:
            at = time.monotonic()
            outcome, why = tried(copy, mutant, covered, asked.budget)
            count[package][outcome] += 1
            if outcome != "killed":
                lived.append(f"{outcome}: {mutant}")
            print(f"{outcome:10} {mutant}  [{time.monotonic() - at:.0f} s] {why}", flush=True)
    print("\nnot killed:", *lived, sep="\n  ")
    for package, outcomes in count.items():
        judged = outcomes["killed"] + outcomes["SURVIVED"]
        rest = ", ".join(f"{outcomes[o]} {o}" for o in OUTCOMES[2:] if outcomes[o])
        share = f" ({100 * outcomes['killed'] / judged:.0f} %)" if judged else ""
        print(f"{package:12} {outcomes['killed']} of {judged} killed{share}{'; ' + rest if rest else ''}")


if __name__ == "__main__":
    main()
