"""`dnn-tui film`: what the file shows at a moment is what the run's log says of that moment."""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from itertools import takewhile
from pathlib import Path

import numpy as np
import pyte
import pytest
from typer.testing import CliRunner

from dnn_tui.tui.cli import app
from dnn_tui.tui.filming.svg import pixels

NORM = r"‖\s*W\s*‖"  # only the layers say it
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A recorded run: its folder, which nobody writes into."""
    runs = tmp_path_factory.mktemp("recorded")
    words = ["train", "digits", "--headless", "--epochs", "6", "--seed", "1", "--runs-dir", str(runs)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    (folder,) = runs.iterdir()
    return folder


@pytest.fixture
def run(command_line, recorded, tmp_path):
    """A copy of it where the commands of this test look for runs."""
    return Path(shutil.copytree(recorded, tmp_path / "runs" / recorded.name))


def events(run):
    return [json.loads(line) for line in (run / "events.jsonl").read_text(encoding="utf-8").splitlines()]


def ended_by(run, step):
    """The last epoch that had ended at a step, read from the log itself."""
    epochs = [e for e in events(run) if e["event"] == "epoch_ended"]
    return list(takewhile(lambda epoch: epoch["step"] <= step, epochs))[-1]


def screen_at(path, seconds):
    """What a terminal shows so many seconds into a cast."""
    header, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    screen = pyte.Screen(header["width"], header["height"])
    stream = pyte.Stream(screen)
    for at, kind, text in lines:
        assert kind == "o"
        if at <= seconds:
            stream.feed(text)
    return "\n".join(screen.display)


def texts_of(svg):
    """The words of each frame, in the order of the frames."""
    root = ET.fromstring(svg)
    pieces = {
        piece.attrib["id"]: " ".join(text.text for text in piece.iter(f"{SVG}text"))
        for piece in root.find(f"{SVG}defs")
    }
    frames = [g for g in root.iter(f"{SVG}g") if g.find(f"{SVG}use") is not None]
    return ["\n".join(pieces[use.attrib["href"][1:]] for use in g.iter(f"{SVG}use")) for g in frames]


def shown_loss(text):
    """The loss on the validation rows as the status panel says it."""
    return float(re.search(r"val loss\s+([\d.]+)", text)[1])


@pytest.mark.slow
def test_a_replayed_cast_shows_the_run_as_it_was_at_each_third(command_line, run, tmp_path):
    film = tmp_path / "film.cast"
    code, out, err = command_line("film", run.name, "-o", film, "--size", "120x40", "--seconds", "9", "--fps", "4")
    assert (code, err) == (0, "")
    assert "in 9 s" in out
    header = json.loads(film.read_text(encoding="utf-8").splitlines()[0])
    assert {k: header[k] for k in ("version", "width", "height")} == {"version": 2, "width": 120, "height": 40}
    times = [json.loads(line)[0] for line in film.read_text(encoding="utf-8").splitlines()[1:]]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (0, 9)
    last = events(run)[-1]["step"]
    for third in (3, 6, 9):
        text = screen_at(film, third)
        if third < 9:
            # the film goes evenly through the steps, and stands for its last tenth; a frame is up to ¼ s old
            steps = [last * (third - late) / (0.9 * 9) for late in (0, 1 / 4)]
            losses = [ended_by(run, step)["validation"]["loss"] for step in steps]
            assert any(shown_loss(text) == pytest.approx(loss, rel=1e-3) for loss in losses)
            assert "training" in text
        else:
            (ended,) = [e for e in events(run) if e["event"] == "run_ended"]
            assert "finished" in text
            assert f"{100 * ended['metrics']['test']['accuracy']:.1f} %" in text


@pytest.mark.slow
def test_an_svg_has_the_size_asked_for_and_loads_nothing(command_line, run, tmp_path):
    film = tmp_path / "film.svg"
    assert command_line("film", run.name, "-o", film, "--size", "100x30", "--seconds", "5", "--fps", "2")[0] == 0
    text = film.read_text(encoding="utf-8")
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    assert (float(root.attrib["width"]), float(root.attrib["height"])) == pixels((100, 30))
    assert root.attrib["viewBox"].split() == ["0", "0", root.attrib["width"], root.attrib["height"]]
    assert {use.attrib["href"][0] for use in root.iter(f"{SVG}use")} == {"#"}
    for word in ("url(", "@import", "<script", "<image", "@font-face"):
        assert word not in text
    assert text.count("http") == 1  # the namespace
    assert len(text) < 2_000_000
    frames = texts_of(text)
    assert 5 < len(frames) <= 10  # those in which nothing changed are one
    assert "no step taken yet" in frames[0]
    assert "finished" in frames[-1]
    animated = re.findall(r"@keyframes (k\d+)", text)
    assert animated == [f"k{k}" for k in range(len(frames))]
    assert text.count("90.000%") == 2  # where the last begins and the one before it ends
    assert command_line("film", run.name, "-o", tmp_path / "again.svg", "--size", "100x30", "--seconds", "5")[0] == 0
    assert (tmp_path / "again.svg").read_text(encoding="utf-8") == text  # and the same run gives the same film


def test_one_moment_is_a_still_picture(command_line, run, tmp_path):
    still = tmp_path / "still.svg"
    code, out, _ = command_line("film", run.name, "-o", still, "--at", "100", "--size", "120x40")
    assert (code, "one moment" in out) == (0, True)
    text = still.read_text(encoding="utf-8")
    (words,) = texts_of(text)
    assert shown_loss(words) == pytest.approx(ended_by(run, 100)["validation"]["loss"], rel=1e-3)
    assert "animation" not in text


def test_one_panel_alone(command_line, run, tmp_path):
    still = tmp_path / "still.svg"
    words = ("film", run.name, "-o", still, "--at", "200", "--size", "100x30", "--force")
    assert command_line(*words, "--panel", "confusion")[0] == 0
    (shown,) = texts_of(still.read_text(encoding="utf-8"))
    assert "predicted →" in shown
    assert not re.search(NORM, shown)
    assert command_line(*words, "--panel", "layers")[0] == 0
    (shown,) = texts_of(still.read_text(encoding="utf-8"))
    assert re.search(NORM, shown)
    assert "predicted →" not in shown


def test_names_from_data_are_never_markup(command_line, tmp_path):
    table = tmp_path / "rows.csv"
    classes = ["<script>", "</g>&amp;", "]]>"]
    table.write_text("a,b,c\n" + "".join(f"{k % 7},{k % 5},{classes[k % 3]}\n" for k in range(120)), encoding="utf-8")
    assert command_line("train", table, "--target", "c", "--headless", "--epochs", "2")[0] == 0
    words = ("film", "newest", "-o", tmp_path / "x.svg", "--at", "99", "--size", "120x40", "--panel", "confusion")
    assert command_line(*words)[0] == 0
    text = (tmp_path / "x.svg").read_text(encoding="utf-8")
    (shown,) = texts_of(text)
    assert list(ET.fromstring(text).iter(f"{SVG}script")) == []
    for name in classes:
        assert name in shown


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_browser_plays_it(command_line, run, tmp_path):
    image = pytest.importorskip("PIL.Image")
    film = tmp_path / "film.svg"
    assert command_line("film", run.name, "-o", film, "--seconds", "10")[0] == 0
    width, height = map(round, pixels((80, 24)))
    seen = []
    for seconds in (0.1, 5, 9.5):
        picture = tmp_path / f"{seconds}.png"
        done = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},{height}", f"--screenshot={picture}",
             f"--virtual-time-budget={round(1000 * seconds)}", film.as_uri()], capture_output=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        seen.append(np.asarray(image.open(picture).convert("RGB")).astype(int))
    for first, second in ((0, 1), (1, 2)):
        changed = (np.abs(seen[first] - seen[second]).sum(axis=2) > 60).mean()
        assert changed > 0.01


@pytest.mark.slow
def test_the_terminal_it_is_made_in_does_not_show(command_line, run, tmp_path, monkeypatch):
    words = ("film", run.name, "--at", "200", "--size", "120x40")
    assert command_line(*words, "-o", tmp_path / "one.svg")[0] == 0
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb"), ("SSH_CONNECTION", "1 2 3 4")):
        monkeypatch.setenv(name, value)
    assert command_line(*words, "-o", tmp_path / "two.svg")[0] == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.slow
def test_what_cannot_be_filmed_is_refused_in_one_sentence_and_nothing_is_written(command_line, run, tmp_path):
    stands = tmp_path / "stands.svg"
    stands.write_text("mine")
    unfinished = tmp_path / "runs" / "20260101-000000-digits-x"
    unfinished.mkdir()
    (unfinished / "run.toml").write_bytes((run / "run.toml").read_bytes())
    (unfinished / "events.jsonl").write_text((run / "events.jsonl").read_text().splitlines()[0] + "\n")

    def files():
        return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    before, new = files(), tmp_path / "new.svg"
    for words, sentence in (
        ((run.name, "-o", stands), "stands.svg exists already"),
        ((run.name, "-o", tmp_path / "film.gif"), "not film.gif"),
        ((run.name, "-o", tmp_path / "film.cast", "--at", "3"), "call it film.svg"),
        ((run.name, "-o", tmp_path / "no" / "film.svg"), "There is no folder"),
        ((run.name, "-o", new, "--size", "80"), "'80' is no size"),
        ((run.name, "-o", new, "--size", "9999x9999"), "is no size"),
        ((run.name, "-o", new, "--panel", "nonsense"), "has no panel 'nonsense': choose one of"),
        ((run.name, "-o", new, "--seconds", "600", "--fps", "30"), "choose fewer --seconds or --fps"),
        ((unfinished.name, "-o", new), "has not finished an epoch yet"),
        (("nothing-like-this", "-o", new), "is called 'nothing-like-this'"),
    ):
        code, out, err = command_line("film", *words)
        assert (code, out) == (2, ""), words
        assert sentence in " ".join(err.split())
        assert "Traceback" not in err
        assert files() == before
    assert command_line("film", run.name, "-o", stands, "--force", "--at", "50")[0] == 0
    ET.fromstring(stands.read_text(encoding="utf-8"))
