"""From a parsed file to a `Lesson`. Raises LessonError, with the line."""

from collections.abc import Callable

from . import bodies
from .lesson import DECKS, SOURCES, Body, Erratum, Kind, Lesson, Printed, Remark
from .reader import Source, Table


def read(source: Source, name: str) -> Lesson:
    """Check a parsed file. Raises LessonError."""
    top = Table(source, source.data)
    named = top.text("kind", one_of=tuple(_BODIES))
    kind = next(kind for kind in _BODIES if kind == named)
    lesson = Lesson(
        name=name,
        title=top.text("title"),
        deck=top.text("deck", "own", one_of=tuple(DECKS)),
        fixture=top.text("fixture", ""),
        kind=kind,
        teaches=top.text("teaches"),
        text=top.text("text").strip(),
        body=_BODIES[kind](top),
        printed=tuple(_printed(table) for table in top.tables("printed")),
        errata=tuple(_erratum(table) for table in top.tables("errata")),
        remarks=tuple(_remark(table) for table in top.tables("remarks")),
        source=source,
    )
    top.done()
    return lesson


_BODIES: dict[Kind, Callable[[Table], Body]] = {
    "network": bodies.network,
    "graph": bodies.graph,
    "table": bodies.table,
    "descent": bodies.descent,
}


def _printed(table: Table) -> Printed:
    step, quantity = table.text("step", ""), table.text("quantity", "")
    if bool(step) == bool(quantity):
        raise table.error("step", "a printed number belongs to a step or to a quantity: give one of the two.")
    printed = Printed(
        step=step,
        quantity=quantity,
        part=table.text("part", ""),
        sample=table.integer("sample", 1),
        element=table.integers("element", ()),
        value=bodies.array(table, "value"),
        tolerance=table.number("tolerance", 1e-3),
        source=table.text("source", "seed", one_of=tuple(SOURCES)),
        set=dict(table.raw("set", {})),
        where=table.where("value"),
    )
    table.done()
    return printed


def _erratum(table: Table) -> Erratum:
    erratum = Erratum(
        table.text("text").strip(), table.text("step", ""), table.integer("sample", 0), table.text("loss", "")
    )
    table.done()
    return erratum


def _remark(table: Table) -> Remark:
    remark = Remark(table.text("text").strip(), table.text("step"), table.integer("sample", 0))
    table.done()
    return remark
