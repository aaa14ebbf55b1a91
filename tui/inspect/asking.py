"""What the inspect screen asks: where to go, the answer of a quiz, a file to write to. A part of `InspectScreen`."""

import re
from pathlib import Path

from dnn_tui.datasets.expression import number
from dnn_tui.experiments.explaining.document import document
from dnn_tui.experiments.explaining.quiz import LETTERS, Question, Score, question, round_of
from dnn_tui.experiments.explaining.subject import Subject
from dnn_tui.mlp.explain import Focus, find_step

from ..drawing.theme import Ink
from .look import Look, focused
from .looking import Looking
from .widgets import KeyLine, Prompt

SUFFIXES = {".txt": "text", ".md": "markdown", ".tex": "latex", ".json": "json"}


class Asking(Looking):
    """The prompt and what its answers do."""

    def __init__(self, subject: Subject, look: Look) -> None:
        super().__init__(subject, look)
        self.score, self.quiz_seed = Score(), 0
        self._round: list[tuple[int, Focus]] = []  # what a round has still to ask
        self._question: Question

    def ask(self, purpose: str, label: str, text: str = "", known: tuple[str, ...] = ()) -> None:
        """Open the prompt with `text` typed; the answer goes to `_answered_<purpose>`. known: what → completes to."""
        self.stop_playing()
        self.query_one(KeyLine).display = False
        self.query_one(Prompt).ask(purpose, label, text, known)

    def on_prompt_answered(self, event: Prompt.Answered) -> None:
        line = self.query_one(KeyLine)
        line.display, line.message = True, None
        if event.text is None or not event.text.strip():
            self._round = []
            self.set_look(hidden=False, choices=())
            return
        getattr(self, f"_answered_{event.purpose}")(event.text.strip())

    def action_goto(self) -> None:
        self.ask("goto", "go to step:", known=tuple(step.id for step in self.subject.steps[:100]))

    def _answered_goto(self, text: str) -> None:
        step = find_step(self.subject.steps, text)
        if step is None:
            self.say(f"there is no step “{text}”: j lists them", Ink.BAD)
            self.frame()
        else:
            self.go(self.subject.steps.index(step))

    def action_quiz(self) -> None:
        self._round = []
        self._ask_quiz()

    def action_quiz_round(self) -> None:
        """All steps in a random order, one a key press; a new round begins with a new score."""
        if self._round:
            self._ask_next()
            return
        self._round, self.score = round_of(self.subject.steps, self.quiz_seed), Score()
        self.quiz_seed += 1
        self._ask_next()

    def _ask_next(self) -> None:
        """The round's next question, at its own step and element."""
        at, element = self._round.pop(0)
        self.look = focused(self.look.with_(at=at, scroll=(0, 0)), self.subject.steps[at], element)
        self._ask_quiz()

    def _ask_quiz(self) -> None:
        element = self.look.element(self.step)
        self._question = question(self.step, element, self.look.number, self.quiz_seed)
        self.set_look(hidden=True, choices=())
        name = self.look.say(self.step.symbol)
        place = f"[{','.join(str(k + 1) for k in element)}]" if element else ""
        left = f"{len(self._round)} more · " if self._round else ""
        self.ask("quiz", f"{left}{name}{place} = (a number, or ? for a choice)")

    def _answered_quiz(self, text: str) -> None:
        asked = self._question
        if text.strip() == "?":
            self.set_look(hidden=True, choices=asked.choices)
            self.ask("quiz", f"which of {', '.join(LETTERS[: len(asked.choices)])}:")
            return
        shown = self.look.number.text
        try:
            right, chosen = asked.judge(text)
        except ValueError as error:
            self.say(str(error), Ink.BAD)
            self.set_look(hidden=True)
            return
        self.score = self.score.counted(right)
        score = f" · {self.score}" if self.score.asked > 1 else ""
        more = " · Q asks on" if self._round else ""
        if right:
            within = "" if chosen else f" (anything within ±{shown(asked.tolerance)} is)"
            self.say(f"right: {shown(asked.right)}{within}{score}{more}")
        else:
            given = chosen or shown(number(text))
            self.say(f"not {given}: it is {shown(asked.right)}{score}{more}", Ink.WARN)
        self.set_look(hidden=False, choices=())

    def action_export(self) -> None:
        slug = re.sub(r"[^a-z0-9]+", "-", self.subject.title.lower()).strip("-")
        self.ask("export", "write all steps to (.txt .md .tex .json):", f"{slug[:40]}.md")

    def _answered_export(self, text: str) -> None:
        path = Path(text.strip()).expanduser()
        form = SUFFIXES.get(path.suffix.lower())
        if form is None:
            self.say(f"“{path.name}” should end with .txt, .md, .tex or .json", Ink.BAD)
        elif path.exists():
            self.say(f"{path} is already there: choose another name", Ink.BAD)
        else:
            try:
                written = document(self.subject, form, number=self.look.number, z_a=self.look.z_a)
                path.write_text(written, encoding="utf-8")
                self.say(f"written to {path}")
            except OSError as error:
                self.say(f"{path} cannot be written: {error.strerror}", Ink.BAD)
        self.frame()
