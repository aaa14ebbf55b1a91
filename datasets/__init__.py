"""Everything that yields a `Dataset`. Knows NumPy; imports nothing of the other packages."""
