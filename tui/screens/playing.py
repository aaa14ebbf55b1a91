"""`Playing`: what a person does to a running training besides steering it: every change, and what becomes of it."""

import shlex
from collections.abc import Callable

from dnn_tui.experiments.as_command import as_command
from dnn_tui.experiments.changing.changed import changed
from dnn_tui.experiments.playground_address import write
from dnn_tui.experiments.recipes.own import keep_recipe
from dnn_tui.mlp import Command
from dnn_tui.runs.config import RunConfig, RunError

from ..drawing.visible import visible
from ..panels.controls import ControlsPanel
from ..panels.panel import RunScreen
from ..sessions.session import Session
from ..sessions.trained import TrainingSession
from .ask import AskName, AskScreen
from .tell import TellScreen

NOT_HERE = "This run cannot be steered from here."


class Playing(RunScreen):
    """The changes that a screen of panels can ask a session for."""

    session: Session
    _alerts_heard = 0
    playing = False  # the layout: controls, network, surface, curves

    @property
    def config(self) -> RunConfig | None:
        """The run's configuration now; None where it does not tell it."""
        started = self.session.state.started
        try:
            return RunConfig.from_dict(started.config) if started and started.config else None
        except RunError:
            return None

    def change(self, text: str) -> str:
        config, state = self.config, self.session.state
        over = state.ended and not self.session.local  # one of this process is taken up again
        if config is None or self.session.readonly or over or state.lost:
            return NOT_HERE
        try:
            changed(config, text)
        except ValueError as error:  # the packages' own sentences; any other is a bug and ends the app
            if not type(error).__module__.startswith("dnn_tui."):
                raise
            return str(error)
        self.command("change", text)
        return ""

    def command(self, name: str, value: float | str | None = None) -> None:
        if not self.session.readonly:
            self.session.send(Command(name, value, "keyboard"))

    def hear_refusals(self) -> None:
        """Say what the trainer refused; what a control had asked for is said in its place."""
        alerts = self.session.state.alerts
        new, self._alerts_heard = alerts[self._alerts_heard :], len(alerts)
        refused = [alert for alert in new if alert.kind == "refused"]
        panel = self.query_one(ControlsPanel)
        if refused and not (panel.display and panel.waiting):
            self.told(refused[-1].message)

    def told(self, sentence: str) -> None:
        """Say a sentence that has no place of its own."""
        if sentence:
            self.notify(visible(sentence), severity="warning", markup=False)

    def action_undo(self) -> None:
        """Take the last change back."""
        self.command("undo")

    def action_redo(self) -> None:
        """Make it again."""
        self.command("redo")

    def action_reseed(self) -> None:
        """Begin again from the next seed's start."""
        if config := self.config:
            self.told(self.change(f"reset seed={config.training.seed + 1}"))

    # ---- the network

    def one_more(self, layer: int, by: int) -> None:
        """Units added to a hidden layer, or taken away."""
        hidden = self.config.network.hidden if self.config else ()
        if 1 <= layer <= len(hidden):
            self.told(self.change(f"units layer={layer} units={hidden[layer - 1] + by}"))
        else:
            self.told("Only a hidden layer gets or loses units: go to one of its units first.")

    def without_unit(self, layer: int, unit: int) -> bool:
        """This very unit taken out of its hidden layer; whether it was asked for."""
        hidden = self.config.network.hidden if self.config else ()
        wrong = "Only a unit of a hidden layer can be taken out: go to one first."
        if 1 <= layer <= len(hidden):
            wrong = self.change(f"remove layer={layer} unit={unit}")
        self.told(wrong)
        return not wrong

    def layer_after(self, layer: int) -> None:
        """A new hidden layer behind this one, as large."""
        hidden = self.config.network.hidden if self.config else ()
        units = hidden[min(layer, len(hidden)) - 1] if hidden else 4
        self.told(self.change(f"insert layer={min(layer, len(hidden)) + 1} units={units}"))

    def without_layer(self, layer: int) -> None:
        """This hidden layer taken away."""
        hidden = self.config.network.hidden if self.config else ()
        if 1 <= layer <= len(hidden):
            self.told(self.change(f"remove layer={layer}"))
        else:
            self.told("Only a hidden layer can be taken away: go to one of its units first.")

    def freeze(self, layer: int) -> None:
        """Let the weights into a layer stay as they are, or learn again."""
        config = self.config
        if config is None or layer < 1:
            self.told("Only a layer with weights into it can be frozen: go to one of its units first.")
            return
        self.told(self.change(f"{'thaw' if layer in config.training.frozen else 'freeze'} layer={layer}"))

    def edit_weight(self, layer: int, row: int, column: int | None, now: float) -> None:
        """Ask for a weight's new value, or for the bias's (column None)."""
        name = f"W{layer}[{row + 1},{column + 1}]" if column is not None else f"b{layer}[{row + 1}]"
        place = f"layer={layer} row={row}"
        text = f"weight {place} column={column}" if column is not None else f"bias {place}"

        def answered(number: float | None) -> None:
            if number is not None:
                self.told(self.change(f"{text} value={number!r}"))

        what = "The weight from unit" if column is not None else "The bias of unit"
        question = f"{what} {column + 1 if column is not None else row + 1}, from the next step on."
        self.app.push_screen(AskScreen(name, question, f"{now:g}", _wrong), answered)

    # ---- telling and keeping

    def action_share(self) -> None:
        """Show, and copy, the command and the address that give this state."""
        config = self.config
        if config is None:
            self.told("This run does not tell its whole configuration.")
            return
        address = write(config, self.look.tests, self.look.discrete)
        command = as_command(config) or f"dnn-tui play {shlex.quote(address)}"
        self.app.copy_to_clipboard(command)
        self.app.push_screen(
            TellScreen("Share", (("This command gives the same state (copied):", command),
                                 ("The same as an address of TensorFlow Playground (c copies it):", address)),
                       {"c": address})
        )  # fmt: skip

    def _keep(self, title: str, question: str, keep: Callable[[str], str]) -> None:
        def kept(said: str | None) -> None:
            if said:
                self.notify(visible(said), markup=False)

        self.app.push_screen(AskName(title, question, keep), kept)

    def action_keep_recipe(self) -> None:
        """Keep how it trains as a recipe in the user's configuration folder."""
        if config := self.config:
            self._keep("Recipe", "Its name, for train --recipe NAME.", lambda name: keep_recipe(name, config))

    def action_keep_lesson(self) -> None:
        """Keep the network as a lesson in the user's configuration folder; where it is trained."""
        from dnn_tui.experiments.explaining.kept_lesson import keep_lesson, own_lessons

        session = self.session
        if not isinstance(session, TrainingSession):
            self.told("A lesson is kept where the run is trained: this screen only watches it.")
            return
        trainer = session.trainer

        def keep(name: str) -> str:
            config = trainer.config
            about = f"how {'-'.join(map(str, trainer.network.sizes))} answers after {trainer.step:,} steps"
            keep_lesson(
                name, own_lessons(), trainer.network.copy(), trainer.data, trainer.loss.name,
                config.optimizer, trainer.lr, about,
            )  # fmt: skip
            return f"Kept: dnn-tui lesson {name}"

        self._keep("Lesson", "Its name.", keep)


def _wrong(number: float) -> str:
    return "" if abs(number) < 1e30 else "It must be a finite number."
