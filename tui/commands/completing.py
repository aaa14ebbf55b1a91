"""What the shell completes to: names of data sets, recipes, lessons, lectures and runs. Nothing heavy is imported.

Packages whose import loads NumPy are only listed as folders: a person waits for each Tab.
"""

from collections.abc import Iterable
from pathlib import Path

import typer

Completion = tuple[str, str]  # a word, and what is told of it
DECKS = ("000", "001", "002", "003", "004")
PACKAGES = Path(__file__).parent.parent.parent  # dnn_tui, or the checkout


def lesson_names() -> list[str]:
    """The built-in lessons by name; as `datasets.lessons.lesson_names`, in the alphabet's order."""
    return sorted(file.stem for file in (PACKAGES / "datasets" / "lessons").glob("*.toml"))


def data_names() -> list[Completion]:
    """The named data sets, with what they are."""
    from dnn_tui.datasets.catalogue import ENTRIES

    return [(entry.name, entry.summary) for entry in ENTRIES.values()]


def recipe_names() -> list[str]:
    """The recipes by name."""
    from dnn_tui.experiments.recipes import recipe_names as names

    return names()


def run_names(context: typer.Context) -> list[str]:
    """The runs in the folder that was given, or the usual one, newest first."""
    from dnn_tui.runs.folder import default_runs_dir, list_runs

    folder = context.params.get("runs_dir") or default_runs_dir()
    return [run.name for run in list_runs(Path(folder))]


def search_names(context: typer.Context) -> list[str]:
    """The searches in the folder that was given, or the usual one, newest first."""
    from dnn_tui.runs.folder import default_runs_dir

    folder = Path(context.params.get("runs_dir") or default_runs_dir())
    return sorted((file.parent.name for file in folder.glob("*/search.toml")), reverse=True)


def begun(words: Iterable[str | Completion], incomplete: str) -> list[str | Completion]:
    """Those that begin so."""
    return [word for word in words if (word if isinstance(word, str) else word[0]).startswith(incomplete)]


def begun_runs(names: list[str], incomplete: str) -> list[str | Completion]:
    """Runs whose name begins so; else what follows the time in it, where that is enough to tell the run."""
    found = begun(names, incomplete)
    if found or not incomplete:
        return found
    parts = [name.split("-", 2)[-1] for name in names]
    return [part for part in parts if part.startswith(incomplete) and sum(part in name for name in names) == 1]


def complete_data(incomplete: str) -> list[str | Completion]:
    """Data sets and files."""
    return [*begun(data_names(), incomplete), *files(incomplete)]


def complete_recipe(incomplete: str) -> list[str | Completion]:
    """Recipes."""
    return begun(recipe_names(), incomplete)


def complete_lesson(incomplete: str) -> list[str | Completion]:
    """Lessons, and lesson files."""
    return [*begun(lesson_names(), incomplete), *files(incomplete, ".toml")]


def complete_run(ctx: typer.Context, incomplete: str) -> list[str | Completion]:
    """Runs."""
    return begun_runs(run_names(ctx), incomplete)


def complete_search(ctx: typer.Context, incomplete: str) -> list[str | Completion]:
    """Searches."""
    return begun_runs(search_names(ctx), incomplete)


def complete_data_or_search(ctx: typer.Context, incomplete: str) -> list[str | Completion]:
    """What `search` takes: a search after --resume, else data, or what to do with a search."""
    if ctx.params.get("resume"):
        return complete_search(ctx, incomplete)
    return [*begun([("show", "the table of a search"), ("best", "what won")], incomplete), *complete_data(incomplete)]


def complete_run_or_search(ctx: typer.Context, incomplete: str) -> list[str | Completion]:
    """What `watch` takes."""
    return [*complete_run(ctx, incomplete), *complete_search(ctx, incomplete)]


def complete_data_or_run(ctx: typer.Context, incomplete: str) -> list[str | Completion]:
    """What `train` takes: a run after --resume, else data."""
    return complete_run(ctx, incomplete) if ctx.params.get("resume") else complete_data(incomplete)


def complete_target(ctx: typer.Context, incomplete: str) -> list[str | Completion]:
    """What `inspect` takes: a lesson, a data set, a run, a file."""
    known = begun([*lesson_names(), *data_names()], incomplete)
    return [*known, *begun_runs(run_names(ctx), incomplete), *files(incomplete)]


def complete_run_or_data(ctx: typer.Context, incomplete: str) -> list[str | Completion]:
    """What `play` takes: a data set, a file, a run."""
    return [*begun(data_names(), incomplete), *begun_runs(run_names(ctx), incomplete), *files(incomplete)]


def complete_lecture(incomplete: str) -> list[str | Completion]:
    """The lectures that one can tour; they are the decks of the built-in lessons."""
    return begun(DECKS, incomplete)


def files(incomplete: str, suffix: str = "") -> list[str]:
    """Files and folders that begin so; folders end with a slash, so that one can go on."""
    folder, slash, name = incomplete.rpartition("/")
    try:
        inside = sorted(Path(folder + slash).expanduser().iterdir() if slash else Path().iterdir())
    except OSError:
        return []
    found = [path for path in inside if path.name.startswith(name) and (name or not path.name.startswith("."))]
    kept = [path for path in found if path.is_dir() or path.name.endswith(suffix)]
    return [folder + slash + path.name + "/" * path.is_dir() for path in kept]
