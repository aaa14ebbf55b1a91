"""`dnn-tui report`: what the page says is what the run's log and `dnn-tui eval` say, whatever is in their names."""

import json
import math
import shlex

import numpy as np
import pytest
from pages import read_page

from dnn_tui.experiments import open_run
from dnn_tui.experiments.reporting.charts import draw, of_curve, round_values
from dnn_tui.experiments.reporting.page import MOST_BYTES
from dnn_tui.mlp.events import EpochEnded, RunEnded, Sample
from dnn_tui.runs.config import RunError
from dnn_tui.runs.epochs import Curve
from dnn_tui.runs.log import encode

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def train(command_line, tmp_path):
    """Train without panels; gives the run's folder."""

    def run(*words):
        before = set((tmp_path / "runs").glob("*"))
        code, _, err = command_line("train", *words, "--headless")
        assert code == 0, err
        (made,) = set((tmp_path / "runs").glob("*")) - before
        return made

    return run


@pytest.fixture
def page_of(command_line, tmp_path):
    """The page of some runs, read."""

    def page(*words):
        code, out, err = command_line("report", *words, "-o", tmp_path / "page.html", "--force")
        assert (code, err) == (0, "")
        assert "page.html written" in out
        return read_page((tmp_path / "page.html").read_text(encoding="utf-8"))

    return page


def events(run, kind):
    lines = map(json.loads, (run / "events.jsonl").read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line["event"] == kind]


def rows_of(table):
    return [row for body in table.all("tbody") for row in body.all("tr")]


def command_in(page, k=0):
    return page.all("pre", class_="command")[k].text


def test_the_figures_are_those_of_eval_and_of_the_log(command_line, train, page_of):
    run = train("digits", "--epochs", "4", "--seed", "3")
    page = page_of(run.name)
    told = json.loads(command_line("eval", run.name, "--json")[1])
    assert told["confusion"]
    (classes,) = page.all("table", class_="classes")
    expected = [[score[k] for k in ("precision", "recall", "f1", "auc")] for score in told["classes"].values()]
    assert [row.numbers for row in rows_of(classes)] == expected
    (confusion,) = page.all("table", class_="confusion")
    assert [[int(cell.text) for cell in row.all("td")] for row in rows_of(confusion)] == told["confusion"]
    assert told["calibration_error"] in [number for p in page.all("p") for number in p.numbers]

    (ended,), last = events(run, "run_ended"), events(run, "epoch_ended")[-1]
    tiles = page.all("div", class_="tiles")[0]
    assert tiles.numbers == [ended["metrics"]["test"]["accuracy"], ended["metrics"]["test"]["loss"]]
    (figures,) = page.all("table", class_="figures")
    for row, name in zip(rows_of(figures), ("accuracy", "loss"), strict=True):
        assert row.numbers == [ended["metrics"][split][name] for split in ("train", "validation", "test")]
    assert last["validation"] == ended["metrics"]["validation"]  # the log agrees with itself

    wrong = sum(map(sum, told["confusion"])) - sum(row[k] for k, row in enumerate(told["confusion"]))
    assert len(page.all("img")) == min(24, wrong) > 3


def test_a_regression_shows_its_errors(command_line, train, page_of):
    run = train("diabetes", "--epochs", "3")
    page = page_of(run.name)
    (score,) = json.loads(command_line("eval", run.name, "--json")[1])["targets"].values()
    (targets,) = page.all("table", class_="targets")
    assert targets.numbers == [score["mae"], score["rmse"], score["r2"]]
    assert page.all("table", class_="confusion") == []
    (errors,) = page.all("table", class_="words")
    assert len(rows_of(errors)) == 10
    for row in rows_of(errors):
        _, true, said, error = (cell.text.replace("−", "-") for cell in row.all("td")[:4])
        assert float(said) - float(true) == pytest.approx(float(error), abs=0.06)


@pytest.mark.slow
def test_the_command_on_the_page_trains_the_same_again(command_line, train, page_of, tmp_path):
    rng = np.random.default_rng(0)
    table = tmp_path / "a table.csv"
    rows = [(rng.normal(), rng.normal(), rng.choice(["it's", "no"])) for _ in range(80)]
    table.write_text("first one,--x,what?\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows))
    first = (
        ("spiral", "--noise", "0.1", "--hidden", "8,4", "--activation", "tanh,relu", "--optimizer", "sgd",
         "--momentum", "0.9", "--nesterov", "--no-shuffle", "--schedule", "cosine", "--val", "0.3", "--seed", "5"),
        ("diabetes", "--l2", "0", "--hidden", "none", "--batch-size", "all", "--init", "normal", "--init-scale", "0.1"),
        (str(table), "--target", "what?", "--drop", "first one", "--class-weights", "1,2.5", "--dropout", "0.1"),
        ("--formula", "x1 * x2 > 0", "--samples", "120", "--recipe", "regularized"),
    )  # fmt: skip
    for words in first:
        one = train(*words, "--epochs", "3")
        command = shlex.split(command_in(page_of(one.name)))
        assert command[:2] == ["dnn-tui", "train"]
        two = train(*command[2:])
        for kind in ("epoch_ended", "run_ended"):
            kept = [[{k: e.get(k) for k in ("train", "validation", "metrics", "lr", "step")} for e in events(run, kind)]
                    for run in (one, two)]  # fmt: skip
            assert kept[0] == kept[1], command
        assert len(kept[0]) == 1


def test_names_from_data_are_never_markup(train, page_of, tmp_path):
    rng = np.random.default_rng(1)
    table = tmp_path / "rows.csv"
    names = [HOSTILE, '"><img src=x onerror=alert(1)>', "\u202egnp.\x07txt"]
    text = f"a<b>,b&amp;,{HOSTILE}\n"
    for k in range(90):
        cell = names[k % 3].replace('"', '""')
        text += f'{rng.normal():.3f},{rng.normal():.3f},"{cell}"\n'
    table.write_text(text, encoding="utf-8")
    run = train(str(table), "--target", HOSTILE, "--epochs", "2")
    page = page_of(run.name)
    assert page.all("script") == []
    assert [image for image in page.all("img") if "onerror" in image.attributes] == []
    (classes,) = page.all("table", class_="classes")
    shown = {row.all("td")[0].text for row in rows_of(classes)}
    assert shown == {HOSTILE, '"><img src=x onerror=alert(1)>', "�gnp.␇txt"}


def test_nothing_on_the_page_is_loaded_from_anywhere(train, page_of, tmp_path):
    run = train("digits", "--epochs", "1")
    page = page_of(run.name)
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    addresses = [
        value
        for tag in ("img", "link", "a", "script", "iframe", "object", "use", "image")
        for element in page.all(tag)
        for name, value in element.attributes.items()
        if name in ("src", "href", "srcset", "data", "xlink:href")
    ]
    assert len(addresses) > 1
    assert all(address.startswith("data:") for address in addresses)
    for word in ("http:", "https:", "url(", "@import", "file:"):
        assert word not in text
    (policy,) = [m for m in page.all("meta") if m.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy.attributes["content"].startswith("default-src 'none'")
    page_of(run.name)
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == text  # and the same run gives the same page


@pytest.mark.slow
def test_twenty_thousand_epochs_stay_under_a_megabyte(train, page_of, tmp_path):
    run = train("digits", "--epochs", "2")
    begun = (run / "events.jsonl").read_text(encoding="utf-8").splitlines()[0]
    sample = Sample(1, 2.0, 3.0, tuple(np.full(10, 0.1)), pixels="AA" * 43)
    confusion = tuple(tuple(map(int, row)) for row in np.full((10, 10), 1000))
    rng = np.random.default_rng(0)
    lines = [begun]
    for k in range(1, 20_001):
        figures = {"loss": float(rng.exponential()), "accuracy": float(rng.uniform())}
        lines.append(
            encode(EpochEnded(1.0 + k, 41 * k, k, float(k), figures, figures, 0.01 / k, 1.0, 0.1, confusion,
                              (sample,) if k % 100 == 0 else ()))
        )  # fmt: skip
    lines.append(encode(RunEnded(9.0, 820_000, 20_000, 9.0, "completed", {"test": figures})))
    (run / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = page_of(run.name)
    assert (tmp_path / "page.html").stat().st_size <= MOST_BYTES / 2
    assert "20,000 of 2" in page.text


def test_a_spike_survives_however_many_epochs_there_are():
    curve = Curve()
    for k in range(20_000):
        curve.put(k, 50.0 if k == 12_345 else 1.0)
    line = of_curve(curve, 1, "loss", "s0")
    assert len(line.x) <= 300
    assert line.high.max() == 50.0
    peak = line.x[line.high.argmax()]
    assert abs(peak - 12_346) <= 20_000 / 300
    drawn = draw("", [line])
    ticks = {tick.label: tick.at for tick in drawn.y_ticks}
    heights = [float(part.split(",")[1]) for part in drawn.paths[0].d[1:].split("L")]
    assert min(heights) == pytest.approx(ticks["50"], abs=0.11)  # y grows downwards
    per_unit = (ticks["50"] - ticks["0"]) / 50
    assert max(heights) == pytest.approx(ticks["0"] + per_unit, abs=0.11)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.3, 0.9), (-3, 12), (1, 20_000), (1e-7, 3e-7), (0, 1.04)])
def test_ticks_are_round_inside_and_not_too_many(low, high):
    values = round_values(low, high, 6)
    assert 2 <= len(values) <= 6
    assert all(low - 1e-9 * high <= value <= high * (1 + 1e-9) for value in values)
    step = values[1] - values[0]
    digits = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(digits - d) for d in (1, 2, 5, 10)) < 1e-6
    np.testing.assert_allclose(np.diff(values), step)


def test_without_the_data_the_rest_stands(train, page_of, tmp_path):
    table = tmp_path / "rows.csv"
    table.write_text("a,b,c\n" + "".join(f"{k % 7},{k % 5},{'yes' if k % 2 else 'no'}\n" for k in range(100)))
    run = train(str(table), "--target", "c", "--epochs", "2")
    table.unlink()
    page = page_of(run.name)
    (why,) = [p.text for p in page.all("p") if "could not be evaluated" in p.text]
    assert "rows.csv" in why
    assert page.all("table", class_="classes") == []
    assert len(page.all("figure", class_="chart")) == 3  # loss, accuracy, and η, which goes in one cycle
    (ended,) = events(run, "run_ended")
    assert ended["metrics"]["test"]["loss"] in page.all("div", class_="tiles")[0].numbers


@pytest.mark.slow
def test_several_runs_are_compared_on_the_same_axes(command_line, train, page_of):
    one = train("digits", "--epochs", "2", "--name", "one")
    two = train("digits", "--epochs", "5", "--lr", "0.01", "--name", "two")
    page = page_of(one.name, two.name)
    assert page.all("h1")[0].text == "2 runs compared"
    told = json.loads(command_line("runs", "compare", one.name, two.name, "--json")[1])
    figures, differences = page.all("table")[:2]
    assert [row.numbers for row in rows_of(figures)] == list(told["figures"].values())
    shown = {row.all("td")[0].text: [cell.text for cell in row.all("td")[1:]] for row in rows_of(differences)}
    assert shown == {"training.epochs": ["2", "5"], "training.lr": ["0.002", "0.01"]}
    together = page.all("figure", class_="chart")[0]
    legend = together.all("div", class_="legend")[0].text
    assert one.name in legend
    assert two.name in legend
    assert len(page.all("section", class_="part")) == 2
    assert [shlex.split(command_in(page, k))[2] for k in (0, 1)] == ["digits", "digits"]


def test_a_run_as_an_object_writes_the_same_page(command_line, train, page_of, tmp_path):
    run = train("spiral", "--epochs", "2")
    page_of(run.name, "--best")
    written = open_run(run.name, "best", tmp_path / "runs").report(tmp_path / "other.html")
    assert written == tmp_path / "other.html"
    assert written.read_text(encoding="utf-8") == (tmp_path / "page.html").read_text(encoding="utf-8")
    with pytest.raises(RunError, match="exists already"):
        open_run(run.name, "best", tmp_path / "runs").report(written)


def test_what_cannot_be_reported_is_refused_in_one_sentence_and_nothing_is_written(command_line, train, tmp_path):
    run = train("digits", "--epochs", "1")
    stands = tmp_path / "stands.html"
    stands.write_text("mine")
    unfinished = tmp_path / "runs" / "20260101-000000-digits-x"
    unfinished.mkdir()
    (unfinished / "run.toml").write_bytes((run / "run.toml").read_bytes())
    (unfinished / "events.jsonl").write_text((run / "events.jsonl").read_text().splitlines()[0] + "\n")

    def files():
        return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    before = files()
    for words, sentence in (
        ((run.name, "-o", stands), "stands.html exists already"),
        ((run.name, "-o", tmp_path / "report.pdf"), "call it report.html, not report.pdf"),
        ((run.name, "-o", tmp_path / "no" / "report.html"), "There is no folder"),
        ((unfinished.name, "-o", tmp_path / "new.html"), "has not finished an epoch yet"),
        ((run.name, unfinished.name, "-o", tmp_path / "new.html"), "has not finished an epoch yet"),
        (("nothing-like-this", "-o", tmp_path / "new.html"), "is called 'nothing-like-this'"),
    ):
        code, out, err = command_line("report", *words)
        assert (code, out) == (2, "")
        assert sentence in err
        assert "Traceback" not in err
        assert files() == before
    assert command_line("report", run.name, "-o", stands, "--force")[0] == 0
    assert stands.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
