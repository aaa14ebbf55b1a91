"""What can be explained step by step: a network on a row, a lesson, a small calculation; and how it is written down."""
