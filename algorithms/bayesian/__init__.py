"""Bayesian inference: posteriors, credible intervals and predictive uncertainty."""
