"""Search: many runs at once, over ranges of settings. What was asked, what each trial came to, what follows from it."""
