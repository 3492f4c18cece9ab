"""Techniques for training large models."""
