"""Learning from streams, and what to do when the data change."""
