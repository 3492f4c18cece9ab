"""Transformers: their layers, their three architectures, their sizes and their limits."""
