"""The list of the data sets that have a name, printed once."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from dnn_tui.datasets import Entry

from .console import Output
from .lines import say_exactly

WIDE = 110  # columns from which the summaries stand in the list


def print_catalogue(entries: Sequence[Entry], data_dir: Path | None, json: bool) -> None:
    """All data sets, a line each."""
    if json:
        fields = ("name", "summary", "task", "rows", "features", "classes", "where", "licence", "source", "size")
        records = [{key: getattr(e, key) for key in fields} | {"here": e.is_here(data_dir)} for e in entries]
        say_exactly(json_module.dumps(records, ensure_ascii=False))
        return
    console = Output()
    wide = console.width >= WIDE
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1 if wide else 0, 0, 1))
    table.add_column("name", style="cyan", no_wrap=True)
    if wide:
        table.add_column("what", no_wrap=True)
    for title in ("rows", "inputs"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("task", no_wrap=True)
    table.add_column("licence", no_wrap=True, overflow="ellipsis")
    table.add_column("where", no_wrap=True)
    for entry in entries:
        task = (
            f"{entry.classes} classes" if entry.task == "classes" else {"binary": "yes/no"}.get(entry.task, entry.task)
        )
        what = [entry.summary] if wide else []
        licence = entry.licence.split(":")[0]
        table.add_row(
            entry.name, *what, f"{entry.rows:,}", f"{entry.features:,}", task, licence, _where(entry, data_dir)
        )
    console.print(table)
    console.print(
        "\n[dim]dnn-tui data NAME shows one, dnn-tui train NAME learns it; "
        "a file or folder of your own does as well as a name.[/]"
    )


def _where(entry: Entry, data_dir: Path | None) -> str:
    if entry.where != "download":
        return entry.where
    return "[green]here[/]" if entry.is_here(data_dir) else f"to fetch, {entry.size / 1e6:.0f} MB"
