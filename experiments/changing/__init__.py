"""A training changed while it runs: what a change says, what both networks have in common, and doing it."""
