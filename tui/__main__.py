"""`python -m dnn_tui.tui`: the same as `dnn-tui`, for the processes the program starts itself."""

from .cli import main

if __name__ == "__main__":
    main()
