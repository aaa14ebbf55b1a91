"""The panels without a terminal: pictures of a run at moments, as an animated SVG or an asciicast.

`taking` gives frames of styled text; `svg` and `cast` write them down; `film` is the way from a run to a file.
"""
