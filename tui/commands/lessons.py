"""`dnn-tui lessons`, `lesson`, `inspect` and `explain`: one pass, number by number; the lectures' examples."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dnn_tui.mlp.settings import SETTINGS

from ..printed.lines import say, say_exactly
from . import options
from .completing import complete_lecture, complete_lesson, complete_target
from .data_options import with_data_options
from .setting_options import reader

if TYPE_CHECKING:
    import numpy as np

    from dnn_tui.datasets.lessons import Lesson
    from dnn_tui.experiments.explaining.subject import Subject

INSPECT = """Look into one forward and backward pass, number by number.

TARGET is a lesson (dnn-tui lessons), a lesson file, a data set, or a run; without it, the newest run.

[dim]Examples:[/dim]
  dnn-tui inspect f6-backprop
  dnn-tui inspect digits --sample 7
  dnn-tui inspect patients.csv --target label --hidden 4 --activation tanh
  dnn-tui inspect
"""
EXPLAIN = """Print one forward and backward pass, step by step, without opening the view.

TARGET is a lesson (dnn-tui lessons), a lesson file, a data set, or a run; without it, the newest run.

[dim]Examples:[/dim]
  dnn-tui explain f6-backprop
  dnn-tui explain f6-backprop --step B2W --element 2,2
  dnn-tui explain f6-backprop --set loss=squared_error --step L
  dnn-tui explain f5 --batch 3 --set dropout=0.5 --set l2=0.1
  dnn-tui explain q1 --format markdown > handout.md
  dnn-tui explain f6-backprop --format python > backprop.py
"""


class Format(StrEnum):
    text = "text"
    markdown = "markdown"
    latex = "latex"
    json = "json"
    python = "python"
    ipynb = "ipynb"


Target = Annotated[
    str | None,
    typer.Argument(
        metavar="TARGET", autocompletion=complete_target, help="A lesson, a lesson file, a data set, or a run."
    ),
]
SampleOption = Annotated[
    int | None, typer.Option(metavar="N", help="Which sample: from 1 in lessons, a row's number (from 0) in data.")
]
DataDir = Annotated[Path | None, typer.Option(help="Where data files lie (else DNN_TUI_DATA, else the user cache).")]

Hidden = Annotated[
    tuple | None,  # type: ignore[type-arg]  # Typer takes tuple[int, ...] for an option of many words
    typer.Option(parser=reader(SETTINGS["hidden"]), metavar="N,N…", help="Of a data set's new network."),
]
Activation = Annotated[str | None, typer.Option(metavar="NAME[,NAME…]", help="Of its hidden layers, or one each.")]
Batch = Annotated[
    str | None,
    typer.Option(metavar="N|ROW,ROW…|all", help="Several rows (of data: training rows) as a batch: their votes."),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change something first, as e does: loss=mse, w222=1/2, l2=0.1."),
]
Seed = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Of the split, of generated data and of the new network.")
]
Offline = Annotated[bool, typer.Option("--offline", help="Download nothing.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("inspect", help=INSPECT)(with_data_options(inspect))
    app.command("explain", help=EXPLAIN)(with_data_options(explain))
    app.command("lessons")(lessons)
    app.command("lesson")(lesson)
    app.command("tour")(tour)


def inspect(
    what: Target = None,
    sample: SampleOption = None,
    batch: Batch = None,
    hidden: Hidden = None,
    activation: Activation = None,
    seed: Seed = None,
    set_: Set = None,
    runs_dir: options.RunsDir = None,
    data_dir: DataDir = None,
    offline: Offline = False,
    wished: dict[str, Any] | None = None,
) -> None:
    from dnn_tui.experiments.explaining.targets import open_target
    from dnn_tui.tui.terminal.required import require_terminal

    wished = {**(wished or {}), **({} if seed is None else {"seed": seed})}
    subject = open_target(
        what, options.runs_dir(runs_dir), data_dir, sample, None, offline, wished, hidden, activation, batch is not None
    )
    subject = _changed(subject, batch, set_)
    require_terminal("`dnn-tui explain` prints the same steps")
    from dnn_tui.tui.inspect.app import run_inspect

    raise typer.Exit(run_inspect(subject))


def explain(
    what: Target = None,
    sample: SampleOption = None,
    batch: Batch = None,
    hidden: Hidden = None,
    activation: Activation = None,
    seed: Seed = None,
    step: Annotated[str | None, typer.Option(metavar="ID", help="One step only, such as B2W.")] = None,
    element: Annotated[
        str | None, typer.Option(metavar="K[,J]", help="Put in the numbers of this element, from 1.")
    ] = None,
    format: Annotated[Format, typer.Option(help="What to write.")] = Format.text,
    digits: Annotated[int, typer.Option(min=2, max=12, help="Significant digits.")] = 4,
    truncate: Annotated[bool, typer.Option("--truncate", help="Cut digits off, as many slides do.")] = False,
    z_a: Annotated[bool, typer.Option("--z-a", help="Write z and a for a and h.")] = False,
    set_: Set = None,
    runs_dir: options.RunsDir = None,
    data_dir: DataDir = None,
    offline: Offline = False,
    wished: dict[str, Any] | None = None,
) -> None:
    from dnn_tui.experiments.explaining.document import document
    from dnn_tui.experiments.explaining.targets import open_target
    from dnn_tui.mlp.explain import Number

    wished = {**(wished or {}), **({} if seed is None else {"seed": seed})}
    subject = open_target(
        what, options.runs_dir(runs_dir), data_dir, sample, None, offline, wished, hidden, activation, batch is not None
    )
    subject = _changed(subject, batch, set_)
    text = document(subject, format.value, step, _element(element), Number(digits, truncate), z_a)
    (say_exactly if format is Format.json else say)(text, end="")


def _changed(subject: "Subject", batch: str | None, changes: list[str] | None) -> "Subject":
    """The subject as a batch, if one is asked for, with what --set changes."""
    if batch is not None:
        from dnn_tui.experiments.explaining.batch_subject import batches_of

        subject = batches_of(subject, batch)
    for change in changes or ():
        key, equals, value = change.partition("=")
        if not equals:
            raise typer.BadParameter(f"{change!r} sets nothing: write it as loss=squared_error.", param_hint="--set")
        subject.edit(key.strip(), value.strip())
    return subject


def _element(text: str | None) -> tuple[int, ...]:
    """ "2,2" → (1, 1)"""
    if text is None:
        return ()
    try:
        indices = tuple(int(part) for part in text.split(","))
    except ValueError:
        indices = ()
    if not indices or min(indices) < 1:
        raise typer.BadParameter(f"{text!r} is no element: write 2 or 2,1 (counted from 1).", param_hint="--element")
    return tuple(k - 1 for k in indices)


def lessons(
    check: Annotated[bool, typer.Option("--check", help="Recompute every printed number and compare.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="With --check: each number.")] = False,
) -> None:
    """List the lessons by lecture, with what each teaches. --check recomputes every number they print."""
    from dnn_tui.datasets.lessons import DECKS, SOURCES, lesson_names, load_lesson

    found = [load_lesson(name) for name in lesson_names()]
    if check:
        raise typer.Exit(_check(found, verbose))
    width = max(len(lesson.name) for lesson in found)
    for deck, says in DECKS.items():
        of_deck = [lesson for lesson in found if lesson.deck == deck]
        if of_deck:
            say(f"\n{deck}  {says}")
            for lesson in of_deck:
                say(f"  {lesson.name:<{width}}  {lesson.title}\n  {'':<{width}}  teaches {lesson.teaches}")
    say("\nOpen one with `dnn-tui lesson NAME`. Numbers marked in a lesson are:")
    for key, says in SOURCES.items():
        say(f"  {key:<8} {says}")


def _check(found: "list[Lesson]", verbose: bool) -> int:
    """Print the comparison; the exit code: 1 where a number differs."""
    from dnn_tui.experiments.explaining.lessons import check_lesson

    numbers = wrong = 0
    for lesson in found:
        results = check_lesson(lesson)
        bad = [result for result in results if not result.ok]
        numbers, wrong = numbers + len(results), wrong + len(bad)
        say(f"{'✗' if bad else '✓'} {lesson.name}: {len(results) - len(bad)} of {len(results)} as printed")
        for result in results if verbose else bad:
            mark = "✓" if result.ok else "✗"
            say(
                f"    {mark} {result.label}: printed {_array(result.printed.value)}, ours {_array(result.ours)} "
                f"(±{result.printed.tolerance:g}, {result.printed.source})"
            )
    say(f"{len(found)} lessons, {numbers} printed numbers or arrays, {wrong} wrong")
    return 1 if wrong else 0


def _array(value: "np.ndarray") -> str:
    import numpy as np

    return np.array2string(np.asarray(value), precision=7, separator=", ", floatmode="maxprec").replace("\n", "")


def lesson(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", autocompletion=complete_lesson, help="A lesson's name, its fixture (F6), or a .toml file."
        ),
    ] = None,
    sample: SampleOption = None,
    batch: Batch = None,
    check: Annotated[bool, typer.Option("--check", help="Recompute its printed numbers and compare.")] = False,
    set_: Set = None,
    quiz: Annotated[
        int | None, typer.Option(min=0, metavar="SEED", help="Ask its steps in this random order, with a score.")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="A handout instead, as a web page.")] = False,
    md: Annotated[bool, typer.Option("--md", help="A handout in Markdown.")] = False,
    tex: Annotated[bool, typer.Option("--tex", help="A handout in LaTeX.")] = False,
    worksheet: Annotated[bool, typer.Option("--worksheet", help="With gaps to fill in, and answers.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Open a lesson to step through and change; without a terminal its steps are printed. Without NAME: the list.

    A .toml file of your own is opened as well, and by its name what was kept while playing.

    [dim]Examples:[/dim]
      dnn-tui lesson f6-backprop
      dnn-tui lesson F6 --check
      dnn-tui lesson f6 --quiz 7
      dnn-tui lesson f6 --html -o f6.html
      dnn-tui lesson f6 --worksheet -o f6.tex
    """
    if name is None:
        lessons(check=check, verbose=False)
        return
    from dnn_tui.datasets.lessons import load_lesson
    from dnn_tui.experiments.explaining.document import document
    from dnn_tui.experiments.explaining.kept_lesson import own_lesson
    from dnn_tui.experiments.explaining.lessons import subject_of

    opened = load_lesson(own_lesson(name))
    if check:
        raise typer.Exit(_check([opened], verbose=True))
    subject = subject_of(opened)
    if sample is not None:
        subject.choose(sample - subject.first_row)
    subject = _changed(subject, batch, set_)
    if html or md or tex or worksheet or out is not None:
        forms = [form for form, asked in (("html", html), ("md", md), ("tex", tex)) if asked]
        _write_sheet(subject, forms, worksheet, out)
        return
    if sys.stdin.isatty() and sys.stdout.isatty():
        from dnn_tui.experiments.explaining.tour import tour_from
        from dnn_tui.tui.inspect.app import run_inspect

        raise typer.Exit(run_inspect(subject, tour_from(name), quiz))
    if quiz is not None:  # the text would tell every answer
        said = "a quiz asks in a terminal, and this is none; on paper there is --worksheet."
        raise typer.BadParameter(said, param_hint="--quiz")
    say(document(subject), end="")


def _write_sheet(subject: "Subject", forms: list[str], worksheet: bool, out: Path | None) -> None:
    """A handout to a file, or to standard output."""
    from dnn_tui.experiments.handouts.writing import FORMATS, write_sheet

    suffix = out.suffix.lower().removeprefix(".") if out is not None else ""
    forms = forms or [suffix if suffix or out is not None else "md"]
    if len(forms) > 1 or forms[0] not in FORMATS or (suffix and suffix != forms[0]):
        raise typer.BadParameter("one format at a time: --html, --md or --tex, and a file named so.", param_hint="-o")
    text = write_sheet(subject, forms[0], worksheet=worksheet)
    if out is None:
        say_exactly(text, end="")
        return
    out = out.expanduser()
    if out.exists() or not out.parent.is_dir():
        why = "exists already: choose another name" if out.exists() else f"cannot be written: no folder {out.parent}"
        raise typer.BadParameter(f"{out} {why}.", param_hint="-o")
    out.write_text(text, encoding="utf-8")
    say(f"{out} written.")


def tour(
    deck: Annotated[
        str,
        typer.Argument(
            metavar="DECK", autocompletion=complete_lecture, help="Which lecture: 000 to 004 (`dnn-tui lessons`)."
        ),
    ] = "000",
) -> None:
    """Go through a lecture's lessons in order: N for the next one, B for the one before.

    Without a terminal its lessons are listed.

    [dim]Examples:[/dim]
      dnn-tui tour
      dnn-tui tour 004
    """
    from dnn_tui.datasets.lessons import load_lesson
    from dnn_tui.experiments.explaining.tour import tour_of

    through = tour_of(deck)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from dnn_tui.tui.inspect.app import run_inspect

        raise typer.Exit(run_inspect(through.subject(), through))
    for number, name in enumerate(through.names, start=1):
        say(f"{number:>2}  {name}: {load_lesson(name).title}")
