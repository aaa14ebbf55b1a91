"""Changes that make no sense: one sentence each, and the training goes on as it was."""

import re
from pathlib import Path

import numpy as np
import pytest
from playing import CIRCLE, Driven, started

from dnn_tui.experiments.changing.changed import changed
from dnn_tui.experiments.changing.words import VERBS
from dnn_tui.mlp.events import Alert

REFUSED = [
    ("hidden=0,8", "'0,8' is no list of layer sizes: give whole numbers from 1 to 100,000 such as 128,64, or none."),
    ("activation=relu,tanh,relu", "3 activations for 2 hidden layers: give one, or one a layer."),
    ("lr=0", "'0' is no learning rate: give a number above 0."),
    ("lr=nan", "'nan' is no learning rate: give a number above 0."),
    ("data=cirle", "There is no data set 'cirle': did you mean 'circle'?"),
    ("noise=2", "The noise of circle goes from 0 to 0.5, not 2."),
    ("noise=much", "'much' is no number of noise: give a number."),
    ("samples=3", "circle is made of 10 to 1,000,000 samples, not 3."),
    ("validation=1", "The validation share must be at least 0 and below 1, not 1."),
    ("formula=x1 >", "The formula 'x1 >' cannot be read:"),
    ("colour=red", "There is no setting 'colour':"),
    ("batch_size=999", "A batch of 999 rows does not fit"),
    ("momentum=.9", "The optimizer adam has no momentum; it takes"),
    ("loss=cross_entropy", "The loss cross_entropy does not fit a sigmoid output:"),
    ("freeze layer=4", "There is no layer 4 to freeze: the network has 3 layers of weights."),
    ("frozen=7", "There is no layer 7 to freeze: the network has 3 layers of weights."),
    ("remove layer=3", "There is no place 3 to remove: the network has 2 hidden layers."),
    ("weight layer=2 row=3 column=0 value=1", "Layer 2 has rows 0 to 2 and columns 0 to 3."),
    ("weight layer=2 row=0 value=1", "weight needs column:"),
    ("bias layer=1 row=0 value=inf", "'inf' is no value to bias: give a number."),
    ("point x1=1 x2=2 class=5", "A point of this data is of class 0 or 1, not '5'."),
    ("point x1=1 x2=2 x3=3 class=1", "A point of this data has 2 numbers, x1:x2, not '1:2:3'."),
    ("hidden=100000,100000", "The network would have 10,000,500,001 parameters:"),
    ("epochs=0", "'0' is no number of epochs: give a whole number from 1."),
    ("lr=0.02", "That is how it is already."),
    ("data=cifar-10", "cifar-10 is not on this machine yet: `dnn-tui data fetch cifar-10` fetches it."),
    ("data=/no/such/file.csv", "There is no file or folder /no/such/file.csv."),
    ("hocus pocus", "'hocus pocus' is no change: a change is key=value,"),
    ("  ;  ", "Nothing is asked for:"),
    ("remove layer=1 unit=4", "Layer 1 has units 0 to 3: there is no unit 4 to remove."),
    ("units layer=2 units=1; remove layer=2 unit=0", "It is the only unit of layer 2: remove layer=2 takes the layer"),
    ("l1=.1; weight layer=9 row=0 column=0 value=1", "There is no layer 9: the network has 3 layers of weights."),
    ("l1=.1; l2=-1", "'-1' is no l2: give a number from 0."),
]


@pytest.fixture(scope="module")
def driven() -> Driven:
    return Driven(started()).steps(3)


@pytest.fixture(autouse=True)
def nothing_downloaded(monkeypatch, tmp_path):
    monkeypatch.setenv("DNN_TUI_DATA", str(tmp_path))


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_a_change_that_makes_no_sense_is_refused_in_one_sentence_and_nothing_changes(driven, text, sentence):
    trainer = driven.trainer
    theta, network, config = trainer.network.theta.copy(), trainer.network, trainer.configuration
    (alert,) = driven.change(text)
    assert isinstance(alert, Alert)
    assert alert.message.startswith(f"Not changed: {sentence}")
    assert alert.message.endswith((".", "?"))
    assert trainer.network is network
    assert trainer.configuration is config
    assert np.array_equal(trainer.network.theta, theta)


def test_a_mistake_of_the_program_is_told_and_the_training_goes_on(monkeypatch):
    driven = Driven(started()).steps(2)
    monkeypatch.setattr("dnn_tui.experiments.changing.live.carried_over", lambda *_: {}["no such key"])
    (alert,) = driven.change("hidden=2")
    assert "KeyError('no such key')" in alert.message
    assert driven.steps(2).trainer.step == 4


def test_there_is_nothing_to_take_back_before_the_first_change():
    driven = Driven(started()).steps(1)
    assert driven.change("", "undo")[-1].message == "Not changed: There is nothing to take back."
    assert driven.change("", "redo")[-1].message == "Not changed: There is nothing to make again."


def test_fewer_epochs_than_were_done_are_refused_and_the_number_is_named():
    driven = Driven(started()).steps(40)
    epoch = driven.trainer.epoch
    said = driven.change("epochs=2")[-1].message
    assert said == f"Not changed: The training is in epoch {epoch} already: epochs must be at least that."


def test_what_only_the_optimizer_before_takes_goes_with_it():
    config = changed(changed(CIRCLE, "optimizer=momentum; momentum=.8"), "optimizer=adam")
    assert (config.training.momentum, config.training.lr) == (None, 0.001)
    assert changed(config, "optimizer=sgd; lr=.5").training.lr == 0.5


def test_every_change_that_the_page_shows_is_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "patients.csv").write_text("age,label\n1,a\n2,b\n")
    page = (Path(__file__).parents[2] / "docs" / "changing.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| `")]
    shown = [text for row in rows for text in re.findall("`([^`]*)`", "".join(row))]
    texts = [text for text in shown if "…" not in text and ("=" in text or text in VERBS)]
    assert len(texts) > 20
    assert {text.split()[0] for text in texts if text.split()[0] in VERBS} == set(VERBS)
    for text in texts:
        changed(CIRCLE, text)
