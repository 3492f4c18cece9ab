"""Hypothesis tests and controlled experiments."""
