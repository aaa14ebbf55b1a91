"""`Place`: what the door remembers while something that it opened runs."""

from dataclasses import dataclass, field


@dataclass
class Place:
    """Where in the door a person was.

    screen: the screen that was left, "" at the start; form: what was typed, by field; unfolded: its open groups;
    lesson, run: what was chosen last; marked: runs to show together; said: one sentence on how what was opened ended,
    wrong: whether it is about something that went wrong; begun: whether anything was opened from the start yet.
    """

    screen: str = ""
    form: dict[str, str] = field(default_factory=lambda: {"data": "digits"})
    unfolded: set[str] = field(default_factory=set)
    lesson: str = ""
    run: str = ""
    marked: list[str] = field(default_factory=list)
    said: str = ""
    wrong: bool = False
