"""Optimizers and the geometry that they meet."""
