"""Dimensionality reduction: linear projections and neighbour-preserving maps."""
