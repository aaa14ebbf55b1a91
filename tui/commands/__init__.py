"""One module a group of commands; `tui/cli.py` names them all."""
