"""Stores: one SQLite database a collection is the source of truth, vectors lie in append-only segment files."""
