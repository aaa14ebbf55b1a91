"""The terminal: Typer commands, the Textual app, its screens and panels."""
