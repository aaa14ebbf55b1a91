"""From the train screen to the inspect screen: pause, then look at a copy of the network as it stands."""

import asyncio

from dnn_tui.experiments.explaining.network_subject import NetworkSubject
from dnn_tui.experiments.explaining.subject import InspectError
from dnn_tui.experiments.explaining.targets import run_subject, trainer_subject
from dnn_tui.mlp import Command
from dnn_tui.runs.state import RunState

from ..sessions.session import Session

PATIENCE = 5.0  # seconds until a pause must have taken effect; a step takes milliseconds


async def subject_of_session(session: Session) -> NetworkSubject:
    """The live network with the row now shown; of a run of another process, its last checkpoint.

    A run of this process is paused first, and stays so. Raises InspectError, RunError, DataError.
    """
    state = session.state
    trainer = getattr(session, "trainer", None)
    if trainer is None:
        folder = getattr(session, "folder", None)
        if folder is None:
            raise InspectError("This run is on another host: inspect it there, or copy its folder here.")
        subject = await asyncio.to_thread(run_subject, folder)
    else:
        if state.ended is None and not state.paused:
            session.send(Command("pause", by="inspect"))
            await _until_paused(state)
        subject = trainer_subject(session.title, trainer)
    with state.lock:
        snapshot = state.snapshot
    if snapshot is not None and 0 <= snapshot.sample.index < len(subject.rows):
        subject.choose(snapshot.sample.index)
    return subject


async def _until_paused(state: RunState) -> None:
    waited = 0.0
    while not state.paused and state.ended is None:
        if waited >= PATIENCE:
            raise InspectError("The training did not pause within five seconds: try again when it has.")
        await asyncio.sleep(0.02)
        waited += 0.02
