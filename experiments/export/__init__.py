"""A trained network for other programs: raw rows in, the answers of `dnn-tui predict` out.

`description` says what is exported, as a list: transforms of columns, layers, an answer. `transforms` and `answers`
know how each of these is said in Python, C and ONNX, so that a new one is added in one place for every format;
a format is one file that walks the list. `writing` puts what they give on the disk.
"""
