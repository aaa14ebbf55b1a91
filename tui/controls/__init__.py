"""Controls: what of a running training can be changed, as rows to choose a value in; arithmetic and words only."""
