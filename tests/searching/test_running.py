"""A search carried on to its end, broken off and taken up again; what viewers read of it, and what they ask of it."""

import json
from dataclasses import replace

import pytest
from here import Here

from dnn_tui.experiments.searching.folder import Plan, SearchError, create_search, find_search, list_searches
from dnn_tui.experiments.searching.outcome import OutcomeReader, outcome_of, score_of
from dnn_tui.experiments.searching.preparing import prepare
from dnn_tui.experiments.searching.reading import SearchReader, read_search
from dnn_tui.experiments.searching.running import Running
from dnn_tui.experiments.searching.steering import parse_steer, steer
from dnn_tui.experiments.searching.trial import Order, run_trial, tell_trainer
from dnn_tui.runs.config import DatasetConfig
from dnn_tui.runs.folder import find_run, list_runs
from dnn_tui.runs.summary import summarise

pytest.importorskip("optuna")

SPACE = {"lr": "1e-3..1", "hidden": "2..8", "layers": "1..2", "epochs": "2", "batch_size": "32"}
PLAN = Plan(DatasetConfig("iris", seed=0), SPACE, trials=5, sampler="random", pruner="none", finalists=2, seeds=2)


@pytest.fixture(scope="module")
def prepared():
    return prepare(PLAN)


@pytest.fixture(scope="module")
def small(prepared):
    """The same with fewer trials, none of them again."""
    return replace(prepared, plan=replace(prepared.plan, trials=3, finalists=1, seeds=0))


@pytest.fixture(scope="module")
def searched(prepared, tmp_path_factory):
    """A whole search: its folder, what was trained, what was told."""
    folder = create_search(prepared.plan, tmp_path_factory.mktemp("runs"))
    workers, told = Here(), []
    assert to_its_end(Running(folder, prepared, workers, told.append)) == "ended"
    return folder, workers, told


def to_its_end(running):
    with running.folder.carried_on():
        return running.run()


def carried_on(folder, prepared, workers, stop_after=None):
    """Carry the search on, interrupted after so many trials."""
    running = Running(folder, prepared, workers, lambda news: None)
    workers.before = lambda name: setattr(running, "interrupted", len(workers.trained) + 1 >= (stop_after or 99))
    return to_its_end(running)


def test_every_trial_is_an_ordinary_run_inside_the_searchs_folder(searched):
    folder, workers, _ = searched
    runs = folder.path.parent
    assert list_runs(runs) == []  # they do not flood the list
    assert list_searches(runs) == [folder]
    assert find_search(runs, "iris").name == folder.name
    run = find_run(runs, f"{folder.name}/trial-003")
    assert (summarise(run).epochs, summarise(run).ended) == (2, "completed")
    assert len(workers.trained) == 5 + 2 * 2


def test_the_best_validation_loss_leads_and_is_the_one_the_run_recorded(searched):
    folder, _, _ = searched
    state = read_search(folder)
    assert [trial.number for trial in state.trials] == [0, 1, 2, 3, 4]
    lowest = []
    for trial in state.trials:
        lines = (folder.trial(trial.number).events_file).read_text().splitlines()
        losses = [e["validation"]["loss"] for e in map(json.loads, lines) if e["event"] == "epoch_ended"]
        assert trial.scores == pytest.approx(losses)
        assert trial.score == min(losses)
        lowest.append(min(losses))
    assert state.best.score == min(lowest)
    assert state.ended


def test_no_trial_sees_the_test_rows_and_the_winner_sees_them_once(searched):
    folder, _, told = searched
    for path in folder.path.glob("*/events.jsonl"):
        started, *_, ended = map(json.loads, path.read_text().splitlines())
        assert started["dataset"]["test"] == 0
        assert "test" not in ended["metrics"]
    winner = told[-1]
    assert winner["what"] == "winner"
    state = read_search(folder)
    assert len(state.winner.finalists) == 2
    assert all(len(one.scores) == 2 for one in state.winner.finalists)
    assert state.winner.trial == min(state.winner.finalists, key=lambda one: one.mean).trial
    assert state.winner.test_score == pytest.approx(winner["test"]["loss"]["mean"])


def test_the_winners_test_figure_is_what_evaluating_its_networks_gives(searched, prepared):
    import numpy as np

    from dnn_tui.runs.checkpoint import load_network

    folder, _, told = searched
    data, shares = prepared.data, []
    for seed in (1, 2):
        network = load_network(folder.final(told[-1]["trial"], seed).checkpoint_file("best"))
        shares.append((network.predict(data.test.x).argmax(axis=1) == data.test.y).mean())
    assert told[-1]["test"]["accuracy"]["mean"] == pytest.approx(np.mean(shares))
    assert told[-1]["test"]["accuracy"]["deviation"] == pytest.approx(np.std(shares, ddof=1))


def test_a_search_broken_off_trains_no_finished_trial_again_and_proposes_the_same(searched, small, tmp_path):
    folder = create_search(small.plan, tmp_path)
    first, second = Here(), Here()
    assert carried_on(folder, small, first, stop_after=2) == "interrupted"
    assert not read_search(folder).ended
    assert carried_on(folder, small, second) == "ended"
    assert (first.trained, second.trained) == (["trial-000", "trial-001"], ["trial-002"])
    assert [(trial.state, trial.values) for trial in read_search(folder).trials] == [
        ("complete", trial.values) for trial in read_search(searched[0]).trials[:3]
    ]


def test_a_trial_whose_end_was_not_written_down_is_read_from_its_log(small, tmp_path):
    folder = create_search(small.plan, tmp_path)

    class Dies(Exception):
        pass

    def die(news):
        if news["what"] == "trial" and news["trial"] == 1:
            raise Dies

    with pytest.raises(Dies):
        to_its_end(Running(folder, small, Here(), die))
    # the journal as it was before the ends of trial 1 were written, and half a line after it
    lines = folder.journal_file.read_bytes().splitlines(keepends=True)
    finished = [k for k, line in enumerate(lines) if b'"state":1' in line or b'"state": 1' in line]
    assert len(finished) == 2
    folder.journal_file.write_bytes(b"".join(lines[: finished[1]]) + b'{"op_code":')
    before = folder.trial(1).events_file.read_bytes()
    assert carried_on(folder, small, Here()) == "ended"
    assert folder.trial(1).events_file.read_bytes() == before
    assert [trial.state for trial in read_search(folder).trials] == ["complete"] * 3


def test_a_trial_that_diverges_is_recorded_as_such_and_the_search_goes_on(tmp_path):
    space = {"lr": "1e30,0.01", "optimizer": "sgd", "activation": "relu", "epochs": "1", "batch_size": "8"}
    found = prepare(replace(PLAN, dataset=DatasetConfig("diabetes", seed=0), space=space, sampler="grid", trials=9,
                            finalists=1, seeds=0))  # fmt: skip
    folder = create_search(found.plan, tmp_path)
    assert to_its_end(Running(folder, found, Here(), lambda news: None)) == "ended"
    state = read_search(folder)
    assert {trial.values["lr"]: trial.state for trial in state.trials} == {1e30: "diverged", 0.01: "complete"}
    assert state.asked == 2  # the grid has no more
    assert state.second == "r2"


def test_a_trial_that_stays_behind_is_pruned_and_told_from_one_that_a_person_stopped(prepared, tmp_path):
    plan = replace(prepared.plan, pruner="median", trials=1, finalists=1, seeds=0)
    folder = create_search(plan, tmp_path)
    workers = Here()
    running = Running(folder, replace(prepared, plan=plan), workers, lambda news: None)
    assert to_its_end(running) == "ended"
    run = folder.trial(0)
    lines = run.events_file.read_text().splitlines()
    *kept, ended = lines
    stopped = {**json.loads(ended), "reason": "stopped"}
    for by, state in (("the pruner", "pruned"), ("somebody", "stopped")):
        asked = {"event": "command", "time": 1.0, "step": 1, "command": "stop", "value": None, "by": by}
        said = [json.dumps(record, separators=(",", ":")) for record in (asked, stopped)]
        run.events_file.write_text("\n".join([*kept, *said]) + "\n")
        assert outcome_of(run, "loss").ending == state


def test_viewers_pause_narrow_add_and_stop(small, tmp_path):
    folder = create_search(small.plan, tmp_path)
    with pytest.raises(SearchError, match="Nobody carries"):
        steer(folder, "pause")

    def ask(news):
        if news["what"] == "begun" and news["trial"] == 0:
            for wish in ("narrow lr 0.01..0.02", "add 2"):
                steer(folder, wish)
        if news["what"] == "begun" and news["trial"] == 3:
            steer(folder, "stop")

    assert to_its_end(Running(folder, small, Here(), ask)) == "stopped"
    state = read_search(folder)
    assert (len(state.trials), state.asked, state.ended) == (4, 5, True)
    assert all(0.01 <= trial.values["lr"] <= 0.02 for trial in state.trials[2:])
    assert next(axis for axis in state.axes if axis.name == "lr").now == (0.01, 0.02)
    for wish in ("fly", "stop x", "add 0", "add", "narrow lr"):
        with pytest.raises(SearchError):
            parse_steer(wish)
    with pytest.raises(SearchError, match="smaller part"):
        steer(folder, "narrow lr 1..9")


def test_what_is_added_while_the_best_are_trained_again_is_trained_before_the_test_rows_are_asked(small, tmp_path):
    small = replace(small, plan=replace(small.plan, trials=2, seeds=1))
    folder, told = create_search(small.plan, tmp_path), []

    def hear(news):
        told.append(news["what"])
        if told.count("final") == 1 and news["what"] == "final":
            steer(folder, "add 1")

    assert to_its_end(Running(folder, small, Here(), hear)) == "ended"
    assert len(read_search(folder).trials) == 3
    assert (told.count("trial"), told.count("winner"), told[-1]) == (3, 1, "winner")


def test_one_process_carries_a_search_on(small, tmp_path):
    folder = create_search(small.plan, tmp_path)
    with folder.carried_on():
        assert folder.lives
        with pytest.raises(SearchError, match="just now"), folder.carried_on():
            pass
    assert not folder.lives


def test_reading_takes_in_what_is_new_and_keeps_what_has_ended(searched):
    folder, _, _ = searched
    reader = SearchReader(folder)
    first = reader.read()
    assert reader.read() is first


def test_a_trial_that_was_interrupted_goes_on_from_its_checkpoint_as_if_it_had_not_been(small, tmp_path):
    config = small.config({"layers": 1, "hidden_1": 4, "lr": 0.01, "epochs": 4}).to_dict()
    whole = run_trial(Order("whole", str(tmp_path / "whole"), config, "loss"), lambda news: None)

    def interrupt(news):
        if news.get("epoch") == 2:
            assert tell_trainer("halves", "interrupt", "Ctrl+C")

    order = Order("halves", str(tmp_path / "halves"), config, "loss")
    first = run_trial(order, interrupt)
    assert (first["ending"], len(first["scores"])) == (None, 2)
    begun = []
    second = run_trial(order, begun.append)
    assert [news["epoch"] for news in begun if "epoch" in news] == [3, 4]
    assert (second["ending"], second["scores"], second["best"]) == ("complete", whole["scores"], whole["best"])


def test_a_run_that_begins_anew_is_read_from_its_beginning(searched):
    folder, _, _ = searched
    reader = OutcomeReader(folder.trial(0), "loss")
    assert reader.read() == reader.read() == outcome_of(folder.trial(0), "loss")


def test_scores_are_lower_where_better():
    assert score_of({"accuracy": 0.9}, "accuracy") == pytest.approx(0.1)
    assert score_of({"r2": 0.25}, "r2") == 0.75
    assert score_of({"mae": 3.0}, "mae") == 3


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"space": {"loss": "cross_entropy,squared_error"}}, "cannot be compared: choose by --metric accuracy"),
        ({"metric": "r2"}, "has no r2"),
        ({"dataset": DatasetConfig("iris", 0.0, seed=0)}, "no validation rows"),
        ({"space": {"lr": "0.1..1", "label_smoothing": "0.1,0.2"}}, "label smoothing cannot be compared"),
    ],
)
def test_a_search_that_could_not_choose_is_refused_before_anything_is_written(changes, why):
    with pytest.raises(ValueError, match=why):
        prepare(replace(PLAN, **changes))


def test_a_search_is_one_line_of_the_runs_and_removed_as_a_whole(small, tmp_path, capsys):
    from dnn_tui.tui.cli import attempt

    folder = create_search(small.plan, tmp_path)
    assert to_its_end(Running(folder, small, Here(), lambda news: None)) == "ended"
    where = ["--runs-dir", str(tmp_path)]
    assert attempt(["runs", *where]) == (0, "")
    assert capsys.readouterr().out == f"{folder.name}: a search, 3 runs (dnn-tui search show {folder.name})\n"
    assert attempt(["search", "show", "--format", "csv", *where]) == (0, "")
    header, *rows = [line.split(",") for line in capsys.readouterr().out.splitlines()]
    assert (header[:3], len(rows)) == (["trial", "state", "score"], 3)
    assert [float(row[2]) for row in rows] == sorted(float(row[2]) for row in rows)
    assert attempt(["search", "best", "--format", "json", *where]) == (0, "")
    assert json.loads(capsys.readouterr().out)["trial"] == int(rows[0][0])
    with folder.carried_on():
        assert "is being searched: stop it first" in attempt(["runs", "rm", folder.name, "--yes", *where])[1]
    assert attempt(["runs", "rm", folder.name, "--yes", *where]) == (0, "")
    assert list(tmp_path.iterdir()) == []
