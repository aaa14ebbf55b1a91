"""Data sets known by name: those that travel inside the package, and those that are fetched."""
