"""Positional encodings: how a Transformer learns where a token stands."""
