"""A search printed: a line a trial while it goes on, and the table at its end as text, CSV or JSON."""

import csv
import io
import json
import math
import sys
from collections.abc import Mapping
from typing import Any

from dnn_tui.experiments.as_command import training_command
from dnn_tui.experiments.searching.best import Best
from dnn_tui.experiments.searching.state import SearchState, Trial

from ..drawing.numbers import short
from .lines import say, say_exactly

FORMATS = ("text", "csv", "json")


def say_news(news: Mapping[str, Any], second: str) -> None:
    """A line of what happened."""
    match news["what"]:
        case "trial":
            parts = [f"trial {news['trial']:>3}", f"{news['ending']:<8}"]
            if news.get("score") is not None:
                parts.append(f"{news['score']:.4g}")
            if news.get("second") is not None:
                parts.append(f"{second} {news['second']:.4g}")
            if news.get("seconds") is not None:
                parts.append(f"{news['seconds']:.3g} s")
            say("  ".join([*parts, values_in_words(news["values"]), news.get("note", "")]).rstrip())
        case "final":
            say(f"again with another seed: {news['run']}")
        case "steered":
            words = [news["wish"], news["name"], news["range"], "" if news["number"] is None else str(news["number"])]
            say(f"asked to {' '.join(filter(None, words))}")


def values_in_words(values: Mapping[str, Any]) -> str:
    """ "lr=0.012 hidden_1=64" of a trial."""
    return " ".join(f"{name}={_value(value)}" for name, value in values.items() if value is not None)


def say_news_as_json(news: Mapping[str, Any]) -> None:
    """The same for scripts."""
    say_exactly(json.dumps(news, default=str))


def print_table(state: SearchState, form: str) -> None:
    """All trials, the best first. form: one of FORMATS."""
    if form == "csv":
        say_exactly(as_csv(state), end="")
    elif form == "json":
        say_exactly(json.dumps(as_record(state), indent=1))
    else:
        _print_text(state)


def print_best(best: Best, form: str) -> None:
    """The winner: its figures, its settings, and how to train it again. form: "json", else text."""
    trial, state = best.trial, best.state
    command = training_command(best.config)
    if form == "json":
        record = {"search": state.name, "trial": trial.number, "run": trial.run, "values": dict(trial.values),
                  "score": trial.score, state.second: trial.accuracy, "epochs": best.epochs, "seconds": trial.seconds,
                  "steps": trial.steps, "command": command, "winner": as_record(state)["winner"]}  # fmt: skip
        say_exactly(json.dumps(record, indent=1))
        return
    say(f"trial {trial.number} of {state.name}: {values_in_words(trial.values)}")
    told = [] if trial.score is None else [f"validation {trial.score:.4g}"]
    told += [] if trial.accuracy is None else [f"{state.second} {trial.accuracy:.4g}"]
    say(", ".join([*told, f"best after {best.epochs} epochs", f"{trial.seconds:.3g} s", f"{trial.steps:,} steps"]))
    _print_winner(state)
    say(f"Again: {command}")


def as_csv(state: SearchState) -> str:
    """A line a trial: its settings are columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [axis.name for axis in state.axes]
    writer.writerow(["trial", "state", "score", state.second, "epochs", "seconds", "steps", *names, "run", "note"])
    for trial in state.leaderboard():
        values = ["" if trial.values.get(name) is None else trial.values[name] for name in names]
        figures = ["" if value is None else value for value in (trial.score, trial.accuracy)]
        cost = [len(trial.scores), trial.seconds, trial.steps]
        writer.writerow([trial.number, trial.state, *figures, *cost, *values, trial.run, trial.note])
    return out.getvalue()


def as_record(state: SearchState) -> dict[str, Any]:
    """The search as plain JSON values; what is no number is null."""
    winner = state.winner
    return {
        "search": state.name,
        "data": state.data,
        "asked": state.asked,
        "ended": state.ended,
        "trials": [
            {
                "trial": trial.number,
                "state": trial.state,
                "score": trial.score if math.isfinite(trial.known) else None,
                state.second: trial.accuracy,
                "epochs": len(trial.scores),
                "seconds": trial.seconds,
                "steps": trial.steps,
                "values": dict(trial.values),
                "run": trial.run,
                "note": trial.note,
            }
            for trial in state.leaderboard()
        ],
        "winner": None
        if winner is None
        else {
            "trial": winner.trial,
            "finalists": [
                {"trial": one.trial, "scores": list(one.scores), "mean": _or_none(one.mean),
                 "deviation": _or_none(one.deviation)}
                for one in winner.finalists
            ],
            "test_score": winner.test_score,
            f"test_{state.second}": winner.test_accuracy,
        },
    }  # fmt: skip


def _print_text(state: SearchState) -> None:
    from rich.table import Table

    from .console import Output, literal

    console = Output()
    if not sys.stdout.isatty():
        console.width = max(console.width, 200)  # nobody's window: nothing is left out
    table = Table(box=None, pad_edge=False, header_style="bold")
    names = [axis.name for axis in state.axes]
    for name in ("trial", "state", "score", state.second, "seconds", "steps", *names):
        table.add_column(literal(name), justify="left" if name == "state" else "right", no_wrap=True)
    for trial in state.leaderboard():
        style = "" if trial.state in ("complete", "running") else "dim"
        table.add_row(*map(literal, _cells(trial, names)), style=style)
    console.print(table)
    _print_winner(state)


def _cells(trial: Trial, names: list[str]) -> list[str]:
    figures = ["–" if value is None else f"{value:.4g}" for value in (trial.score, trial.accuracy)]
    values = [_value(trial.values.get(name)) for name in names]
    return [str(trial.number), trial.state, *figures, short(trial.seconds), f"{trial.steps:,}", *values]


def _print_winner(state: SearchState) -> None:
    if state.winner is None:
        return
    for one in state.winner.finalists:
        if len(one.scores) > 1:
            spread = f"{one.mean:.4g} ± {one.deviation:.2g} with {len(one.scores)} other seeds"
            say(f"trial {one.trial}: {spread}{'  ← the winner' if one.trial == state.winner.trial else ''}")
    if state.winner.test_score is not None:
        told = f"On the test rows, looked at once: {state.winner.test_score:.4g}"
        if state.winner.test_accuracy is not None:
            told += f", {state.second} {state.winner.test_accuracy:.4g}"
        say(f"{told} (trial {state.winner.trial}).")


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
