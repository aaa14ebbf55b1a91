"""What the panels cost over a slow line: bytes a second while MNIST trains, and how long a key waits.

    python benchmarks/links.py [--data-dir DIR] [--seconds 20] [--keys 30] [--rate 20000]

A terminal is played at the other end of a pty: it draws what arrives (with pyte), answers what it is asked once it has
drawn what came before, and, for the second part, takes no more than RATE bytes a second, 40 ms away. The program
believes to be in an SSH session. A key's time runs from sending Space to seeing the run paused, or going on.
Targets: at most 8 kB/s at 80x24; p95 of a key at most 300 ms at 20 kB/s.
"""

import argparse
import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections import deque
from pathlib import Path

import pyte

from dnn_tui import datasets

DNN_TUI = str(Path(sys.executable).with_name("dnn-tui"))
SIZES = ((80, 24), (120, 40))
ANSWERS = {b"\x1b[6n": b"\x1b[24;80R", b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
LATENCY = 0.04  # seconds there and back


class Line:
    """The program on a pty, behind a line of `rate` bytes a second (0: as fast as it goes)."""

    def __init__(
        self, command: list[str], columns: int, rows: int, rate: float, runs_dir: str, ssh: bool = True
    ) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.rate, self.bytes = rate, 0
        self._on_the_way: deque[tuple[float, bytes]] = deque()  # answers and keys, with their times of arrival
        self._free_at = 0.0
        self._tail = b""
        env = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **({"SSH_CONNECTION": "a 1 b 2"} if ssh else {})}
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, **env, "DNN_TUI_RUNS": runs_dir},
        )
        os.close(slave)

    def send(self, data: bytes) -> None:
        self._on_the_way.append((time.perf_counter() + LATENCY * bool(self.rate), data))

    def run(self, seconds: float, until=lambda: False) -> bool:
        """Play the terminal for `seconds`, or until `until()`; whether it came to that."""
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            while self._on_the_way and self._on_the_way[0][0] <= now:
                os.write(self.master, self._on_the_way.popleft()[1])
            if self.rate and now < self._free_at:
                time.sleep(min(0.005, self._free_at - now))
                continue
            if not select.select([self.master], [], [], 0.005)[0]:
                continue
            data = os.read(self.master, 512 if self.rate else 65536)
            if self.rate:
                self._free_at = max(self._free_at, now) + len(data) / self.rate
            self.bytes += len(data)
            self.stream.feed(data)
            seen = self._tail + data
            for query, answer in ANSWERS.items():
                for _ in range(seen.count(query) - self._tail.count(query)):
                    self.send(answer)
            self._tail = seen[-16:]
            if until():
                return True
        return until()

    def shows(self, text: str) -> bool:
        return any(text in line for line in self.screen.display)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def train(arguments: argparse.Namespace, *more: str) -> list[str]:
    data = ["--data-dir", str(arguments.data_dir)] if arguments.data_dir else []
    return [DNN_TUI, "train", "mnist", "--epochs", "1000", "--quiet", *data, *more]


def bytes_a_second(arguments: argparse.Namespace, columns: int, rows: int, *more: str) -> float:
    with tempfile.TemporaryDirectory() as runs_dir:
        line = Line(train(arguments, *more), columns, rows, 0.0, runs_dir)
        try:
            if not line.run(120, lambda: line.shows("training")):
                raise SystemExit("\n".join(line.screen.display))
            line.run(5)  # the first pictures are whole ones
            before = line.bytes
            line.run(arguments.seconds)
            return (line.bytes - before) / arguments.seconds
        finally:
            line.close()


def key_times(arguments: argparse.Namespace, columns: int, rows: int) -> list[float]:
    with tempfile.TemporaryDirectory() as runs_dir:
        line = Line(train(arguments), columns, rows, arguments.rate, runs_dir)
        try:
            if not line.run(180, lambda: line.shows("training")):
                raise SystemExit("\n".join(line.screen.display))
            line.run(8)
            times, wanted = [], "paused"
            for k in range(arguments.keys):
                line.run(0.7 + 0.37 * (k % 5))  # at different moments between frames
                begin = time.perf_counter()
                line.send(b" ")
                word = wanted
                if not line.run(60, lambda word=word: line.shows(word)):
                    raise SystemExit("\n".join(line.screen.display))
                times.append(time.perf_counter() - begin)
                wanted = "training" if wanted == "paused" else "paused"
            return times
        finally:
            line.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="where MNIST lies")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--keys", type=int, default=30)
    parser.add_argument("--rate", type=float, default=20_000, help="bytes a second of the slow line")
    arguments = parser.parse_args()
    if not datasets.entry("mnist").is_here(arguments.data_dir):
        print("MNIST is not here (--data-dir or DNN_TUI_DATA): the line is not measured.")
        return
    for columns, rows in SIZES:
        rate = bytes_a_second(arguments, columns, rows)
        print(f"{columns}x{rows}: {rate / 1e3:.1f} kB/s while MNIST trains", flush=True)
    for columns, rows in SIZES:
        times = sorted(key_times(arguments, columns, rows))
        p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
        print(
            f"{columns}x{rows} through {arguments.rate / 1e3:.0f} kB/s: a key waits {statistics.median(times):.2f} s "
            f"(median), {p95:.2f} s (p95), {times[-1]:.2f} s at most",
            flush=True,
        )


if __name__ == "__main__":
    main()
