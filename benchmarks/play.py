"""What playing costs: speed kept with every tile live, how soon a change is seen, bytes over a slow line.

    python benchmarks/play.py [--epochs 20000] [--quick] [--changes 30] [--seconds 20]

Speed: circle with two hidden layers of 8 in NumPy, one thread, full speed: headless and played on a terminal of 120x40
by turns (see panels.py), each by its own clock; then played with and without a second viewer (`watch` on a terminal
of its own). A change: → in the noise's control, from the key to the value on the screen, which is what the trainer's
new start tells; locally at 80x24 and behind 20 kB a second and 40 ms. Bytes: at 80x24 over SSH, tiles live.
Targets: .9 of headless, the last 500 epochs as quick as the first; a change seen in 100 ms (p95) locally, 400 ms behind
the slow line; 8 kB a second; .9 of one viewer's speed with two.
With 20,000 epochs it takes some twenty minutes on two cores, with --quick some five.
"""

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path

from links import DNN_TUI, Line
from panels import Training, in_turns, kept, report

from dnn_tui.tui.controls.stepping import next_number

PLAYED = ("circle", "--hidden", "8,8", "--pace", "0", "--engine", "numpy", "--threads", "1")
SLOW = 20_000  # bytes a second
NOISE_ROW = 1  # below the data's name, where one is at the start


def speed(epochs: int) -> None:
    """Played beside headless."""
    with tempfile.TemporaryDirectory() as folder:
        headless = Training(epochs, Path(folder) / "headless", False, ("train", *PLAYED))
        played = Training(epochs, Path(folder) / "played", True, ("play", *PLAYED))
        try:
            in_turns(epochs, headless, played)
            report(headless, played, epochs, "played circle, 2-8-8-1")
        finally:
            headless.close()
            played.close()


def watched(epochs: int) -> None:
    """Played with a second viewer beside played with one."""
    with tempfile.TemporaryDirectory() as folder:
        alone = Training(epochs, Path(folder) / "alone", True, ("play", *PLAYED))
        seen = Training(epochs, Path(folder) / "seen", True, ("play", *PLAYED))
        viewer = Line([DNN_TUI, "watch", "--quiet"], 120, 40, 0.0, str(Path(folder) / "seen"), ssh=False)
        closing = threading.Event()
        look = threading.Thread(target=lambda: _keep_looking(viewer, closing), daemon=True)
        look.start()
        try:
            in_turns(epochs, alone, seen)
            print(f"played, watched from a second terminal: {kept(alone, seen, 20, epochs)}".replace("headless", "one"))
        finally:
            closing.set()
            look.join()
            for each in (alone, seen, viewer):
                each.close()


def _keep_looking(viewer: Line, closing: threading.Event) -> None:
    while not closing.is_set():
        viewer.run(0.2)


def play_line(folder: str, rate: float, ssh: bool, *more: str) -> Line:
    """A played circle at 80x24, learning."""
    line = Line([DNN_TUI, "play", "circle", "--quiet", *more], 80, 24, rate, folder, ssh=ssh)
    if not line.run(180, lambda: line.shows("training") and line.shows("Controls")):
        raise SystemExit("\n".join(line.screen.display))
    line.run(6)
    return line


def change_times(changes: int, rate: float, ssh: bool) -> list[float]:
    """Seconds from the key to the value on the screen."""
    with tempfile.TemporaryDirectory() as folder:
        line = play_line(folder, rate, ssh)
        try:
            line.send(b"\x1b[B" * NOISE_ROW)
            line.run(2)
            times, noise = [], 0.0
            for k in range(changes):
                line.run(0.5 + 0.37 * (k % 5))  # at different moments between frames
                by = 1 if k % 2 == 0 else -1
                noise = next_number(noise, by, 0, 0.5, step=0.05)
                begin = time.perf_counter()
                line.send(b"\x1b[C" if by > 0 else b"\x1b[D")
                if not line.run(60, lambda wanted=f"‹ {noise:g} ›": line.shows(wanted)):
                    raise SystemExit("\n".join(line.screen.display))
                times.append(time.perf_counter() - begin)
            return times
        finally:
            line.close()


def bytes_a_second(seconds: float) -> float:
    """While tiles are live, over SSH."""
    with tempfile.TemporaryDirectory() as folder:
        line = play_line(folder, 0.0, True)
        try:
            before = line.bytes
            line.run(seconds)
            return (line.bytes - before) / seconds
        finally:
            line.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true", help="3,000 epochs")
    parser.add_argument("--changes", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    epochs = 3_000 if arguments.quick else arguments.epochs
    for name, rate, ssh in (("locally", 0.0, False), (f"through {SLOW / 1e3:.0f} kB/s", SLOW, True)):
        times = sorted(change_times(arguments.changes, rate, ssh))
        p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
        print(f"a change is seen, {name}: {1e3 * statistics.median(times):.0f} ms (median), {1e3 * p95:.0f} ms (p95)")
    print(f"80x24 over SSH, tiles live: {bytes_a_second(arguments.seconds) / 1e3:.1f} kB/s", flush=True)
    speed(epochs)
    watched(epochs)


if __name__ == "__main__":
    main()
