"""Metrics of classifiers: counts, thresholds and rankings."""
