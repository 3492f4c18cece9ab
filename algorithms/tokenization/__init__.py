"""Tokenization: how text becomes the numbers that a model reads."""
