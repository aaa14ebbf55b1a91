"""From a lesson file to a subject, and the check of every number a lesson prints. Joins `datasets` and `mlp`."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dnn_tui.datasets.expression import ExpressionError
from dnn_tui.datasets.lessons import SOURCES, DescentBody, GraphBody, Lesson, NetworkBody, Printed, TableBody
from dnn_tui.experiments.explaining.calculation import array_text
from dnn_tui.experiments.explaining.descent import Descent, Walk
from dnn_tui.experiments.explaining.graph import Graph
from dnn_tui.mlp import Network
from dnn_tui.mlp.activations import ACTIVATIONS
from dnn_tui.mlp.explain import Input, Meaning, Note, Number, Output, find_step
from dnn_tui.mlp.losses import LOSSES
from dnn_tui.mlp.network import NetworkError
from dnn_tui.mlp.optimizers import OPTIMIZERS

from .network_subject import NetworkSubject
from .small import DescentSubject, GraphSubject, TableSubject
from .subject import Row, Subject, Told


@dataclass(frozen=True, eq=False)
class Result:
    """One printed number and ours."""

    printed: Printed
    ours: np.ndarray
    ok: bool

    @property
    def label(self) -> str:
        """The step or quantity, with part and element, as it is listed."""
        element = f"[{','.join(str(k) for k in self.printed.element)}]" if self.printed.element else ""
        part = f" {self.printed.part}" if self.printed.part else ""
        return f"{self.printed.step or self.printed.quantity}{part}{element}"


def subject_of(lesson: Lesson) -> Subject:
    """What the inspect view opens for a lesson. Raises LessonError, with the line, for what cannot be computed."""
    subject = _built(lesson)
    subject.first_row = 1
    for erratum in lesson.errata:
        note = Note("erratum", f"On the slide: {erratum.text}", "warning")
        # one that belongs to no step is shown with the first
        key = (erratum.step or _first(lesson)).replace(" ", "").replace("_", "").lower()
        settings = {"loss": erratum.loss} if erratum.loss else {}
        subject.told.append(Told(erratum.sample, key, note, settings, number=False))
    for remark in lesson.remarks:
        key = remark.step.replace(" ", "").replace("_", "").lower()
        subject.extra_notes.setdefault((remark.sample, key), []).append(Note("remark", remark.text))
    for printed in lesson.printed:
        if printed.source == "seed" and printed.step:
            key = printed.step.replace(" ", "").replace("_", "").lower()
            where = f" for element {','.join(str(k) for k in printed.element)}" if printed.element else ""
            value = np.squeeze(printed.value)  # an answer that is a single number has no brackets there
            # in its own digits: the slide's 1.2729 is not 1.273
            note = Note("printed", f"The slide prints {array_text(value, Number(12), 40)}{where}.")
            subject.told.insert(0, Told(printed.sample, key, note, printed.set))
    try:
        steps = subject.steps
    except (ExpressionError, NetworkError) as error:
        raise lesson.error("rows" if lesson.kind == "table" else lesson.kind, str(error)) from None
    for number, erratum in enumerate(lesson.errata, start=1):
        if erratum.step and find_step(steps, erratum.step) is None:
            raise lesson.error(f"errata[{number}].step", f"There is no step “{erratum.step}”.")
    for number, remark in enumerate(lesson.remarks, start=1):
        if find_step(steps, remark.step) is None:
            raise lesson.error(f"remarks[{number}].step", f"There is no step “{remark.step}”.")
    return subject


def _first(lesson: Lesson) -> str:
    match lesson.body:
        case NetworkBody():
            return "F0"
        case GraphBody():
            return f"F {lesson.body.gates[0].partition('=')[0].strip()}"
        case TableBody():
            return lesson.body.rows[0].name
        case DescentBody():
            return f"{lesson.body.walks[0].name} 0"


def _known(lesson: Lesson, where: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise lesson.error(where, f"“{value}” is not known; there are {', '.join(known)}.")
    return value


def _network(lesson: Lesson, body: NetworkBody) -> Subject:
    _known(lesson, "network.loss", body.loss, LOSSES)
    _known(lesson, "network.optimizer", body.optimizer, OPTIMIZERS)
    try:
        network = Network(body.sizes, body.activations, body.output, dtype=np.float64)
    except NetworkError as error:
        raise lesson.error("network.activation", str(error)) from None
    for i, (W, b) in enumerate(zip(body.W, body.b, strict=True), start=1):
        network.W[i][...], network.b[i][...] = W, b
    return NetworkSubject(
        title=lesson.title,
        text=f"{lesson.text} (Weights: {SOURCES[body.weights_source]}.)",
        rows=[Row(sample.name, sample.x.copy(), sample.y.copy()) for sample in body.samples],
        network=network,
        loss=body.loss,
        optimizer=body.optimizer,
        lr=body.lr,
        meaning=Meaning(tuple(map(Input, body.inputs)), tuple(map(Output, body.outputs))),
    )


def _graph(lesson: Lesson, body: GraphBody) -> Subject:
    try:
        graph = Graph(body.gates)
    except ExpressionError as error:
        raise lesson.error("graph.gates", str(error)) from None
    for place, values in enumerate(body.samples, start=1):
        try:
            graph.forward(values)
        except ExpressionError as error:
            raise lesson.error(f"samples[{place}]", str(error)) from None
    return GraphSubject(lesson.title, text=lesson.text, rows=[dict(values) for values in body.samples], graph=graph)


def _table(lesson: Lesson, body: TableBody) -> Subject:
    from dnn_tui.experiments.explaining.calculation import explain_calculation

    lines: list[tuple[str, str, str]] = []
    for row in body.rows:
        lines.append((row.name, row.expression, row.says))
        try:
            explain_calculation(body.values, lines)
        except ExpressionError as error:
            raise lesson.error(row.where, str(error)) from None
    values = {name: array.copy() for name, array in body.values.items()}
    return TableSubject(lesson.title, text=lesson.text, values=values, lines=tuple(lines), along=body.along)


def _descent(lesson: Lesson, body: DescentBody) -> Subject:
    _known(lesson, "descent.activation", body.activation, ACTIVATIONS)
    X, Y, notes = body.X, body.Y, {}
    if body.standardize:
        first = f"{body.walks[0].name} 0".replace(" ", "").replace("_", "").lower()
        notes[(0, first)] = [Note("scaled", _standardised(body))]
        X, Y = (X - X.mean(axis=0)) / X.std(axis=0), (Y - Y.mean()) / Y.std()
    for place, spec in enumerate(body.walks, start=1):
        _known(lesson, f"walks[{place}].optimizer", spec.optimizer, OPTIMIZERS)
    walks = tuple(
        Walk(walk.name, walk.start, walk.lr, walk.updates, walk.order, walk.optimizer, walk.batch)
        for walk in body.walks
    )
    descent = Descent(X, Y, body.activation, body.mean, body.names, body.standardize, body.plane)
    return DescentSubject(lesson.title, text=lesson.text, descent=descent, walks=walks, extra_notes=notes)


def _standardised(body: DescentBody) -> str:
    """How the columns of X and Y were scaled, with their means and deviations."""
    names = body.names or tuple(f"column {k}" for k in range(1, body.X.shape[1] + 1))
    text = Number().text
    columns = [*zip(names, body.X.T, strict=True), ("the target", body.Y)]
    said = [f"{name} ← ({name} − {text(v.mean())})/{text(v.std())}" for name, v in columns]
    return f"X and Y are standardised, each column less its mean, over its deviation: {'; '.join(said)}."


def _built(lesson: Lesson) -> Subject:
    match lesson.body:
        case NetworkBody():
            return _network(lesson, lesson.body)
        case GraphBody():
            return _graph(lesson, lesson.body)
        case TableBody():
            return _table(lesson, lesson.body)
        case DescentBody():
            return _descent(lesson, lesson.body)


# ---- the check


def check_lesson(lesson: Lesson) -> list[Result]:
    """Every printed number beside ours. Raises LessonError for a step or quantity that is not there."""
    results = []
    subject, fresh = subject_of(lesson), True
    for printed in lesson.printed:
        if not fresh:
            subject, fresh = subject_of(lesson), True
        for key, value in printed.set.items():
            try:
                subject.edit(key, str(value))
            except ValueError as error:
                raise lesson.error(printed.where, str(error)) from None
        if printed.sample != subject.at + 1:
            if not 1 <= printed.sample <= len(subject.rows):
                raise lesson.error(printed.where, f"There is no sample {printed.sample}.")
            subject.choose(printed.sample - 1)
        fresh = not printed.set and not printed.quantity  # a quantity may apply updates
        ours = _of_step(lesson, subject, printed) if printed.step else _quantity(lesson, subject, printed)
        if ours.shape != printed.value.shape:
            raise lesson.error(
                printed.where,
                f"The printed value has shape {printed.value.shape}, but {printed.step or printed.quantity} "
                f"has {ours.shape}.",
            )
        ok = bool(np.allclose(ours, printed.value, rtol=0, atol=printed.tolerance))
        results.append(Result(printed, ours, ok))
    return results


def _of_step(lesson: Lesson, subject: Subject, printed: Printed) -> np.ndarray:
    step = find_step(subject.steps, printed.step)
    if step is None:
        raise lesson.error(printed.where, f"There is no step “{printed.step}”.")
    value = step.result.value
    if printed.part:
        parts = {part.name: part.value for part in (*step.parts, *((step.local,) if step.local else ()))}
        if printed.part not in parts:
            raise lesson.error(printed.where, f"{step.id} has no part “{printed.part}”, but {', '.join(parts)}.")
        value = parts[printed.part]
    try:
        return np.asarray(value[tuple(k - 1 for k in printed.element)])
    except IndexError:
        raise lesson.error(printed.where, f"{printed.step} has no element {list(printed.element)}.") from None


def _quantity(lesson: Lesson, subject: Subject, printed: Printed) -> np.ndarray:
    name = printed.quantity
    if isinstance(subject, NetworkSubject):
        if name == "losses":  # before, and after each of as many updates as are printed
            return np.array(subject.apply(len(printed.value) - 1))
        if name == "mean_loss":
            values = []
            for k in range(len(subject.rows)):
                subject.choose(k)
                values.append(subject.run.value)
            return np.array(np.mean(values))
        if name == "parameters":
            return np.array(float(subject.network.parameters))
        if name in ("W_eff", "b_eff"):
            W, b = subject.network.W[1], subject.network.b[1]
            for i in range(2, subject.network.layers + 1):
                W, b = subject.network.W[i] @ W, subject.network.W[i] @ b + subject.network.b[i]
            return np.asarray(W if name == "W_eff" else b)
    if isinstance(subject, DescentSubject) and isinstance(lesson.body, DescentBody):
        if name == "optimum":
            return subject.descent.optimum()
        if name == "raw_optimum":  # of the columns as they are given, before they are standardised
            body = lesson.body
            return Descent(body.X, body.Y).optimum()
        if name == "error_at_optimum":
            return np.array(subject.descent.error(subject.descent.optimum()))
        if name == "R2":
            descent = subject.descent
            residual = descent.answers(descent.optimum()) - descent.Y
            return np.array(1 - (residual**2).sum() / ((descent.Y - descent.Y.mean()) ** 2).sum())
    raise lesson.error(printed.where, f"“{name}” is no quantity of this kind of lesson.")
