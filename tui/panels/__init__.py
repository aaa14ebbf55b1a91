"""One panel a file: state → view → render."""
