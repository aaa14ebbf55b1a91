"""Inspect: what one pass is made of. `subject` holds what is looked at, `document` writes it, the rest draws it."""
