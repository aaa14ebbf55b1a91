"""The inspect screen's keys: one table that makes the bindings, the key bar and the `?` screen."""

from collections.abc import Callable

from ..configuration import chosen_keys
from ..key import Key
from ..rebinding import rebound

STEPS, ELEMENT, CHANGE, LEARN, WRITING, PROGRAM = (
    "Steps", "The element in focus", "Change", "Learn", "How it is written", "Program",
)  # fmt: skip

TABLE = (
    Key("right,space", "go(1)", "→", "Next step", STEPS, label="step", rank=1),
    Key("left,backspace", "go(-1)", "←", "Previous step", STEPS, label="step", rank=1),
    Key("shift+right,pagedown", "layer(1)", "Shift+→", "Next layer (or phase)", STEPS),
    Key("shift+left,pageup", "layer(-1)", "Shift+←", "Previous layer (or phase)", STEPS),
    Key("home", "first", "Home", "First step", STEPS),
    Key("end", "last", "End", "Last step", STEPS),
    Key("j", "jump", "j", "All steps, to choose from", STEPS, label="list", rank=5),
    Key("colon", "goto", ":", "Go to a step by its id, such as B2W", STEPS),
    Key("p", "play", "p", "Play: a step a second; again to stop (+ and - while it plays)", STEPS, label="play", rank=8),
    Key("down", "move(1, 0)", "↓", "Next unit (row)", ELEMENT, label="unit", rank=2),
    Key("up", "move(-1, 0)", "↑", "Previous unit (row)", ELEMENT, label="unit", rank=2),
    Key("tab", "move(0, 1)", "Tab", "Next weight (column)", ELEMENT, label="weight", rank=4),
    Key("shift+tab", "move(0, -1)", "Shift+Tab", "Previous weight (column)", ELEMENT),
    Key("enter", "card", "Enter", "All about this weight: value, gradient, its paths, the check", ELEMENT,
        label="card", rank=5),
    Key("less_than_sign", "scroll(0, -4)", "<", "Arrays that do not fit: columns further left", ELEMENT,
        label="columns", rank=7),
    Key("greater_than_sign", "scroll(0, 4)", ">", "Columns further right; ↑ ↓ and Tab bring the focus back", ELEMENT,
        label="columns", rank=7),
    Key("left_curly_bracket", "scroll(-4, 0)", "{", "Rows further up", ELEMENT, label="rows", rank=9),
    Key("right_curly_bracket", "scroll(4, 0)", "}", "Rows further down", ELEMENT, label="rows", rank=9),
    Key("e", "edit", "e", "Edit x, y, a weight, a bias, η, an activation, the loss; 1/3 is a number", CHANGE,
        label="edit", rank=3),
    Key("u", "undo", "u", "Take the last change back", CHANGE, label="undo", rank=7),
    Key("r", "restore", "r", "Back to how it began", CHANGE),
    Key("a", "apply", "a", "Apply the update once", CHANGE, label="apply", rank=4),
    Key("A", "apply_many", "A", "Apply it many times", CHANGE),
    Key("left_square_bracket", "sample(-1)", "[", "Previous sample", CHANGE, label="sample", rank=6),
    Key("right_square_bracket", "sample(1)", "]", "Next sample", CHANGE, label="sample", rank=6),
    Key("m", "misclassified", "m", "Next sample that is answered wrongly", CHANGE),
    Key("l", "worst", "l", "The sample with the highest loss", CHANGE),
    Key("b", "batch", "b", "Several rows at once, as a batch: the mean of their votes; again for a single row", CHANGE,
        label="batch", rank=6),
    Key("s", "choose_sample", "s", "A sample by its number", CHANGE),
    Key("i", "about", "i", "What this lesson is about", LEARN, label="about", rank=4),
    Key("P", "present", "P", "Before a class: one idea at a time, large; → shows the next", LEARN, label="present",
        rank=9),
    Key("N", "lesson(1)", "N", "The next lesson of the lecture", LEARN, label="lesson", rank=5),
    Key("B", "lesson(-1)", "B", "The lesson before", LEARN, label="lesson", rank=5),
    Key("c", "check", "c", "Check the gradients against central differences", LEARN, label="check", rank=6),
    Key("q", "quiz", "q", "Hide the result and its numbers, and type it yourself, or choose one of four", LEARN,
        label="quiz", rank=6),
    Key("Q", "quiz_round", "Q", "Be asked all steps in a random order, with a score", LEARN, label="quiz", rank=8),
    Key("x", "export", "x", "Write all steps to a file: .txt, .md, .tex or .json", LEARN, label="export", rank=9),
    Key("g", "gradients", "g", "Values or gradients on the units", WRITING, label="grad", rank=8),
    Key("v", "view", "v", "The step's pictures below the diagram, alone, or the diagram alone", WRITING,
        label="view", rank=8),
    Key("z", "notation", "z", "a and h, or z and a", WRITING, label="z/a", rank=9),
    Key("t", "truncate", "t", "Round, or cut digits off as many slides do", WRITING),
    Key("plus,equals_sign", "digits(1)", "+", "One digit more", WRITING),
    Key("minus", "digits(-1)", "-", "One digit less", WRITING),
    Key("question_mark", "help", "?", "What the keys do", PROGRAM, label="help", rank=2),
    Key("escape", "leave", "Esc", "Back", PROGRAM, label="back", rank=0),
)  # fmt: skip
KEYS, MISTAKES = rebound(TABLE, chosen_keys("inspect"))


BARE = 7  # up to this rank a key without room for its label stands in the bar by itself


BARE = 7  # up to this rank a key without room for its label stands in the bar by itself


def entries(allowed: Callable[[Key], bool], width: int) -> list[tuple[str, str, str]]:
    """(keys, label, action) for a bar of `width` cells; the least useful lose their label first, or leave.

    allowed(Key): is it of use?
    """
    found: list[tuple[int, str, str, str]] = []
    for key in KEYS:
        if not key.label or not allowed(key):
            continue
        if found and found[-1][2] == key.label:
            rank, shown, label, action = found[-1]
            found[-1] = (rank, shown + (f" {key.shown}" if len(key.shown) > 1 else key.shown), label, action)
        else:
            found.append((key.rank, key.shown, key.label, key.action))
    bare: list[tuple[int, str, str, str]] = []  # what has no room for its label, as far as it is often wanted
    while found and _cells(found) + (1 + sum(len(entry[1]) + 1 for entry in bare) if bare else 0) > width:
        least = max(reversed(found), key=lambda entry: entry[0])
        found.remove(least)
        bare += [least] if least[0] <= BARE else []
        bare.sort(key=lambda entry: entry[0])
    labelled = [(shown, label, action) for _, shown, label, action in found]
    return [*labelled, *((shown, "", action) for _, shown, _, action in bare)]


def _cells(found: list[tuple[int, str, str, str]]) -> int:
    """What the entries take with their labels, two cells between them."""
    return sum(len(entry[1]) + len(entry[2]) + 3 for entry in found) - 2
