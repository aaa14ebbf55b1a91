"""What the inspect screen asks: where to go, the answer of a quiz, a file to write to. A part of `InspectScreen`."""

import re
from pathlib import Path

from dnn_tui.datasets.expression import number
from dnn_tui.experiments.explaining.document import document
from dnn_tui.mlp.explain import find_step

from ..drawing.theme import Ink
from .looking import Looking
from .widgets import KeyLine, Prompt

SUFFIXES = {".txt": "text", ".md": "markdown", ".tex": "latex", ".json": "json"}


class Asking(Looking):
    """The prompt and what its answers do."""

    def ask(self, purpose: str, label: str, text: str = "", known: tuple[str, ...] = ()) -> None:
        """Open the prompt with `text` typed; the answer goes to `_answered_<purpose>`. known: what → completes to."""
        self.stop_playing()
        self.query_one(KeyLine).display = False
        self.query_one(Prompt).ask(purpose, label, text, known)

    def on_prompt_answered(self, event: Prompt.Answered) -> None:
        line = self.query_one(KeyLine)
        line.display, line.message = True, None
        if event.text is None or not event.text.strip():
            self.set_look(hidden=False)
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
        self.set_look(hidden=True)
        name = self.look.say(self.step.symbol)
        element = self.look.element(self.step)
        place = f"[{','.join(str(k + 1) for k in element)}]" if element else ""
        self.ask("quiz", f"{name}{place} =")

    def _answered_quiz(self, text: str) -> None:
        right = self.step.element(self.look.element(self.step))
        tolerance = max(0.005 * abs(right), 5e-5)
        try:
            given = number(text)
        except ValueError as error:
            self.say(str(error), Ink.BAD)
            self.set_look(hidden=True)
            return
        shown = self.look.number.text
        if abs(given - right) <= tolerance:
            self.say(f"right: {shown(right)} (anything within ±{shown(tolerance)} is)")
        else:
            self.say(f"not {shown(given)}: it is {shown(right)}", Ink.WARN)
        self.set_look(hidden=False)

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
