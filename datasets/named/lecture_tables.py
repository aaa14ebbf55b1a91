"""The small tables that the lectures work with, as the slides print them, with what is wrong on a slide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..catalogue import Entry
from ..dataset import Dataset, Request
from ..tables.preparing import prepare_table
from ..tables.reading import table_of


@dataclass(frozen=True)
class LectureTable:
    """target: the column to predict. remarks: errata, and what the slide leaves open."""

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    target: str
    task: str
    unit: str = ""
    remarks: Sequence[str] = ()


TABLES: dict[str, LectureTable] = {
    "student-exam": LectureTable(
        ("study hours", "sleep hours", "quiz %", "exam %"),
        ((12, 6, 78, 93), (22, 6.5, 24, 68), (115, 4, 100, 95), (31, 9, 67, 75),
         (0, 10, 58, 51), (5, 8, 78, 60), (92, 6, 82, 89), (57, 8, 91, 97)),
        "exam %", "regression", "%",
        ("The slide's header says Ouiz for Quiz.",),
    ),
    "house-rent": LectureTable(
        ("area", "bedrooms", "rent"),
        ((850, 2, 12), (1100, 2, 14), (1000, 3, 15)),
        "rent", "regression", "",
        ("The first slide gives the second and third house the rents 20 and 19; later slides, used here, 14 and 15.",),
    ),
    "liver-4": LectureTable(
        ("age", "albumin", "total bilirubin", "D"),
        ((65, 3.3, 0.7, 0), (62, 3.2, 10.9, 0), (20, 4, 1.1, 1), (84, 3.2, 0.7, 1)),
        "D", "binary", "",
        ("D is the public file's label minus 1, so 0 is a patient and 1 is healthy: it reads backwards.",),
    ),
    "boston-5": LectureTable(
        ("crime", "rooms", "age", "value"),
        ((0.00632, 6.575, 65.2, 24), (0.02731, 6.421, 78.9, 21.6),
         (0.3237, 6.998, 45.8, 33.4), (0.6905, 7.147, 54.2, 36.2)),
        "value", "regression", "k$",
        ("The slide shows four of the first five rows of the data; the crime of the last two is 0.03237 and 0.06905 "
         "there, a decimal place was lost.",),
    ),
    "phones": LectureTable(
        ("screen inches", "cost", "like"),
        ((3.5, 8000, 1), (3.5, 12000, 0), (4.5, 8000, 0), (4.5, 12000, 1)),
        "like", "binary", "",
        ("The slide gives the axes only: the likes are ours, chosen so that no straight line separates them.",),
    ),
    "will-i-pass": LectureTable(
        ("lectures attended", "project hours", "pass"),
        ((4, 5, 1), (2, 1, 0), (5, 8, 1)),
        "pass", "binary", "",
        ("The lecture prints the inputs of the first row only; those of the other two are made up by us. Its untrained "
         "network says 0.1, 0.8 and 0.6.",),
    ),
}  # fmt: skip


def load(entry: Entry, request: Request) -> Dataset:
    """A table of a few rows, all for training unless asked otherwise."""
    lecture = TABLES[entry.name]
    table = table_of(entry.name, lecture.header, lecture.rows)
    options = {"target": lecture.target, "task": lecture.task, "unit": lecture.unit, **request.options}
    data = prepare_table(table, entry.name, replace(request, options=options), plain=True)
    return replace(data, report=(*data.report, *lecture.remarks))
