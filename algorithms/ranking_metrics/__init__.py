"""Metrics of ranked results."""
