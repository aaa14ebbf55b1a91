"""Scripts in processes of their own that need not import a heavy package again: forks of one that has and waits."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SERVER = """
import json, os, runpy, sys
found = []
for package in sys.argv[1:]:
    try:
        __import__(package)
        found.append(package)
    except ImportError:
        pass
print(*found, flush=True)
for line in sys.stdin:
    words, out, err = json.loads(line)
    child = os.fork()
    if not child:
        for number, name in ((1, out), (2, err)):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.argv, sys.path[0] = words, os.path.dirname(words[0])
        runpy.run_path(words[0], run_name="__main__")
        sys.stdout.flush()
        os._exit(0)  # taking a heavy package down takes as long as a script does
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Forks:
    """A Python that has imported these packages; `found`: those that are there."""

    def __init__(self, packages: Sequence[str], place: Path, env: dict[str, str]) -> None:
        self.files = [str(place / name) for name in ("stdout", "stderr")]
        # threads do not come along into a fork
        env = {**env, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        words = [sys.executable, "-W", "error::RuntimeWarning", "-c", SERVER, *packages]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env
        )
        self.found = self.process.stdout.readline().split()

    def run(self, *words: os.PathLike | str) -> subprocess.CompletedProcess:
        """`python WORDS…` in a fork."""
        self.process.stdin.write(json.dumps([[*map(str, words)], *self.files]) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        return subprocess.CompletedProcess(words, code, *(Path(file).read_text("utf-8") for file in self.files))

    def close(self) -> None:
        self.process.communicate()
