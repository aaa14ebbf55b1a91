"""config.toml and the environment: what is read, what is refused and how it is said, and what is written back."""

import tomllib

import pytest
from textual.keys import _character_to_key

from dnn_tui.runs.folder import default_runs_dir
from dnn_tui.tui import keys
from dnn_tui.tui.configuration import configuration, judged, keep_theme, with_theme
from dnn_tui.tui.door import keys as door_keys
from dnn_tui.tui.door.app import DoorApp
from dnn_tui.tui.door.place import Place
from dnn_tui.tui.drawing.theme import first_theme
from dnn_tui.tui.inspect import keys as inspect_keys
from dnn_tui.tui.key import Key
from dnn_tui.tui.panels.search import keys as search_keys
from dnn_tui.tui.rebinding import name_of, normal, rebound, written

TABLES = {"train": keys.TABLE, "inspect": inspect_keys.TABLE, "door": door_keys.TABLE, "search": search_keys.TABLE}


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("DNN_TUI_CONFIG", str(tmp_path / "own" / "config.toml"))
    (tmp_path / "own").mkdir()
    return tmp_path / "own" / "config.toml"


# ---- reading


def test_without_a_file_everything_is_as_the_program_chooses(file):
    own = configuration()
    assert (own.theme, own.fps, own.options, own.mistakes) == ("", None, {}, ())
    assert all(not chosen for chosen in own.keys.values())


def test_the_environment_is_above_the_file():
    values = {"theme": "nord", "fps": 5, "keys": {"stop": "x"}, "options": {"train": {"batch_size": 8, "lr": 0.1}}}
    told = {"DNN_TUI_THEME": "dracula", "DNN_TUI_FPS": "2.5", "DNN_TUI_KEYS": "stop=f2; inspect.quiz=ctrl+q",
            "DNN_TUI_TRAIN_BATCH_SIZE": "16"}  # fmt: skip
    file, both = judged(values, {}), judged(values, told)
    assert (file.theme, file.fps, file.keys["train"]) == ("nord", 5.0, {"stop": "x"})
    assert (both.theme, both.fps) == ("dracula", 2.5)
    assert both.keys == {"train": {"stop": "f2"}, "inspect": {"quiz": "ctrl+q"}, "door": {}, "search": {}}
    assert both.options == {"train": {"batch-size": "16", "lr": 0.1}}
    assert file.mistakes == both.mistakes == ()


@pytest.mark.parametrize(("values", "environ", "says"), [
    ({"colour": "red"}, {}, "there is no 'colour': it may have theme, fps, runs, keys, options."),
    ({"theme": 3}, {}, "theme must be a name in quotes, not 3."),
    ({"runs": []}, {}, "runs must be a folder in quotes, not []."),
    ({"fps": 100}, {}, "config.toml: fps must be a number from 0.1 to 30, not 100."),
    ({"fps": True}, {}, "fps must be a number"),
    ({}, {"DNN_TUI_FPS": "nan"}, "DNN_TUI_FPS must be a number from 0.1 to 30, not 'nan'."),
    ({"keys": "x"}, {}, "keys must be a table"),
    ({"keys": {"stop": 3}}, {}, "keys.stop must be a key in quotes"),
    ({}, {"DNN_TUI_KEYS": "stop"}, "'stop' gives no key"),
    ({"options": {"lr": 0.1}}, {}, "'lr' is no table of options: there are [options.train]"),
    ({"options": 1}, {}, "'options' is no table of options"),
])  # fmt: skip
def test_a_mistake_is_one_sentence_and_is_left_out(values, environ, says):
    found = judged(values, environ)
    assert len(found.mistakes) == 1
    assert says in found.mistakes[0]
    assert (found.fps, found.options) == (None, {})


def test_a_file_that_is_no_toml_counts_as_none_and_is_not_written_into(file):
    file.write_text('theme = "nord', encoding="utf-8")
    (mistake,) = configuration().mistakes
    assert "is no TOML, so nothing in it counts" in mistake
    assert "is no TOML" in keep_theme("dracula")
    assert file.read_text(encoding="utf-8") == 'theme = "nord'


def test_the_runs_folder_is_the_one_the_file_names_unless_the_environment_does(file, monkeypatch, tmp_path):
    monkeypatch.delenv("DNN_TUI_RUNS", raising=False)
    file.write_text(f'runs = "{tmp_path}/mine"', encoding="utf-8")
    assert default_runs_dir() == tmp_path / "mine"
    monkeypatch.setenv("DNN_TUI_RUNS", str(tmp_path / "told"))
    assert default_runs_dir() == tmp_path / "told"


# ---- options


def test_an_option_not_given_is_as_the_file_says_and_a_recipe_and_the_command_line_are_above_it(file, command_line):
    file.write_text("[options.train]\nhidden = [3, 2]\nepochs = 2\nengine = 'numpy'\n", encoding="utf-8")
    code, said, _ = command_line("train", "xor", "--headless", "--epochs", "1")
    assert code == 0
    assert "2-3-2-1" in said
    assert "epoch 2:" not in said
    code, said, _ = command_line("train", "--recipe", "few-units", "--headless", "--epochs", "1")
    assert "2-3-2-1" not in said


def test_a_resumed_run_keeps_its_own_settings_whatever_the_file_says(file, command_line):
    assert command_line("train", "xor", "--headless", "--epochs", "1", "--engine", "numpy")[0] == 0
    file.write_text("[options.train]\nepochs = 3\n", encoding="utf-8")
    code, _, error = command_line("train", "--resume", "--headless")
    assert code == 2
    assert "has done its 1 epochs" in error


def test_wrong_defaults_are_named_and_the_program_goes_on(file, command_line):
    file.write_text('[options.train]\nhiden = [3]\nlr = "fast"\nval = 2\n', encoding="utf-8")
    code, _, error = command_line("recipes")
    assert code == 0
    assert "There is no option hiden of dnn-tui train (config.toml or environment): did you mean hidden?" in error
    assert "'fast' is no learning rate" in error
    assert "2 is no share of the rows" in error
    assert error.count("dnn-tui: ") == 3


def test_config_says_what_holds_where_from_and_what_is_wrong(file, command_line, monkeypatch):
    monkeypatch.setenv("DNN_TUI_FPS", "3")
    file.write_text('theme = "nord"\n[keys]\nstopp = "x"\n', encoding="utf-8")
    code, said, _ = command_line("config")
    lines = [line.split() for line in said.splitlines()]
    assert ["theme", "nord", "(config.toml)"] in lines
    assert ["fps", "3", "(DNN_TUI_FPS)"] in lines
    assert code == 0  # keys were read when the program began: see below
    assert command_line("config", "--path")[1].strip() == str(file)


# ---- keys


def plain(*keys_and_names: str) -> tuple[Key, ...]:
    return tuple(Key(key, name, key, "", "g") for key, name in (one.split("=") for one in keys_and_names))


def test_every_entry_of_every_table_has_a_name_of_its_own():
    for table in TABLES.values():
        names = [name_of(key) for key in table if key.action != "copy"]  # the form has two keys for one thing
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("table", TABLES)
def test_every_key_of_the_tables_is_one_that_a_person_could_write(table):
    for key in TABLES[table]:
        assert [normal(part) for part in key.keys.split(",")] == key.keys.split(",")


@pytest.mark.parametrize("sign", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~aZ9é")
def test_a_character_is_called_as_textual_calls_it(sign):
    assert normal(sign) == (sign if sign.isalnum() else _character_to_key(sign))
    assert written(normal(sign)) == sign


@pytest.mark.parametrize(("text", "key", "shown"), [
    ("Ctrl+S", "ctrl+s", "Ctrl+S"), ("F5", "f5", "F5"), ("space", "space", "Space"),
    ("shift+left", "shift+left", "Shift+←"), ("pageup", "pageup", "PgUp"),
])  # fmt: skip
def test_a_named_key(text, key, shown):
    assert normal(text) == key
    assert written(key) == shown


@pytest.mark.parametrize("text", ["", " ", "spaec", "hyper+x", "ctrl+", "f25", "\x1b"])
def test_what_is_no_key(text):
    assert normal(text) == ""


def test_keys_change_their_places_together():
    found, mistakes = rebound(plain("a=one", "b=two", "c=three"), {"one": "b", "two": "a"})
    assert [key.keys for key in found] == ["b", "a", "c"]
    assert [key.shown for key in found] == ["b", "a", "c"]
    assert mistakes == []


def test_a_key_that_another_has_is_not_taken():
    found, mistakes = rebound(plain("a=one", "b=two", "c=three"), {"one": "b", "three": "d, f5"})
    assert [key.keys for key in found] == ["a", "b", "d,f5"]
    assert mistakes == ["one cannot have the key b: two has it."]


def test_what_gives_way_may_itself_stand_in_the_way():
    found, mistakes = rebound(plain("a=one", "b=two", "c=three"), {"one": "b", "two": "c"})
    assert [key.keys for key in found] == ["a", "b", "c"]
    assert len(mistakes) == 2


def test_panels_may_have_the_same_key_and_not_one_that_holds_everywhere():
    table = (Key("a", "one", "a", "", "g", scope="curves"), Key("b", "two", "b", "", "g", scope="log"),
             Key("q", "leave", "q", "", "g", scope="app"))  # fmt: skip
    assert rebound(table, {"log_two": "a"})[1] == []
    assert rebound(table, {"log_two": "q"})[1] == ["log_two cannot have the key q: leave has it."]


def test_unknown_names_and_keys_are_said():
    _, mistakes = rebound(plain("a=stop"), {"stpo": "x", "stop": "hyper+x"})
    assert mistakes == [
        "There is no key 'stpo': did you mean stop?",
        "'hyper+x' is no key for stop: write a character, or such as space, ctrl+s, f5.",
    ]


@pytest.mark.slow
def test_a_key_of_ones_own_is_in_the_bar_and_does_it(tmp_path, monkeypatch):
    from terminal import DNN_TUI, Terminal

    monkeypatch.setenv("DNN_TUI_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("DNN_TUI_KEYS", "toggle_pause=f2; leave=ctrl+x")
    terminal = Terminal(DNN_TUI, "train", "xor", "--engine", "numpy")
    try:
        terminal.wait_for("F2 pause", 60)
        terminal.press("\x1bOQ")
        terminal.wait_for("F2 go on", 60)
        terminal.press("\x18")
        terminal.wait_for("Quit?", 60)
        terminal.press("y")
        assert terminal.wait(60) == 0
    finally:
        terminal.close()


# ---- the theme


@pytest.mark.parametrize(("text", "after"), [
    ("", 'theme = "nord"\n'),
    ("# mine\nfps = 3\n", 'theme = "nord"\n# mine\nfps = 3\n'),
    ('fps = 3\ntheme = "old" # why\n[keys]\nstop = "x"\n', 'fps = 3\ntheme = "nord" # why\n[keys]\nstop = "x"\n'),
    ('[keys]\ntheme = "x"\n', 'theme = "nord"\n[keys]\ntheme = "x"\n'),
    ('theme = """\nold"""\n', ""),
])  # fmt: skip
def test_a_theme_is_put_into_the_file_and_nothing_else_is_touched(text, after):
    assert with_theme(text, "nord") == after
    if after:
        assert tomllib.loads(after) == {**tomllib.loads(text), "theme": "nord"}


def test_a_chosen_theme_gives_way_where_colours_are_scarce():
    assert first_theme({"TERM": "xterm-256color"}, "nord") == "nord"
    assert first_theme({"TERM": "linux"}, "nord") == "ansi-dark"
    assert first_theme({"TERM": "xterm", "NO_COLOR": ""}, "nord") == "ansi-dark"


async def test_a_theme_that_is_chosen_is_kept_and_the_next_time_begins_with_it(file, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    app = DoorApp(Place(), ())
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = "nord"
        await pilot.pause()
    assert tomllib.loads(file.read_text(encoding="utf-8")) == {"theme": "nord"}
    assert DoorApp(Place(), ()).theme == "nord"
    file.write_text('theme = "norrd"', encoding="utf-8")
    app = DoorApp(Place(), ())
    told = []
    app.notify = lambda text, **_: told.append(text)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
    assert (app.theme, told) == ("dnn", ["There is no theme 'norrd': Ctrl+P, Theme lists those there are."])


def test_a_file_that_cannot_be_had_is_said(file, monkeypatch):
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("DNN_TUI_CONFIG", str(file / "config.toml"))  # a file where a folder should be
    assert keep_theme("nord").startswith(f"The theme was not kept: {file}/config.toml cannot be read: ")
