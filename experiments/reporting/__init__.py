"""A run, or several compared, as one page for people who were not there.

`gathering` collects what is known of a run, `charts` turns curves into paths, `pictures` rows into PNG; `page` puts it
all into the templates beside it.
"""
