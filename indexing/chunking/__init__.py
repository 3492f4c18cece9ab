"""Chunking: recover the outline of a document, then cut it into units that keep what belongs together."""
