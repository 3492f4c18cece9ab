"""Intervals, tests and effect sizes of paired measurements."""
