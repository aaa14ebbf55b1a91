"""The door: the screen that bare `dnn-tui` opens. What is chosen there is a command line, run in the same process."""
