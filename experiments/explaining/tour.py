"""A tour: a lecture's lessons in their order, one after another."""

from dataclasses import dataclass, replace

from dnn_tui.datasets.lessons import DECKS, LessonError, lesson_names, load_lesson

from .lessons import subject_of
from .subject import Subject


@dataclass(frozen=True)
class Tour:
    """The lessons of a deck by name, and at which of them (from 0) one is."""

    deck: str
    names: tuple[str, ...]
    at: int = 0

    @property
    def place(self) -> str:
        """Where one is, in words."""
        return f"lesson {self.at + 1} of {len(self.names)}, deck {self.deck}"

    def moved(self, by: int) -> "Tour | None":
        """The tour so many lessons on; None before the first and after the last."""
        there = self.at + by
        return replace(self, at=there) if 0 <= there < len(self.names) else None

    def subject(self) -> Subject:
        """What the inspect view opens for the lesson one is at."""
        return subject_of(load_lesson(self.names[self.at]))


def tour_of(deck: str) -> Tour:
    """The tour through a deck ("000", "1" …). Raises LessonError where there is no such deck."""
    wanted = deck.zfill(3)
    names = tuple(name for name in lesson_names() if load_lesson(name).deck == wanted)
    if not names:
        there = ", ".join(f"{key} ({says})" for key, says in DECKS.items() if key != "own")
        raise LessonError(f"There is no deck {deck!r}: there are {there}.")
    return Tour(wanted, names)


def tour_from(name: str) -> Tour | None:
    """The tour that a built-in lesson belongs to, standing at it; None for a lesson of one's own."""
    lesson = load_lesson(name)
    if lesson.name not in lesson_names() or name.endswith(".toml"):
        return None
    tour = tour_of(lesson.deck)
    return replace(tour, at=tour.names.index(lesson.name))
