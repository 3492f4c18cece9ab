"""Uncertainty of predictions: sources, intervals, ensembles, calibration and attacks."""
