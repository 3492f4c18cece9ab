"""Classic probability puzzles, solved exactly and checked by simulation."""
