"""What the program asks of the terminal, and how it treats it: pacing, capturing, calling for attention."""
