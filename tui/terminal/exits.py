"""The exit codes after a signal: 128 and its number, what shells expect."""

HANGUP, INTERRUPTED, TERMINATED = 129, 130, 143
