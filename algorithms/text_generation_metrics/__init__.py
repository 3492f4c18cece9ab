"""Metrics and checks for generated text."""
