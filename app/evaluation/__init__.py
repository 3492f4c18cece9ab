"""Hands the built parts to the evaluations, one kind a file: the only place where they meet."""
