"""Where a screen's state comes from: trained here, watched, remote, overlaid, detached; and who is told of it."""
