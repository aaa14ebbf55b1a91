"""Cells, and nothing of a run: grid, canvas, plot, axis, theme, numbers, layout."""
