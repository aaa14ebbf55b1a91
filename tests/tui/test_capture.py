"""What others write to the terminal while the app runs does not reach the screen."""

import subprocess
import sys

PROGRAM = """
import os, sys, time
from dnn_tui.tui.terminal.capture import captured
said = []
with captured(said.append):
    os.write(2, b"from C\\n")
    os.write(1, b"half a ")
    os.write(1, b"line\\n")
    sys.__stderr__.write("[the screen]")
    sys.__stderr__.flush()
print(said)
sys.stderr.write("[after]")
"""


def test_lines_written_to_the_descriptors_are_said_and_the_screen_is_not():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=600)
    assert done.stdout.strip() == "['from C', 'half a line']"
    assert done.stderr == "[the screen][after]"
