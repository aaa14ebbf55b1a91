"""Train, then evaluate and predict, as a user does it."""

import csv
import io
import json

import numpy as np
import pytest

from dnn_tui import datasets

pytestmark = pytest.mark.slow


def table(path, n=150, seed=0, header="age,town,dose,ill"):
    """People whose illness follows from age and town; some doses are missing."""
    rng = np.random.default_rng(seed)
    lines = [header]
    for _ in range(n):
        age, town = rng.integers(20, 90), rng.choice(["Ulm", "Rom", "Oslo"])
        dose = "" if rng.random() < 0.2 else f"{rng.random():.3f}"
        lines.append(f"{age},{town},{dose},{'yes' if age + 20 * (town == 'Rom') > 60 else 'no'}")
    path.write_text("\n".join(lines) + "\n")
    return path


def predictions(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def trained(command_line, tmp_path):
    """A network trained on a table: the table's path."""
    path = table(tmp_path / "people.csv")
    code, _, err = command_line("train", path, "--target", "ill", "--headless", "--epochs", "8", "--test", "0.3")
    assert (code, err) == (0, "")
    return path


def last_event(tmp_path):
    (log,) = (tmp_path / "runs").glob("*/events.jsonl")
    return json.loads(log.read_text().splitlines()[-1])


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_eval_repeats_the_figures_the_run_ended_with(command_line, trained, tmp_path, split):
    code, out, _ = command_line("eval", "--split", split, "--json")
    assert code == 0
    recorded = last_event(tmp_path)["metrics"][split]
    for name, value in json.loads(out)["metrics"].items():
        assert value == pytest.approx(recorded[name], rel=1e-6)


def test_predicting_the_training_file_gives_the_evaluations_predictions(command_line, trained):
    code, out, err = command_line("predict", "newest", trained)
    assert (code, err) == (0, "")
    rows = predictions(out)
    data = datasets.load(str(trained), target="ill", test=0.3)
    right = {}
    for name in ("train", "validation", "test"):
        part = getattr(data, name)
        record = json.loads(command_line("eval", "--split", name, "--json")[1])
        confusion = np.zeros((2, 2), int)
        for row, label in zip(part.rows, part.y, strict=True):
            assert rows[row]["true"] == data.class_names[label]
            confusion[label, data.class_names.index(rows[row]["predicted"])] += 1
        assert confusion.tolist() == record["confusion"]
        right[name] = np.diag(confusion).sum() / len(part)
        assert right[name] == pytest.approx(record["metrics"]["accuracy"])
    for row in rows:
        assert float(row["P(no)"]) + float(row["P(yes)"]) == pytest.approx(1, abs=2e-6)
        assert float(row["probability"]) == max(float(row["P(no)"]), float(row["P(yes)"]))
    assert right["train"] > 0.8  # it did learn


def test_a_row_alone_gets_the_answer_it_gets_among_others(command_line, trained, tmp_path):
    header, first, *_ = trained.read_text().splitlines()
    (tmp_path / "one.csv").write_text(f"{header}\n{first}\n")
    among = predictions(command_line("predict", "newest", trained)[1])[0]
    alone = predictions(command_line("predict", "newest", tmp_path / "one.csv")[1])[0]
    assert alone["predicted"] == among["predicted"]
    assert float(alone["P(yes)"]) == pytest.approx(float(among["P(yes)"]), abs=1e-6)


def test_eval_on_another_file_is_scikit_learns_report(command_line, trained, tmp_path):
    metrics = pytest.importorskip("sklearn.metrics")
    other = table(tmp_path / "others.csv", seed=5)
    record = json.loads(command_line("eval", "--data", other, "--json")[1])
    rows = predictions(command_line("predict", "newest", other)[1])
    true, said = ([row[key] for row in rows] for key in ("true", "predicted"))
    theirs = metrics.classification_report(true, said, output_dict=True)
    for name, score in record["classes"].items():
        assert score["precision"] == pytest.approx(theirs[name]["precision"])
        assert score["recall"] == pytest.approx(theirs[name]["recall"])
        assert score["f1"] == pytest.approx(theirs[name]["f1-score"])
        assert score["rows"] == theirs[name]["support"]
    yes = [float(row["P(yes)"]) for row in rows]
    assert record["classes"]["yes"]["auc"] == pytest.approx(
        metrics.roc_auc_score(np.array(true) == "yes", yes), abs=1e-3
    )
    out = command_line("eval", "--data", other)[1]
    for words in ("precision", "calibration", "confusion", "150 rows"):
        assert words in out


def test_regression_is_evaluated_and_predicted_in_its_own_unit(command_line, tmp_path):
    rows = "".join(f"{k / 10:.1f},{5000 + 40 * k}\n" for k in range(120))
    (tmp_path / "rent.csv").write_text("size,rent\n" + rows)
    command_line("train", tmp_path / "rent.csv", "--target", "rent", "--unit", "EUR", "--headless", "--epochs", "30")
    code, out, _ = command_line("eval")
    assert code == 0
    assert "MAE (EUR)" in out
    told = predictions(command_line("predict", "newest", tmp_path / "rent.csv")[1])
    wrong = np.array([float(row["predicted"]) - float(row["true"]) for row in told])
    assert np.abs(wrong).mean() < 400  # of a spread of 4800
    record = json.loads(command_line("eval", "--data", tmp_path / "rent.csv", "--json")[1])
    assert record["targets"]["rent"]["mae"] == pytest.approx(np.abs(wrong).mean(), rel=1e-3)


def test_predictions_go_to_a_file_that_is_whole(command_line, trained, tmp_path):
    code, out, err = command_line("predict", "newest", trained, "--out", tmp_path / "said.csv")
    assert (code, out) == (0, "")
    assert "150 predictions written" in err
    assert len(predictions((tmp_path / "said.csv").read_text())) == 150
    assert not list(tmp_path.glob(".said*"))


def test_what_is_unusual_in_new_rows_is_said(command_line, trained, tmp_path):
    (tmp_path / "new.csv").write_text("age,town,dose,shoe\n30,Rom,0.5,44\n50,Paris,,45\n")
    code, out, err = command_line("predict", "newest", tmp_path / "new.csv")
    assert code == 0
    assert "town: Paris never stood in a training row" in err
    assert "Not looked at, since training had no such column: shoe." in err
    assert "true" not in out.splitlines()[0]


def test_pictures_are_predicted_from_tables_arrays_and_folders(command_line, tmp_path):
    image = pytest.importorskip("PIL.Image")
    command_line("train", "digits", "--headless", "--epochs", "6")
    data = datasets.load("digits")
    pixels, labels = (data.test.x[:20] * 16).round().astype(np.uint8), data.test.y[:20]
    np.savetxt(tmp_path / "p.csv", pixels, fmt="%d", delimiter=",")
    np.savez(tmp_path / "p.npz", x=pixels.reshape(-1, 8, 8), y=labels)
    (tmp_path / "folder").mkdir()
    for k, picture in enumerate(pixels):
        # in a picture file, white is 255
        white = (picture.reshape(8, 8) * (255 / 16)).round().astype(np.uint8)
        image.fromarray(white).save(tmp_path / "folder" / f"{k:02}.png")
    said = [predictions(command_line("predict", "newest", tmp_path / name)[1]) for name in ("p.csv", "p.npz", "folder")]
    answers = [[row["predicted"] for row in rows] for rows in said]
    assert answers[0] == answers[1] == answers[2]
    assert [row["true"] for row in said[1]] == [str(label) for label in labels]
    assert np.mean([a == str(b) for a, b in zip(answers[0], labels, strict=True)]) > 0.8


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["predict", "newest", "nowhere.csv"], "There is no file nowhere.csv"),
        (
            ["predict", "newest", "renamed.csv"],
            "lacks column 'age' that the network was trained on: did you mean 'agee'",
        ),
        (["predict", "newest", "texts.csv"], "Column 'age' must hold numbers, but row 1 says 'old'"),
        (["predict", "nosuchrun", "people.csv"], "No run in"),
        (["predict", "newest", "people.csv", "--out", "nowhere/said.csv"], "Cannot write"),
        (["eval", "--data", "unlabelled.csv"], "does not say what is right (column ill)"),
        (["eval", "--checkpoint", "worst"], "use last or best"),
        (["eval", "--split", "exam"], "use one of train, validation, test"),
    ],
)
def test_what_does_not_fit_is_one_sentence(command_line, trained, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    text = trained.read_text()
    (tmp_path / "renamed.csv").write_text(text.replace("age,", "agee,", 1))
    (tmp_path / "texts.csv").write_text("age,town,dose\nold,Rom,0.5\n")
    (tmp_path / "unlabelled.csv").write_text("age,town,dose\n30,Rom,0.5\n")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = command_line(*words)
    assert code == 2
    assert message in err.replace("│", "").replace("\n", " ").replace("  ", " ")
    assert "Traceback" not in out + err
    assert sorted(tmp_path.rglob("*")) == before


def test_eval_refuses_data_that_has_changed_since(command_line, trained):
    lines = trained.read_text().splitlines()
    lines[7] = "99" + lines[7][2:]  # one age
    trained.write_text("\n".join(lines) + "\n")
    code, _, err = command_line("eval")
    assert code == 2
    assert "has changed since it was trained" in err
