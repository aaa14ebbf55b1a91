"""A lesson on paper: its steps with their pictures, or a worksheet with gaps and answers; HTML, Markdown, LaTeX.

`figures` draws pictures as lines, circles and labels, which the templates write as SVG or TikZ; `drawn` makes them from
a subject; `sheet` chooses what stands on the paper; `writing` puts it into the templates beside it.
"""
