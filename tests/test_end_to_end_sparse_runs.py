"""Runs whose log or configuration leaves things out: every command shows what there is, or says one sentence."""

import json
import re
import shutil

import pytest
from terminal import DNN_TUI, Terminal

RUN, GOOD = "20260101-000000-vline-sparse", "20250101-000000-vline-good"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A small whole run, to be cut down."""
    import sys

    from dnn_tui.tui import cli

    runs = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["dnn-tui", "train", "vline", "--hidden", "3", "--epochs", "3", "--headless",
                                    "--runs-dir", str(runs)])  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            cli.main()
    assert not ended.value.code
    (folder,) = runs.iterdir()
    return folder


def start_with(part, value):
    """A log whose `run_started` has that in place of a part; ... takes the part away."""

    def changed(events):
        for event in events:
            if event["event"] == "run_started":
                event.pop(part) if value is ... else event.update({part: value})
        return events

    return changed


def own_metrics(events):
    for event in events:
        if event["event"] == "epoch_ended":
            event.update(train={"perplexity": 20.0 - event["epoch"]}, validation={"perplexity": 30.0})
    return events


LOGS = {
    **{f"{part} {word}": start_with(part, value)
       for part in ("training", "network", "dataset") for word, value in (("empty", {}), ("missing", ...))},
    "counts that are null": start_with("training", {"epochs": None, "lr": None}),
    "sizes that are null": start_with("network", {"sizes": None, "activations": None, "parameters": None}),
    "no epochs": lambda events: [event for event in events if event["event"] != "epoch_ended"],
    "own metrics": own_metrics,
    "one line": lambda events: events[:1],
    "no events": lambda events: [],
    "no log": lambda events: None,
}  # fmt: skip
SETTINGS = {
    "no run.toml": (lambda text: None, "No run in .* is called"),
    "an empty run.toml": (lambda text: "", "names no data"),
    "no TOML": (lambda text: "[[[", "Cannot read"),
    "a number for a section": (lambda text: "network = 3\n[dataset]\nname = 'vline'\n", "network is 3"),
    "a word for a number": (lambda text: text.replace("epochs = 3", "epochs = 'many'"), "training.epochs is 'many'"),
    "true for a number": (lambda text: text.replace("epochs = 3", "epochs = true"), "training.epochs is True"),
    "a word for a size": (lambda text: text.replace("    3,", "    'x',"), "network.hidden is"),
    "data that is not there": (lambda text: text.replace('name = "vline"', 'name = "nowhere"'), "nowhere"),
    "another optimizer": (lambda text: text.replace('optimizer = "adam"', 'optimizer = "magic"'), "magic"),
}


def place(recorded, runs, log=None, settings=None):
    """The run folders that a command finds: a good one, and the newest, which is cut down."""
    shutil.copytree(recorded, runs / GOOD)
    folder = shutil.copytree(recorded, runs / RUN)
    if log is not None:
        events = log([json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()])
        (folder / "events.jsonl").unlink()
        if events is not None:
            lines = (json.dumps(event, separators=(",", ":")) + "\n" for event in events)
            (folder / "events.jsonl").write_text("".join(lines))
    if settings is not None:
        text = settings((folder / "run.toml").read_text())
        (folder / "run.toml").unlink()
        if text is not None:
            (folder / "run.toml").write_text(text)
    return folder


def commands(folder):
    """What asks for the run itself; the last one trains it further."""
    rows = folder.parent / "rows.csv"
    rows.write_text(",".join(f"pixel{k}" for k in range(1, 10)) + "\n0,1,0,0,1,0,0,1,0\n")
    return [
        ("runs", "show", RUN), ("runs", "show", RUN, "--json"), ("runs", "compare", RUN, GOOD),
        ("runs", "export", RUN, "--csv", "-"), ("runs", "export", RUN, "--json", folder.parent / "run.json"),
        ("eval", RUN), ("predict", RUN, rows), ("explain", RUN), ("export", RUN, folder.parent / "model.py"),
        ("report", RUN, "-o", folder.parent / "report.html"), ("report", RUN, GOOD, "-o", folder.parent / "both.html"),
        ("train", "--resume", RUN, "--headless", "--epochs", "4"),
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("log", LOGS)
def test_a_log_that_leaves_things_out_is_shown_as_far_as_it_goes(log, recorded, command_line, tmp_path):
    folder = place(recorded, tmp_path / "runs", LOGS[log])
    code, out, _ = command_line("runs")
    assert code == 0
    assert RUN in out
    assert GOOD in out
    for words in commands(folder):
        code, out, err = command_line(*words)
        if words[0] == "report" and code:
            assert re.fullmatch(r"dnn-tui: \S+ has not finished an epoch yet: there is nothing to report of it.\n", err)
            continue
        assert code == 0, (words, err)
        assert out.strip() or words[2:4] == (RUN, "--json") or words[0] == "export", words
        assert "Traceback" not in out + err


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS)
def test_a_configuration_that_cannot_be_is_refused_in_one_sentence(settings, recorded, command_line, tmp_path):
    change, sentence = SETTINGS[settings]
    folder = place(recorded, tmp_path / "runs", settings=change)
    code, out, _ = command_line("runs")  # a list does not fail for one folder
    assert code == 0
    assert GOOD in out
    before = (folder / "events.jsonl").read_bytes()
    code, _, err = command_line("train", "--resume", RUN, "--headless", "--epochs", "4")
    assert code == 2
    assert err.count("\n") == 1
    assert re.search(sentence, err), err
    assert (folder / "events.jsonl").read_bytes() == before
    for words in commands(folder):
        code, _, err = command_line(*words)
        assert code in (0, 2), words
        if code:
            assert err.startswith("dnn-tui: "), err
            assert err.count("\n") == 1, err


def test_unknown_keys_of_a_configuration_are_a_newer_writers(recorded, command_line, tmp_path):
    place(recorded, tmp_path / "runs", settings=lambda text: f"new = 1\n{text}\n[surprise]\nx = 1\n")
    code, out, _ = command_line("runs", "show", RUN)
    assert code == 0
    assert "3 of 3" in out


def test_figures_with_names_of_their_own_are_drawn(recorded, command_line, tmp_path):
    place(recorded, tmp_path / "runs", LOGS["own metrics"])
    code, out, _ = command_line("runs", "show", RUN)
    assert code == 0
    assert "train perplexity" in out
    assert "validation perplexity" in out
    code, out, _ = command_line("runs", "export", RUN, "--csv", "-")
    assert [line.split(",")[4] for line in out.splitlines()] == ["train_perplexity", "19.0", "18.0", "17.0"]


@pytest.mark.slow
@pytest.mark.parametrize("log", ["training empty", "network empty", "dataset missing", "one line", "no log"])
def test_watch_shows_a_sparse_log_and_leaves_the_terminal_clean(log, recorded, tmp_path):
    place(recorded, tmp_path / "runs", LOGS[log])
    screen = Terminal(DNN_TUI, "watch", RUN, env={"DNN_TUI_RUNS": str(tmp_path / "runs")})
    try:
        screen.wait_for("quit")
        screen.press("q")
        assert screen.wait() == 0
        screen.assert_restored()
        assert b"Traceback" not in screen.written
        assert RUN in screen.text  # and a last line says what became of it
    finally:
        screen.close()


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["no run.toml", "an empty run.toml"])
def test_what_watch_cannot_show_it_says(settings, recorded, tmp_path):
    place(recorded, tmp_path / "runs", settings=SETTINGS[settings][0])
    screen = Terminal(DNN_TUI, "watch", RUN, env={"DNN_TUI_RUNS": str(tmp_path / "runs")})
    try:
        if settings == "no run.toml":
            assert screen.wait() == 2
            assert "No run in" in screen.text
        else:  # the log says enough to be watched
            screen.wait_for("vline")
            screen.press("q")
            assert screen.wait() == 0
            screen.assert_restored()
    finally:
        screen.close()
