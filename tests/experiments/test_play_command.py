"""`dnn-tui play`: what a command, an address or a run make of it; and the command of a state gives that state."""

import shlex

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from dnn_tui.experiments.as_command import as_command
from dnn_tui.experiments.changing.changed import changed
from dnn_tui.experiments.playground_address import EPOCHS, parse, write
from dnn_tui.experiments.recipes import recipe
from dnn_tui.tui import cli
from dnn_tui.tui.commands import play
from dnn_tui.tui.commands.defaults import checked_defaults

RUNNER = CliRunner()


@pytest.fixture
def played(monkeypatch, tmp_path):
    """A function from a command line to the configuration and the sentences that the play began with."""
    began = []

    def launch(trainer, folder, threads, how):
        began.append((folder.config(), how))
        return 0

    monkeypatch.setattr(play, "launch", launch)
    monkeypatch.setattr("dnn_tui.tui.terminal.required.require_terminal", lambda advice="": None)

    def play_it(command):
        words = shlex.split(command)
        result = RUNNER.invoke(
            cli.app, [*words[1:], "--runs-dir", str(tmp_path), "--engine", "numpy", "--threads", "1"]
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        config, how = began[-1]
        assert how.play
        return config, how.said

    return play_it


def alike(one, other):
    """Whether two configurations are the same but for what a machine chooses."""
    return parse(write(one)).config == parse(write(other)).config


def test_alone_it_is_the_playground_s_page_as_it_opens(played):
    config, said = played("dnn-tui play")
    assert alike(config, parse("https://playground.tensorflow.org/").config)
    assert said == ()


def test_an_address_is_opened_and_what_means_nothing_is_said(played):
    config, said = played("dnn-tui play 'https://playground.tensorflow.org/#dataset=xor&noise=20&hideText=true'")
    assert (config.dataset.name, config.dataset.options["noise"]) == ("xor", 0.2)
    assert [sentence.split()[0] for sentence in said] == ["hideText"]


@pytest.mark.parametrize(
    "changes",
    [
        [],
        ["hidden=6,3", "activation=relu,tanh", "noise=.25"],
        ["inputs=x1,x2,x1^2,sin(x2)", "optimizer=sgd", "momentum=.9", "nesterov=yes", "lr=.3"],
        ["hidden=none", "seed=7", "batch_size=30", "l2=.01", "dropout=.1", "shuffle=no"],
        ["data=plane", "loss=huber", "schedule=cosine", "validation=.4"],
    ],
)
def test_the_command_of_a_state_gives_that_state(played, changes):
    config, _ = played("dnn-tui play spiral --hidden 5")
    for text in changes:
        config = changed(config, text)
    again, _ = played(as_command(config))
    assert alike(again, config)


def test_the_address_of_a_state_with_points_by_hand_gives_that_state(played):
    config, _ = played("dnn-tui play xor")
    config = changed(changed(config, "regenerate seed=4"), "point x1=1 x2=2 class=1")
    again, _ = played(f"dnn-tui play {shlex.quote(write(config))}")
    assert alike(again, config)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("play https://example.org/#a=1", "no address of the Playground"),
        ("play spirla", "did you mean 'spiral'"),
        ("play circle --inputs x1,y", "'y'"),
        ("play circle --hidden 4,x", "list of layer sizes"),
    ],
)
def test_what_cannot_be_played_is_refused_in_a_sentence(monkeypatch, tmp_path, command, says):
    monkeypatch.setattr("dnn_tui.tui.terminal.required.require_terminal", lambda advice="": None)
    result = RUNNER.invoke(cli.app, [*shlex.split(command), "--runs-dir", str(tmp_path)])
    assert result.exit_code != 0
    assert says in " ".join((result.output + str(result.exception)).replace("│", " ").split())
    assert not list(tmp_path.iterdir())


def with_defaults(monkeypatch, **chosen):
    """Have options of `play` a default of one's own, as config.toml gives it."""
    found, mistakes = checked_defaults(get_command(cli.app), {"play": chosen})
    assert mistakes == []
    invoke = RUNNER.invoke
    monkeypatch.setattr(RUNNER, "invoke", lambda app, words: invoke(app, words, default_map=found))


def test_defaults_of_one_s_own_hold_where_nothing_is_typed(played, monkeypatch):
    with_defaults(monkeypatch, hidden=[5, 3], noise=0.2)
    config, _ = played("dnn-tui play")
    assert (config.dataset.name, config.network.hidden) == ("circle", (5, 3))
    assert config.dataset.options["noise"] == 0.2
    assert played("dnn-tui play xor --hidden 2")[0].network.hidden == (2,)


def test_an_address_and_a_run_are_themselves_whatever_the_defaults_are(played, monkeypatch):
    with_defaults(monkeypatch, hidden=[5, 3])
    address = "https://playground.tensorflow.org/#dataset=xor&networkShape=4,2"
    assert played(f"dnn-tui play '{address}'")[0].network.hidden == (4, 2)


def test_a_recipe_is_played_and_options_change_it(played, monkeypatch):
    recipe_, typed = recipe("few-units"), {"lr": 0.5}
    with_defaults(monkeypatch, hidden=[5, 3], lr=typed["lr"])
    config, _ = played("dnn-tui play --recipe few-units --l2 0.01")
    assert config.recipe == "few-units"
    assert config.dataset.name == recipe_.dataset
    assert config.network.hidden == tuple(recipe_.network["hidden"])
    assert config.training.l2 == 0.01
    assert config.training.epochs == recipe_.training.get("epochs", EPOCHS)
