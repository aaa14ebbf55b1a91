"""Status: what is trained on what, how far it is, and how well it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from dnn_tui.mlp.explain.formulas import signed
from dnn_tui.mlp.explain.notation import pretty
from dnn_tui.runs.state import RunState

from ..drawing.canvas import bar
from ..drawing.grid import Grid, fit
from ..drawing.numbers import duration, figure, per_second, percent
from ..drawing.theme import Ink, Palette
from ..sessions.moment import Moment
from .panel import Panel

BAR = 16  # cells of the progress bar


@dataclass(frozen=True)
class Piece:
    """One figure with its name; pieces of a low `rank` are the last to go when there is no room."""

    rank: int
    name: str
    value: str
    ink: int = Ink.TEXT

    @property
    def width(self) -> int:
        return cell_len(self.name) + cell_len(self.value) + (1 if self.name and self.value else 0)


@dataclass(frozen=True)
class StatusView:
    state: str
    ink: int
    fraction: float
    lines: tuple[tuple[Piece, ...], ...]


STATES = {
    "waiting": ("… waiting", Ink.DIM),
    "training": ("▶ training", Ink.GOOD),
    "paused": ("‖ paused", Ink.ACCENT),
    "finished": ("■ finished", Ink.TRAIN),
    "stopped": ("■ stopped", Ink.TRAIN),
    "crashed": ("✗ crashed", Ink.BAD),
    "diverged": ("✗ diverged", Ink.BAD),
}


def architecture(network: dict[str, Any]) -> str:
    """784-128-64-10 relu → softmax."""
    activations = list(network.get("activations", ()))
    hidden, output = list(dict.fromkeys(activations[:-1])), activations[-1:]
    return " ".join(
        ["-".join(str(n) for n in network.get("sizes", ())), " → ".join(["/".join(hidden)] * bool(hidden) + output)]
    )


def condition(moment: Moment) -> str:
    """waiting, training, paused, finished, stopped, diverged or crashed."""
    state = moment.state
    if state.ended and state.ended.reason in ("stopped", "interrupted", "detached"):
        return "stopped"
    if state.ended and state.ended.reason == "diverged":
        return "diverged"
    if state.ended and state.ended.reason == "error":
        return "crashed"
    return state.status


def _formula(training: Mapping[str, Any]) -> str:
    """The loss as it is written elsewhere: with true minus signs and subscripts."""
    return pretty(signed(str(training.get("formula") or training.get("loss", ""))))


class StatusPanel(Panel[StatusView], can_focus=False):
    NAME, TITLE = "status", "Status"
    HELP = "What is trained on what, how far it is, and how well it does."

    def view(self, moment: Moment, width: int, height: int) -> StatusView:
        state, data, training = moment.state, moment.dataset, moment.training
        name, ink = STATES[condition(moment)]
        if not state.started:
            return StatusView(name, ink, 0.0, ((Piece(0, "", "the run has not begun", Ink.DIM),),))
        what = (
            Piece(0, "", str(data.get("name", "?")), Ink.TITLE),
            Piece(1, "", architecture(moment.network)),
            Piece(3, "", f"{moment.network.get('parameters', 0):,} parameters"),
            Piece(2, "", f"{training.get('optimizer', '')}"),
            Piece(4, "loss", _formula(training)),
            Piece(5, "batch", str(training.get("batch_size", ""))),
            Piece(6, "", f"{data.get('train', 0):,} training rows"),
            Piece(7, "seed", str(training.get("seed", ""))),
        )
        total, over = state.total_epochs, state.status in ("finished", "crashed")
        far = (
            Piece(1, "epoch", f"{moment.epoch_number}/{total}"),
            Piece(5, "step", f"{moment.step:,}"),
            Piece(3, "", f"{per_second(state.rate)} samples/s" if state.rate and not over else ""),
            Piece(3 if over else 2, "lr", figure(state.lr, 3)),
            Piece(4, "pace", "" if over else _pace(state)),
            Piece(6, "elapsed", duration(state.elapsed)),
            Piece(2, "left", duration(state.eta) if state.eta is not None else ""),
            Piece(1, "", "q quits; dnn-tui watch re-opens it" if over else "", Ink.ACCENT),
        )
        lines = [what, tuple(p for p in far if p.value), self._how_well(moment)]
        return StatusView(name, ink, state.fraction, tuple(lines))

    @staticmethod
    def _how_well(moment: Moment) -> tuple[Piece, ...]:
        epoch, best, ended = moment.epoch, moment.state.best_epoch, moment.state.ended
        pieces = []
        if ended and ended.metrics.get("test") and moment.live:
            pieces += [
                Piece(0, f"test {_short(key)}", _metric(key, value), Ink.TITLE)
                for key, value in ended.metrics["test"].items()
            ]
        if epoch:
            for rank, key in enumerate(sorted(epoch.train, key=lambda k: (k == "loss", k != "accuracy"))):
                pieces.append(Piece(2 + 2 * rank, f"train {_short(key)}", _metric(key, epoch.train[key]), Ink.TRAIN))
                if key in epoch.validation:
                    value = _metric(key, epoch.validation[key])
                    pieces.append(Piece(1 + 2 * rank, f"val {_short(key)}", value, Ink.VALIDATION))
        if best:
            judged, which = (best.validation, "val loss") if best.validation else (best.train, "train loss")
            pieces.append(
                Piece(7, "★ best epoch", f"{best.epoch} ({which} {figure(judged.get('loss'), 3)})", Ink.ACCENT)
            )
        if not pieces:
            count = moment.state.loss.count
            last = moment.state.loss.value_at(count - 1) if count else None
            pieces.append(Piece(0, "batch loss", figure(last)) if count else Piece(0, "", "no step taken yet", Ink.DIM))
        return tuple(pieces)

    def draw(self, view: StatusView, width: int, height: int, palette: Palette) -> Grid:
        grid = Grid(width, height)
        share = percent(view.fraction, 0)
        if height < 3 and len(view.lines) > 1:  # hardly any room: the state, how far, and the first figures
            pieces = tuple(p for line in (view.lines[1][:1], view.lines[2]) for p in line)
            x = grid.put(0, 0, view.state, view.ink) + 1
            _flow(grid, grid.put(x, 0, share, Ink.TEXT) + 1, 0, pieces)
            if height == 2:
                _flow(grid, 0, 1, view.lines[0])
            return grid
        _flow(grid, 0, 0, view.lines[0])
        for y, line in enumerate(view.lines[1:], 1):
            x = 0
            if y == 1:
                x = grid.put(0, y, view.state, view.ink) + 2
                size = min(BAR if width < 110 else 2 * BAR, max(0, width - x - 24))
                if size >= 4:
                    filled = bar(view.fraction, size)
                    grid.put(x, y, "╌" * size, Ink.FAINT)
                    grid.put(x, y, filled, view.ink)
                    x += size + 1
                x = grid.put(x, y, f"{share:>5}", Ink.TEXT) + 2
            _flow(grid, x, y, line)
        return grid


def _flow(grid: Grid, x: int, y: int, pieces: tuple[Piece, ...]) -> None:
    """Write as many pieces as fit, in their order, leaving out those of the highest rank."""
    kept, room = list(pieces), grid.width - x
    while len(kept) > 1 and sum(p.width + 3 for p in kept) - 3 > room:
        kept.remove(max(kept, key=lambda p: p.rank))
    for piece in kept:
        if piece.name:
            x = grid.put(x, y, piece.name + " ", Ink.DIM)
        x = grid.put(x, y, fit(piece.value, grid.width - x), piece.ink) + 3


def _short(metric: str) -> str:
    return {"mae": "MAE", "r2": "R²"}.get(metric, metric)


def _metric(name: str, value: float) -> str:
    return percent(value) if name == "accuracy" else figure(value)


def _pace(state: RunState) -> str:
    return f"≤ {state.pace:g} steps/s" if state.pace else "full speed"
