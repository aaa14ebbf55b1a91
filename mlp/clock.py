"""A stopwatch: seconds of training, pauses not counted."""

import time


class Clock:
    """It stands until it is started."""

    def __init__(self) -> None:
        self._elapsed = 0.0
        self._started_at: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds so far."""
        running = time.perf_counter() - self._started_at if self._started_at is not None else 0.0
        return self._elapsed + running

    def start(self) -> None:
        """Go on."""
        self._started_at = time.perf_counter()

    def stop(self) -> None:
        """Stand, until `start`."""
        self._elapsed, self._started_at = self.elapsed, None

    def set(self, elapsed: float) -> None:
        """Show so many seconds."""
        self._elapsed = elapsed
