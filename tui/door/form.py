"""Behind Train: a form that writes a command. It is checked as one types, and shows what the data is beside it."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.suggester import Suggester
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from ..drawing.theme import Ink
from ..drawing.visible import visible
from . import keys
from .fields import ABOVE, DATA, Field, command, field, fields, refusals, written
from .pictures import in_ink
from .place import Place
from .preview import Preview, Previewer
from .previewed import previewed
from .screen import DoorScreen, KeyBar

WAIT = 0.25  # seconds without a key before the data is looked at
COPIED = "Copied. Where the terminal takes no copies (OSC 52), the command stands above."


class Names(Suggester):
    """Completes to one of a field's names; of the data, to a file as well."""

    def __init__(self, names: Callable[[], Iterable[str]], files: bool) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._names, self._files = names, files

    async def get_suggestion(self, value: str) -> str | None:
        """The first name that begins so."""
        return next((name for name in (*self._names(), *self._paths(value)) if name.startswith(value)), None)

    def _paths(self, value: str) -> list[str]:
        folder, slash, begun = value.rpartition("/")
        if not self._files or not value:
            return []
        try:
            inside = sorted(Path(folder + slash).expanduser().iterdir() if slash else Path().iterdir())
        except OSError:
            return []
        return [folder + slash + path.name for path in inside if path.name.startswith(begun) and path.name[:1] != "."]


class Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls to the field that is gone to; the arrows go from field to field."""


class FieldRow(Horizontal):
    """A field's name, and what stands in it."""

    def __init__(self, entry: Field, text: str, usual: str) -> None:
        super().__init__(id=f"row-{entry.name}")
        self.entry, self._text, self._usual = entry, text, usual

    def compose(self) -> ComposeResult:
        yield Label(self.entry.label)
        suggester = Names(self.entry.choices, self.entry.name == DATA)
        box = Input(
            self._text, self._usual, id=self.entry.name, suggester=suggester, compact=True, select_on_focus=False
        )
        box.cursor_blink = False  # a blinking cursor costs 2 kB/s over SSH
        yield box


class Heading(Static, can_focus=True):
    """A group's name; below it its fields, or not."""

    def __init__(self, group: str, count: int, number: int) -> None:
        super().__init__(id=f"heading-{number}")
        self.group, self.count, self.number = group, count, number

    def show(self, unfolded: bool) -> None:
        """Write it with the sign of how it is."""
        self.update(f"{'▾' if unfolded else '▸'} {self.group} [dim]{self.count}[/dim]")

    def on_click(self) -> None:
        """As Space does."""
        self.screen.post_message(FormScreen.Folded(self))


class Command(Static, can_focus=True):
    """The command that the form gives; Enter runs it."""

    def on_click(self, event: events.Click) -> None:
        """A second click runs it."""
        if event.chain > 1:
            self.screen.post_message(FormScreen.Begun())


class FormScreen(DoorScreen):
    """The fields on the left, the data on the right, the command below."""

    BINDINGS = keys.bindings("form")
    SCOPES: ClassVar[tuple[str, ...]] = ("form",)
    AUTO_FOCUS = "Command"

    @dataclass
    class Looked(Message):
        """The data was looked at, for what stood in the form then."""

        preview: Preview
        asked: dict[str, str]

    @dataclass
    class Folded(Message):
        """A heading was clicked."""

        heading: Heading

    class Begun(Message):
        """The command was clicked twice."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.preview = Preview(facts="looking at the data …")
        self.wrong: dict[str, str] = {}
        self._asked = threading.Event()
        self._previewer = Previewer()
        self._soon: Timer | None = None
        self._left = False
        self._copied = False

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return self.place.form

    def compose(self) -> ComposeResult:
        yield Static("[b]Train[/b]  what is left empty is chosen by the data and the recipe", id="title")
        with Container(id="sides"):
            with Fields(id="fields"):
                for number, (group, members) in enumerate(groupby(fields(), key=lambda entry: entry.group)):
                    listed = list(members)
                    if group == ABOVE:
                        yield from (self._row(entry) for entry in listed)
                        continue
                    yield Heading(group, len(listed), number)
                    yield Vertical(id=f"group-{number}", classes="group")
            with VerticalScroll(id="beside", can_focus=False):
                yield Static(id="preview")
        yield Static(id="about")
        yield Command(id="command")
        yield KeyBar()

    def _row(self, entry: Field) -> FieldRow:
        return FieldRow(entry, self.values.get(entry.name, ""), self.preview.usual.get(entry.name, ""))

    async def on_mount(self) -> None:
        for heading in self.query(Heading):
            await self._fold(heading, heading.group in self.place.unfolded)
        self.in_background(self._look)
        self._changed()
        self._asked.set()

    def on_unmount(self) -> None:
        self._left = True
        self._asked.set()

    # ---- the data

    def _look(self, tell: Callable[[Message], None]) -> None:
        """Look at the data whenever that is asked for, and only at what stands in the form by then."""
        while not self._left:
            self._asked.wait()
            self._asked.clear()
            values = dict(self.values)
            if not self._left and not refusals(values):
                tell(self.Looked(self._previewer.preview(values), values))

    async def on_form_screen_looked(self, looked: Looked) -> None:
        """Show it, unless the form says something else by now."""
        if looked.asked != self.values or self.wrong:
            return
        self.preview = looked.preview
        for row in self.query(FieldRow):
            row.query_one(Input).placeholder = self.preview.usual.get(row.entry.name, "")
        if self.preview.where:
            group = field(self.preview.where).group
            heading = next((heading for heading in self.query(Heading) if heading.group == group), None)
            if heading is not None and group not in self.place.unfolded:
                await self._fold(heading, True)
        self._show()

    # ---- what stands where

    def _changed(self) -> None:
        """Something was typed: check it, write the command, and look at the data when nothing more comes."""
        self.wrong = refusals(self.values)
        self._show()
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(WAIT, self._asked.set)

    def _show(self) -> None:
        if not self.is_mounted:
            return
        palette, here = self.palette, self.focused
        blamed = {**({self.preview.where: self.preview.problem} if self.preview.where else {}), **self.wrong}
        for row in self.query(FieldRow):
            row.set_class(row.entry.name in blamed, "-wrong")
        beside = self.query_one("#beside")
        width, height = beside.content_size
        if width:
            self.query_one("#preview", Static).update(previewed(self.preview, width - 1, height, palette))
        line = Text("$ ", in_ink(palette, Ink.FAINT)).append(visible(written(self.values)), in_ink(palette, Ink.TITLE))
        self.query_one(Command).update(line)
        name = here.id or "" if isinstance(here, Input) else next(iter(blamed), "")
        about = self.query_one("#about", Static)
        if name in blamed:
            about.update(Text(f"✗ {field(name).label}: {visible(blamed[name])}", in_ink(palette, Ink.BAD)))
        elif name:
            about.update(Text(visible(field(name).about), in_ink(palette, Ink.DIM)))
        elif self._copied:
            about.update(Text(COPIED, in_ink(palette, Ink.GOOD)))
        elif isinstance(here, Heading):
            about.update(Text("Space shows its settings, or hides them.", in_ink(palette, Ink.DIM)))
        else:
            about.update(Text("Enter trains with this; ↑ goes to the fields.", in_ink(palette, Ink.GOOD)))

    def repaint(self) -> None:
        super().repaint()
        self.call_after_refresh(self._show)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep it, and check."""
        name = event.input.id or ""
        if self.values.get(name, "") != event.value:
            self.values[name] = event.value
            self._copied = False
            self._changed()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._show()

    def on_form_screen_folded(self, folded: Folded) -> None:
        """As Space does."""
        folded.heading.focus()
        self.run_worker(self._fold(folded.heading, folded.heading.group not in self.place.unfolded))

    async def _fold(self, heading: Heading, unfolded: bool) -> None:
        """Show a group's fields or hide them; they are made when they are first shown."""
        (self.place.unfolded.add if unfolded else self.place.unfolded.discard)(heading.group)
        heading.show(unfolded)
        box = self.query_one(f"#group-{heading.number}", Vertical)
        box.display = unfolded
        if unfolded and not box.children:
            await box.mount(*(self._row(entry) for entry in fields() if entry.group == heading.group))

    # ---- keys

    def _stops(self) -> list[Widget]:
        """Everything that can be gone to, from the top."""
        found = self.query("FieldRow Input, Heading, Command").results()
        return [widget for widget in found if all(above.display for above in widget.ancestors_with_self)]

    def action_field(self, by: int) -> None:
        """The next field, or the one before."""
        stops = self._stops()
        at = stops.index(self.focused) if self.focused in stops else len(stops) - 1
        stops[(at + by) % len(stops)].focus()

    def action_look(self, by: int) -> None:
        """More of what is said of the data."""
        beside = self.query_one("#beside")
        (beside.scroll_page_down if by > 0 else beside.scroll_page_up)(animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field: what stands there stays, and the command is what Enter runs next."""
        self.query_one(Command).focus()

    async def action_fold(self) -> None:
        """Show the settings of the heading that has the focus, or hide them."""
        if isinstance(self.focused, Heading):
            await self._fold(self.focused, self.focused.group not in self.place.unfolded)

    async def action_enter(self) -> None:
        """Train; on a heading, as Space does."""
        if isinstance(self.focused, Heading):
            await self.action_fold()
        else:
            self.action_begin()

    def on_form_screen_begun(self) -> None:
        """As Enter does."""
        self.action_begin()

    def action_begin(self) -> None:
        """Run the command, unless something is wrong: then go there."""
        self.wrong = refusals(self.values)
        name = next(iter(self.wrong), "")
        if name:
            self.query_one(f"#{name}", Input).focus()
            self._show()
            return
        self.choose(command(self.values), "train")

    def action_copy(self) -> None:
        """Give the command to the terminal's clipboard."""
        self.app.copy_to_clipboard(written(self.values))
        self._copied = True
        self.query_one(Command).focus()
        self._show()

    def action_clear(self) -> None:
        """As the form was at first."""
        self.place.form = Place().form
        for row in self.query(FieldRow):
            row.query_one(Input).value = self.values.get(row.entry.name, "")
        self._changed()
