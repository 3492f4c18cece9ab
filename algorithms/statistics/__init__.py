"""Distributions, dependence, sampling and information."""
