"""Key tables as Textual has them."""

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from .key import Key


def bindings_of(keys: Iterable[Key], *scopes: str) -> list[BindingType]:
    """Textual's bindings of the keys of these scopes; our own bars and the `?` screen show them, Textual does not."""
    return [
        Binding(key.keys, key.action, key.help, key_display=key.shown, show=False, priority=key.priority)
        for key in keys
        if key.scope in scopes
    ]
