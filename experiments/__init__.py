"""A configuration made real: built, evaluated, predicted with, explained, exported; recipes.

Knows `runs`, `mlp` and `datasets`; no terminal.
"""
