"""Decision trees: growing, pruning, importances and their limits."""
