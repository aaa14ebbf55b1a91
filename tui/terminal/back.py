"""Where leaving leads: out of the program, or back to the door that it was opened from."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_opened: ContextVar[bool] = ContextVar("opened from the door", default=False)


@contextmanager
def opened_from_the_door() -> Iterator[None]:
    """Within, who leaves a screen comes back to the door."""
    token = _opened.set(True)
    try:
        yield
    finally:
        _opened.reset(token)


def leads_back() -> bool:
    """Whether leaving leads back to the door."""
    return _opened.get()
